"""Makes a graph smaller without changing what its best two camps leave frustrated, and carries camps back.

1. A graph without a negative cycle costs nothing (Harary 1953).
2. A node with an edge as heavy as its other edges together follows that edge, and is merged with the other
   end. That removes all nodes with one or two edges.
3. What is left falls into biconnected blocks (Hopcroft & Tarjan 1973): each cycle lies within one, and camps
   of blocks fit together by swapping the two camps of some.

Each block then begins again at 1, since nodes that it shares have fewer edges there. What none of these makes
smaller is a core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from detente.measurement.networks.graph import Ints, SignedGraph

Adjacency = list[dict[int, int]]
Follower = tuple[int, int, bool]
"""A node, the one with which it was merged, and whether it is in the other camp than that one."""


@dataclass(frozen=True)
class Reduced:
    """The cores of a graph, and how camps of all its nodes follow from theirs."""

    lost: int
    """Frustration that no partition can avoid, beside that in the cores."""
    cores: tuple[SignedGraph, ...]
    """The best camps of all cores leave, together, what those of the whole graph leave, less `lost`."""
    camps: Ints
    """(size,) camps where nothing below says more: of a balanced graph, the camps."""
    blocks: tuple[tuple[Ints, Reduced], ...] = ()
    """Nodes of each block, first the one it shares with an earlier block; no block if the graph is a core."""
    followers: tuple[Follower, ...] = ()

    def labels(self, found: Sequence[Ints]) -> Ints:
        """Return camps, 0 or 1, of all nodes from those found in each core.

        They leave frustrated exactly `lost` more than the camps of the cores do.
        """
        camps = self.camps.copy()
        if self.cores and not self.blocks:
            camps[:] = found[0]
        done = 0
        for nodes, block in self.blocks:
            theirs = block.labels(found[done : done + len(block.cores)])
            camps[nodes] = theirs ^ theirs[0] ^ camps[nodes[0]]
            done += len(block.cores)
        for node, leader, other in reversed(self.followers):
            camps[node] = camps[leader] ^ other
        return camps


def reduced(graph: SignedGraph) -> Reduced:
    """Return the cores of a graph.

    Two triangles with one negative edge each, that share a node: one edge of each is lost, and no core is
    left.

    >>> from detente.measurement.networks.graph import frustration, merged
    >>> ends = np.array([0, 0, 1, 2, 2, 3]), np.array([1, 2, 2, 3, 4, 4])
    >>> graph, _ = merged(5, *ends, np.array([1, 1, -1, 1, 1, -1]))
    >>> small = reduced(graph)
    >>> small.lost, small.cores, frustration(graph, small.labels([]))
    (2, (), 2)
    """
    camps = balanced(graph)
    if camps is not None:
        return Reduced(0, (), camps)
    left, lost, followers = _thinned(graph)
    parts = blocks(left)
    zeros = np.zeros(graph.size, dtype=np.int64)
    if len(parts) == 1 and not followers and len(parts[0][0]) == graph.size:
        return Reduced(0, (graph,), zeros)
    smaller = tuple((nodes, reduced(part)) for nodes, part in parts)
    lost += sum(block.lost for _, block in smaller)
    return Reduced(
        lost, tuple(core for _, block in smaller for core in block.cores), zeros, smaller, followers
    )


def balanced(graph: SignedGraph) -> Ints | None:
    """Return camps, 0 or 1, that leave nothing frustrated, or None if the graph has a negative cycle.

    A graph is balanced where, in its double cover, no node is connected with its own twin: positive edges
    lead to the other end on the same side, negative ones to its twin on the other.
    """
    here, there = sides(graph.size, graph.first, graph.second, graph.weight < 0)
    return None if (here == there).any() else (here > there).astype(np.int64)


def sides(size: int, first: Ints, second: Ints, parted: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return, in the double cover, the connected part of each node and that of its twin.

    Equal for two nodes on the same side, the one's equal to the other's twin's on different sides, and a
    node's equal to its own twin's in a contradiction: where edges that are not `parted` say "the same side".
    """
    over = size * parted
    tails = np.concatenate([first, first + size])
    heads = np.concatenate([second + over, second + size - over])
    cover = sparse.coo_array((np.ones(len(tails)), (tails, heads)), shape=(2 * size, 2 * size))
    _, part = sparse.csgraph.connected_components(cover, directed=False)
    return part[:size], part[size:]


# Nodes that follow one edge ---------------------------------------------------------------------------------


def _thinned(graph: SignedGraph) -> tuple[SignedGraph, int, tuple[Follower, ...]]:
    """Return the graph, still of the same size, without followers; what that loses; the followers in turn."""
    strength, heaviest = np.zeros((2, graph.size), dtype=np.int64)
    for ends in (graph.first, graph.second):
        np.add.at(strength, ends, np.abs(graph.weight))
        np.maximum.at(heaviest, ends, np.abs(graph.weight))
    waiting = np.flatnonzero((heaviest > 0) & (2 * heaviest >= strength)).tolist()
    if not waiting:
        return graph, 0, ()
    edges = adjacency(graph)
    lost, followers = 0, []
    while waiting:
        node = waiting.pop()
        leader = _leader(edges[node])
        if leader is None:
            continue
        other = edges[node][leader] < 0
        followers.append((node, leader, other))
        waiting += edges[node]
        lost += merge(edges, node, leader, other)
    return listed(edges), lost, tuple(followers)


def _leader(row: dict[int, int]) -> int | None:
    """Return the other end of the edge that is as heavy as all others together, if there is one."""
    if not row:
        return None
    leader = max(row, key=lambda end: abs(row[end]))
    return leader if 2 * abs(row[leader]) >= sum(map(abs, row.values())) else None


def adjacency(graph: SignedGraph) -> Adjacency:
    """Return, for each node, the other ends of its edges and their weights."""
    edges: Adjacency = [{} for _ in range(graph.size)]
    for a, b, weight in zip(graph.first.tolist(), graph.second.tolist(), graph.weight.tolist(), strict=True):
        edges[a][b] = edges[b][a] = weight
    return edges


def listed(edges: Adjacency) -> SignedGraph:
    """Return the graph that has these edges."""
    triples = [(a, b, weight) for a, row in enumerate(edges) for b, weight in row.items() if a < b]
    first, second, weights = np.array(sorted(triples), dtype=np.int64).reshape(-1, 3).T.copy()
    return SignedGraph(len(edges), first, second, weights)


def merge(edges: Adjacency, node: int, leader: int, other: bool) -> int:
    """Give the edges of `node` to `leader`, in place; return what is lost where they contradict its own."""
    moved, edges[node] = edges[node], {}
    for end in moved:
        del edges[end][node]
    return sum(
        add(edges, leader, end, -weight if other else weight)
        for end, weight in moved.items()
        if end != leader
    )


def add(edges: Adjacency, a: int, b: int, weight: int) -> int:
    """Add an edge, in place, and return what is lost where it contradicts one that is there."""
    own = edges[a].get(b, 0)
    if own + weight:
        edges[a][b] = edges[b][a] = own + weight
    else:
        del edges[a][b], edges[b][a]
    return 0 if own == 0 or (own > 0) == (weight > 0) else min(abs(own), abs(weight))


# Blocks -----------------------------------------------------------------------------------------------------


def blocks(graph: SignedGraph) -> list[tuple[Ints, SignedGraph]]:
    """Return the biconnected blocks, a block after the one whose node it shares, which is its first node."""
    starts, others, _ = graph.rows()
    number, block, tops = _tree(starts, others)
    deeper = np.where(number[graph.first] > number[graph.second], graph.first, graph.second)
    of = block[deeper]
    order = np.argsort(of, kind="stable")
    bounds = np.searchsorted(of[order], np.arange(len(tops) + 1))
    found = []
    for top, start, end in zip(tops, bounds[:-1], bounds[1:], strict=True):
        chosen = order[start:end]
        inside = np.unique([graph.first[chosen], graph.second[chosen]])
        nodes = np.concatenate([[top], inside[inside != top]])
        place = np.argsort(nodes)
        ends = (place[np.searchsorted(inside, each[chosen])] for each in (graph.first, graph.second))
        low, high = np.sort(list(ends), axis=0)
        found.append((nodes, SignedGraph(len(nodes), low, high, graph.weight[chosen])))
    return found


@njit(cache=True)
def _search(starts, others):
    """Return nodes in the order of a depth-first search, and whence each was reached, -1 for the roots."""
    size = len(starts) - 1
    order, parent, following = np.empty(size, np.int64), np.full(size, -2), starts[:-1].copy()
    seen = 0
    for root in range(size):
        if parent[root] != -2:
            continue
        parent[root], order[seen], node = -1, root, root
        seen += 1
        while node >= 0:
            if following[node] == starts[node + 1]:
                node = parent[node]
                continue
            end = others[following[node]]
            following[node] += 1
            if parent[end] == -2:
                parent[end], order[seen], node = node, end, end
                seen += 1
    return order, parent


@njit(cache=True)
def _tree(starts, others):
    """Return each node's number in a depth-first search, the block of the edge to it, and blocks' tops.

    A block begins at an edge from below which no edge leads to above it; its top is the upper end.
    """
    order, parent = _search(starts, others)
    number, block = np.empty(len(order), np.int64), np.full(len(order), -1)
    number[order] = np.arange(len(order))
    lowest = number.copy()
    for node in order[::-1]:
        for k in range(starts[node], starts[node + 1]):
            end = others[k]
            if end != parent[node]:
                lowest[node] = min(lowest[node], lowest[end] if parent[end] == node else number[end])
    tops = [0][:0]
    for node in order:
        if parent[node] < 0:
            continue
        if lowest[node] >= number[parent[node]]:
            block[node] = len(tops)
            tops.append(parent[node])
        else:
            block[node] = block[parent[node]]
    return number, block, np.array(tops)
