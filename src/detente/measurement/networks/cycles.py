"""Negative cycles of a signed graph that fractional "frustrated" values of its edges leave uncovered.

Every partition into two camps frustrates an edge of each negative cycle, so that the values of its edges sum
to one at least. In the signed double cover (a node has two copies; positive edges stay on a side, negative
ones change it) a negative cycle through a node is a path between its copies, and the most uncovered one a
shortest path (Barahona & Mahjoub 1986). Such a path and its mirror image meet halfway, so that a search from
one copy need reach only half as far. With signs switched by some camps, negative edges are those which the
camps frustrate, and each negative cycle has one: roots are a few nodes that together touch them all.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.measurement.networks.graph import Floats, Ints, SignedGraph
from detente.measurement.networks.heap import pop, push
from detente.measurement.networks.relaxation import Rows

Flags = NDArray[np.bool_]

APART = 0.34
"""Lets an edge be in three cycles that are found at a time; chosen by measuring."""
AT_ONCE, EACH = 4, 200
"""From how many roots to search between two looks at the clock, and the most cycles of one at a time."""


@dataclass(frozen=True)
class Net:
    """The edges of a graph by node, both ways, signs switched by some camps, and where searches begin."""

    starts: Ints
    others: Ints
    edge: Ints
    """Which edge of the graph it is."""
    negative: Flags
    """By edge of the graph: frustrated by the camps."""
    roots: Ints


def net(graph: SignedGraph, labels: Ints) -> Net:
    """Return the edges by node, switched by the camps `labels`, 0 or 1."""
    ends, others = np.concatenate([graph.first, graph.second]), np.concatenate([graph.second, graph.first])
    order = np.lexsort((others, ends))
    starts = np.searchsorted(ends[order], np.arange(graph.size + 1))
    negative = (labels[graph.first] != labels[graph.second]) == (graph.weight > 0)
    edge = order % len(graph.weight)
    return Net(starts, others[order], edge, negative, _touching(graph, negative))


def _touching(graph: SignedGraph, negative: Flags) -> Ints:
    """Return a few nodes, those with most negative edges first, of which each negative edge has one."""
    first, second = graph.first[negative], graph.second[negative]
    found = []
    while len(first):
        most = np.bincount(np.concatenate([first, second])).argmax()
        found.append(most)
        kept = (first != most) & (second != most)
        first, second = first[kept], second[kept]
    return np.array(found, dtype=np.int64)


def uncovered(
    among: Net, values: Floats, *, least: float, apart: float = APART, deadline: float = math.inf
) -> Rows:
    """Return negative cycles whose `values` (edges,), from 0 to 1, sum to less than 1 - `least`.

    None is returned only if there is none, or none is found before `deadline`, a reading of `time.monotonic`.
    An edge of a cycle counts as `apart` longer in searches that follow, so that cycles share few edges; of
    equal ones, a short one is taken.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [1, 1, -1])))
    >>> uncovered(net(triangle, np.zeros(3, int)), np.zeros(3), least=0.01).column.tolist()
    [0, 2, 1]
    """
    length = values + least / 100
    arcs = among.starts, among.others, among.edge, among.negative
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    for start in range(0, len(among.roots), AT_ONCE):
        if time.monotonic() < deadline:
            roots = among.roots[start : start + AT_ONCE]
            found.append(_cycles(*arcs, values, length, roots, apart, least))
    edges, sizes = (np.concatenate(part) for part in zip(*found, strict=True))
    one = np.ones(len(edges), dtype=np.int64)
    return Rows(np.concatenate([[0], np.cumsum(sizes)]), edges, one, one[: len(sizes)])


def packed(graph: SignedGraph, labels: Ints, *, deadline: float = math.inf) -> int:
    """Return what negative cycles without a common edge, found one by one, cost any two camps at least."""
    nothing = np.zeros(len(graph.weight))
    found = uncovered(net(graph, labels), nothing, least=0.01, apart=1.0, deadline=deadline)
    weights = np.abs(graph.weight[found.column])
    return int(np.minimum.reduceat(weights, found.bounds[:-1]).sum()) if len(found) else 0


@njit(cache=True)
def _cycles(starts, others, edge, negative, values, length, roots, apart, least):
    """Return the edges of uncovered cycles through `roots`, one after the other, and how many each has."""
    size, room = len(starts) - 1, 64 * len(values)
    near, back, way = np.empty(2 * size), np.empty(2 * size, np.int64), np.empty(2 * size, np.int64)
    keys, items = np.empty(2 * len(others) + 1), np.empty(2 * len(others) + 1, np.int64)
    walk, place = np.empty((2, 4 * size), np.int64), np.full(size, -1)
    found, total, sizes = np.empty(room, np.int64), 0, [0][:0]
    for root in roots:
        for _ in range(EACH):
            here, twin, e = _meet(starts, others, edge, negative, length, root, near, back, way, keys, items)
            if here < 0:
                break
            steps = _walk(here, twin, e, size, back, way, walk)
            start, end = _simple(walk, steps, negative, place)
            cycle = walk[1, start:end]
            if values[cycle].sum() >= 1 - least:
                break
            if total + len(cycle) > room:
                return found[:total], np.array(sizes)
            found[total : total + len(cycle)] = cycle
            total += len(cycle)
            sizes.append(len(cycle))
            length[cycle] += apart
    return found[:total], np.array(sizes)


@njit(cache=True)
def _meet(starts, others, edge, negative, length, root, near, back, way, keys, items):
    """Return where the shortest path from `root` to its twin meets its mirror image, if it is shorter than
    one: a node of the cover, the twin of the next, and the edge between, or -1. `back` leads from both to
    `root`."""
    size = len(starts) - 1
    near[:] = np.inf
    near[root], back[root], keys[0], items[0] = 0.0, -1, 0.0, root
    waiting, best, meeting = 1, 1.0, (-1, -1, -1)
    while waiting > 0 and 2 * keys[0] < best:
        key, here = keys[0], items[0]
        waiting = pop(keys, items, waiting)
        if key > near[here]:
            continue
        side = size if here >= size else 0
        for k in range(starts[here - side], starts[here - side + 1]):
            e = edge[k]
            far = key + length[e]
            if far >= best:
                continue
            over = size - side if negative[e] else side
            there, twin = others[k] + over, others[k] + size - over
            if far + near[twin] < best:
                best, meeting = far + near[twin], (here, twin, e)
            if far < near[there] and 2 * far < best:
                near[there], back[there], way[there] = far, here, e
                push(keys, items, waiting, far, there)
                waiting += 1
    return meeting


@njit(cache=True)
def _walk(here, twin, e, size, back, way, walk):
    """Write the closed walk through the root, nodes and the edge from each to the next; return its length."""
    steps = 0
    while back[here] >= 0:
        walk[0, steps], walk[1, steps] = here % size, way[here]
        here = back[here]
        steps += 1
    node, downs = twin, 0
    while back[node] >= 0:
        node = back[node]
        downs += 1
    steps += downs
    walk[0, steps], walk[1, steps] = twin % size, e
    for k in range(1, downs + 1):
        walk[0, steps - k], walk[1, steps - k] = back[twin] % size, way[twin]
        twin = back[twin]
    return steps + 1


@njit(cache=True)
def _simple(walk, steps, negative, place):
    """Move a negative cycle without repeated nodes to the front of the walk; return from where to where it
    is.

    Where a node comes again, what lies between is the cycle if it is negative, and is left out if not.
    """
    top, start, odd = 0, 0, False
    side = np.empty(steps + 1, np.bool_)
    side[0], place[walk[0, 0]] = False, 0
    for k in range(steps):
        e, node = walk[1, k], walk[0, (k + 1) % steps]
        odd = odd != negative[e]
        walk[1, top] = e
        if place[node] < 0:
            top += 1
            walk[0, top], side[top], place[node] = node, odd, top
            continue
        start = place[node]
        if side[start] != odd:
            break
        for left in range(start + 1, top + 1):
            place[walk[0, left]] = -1
        top = start
    for k in range(top + 1):
        place[walk[0, k]] = -1
    return start, top + 1
