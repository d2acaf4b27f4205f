"""A figure as a test reads it: value, interval, mark, number of observations, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from detente.claims.arithmetic import Ends, combined
from detente.numbers import Mark

ROW = (
    "part", "actor", "what", "date", "value", "low", "high", "unit", "text", "mark", "source", "locator",
)  # fmt: skip
"""Columns of the rows of evidence behind a figure."""
MOVER = "difference of two figures, whose distances to their ends are added in squares"
FEWER = "; observations are those of the figure with fewer"
POINTS = {
    "percent": "percentage points", "share": "difference of shares", "rank": "ranks", "of 100": "points",
}  # fmt: skip
"""Units of differences, where they are not those of the figures."""


class UntoldError(Exception):
    """A figure that the evidence at hand cannot give: why, and what would be needed."""

    def __init__(self, why: str, needed: str) -> None:
        super().__init__(why)
        self.why, self.needed = why, needed


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure with everything that a verdict on it has to show.

    `n` observations of a kind (`counted`: roll calls, members, futures); `latest` is the last day of the
    evidence; `rows` have the columns of `ROW`. Without an interval, `low` and `high` are the value.
    """

    value: float
    low: float
    high: float
    unit: str
    mark: Mark
    method: str
    n: int
    counted: str
    latest: date | None
    rows: pd.DataFrame
    note: str = ""
    of: int | None = None
    """How many observations there would be if all were known; None where that has no meaning."""
    cost: float | None = None
    """What levers cost, in the figure's unit."""
    reach: tuple[float, float] | None = None
    """How far the interval reaches to either side, where that is not from `low` to `high`."""

    @property
    def ends(self) -> Ends:
        """Value, low and high."""
        return self.value, self.low, self.high

    @property
    def sources(self) -> str:
        """The sources of the rows, each once."""
        named = [each.strip() for text in self.rows["source"] for each in str(text).split(",")]
        return ", ".join(dict.fromkeys(each for each in named if each))


def _of(one: Figure, other: Figure, *, pooled: bool) -> int | None:
    """Return how many observations there would be of both figures, or of the one with fewer."""
    if one.of is None and other.of is None:
        return None
    both = [each.n if each.of is None else each.of for each in (one, other)]
    return sum(both) if pooled else both[int(other.n < one.n)]


def as_rows(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Return rows of evidence with all columns of `ROW`."""
    frame = pd.DataFrame([{**dict.fromkeys(ROW), **row} for row in rows], columns=list(ROW))
    texts = ("part", "actor", "what", "unit", "text", "mark", "source", "locator")
    return frame.assign(
        date=pd.to_datetime(frame["date"]).astype("datetime64[s]"),
        **{name: pd.to_numeric(frame[name]).astype(float) for name in ("value", "low", "high")},
        **{name: [each if isinstance(each, str) else "" for each in frame[name]] for name in texts},
    )


def day_of(value: object) -> date | None:
    """Return a day of anything that is one, None for what is missing."""
    stamp = pd.to_datetime(value, errors="coerce")  # type: ignore[call-overload]  # any cell of a table
    return None if pd.isna(stamp) else stamp.date()


def latest_of(days: Iterable[date | None]) -> date | None:
    """Return the last of some days, None where there is none."""
    return max((each for each in days if each is not None), default=None)


def less(
    one: Figure, other: Figure, *, parts: Sequence[str] = ("first", "second"), pooled: bool = False
) -> Figure:
    """Return a figure less another, with the rows of both; `pooled`: with the observations of both."""
    value, low, high = combined((1, -1), (one.ends, other.ends))
    marks = {one.mark, other.mark}
    mark: Mark = "assumed" if "assumed" in marks else "estimated" if low < high else "sourced"
    rows = [each.rows.assign(part=part) for each, part in zip((one, other), parts, strict=True)]
    counted = one.counted if one.counted == other.counted else f"{one.counted}, {other.counted}"
    n = one.n + other.n if pooled else min(one.n, other.n)
    method = MOVER if pooled else MOVER + FEWER
    return Figure(
        value, low, high, POINTS.get(one.unit, one.unit), mark, method, n, counted,
        latest_of((one.latest, other.latest)), pd.concat(rows, ignore_index=True),
        of=_of(one, other, pooled=pooled),
    )  # fmt: skip
