"""Better camps near given ones: single nodes move while that helps, some of them held or kept out of a camp.

Any number of camps; the work follows from the graph and the start alone. What a node would gain by a move is
read off `pull` (nodes, room): the signed weight of its ties to each camp. A column without nodes is an empty
camp that a node may found.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.measurement.networks.graph import Ints

Rows = tuple[Ints, Ints, Ints]

SPARE = 2
"""Empty camps at hand where the number of camps is free."""
OPEN = -1
"""Marks a node that no camp is barred to."""


def room(labels: Ints, k: int | None) -> int:
    """Return how many columns of camps a descent from `labels` needs: k, or some to spare where k is free."""
    return k if k is not None else min(len(labels), int(labels.max()) + 1 + SPARE)


def settled(rows: Rows, labels: Ints, *, k: int | None, together: Ints, apart: Ints) -> Ints:
    """Return camps near `labels` (size,) that no move of a single node betters.

    The nodes `together` share camp 0 and stay, those `apart` keep out of it. `rows` are a graph's edges by
    node.

    >>> from detente.measurement.networks.graph import merged
    >>> path, _ = merged(3, np.array([0, 1]), np.array([1, 2]), np.array([3, -2]))
    >>> none = np.empty(0, np.int64)
    >>> settled(path.rows(), np.zeros(3, np.int64), k=2, together=np.array([0]), apart=none).tolist()
    [0, 0, 1]
    """
    found = anchored(labels, int(together[0]))
    found[together] = 0
    found[apart[found[apart] == 0]] = 1
    held = np.zeros(len(labels), dtype=bool)
    held[together] = True
    barred = np.full(len(labels), OPEN)
    barred[apart] = 0
    settle(*rows, pulls(*rows, found, room(found, k)), found, held, barred)
    return found


def anchored(labels: Ints, node: int) -> Ints:
    """Return the same partition with the camp of `node` as camp 0.

    >>> anchored(np.array([0, 2, 1]), 1).tolist()
    [2, 0, 1]
    """
    return np.where(labels == labels[node], 0, np.where(labels == 0, labels[node], labels))


@njit(cache=True)
def pulls(starts, others, weight, labels, room):
    """Return the signed weight of each node's ties to each camp: (nodes, room)."""
    pull = np.zeros((len(labels), room), dtype=np.int64)
    for node in range(len(labels)):
        for edge in range(starts[node], starts[node + 1]):
            pull[node, labels[others[edge]]] += weight[edge]
    return pull


@njit(cache=True)
def settle(starts, others, weight, pull, labels, held, barred):
    """Move nodes, in place, to the camp that pulls most until all stay; return by what frustration falls."""
    saved = np.int64(0)
    moving = True
    while moving:
        moving = False
        for node in range(len(labels)):
            if held[node]:
                continue
            here = labels[node]
            there = here
            for camp in range(pull.shape[1]):
                if pull[node, camp] > pull[node, there] and camp != barred[node]:
                    there = camp
            if there == here:
                continue
            moving = True
            saved += pull[node, there] - pull[node, here]
            labels[node] = there
            for edge in range(starts[node], starts[node + 1]):
                pull[others[edge], here] -= weight[edge]
                pull[others[edge], there] += weight[edge]
    return saved
