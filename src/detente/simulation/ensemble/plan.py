"""Futures as arrays alone: what compiled code plays, and what a digest of the inputs is taken of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.simulation.ensemble.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Law(NamedTuple):
    """The dynamics: shapes as in `Dynamics`, each parameter with its own number of draws; omega (P, 1, K).

    which (P,) is the table of quantiles of the own shock, heard (N,) the sums of rows of influence, root
    (K or 0, N, N) the factors of the start's covariance. influence has rows of zeros up to a multiple of
    four, and a column of zeros where the number of actors is odd.
    """

    alpha: Floats
    omega: Floats
    beta: Floats
    common: Floats
    own: Floats
    which: Ints
    start: Floats
    start_sd: Floats
    root: Floats
    influence: Floats
    heard: Floats


class Outside(NamedTuple):
    """Covariates (N, C): start and its sd, path (T, N, C), sd of random walks, which walk each is (-1: none);
    bounds (C,).
    """

    start: Floats
    start_sd: Floats
    path: Floats
    spread: Floats
    walk: Ints
    low: Floats
    high: Floats


class Events(NamedTuple):
    """Shocks S sorted by step, those of step s from opens[s] to opens[s + 1]; target is missing where unset.

    member (T + 1, N, B): who belongs to which bloc at each step.
    """

    opens: Ints
    shift: Floats
    change: Floats
    target: Floats
    news: Floats
    hears: Floats
    member: Floats


class Votes(NamedTuple):
    """Occasions O sorted by step, those of step s from opens[s] to opens[s + 1], and ballots D.

    pay (O, N); issue, slope, cut, on, pressed (D,), -1 for none; level (D, N); isolates (D,): whether members
    mind standing alone; shift, drift (D, 2, N, K) and change (D, 2, N, C) if failed, if passed.
    """

    opens: Ints
    ballot: Ints
    rule: Ints
    pay: Floats
    issue: Ints
    slope: Floats
    cut: Floats
    on: Ints
    pressed: Ints
    level: Floats
    isolates: Bools
    shift: Floats
    drift: Floats
    change: Floats


class Rules(NamedTuple):
    """Rules one after another: voters of rule r from whose[r] to whose[r + 1], and so on.

    who: actors; gain (3, voters) for each leaf, one leaf after another, from gain_at[leaf]; need by leaf;
    code in reverse Polish notation.
    """

    whose: Ints
    who: Ints
    leaf_at: Ints
    gain_at: Ints
    gain: Ints
    need: Ints
    code_at: Ints
    code: Ints


class Luck(NamedTuple):
    """Streams M of random words, which are wanted in each turn of four steps, (turns + 1, M), and tables of
    quantiles, the first of a normal.

    At `own` begin those of actors' own shocks (N, K), at `common` those of blocs and all (B + 1, K), at
    `walk` those of covariates; vote (D, N) and news (S, K) are places, -1 for none; the first are for the
    start, positions (N, K) and then covariates (N, C).
    """

    names: Streams
    wanted: Bools
    tables: Floats
    own: int
    common: int
    walk: int
    vote: Ints
    news: Ints


class Lines(NamedTuple):
    """Lines: issue (L,), where (L,), and on which side actors start, (L, N): 1 above, -1 below."""

    issue: Ints
    at: Floats
    side: Floats


@dataclass(frozen=True, eq=False)
class Plan:
    """All arrays of one set of futures, and their size."""

    law: Law
    outside: Outside
    events: Events
    votes: Votes
    rules: Rules
    luck: Luck
    lines: Lines
    every: int
    once: Streams
    """Streams of what is drawn once: for each shock chance, size and side, then factors, then strengths."""
    ranges: Floats
    """For each shock low, high, chance, backlash, (S, 4)."""
    factors: Floats
    """For each ballot and outcome the least and the most of the factor, (D, 2, 2)."""
    strengths: Floats
    """For each ballot low, value, high of its five strengths, (D, 5, 3)."""

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.events.member) - 1

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """How many actors, issues, blocs and covariates there are."""
        actors, issues = self.law.start_sd.shape
        return actors, issues, self.events.member.shape[2], self.outside.start.shape[1]

    @property
    def records(self) -> int:
        """How many points in time are recorded."""
        return self.steps // self.every + 1

    @property
    def series(self) -> int:
        """How many numbers are recorded at each point: positions, means and spreads of blocs, covariates."""
        actors, issues, blocs, covariates = self.sizes
        return actors * issues + 2 * blocs * issues + actors * covariates

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of numbers, and of yes or no, are recorded over all points."""
        actors, lines = self.sizes[0], len(self.lines.at)
        occasions = len(self.votes.ballot)
        return self.records * self.series, occasions * (1 + actors) + 2 * self.records * lines * actors

    def digest(self) -> str:
        """Return a digest of everything that futures are drawn from."""
        made = hashlib.sha256()
        for name, values in _arrays(self):
            array = np.ascontiguousarray(values)
            made.update(f"{name}:{array.dtype.str}:{array.shape};".encode())
            made.update(array.tobytes())
        return made.hexdigest()


def _arrays(plan: Plan) -> Iterator[tuple[str, Any]]:
    for name, held in vars(plan).items():
        if isinstance(held, tuple) and hasattr(held, "_asdict"):
            for part, values in held._asdict().items():
                yield f"{name}.{part}", values
        else:
            yield name, held
