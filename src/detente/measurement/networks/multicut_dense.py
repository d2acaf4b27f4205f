"""Triangles that values of all pairs of nodes break: two who are with a third are with each other.

With x 1 for a pair apart and 0 for one in the same camp, x[a, c] <= x[a, b] + x[b, c] for each three nodes
(Grötschel & Wakabayashi 1989). Where a, b and b, c both have negative edges, some of the best values keep
that by themselves (Miyauchi & Sukegawa 2015), so that these come last.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.measurement.networks.graph import Floats, Ints, SignedGraph
from detente.measurement.networks.relaxation import Rows

LEAST = 1e-4
"""By how much a triangle must be broken to count."""


def completed(graph: SignedGraph) -> SignedGraph:
    """Return the graph with an edge for each pair, of weight zero where there was none.

    >>> from detente.measurement.networks.graph import merged
    >>> path, _ = merged(3, np.array([0, 1]), np.array([1, 2]), np.array([4, -3]))
    >>> completed(path).weight.tolist()
    [4, 0, -3]
    """
    first, second = np.triu_indices(graph.size, 1)
    return SignedGraph(graph.size, first, second, graph.matrix()[first, second])


def broken(graph: SignedGraph, values: Floats, labels: Ints) -> Rows:
    """Return triangles of a completed graph that `values` break, no two with a pair in common.

    `values` (pairs,), from 0 to 1, say which are frustrated. First come triangles that camps `labels` keep
    with nothing to spare: if the relaxation proves these camps the best, no others have a part in the proof.
    None is returned only if none is broken.

    >>> from detente.measurement.networks.graph import merged
    >>> ends = np.array([0, 0, 1]), np.array([1, 2, 2])
    >>> graph, _ = merged(3, *ends, np.array([2, 2, -3]))
    >>> broken(graph, np.zeros(3), np.zeros(3, dtype=np.int64)).least
    array([1])
    """
    edge = np.zeros((graph.size, graph.size), dtype=np.int64)
    edge[graph.first, graph.second] = edge[graph.second, graph.first] = np.arange(len(values))
    negative = graph.weight < 0
    apart = np.where(negative, 1.0 - values, values)
    far = np.argsort(-apart * np.abs(graph.weight), kind="stable")
    one = np.zeros_like(labels)
    for camps, idle in ((labels, negative), (one, negative), (one, np.zeros_like(negative))):
        found = _triangles(edge, idle, apart, far, graph.first, graph.second, camps)
        if len(found):
            break
    # Of a pair with a negative edge, x is 1 less the value.
    sign = np.where(negative[found], -1, 1) * np.array([1, 1, -1])
    least = negative[found] @ np.array([-1, -1, 1])
    return Rows(3 * np.arange(len(found) + 1), found.ravel(), sign.ravel(), least)


@njit(cache=True)
def _triangles(edge, idle, apart, far, first, second, camps):
    """Return (triangles, 3) pairs, the last, in the order of `far`, more apart than the two others together.

    Of the two others, one at least is not `idle`, and the node that they share is in the camp of one or both
    of the last pair.
    """
    used = np.zeros(len(apart), np.bool_)
    found, count = np.empty((len(apart), 3), np.int64), 0
    for last in far:
        if used[last] or apart[last] <= LEAST:
            continue
        a, c = first[last], second[last]
        most, middle = LEAST, -1
        for b in range(len(edge)):
            if b in (a, c) or camps[b] not in (camps[a], camps[c]):
                continue
            one, two = edge[a, b], edge[b, c]
            if used[one] or used[two] or (idle[one] and idle[two]):
                continue
            if apart[last] - apart[one] - apart[two] > most:
                most, middle = apart[last] - apart[one] - apart[two], b
        if middle >= 0:
            found[count] = edge[a, middle], edge[middle, c], last
            used[found[count]] = True
            count += 1
    return found[:count]
