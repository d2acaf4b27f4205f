"""Calibration: how often what was given a chance came, beside the line on which the two are the same."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import specification


def calibration(frame: pd.DataFrame, *, title: str = "how often it came") -> dict[str, Any]:
    """Return a calibration plot: columns `forecast`, `share`, `low`, `high` and `questions` for each bin.

    >>> bins = pd.DataFrame({"forecast": [0.2], "share": [0.25], "low": [0.1], "high": [0.5], "questions": 8})
    >>> len(calibration(bins)["layer"])
    3
    """
    ends = alt.Scale(domain=[0, 1], nice=False)
    whole = pd.DataFrame({"forecast": [0.0, 1.0], "share": [0.0, 1.0]})
    x = alt.X("forecast:Q", title="chance that was given", scale=ends, axis=alt.Axis(format=".0%"))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=title, scale=ends, axis=alt.Axis(format=".0%"))

    line = alt.Chart(whole).mark_line(strokeDash=[4, 4], opacity=0.6).encode(x=x, y=y("share"))
    base = alt.Chart(frame).encode(x=x)
    bars = base.mark_rule(strokeWidth=2).encode(y=y("low"), y2="high:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y("share"),
        tooltip=[
            alt.Tooltip("forecast:Q", title="chance given", format=".0%"),
            alt.Tooltip("share:Q", title="came", format=".0%"),
            alt.Tooltip("questions:Q", title="questions"),
        ],
    )
    drawn = alt.layer(line, bars, points).properties(width=360, height=360)
    return specification(drawn, description="Chance that was given, and how often it came")
