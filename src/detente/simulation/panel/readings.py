"""What the votes of one session say of a position, by themselves.

An estimate of all sessions is smoothed: what it says of a year rests on the years around it, later ones
included, so that its errors hang together and its changes look like trends. A reading undoes that. Around
the estimated point, an actor's votes of one session have a log likelihood with slope s and curvature -c; the
reading is the point plus s / c, with variance 1 / c. The prior, and with it the other sessions, drops out but
for the place where the likelihood is looked at.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from detente.errors import MeasurementError, Problem
from detente.measurement.idealpoints import IdealPoints
from detente.measurement.idealpoints.words import NO, YES

COLUMNS = ["actor", "session", "reading", "sd", "votes"]
WIDEST = 1.0
"""Largest standard error with which a reading is of use, on a scale where positions have variance 1."""


def session_readings(result: IdealPoints) -> pd.DataFrame:
    """Return one reading per actor and session in which it voted: actor, session, reading, sd, votes.

    P(vote <= c) = F(cut_c - slope * point), F logistic, with slopes and cuts as estimated. Readings of actors
    who voted at one end throughout have large standard errors; nothing is left out here.

    Raises MeasurementError for points in a plane or by another link.

    >>> from detente.measurement.idealpoints import ideal_points
    >>> votes = pd.DataFrame({"actor": [*"abcd"] * 3, "roll_call": [1] * 4 + [2] * 4 + [3] * 4, "session": 1,
    ...     "vote": ["yes", "yes", "no", "no", "yes", "no", "no", "no", "yes", "yes", "yes", "no"]})
    >>> found = session_readings(ideal_points(votes, positive="a", draws=0)).set_index("actor")
    >>> bool(found.loc["a", "reading"] > found.loc["b", "reading"] > found.loc["d", "reading"])
    True
    """
    if "dimension" in result.points.dims or result.solution.link != "logit":
        hint = "estimate in one dimension, with the logit link"
        raise MeasurementError(Problem("readings", "are made from logistic points on a line alone", hint))
    ballots, items = result.ballots, result.items
    point = result.points["mean"].to_numpy()[ballots.node_actor, ballots.node_session]
    slope, lower, upper = (items[name].to_numpy() for name in ("slope", "lower_cut", "upper_cut"))
    node, item, vote = ballots.item_node, ballots.vote_item, ballots.item_vote
    below = expit(lower[item] - slope[item] * point[node])
    within = expit(upper[item] - slope[item] * point[node])
    rise = np.where(vote == NO, below - 1, np.where(vote == YES, within, below + within - 1))
    bend = np.where(vote == YES, 0, below * (1 - below)) + np.where(vote == NO, 0, within * (1 - within))
    size = len(point)
    first = np.bincount(node, rise * slope[item], size)
    second = np.maximum(np.bincount(node, bend * slope[item] ** 2, size), 1e-12)
    return pd.DataFrame(
        {
            "actor": ballots.actors[ballots.node_actor].astype(str),
            "session": ballots.sessions[ballots.node_session],
            "reading": point + first / second,
            "sd": 1 / np.sqrt(second),
            "votes": np.diff(ballots.node_start),
        }
    )[COLUMNS]
