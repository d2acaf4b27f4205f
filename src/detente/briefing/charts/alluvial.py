"""Who goes where: groups at several moments as stacked blocks, with bands of those who stay or change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import Series, colors, specification
from detente.briefing.reading import rows, where

HEIGHT = 300
HALF = 0.2
"""Half the width of a block, in steps between two moments."""
FLAT = 0.05
"""How far a band runs level before it bends, in steps."""
STAYS, CHANGES = 0.25, 0.7
"""Opacity of a band that ends where it began, and of one that ends elsewhere."""
BETWEEN = 0.04
"""Space between two blocks, as a part of the highest stack."""
NAMED = 14
"""How many names a tooltip lists before it counts the rest."""
LEGIBLE = 0.04
"""A block lower than this part of the highest stack has no room for its number."""


def alluvial(
    frame: pd.DataFrame, *, title: str, series: Sequence[Series], moments: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return blocks and bands: columns `moment`, `name`, `series`, one row for each thing and moment.

    `moments` are keys of `moment` with their labels, from left to right; stacks are in the order of `series`.
    What is at one of two neighbouring moments only has no band between them.
    """
    blocks = stacked(frame, [key for key, _ in moments], [each.name for each in series])
    labels = json.dumps([label for _, label in moments])
    ends = [-HALF - 0.02, len(moments) - 1 + HALF + 0.02]
    axis = alt.Axis(
        values=list(range(len(moments))), labelExpr=f"{labels}[datum.value]", labelOverlap=False,
        labelFlush=False, grid=False, ticks=False, domain=False,
    )  # fmt: skip
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=ends, nice=False, zero=False), axis=axis)
    y = alt.Y("low:Q", title=None, scale=alt.Scale(reverse=True, nice=False, zero=True), axis=None)
    color = alt.Color("series:N", scale=colors(series), legend=None)
    tips = [
        alt.Tooltip("title:N", title=" "),
        alt.Tooltip("n:Q", title="states"),
        alt.Tooltip("who:N", title="who"),
    ]
    bands = alt.Chart(_outlines(flows(frame, blocks))).mark_area(interpolate="monotone")
    base = alt.Chart(_drawn(blocks))
    chart = alt.layer(
        bands.encode(
            x=x, y=y, y2="high:Q", detail="band:N", color=color, tooltip=tips,
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
        ),
        base.mark_rect().encode(x=x, x2="right:Q", y=y, y2="high:Q", color=color, tooltip=tips),
        base.mark_text(color="white", fontSize=9.5, fontWeight="bold").encode(
            x=alt.X("middle:Q"), y=alt.Y("centre:Q"), text="told:N"
        ),
    ).properties(height=HEIGHT)  # fmt: skip
    return specification(chart, description=title)


def stacked(frame: pd.DataFrame, keys: Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """Return the blocks: `column`, `moment`, `series`, `names`, and from `low` to `high` how many they are.

    >>> told = {"moment": ["a", "a", "b"], "name": ["X", "Y", "X"], "series": ["S", "T", "S"]}
    >>> blocks = stacked(pd.DataFrame(told), ["a", "b"], ["S", "T"])
    >>> blocks[["column", "series", "low", "high"]].values.tolist()
    [[0, 'S', 0.0, 1.0], [0, 'T', 1.08, 2.08], [1, 'S', 0.0, 1.0]]
    """
    gap = BETWEEN * max(frame[frame["moment"].isin(keys)].groupby("moment").size(), default=0)
    found = []
    for column, key in enumerate(keys):
        at = 0.0
        for group in order:
            names = sorted(frame.loc[(frame["moment"] == key) & (frame["series"] == group), "name"])
            if names:
                block = {"column": column, "moment": key, "series": group, "names": names}
                found.append({**block, "low": at, "high": at + len(names)})
                at += len(names) + gap
    return pd.DataFrame(found, columns=["column", "moment", "series", "names", "low", "high"])


def flows(frame: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """Return the bands between neighbouring blocks: from which `series` to which `target`, and who.

    `low` and `high` are where a band leaves, `next_low` and `next_high` where it arrives; bands leave and
    arrive in the order of the blocks, so that they cross as little as they can.
    """
    found = []
    for column in range(int(blocks["column"].max()) if len(blocks) else 0):
        here, there = (rows(where(blocks, column=column + step)) for step in (0, 1))
        arrived = {right["series"]: right["low"] for right in there}
        for left in here:
            at = left["low"]
            for right in there:
                names, target = sorted(set(left["names"]) & set(right["names"])), right["series"]
                if names:
                    ends = {"low": at, "high": at + len(names), "next_low": arrived[target]}
                    at, arrived[target] = at + len(names), arrived[target] + len(names)
                    band = {"column": column, "series": left["series"], "target": target, "names": names}
                    found.append({**band, **ends, "next_high": arrived[target]})
    listed = ["column", "series", "target", "names", "low", "high", "next_low", "next_high"]
    return pd.DataFrame(found, columns=listed)


def _outlines(bands: pd.DataFrame) -> pd.DataFrame:
    """Return four points for each band, level at both ends; names stand at the first, which tooltips read."""
    found = []
    for place, band in enumerate(rows(bands)):
        left, right = band["column"] + HALF, band["column"] + 1 - HALF
        stays = band["series"] == band["target"]
        told = {"title": band["series"] if stays else f"{band['series']} → {band['target']}"}
        told |= {"n": len(band["names"]), "who": listed(band["names"])}
        for x, side in ((left, ""), (left + FLAT, ""), (right - FLAT, "next_"), (right, "next_")):
            ends = {end: round(band[f"{side}{end}"], 2) for end in ("low", "high")}
            point = {"band": place, "series": band["series"], "x": round(x, 3), **ends}
            point["opacity"] = STAYS if stays else CHANGES
            found.append({**point, **told})
            told = dict.fromkeys(told)
    return pd.DataFrame(found, columns=["band", "series", "x", "low", "high", "opacity", "title", "n", "who"])


def _drawn(blocks: pd.DataFrame) -> pd.DataFrame:
    size = [len(names) for names in blocks["names"]]
    least = LEGIBLE * float(blocks["high"].max()) if len(blocks) else 0.0
    return pd.DataFrame(
        {
            "x": blocks["column"] - HALF,
            "right": blocks["column"] + HALF,
            "middle": blocks["column"],
            "low": blocks["low"].round(2),
            "high": blocks["high"].round(2),
            "centre": ((blocks["low"] + blocks["high"]) / 2).round(2),
            "series": blocks["series"],
            "title": blocks["series"],
            "n": size,
            "told": [str(each) if each > least else "" for each in size],
            "who": [listed(names) for names in blocks["names"]],
        }
    )


def listed(names: Sequence[str]) -> str:
    """Return names for a tooltip: the first of them, and how many more there are.

    >>> listed(["A", "B"]), listed([str(n) for n in range(16)])[-13:]
    ('A, B', '13 and 2 more')
    """
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
