"""Camps matched over periods, so that a camp keeps its number while its members come and go.

Each camp ever seen is known by its front, its members when it was last seen (Greene, Doyle and Cunningham
2010). In each period the camps found are assigned to fronts so that as many actors as possible stay where
they were (Hungarian method; Kuhn 1955). A camp goes on where half of its front, or half of the camp found,
are the same actors; after a gap, where both are. Actors who were not there at either time do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detente.measurement.networks.graph import Floats, Ints, canonical

ABSENT = -1
MEMORY = 0.9
"""What an actor shared with an older front counts, for each period in which that camp was not seen."""

SETTLED = 3
"""A move lasts where an actor spent most of so many periods before it in the one camp, and after it in the
other."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Front:
    """A camp when it was last seen: its members, and who was there at all."""

    period: int
    members: Flags
    there: Flags


def matched(labels: Ints) -> Ints:
    """Return ids of camps that stay the same over periods: (periods, actors), `ABSENT` as in `labels`.

    `labels` (periods, actors) are camps of each period in any numbering, `ABSENT` for actors not there. Ids
    are 0, 1, ... in the order in which camps first appear, the larger first.

    >>> matched(np.array([[5, 5, 5, 2], [0, 0, 1, 1], [3, 3, -1, 3]])).tolist()
    [[0, 0, 0, 1], [0, 0, 1, 1], [0, 0, -1, 0]]
    """
    ids = np.full_like(labels, ABSENT)
    fronts: list[_Front] = []
    for period, row in enumerate(labels):
        there = row != ABSENT
        found = np.full_like(row, ABSENT)
        found[there] = canonical(row[there])
        camps = [_Front(period, found == camp, there) for camp in range(int(found.max(initial=ABSENT)) + 1)]
        new = len(fronts)
        for camp, given in zip(camps, _continued(camps, fronts), strict=True):
            place = new if given is None else given
            new += given is None
            fronts[place : place + 1] = [camp]
            ids[period, camp.members] = place
    return ids


def lasting(ids: Ints) -> Flags:
    """Return who changed camp for good between each period and the next: (periods - 1, actors).

    `ids` as from `matched`. Of the last three periods up to the move, those in which the actor was there, it
    spent more than half in the camp that it left, and of the next three in the one that it went to; where it
    was there in one of them alone, as at the end of a series, nothing can be said yet.

    >>> lasting(np.array([[0, 0], [0, 0], [1, 1], [1, 0], [1, 0]])).tolist()
    [[False, False], [True, False], [False, False], [False, False]]
    """
    told = np.zeros((max(0, len(ids) - 1), ids.shape[1]), dtype=bool)
    for place in range(len(told)):
        now, after = ids[place], ids[place + 1]
        before_it, after_it = ids[max(0, place + 1 - SETTLED) : place + 1], ids[place + 1 :][:SETTLED]
        there = (now != ABSENT) & (after != ABSENT) & (now != after)
        told[place] = there & _settled(before_it, now) & _settled(after_it, after)
    return told


def _settled(ids: Ints, camp: Ints) -> Flags:
    """Return who spent more than half of these periods in its `camp` (actors,), of two at the least."""
    there = (ids != ABSENT).sum(axis=0)
    return np.asarray((there >= 2) & (2 * (ids == camp).sum(axis=0) > there))


def variation(one: Ints, other: Ints) -> float:
    """Return the variation of information between two partitions of the same actors, in bits (Meilă 2007).

    H(one | other) + H(other | one): 0 where they are the same, whatever the numbering.

    >>> variation(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    2.0
    """
    if not len(one):
        return 0.0
    _, first = np.unique(one, return_inverse=True)
    _, second = np.unique(other, return_inverse=True)
    joint = np.bincount(first * (int(second.max()) + 1) + second) / len(one)
    apart = np.bincount(first) / len(one), np.bincount(second) / len(one)
    return max(0.0, 2 * _entropy(joint) - _entropy(apart[0]) - _entropy(apart[1]))


def _entropy(shares: Floats) -> float:
    held = shares[shares > 0]
    return float(-(held * np.log2(held)).sum())


def _continued(camps: list[_Front], fronts: list[_Front]) -> list[int | None]:
    """Return the place of the front that each camp goes on from, or nothing for a new camp."""
    worth = np.array([_worth(camp, front) for camp in camps for front in fronts], dtype=float)
    worth = worth.reshape(len(camps), len(fronts))
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    given = {int(camp): int(front) for camp, front in pairs if worth[camp, front] > 0}
    return [given.get(camp) for camp in range(len(camps))]


def _worth(camp: _Front, front: _Front) -> float:
    """Return how many actors a camp shares with a front, zero where it does not go on from it."""
    shared = int((camp.members & front.members).sum())
    gap = camp.period - front.period - 1
    of_front = 2 * shared >= (front.members & camp.there).sum()
    of_camp = 2 * shared >= (camp.members & front.there).sum()
    goes_on = (of_front and of_camp) if gap else (of_front or of_camp)
    return shared * MEMORY**gap if goes_on else 0.0
