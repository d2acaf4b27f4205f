"""The best of all partitions of a few nodes into two camps, by trying each."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def enumerated(cost):
    """Return 1 for each node to switch, else 0, so that the pairs that are parted by it cost least.

    `cost` (n, n), symmetric, zero on the diagonal: what it costs to part two nodes, below zero where that
    saves. 2**(n - 1) partitions, one move of a node from each to the next (Gray 1953); the last node stays.

    >>> enumerated(np.array([[0, 2, -5], [2, 0, 1], [-5, 1, 0]])).tolist()
    [1, 1, 0]
    """
    n = len(cost)
    side = np.ones(n, dtype=np.int64)
    best = side.copy()
    rise = cost.sum(axis=1)
    total, least = np.int64(0), np.int64(0)
    for step in range(1, 1 << (n - 1)):
        node = 0
        while not (step >> node) & 1:
            node += 1
        total += rise[node]
        side[node] = -side[node]
        rise[node] = -rise[node]
        for other in range(n):
            if other != node:
                rise[other] += 2 * cost[node, other] * side[node] * side[other]
        if total < least:
            least = total
            best[:] = side
    return (1 - best) // 2
