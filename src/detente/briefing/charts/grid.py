"""Rows by columns in colour: what one choice comes to beside another, above zero or below."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.matrix import DIVERGING
from detente.briefing.charts.theme import INK, specification, wrapped

ROW = 27
WIDTH = 32
HEAD = 19
DIGITS = 2
LEAST = 0.05
"""A cell nearer to zero than this stays without its figure."""
DARK = 0.62
"""Cells further than this share of the way to the end of the scale carry light figures."""
LOOK: dict[str, Any] = {
    "labelLimit": 170,
    "labelLineHeight": 11,
    "labelFontSize": 10.5,
    "labelOverlap": False,
}


def grid(
    frame: pd.DataFrame, *, title: str, edge: float | None = None, written: bool = True
) -> dict[str, Any]:
    """Return cells: columns `row`, `column` and `value`, rows and columns in the order of the frame.

    The colours run from -`edge` to `edge` (the largest value if left out), with zero in the middle. `written`
    also writes the figures, to one decimal, where they are not next to nothing.
    """
    top = edge or float(frame["value"].abs().max()) or 1.0
    rows, columns = (list(dict.fromkeys(frame[field])) for field in ("row", "column"))
    cells = pd.DataFrame(
        {
            "x": [columns.index(each) for each in frame["column"]],
            "y": [rows.index(each) for each in frame["row"]],
            "value": frame["value"].round(DIGITS),
        }
    )
    down, across = _labels(rows, WIDTH), _labels(columns, HEAD)
    top_axis = alt.Axis(
        labelExpr=f"split({across}[datum.value], '|')", orient="top", labelAngle=-90, ticks=False,
        domain=False, **LOOK,
    )  # fmt: skip
    side_axis = alt.Axis(labelExpr=f"split({down}[datum.value], '|')", **LOOK)
    base = (
        alt.Chart(cells)
        .transform_calculate(row=f"{_labels(rows)}[datum.y]", column=f"{_labels(columns)}[datum.x]")
        .encode(
            x=alt.X("x:O", title=None, sort=None, axis=top_axis),
            y=alt.Y("y:O", title=None, sort=None, axis=side_axis),
        )
    )
    shade = alt.Color(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=[-top, 0, top], range=list(DIVERGING), interpolate="rgb"),
        legend=alt.Legend(
            orient="bottom", direction="horizontal", gradientLength=150, gradientThickness=9, format=".1~f"
        ),
    )
    tips = [
        alt.Tooltip("row:N", title=" "),
        alt.Tooltip("column:N", title="and"),
        alt.Tooltip("value:Q", title=title, format="+.2f"),
    ]
    layers = [base.mark_rect(stroke="white", strokeWidth=1).encode(color=shade, tooltip=tips)]
    if written:
        light = f"abs(datum.value) > {DARK * top:.4f}"
        figures = base.transform_filter(f"abs(datum.value) >= {LEAST}").mark_text(fontSize=9.5)
        layers.append(
            figures.encode(
                text=alt.Text("value:Q", format="+.1f"),
                color=alt.condition(light, alt.value("white"), alt.value(INK)),
            )
        )
    return specification(alt.layer(*layers).properties(height=ROW * len(rows)), description=title)


def _labels(names: list[str], width: int | None = None) -> str:
    """Return names as an array in an expression, on two lines where there is a width."""
    told = [wrapped(name, width) if width else name.replace("|", "/") for name in names]
    return json.dumps(told, ensure_ascii=False)
