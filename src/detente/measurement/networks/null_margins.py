"""What margins would be if a node's friends and foes fell to it by chance.

The null: the weights of a node's ties keep their size and the signs are shuffled over them; the rest of the
network stays. In each draw the least frustration with the node joined and with it apart comes from descents
that start at the camps of the true network. The ties of one node move few others, so that descents find what
a full search finds.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.measurement.networks.descent import OPEN, pulls, room, settle
from detente.measurement.networks.graph import Ints
from detente.measurement.networks.margins import Margin, Stand


def null_margins(base: Stand, node: int, found: Margin, *, draws: int, rng: np.random.Generator) -> Ints:
    """Return the margin of `node` with its signs shuffled: (draws,). `found` is its true margin.

    All equal where the node's ties are of one sign: shuffling then changes nothing.
    """
    starts, others, weight = base.rows
    mine = weight[starts[node] : starts[node + 1]]
    signs = rng.permuted(np.tile(np.sign(mine), (draws, 1)), axis=1)
    camps = np.unique([base.best.labels, found.apart.labels, found.joined.labels], axis=0)
    held = np.isin(np.arange(base.graph.size), base.core)
    columns = max(room(labels, base.k) for labels in camps)
    found = _margins(starts, others, weight.copy(), node, np.abs(mine) * signs, camps, held, columns)
    return np.asarray(found)


def p_value(null: Ints, value: int) -> float:
    """Return how likely shuffled signs hold a node as firmly: (1 + #(null >= value)) / (1 + draws).

    >>> p_value(np.array([1, 2, 3]), 2)
    0.75
    """
    return float((1 + (null >= value).sum()) / (1 + len(null)))


@njit(cache=True)
def _margins(starts, others, weight, node, ties, camps, held, room):
    """Return the margin of `node` for each row of `ties` (draws, degree), by descents from rows of `camps`.

    `weight` is written to.
    """
    first, degree = starts[node], ties.shape[1]
    back = _reverse(starts, others, node)
    barred = np.full(len(held), OPEN)
    found = np.empty(len(ties), dtype=np.int64)
    weight[first : first + degree] = 0
    weight[back] = 0
    without = [pulls(starts, others, weight, labels, room) for labels in camps]
    costs = [_negated_hold(without[start], camps[start]) for start in range(len(camps))]
    for draw in range(len(ties)):
        weight[first : first + degree] = ties[draw]
        weight[back] = ties[draw]
        least = np.full(2, np.iinfo(np.int64).max)
        for start in range(len(camps)):
            score = np.zeros(room, dtype=np.int64)
            for place in range(degree):
                score[camps[start, others[first + place]]] += ties[draw, place]
            for side in range(2):
                camp = 0 if side == 0 else 1 + np.argmax(score[1:])
                labels, pull = camps[start].copy(), without[start].copy()
                labels[node] = camp
                pull[node] = score
                for place in range(degree):
                    pull[others[first + place], camp] += ties[draw, place]
                held[node] = side == 0
                barred[node] = 0 if side == 1 else OPEN
                saved = settle(starts, others, weight, pull, labels, held, barred)
                least[side] = min(least[side], costs[start] - score[camp] - saved)
        found[draw] = least[1] - least[0]
    return found


@njit(cache=True)
def _reverse(starts, others, node):
    """Return where the ties of `node` stand in the rows of their other ends."""
    back = np.empty(starts[node + 1] - starts[node], dtype=np.int64)
    for place in range(len(back)):
        other = others[starts[node] + place]
        for edge in range(starts[other], starts[other + 1]):
            if others[edge] == node:
                back[place] = edge
    return back


@njit(cache=True)
def _negated_hold(pull, labels):
    """Return the frustration of `labels` up to a constant: less the weight within camps, each tie once."""
    twice = np.int64(0)
    for node in range(len(labels)):
        twice += pull[node, labels[node]]
    return -(twice // 2)
