"""A table of shares in colour: one row for each actor, one column for each year."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import RAMP, specification

ROW = 15


def heat(frame: pd.DataFrame, *, title: str, top: float) -> dict[str, Any]:
    """Return coloured cells: columns `name`, `year`, `value`; rows in the order of the frame.

    `title` names the colour scale, which ends at `top`. A year without a figure stays empty.
    """
    names = list(dict.fromkeys(frame["name"]))
    years = sorted(frame["year"].unique())
    step = max(1, len(years) // 4)
    chart = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=0.6)
        .encode(
            x=alt.X(
                "year:O",
                title=None,
                axis=alt.Axis(values=[int(year) for year in years[::step]], labelAngle=0, ticks=False),
            ),
            y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=110)),
            color=alt.Color(
                "value:Q",
                title=title,
                scale=alt.Scale(domain=[0, top], range=list(RAMP)),
                legend=alt.Legend(
                    orient="top", direction="horizontal", gradientLength=140, gradientThickness=9, tickCount=4
                ),
            ),
            tooltip=[
                alt.Tooltip("name:N", title=" "),
                alt.Tooltip("year:O", title="year"),
                alt.Tooltip("value:Q", title=title, format=".1f"),
            ],
        )
        .properties(height=ROW * len(names))
    )
    return specification(chart, description=title)
