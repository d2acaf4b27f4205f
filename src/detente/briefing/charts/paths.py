"""Many faint lines and a few strong ones: the field, and those whom the text names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import FAINT, Series, colors, shapes, specification


def paths(
    frame: pd.DataFrame,
    *,
    title: str,
    series: Sequence[Series],
    domain: tuple[float, float],
    height: int = 210,
) -> dict[str, Any]:
    """Return lines over time: columns `year`, `name`, `series`, `value`; an empty `series` is drawn faint.

    All panels of one figure share `domain`.
    """
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, tickCount=5, grid=False)).scale(
        zero=False, nice=False
    )
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=list(domain)), axis=alt.Axis(tickCount=5))
    tips = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("year:Q", title="year", format="d"),
        alt.Tooltip("value:Q", title="value", format=".0f"),
    ]
    base = alt.Chart(frame).encode(x=x, y=y, detail="name:N")
    faint = base.transform_filter("datum.series == ''")
    strong = base.transform_filter("datum.series != ''")
    chart = alt.layer(
        faint.mark_line(color=FAINT, strokeWidth=1).encode(),
        faint.mark_point(color=FAINT, size=9, filled=True).encode(tooltip=tips),
        strong.mark_line(strokeWidth=2.2).encode(color=_color(series)),
        strong.mark_point(size=34, filled=True, opacity=1).encode(
            color=_color(series), shape=alt.Shape("series:N", scale=shapes(series), legend=None), tooltip=tips
        ),
    ).properties(height=height)
    return specification(chart, description=title)


def _color(series: Sequence[Series]) -> alt.Color:
    return alt.Color("series:N", scale=colors(series), legend=None)
