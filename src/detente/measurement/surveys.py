"""Sampling error of a published share: what a survey of so many people can tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.measurement.ballots import Evidence
from detente.measurement.bootstrap import LEVEL

Floats = NDArray[np.float64]

PREFIX = "view_"
SIZES = "view_sample_size"
"""Kinds of tie that are shares of respondents begin with `PREFIX`; their number is a tie of its own."""

DESIGN_EFFECT = 1.5
"""Assumed: how much clustering and weighting inflate the variance of a national survey."""

USUAL_SIZE = 1000.0
"""Assumed where the number of respondents is not known: about what a national survey asks."""

ASSUMPTION = (
    f"Intervals of survey shares assume a design effect of {DESIGN_EFFECT} and, where the number of "
    f"respondents is not known, {USUAL_SIZE:.0f} of them."
)

SQL = f"SELECT actor, target, date, value AS respondents FROM ties WHERE kind = '{SIZES}' AND target = ?"


def is_survey(kind: str) -> bool:
    """Return whether a kind of tie is a share of respondents.

    >>> is_survey("view_favourable"), is_survey("imports_eur")
    (True, False)
    """
    return kind.startswith(PREFIX) and kind != SIZES


def respondents(rows: pd.DataFrame, *, target: str, evidence: Evidence) -> Floats:
    """Return how many were asked for each row of ties (actor, date), `USUAL_SIZE` where that is not known."""
    known = evidence.query(SQL, (target,)).drop_duplicates(["actor", "date"])
    joined = rows[["actor", "date"]].merge(known, on=["actor", "date"], how="left")["respondents"]
    return joined.fillna(USUAL_SIZE).to_numpy(dtype=float)


def standard_error(share: Floats, size: Floats) -> Floats:
    """Return the standard error of a share (0 to 1) of `size` respondents, at the assumed design effect.

    The share is first drawn towards a half by one respondent in each group, so that 0 and 1 are not free of
    error.

    >>> standard_error(np.array([0.5]), np.array([1000.0])).round(3).tolist()
    [0.019]
    """
    held = size / DESIGN_EFFECT
    near = (share * held + 1) / (held + 2)
    return np.sqrt(near * (1 - near) / held)


def wilson(share: Floats, size: Floats, *, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the interval of Wilson (1927) for a share (0 to 1), at the assumed design effect.

    >>> low, high = wilson(np.array([0.5]), np.array([1000.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.468], [0.532])
    """
    held, z = size / DESIGN_EFFECT, float(ndtri((1 + level) / 2))
    centre = (share + z**2 / (2 * held)) / (1 + z**2 / held)
    half = z / (1 + z**2 / held) * np.sqrt(share * (1 - share) / held + z**2 / (4 * held**2))
    return centre - half, centre + half
