"""From rows of measurements to numbers and comparisons."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal, cast

import pandas as pd

from detente.numbers import MARKS, Number

Row = Mapping[str, Any]
Change = Literal["above", "below", "alike"]

COUNT = "counted in the evidence"


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries, in order."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def where(frame: pd.DataFrame, **equal: Hashable) -> pd.DataFrame:
    """Return the rows in which each named column equals the given value.

    >>> where(pd.DataFrame({"bloc": ["A", "B"], "value": [1, 2]}), bloc="B")["value"].tolist()
    [2]
    """
    keep = pd.Series(True, index=frame.index)
    for column, value in equal.items():
        keep &= frame[column] == value
    return frame[keep]


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose window is a calendar year, in order of time, with that year in `year`."""
    years = frame[frame["window"].astype(str).str.fullmatch(r"\d{4}")]
    return years.assign(year=years["window"].astype(int)).sort_values("year", kind="stable")


def given(value: object) -> float | None:
    """Return a value as a float, or None where it is missing.

    >>> given(float("nan")), given(None), given(2)
    (None, None, 2.0)
    """
    if value is None or value is pd.NA:
        return None
    number = float(cast(float, value))
    return number if math.isfinite(number) else None


def said(row: Row, field: str) -> str:
    """Return a text field of a row, empty where it is missing."""
    value = row.get(field)
    return value if isinstance(value, str) else ""


def number(row: Row, *, unit: str, method: str = "", field: str = "value") -> Number | None:
    """Return the number in a row with its interval, mark and source; None where it cannot be vouched for.

    >>> row = {"value": 0.9, "low": 0.88, "high": 0.92, "mark": "estimated", "source": "unga_votes"}
    >>> number(row, unit="index", method="bootstrap").shown()
    '0.90 (0.88 to 0.92)'
    """
    value, low, high = given(row.get(field)), given(row.get("low")), given(row.get("high"))
    mark = said(row, "mark")
    if value is None or mark not in MARKS:
        return None
    if low is None or high is None:
        low = high = None
    told = said(row, "method") or method
    if mark == "assumed":
        told = told or said(row, "locator")
    vouched = {"estimated": low is not None and told, "sourced": said(row, "source"), "assumed": told}
    if not vouched[mark]:
        return None
    return Number(value, unit, mark, low, high, said(row, "source"), said(row, "locator"), told)


def counted(value: int, source: str, *, method: str = COUNT) -> Number:
    """Return a count of rows of evidence, which is sourced."""
    return Number(float(value), "count", "sourced", source=source, method=method)


def against(now: Number, then: Number) -> Change:
    """Return where `now` stands against `then`: alike where their intervals overlap.

    >>> one = Number(0.9, "index", "estimated", 0.88, 0.92, method="bootstrap")
    >>> two = Number(0.7, "index", "estimated", 0.66, 0.74, method="bootstrap")
    >>> against(one, two), against(two, one), against(one, one)
    ('above', 'below', 'alike')
    """
    now_low, now_high = _ends(now)
    then_low, then_high = _ends(then)
    if now_low > then_high:
        return "above"
    return "below" if now_high < then_low else "alike"


def _ends(number: Number) -> tuple[float, float]:
    if number.low is None or number.high is None:
        return number.value, number.value
    return number.low, number.high


def day(value: object) -> str:
    """Return a date as it is written in text.

    >>> day(pd.Timestamp("2022-03-02"))
    '2 March 2022'
    """
    stamp = pd.Timestamp(cast(Any, value))
    return f"{stamp.day} {stamp:%B %Y}"


def runs(years: Iterable[int]) -> str:
    """Return years in order, those that follow each other as a span.

    >>> runs([2007, 2008, 2009, 2013])
    '2007–2009, 2013'
    """
    found: list[list[int]] = []
    for year in sorted(years):
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)
