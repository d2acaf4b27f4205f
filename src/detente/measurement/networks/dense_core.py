"""What is left to decide of a dense graph: nodes that are sure to share a fate become one.

All in whole numbers and against a reference, a partition that is known: costs are switched, so that the
reference has all nodes together (see `detente.measurement.networks.triangles`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from detente.measurement.networks.graph import Ints, SignedGraph, frustration
from detente.measurement.networks.triangles import Residual, unpaid

UNTIED = -1

AMPLE = 2**62
"""More room than any costs fill: beyond it, nothing is tied, and compiled code has no larger numbers."""


@dataclass(frozen=True)
class Core:
    """The groups of nodes that may still move, and what it costs to part any two of them.

    `cost` (groups, groups) symmetric, below zero where parting saves; `base` is the frustration of the
    reference `labels` (nodes,), in which all groups are as they are; `group` (nodes,) says who is in which.
    """

    cost: Ints
    base: int
    group: Ints
    labels: Ints

    @classmethod
    def of(cls, graph: SignedGraph, labels: Ints) -> Core:
        """Return each node as a group of its own, with `labels` (nodes,) of two camps as the reference."""
        labels = (labels != labels[:1]).astype(np.int64)
        side = 1 - 2 * labels
        return cls(
            graph.matrix() * np.outer(side, side), frustration(graph, labels), np.arange(graph.size), labels
        )

    @property
    def size(self) -> int:
        """The number of groups."""
        return len(self.cost)

    def switched(self, moved: Ints) -> Core:
        """Return the core with the groups where `moved` (groups,) is 1, not 0, switched to the other camp.

        >>> pair = Core(np.array([[0, -3], [-3, 0]]), 3, np.arange(2), np.zeros(2, int))
        >>> pair.switched(np.array([0, 1])).base
        0
        """
        return self.joined(np.arange(self.size), moved)

    def joined(self, group: Ints, moved: Ints) -> Core:
        """Return the core with groups switched where `moved` is 1, and then one group for each in `group`."""
        cost, saved = merge(self.cost, group, 1 - 2 * moved, int(group.max()) + 1)
        return Core(cost, self.base - saved, group[self.group], self.labels ^ moved[self.group])

    def graph(self) -> SignedGraph:
        """Return the groups as a signed graph, in which all together are as frustrated as they are here."""
        first, second = np.nonzero(np.triu(self.cost, 1))
        return SignedGraph(self.size, first, second, self.cost[first, second])


@njit(cache=True)
def merge(cost, group, side, size):
    """Return costs between groups after a switch where `side` is -1, and what the switch saves."""
    merged = np.zeros((size, size), dtype=np.int64)
    saved = np.int64(0)
    for i in range(len(cost)):
        for j in range(i):
            if side[i] != side[j]:
                saved -= cost[i, j]
            if group[i] != group[j]:
                merged[group[i], group[j]] += side[i] * side[j] * cost[i, j]
                merged[group[j], group[i]] += side[i] * side[j] * cost[i, j]
    return merged, saved


@njit(cache=True)
def gains(residual, i, j, apart):
    """Return by how much the bound rises if i and j are parted (`apart` 1), or kept together (-1).

    Whoever k is with, it then parts from just one of i and j, or from both or none.
    """
    rise = max(apart * residual[i, j], 0)
    for k in range(len(residual)):
        if k != i and k != j:
            one, other = residual[i, k], apart * residual[j, k]
            if one > 0 and other > 0:
                rise += min(one, other)
            elif one < 0 and other < 0:
                rise -= max(one, other)
    return rise


@njit(cache=True)
def tied(residual, room):
    """Return a group for each node, and 1 for each that is switched: pairs whose fate is sure are one group.

    Sure is what costs more than `room` in addition if it were otherwise.
    """
    n = len(residual)
    group = np.full(n, UNTIED)
    moved = np.zeros(n, dtype=np.int64)
    count = 0
    for i in range(n):
        if group[i] != UNTIED:
            continue
        group[i] = count
        for j in range(i + 1, n):
            if group[j] != UNTIED:
                continue
            if gains(residual, i, j, 1) > room:
                group[j] = count
            elif gains(residual, i, j, -1) > room:
                group[j] = count
                moved[j] = 1
        count += 1
    return group, moved


def settled(core: Core, residual: Residual, limit: int) -> tuple[Core, int]:
    """Return the core with all tied that `residual` shows to be, and the bound that is left for it.

    Of interest are partitions of frustration `limit` or less; others may be lost. The bound, on the whole
    frustration, is in units of 1 / `residual.scale`; above `limit` there is no such partition.

    >>> cost = np.array([[0, 9, -1], [9, 0, 2], [-1, 2, 0]])
    >>> core, bound = settled(Core(cost, 1, np.arange(3), np.zeros(3, int)), Residual(cost, -1, 1), 2)
    >>> core.cost.tolist(), bound
    ([[0, 1], [1, 0]], 1)
    """
    bound = core.base * residual.scale + residual.bound
    while True:
        room = limit * residual.scale - bound
        if room < 0:
            return core, bound
        group, moved = tied(residual.cost, min(room, AMPLE))
        core = core.joined(group, moved)
        cost, saved = merge(residual.cost, group, 1 - 2 * moved, core.size)
        bound += unpaid(residual.cost) - saved - unpaid(cost)
        if core.size == len(residual.cost):
            return core, bound
        residual = replace(residual, cost=cost)
