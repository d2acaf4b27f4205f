"""Series of what passes between two sides, by week or month: from counts of events to net cooperation.

A period without events is missing, and not zero: that nobody reports anything is no sign of neutrality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measure = Literal["net", "goldstein"]
Per = Literal["week", "month"]
Weigh = Literal["events", "periods"]

COOPERATIVE = ("verbal_cooperation", "material_cooperation")
HOSTILE = ("verbal_conflict", "material_conflict")
YEAR: dict[Per, float] = {"week": 365.2425 / 7, "month": 12.0}
"""Periods in a year."""
BOUNDS: dict[Measure, float] = {"net": 2.0, "goldstein": 20.0}
"""The largest change there could be: from the lowest value of a measure to the highest."""
UNITS: dict[Measure, str] = {"net": "net cooperation", "goldstein": "Goldstein score"}


@dataclass(frozen=True)
class Side:
    """One side of a dyad: who belongs to it, from when (`start`) until when (`end`, the first day not)."""

    spells: pd.DataFrame

    @classmethod
    def of(cls, actor: str) -> Side:
        """Return the side that is one actor, always."""
        return cls(pd.DataFrame({"actor": [actor], "start": [pd.NaT], "end": [pd.NaT]}))

    @property
    def actors(self) -> list[str]:
        """Everyone who ever belongs to it."""
        return sorted(set(self.spells["actor"]))

    def belongs(self, actors: pd.Series, days: pd.Series) -> NDArray[np.bool_]:
        """Return whether each of the actors belongs to the side on its day."""
        held = np.zeros(len(actors), dtype=bool)
        for actor, start, end in self.spells[["actor", "start", "end"]].itertuples(index=False):
            spell = (actors == actor).to_numpy(copy=True)
            spell &= True if pd.isna(start) else (days >= pd.Timestamp(start)).to_numpy()
            spell &= True if pd.isna(end) else (days < pd.Timestamp(end)).to_numpy()
            held |= spell
        return held


@dataclass(frozen=True)
class Choice:
    """How events become a series: what is measured, by which period, what counts alike, which direction."""

    measure: Measure = "net"
    per: Per = "week"
    weigh: Weigh = "events"
    directed: bool = False


@dataclass(frozen=True)
class Series:
    """What passes between two sides by period, as arrays of one length.

    `values` is not a number where there are no events; `weights` is how much a period counts: its events, or
    one. `pairs` is how many pairs of actors have events.
    """

    periods: pd.DatetimeIndex
    values: Floats
    weights: Floats
    events: NDArray[np.int64]
    pairs: NDArray[np.int64]

    @property
    def known(self) -> int:
        """How many periods have events."""
        return int(np.count_nonzero(self.weights))


def calendar(since: pd.Timestamp, until: pd.Timestamp, per: Per) -> pd.DatetimeIndex:
    """Return the first days of whole weeks (from Monday) or months from `since` to `until`, both included.

    >>> calendar(pd.Timestamp("2010-01-01"), pd.Timestamp("2010-01-20"), "week").strftime("%m-%d").tolist()
    ['01-04', '01-11']
    """
    step, last = ("W-MON", pd.Timedelta(days=6)) if per == "week" else ("MS", pd.offsets.MonthEnd(1))
    first = pd.date_range(since, until, freq=step)
    return first[(first + last) <= until]


def placed(days: pd.DatetimeIndex, periods: pd.DatetimeIndex, per: Per) -> NDArray[np.int64]:
    """Return the place of each day among the periods, also before the first and after the last.

    >>> weeks = calendar(pd.Timestamp("2010-01-04"), pd.Timestamp("2010-01-31"), "week")
    >>> placed(pd.DatetimeIndex(["2010-01-03", "2010-01-17", "2010-02-05"]), weeks, "week").tolist()
    [-1, 1, 4]
    """
    start = periods[0]
    if per == "month":
        months = (days.year - start.year) * 12 + days.month - start.month
        return np.asarray(months, dtype=np.int64)
    return np.asarray((days - start).days // 7, dtype=np.int64)


def dyad_series(
    counts: pd.DataFrame,
    sides: tuple[Side, Side],
    periods: pd.DatetimeIndex,
    *,
    choice: Choice = Choice(),
) -> Series:
    """Return the series between two sides from counts of events by source, target and period.

    `counts`: source, target, period, the four quad classes, scored and goldstein. The value of a period is
    cooperative less hostile events in all of both, or the mean Goldstein score: over all events where
    `choice.weigh` is "events", else over the pairs of actors with events, each the mean over its own. An
    actor counts on a side while it belongs to it.
    """
    rows = _between(counts, sides, directed=choice.directed)
    if choice.measure == "net":
        good, bad = (rows[list(names)].sum(axis=1) for names in (COOPERATIVE, HOSTILE))
        rows = rows.assign(total=good - bad, n=good + bad)
    else:
        rows = rows.assign(total=(rows["goldstein"] * rows["scored"]).fillna(0.0), n=rows["scored"])
    rows = rows[rows["n"] > 0]
    pairs = rows.groupby(["period", "a", "b"], as_index=False)[["total", "n"]].sum()
    pairs = pairs.assign(own=pairs["total"] / pairs["n"])
    by = pairs.groupby("period").agg(
        total=("total", "sum"), n=("n", "sum"), mean=("own", "mean"), pairs=("n", "size")
    )
    by = by.reindex(periods)
    number = by["n"].fillna(0).to_numpy(dtype=np.int64)
    pooled = choice.weigh == "events"
    values = (by["total"] / by["n"] if pooled else by["mean"]).to_numpy(dtype=float)
    weights = number.astype(float) if pooled else (number > 0).astype(float)
    return Series(periods, values, weights, number, by["pairs"].fillna(0).to_numpy(dtype=np.int64))


def _between(counts: pd.DataFrame, sides: tuple[Side, Side], *, directed: bool) -> pd.DataFrame:
    """Return the rows from the first side to the second, and unless `directed` those the other way round, as
    pairs a, b; none within one actor.
    """
    counts, ways = counts.reset_index(drop=True), []
    for a, b in (("source", "target"), *((("target", "source"),) if not directed else ())):
        ever = counts[a].isin(sides[0].actors) & counts[b].isin(sides[1].actors) & (counts[a] != counts[b])
        rows = counts[ever]
        days = pd.to_datetime(rows["period"])
        held = sides[0].belongs(rows[a], days) & sides[1].belongs(rows[b], days)
        ways.append(rows[held].assign(a=rows.loc[held, a], b=rows.loc[held, b], period=days[held]))
    found = pd.concat(ways)
    kept: pd.DataFrame = found[~found.index.duplicated()]
    return kept
