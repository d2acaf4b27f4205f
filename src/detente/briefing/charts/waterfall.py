"""From one level to another, step by step: what each part adds or takes away."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import INK, LINES, PALETTE, QUIET, specification, wrapped

ROW = 25
WIDTH = 23
KINDS = {"level": INK, "up": PALETTE[0], "down": PALETTE[1], "open": "#a9b1ba"}
"""Colours: a level; a part that adds; one that takes away; and one of which it is open what it is."""


def waterfall(frame: pd.DataFrame, *, title: str, domain: tuple[float, float]) -> dict[str, Any]:
    """Return steps: columns `name`, `kind`, `start`, `end`, `low`, `high` and `shown`, in the frame's order.

    A level is a dot at its `end`; a part of any other kind of `KINDS` is a bar from `start` to `end`. The
    line from `low` to `high` is the interval of where it ends, `shown` what is written beside it. All panels
    of one figure share `domain`.
    """
    frame = frame.assign(
        name=[wrapped(name, WIDTH) for name in frame["name"]],
        edge=frame[["start", "end", "high"]].max(axis=1),
    )
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4, format=".2~f"))

    base = alt.Chart(frame).encode(
        y=alt.Y(
            "name:N",
            sort=list(frame["name"]),
            title=None,
            axis=alt.Axis(labelLimit=160, labelExpr=LINES, labelLineHeight=11, labelFontSize=10.5),
        ),
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=list(KINDS), range=list(KINDS.values())), legend=None
        ),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("shown:N", title="estimate")],
    )
    levels = base.transform_filter("datum.kind === 'level'")
    parts = base.transform_filter("datum.kind !== 'level'")
    chart = alt.layer(
        parts.mark_bar(height=11).encode(x=x("start"), x2="end:Q"),
        base.mark_rule(strokeWidth=1.1, color=QUIET).encode(x=x("low"), x2="high:Q", color=alt.value(QUIET)),
        levels.mark_point(filled=True, size=50, opacity=1).encode(x=x("end")),
        base.mark_text(align="left", dx=6, fontSize=10).encode(
            x=x("edge"), text="shown:N", color=alt.value(INK)
        ),
    ).properties(height=ROW * len(frame))
    return specification(chart, description=title)
