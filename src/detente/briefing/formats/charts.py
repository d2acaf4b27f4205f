"""Charts as files: Vega-Lite specifications, and pictures drawn from them without a browser or a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detente.briefing.exhibits import Figure, Page, Spec
from detente.errors import EvidenceError, Problem

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"
"""The version of Vega-Lite that draws pictures: the one that draws the page."""
WIDTH = 640
"""Pixels of a picture whose chart is as wide as the page."""
PICTURES = frozenset({"svg", "png"})
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
                    yield f"{exhibit.key}-{place}", standing_alone(panel.spec)


def standing_alone(spec: Spec) -> dict[str, Any]:
    """Return a specification that needs no page around it: its schema named, its own width, on white.

    >>> standing_alone({"mark": "bar", "width": "container"})["config"]
    {'background': 'white'}
    """
    config: Mapping[str, Any] = spec.get("config", {})
    alone = {"$schema": SCHEMA, **spec, "config": {**config, "background": "white"}}
    return {**alone, "width": WIDTH} if spec.get("width") == "container" else alone


def converter() -> Any:
    """Return what draws pictures. Raises `EvidenceError` where it is not installed."""
    try:
        import vl_convert
    except ImportError:
        hint = "install it: pip install 'detente[figures]'; or take the charts as --format vega"
        raise EvidenceError(Problem("--format", "svg and png need the extra `figures`", hint)) from None
    return vl_convert
