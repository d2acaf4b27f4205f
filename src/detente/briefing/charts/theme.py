"""How all charts look: type, lines, and a palette that the colour-blind can tell apart."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

INK = "#1c2430"
QUIET = "#5c6672"
FAINT = "#c9ced4"
PALETTE = ("#1f4e79", "#b3541e", "#3b7d6e", "#7a4a86", "#8a7a1f", "#5c6672")
"""Blue, rust, green, violet, olive, grey: distinct in lightness too, so that they survive a grey print."""
RAMP = ("#f3efe6", "#e3c9a4", "#cf9460", "#a85a34", "#6e2c1c")
"""Light to dark in one direction, for shares."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
FONT = "'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "aria": False,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "domainColor": FAINT,
        "tickColor": FAINT,
        "gridColor": "#e9ebee",
        "gridWidth": 0.7,
        "titlePadding": 8,
    },
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "labelFontSize": 10.5,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titleColor": QUIET,
        "labelColor": INK,
        "symbolStrokeWidth": 2,
        "columnPadding": 16,
        "offset": 8,
    },
    "line": {"strokeWidth": 1.8},
    "point": {"size": 46, "filled": True},
    "rule": {"strokeWidth": 1.4},
    "text": {"fontSize": 11, "color": INK},
    "range": {"category": list(PALETTE), "symbol": list(SHAPES)},
}


def specification(chart: alt.TopLevelMixin, *, description: str) -> dict[str, Any]:
    """Return a chart as a Vega-Lite specification as wide as its container, without the slow schema check.

    The tests validate one specification of each family against the schema.
    """
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("$schema", None)
    spec["config"] = CONFIG
    spec["width"] = "container"
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["description"] = description
    return spec


@dataclass(frozen=True)
class Series:
    """One thing that a chart tells apart: its name, and its place in the palette and among the shapes."""

    name: str
    place: int

    @property
    def color(self) -> str:
        """The colour of its place."""
        return PALETTE[self.place % len(PALETTE)]

    @property
    def shape(self) -> str:
        """The shape of its place, so that colour never tells things apart alone; a colour used again has
        another shape.
        """
        return SHAPES[(self.place + self.place // len(PALETTE)) % len(SHAPES)]


def colors(series: Sequence[Series]) -> alt.Scale:
    """Return a scale that gives each series its colour, whichever of them a chart holds."""
    return alt.Scale(domain=[each.name for each in series], range=[each.color for each in series])


def shapes(series: Sequence[Series]) -> alt.Scale:
    """Return a scale that gives each series its shape."""
    return alt.Scale(domain=[each.name for each in series], range=[each.shape for each in series])


def present(series: Sequence[Series], names: Iterable[str]) -> tuple[Series, ...]:
    """Return the series that occur among `names`, in their order.

    >>> [each.place for each in present([Series("A", 0), Series("B", 1), Series("C", 2)], ["C", "A"])]
    [0, 2]
    """
    held = set(names)
    return tuple(each for each in series if each.name in held)


def wrapped(text: str, width: int) -> str:
    """Return `text` broken into two lines at most for an axis label (see `LINES`).

    >>> wrapped("share of crude oil imports", 14)
    'share of crude|oil imports'
    """
    return "|".join(textwrap.wrap(text.replace("|", "/"), width, max_lines=2, placeholder="…"))


LINES = "split(datum.label, '|')"
"""Expression that draws a label of `wrapped` on several lines."""
