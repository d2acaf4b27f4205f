"""Lower bounds from triangles for two camps: dual ascent over all triples of a dense graph, no LP solver.

Costs are switched: c[i, j] is what it costs to part i and j, who are together in some reference; below zero
where parting saves. With y[i, j] = 1 where a pair is parted, every partition satisfies for every triple

    y_ij <= y_ik + y_jk  (three ways round)   and   y_ij + y_ik + y_jk <= 2.

For multipliers m >= 0 of these, c becomes r (`Residual`), and no partition costs less than
`sum(min(r, 0)) - 2 m(fourth kind)`: valid whatever the multipliers, best at those that solve the LP over the
four kinds (Barahona and Mahjoub 1986). `pack` finds some in one greedy pass. `Ascent` finds those of the LP
with a proximal term, by exact steps on one triple at a time (Hildreth 1957; for this LP, Veldt, Gleich, Wirth
and Saunderson 2019) and the centre of the term moved to where it has got to (Rockafellar 1976). Of the four
kinds one has a multiplier at a time: two could always be lowered together with no loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.measurement.networks.graph import Floats, Ints

SOFT = 0.06
"""Weight of the proximal term, in mean costs of a pair. Chosen by measuring; any is valid."""
RELAX = 0.9
"""Part of the step on a triple that is taken."""
FINEST = 20
"""Multipliers are rounded to 2**-FINEST, or coarser where costs are so high that int64 would overflow."""
ROOM = 60
"""Bits that sums of rounded costs may take."""


@dataclass(frozen=True)
class Residual:
    """Costs less what triangles take: no partition costs less than `bound` plus the positive `cost` it parts.

    `cost` (n, n) symmetric and `bound` are whole numbers of 1 / `scale`: rounding is none in what they say.
    """

    cost: Ints
    bound: int
    scale: int


def unpaid(cost: Ints) -> int:
    """Return what parting would save if each pair could be parted on its own: costs below zero, summed."""
    return int(np.maximum(-cost, 0).sum()) // 2


@njit(cache=True)
def pack(cost):
    """Let each saving pair (i, j) take from the costs of (i, k) and (j, k), k = 0, 1, ..., while they last.

    `cost` (n, n), symmetric whole numbers, is changed in place.
    """
    n = len(cost)
    for i in range(n):
        for j in range(i + 1, n):
            lack = -cost[i, j]
            if lack <= 0:
                continue
            for k in range(n):
                taken = min(lack, cost[i, k], cost[j, k])
                if taken <= 0 or k in (i, j):
                    continue
                lack -= taken
                cost[i, k] -= taken
                cost[j, k] -= taken
                cost[k, i] -= taken
                cost[k, j] -= taken
                if lack == 0:
                    break
            cost[i, j] = -lack
            cost[j, i] = -lack


def packed(cost: Ints) -> Residual:
    """Return the residual after one greedy pass of frustrated triangles (`pack`); n^2 of memory.

    >>> packed(np.array([[0, 3, -2], [3, 0, 1], [-2, 1, 0]])).bound
    -1
    """
    residual = cost.copy()
    pack(residual)
    return Residual(residual, -unpaid(residual), 1)


@njit(cache=True)
def sweep(level, kind, held, step):
    """Take one step on each triple i < j < k, in order.

    `level` (n, n), above the diagonal: y before it is clipped to [0, 1]; it moves as multipliers do. `held`
    (triples,) are the multipliers, in units in which one of 1 moves `level` by 1, and `kind` whose they are:
    0, 1, 2 for (i, j), (i, k), (j, k) no longer than the others, 3 for at most two parted.
    """
    n = len(level)
    place = 0
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                a = min(max(level[i, j], 0.0), 1.0)
                b = min(max(level[i, k], 0.0), 1.0)
                c = min(max(level[j, k], 0.0), 1.0)
                which = kind[place]
                if held[place] == 0.0:
                    which = 0 if a > b + c else 1 if b > a + c else 2 if c > a + b else 3
                if which == 0:
                    over = a - b - c
                elif which == 1:
                    over = b - a - c
                elif which == 2:
                    over = c - a - b
                else:
                    over = a + b + c - 2.0
                new = max(held[place] + step * over, 0.0)
                moved = new - held[place]
                if moved != 0.0:
                    held[place] = new
                    kind[place] = which
                    level[i, j] -= moved if which == 0 or which == 3 else -moved
                    level[i, k] -= moved if which == 1 or which == 3 else -moved
                    level[j, k] -= moved if which >= 2 else -moved
                place += 1


@njit(cache=True)
def taken(cost, kind, held, unit):
    """Return what is left of `cost` with each multiplier rounded to whole units, and the fourth kind's sum.

    `cost` (n, n), symmetric whole numbers, is changed in place; a multiplier is `held * unit`.
    """
    n = len(cost)
    place = 0
    fourth = np.int64(0)
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                m = np.int64(np.rint(held[place] * unit))
                if m > 0:
                    which = kind[place]
                    cost[i, j] += m if which == 0 or which == 3 else -m
                    cost[i, k] += m if which == 1 or which == 3 else -m
                    cost[j, k] += m if which >= 2 else -m
                    if which == 3:
                        fourth += m
                place += 1
    for i in range(n):
        for j in range(i):
            cost[i, j] = cost[j, i]
    return fourth


class Ascent:
    """Multipliers of all triples of a graph on their way to those of the LP; 9 bytes for each triple.

    >>> ascent = Ascent(np.array([[0, 3, -2], [3, 0, 1], [-2, 1, 0]]))
    >>> ascent.advance(sweeps=40)
    >>> residual = ascent.residual()
    >>> residual.bound / residual.scale
    -1.0
    """

    def __init__(self, cost: Ints) -> None:
        n = len(cost)
        triples = n * (n - 1) * (n - 2) // 6
        total = int(np.abs(cost).sum())
        self.cost = cost
        self.soft = SOFT * total / max(int((cost != 0).sum()), 1) or 1.0
        self.centre: Floats = np.zeros((n, n))
        self.level: Floats = -cost / self.soft
        self.kind: NDArray[np.uint8] = np.zeros(triples, dtype=np.uint8)
        self.held: Floats = np.zeros(triples)

    def advance(self, sweeps: int) -> None:
        """Sweep over all triples, then move the centre of the proximal term to where y is now."""
        for _ in range(sweeps):
            sweep(self.level, self.kind, self.held, RELAX / 3)
        here = self.parted()
        self.level += here - self.centre
        self.centre = here

    def parted(self) -> Floats:
        """Return how far each pair is parted, above the diagonal, in [0, 1]: near the LP's solution."""
        return np.triu(np.clip(self.level, 0.0, 1.0), 1)

    def residual(self) -> Residual:
        """Return the residual of the multipliers as they stand, rounded: exact in whole numbers."""
        reach = float(np.abs(self.cost).sum()) + 3.0 * self.soft * float(self.held.sum())
        scale = 1 << int(np.clip(ROOM - np.ceil(np.log2(reach + 2.0)), 0, FINEST))
        cost = self.cost * scale
        fourth = taken(cost, self.kind, self.held, self.soft * scale)
        return Residual(cost, -unpaid(cost) - 2 * fourth, scale)
