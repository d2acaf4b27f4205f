"""How firmly each thing is held: a dot for each, beside what chance would give and where it stood before."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import FAINT, INK, QUIET, Series, colors, shapes, specification
from detente.briefing.reading import Row, given, rows
from detente.numbers import figure, span

ROW = 17
UNIT = "weight"
STATES = (
    Series("held more firmly than chance would", 0),
    Series("not told apart from chance", 5),
    Series("held less firmly than chance would", 1),
)
"""What the colour and the shape of a dot say."""


def ladder(frame: pd.DataFrame, *, title: str, before: str = "") -> dict[str, Any]:
    """Return rungs: columns `name`, `value`, `low`, `high`, `chance_low`, `chance_high`, `was`, `proven` and
    `state`, in the order of the frame.

    The line from `low` to `high` is the interval; the dot is hollow where the value is not proven. The grey
    bar is what chance would give; a tick stands at what it `was`, in the period that `before` names.
    """
    names = list(dict.fromkeys(frame["name"]))
    scale = alt.Scale(zero=True, nice=True)
    axis = alt.Axis(tickCount=5, labelOverlap="greedy", labelSeparation=6)
    color = alt.Color("state:N", scale=colors(STATES), legend=None)
    base = alt.Chart(_told(frame)).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=150))
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)

    chance = base.transform_filter("isValid(datum.chance_low)").mark_bar(height=9, color=FAINT, opacity=0.6)
    moved = base.transform_filter("isValid(datum.was)")
    tips = [("name", " "), ("shown", "margin"), ("state", " "), ("chance", "chance gives"), ("then", before)]
    dots = base.mark_point(size=46, opacity=1, strokeWidth=1.6, filled=False, fill="white").encode(
        x=x("value"),
        color=color,
        shape=alt.Shape("state:N", scale=shapes(STATES), legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=told) for field, told in tips if told],
    )
    chart = alt.layer(
        chance.encode(x=x("chance_low"), x2="chance_high:Q"),
        moved.mark_rule(strokeWidth=0.8, color=QUIET, strokeDash=[2, 2]).encode(x=x("was"), x2="value:Q"),
        moved.mark_tick(thickness=1.4, size=9, color=INK).encode(x=x("was")),
        base.mark_rule(strokeWidth=1.6).encode(x=x("low"), x2="high:Q", color=color),
        dots,
        dots.transform_filter("datum.proven").encode(
            fill=alt.Fill("state:N", scale=colors(STATES), legend=None)
        ),
    ).properties(height=ROW * len(names))
    return specification(chart, description=title)


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with what its tooltips say."""
    ends = zip(frame["chance_low"], frame["chance_high"], strict=True)
    return frame.assign(
        shown=[_shown(row) for row in rows(frame)],
        chance=["" if given(low) is None else span(low, high, UNIT) for low, high in ends],
        then=["" if given(was) is None else figure(was, UNIT) for was in frame["was"]],
    )


def _shown(row: Row) -> str:
    value = figure(row["value"], UNIT)
    ends = f" ({span(row['low'], row['high'], UNIT)})" if row["low"] < row["high"] else ""
    return value + ends + (", proven" if row["proven"] else ", not proven")
