"""Charts as files: Vega-Lite specifications, and pictures drawn from them without a browser or a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Figure, Page, Spec
from detente.errors import EvidenceError, Problem

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"
"""The version of Vega-Lite that draws pictures: the one that draws the page."""
WIDTH = 640
"""Pixels of a picture whose chart is as wide as the page."""
PICTURES = frozenset({"svg", "png"})
LETTER, LINE = 6.4, 18
"""Pixels of a letter and of a line of a legend."""
OUTER = ("$schema", "config", "datasets", "padding", "autosize", "background", "description")
"""Parts of a specification that belong to the whole drawing."""
APART = {"color": "independent", "shape": "independent"}
"""Legend and chart each have a scale of their own; one for both would hand colours on to the wrong names."""
SCALE = 2.0
"""Pixels of a PNG for each of the chart."""


def charts(page: Page, formats: Sequence[str]) -> dict[str, str | bytes]:
    """Return all charts in the forms asked for: `charts/<figure>-<panel>` and `.vl.json`, `.svg` or `.png`.

    Raises `EvidenceError` where pictures are asked for and the extra `figures` is not installed.
    """
    held: dict[str, str | bytes] = {}
    draw = converter() if PICTURES & set(formats) else None
    for key, spec in _specs(page):
        if "vega" in formats:
            held[f"charts/{key}.vl.json"] = (
                json.dumps(spec, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
            )
        if draw is not None and "svg" in formats:
            held[f"charts/{key}.svg"] = draw.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])
        if draw is not None and "png" in formats:
            held[f"charts/{key}.png"] = bytes(
                draw.vegalite_to_png(spec, vl_version=VERSION, scale=SCALE, allowed_base_urls=[])
            )
    return held


def _specs(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every chart with its key, in the order of the page."""
    for section in page.sections:
        for exhibit in section.exhibits:
            if isinstance(exhibit, Figure):
                for place, panel in enumerate(exhibit.panels, start=1):
                    title = ": ".join(part for part in (exhibit.title, panel.title) if part)
                    alone = standing_alone(panel.spec, title=title, legend=exhibit.legend)
                    yield f"{exhibit.key}-{place}", alone


def standing_alone(spec: Spec, *, title: str = "", legend: Sequence[Series] = ()) -> dict[str, Any]:
    """Return a specification that needs no page around it: schema, width, title and legend are in it.

    >>> standing_alone({"mark": "bar", "width": "container"}, title="Shares")["vconcat"][0]["width"]
    640
    """
    config: Mapping[str, Any] = spec.get("config", {})
    inner = {key: value for key, value in spec.items() if key not in OUTER}
    if spec.get("width") == "container":
        inner["width"] = WIDTH
    outer = {key: spec[key] for key in ("datasets", "description") if key in spec}
    return {
        "$schema": SCHEMA,
        **outer,
        "title": {"text": title, "anchor": "start", "fontSize": 13},
        "config": {**config, "background": "white", "concat": {"spacing": 8}},
        "padding": 8,
        "resolve": {"scale": APART},
        "vconcat": [*([_key(legend)] if legend else ()), inner],
    }


def _key(legend: Sequence[Series]) -> dict[str, Any]:
    """Return the drawing of a legend: names beside their marks, in lines no wider than the chart."""
    rows: list[dict[str, Any]] = []
    at, line = 0.0, 0
    for each in legend:
        wide = 30 + LETTER * len(each.name)
        if at and at + wide > WIDTH:
            at, line = 0.0, line + 1
        rows.append({"x": at + 6, "y": line * LINE + 8, "name": each.name, "place": len(rows)})
        at += wide
    places = list(range(len(legend)))
    plain = {"type": "quantitative", "axis": None}
    x = {"field": "x", **plain, "scale": {"domain": [0, WIDTH], "nice": False}}
    y = {"field": "y", **plain, "scale": {"domain": [(line + 1) * LINE, 0], "nice": False}}
    field = {"field": "place", "type": "nominal", "legend": None}
    color = {**field, "scale": {"domain": places, "range": [each.color for each in legend]}}
    shape = {**field, "scale": {"domain": places, "range": [each.shape for each in legend]}}
    return {
        "width": WIDTH,
        "height": (line + 1) * LINE,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": color, "shape": shape},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 9, "baseline": "middle"},
                "encoding": {"x": x, "y": y, "text": {"field": "name"}},
            },
        ],
    }


def converter() -> Any:
    """Return what draws pictures. Raises `EvidenceError` where it is not installed."""
    try:
        import vl_convert
    except ImportError:
        hint = "install it: pip install 'detente[figures]'; or take the charts as --format vega"
        raise EvidenceError(Problem("--format", "svg and png need the extra `figures`", hint)) from None
    return vl_convert
