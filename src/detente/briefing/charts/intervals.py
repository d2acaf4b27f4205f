"""Dots with their intervals, one row for each thing measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import (
    FAINT,
    INK,
    LINES,
    Series,
    colors,
    shapes,
    specification,
    wrapped,
)

ROW = 17
LANE = 11
TWO_LINES = 27


@dataclass(frozen=True)
class Guides:
    """What helps to read the horizontal axis: a dashed line at 0, a shaded range, and where the axis ends."""

    zero: bool = False
    shaded: tuple[float, float] | None = None
    ends: tuple[float, float] | None = None


def intervals(
    frame: pd.DataFrame,
    *,
    title: str,
    series: Sequence[Series],
    guides: Guides = Guides(),
    room: int = 150,
    width: int | None = None,
) -> dict[str, Any]:
    """Return dots with intervals: columns `name`, `series`, `value`, `low`, `high`, `note`, in this order.

    Rows are in the order of the frame; `title` names the horizontal axis, and names have `room` in pixels, on
    two lines of `width` characters where that is given. Series that share a row are set apart vertically.
    """
    axis = alt.Axis(labelLimit=room)
    if width is not None:
        frame = frame.assign(name=[wrapped(name, width) for name in frame["name"]])
        axis = alt.Axis(labelLimit=room, labelExpr=LINES, labelLineHeight=11, labelFontSize=10.5)
    names = list(dict.fromkeys(frame["name"]))
    lanes = [each.name for each in series if each.name in set(frame["series"])]
    shared = bool(frame["name"].duplicated().any())
    x = alt.Scale(domain=list(guides.ends)) if guides.ends else alt.Scale(zero=False, nice=True)
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=axis),
        color=alt.Color("series:N", scale=colors(series), legend=None),
    )
    if shared:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=lanes))
    rule = base.mark_rule(strokeWidth=1.6, opacity=0.75).encode(
        x=alt.X("low:Q", title=title, scale=x, axis=alt.Axis(tickCount=6, format=".2~f")), x2="high:Q"
    )
    point = base.mark_point(filled=True, size=46, opacity=1).encode(
        x=alt.X("value:Q", title=title, scale=x),
        shape=alt.Shape("series:N", scale=shapes(series), legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("series:N", title="group"),
            alt.Tooltip("value:Q", title="estimate", format=".2f"),
            alt.Tooltip("low:Q", title="low", format=".2f"),
            alt.Tooltip("high:Q", title="high", format=".2f"),
            alt.Tooltip("note:N", title="rests on"),
        ],
    )
    row = max(LANE * len(lanes) + 8 if shared else ROW, 0 if width is None else TWO_LINES)
    chart = alt.layer(*_drawn(guides), rule, point).properties(height=row * len(names))
    return specification(chart, description=title)


def _drawn(guides: Guides) -> list[alt.Chart]:
    found: list[alt.Chart] = []
    if guides.shaded is not None:
        low, high = guides.shaded
        data = alt.Chart(alt.InlineData(values=[{"low": low, "high": high}]))
        found.append(data.mark_rect(color=FAINT, opacity=0.35).encode(x="low:Q", x2="high:Q"))
    if guides.zero:
        data = alt.Chart(alt.InlineData(values=[{"zero": 0}]))
        found.append(data.mark_rule(color=INK, strokeWidth=0.8, strokeDash=[3, 3]).encode(x="zero:Q"))
    return found
