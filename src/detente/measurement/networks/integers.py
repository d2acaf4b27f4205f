"""How much two camps leave frustrated at least: a relaxation with cuts, and branching where it leaves a gap.

1. Minimise the weight of frustrated edges, as values from 0 to 1, over the negative cycles found so far; add
   those that the solution leaves uncovered; again, until there is none or the bound meets the best camps
   known. At first, solutions are interior points; at the end, corners.
2. If a gap is left, take an edge of fractional value as frustrated, and as not. Edges whose reduced cost is
   no less than the gap cannot change in better camps, and edges between nodes that fixed edges connect
   follow: both are fixed too. Then again 1 (as in the exact solution of spin glasses: Grötschel, Jünger &
   Reinelt 1987).

A branch is left where its bound meets the best camps known; the bound is the least of those of open branches.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.measurement.networks.annealing import descend
from detente.measurement.networks.cycles import net, uncovered
from detente.measurement.networks.graph import Floats, Ints, SignedGraph, frustration
from detente.measurement.networks.reduction import sides
from detente.measurement.networks.relaxation import Relaxation, Rows

Bits = NDArray[np.int8]

LEAST = 1e-3
"""By how much a cycle must be uncovered to count."""
ROUNDS, GAIN = 3, 0.02
"""Cuts go on while this many rounds of them close this part of the gap, or values are whole."""
WHOLE = 1e-5
"""How near to 0 or 1 a value is taken for whole."""


@dataclass(order=True)
class Branch:
    """Camps that frustrate edges where `low` is 1, and only where `high` is 1: none go below `bound`."""

    bound: int
    newest: int
    low: Bits = field(compare=False)
    high: Bits = field(compare=False)


class Search:
    """The best camps known of a graph, and the relaxation that bounds what any camps leave frustrated."""

    def __init__(self, graph: SignedGraph, labels: Ints, *, deadline: float) -> None:
        self.graph, self.deadline = graph, deadline
        self.relaxation = Relaxation(np.abs(graph.weight), interior=True)
        self.branches = 0
        self._take(labels)

    def bound(self) -> int:
        """Return below what no camps go; `labels` and `least` may be better afterwards."""
        every = np.ones(len(self.graph.weight), dtype=np.int8)
        waiting = [Branch(0, 0, 0 * every, every)]
        while waiting and waiting[0].bound < self.least:
            branch = heapq.heappop(waiting)
            if not self._tightened(branch):
                return min(self.least, branch.bound, *(each.bound for each in waiting))
            for half in self._halves(branch):
                heapq.heappush(waiting, half)
        return min([self.least, *(each.bound for each in waiting)])

    def _take(self, labels: Ints) -> None:
        self.labels, self.least = labels, frustration(self.graph, labels)
        self.net = net(self.graph, labels)

    def _broken(self, values: Floats) -> Rows:
        """Return rows that `values` break; none only if there is none, or no time."""
        return uncovered(self.net, values, least=LEAST, deadline=self.deadline)

    def _follow(self, branch: Branch) -> bool:
        """Fix what follows from what is fixed; return whether any camps fit."""
        return follow(self.graph, branch)

    def _offer(self, values: Floats) -> None:
        """Take the camps that lie near `values`, if they are better."""
        labels = descend(self.graph, spanned(self.graph, values))
        if frustration(self.graph, labels) < self.least:
            self._take(labels)

    def _tightened(self, branch: Branch) -> bool:
        """Raise the bound of a branch by cuts as far as it goes or need be; return whether time sufficed."""
        self.relaxation.allow(branch.low.astype(np.int64), branch.high.astype(np.int64))
        gaps: list[float] = []
        while self.relaxation.solve(self.deadline):
            bound, reduced = self.relaxation.proven()
            branch.bound = max(branch.bound, bound)
            if branch.bound >= self.least:
                return True
            values = self.relaxation.values()
            gaps.append(max(0.0, self.least - 1 - float(values @ self.relaxation.cost)))
            slow = len(gaps) > ROUNDS and gaps[-1] >= (1 - GAIN) * gaps[-1 - ROUNDS]
            rows = self._broken(values)
            last = not len(rows) or (slow and bool(fractional(values).any()))
            if last and self.relaxation.interior:
                self.relaxation.interior, gaps = False, []
            elif last:
                self._offer(values)
                self._fix(branch, bound, reduced)
                return True
            if not slow:
                # Rows forgotten while the bound stands still could come again for ever.
                self.relaxation.prune()
            self.relaxation.add(rows)
        return False

    def _fix(self, branch: Branch, bound: int, reduced: Floats) -> None:
        """Fix the edges that only camps no better than the best change; `reduced` belongs to `bound`."""
        gap = self.least - bound
        branch.high[reduced >= gap] = branch.low[reduced >= gap]
        branch.low[reduced <= -gap] = branch.high[reduced <= -gap]

    def _halves(self, branch: Branch) -> list[Branch]:
        """Return the two branches in which one more edge is fixed, without those that no camps fit."""
        if branch.bound >= self.least or not self._follow(branch):
            return []
        free = branch.low < branch.high
        if not free.any():
            # The only camps left: their own relaxation gives them.
            return [branch]
        weight = 1 + fractional(self.relaxation.values()) * np.abs(self.graph.weight)
        edge = int(np.argmax(weight * free))
        found = []
        for side in (0, 1):
            self.branches += 1
            half = Branch(branch.bound, -self.branches, branch.low.copy(), branch.high.copy())
            half.low[edge] = half.high[edge] = side
            if self._follow(half):
                found.append(half)
        return found


def fractional(values: Floats) -> Floats:
    """Return how far values, from 0 to 1, are from being whole; zero where that may be rounding."""
    far = np.minimum(values, 1 - values)
    return np.where(far > WHOLE, far, 0.0)


def follow(graph: SignedGraph, branch: Branch) -> bool:
    """Fix all edges between nodes that fixed edges connect; return whether any camps fit."""
    fixed = branch.low == branch.high
    parted = (graph.weight < 0) != (branch.low == 1)
    here, there = sides(graph.size, graph.first[fixed], graph.second[fixed], parted[fixed])
    if (here == there).any():
        return False
    together, apart = here[graph.first] == here[graph.second], here[graph.first] == there[graph.second]
    frustrated = np.where(together, graph.weight < 0, graph.weight > 0)
    for ends in (branch.low, branch.high):
        ends[together | apart] = frustrated[together | apart]
    return True


def spanned(graph: SignedGraph, values: Floats) -> Ints:
    """Return camps, 0 or 1, that frustrate no edge of the spanning trees with the least `values` (edges,)."""
    order = np.argsort(values, kind="stable")
    labels: Ints = _spanned(graph.size, graph.first[order], graph.second[order], graph.weight[order] < 0)
    return labels


@njit(cache=True)
def _spanned(size, first, second, parted):
    leader, other = np.arange(size), np.zeros(size, np.int64)
    for k in range(len(first)):
        a, b, apart = first[k], second[k], np.int64(parted[k])
        while leader[a] != a:
            a, apart = leader[a], apart ^ other[a]
        while leader[b] != b:
            b, apart = leader[b], apart ^ other[b]
        if a != b:
            leader[a], other[a] = b, apart
    labels = np.zeros(size, np.int64)
    for node in range(size):
        at = node
        while leader[at] != at:
            at, labels[node] = leader[at], labels[node] ^ other[at]
    return labels
