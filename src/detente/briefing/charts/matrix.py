"""Pairs in colour: the same things in rows and in columns, one cell for each two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import specification

DIVERGING = ("#8c3f14", "#c9783f", "#e8c9a8", "#f5f4f0", "#b3c9dc", "#5b8ab3", "#1f4e79")
"""Rust for less than zero, blue for more, pale between."""
TALL = 520
CELL = (9, 19)
"""The least and the greatest height of a row."""
DIGITS = 2


def matrix(
    frame: pd.DataFrame, *, title: str, groups: Sequence[Sequence[tuple[str, str]]], form: str = "+.2f"
) -> dict[str, Any]:
    """Return a matrix: columns `a`, `b`, `value`, one row for each pair, in either order.

    `groups` are the rows and columns in order, each a key and its name; a gap parts two groups. Columns are
    labelled with the keys. The colour scale has its middle at zero.
    """
    places = _placed(groups)
    at = {key: place for place, (key, _) in places.items()}
    held = frame[frame["a"].isin(at) & frame["b"].isin(at)]
    cells = pd.DataFrame(
        {
            "x": held["a"].map(at).astype(int),
            "y": held["b"].map(at).astype(int),
            "value": held["value"].round(DIGITS),
        }
    )
    edge = float(cells["value"].abs().max()) if len(cells) else 1.0
    total = max(places, default=0) + 1
    height = min(max(TALL / total, CELL[0]), CELL[1])
    names = json.dumps([places[n][1] if n in places else "" for n in range(total)], ensure_ascii=False)
    keys = json.dumps([places[n][0] if n in places else "" for n in range(total)], ensure_ascii=False)
    size = round(min(height * 0.78, 10.5), 1)
    y = alt.Axis(labelExpr=f"{names}[datum.value]", labelFontSize=size, labelLimit=110, labelOverlap=False)
    x = alt.Axis(
        labelExpr=f"{keys}[datum.value]", labelFontSize=min(size, 8.5), labelAngle=-90, labelOverlap="parity",
        orient="top", ticks=False, domain=False,
    )  # fmt: skip
    scale = alt.Scale(domain=list(range(total)), paddingInner=0.06)
    base = (
        alt.Chart(cells)
        .mark_rect()
        .transform_calculate(pair=f"{names}[datum.x] + ' – ' + {names}[datum.y]")
        .encode(
            color=alt.Color(
                "value:Q",
                title=title,
                scale=alt.Scale(domain=[-edge, 0, edge], range=list(DIVERGING), interpolate="rgb"),
                legend=alt.Legend(
                    orient="top",
                    direction="horizontal",
                    gradientLength=150,
                    gradientThickness=9,
                    format=".1~f",
                ),
            ),
            tooltip=[
                alt.Tooltip("pair:N", title=" "),
                alt.Tooltip("value:Q", title=title, format=form),
            ],
        )
    )
    halves = [
        base.encode(
            x=alt.X(f"{across}:O", title=None, scale=scale, axis=x),
            y=alt.Y(f"{down}:O", title=None, scale=scale, axis=y),
        )
        for across, down in (("x", "y"), ("y", "x"))
    ]
    return specification(alt.layer(*halves).properties(height=round(height * total)), description=title)


def _placed(groups: Sequence[Sequence[tuple[str, str]]]) -> dict[int, tuple[str, str]]:
    """Return keys and names by place; one place is left out between two groups."""
    found: dict[int, tuple[str, str]] = {}
    place = 0
    for group in groups:
        for each in group:
            found[place] = each
            place += 1
        place += bool(group)
    return found
