"""From an earlier result to a start for the next: a session that was added changes little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement.idealpoints.ballots import Ballots, Floats, Ints
from detente.measurement.idealpoints.fit import first_items

if TYPE_CHECKING:
    from detente.measurement.idealpoints.result import IdealPoints


def carry_over(previous: IdealPoints, ballots: Ballots) -> tuple[Floats, Floats]:
    """Return starting points and items for `ballots` from an earlier result.

    An actor's new sessions start where it was last seen, new actors at 0, and new items at the votes' shares.
    """
    items = first_items(ballots, previous.solution.link)
    to, where = carried_items(previous.ballots, ballots)
    items[to] = previous.solution.items[where]
    return carried_points(previous.ballots, previous.solution.theta, ballots), items


def carried_points(old: Ballots, theta: Floats, ballots: Ballots) -> Floats:
    """Points (N,) for the nodes of `ballots` from those (old N,) of earlier ones: an actor's own, or where it
    was last seen, or 0.
    """
    known = pd.Series(np.arange(len(old.actors)), index=old.actors)
    known_sessions = pd.Series(np.arange(len(old.sessions)), index=old.sessions)
    path = np.full((len(old.actors) + 1, len(old.sessions) + 1), np.nan)
    path[old.node_actor, old.node_session] = theta
    last = pd.DataFrame(path[:, :-1]).ffill(axis=1).bfill(axis=1).to_numpy()
    actor = known.reindex(ballots.actors).fillna(len(old.actors)).to_numpy(int)[ballots.node_actor]
    session = known_sessions.reindex(ballots.sessions).ffill().fillna(0).to_numpy(int)[ballots.node_session]
    return np.asarray(np.nan_to_num(last[actor, session]))


def carried_items(old: Ballots, ballots: Ballots) -> tuple[Ints, Ints]:
    """Items of `ballots` that were there before with as many categories, and their places among the old."""
    place = pd.Series(np.arange(len(old.items)), index=old.items).reindex(ballots.items)
    same = place.notna().to_numpy()
    where = place[same].to_numpy(int)
    alike = old.binary[where] == ballots.binary[same]
    return np.flatnonzero(same)[alike], where[alike]
