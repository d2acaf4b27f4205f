"""What passed between two sides over time, with dated occasions and the levels before and after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import FAINT, QUIET, Series, colors, shapes, specification

HEIGHT = 165
ROOM = 0.2
"""Share of the vertical axis above its upper end."""


@dataclass(frozen=True)
class Passed:
    """What one panel draws.

    `points`: `date`, `value`, `events`. `levels`: `start`, `end`, `value` and `kind`, the name of one of the
    series, of the windows before and after a date. `turns`: `date`, `after`, `kind`, `name`, `before`, of the
    occasions, where the mark of their kind stands at the level after. `occasions`: `date`, `label`.
    """

    points: pd.DataFrame
    levels: pd.DataFrame
    turns: pd.DataFrame
    occasions: pd.DataFrame


@dataclass(frozen=True)
class Axes:
    """What panels of one figure share: the vertical axis, by name and ends, and the first and last day."""

    title: str
    ends: tuple[float, float]
    days: tuple[str, str]


def timeline_events(passed: Passed, *, series: Sequence[Series], axes: Axes) -> dict[str, Any]:
    """Return a timeline: dots as large as their events, levels as bars, occasions as upright lines.

    `series` are the kinds of levels, the last one that of other dates. Above the upper end of the scale is
    room for the names of the occasions.
    """
    (low, high), title = axes.ends, axes.title
    room = (high - low) * ROOM
    scale = alt.Scale(domain=[low - room / 4, high + room], nice=False, zero=False)
    ticks = [low, (low + high) / 2, high]
    years = alt.Scale(type="utc", domain=list(axes.days))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(values=ticks, format=".1~f"))

    def x(field: str) -> alt.X:
        axis = alt.Axis(format="%Y", tickCount="year", grid=False)
        return alt.X(f"{field}:T", title=None, axis=axis, scale=years)

    color = alt.Color("kind:N", scale=colors(series), legend=None)
    occasions = alt.Chart(passed.occasions).encode(x=x("date"))
    when = alt.Tooltip("date:T", title=" ", format="%-d %B %Y", formatType="utc")
    points = alt.Chart(passed.points).mark_circle(color=FAINT, opacity=0.9)
    bars = alt.Chart(passed.levels).mark_rule().encode(
        x=x("start"), x2="end:T", y=y("value"), color=color,
        strokeWidth=alt.condition(f"datum.kind === '{series[-1].name}'", alt.value(1.3), alt.value(3)),
    )  # fmt: skip
    turns = alt.Chart(passed.turns).mark_point(filled=True, size=52, opacity=1)
    chart = alt.layer(
        occasions.mark_rule(color=FAINT, strokeDash=[3, 3], strokeWidth=1),
        occasions.mark_text(align="left", dx=3, dy=1, fontSize=9.5, color=QUIET, baseline="top").encode(
            y=alt.value(0), text="label:N"
        ),
        points.encode(
            x=x("date"), y=y("value"),
            size=alt.Size("events:Q", legend=None, scale=alt.Scale(range=[6, 60])),
            tooltip=[alt.Tooltip("date:T", title="month", format="%B %Y", formatType="utc"),
                     alt.Tooltip("value:Q", title=title, format=".2f"),
                     alt.Tooltip("events:Q", title="events")],
        ),
        bars,
        turns.encode(
            x=x("date"), y=y("after"), color=color,
            shape=alt.Shape("kind:N", scale=shapes(series), legend=None),
            tooltip=[alt.Tooltip("name:N", title=" "), when,
                     alt.Tooltip("before:Q", title="before", format=".2f"),
                     alt.Tooltip("after:Q", title="after", format=".2f")],
        ),
    ).properties(height=HEIGHT)  # fmt: skip
    return specification(chart, description=title)
