"""Fans over the years ahead: the middle of many futures, with the half and the nine tenths around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import Series, colors, shapes, specification

BANDS = (("p5", "p95", 0.14), ("p25", "p75", 0.26))
"""Ends of the bands, the wider first, and how dense each is drawn."""


def fan(
    frame: pd.DataFrame,
    *,
    title: str,
    series: Sequence[Series],
    domain: tuple[float, float],
    height: int = 150,
) -> dict[str, Any]:
    """Return fans: columns `year`, `series`, `p5`, `p25`, `p50`, `p75`, `p95`.

    `title` names the vertical axis, which is drawn over `domain`.
    """
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    axis = alt.Axis(format=".2~f", tickCount=4)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "year:Q",
            title=None,
            axis=alt.Axis(format="d", tickMinStep=1, tickCount=5, grid=False, labelFlush=True),
        ).scale(nice=False, zero=False),
        color=alt.Color("series:N", scale=colors(series), legend=None),
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=axis)

    bands = [
        base.mark_area(opacity=dense, line=False).encode(y=y(low), y2=f"{high}:Q")
        for low, high, dense in BANDS
    ]
    middle = base.mark_line().encode(y=y("p50"))
    points = base.mark_point(size=22, filled=True, opacity=1).encode(
        y=y("p50"),
        shape=alt.Shape("series:N", scale=shapes(series), legend=None),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("year:Q", title="year", format="d"),
            *(alt.Tooltip(f"{field}:Q", title=name, format=".3f") for field, name in NAMES.items()),
        ],
    )
    return specification(alt.layer(*bands, middle, points).properties(height=height), description=title)


NAMES = {
    "p50": "middle", "p25": "half from", "p75": "half to", "p5": "nine tenths from", "p95": "nine tenths to",
}  # fmt: skip
"""What quantiles are called in a tooltip."""
