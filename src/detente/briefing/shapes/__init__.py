"""The shapes of countries that the page draws, by the codes of actors; `ORIGIN.md` says where from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LAYER = "countries"
FORMAT = {"type": "topojson", "feature": LAYER}
"""How Vega is told to read what `topology` returns."""


@cache
def world() -> Mapping[str, Any]:
    """Return what `world.json` holds: `grid`, `arcs`, `shapes` and `points`."""
    held: Mapping[str, Any] = json.loads(
        files("detente.briefing.shapes").joinpath("world.json").read_text(encoding="utf-8")
    )
    return held


def topology(properties: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return all shapes as TopoJSON, those named in `properties` with theirs.

    >>> made = topology({"LSO": {"name": "Lesotho"}})
    >>> [each for each in made["objects"][LAYER]["geometries"] if "properties" in each][0]["properties"]
    {'name': 'Lesotho'}
    """
    held = world()
    geometries = [
        {"type": "MultiPolygon", "arcs": parts}
        | ({"properties": dict(properties[code])} if code in properties else {})
        for code, parts in held["shapes"].items()
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [held["grid"]] * 2, "translate": [-180, -90]},
        "objects": {LAYER: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": held["arcs"],
    }
