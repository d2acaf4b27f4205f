"""Numbers on what sides can do, as a brief writes them: every one rests on sizes that are assumed."""

from __future__ import annotations

from detente.briefing.prose import Part
from detente.briefing.reading import Row, given
from detente.numbers import Number

POINTS = "utility"
"""The unit in which points of objectives are written: two decimals."""
OVER = "mean over futures and answers, with the interval of 95 per cent for their number; sizes are assumed"
COUNTED = "share of futures, with the interval of 95 per cent for their number; sizes are assumed"
RESAMPLED = "share of games of resampled futures; sizes are assumed"
SEARCHED = "the nearest break that was found, on a scale on which 1 is one change as far as is plausible"
DRAWN = "90 per cent of draws of positions and sizes, which are assumed"
WEIGHED = "weights are multiplied one by one, by up to four and down to nothing"
SENSE = "share of the variance of the outcome, all changes equally likely between their ends"


def points(row: Row, field: str, *, low: str = "low", high: str = "high") -> Number:
    """Return points with their interval; without one where the row has none.

    >>> points({"regret": 0.4, "low": 0.3, "high": 0.5}, "regret").shown()
    '0.40 (0.30 to 0.50)'
    """
    return _ranged(row, field, POINTS, OVER, low, high)


def share(row: Row, field: str, *, method: str = COUNTED) -> Number:
    """Return a share of futures with the interval for their number, where the row has one."""
    return _ranged(row, field, "share", method, f"{field}_low", f"{field}_high")


def distance(row: Row) -> Number:
    """Return how far the nearest break is, with its interval."""
    return _ranged(row, "distance", POINTS, SEARCHED, "low", "high")


def price(row: Row) -> Number:
    """Return the least reward for which a target gives way, with nine tenths of draws."""
    return _ranged(row, "price", POINTS, DRAWN, "price_low", "price_high")


def sense(row: Row) -> Number:
    """Return the share of variance that something accounts for."""
    return _ranged(row, "value", "share", SENSE, "low", "high")


def plain(value: object, unit: str, method: str) -> Number:
    """Return an assumed number without an interval."""
    return Number(given(value) or 0.0, unit, "assumed", method=method)


def _ranged(row: Row, field: str, unit: str, method: str, low: str, high: str) -> Number:
    value = given(row.get(field)) or 0.0
    ends = [given(row.get(name)) for name in (low, high)]
    if ends[0] is None or ends[1] is None:
        return Number(value, unit, "assumed", method=method)
    return Number(value, unit, "assumed", min(ends[0], value), max(ends[1], value), method=method)


def joined(clauses: list[tuple[Part, ...]], by: str = "; ") -> list[Part]:
    """Return clauses one after another."""
    return [part for place, each in enumerate(clauses) for part in (*((by,) if place else ()), *each)]
