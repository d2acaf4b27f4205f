"""Good partitions into any number of camps, or into at most k: joins, moves and annealing over labels.

The work follows from the graph and the seed alone, never from the clock, so that partitions are the same
everywhere:

1. from every node alone, join pairs of camps that like each other best, all at once that like no other more
   (greedy additive edge contraction: Keuper et al. 2015);
2. from there and from chance, anneal: nodes in turn choose a camp, also one of their own, with a chance
   proportional to exp(gain / T) (Geman & Geman 1984), while T falls from the pull on a node to well below it;
3. move single nodes and join camps while either helps, and keep the best of all starts.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.measurement.networks.graph import (
    Floats,
    Ints,
    SignedGraph,
    canonical,
    contracted,
    frustration,
)

WORK = 25_000_000
"""About how many ends of edges annealing looks at in all."""
STARTS = 8
SWEEPS = 50, 400
"""The fewest and the most visits to each node in one start."""
HOT, COLD = 1.0, 0.03
"""Temperatures at the start and at the end, in root mean square pulls on a node."""


def improve(graph: SignedGraph, *, k: int | None = None, seed: int = 0, starts: int = STARTS) -> Ints:
    """Return (size,) canonical camps, at most `k` of them, that leave little frustrated.

    `starts` is how often it anneals beside joining.

    >>> from detente.measurement.networks.graph import merged
    >>> star, _ = merged(4, *(np.array(each) for each in ([0, 0, 1, 2], [1, 2, 2, 3], [3, 2, -1, -5])))
    >>> improve(star).tolist()
    [0, 0, 0, 1]
    """
    limit = min(k or graph.size, graph.size)
    if not len(graph.weight):
        return np.zeros(graph.size, dtype=np.int64)
    rows = graph.rows()
    alone = np.arange(graph.size)
    best = settled(graph, fitted(graph, settled(graph, alone, limit=graph.size), limit), limit=limit)
    least = frustration(graph, best)
    cooling = _cooling(graph)
    for stream in np.random.SeedSequence(seed).spawn(starts):
        rng = np.random.Generator(np.random.PCG64(stream))
        labels = rng.integers(limit, size=graph.size) if limit < graph.size else alone.copy()
        _anneal(*rows, labels, limit, cooling, int(rng.integers(2**31)))
        labels = settled(graph, labels, limit=limit)
        left = frustration(graph, labels)
        if left < least:
            best, least = labels, left
    return canonical(best)


def settled(graph: SignedGraph, labels: Ints, *, limit: int) -> Ints:
    """Return labels, below `limit`, that no move of one node and no joining of two camps betters.

    >>> from detente.measurement.networks.graph import merged
    >>> path, _ = merged(3, np.array([0, 1]), np.array([1, 2]), np.array([4, -3]))
    >>> settled(path, np.zeros(3, dtype=np.int64), limit=3).tolist()
    [0, 0, 1]
    """
    rows, best, least = graph.rows(), labels, frustration(graph, labels) + 1
    while (left := frustration(graph, labels)) < least:
        best, least = labels, left
        labels = best.copy()
        _anneal(*rows, labels, limit, np.zeros(20), 0)
        labels = canonical(joined(graph, labels))
    return best


def joined(graph: SignedGraph, labels: Ints) -> Ints:
    """Return labels 0, 1, ... with camps joined until no two like each other on balance.

    >>> from detente.measurement.networks.graph import merged
    >>> path, _ = merged(3, np.array([0, 1]), np.array([1, 2]), np.array([4, -3]))
    >>> joined(path, np.arange(3)).tolist()
    [0, 0, 1]
    """
    _, groups = np.unique(labels, return_inverse=True)
    while True:
        small, _ = contracted(graph, groups)
        likes = small.weight > 0
        if not likes.any():
            return groups
        first, second, weight = small.first[likes], small.second[likes], small.weight[likes]
        order = np.lexsort((second, first, weight))
        favourite = np.full(small.size, -1)
        for ends in (first, second):
            np.maximum.at(favourite, ends[order], np.arange(len(order)))
        chosen = np.arange(len(order))
        mutual = (favourite[first[order]] == chosen) & (favourite[second[order]] == chosen)
        target = np.arange(small.size)
        target[second[order][mutual]] = first[order][mutual]
        _, groups = np.unique(target[groups], return_inverse=True)


def fitted(graph: SignedGraph, labels: Ints, limit: int) -> Ints:
    """Return labels below `limit`: whole camps, the most tied first, go where they are liked best.

    >>> from detente.measurement.networks.graph import merged
    >>> foes, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [-4, -3, -1])))
    >>> fitted(foes, np.arange(3), 2).tolist()
    [0, 1, 1]
    """
    _, groups = np.unique(labels, return_inverse=True)
    if groups.max() < limit:
        return groups
    small, _ = contracted(graph, groups)
    strength = np.zeros(small.size, dtype=np.int64)
    for ends in (small.first, small.second):
        np.add.at(strength, ends, np.abs(small.weight))
    starts, others, weight = small.rows()
    place = np.full(small.size, -1)
    for camp in np.argsort(-strength, kind="stable").tolist():
        near = slice(starts[camp], starts[camp + 1])
        put = place[others[near]] >= 0
        liked = np.bincount(place[others[near]][put], weights=weight[near][put], minlength=limit)
        place[camp] = int(np.argmax(liked))
    return place[groups]


def _cooling(graph: SignedGraph) -> Floats:
    """Return the temperatures of the sweeps of one start."""
    pull = np.sqrt(2 * float((graph.weight.astype(float) ** 2).sum()) / graph.size)
    sweeps = int(np.clip(WORK // (STARTS * (2 * len(graph.weight) + graph.size)), *SWEEPS))
    return np.asarray(np.geomspace(HOT * pull, COLD * pull, sweeps))


@njit(cache=True)
def _anneal(starts, others, weight, labels, limit, cooling, seed):
    """Let nodes choose among camps below `limit` in one sweep per temperature; keep the best sweep, in place.

    At temperature 0 a node moves only where it gains, and sweeps end when none does.
    """
    np.random.seed(seed)
    sums, seen, found = np.zeros(limit, np.int64), np.zeros(limit, np.bool_), np.empty(limit, np.int64)
    count, empty, free = _sizes(labels, limit)
    chances = np.empty(limit)
    change, least, kept = np.int64(0), np.int64(0), labels.copy()
    for heat in cooling:
        moves = 0
        for node in range(len(labels)):
            own = labels[node]
            camps = _reach(starts, others, weight, labels, node, sums, seen, found)
            if camps < limit and count[own] > 1:
                found[camps] = empty[free - 1] if free > 0 else _unseen(seen)
                camps += 1
            pick = _choice(sums, found, camps, chances, heat)
            if pick != own:
                change -= sums[pick] - sums[own]
                free -= count[pick] == 0
                count[pick] += 1
                count[own] -= 1
                if count[own] == 0:
                    empty[free] = own
                    free += 1
                labels[node] = pick
                moves += 1
            for i in range(camps):
                sums[found[i]] = 0
                seen[found[i]] = False
        if change < least:
            least = change
            kept[:] = labels
        if heat == 0.0 and moves == 0:
            break
    labels[:] = kept


@njit(cache=True)
def _sizes(labels, limit):
    """Return how many are in each camp, a stack of the empty ones, and its height."""
    count, empty, free = np.zeros(limit, np.int64), np.empty(limit, np.int64), 0
    for camp in labels:
        count[camp] += 1
    for camp in range(limit - 1, -1, -1):
        if count[camp] == 0:
            empty[free] = camp
            free += 1
    return count, empty, free


@njit(cache=True)
def _reach(starts, others, weight, labels, node, sums, seen, found):
    """Write the camps to which the node has ties, its own first, and their pulls; return how many."""
    found[0], camps = labels[node], 1
    seen[labels[node]] = True
    for k in range(starts[node], starts[node + 1]):
        camp = labels[others[k]]
        if not seen[camp]:
            seen[camp] = True
            found[camps] = camp
            camps += 1
        sums[camp] += weight[k]
    return camps


@njit(cache=True)
def _unseen(seen):
    """Return a camp, all the same to the node, to which it has no tie."""
    camp = np.random.randint(len(seen))
    while seen[camp]:
        camp = (camp + 1) % len(seen)
    return camp


@njit(cache=True)
def _choice(sums, found, camps, chances, heat):
    """Return a camp by the pull of each at this temperature; the first found is where the node is."""
    top = sums[found[0]]
    for i in range(camps):
        top = max(top, sums[found[i]])
    if heat == 0.0:
        if sums[found[0]] == top:
            return found[0]
        for i in range(camps):
            if sums[found[i]] == top:
                return found[i]
    total = 0.0
    for i in range(camps):
        below = (top - sums[found[i]]) / heat
        chances[i] = np.exp(-below) if below < 40.0 else 0.0
        total += chances[i]
    draw = np.random.random() * total
    for i in range(camps):
        draw -= chances[i]
        if draw < 0.0:
            return found[i]
    return found[0]
