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
    """Return rungs: columns `name`, `value`, `bound`, `low`, `high`, `was`, `proven`, `state`, in this order.

    The grey bar from `low` to `high` is what chance would give; the line from
    `bound` to `value` is what is not proven, where the dot is hollow; a tick stands at what it `was`, in the
    period that `before` names.
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

    chance = base.transform_filter("isValid(datum.low)").mark_bar(height=9, color=FAINT, opacity=0.6)
    moved = base.transform_filter("isValid(datum.was)")
    tips = [("name", " "), ("shown", "margin"), ("state", " "), ("chance", "chance gives"), ("then", before)]
    dots = base.mark_point(size=46, opacity=1, strokeWidth=1.6, filled=False, fill="white").encode(
        x=x("value"),
        color=color,
        shape=alt.Shape("state:N", scale=shapes(STATES), legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=told) for field, told in tips if told],
    )
    chart = alt.layer(
        chance.encode(x=x("low"), x2="high:Q"),
        moved.mark_rule(strokeWidth=0.8, color=QUIET, strokeDash=[2, 2]).encode(x=x("was"), x2="value:Q"),
        moved.mark_tick(thickness=1.4, size=9, color=INK).encode(x=x("was")),
        base.mark_rule(strokeWidth=1.6).encode(x=x("bound"), x2="value:Q", color=color),
        dots,
        dots.transform_filter("datum.proven").encode(
            fill=alt.Fill("state:N", scale=colors(STATES), legend=None)
        ),
    ).properties(height=ROW * len(names))
    return specification(chart, description=title)


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with what its tooltips say."""
    proof = [_proof(row) for row in rows(frame)]
    shown = [figure(value, UNIT) + told for value, told in zip(frame["value"], proof, strict=True)]
    ends = zip(frame["low"], frame["high"], strict=True)
    chance = [span(low, high, UNIT) if given(low) is not None else "" for low, high in ends]
    then = ["" if given(was) is None else figure(was, UNIT) for was in frame["was"]]
    return frame.assign(shown=shown, chance=chance, then=then)


def _proof(row: Row) -> str:
    if row["proven"]:
        return ", proven"
    return f", at least {figure(row['bound'], UNIT)}" if row["bound"] < row["value"] else ", not proven"
