"""The roll calls of one issue in one span, drawn again: what every estimate of cohesion is computed from."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement import agreement, bootstrap
from detente.measurement.ballots import ABSTAIN, MISSING, Ballots
from detente.measurement.linear import multiply

if TYPE_CHECKING:
    from detente.cases.schema import Case

Floats = NDArray[np.floating]
Bounds = tuple[float, float]
SHARE: Bounds = (0.0, 1.0)
OF_PAIRS: dict[agreement.Measure, Bounds | None] = {"s": (-1.0, 1.0), "kappa": None, "pi": None}
"""Between what an average over roll calls can lie: S is one, π and κ are not."""

QUORUM = 3
"""Fewest members present for a roll call to count: between two, agreement says nothing of a bloc."""

PAIR_MEASURES: tuple[agreement.Measure, ...] = ("pi", "kappa", "s")


@dataclass(frozen=True)
class Span:
    """A named span of days, both included: a window of the case, or a calendar year."""

    key: str
    start: date
    end: date


def windows_of(case: Case) -> list[Span]:
    """Return the windows of the case, in its order."""
    return [Span(key, window.since, window.until) for key, window in case.windows.items()]


def spans(case: Case) -> list[Span]:
    """Return the windows of the case, then the calendar years of its history."""
    years = range(case.history.since, case.history.until + 1) if case.history else ()
    return [*windows_of(case), *(Span(str(year), date(year, 1, 1), date(year, 12, 31)) for year in years)]


@dataclass(frozen=True)
class Estimates:
    """Figures with their intervals, and which reading of the interval each carries."""

    value: Floats
    low: Floats
    high: Floats
    reading: list[bootstrap.Reading]
    n: NDArray[np.int64]
    """On how many roll calls each rests."""


@dataclass(frozen=True)
class Draws:
    """The roll calls of an issue in a span, and how often each occurs in each resample."""

    issue: str
    span: Span
    ballots: Ballots
    draws: int
    seed: int

    @cached_property
    def sessions(self) -> NDArray[np.int64]:
        """The session of each roll call."""
        return self.ballots.roll_calls["session"].to_numpy()

    @cached_property
    def weights(self) -> Floats:
        """Occurrences, (draws, roll calls); the stream is the span's own, whatever else is asked for."""
        stream = zlib.crc32(f"{self.issue}/{self.span.key}".encode())
        rng = np.random.default_rng([self.seed, stream])
        return bootstrap.redraw(self.sessions, draws=self.draws, rng=rng)

    @cached_property
    def source(self) -> str:
        """The sources of the roll calls."""
        return ", ".join(sorted(self.ballots.roll_calls["source"].unique()))

    def means(self, values: Floats, *, columns: NDArray[np.bool_]) -> Estimates:
        """Return the mean over the roll calls in `columns` of `values` (roll calls, k), passing over NaN."""
        n = (~np.isnan(values)).sum(axis=0)
        mean = np.divide(np.nansum(values, axis=0), n, out=np.full(len(n), np.nan), where=n > 0)
        drawn = bootstrap.weighted_means(self.weights[:, columns], values) if n.any() else None
        return settle(mean, drawn, sessions=self.sessions[columns], n=n, bounds=SHARE)


def settle(
    value: Floats,
    drawn: Floats | None,
    *,
    sessions: NDArray[np.int64],
    n: NDArray[np.int64],
    bounds: Bounds | None,
) -> Estimates:
    """Return `value` with the interval that its roll calls support: the bootstrap's, or a posterior.

    `drawn` (draws, k) are the resampled figures. A figure that is the same in every draw, or that rests on
    too few roll calls `n`, takes the posterior for an average over roll calls within `bounds`. One that is no
    such average (`bounds` is None) cannot be told then: its value becomes NaN.
    """
    kind = bootstrap.reading(sessions)
    value, readings = value.astype(float), [kind] * len(value)
    low, high = np.full((2, len(value)), np.nan)
    if drawn is not None:
        low, high = bootstrap.percentiles(drawn)
    for k in np.flatnonzero(~(low < high) | (n < bootstrap.LEAST_ROLL_CALLS)):
        readings[k] = "posterior"
        if bounds is None:
            value[k] = np.nan
        elif not np.isnan(value[k]):
            low[k], high[k] = bootstrap.jeffreys(float(value[k]), int(n[k]), bounds=bounds)
    return Estimates(value, low, high, readings, n)


@dataclass(frozen=True)
class BlocSample:
    """How the members of one bloc voted in one issue and span, by membership on each roll call's day."""

    bloc: str
    base: Draws
    actors: tuple[str, ...]
    codes: NDArray[np.int8]
    """(members, roll calls): -1 where absent or not a member on the day."""
    belongs: NDArray[np.bool_]
    """(members, roll calls): a member on the day, and seated in the body."""
    absent: int
    """How many votes such members did not cast."""
    columns: NDArray[np.bool_]
    """Which of the roll calls of `base` reach the quorum: the columns kept here."""
    below_quorum: int
    counts: NDArray[np.int64] = field(repr=False)

    @property
    def few(self) -> bool:
        """Whether there are too few roll calls to tell margins from, and so for π and κ."""
        return int(self.codes.shape[1]) < bootstrap.LEAST_ROLL_CALLS

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """The pairs (2, pairs) with enough roll calls in common: `LEAST_ROLL_CALLS`, or one if `few`."""
        present = (self.codes >= 0).astype(np.float32)
        common = present @ present.T
        first, second = np.triu_indices(len(common), 1)
        enough = common[first, second] >= (1 if self.few else bootstrap.LEAST_ROLL_CALLS)
        return np.stack([first[enough], second[enough]])

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """What the pairs agree on, over the roll calls (5, pairs) and in each draw (5, draws, pairs).

        Roll calls in which all members act in the same way as in another are drawn as one, which changes
        nothing and saves most of the work: in most roll calls a bloc is of one mind.
        """
        distinct, group = np.unique(self.codes, axis=1, return_inverse=True)
        held = np.bincount(group, minlength=distinct.shape[1])
        order = np.argsort(group, kind="stable")
        weights = np.add.reduceat(
            self.base.weights[:, self.columns][:, order], np.cumsum(held) - held, axis=1
        )
        first, second = self.pairs
        sums = agreement.pair_sums(distinct[first], distinct[second])
        return sums @ held.astype(np.float64), multiply(weights, sums.transpose(0, 2, 1))

    @cached_property
    def similarities(self) -> dict[agreement.Measure, tuple[Floats, Floats]]:
        """Each measure that can be told: over the roll calls (pairs), and in each draw (draws, pairs)."""
        if not self.pairs.size:
            return {}
        told: tuple[agreement.Measure, ...] = ("s",) if self.few else PAIR_MEASURES
        observed, drawn = self._sums
        return {
            each: (agreement.from_sums(observed, each), agreement.from_sums(drawn, each)) for each in told
        }


def bloc_sample(base: Draws, bloc: str, *, belongs: NDArray[np.bool_], absent: str) -> BlocSample | None:
    """Return the sample of one bloc, or None where no roll call reaches the quorum.

    `belongs` (actors, roll calls) says who was a member when; `absent` is 'missing' or 'abstain' (absence of
    a seated member then counts as abstention).
    """
    ballots = base.ballots
    belongs = belongs & ballots.seated
    rows = np.asarray(belongs.any(axis=1))
    codes = np.where(belongs[rows], ballots.codes[rows], MISSING).astype(np.int8)
    away = belongs[rows] & (codes == MISSING)
    if absent == "abstain":
        codes = np.where(away, ABSTAIN, codes).astype(np.int8)
    counts = agreement.tally(codes)
    columns = counts.sum(axis=-1) >= QUORUM
    if not columns.any():
        return None
    return BlocSample(
        bloc=bloc,
        base=base,
        actors=tuple(actor for actor, kept in zip(ballots.actors, rows, strict=True) if kept),
        codes=codes[:, columns],
        belongs=belongs[rows][:, columns],
        absent=int(away[:, columns].sum()),
        columns=columns,
        below_quorum=int((~columns).sum()),
        counts=counts[columns],
    )


def labels(sample: BlocSample) -> dict[str, object]:
    """Return the columns that say what an estimate of this sample is of."""
    span = sample.base.span
    return {
        "bloc": sample.bloc,
        "issue": sample.base.issue,
        "window": span.key,
        "start": pd.Timestamp(span.start),
        "end": pd.Timestamp(span.end),
        "members": round(float(sample.belongs.sum(axis=0).mean()), 2),
        "absent_share": sample.absent / int(sample.belongs.sum()),
        "below_quorum": sample.below_quorum,
        "mark": "estimated",
        "source": sample.base.source,
    }
