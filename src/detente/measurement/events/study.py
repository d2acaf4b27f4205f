"""The event study: did what passes between two sides change around occasions, more than at other times?

The change at an occasion is the mean of a series in the window after it less that in the window before.
Placebo dates are all others that fit into the same series without sharing a period with an occasion or with
one another. Their changes say what is usual; exchanging them with the occasions gives a p-value and an
interval, and injecting effects among them says what the sample could have seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement.bootstrap import LEVEL
from detente.measurement.events import families
from detente.measurement.events.frames import STUDIED, VISITED
from detente.measurement.events.permutation import Exchange, choices
from detente.measurement.events.power import Seen, least_effects
from detente.measurement.events.series import YEAR, Per, Series, placed
from detente.measurement.events.windows import Changes, Shape, apart, changes, inside, placebos

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

THAW, CHILL, NONE, UNTOLD = "thaw", "chill", "none seen", "cannot tell"
OUTSIDE = "its windows reach beyond the data"
SHARED = "its windows share a period with those of the occasion before"
EMPTY = "no events on one side of it"


@dataclass(frozen=True)
class Design:
    """How the study is made.

    `season`: placebo dates lie at most so many periods from an occasion's time of the year. `alpha`: level of
    the tests, after correction for how many there are. `power`: chance with which the least effect is seen.
    `matters`: an effect that the sample must have been able to see before none is said to be seen; `bound`:
    the largest there could be. `draws`: random choices of dates where there are too many for all.
    """

    shape: Shape = field(default_factory=Shape)
    per: Per = "week"
    season: int | None = None
    correction: families.Correction = "holm"
    alpha: float = 0.05
    power: float = 0.8
    matters: float | None = None
    bound: float = 2.0
    draws: int = 9_999
    seed: int = 0

    @property
    def limit(self) -> float:
        """The least effect beyond which nothing can be said where nothing is seen."""
        return self.bound if self.matters is None else min(self.matters, self.bound)

    def stream(self, *names: str) -> np.random.Generator:
        """Return the random numbers for what `names` say, whatever else is studied."""
        return np.random.default_rng([self.seed, *(crc32(name.encode()) for name in names)])


@dataclass(frozen=True)
class Sight:
    """The dates of one series: occasions first, then placebos; their changes, and why one is not used."""

    series: Series
    days: pd.DatetimeIndex
    occasion: Bools
    why: tuple[str, ...]
    found: Changes

    @property
    def used(self) -> Bools:
        """Which dates are used."""
        return np.array([not each for each in self.why], dtype=bool)

    @property
    def numbers(self) -> tuple[int, int]:
        """How many occasions and how many placebos are used."""
        used = self.used
        return int((used & self.occasion).sum()), int((used & ~self.occasion).sum())


@dataclass(frozen=True)
class EventStudy:
    """What changed around occasions: a row for each dyad, and one for each date looked at."""

    study: pd.DataFrame
    visited: pd.DataFrame


@dataclass(frozen=True)
class _Tested:
    """One dyad's test, before the others are known."""

    sight: Sight
    value: float = np.nan
    usual: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    choices: int = 0
    exact: bool = False
    finest: float = np.inf
    seen: Seen = field(default_factory=Seen)


def event_study(
    series: Mapping[str, Series], occasions: pd.DatetimeIndex, *, design: Design = Design()
) -> EventStudy:
    """Return what changed in each series around the occasions, against placebo dates of the same series.

    The family of tests is all series with dates enough to reject anything (Tarone 1990). `study` has the
    columns of `frames.STUDIED`, `visited` those of `frames.VISITED`; figures that cannot be told are not
    numbers.
    """
    days = pd.DatetimeIndex(sorted(set(occasions)))
    sights = {key: look(each, days, design) for key, each in series.items()}
    tests = {key: _test(key, sight, design) for key, sight in sights.items()}
    able = [each.finest <= design.alpha for each in tests.values()]
    p_values = np.where(able, [each.p_value for each in tests.values()], np.nan)
    family = int((~np.isnan(p_values)).sum())
    adjusted = {"holm": families.holm(p_values), "bh": families.benjamini_hochberg(p_values)}
    rows = []
    for place, (key, test) in enumerate(tests.items()):
        powered = _powered(key, test, design, family) if able[place] else test
        row = _row(key, powered, family) | {f"p_{name}": each[place] for name, each in adjusted.items()}
        rows.append(row | dict(zip(("verdict", "why"), _verdict(row, design), strict=True)))
    visited = [_visited(key, sight) for key, sight in sights.items()]
    return EventStudy(
        pd.DataFrame(rows, columns=STUDIED),
        pd.concat(visited, ignore_index=True) if visited else pd.DataFrame(columns=VISITED),
    )


def look(series: Series, days: pd.DatetimeIndex, design: Design) -> Sight:
    """Return the changes of a series at the occasions and at its placebos, and why a date is not used."""
    at, shape = placed(days, series.periods, design.per), design.shape
    within = inside(at, len(series.periods), shape)
    alone = np.ones(len(at), dtype=bool)
    alone[within] = apart(at[within], shape)
    year = YEAR[design.per]
    others = placebos(len(series.periods), at, shape, season=design.season, year=year)
    every, known = np.concatenate([at, others]), np.concatenate([within, np.ones(len(others), dtype=bool)])
    found = changes(series.values, series.weights, np.where(known, every, shape.length), shape)
    why = [
        OUTSIDE if not known[place] else SHARED if place < len(at) and not alone[place] else
        EMPTY if found.weight[place] == 0 else ""
        for place in range(len(every))
    ]  # fmt: skip
    return Sight(
        series,
        pd.DatetimeIndex([*days, *series.periods[others]]),
        np.arange(len(every)) < len(at),
        tuple(why),
        found,
    )


def _test(key: str, sight: Sight, design: Design) -> _Tested:
    if not all(sight.numbers):
        return _Tested(sight)
    used = sight.used
    change, weight, occasion = sight.found.change[used], sight.found.weight[used], sight.occasion[used]
    rng = design.stream("choices", key)
    among = choices(len(change), int(occasion.sum()), draws=design.draws, rng=rng)
    test = Exchange(change, weight, occasion, among)
    low, high = (float(end[0]) for end in test.interval(1 - LEVEL))
    return _Tested(
        sight,
        value=float(test.estimate[0]),
        usual=float(test.usual[0]),
        low=low if np.isfinite(low + high) else np.nan,
        high=high if np.isfinite(low + high) else np.nan,
        p_value=float(test.p_values()[0]),
        choices=len(among.chosen),
        exact=among.exact,
        finest=among.finest,
    )


def _powered(key: str, test: _Tested, design: Design, family: int) -> _Tested:
    """Return the test with the least effects that it would have found, at its level after correction."""
    sight = test.sight
    used = sight.used
    seen = least_effects(
        sight.found.change[used],
        sight.found.weight[used],
        sight.occasion[used],
        alpha=design.alpha / family,
        rng=design.stream("power", key),
        power=design.power,
    )
    return replace(test, seen=seen)


def _row(key: str, test: _Tested, family: int) -> dict[str, Any]:
    sight, (occasions, others) = test.sight, test.sight.numbers
    used = sight.used & sight.occasion
    weight = sight.found.weight[used]
    before, after = (
        float(np.average(side[used], weights=weight)) if occasions else np.nan
        for side in (sight.found.before, sight.found.after)
    )
    return {
        "dyad": key, "events": int(sight.series.events.sum()), "known": sight.series.known,
        "periods": len(sight.series.periods), "occasions": occasions, "of": int(sight.occasion.sum()),
        "placebos": others, "before": before, "after": after, "change": after - before,
        "usual": test.usual, "value": test.value, "low": test.low, "high": test.high,
        "p_value": test.p_value, "tests": family, "choices": test.choices, "exact": test.exact,
        "least_rise": _told(test.seen.rise), "least_fall": _told(test.seen.fall),
        "least": _told(test.seen.either), "least_low": _told(test.seen.low),
        "least_high": _told(test.seen.high),
    }  # fmt: skip


def _told(value: float) -> float:
    return value if np.isfinite(value) else np.nan


def _verdict(row: Mapping[str, Any], design: Design) -> tuple[str, str]:
    """Return the verdict on one dyad, and why nothing can be told where that is so."""
    if not row["events"]:
        return UNTOLD, "no events between the two"
    if not row["occasions"]:
        return UNTOLD, "no occasion with events before and after it"
    if not row["placebos"]:
        return UNTOLD, "no placebo date with events before and after it"
    if row[f"p_{design.correction}"] <= design.alpha:
        return (THAW if row["value"] > 0 else CHILL), ""
    least = row["least"]
    if np.isnan(least):
        return UNTOLD, "too few dates with events to reject anything"
    if least > design.bound:
        return UNTOLD, "no change that the scale holds would have been seen"
    if least > design.limit:
        return UNTOLD, "only a larger change than matters would have been seen"
    return NONE, ""


def _visited(key: str, sight: Sight) -> pd.DataFrame:
    found, outside = sight.found, np.array([each == OUTSIDE for each in sight.why])
    blank = np.where(outside, np.nan, 1.0)
    return pd.DataFrame(
        {
            "dyad": key,
            "date": sight.days,
            "kind": np.where(sight.occasion, "occasion", "placebo"),
            "before": found.before * blank,
            "after": found.after * blank,
            "change": found.change * blank,
            "weight": np.where(outside, 0.0, found.weight),
            "known_before": np.where(outside, 0, found.known[:, 0]),
            "known_after": np.where(outside, 0, found.known[:, 1]),
            "used": sight.used,
            "why": list(sight.why),
        },
        columns=VISITED,
    )
