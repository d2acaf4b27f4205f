"""Lines over the years, each with the band of its interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import Series, colors, shapes, specification


def trend(
    frame: pd.DataFrame,
    *,
    title: str,
    series: Sequence[Series],
    percent: bool = False,
    height: int = 260,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> dict[str, Any]:
    """Return lines with bands: columns `year`, `series`, `value`, `low`, `high`, and `note` for the tooltip.

    `title` names the vertical axis, which covers the bands and does not go beyond `bounds`.
    """
    form = ".0%" if percent else ".2f"
    base = alt.Chart(frame).encode(
        x=alt.X(
            "year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, grid=False, labelFlush=True)
        ).scale(nice=False, zero=False),
        color=alt.Color("series:N", scale=colors(series), legend=None),
    )
    lows, highs = frame["low"].fillna(frame["value"]), frame["high"].fillna(frame["value"])
    least, most = bounds
    domain = [max(least, _down(float(lows.min()))), min(most, _up(float(highs.max())))]
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    axis = alt.Axis(format="%" if percent else ".2~f", tickCount=6)
    y = alt.Y("value:Q", title=title, scale=scale, axis=axis)
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"
    )
    line = base.mark_line().encode(y=y)
    point = base.mark_point(size=16, filled=True, opacity=1).encode(
        y=y,
        shape=alt.Shape("series:N", scale=shapes(series), legend=None),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("year:Q", title="year", format="d"),
            alt.Tooltip("value:Q", title="value", format=form),
            alt.Tooltip("low:Q", title="low", format=form),
            alt.Tooltip("high:Q", title="high", format=form),
            alt.Tooltip("note:N", title="rests on"),
        ],
    )
    chart = alt.layer(band, line, point).properties(height=height)
    return specification(chart, description=title)


def _down(value: float) -> float:
    return floor(value * 10) / 10


def _up(value: float) -> float:
    return ceil(value * 10) / 10
