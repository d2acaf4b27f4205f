"""Numbers of the future as a brief writes them: each with its interval, mark, and what it rests on."""

from __future__ import annotations

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Label
from detente.briefing.reading import Row, given, number, where
from detente.cases.projection import ALIGNMENT
from detente.numbers import Mark, Number, figure

SPREAD = "spread"
GENERAL = "General alignment"
FUTURES = "90 per cent of futures, which differ in positions, chance and every assumed size"
COUNTED = "share of futures, with the interval of 95 per cent for their number; sizes are assumed"
PAIRED = "difference of shares in the same futures, with the interval of 95 per cent for their number"
LAW = "the law of motion estimated from votes, drawn with its parameters"


def middle(row: Row, *, unit: str = SPREAD) -> Number | None:
    """Return the median over futures, with nine tenths of them.

    >>> middle({"p50": 0.2, "p5": 0.1, "p95": 0.3, "mark": "assumed"}).shown()
    '0.200 (0.100 to 0.300)'
    """
    told = {"value": row.get("p50"), "low": row.get("p5"), "high": row.get("p95"), "mark": row.get("mark")}
    return number(told, unit=unit, method=_method(row, FUTURES))


def share(row: Row, field: str, *, mark: Mark = "assumed") -> Number | None:
    """Return a share of futures with its interval for their number."""
    told = {"value": row.get(field), "low": row.get(f"{field}_low"), "high": row.get(f"{field}_high")}
    return number({**told, "mark": mark}, unit="share", method=_method({"mark": mark}, COUNTED))


def gap(row: Row) -> Number | None:
    """Return a difference of shares, in points of a hundred."""
    ends = [given(row.get(field)) for field in ("difference", "low", "high")]
    if any(each is None for each in ends):
        return None
    value, low, high = (100 * (each or 0.0) for each in ends)
    told = {"value": value, "low": low, "high": high, "mark": row.get("mark")}
    return number(told, unit="points", method=_method(row, PAIRED))


def apart(row: Row) -> Number | None:
    """Return a difference of spreads, with nine tenths of futures."""
    return middle({**row, "p50": row.get("difference")})


def spans_zero(found: Number) -> bool:
    """Return whether an interval holds zero.

    >>> spans_zero(Number(0.1, "spread", "assumed", -0.1, 0.3, method="made up"))
    True
    """
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    return low <= 0 <= high


def at(rows: pd.DataFrame, *, last: bool) -> pd.DataFrame:
    """Return the rows of the last day, or of the first."""
    return where(rows, time=rows["time"].max() if last else rows["time"].min())


def item_title(names: Names, key: str) -> str:
    """Return what an item is called in a heading, general alignment among them."""
    return GENERAL if key == ALIGNMENT else names.title("items", key)


def item_in_text(names: Names, key: str) -> Label:
    """Return what an item is called in a sentence.

    >>> item_in_text(Names({}, {"items": {"aid": "Aid"}}), "aid").text
    '‘Aid’'
    """
    return Label(GENERAL.lower() if key == ALIGNMENT else f"‘{names.title('items', key)}’")


def signed(value: float) -> str:
    """Return a difference with its sign.

    >>> signed(0.0123), signed(-0.0123)
    ('+0.012', '−0.012')
    """
    return f"{'+' if value > 0 else ''}{figure(value, SPREAD)}"


def _method(row: Row, told: str) -> str:
    return f"{LAW}; {told}" if row.get("mark") == "estimated" else told
