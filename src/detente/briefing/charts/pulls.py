"""Bars to either side of zero: what pulls one estimate up or down."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import INK, LINES, PALETTE, specification, wrapped

ROW = 27
WIDTH = 27


def pulls(
    frame: pd.DataFrame, *, title: str, domain: tuple[float, float], noted: str = "observed"
) -> dict[str, Any]:
    """Return bars from zero: columns `name`, `pull` and `note`, in the order of the frame.

    `noted` says what the note is. All panels of one figure share `domain`, so that their bars can be
    compared.
    """
    frame = frame.assign(name=[wrapped(name, WIDTH) for name in frame["name"]])
    names = list(frame["name"])
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "name:N",
            sort=names,
            title=None,
            axis=alt.Axis(labelLimit=170, labelExpr=LINES, labelLineHeight=11, labelFontSize=10.5),
        ),
        x=alt.X(
            "pull:Q",
            title=title,
            scale=alt.Scale(domain=list(domain)),
            axis=alt.Axis(tickCount=3, format=".2~f"),
        ),
    )
    bars = base.mark_bar(height=11).encode(
        color=alt.condition(alt.datum.pull < 0, alt.value(PALETTE[1]), alt.value(PALETTE[0])),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("pull:Q", title="pull", format="+.2f"),
            alt.Tooltip("note:N", title=noted),
        ],
    )
    zero = alt.Chart(alt.InlineData(values=[{"x": 0}])).mark_rule(color=INK, strokeWidth=0.8).encode(x="x:Q")
    chart = alt.layer(bars, zero).properties(height=ROW * len(names))
    return specification(chart, description=title)
