"""The published ideal points as a panel: a labelled alternative that reaches further and knows its future."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.special import ndtri

from detente.errors import Problem, SimulationError

if TYPE_CHECKING:
    from detente.evidence import Evidence

SMOOTHED = "published points, smoothed over all years: not for scoring, nor beside readings of votes"
SERIES = """
    SELECT p.actor, year(p.date)::INTEGER AS year, p.value AS reading, q.value - r.value AS width
    FROM indicators p
    JOIN indicators q ON q.actor = p.actor AND q.date = p.date AND q.name = p.name || '_q95'
    JOIN indicators r ON r.actor = p.actor AND r.date = p.date AND r.name = p.name || '_q5'
    WHERE p.name = ? ORDER BY ALL
"""


def published_readings(evidence: Evidence, series: str = "ideal_point_fp") -> pd.DataFrame:
    """Return a published series in the form of readings: actor, year, reading, sd.

    The sd is the width of its interval of 90 per cent over that of a normal. Each point rests on the votes of
    all years: a panel of them understates shocks, and a backtest on them would know what it forecasts.

    Raises SimulationError where the evidence has no such series with its quantiles.
    """
    rows = evidence.query(SERIES, (series,))
    if rows.empty:
        hint = "detente data pull unga_ideal_points; ideal_point_fp and ideal_point_all have quantiles"
        raise SimulationError(Problem(f"series {series!r}", "is not there with its quantiles", hint))
    return rows.assign(sd=rows["width"] / (2 * ndtri(0.95)))[["actor", "year", "reading", "sd"]]
