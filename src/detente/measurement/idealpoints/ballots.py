"""Votes as flat arrays: who, when, on what, and how, sorted once by roll call and once by actor and
session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from detente.measurement.idealpoints.words import ABSTAIN, NO, YES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PATTERNS = {(True, True, True): "no/abstain/yes", (True, False, True): "no/yes"}
PATTERNS |= {(False, True, True): "abstain/yes", (True, True, False): "no/abstain"}


@dataclass(frozen=True)
class Ballots:
    """n votes of A actors over T sessions on J items, as arrays that the engines read.

    A node is an actor in a session in which it voted; nodes (N) are sorted by actor, then session. `vote` is
    0, 1 or 2. Items of which only two categories occur are binary: their lower category is 0, their upper one
    2.
    """

    actors: npt.NDArray[Any]
    sessions: npt.NDArray[Any]
    items: npt.NDArray[Any]
    time: Floats
    """(T,) the sessions' distance in time from the first, in sessions or years."""
    node_actor: Ints
    node_session: Ints
    actor_start: Ints
    """(A+1,) nodes of actor i are actor_start[i]:actor_start[i+1]."""
    item_start: Ints
    item_node: npt.NDArray[np.int32]
    item_vote: npt.NDArray[np.int8]
    node_start: Ints
    node_item: npt.NDArray[np.int32]
    node_vote: npt.NDArray[np.int8]
    counts: Ints
    """(J, 3) votes no, abstain, yes on each item."""
    block: Ints
    """(A,) number of the connected block the actor belongs to; 0 is the largest."""

    def sizes(self) -> dict[str, object]:
        """Return how much there is of what."""
        return {
            "actors": len(self.actors),
            "sessions": len(self.sessions),
            "actor_sessions": len(self.node_actor),
            "items": len(self.items),
            "votes": len(self.item_vote),
            "blocks": int(self.block.max()) + 1,
        }

    @property
    def binary(self) -> Flags:
        """(J,) whether only two of the three categories occur."""
        return np.asarray((self.counts > 0).sum(1) == 2)

    @property
    def patterns(self) -> list[str]:
        """(J,) which categories occur, in words."""
        return [PATTERNS[(bool(a), bool(b), bool(c))] for a, b, c in self.counts > 0]

    @property
    def node_time(self) -> Floats:
        """(N,) time of each node."""
        return self.time[self.node_session]

    @property
    def vote_item(self) -> npt.NDArray[np.int32]:
        """(n,) item of each vote, in the order sorted by item."""
        return np.repeat(np.arange(len(self.items), dtype=np.int32), np.diff(self.item_start))


def pack(table: pd.DataFrame, *, time: dict[Any, float] | None = None) -> Ballots:
    """Return the flat arrays of a table with columns actor, session, item (labels) and vote (0, 1, 2).

    `time` gives the sessions' places in time; without it they are their own numbers, or 0, 1, 2, … where they
    are words. The table holds no duplicate and no unanimous item: `prepare` sees to that.
    """
    actor, actors = pd.factorize(table["actor"], sort=True)
    session, sessions = pd.factorize(table["session"], sort=True)
    item, items = pd.factorize(table["item"], sort=True)
    key = actor.astype(np.int64) * len(sessions) + session
    taken = np.zeros(len(actors) * len(sessions), bool)
    taken[key] = True
    nodes = np.flatnonzero(taken)
    node = (np.cumsum(taken) - 1)[key]
    vote = table["vote"].to_numpy(np.int8)
    counts = np.bincount(item * 3 + vote, minlength=3 * len(items)).reshape(-1, 3)
    vote = _collapse(vote, item, counts)
    by_item = _order(item, node, len(nodes))
    by_node = _order(node, item, len(items))
    labels = np.asarray(sessions)
    return Ballots(
        actors=np.asarray(actors, object),
        sessions=labels,
        items=np.asarray(items),
        time=_times(labels, time),
        node_actor=nodes // len(sessions),
        node_session=nodes % len(sessions),
        actor_start=_starts(nodes // len(sessions), len(actors)),
        item_start=_starts(item, len(items)),
        item_node=node[by_item].astype(np.int32),
        item_vote=vote[by_item],
        node_start=_starts(node, len(nodes)),
        node_item=item[by_node].astype(np.int32),
        node_vote=vote[by_node],
        counts=counts,
        block=blocks(actor, item, len(actors), len(items)),
    )


def _collapse(vote: npt.NDArray[np.int8], item: Ints, counts: Ints) -> npt.NDArray[np.int8]:
    """Where a category never occurs on an item, call the lower of the two that occur 0 and the upper one
    2.
    """
    seen = counts > 0
    to = np.tile(np.array([NO, ABSTAIN, YES], np.int8), (len(counts), 1))
    to[~seen[:, NO], ABSTAIN] = NO
    to[~seen[:, YES], ABSTAIN] = YES
    return to[item, vote]


def _order(first: Ints, second: Ints, size: int) -> Ints:
    return np.argsort(first.astype(np.int64) * size + second, kind="stable")


def _starts(index: Ints, size: int) -> Ints:
    return np.concatenate(([0], np.cumsum(np.bincount(index, minlength=size)))).astype(np.int64)


def _times(labels: npt.NDArray[Any], time: dict[Any, float] | None) -> Floats:
    if time is not None:
        place = np.array([time[label] for label in labels], float)
    elif np.issubdtype(labels.dtype, np.number):
        place = labels.astype(float)
    else:
        place = np.arange(len(labels), dtype=float)
    return np.asarray(place - place[0])


def blocks(actor: Ints, item: Ints, actors: int, items: int) -> Ints:
    """Return the connected block of each actor, the largest first: actors that share an item share a
    block.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ties = coo_array((np.ones(len(actor), bool), (actor, actors + item)), shape=(actors + items,) * 2)
    _, found = connected_components(ties, directed=False)
    members = found[:actors]
    sizes = np.bincount(members, minlength=found.max() + 1)
    rank = np.empty(len(sizes), np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.asarray(rank[members])
