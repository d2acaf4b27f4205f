"""Cycles with exactly one negative edge that values of a graph's edges leave uncovered.

Every partition frustrates an edge of each such cycle: if all its positive edges lie within camps, then so
does the negative one. They say all that cycles can say of a multicut (Chopra & Rao 1993; Lange, Karrenbauer &
Andres 2018), and the most uncovered one of a negative edge is a shortest path over positive edges between its
ends.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numba import njit

from detente.measurement.networks.graph import Floats, Ints, SignedGraph
from detente.measurement.networks.heap import pop, push
from detente.measurement.networks.relaxation import Rows

LEAST = 1e-4
"""By how much a cycle must be uncovered to count."""
AT_ONCE = 200
"""How many negative edges to look at between two looks at the clock."""


@dataclass(frozen=True)
class Friendly:
    """The positive edges of a graph by node, both ways, and its negative edges."""

    starts: Ints
    others: Ints
    edge: Ints
    """Which edge of the graph it is."""
    negative: Ints
    ends: tuple[Ints, Ints]
    """By negative edge; the first has fewer positive edges."""


def friendly(graph: SignedGraph) -> Friendly:
    """Return the edges of a graph as searches need them."""
    positive, negative = np.flatnonzero(graph.weight > 0), np.flatnonzero(graph.weight < 0)
    tails = np.concatenate([graph.first[positive], graph.second[positive]])
    heads = np.concatenate([graph.second[positive], graph.first[positive]])
    order = np.lexsort((heads, tails))
    starts = np.searchsorted(tails[order], np.arange(graph.size + 1))
    first, second = graph.first[negative], graph.second[negative]
    turned = np.diff(starts)[first] > np.diff(starts)[second]
    ends = np.where(turned, second, first), np.where(turned, first, second)
    return Friendly(starts, heads[order], np.tile(positive, 2)[order], negative, ends)


def uncovered(net: Friendly, values: Floats, *, deadline: float = math.inf) -> Rows:
    """Return cycles with one negative edge whose `values` (edges,), from 0 to 1, sum to less than 1.

    None is returned only if there is none, or if none is found before `deadline`, a value of
    `time.monotonic`. Those found at a time share no edge, which makes few rows of much use: an edge of one
    counts as 1 longer from then on.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [1, 1, -1])))
    >>> uncovered(friendly(triangle), np.zeros(3)).column.tolist()
    [2, 1, 0]
    """
    # A little for each edge, so that of equal cycles a short one is taken.
    length = values + LEAST / 100
    arcs = net.starts, net.others, net.edge
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    for start in range(0, len(net.negative), AT_ONCE):
        if time.monotonic() < deadline:
            some = slice(start, start + AT_ONCE)
            ends = net.ends[0][some], net.ends[1][some]
            found.append(_cycles(*arcs, net.negative[some], *ends, values, length))
    edges, sizes = (np.concatenate(part) for part in zip(*found, strict=True))
    ones = np.ones(len(edges), dtype=np.int64)
    return Rows(np.concatenate([[0], np.cumsum(sizes)]), edges, ones, ones[: len(sizes)])


def packed(graph: SignedGraph) -> int:
    """Return what any camps leave frustrated at least: the least weights of cycles without a common edge.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [4, 3, -5])))
    >>> packed(triangle)
    3
    """
    rows = uncovered(friendly(graph), np.zeros(len(graph.weight)))
    weights = np.abs(graph.weight[rows.column])
    return int(np.minimum.reduceat(weights, rows.bounds[:-1]).sum()) if len(rows) else 0


@njit(cache=True)
def _cycles(starts, others, edge, negative, first, second, values, length):
    """Return the edges of cycles, one after the other, and how many each has; lengthen their edges."""
    size = len(starts) - 1
    near, back = np.full(size, np.inf), np.empty(size, np.int64)
    reached, way = np.empty(size, np.int64), np.empty(size, np.int64)
    keys, items = np.empty(len(others) + 1), np.empty(len(others) + 1, np.int64)
    work = near, back, way, reached, keys, items
    edges, sizes = [0][:0], [0][:0]
    for f in range(len(negative)):
        limit = 1.0 - LEAST - values[negative[f]]
        if not _path(starts, others, edge, length, first[f], second[f], limit, *work):
            continue
        before, node = len(edges), second[f]
        edges.append(negative[f])
        while node != first[f]:
            edges.append(way[node])
            length[way[node]] += 1.0
            node = back[node]
        sizes.append(len(edges) - before)
    return np.array(edges), np.array(sizes)


@njit(cache=True)
def _path(starts, others, edge, length, source, target, limit, near, back, way, reached, keys, items):
    """Find a shortest path, if it is shorter than `limit`: `back` and `way` lead from the target to the
    source."""
    near[source], reached[0], count = 0.0, source, 1
    keys[0], items[0], waiting = 0.0, source, 1
    while waiting > 0:
        key, here = keys[0], items[0]
        waiting = pop(keys, items, waiting)
        if here == target:
            break
        if key > near[here]:
            continue
        for k in range(starts[here], starts[here + 1]):
            there = others[k]
            far = key + length[edge[k]]
            if far < min(limit, near[there], near[target]):
                if near[there] == np.inf:
                    reached[count] = there
                    count += 1
                near[there], back[there], way[there] = far, here, edge[k]
                push(keys, items, waiting, far, there)
                waiting += 1
    found = near[target] < np.inf
    near[reached[:count]] = np.inf
    return found
