"""A map of the world: countries in the colour of what they belong to, small states as points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from detente.briefing.charts.theme import Series, specification
from detente.briefing.reading import rows
from detente.briefing.shapes import FORMAT, topology
from detente.briefing.shapes import world as shapes

WIDTH, HEIGHT = 720, 322
EQUAL_EARTH = 5.4133
"""Width of the whole globe on the Equal Earth projection, in units of its scale (Šavrič et al. 2018)."""
SCALE = WIDTH / EQUAL_EARTH
MIDDLE = (WIDTH / 2, 0.55 * HEIGHT)
"""Where longitude 11° E and the equator meet; south of Cape Horn the map is cut off."""
MERIDIAN = -11
"""Turned by this, no country is cut in two by the edge of the map."""
LAND = "land"
TOLD = {"name": " ", "series": "camp", "note": "held there by, of its ties"}
"""What tooltips say, with the word before it."""
GREY = "#dcdfe3"
"""For countries that belong to nothing shown."""


def world(frame: pd.DataFrame, *, title: str, series: Sequence[Series]) -> dict[str, Any]:
    """Return a map in equal areas: columns `actor`, `name`, `series` and `note`, one row for each country.

    Countries without a row are grey, and so are those whose `series` is not among `series`. The map has a
    width of its own, which the page scales as a whole.
    """
    properties: dict[str, dict[str, Any]] = {code: dict.fromkeys(TOLD, "") for code in shapes()["shapes"]}
    properties |= {row["actor"]: {key: row[key] for key in TOLD} for row in rows(frame)}
    shown = {each.name: each.color for each in series}
    grey = sorted({told["series"] for told in properties.values()} - set(shown))
    small = [
        properties[code] | {"longitude": place[0], "latitude": place[1]}
        for code, place in shapes()["points"].items()
        if code in properties and properties[code]["series"] in shown
    ]
    color = alt.Scale(domain=[*shown, *grey], range=[*shown.values(), *(GREY for _ in grey)])
    land = (
        alt.Chart(alt.NamedData(LAND, format=FORMAT))
        .mark_geoshape(stroke="white", strokeWidth=0.45)
        .encode(
            color=alt.Color("properties.series:N", scale=color, legend=None),
            tooltip=_tooltips("properties."),
        )
    )
    points = (
        alt.Chart(alt.InlineData(values=small))
        .mark_circle(size=26, opacity=1, stroke="white", strokeWidth=0.6)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            color=alt.Color("series:N", scale=color, legend=None),
            tooltip=_tooltips(""),
        )
    )
    chart = alt.layer(land, points).project(
        "equalEarth", rotate=[MERIDIAN, 0, 0], scale=round(SCALE, 2), translate=list(MIDDLE)
    )
    spec = specification(chart.properties(height=HEIGHT), description=title)
    held = {**spec["datasets"], LAND: topology(properties)}
    return {**spec, "datasets": held, "width": WIDTH, "autosize": {"type": "none"}, "padding": 0}


def drawn(actors: Sequence[str]) -> set[str]:
    """Return which of these actors the map has a shape or a point for."""
    return set(actors) & (set(shapes()["shapes"]) | set(shapes()["points"]))


def _tooltips(prefix: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{prefix}{field}:N", title=title) for field, title in TOLD.items()]
