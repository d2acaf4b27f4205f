"""More groups than there may be camps, each two of them hostile: some two are together, or one is torn.

A group is a node, or nodes that positive edges connect; each two have a negative edge between them. At most
k camps frustrate an edge of those between k + 1 groups, or of those that connect the ends of these within
groups (for single nodes, the clique inequalities of Chopra & Rao 1993).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from detente.measurement.networks.graph import Floats, Ints, SignedGraph
from detente.measurement.networks.multicut_reduction import Flags, connected
from detente.measurement.networks.relaxation import Rows

LEAST = 1e-4
"""By how much a row must be broken to count."""
TRIES = 2000
"""After how many edges, or sets of groups, that lead nowhere a search ends."""

Trees = dict[int, tuple[int, int]]
Foes = dict[int, dict[int, int]]
"""By node or group, those to which it has a negative edge, and which."""


def crowds(graph: SignedGraph, values: Floats, k: int) -> Rows:
    """Return rows for `k` camps that `values` (edges,), from 0 to 1, break; none found need not mean none.

    >>> from detente.measurement.networks.graph import merged
    >>> first, second = np.triu_indices(4, 1)
    >>> four, _ = merged(4, first, second, np.full(6, -1))
    >>> crowds(four, np.zeros(6), 3).column.tolist()
    [0, 1, 2, 3, 4, 5]
    """
    group = connected(graph, (values < 0.5) & (graph.weight > 0))
    across = (graph.weight < 0) & (values < 0.5) & (group[graph.first] != group[graph.second])
    order = np.flatnonzero(across)[np.argsort(values[across], kind="stable")]
    found = _nodes(graph, values, order, k) or _groups(graph, values, order, group, k)
    edges = np.array([edge for row in found for edge in row], dtype=np.int64)
    one = np.ones(len(edges), dtype=np.int64)
    return Rows(np.cumsum([0, *map(len, found)]), edges, one, one[: len(found)])


def _nodes(graph: SignedGraph, values: Floats, order: Ints, k: int) -> list[list[int]]:
    """Return sets of edges, none in two sets, between k + 1 nodes each."""
    foes = _foes(order, graph.first, graph.second)
    found: list[list[int]] = []
    tries = 0
    for a, b in zip(graph.first[order].tolist(), graph.second[order].tolist(), strict=True):
        if b not in foes[a]:
            continue
        row = _crowd(foes, values, [a, b], k + 1)
        if row is None:
            tries += 1
            if tries == TRIES:
                break
            continue
        found.append(row)
        for edge in row:
            one, two = int(graph.first[edge]), int(graph.second[edge])
            del foes[one][two], foes[two][one]
    return found


def _crowd(foes: Foes, values: Floats, nodes: list[int], size: int) -> list[int] | None:
    """Return the edges between `size` nodes, all foes, with `nodes` among them, if values break their row."""
    total = values[foes[nodes[0]][nodes[1]]]
    while len(nodes) < size:
        common = set(foes[nodes[0]]).intersection(*(foes[node] for node in nodes[1:]))
        costs = [(sum(values[foes[node][other]] for node in nodes), other) for other in sorted(common)]
        if not costs:
            return None
        cost, other = min(costs)
        nodes.append(other)
        total += cost
    return [foes[a][b] for a, b in combinations(nodes, 2)] if total < 1 - LEAST else None


def _groups(graph: SignedGraph, values: Floats, order: Ints, group: Ints, k: int) -> list[list[int]]:
    """Return sets of edges between k + 1 groups each, of which no two share one, and within them."""
    foes = _foes(order, group[graph.first], group[graph.second])
    trees = _trees(graph, values < 0.5)
    found: list[list[int]] = []
    used: set[int] = set()
    for crowd in _crowds(foes, k + 1):
        edges = [foes[a][b] for a, b in combinations(crowd, 2)]
        row = edges + _links(graph, edges, trees)
        if not used.intersection(edges) and values[row].sum() < 1 - LEAST:
            used.update(edges)
            found.append(row)
    return found


def _foes(order: Ints, first: Ints, second: Ints) -> Foes:
    """Return foes of each node or group; of several edges, the first in `order`."""
    foes: Foes = {}
    for edge, a, b in zip(order.tolist(), first[order].tolist(), second[order].tolist(), strict=True):
        foes.setdefault(a, {}).setdefault(b, edge)
        foes.setdefault(b, {}).setdefault(a, edge)
    return foes


def _crowds(foes: Foes, size: int) -> Iterator[Sequence[int]]:
    """Yield sets of `size` groups that are all foes, as far as some tries go."""
    waiting = [([group], {other for other in foes[group] if other > group}) for group in sorted(foes)]
    for _ in range(TRIES):
        if not waiting:
            return
        crowd, common = waiting.pop()
        if len(crowd) == size:
            yield crowd
        elif len(crowd) + len(common) >= size:
            waiting += [
                ([*crowd, other], {each for each in common if each > other and each in foes[other]})
                for other in sorted(common)
            ]


def _trees(graph: SignedGraph, held: Flags) -> Trees:
    """Return the node before each, and the edge from it, in trees of positive edges; roots have none."""
    near: list[list[tuple[int, int]]] = [[] for _ in range(graph.size)]
    for edge in np.flatnonzero(held & (graph.weight > 0)).tolist():
        a, b = int(graph.first[edge]), int(graph.second[edge])
        near[a].append((b, edge))
        near[b].append((a, edge))
    before: Trees = {}
    seen: set[int] = set()
    for root in range(graph.size):
        waiting = [] if root in seen else [root]
        seen.add(root)
        for node in waiting:
            for other, edge in near[node]:
                if other not in seen:
                    seen.add(other)
                    before[other] = node, edge
                    waiting.append(other)
    return before


def _links(graph: SignedGraph, edges: Iterable[int], before: Trees) -> list[int]:
    """Return the edges of trees that connect the ends of `edges` in the same tree."""
    ends = {int(end) for edge in edges for end in (graph.first[edge], graph.second[edge])}
    above: dict[int, int] = {}
    below: dict[int, tuple[int, int]] = {}
    for node in ends:
        passed = []
        while node in before:
            node, edge = before[node]
            passed.append(edge)
        above[node] = above.get(node, 0) + 1
        for edge in passed:
            below[edge] = node, below.get(edge, (node, 0))[1] + 1
    # Edges above all ends of a tree connect nothing.
    return sorted(edge for edge, (root, count) in below.items() if count < above[root])
