"""How much camps, in any number or at most some, leave frustrated at least: cuts, and branching where these
leave a gap.

The search is that for two camps (`integers`), with rows that hold for any partition: cycles with one negative
edge (Kappes et al. 2011), or, where most pairs have an edge, triangles of all pairs (Grötschel & Wakabayashi
1989). What follows from fixed edges: nodes that edges within camps connect are together; if one edge between
two such groups is across camps, all are.
"""

from __future__ import annotations

import numpy as np

from detente.measurement.networks.graph import Floats, Ints, SignedGraph, frustration
from detente.measurement.networks.integers import Branch, Search, fractional
from detente.measurement.networks.moving import fitted, settled
from detente.measurement.networks.multicut_crowds import crowds
from detente.measurement.networks.multicut_cycles import friendly, uncovered
from detente.measurement.networks.multicut_dense import broken, completed
from detente.measurement.networks.multicut_reduction import connected
from detente.measurement.networks.relaxation import Rows

CROWDED = 0.4
"""The part of pairs with an edge from which triangles of all pairs prove sooner than cycles; measured."""
MOST = 500
"""The most nodes for which all pairs are looked at."""


class PartitionSearch(Search):
    """The best camps, at most `limit`, that are known, and the relaxation that bounds what any leave.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [4, 3, -5])))
    >>> search = PartitionSearch(triangle, np.zeros(3, dtype=np.int64), limit=3, deadline=np.inf)
    >>> search.bound(), search.labels.tolist()
    (3, [0, 0, 1])
    """

    def __init__(self, graph: SignedGraph, labels: Ints, *, limit: int, deadline: float) -> None:
        self.limit = limit
        pairs = graph.size * (graph.size - 1) / 2
        self.dense = graph.size <= MOST and len(graph.weight) > CROWDED * pairs
        self.friendly = friendly(graph)
        super().__init__(completed(graph) if self.dense else graph, labels, deadline=deadline)

    def _take(self, labels: Ints) -> None:
        self.labels, self.least = labels, frustration(self.graph, labels)

    def _broken(self, values: Floats) -> Rows:
        if self.dense:
            rows = broken(self.graph, values, self.labels)
        else:
            rows = uncovered(self.friendly, values, deadline=self.deadline)
        few = self.limit < self.graph.size
        return crowds(self.graph, values, self.limit) if few and not len(rows) else rows

    def _offer(self, values: Floats) -> None:
        """Take the camps of nodes that edges more within camps than across connect, if they are better."""
        within = np.where(self.graph.weight < 0, values > 0.5, values < 0.5)
        camps = fitted(self.graph, connected(self.graph, within), self.limit)
        labels = settled(self.graph, camps, limit=self.limit)
        if frustration(self.graph, labels) < self.least:
            self._take(labels)

    def _tightened(self, branch: Branch) -> bool:
        """Raise the bound of a branch as far as it goes; return whether branching can raise it more."""
        done = super()._tightened(branch)
        # Where values are whole and no row is broken, these are camps, but there may be too many of them.
        stuck = branch.bound < self.least and self.limit < self.graph.size
        return done and not (stuck and not fractional(self.relaxation.values()).any())

    def _follow(self, branch: Branch) -> bool:
        first, second, negative = self.graph.first, self.graph.second, self.graph.weight < 0
        fixed = branch.low == branch.high
        across = fixed & (negative != (branch.low == 1))
        within = fixed & ~across
        part = connected(self.graph, within)
        inside = part[first] == part[second]
        if (across & inside).any():
            return False
        near, far = np.sort([part[first], part[second]], axis=0)
        between = near * self.graph.size + far
        apart = np.isin(between, between[across])
        for ends in (branch.low, branch.high):
            ends[inside] = negative[inside]
            ends[apart] = ~negative[apart]
        return True
