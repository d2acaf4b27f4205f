"""Makes a graph smaller without changing what its best camps leave frustrated, and carries camps back.

1. For any number of camps, a negative edge between parts that no positive edges connect costs nothing: such
   parts are camps apart.
2. A node with a positive edge as heavy as all its other edges is in the camp of its other end (Lange,
   Karrenbauer & Andres 2018). One with only negative edges is in a camp of its own, or, if camps are few, in
   one that it has no edge to. One with a positive and a heavier negative edge leaves the one camp or both:
   what the positive one is worth, if both other ends are together.
3. What is left falls into biconnected blocks, whose camps fit together by changing names.

Blocks begin again at 1. What none of these makes smaller is a core. All but 1 hold for any number of camps
from three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detente.measurement.networks.graph import Ints, SignedGraph
from detente.measurement.networks.reduction import Adjacency, add, adjacency, blocks, listed, merge

Flags = NDArray[np.bool_]
Row = dict[int, int]
"""The edges of a node: other ends and weights."""


@dataclass(frozen=True)
class Reduced:
    """The cores of a graph, and how camps of all its nodes follow from theirs."""

    size: int
    lost: int
    """Frustration that no partition can avoid, beside that in the cores."""
    cores: tuple[SignedGraph, ...] = ()
    """What the best camps of each leave frustrated makes up, with `lost`, what those of the graph leave."""
    parts: tuple[tuple[Ints, Reduced], ...] = ()
    """Nodes of each block, the one shared with an earlier block first; none if the graph is a core."""
    set_aside: tuple[tuple[int, Row], ...] = ()
    """Nodes left out, with their edges to those not yet left out, in turn."""
    apart: Ints | None = None
    """(size,) groups between which no edge counts: those in different ones are in different camps."""

    def labels(self, found: Sequence[Ints]) -> Ints:
        """Return camps of all nodes from those found in each core.

        They leave frustrated at most `lost` more than the camps of the cores do.
        """
        camps = np.zeros(self.size, dtype=np.int64)
        if self.cores and not self.parts:
            camps[:] = found[0]
        done = 0
        for nodes, part in self.parts:
            theirs = part.labels(found[done : done + len(part.cores)])
            own, shared = theirs[0], camps[nodes[0]]
            camps[nodes] = np.where(theirs == own, shared, np.where(theirs == shared, own, theirs))
            done += len(part.cores)
        for node, row in reversed(self.set_aside):
            camps[node] = _liked(row, camps)
        if self.apart is not None:
            camps = np.unique(self.apart * (camps.max() + 1) + camps, return_inverse=True)[1]
        return camps


def _liked(row: Row, camps: Ints) -> int:
    """Return the camp that a node with these edges likes best; if it likes none, the first without them."""
    pulls: dict[int, int] = {}
    for end, weight in row.items():
        camp = int(camps[end])
        pulls[camp] = pulls.get(camp, 0) + weight
    best = max(pulls, key=lambda camp: (pulls[camp], -camp), default=0)
    if pulls and pulls[best] < 0:
        return next(camp for camp in range(len(pulls) + 1) if camp not in pulls)
    return best


def reduced(graph: SignedGraph, *, k: int | None) -> Reduced:
    """Return the cores of a graph for at most `k` camps, three or more, or any number if None.

    Two triangles with one negative edge each, that share a node: one edge of each is lost, no core is left.

    >>> from detente.measurement.networks.graph import frustration, merged
    >>> ends = np.array([0, 0, 1, 2, 2, 3]), np.array([1, 2, 2, 3, 4, 4])
    >>> graph, _ = merged(5, *ends, np.array([1, 1, -1, 1, 1, -1]))
    >>> small = reduced(graph, k=None)
    >>> small.lost, small.cores, frustration(graph, small.labels([]))
    (2, (), 2)
    """
    if not (graph.weight < 0).any():
        return Reduced(graph.size, 0)
    apart = None if k else connected(graph, graph.weight > 0)
    kept = graph if apart is None else _within(graph, apart)
    left, lost, set_aside = _thinned(kept, k)
    parts = blocks(left)
    if len(parts) == 1 and len(parts[0][0]) == graph.size and len(left.weight) == len(graph.weight):
        return Reduced(graph.size, 0, (graph,))
    smaller = tuple((nodes, reduced(part, k=k)) for nodes, part in parts)
    lost += sum(part.lost for _, part in smaller)
    cores = tuple(core for _, part in smaller for core in part.cores)
    return Reduced(graph.size, lost, cores, smaller, set_aside, apart)


def connected(graph: SignedGraph, held: Flags) -> Ints:
    """Return labels (size,) of the parts that the edges `held` (edges,) connect."""
    ends = graph.first[held], graph.second[held]
    links = sparse.coo_array((np.ones(len(ends[0])), ends), shape=(graph.size, graph.size))
    part: Ints = sparse.csgraph.connected_components(links, directed=False)[1].astype(np.int64)
    return part


def _within(graph: SignedGraph, group: Ints) -> SignedGraph:
    """Return the graph without the edges between groups."""
    kept = group[graph.first] == group[graph.second]
    return SignedGraph(graph.size, graph.first[kept], graph.second[kept], graph.weight[kept])


def _thinned(graph: SignedGraph, k: int | None) -> tuple[SignedGraph, int, tuple[tuple[int, Row], ...]]:
    """Return the graph, still of the same size, without nodes set aside; what that loses; those nodes."""
    edges = adjacency(graph)
    waiting = list(range(graph.size))
    lost, set_aside = 0, []
    while waiting:
        node = waiting.pop()
        row = dict(edges[node])
        if not row:
            continue
        loss = _settle(edges, node, k)
        if loss is not None:
            lost += loss
            set_aside.append((node, row))
            waiting += row
    return listed(edges), lost, tuple(set_aside)


def _settle(edges: Adjacency, node: int, k: int | None) -> int | None:
    """Set a node aside, in place, if its camp follows from others'; return what is lost, or None."""
    row = edges[node]
    leader = max(row, key=row.__getitem__)
    if 2 * row[leader] >= sum(map(abs, row.values())):
        return merge(edges, node, leader, False)
    alone = row[leader] < 0 and (k is None or len(row) < k)
    if not alone and (len(row) > 2 or row[leader] < 0):
        return None
    lost, worth = 0, row[leader]
    for end in row:
        del edges[end][node]
    edges[node] = {}
    if not alone:
        a, b = row
        lost = add(edges, a, b, -worth)
    return lost
