"""Proofs for two camps in dense graphs: tie what is sure, bound by triangles, and decide the rest by cases.

1. A greedy pass of frustrated triangles gives a first bound. Pairs that would cost more than the gap to a
   known partition if they were not as they are in it are tied: the two become one node (for such persistency
   see Lange, Andres and Swoboda 2019).
2. A few nodes left are enumerated. For more, multipliers of all triangles ascend to the bound of the LP
   (`detente.measurement.networks.triangles`), and with each rise more pairs are tied.
3. Where the ascent comes to rest below the known partition, there are two cases: a pair is together, or it is
   apart. Each is a graph with a node less; the one with the lowest bound is taken up next.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import numpy as np

from detente.measurement.networks.annealing import anneal, descend
from detente.measurement.networks.dense_core import Core, settled
from detente.measurement.networks.dense_enumeration import enumerated
from detente.measurement.networks.graph import Floats, Ints, SignedGraph
from detente.measurement.networks.triangles import Ascent, Residual, packed

FEW = 14
"""So many nodes are enumerated: 8192 partitions, less work than an ascent."""
MOST = 600
"""Of more nodes than these, multipliers of all triangles would take more than 330 MB."""
SWEEPS = 3
"""Between two looks at how far the bound has come."""
SHRUNK = 0.8
"""A core smaller than this part of the one before is worth starting its multipliers anew."""
PATIENCE = 30
"""Looks that the gap may still take, at the last one's pace, before a pair is decided by cases."""


@dataclass(frozen=True)
class DenseBound:
    """What no partition into two camps can go below, a partition better than the known one, and how found."""

    bound: float
    labels: Ints | None
    method: str


def bound_dense_two(
    graph: SignedGraph, incumbent: Ints, *, deadline: float | None = None, seed: int = 0
) -> DenseBound:
    """Return a lower bound of the frustration of two camps, and a partition if one beats `incumbent`.

    `incumbent` (nodes,) are labels of two camps: the better, the faster. `deadline` is a reading of
    `time.monotonic`; without one, the search ends with a proof, unless more than `MOST` nodes stay untied.
    The total weight must be below 2**58.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [5, 5, -3])))
    >>> bound_dense_two(triangle, np.array([0, 0, 0])).bound
    3.0
    """
    search = _Search(Core.of(graph, incumbent), deadline, seed)
    search.run()
    return DenseBound(float(search.bound), search.better, search.method)


class _Search:
    """The cases still open, the one with the lowest bound first, and the best partition known."""

    def __init__(self, core: Core, deadline: float | None, seed: int) -> None:
        self.deadline = deadline
        self.seed = seed
        self.least = core.base
        self.better: Ints | None = None
        self.cases = 1
        self.annealed = False
        self.beyond = core.base
        """The lowest bound of what was too large to be taken further."""
        self.order = count()
        self.open: list[tuple[int, int, Core]] = []
        self._keep(core, 0)

    @property
    def bound(self) -> int:
        return min([self.least, self.beyond, *(bound for bound, _, _ in self.open[:1])])

    @property
    def method(self) -> str:
        return "triangles" if self.cases == 1 else f"triangles in {self.cases} cases"

    @property
    def late(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def run(self) -> None:
        """Take up cases until the best partition is proven to be so, or time is up."""
        while self.open and self.open[0][0] < self.least and not self.late:
            bound, _, core = heappop(self.open)
            self._explore(core, bound)

    def _explore(self, core: Core, bound: int) -> None:
        """Close a case, or leave two smaller ones."""
        core, bound, parted = self._tightened(core, bound)
        if bound >= self.least:
            return
        if core.size <= FEW:
            self._offer(core.switched(enumerated(core.cost)))
        elif core.size > MOST:
            self.beyond = min(self.beyond, bound)
        elif parted is None:  # late
            self._keep(core, bound)
        elif not self.annealed:
            self.annealed = True
            other = self._offer(core.switched(anneal(core.graph(), seed=self.seed)))
            self._keep(min(core, other, key=lambda each: each.base), bound)
        else:
            self.cases += 1
            for case in _cases(core, parted):
                self._keep(self._offer(case), bound)

    def _tightened(self, core: Core, bound: int) -> tuple[Core, int, Floats | None]:
        """Return a case with all tied that can be, its bound, and how far pairs are parted at rest.

        The last is None where the case need not be split: closed, small, too large, or late.
        """
        parted = None
        while parted is None:
            smaller, bound, _ = self._settled(core, packed(core.cost), bound)
            if self._enough(smaller, bound):
                return smaller, bound, None
            if smaller.size == core.size:
                smaller, bound, parted = self._ascended(core, bound)
            core = smaller
        return core, bound, parted

    def _ascended(self, core: Core, bound: int) -> tuple[Core, int, Floats | None]:
        """Return a case as multipliers of its triangles leave it: at rest, much smaller, or enough done."""
        ascent, before = Ascent(core.cost), -np.inf
        while True:
            ascent.advance(SWEEPS)
            smaller, bound, here = self._settled(core, ascent.residual(), bound)
            if smaller.size < SHRUNK * core.size or self._enough(smaller, bound):
                return smaller, bound, None
            lacking = max(self.least - 1 - here, 0.0)  # at zero where the LP is no sharper: then at rest too
            if PATIENCE * (here - before) <= lacking:
                return smaller, bound, ascent.parted() if smaller.size == core.size else None
            before = here

    def _settled(self, core: Core, residual: Residual, bound: int) -> tuple[Core, int, float]:
        """Return a case with the tied as one, its bound in whole units, and what the residual alone gives."""
        smaller, reached = settled(core, residual, self.least - 1)
        return smaller, max(bound, -(-reached // residual.scale)), reached / residual.scale

    def _enough(self, core: Core, bound: int) -> bool:
        return bound >= self.least or not FEW < core.size <= MOST or self.late

    def _offer(self, core: Core) -> Core:
        """Take note of the reference of `core` if it is the best so far, and return the core."""
        if core.base < self.least:
            self.least, self.better = core.base, core.labels
        return core

    def _keep(self, core: Core, bound: int) -> None:
        heappush(self.open, (bound, next(self.order), core))


def _cases(core: Core, parted: Floats) -> tuple[Core, Core]:
    """Return the core with a pair of groups together, and with it apart; its nodes moved where that helps."""
    one, other = _doubtful(core, parted)
    group = np.arange(core.size)
    group[other] = one
    group[group > other] -= 1
    moved = np.zeros(core.size, dtype=np.int64)
    together = core.joined(group, moved)
    moved[other] = 1
    apart = core.joined(group, moved)
    return together, apart.switched(descend(apart.graph(), np.zeros(apart.size, dtype=np.int64)))


def _doubtful(core: Core, parted: Floats) -> tuple[int, int]:
    """Return the group with most at stake, and the one of which it is most in doubt whether it is with it."""
    stake = np.abs(core.cost).sum(axis=1)
    one = int(np.argmax(stake))
    apart = np.maximum(parted[one], parted[:, one])
    doubt = np.minimum(apart, 1 - apart) * stake
    doubt[one] = -1
    other = int(np.argmax(doubt))
    return min(one, other), max(one, other)
