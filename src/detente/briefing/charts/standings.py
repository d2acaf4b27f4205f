"""Who stands where on a line, and with what weight: dots sized by weight, hollow where assumed."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import FAINT, INK, Series, colors, shapes, specification

ROW = 15
SIZES = (16.0, 420.0)
"""Areas of the dots of no weight and of all the weight there is."""
MARKED = (Series("sourced", 0), Series("estimated", 2), Series("assumed", 1))
"""What a position rests on, as colour and shape; what is assumed is hollow besides."""


def standings(
    frame: pd.DataFrame, *, title: str, outcome: tuple[float, float, float] | None = None
) -> dict[str, Any]:
    """Return dots on a line from 0 to 1: columns `name`, `value`, `low`, `high`, `weight`, `mark`, in the
    order of the frame.

    `outcome` is drawn behind them: a line at the first, and a shaded range from the second to the third.
    """
    names = list(dict.fromkeys(frame["name"]))
    x = alt.X("low:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5, format=".1f"))
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=130)),
        color=alt.Color("mark:N", scale=colors(MARKED), legend=None),
    )
    dots = base.mark_point(filled=False, fill="white", opacity=1, strokeWidth=1.5).encode(
        x=alt.X("value:Q", title=title),
        size=alt.Size("weight:Q", scale=alt.Scale(domain=[0, 1], range=list(SIZES)), legend=None),
        shape=alt.Shape("mark:N", scale=shapes(MARKED), legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("value:Q", title="position", format=".2f"),
            alt.Tooltip("low:Q", title="low", format=".2f"),
            alt.Tooltip("high:Q", title="high", format=".2f"),
            alt.Tooltip("weight:Q", title="share of weight", format=".1%"),
            alt.Tooltip("mark:N", title=" "),
        ],
    )
    known = dots.transform_filter("datum.mark !== 'assumed'").encode(
        fill=alt.Fill("mark:N", scale=colors(MARKED), legend=None)
    )
    rules = base.mark_rule(strokeWidth=1.3, opacity=0.7).encode(x=x, x2="high:Q")
    chart = alt.layer(*_outcome(outcome), rules, dots, known).properties(height=ROW * len(names))
    return specification(chart, description=title)


def _outcome(outcome: tuple[float, float, float] | None) -> list[alt.Chart]:
    if outcome is None:
        return []
    value, low, high = outcome
    band = alt.Chart(alt.InlineData(values=[{"from": low, "to": high}]))
    line = alt.Chart(alt.InlineData(values=[{"at": value}]))
    return [
        band.mark_rect(color=FAINT, opacity=0.4).encode(x="from:Q", x2="to:Q"),
        line.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 3]).encode(x="at:Q"),
    ]
