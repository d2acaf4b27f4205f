"""A number as it reaches a reader: value, interval, unit, its mark, and where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

Mark = Literal["sourced", "estimated", "assumed"]
MARKS: tuple[Mark, ...] = get_args(Mark)

NARROW = "\u202f"  # narrow no-break space: between a figure and its unit, and between thousands
MINUS = "\u2212"


@dataclass(frozen=True)
class Unit:
    """How figures of one unit are written; rounding must not carry a figure onto one of `edges`."""

    factor: float = 1.0
    decimals: int = 2
    suffix: str = ""
    edges: tuple[float, ...] = ()


UNITS: dict[str, Unit] = {
    "share": Unit(100.0, 0, f"{NARROW}%", (0.0, 100.0)),
    "percent": Unit(1.0, 0, f"{NARROW}%", (0.0, 100.0)),
    "percentage points": Unit(1.0, 0, " percentage points"),
    "difference of shares": Unit(100.0, 0, " percentage points"),
    "index": Unit(1.0, 2, "", (0.0, 1.0)),
    "correlation": Unit(1.0, 2),
    "standard deviations": Unit(1.0, 2),
    "weight": Unit(1.0, 1),
    "position": Unit(1.0, 2),
    "spread": Unit(1.0, 3),
    "utility": Unit(1.0, 2),
    "points": Unit(1.0, 1),
    "points of objectives": Unit(1.0, 2, " points"),
    "count": Unit(1.0, 0),
    "rank": Unit(1.0, 0),
    "ranks": Unit(1.0, 1, " ranks"),
    "of 100": Unit(1.0, 0, " of 100"),
}


@dataclass(frozen=True)
class Number:
    """One number with its mark; an estimate carries its interval and method, a sourced number its source.

    Raises `ValueError` where the mark does not hold: a number that nobody vouches for reaches no reader.

    >>> Number(0.912, "index", "estimated", low=0.9, high=0.924, method="bootstrap over roll calls").shown()
    '0.91 (0.90 to 0.92)'
    """

    value: float
    unit: str
    mark: Mark
    low: float | None = None
    high: float | None = None
    source: str = ""
    locator: str = ""
    method: str = ""

    def __post_init__(self) -> None:
        if self.mark not in MARKS:
            raise ValueError(f"a number is sourced, estimated or assumed, not {self.mark!r}")
        if not math.isfinite(self.value):
            raise ValueError(f"{self.value} is not a number that can be shown")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends")
        if self.mark == "sourced" and not self.source:
            raise ValueError("a sourced number names its source")
        if self.mark == "estimated" and (self.low is None or not self.method):
            raise ValueError("an estimate carries an interval and its method")
        if self.mark == "assumed" and not self.method:
            raise ValueError("an assumption gives its reason")

    def figure(self) -> str:
        """Return the value alone, as written in the text."""
        return figure(self.value, self.unit)

    def shown(self) -> str:
        """Return the value with its interval, as written in the text."""
        if self.low is None or self.high is None:
            return self.figure()
        return f"{self.figure()} ({span(self.low, self.high, self.unit)})"


def figure(value: float, unit: str = "") -> str:
    """Return `value` in the form its unit asks for; three significant digits where the unit is not known.

    A figure just short of the edge of its scale gets up to two more decimals rather than be rounded onto it.

    >>> figure(0.634, "share") == "63\u202f%" and figure(0.9985, "share") == "99.9\u202f%"
    True
    >>> figure(-0.5, "standard deviations")
    '−0.50'
    >>> figure(1234567.0, "count") == "1\u202f234\u202f567"
    True
    """
    form = UNITS.get(unit)
    if form is None:
        suffix = f"{NARROW}{unit}" if unit else ""
        return _written(value, _decimals_for(value, significant=3)) + suffix
    scaled = value * form.factor
    decimals = form.decimals
    while decimals < form.decimals + 2 and _rounds_onto_edge(scaled, decimals, form.edges):
        decimals += 1
    return _written(scaled, decimals) + form.suffix


def span(low: float, high: float, unit: str = "") -> str:
    """Return an interval in brackets' short form: `0.88 to 0.90`.

    >>> span(0.881, 0.899, "index")
    '0.88 to 0.90'
    """
    first, last = figure(low, unit), figure(high, unit)
    suffix = UNITS[unit].suffix if unit in UNITS else ""
    return f"{first.removesuffix(suffix) if suffix else first} to {last}"


def between(low: float, high: float, unit: str = "") -> str:
    """Return an interval as a phrase: `between 0.88 and 0.90`.

    >>> between(0.881, 0.899, "index")
    'between 0.88 and 0.90'
    """
    return "between " + span(low, high, unit).replace(" to ", " and ")


def _rounds_onto_edge(value: float, decimals: int, edges: tuple[float, ...]) -> bool:
    return any(round(value, decimals) == edge and abs(value - edge) > 1e-9 for edge in edges)


def _decimals_for(value: float, significant: int) -> int:
    if value == 0:
        return 0
    return max(0, significant - 1 - math.floor(math.log10(abs(value))))


def _written(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}".replace(",", NARROW)
    negative = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if negative else text
