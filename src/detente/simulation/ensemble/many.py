"""Many variants of one set of futures over the same luck: a few numbers of each future are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all
from detente.executors import How
from detente.executors.work import Clock
from detente.simulation.ensemble.drawing import Chunk, Drawn, by_future
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.gathering import workers
from detente.simulation.ensemble.measures import Ends, Outcome, label
from detente.simulation.ensemble.packing import memberships, packed
from detente.simulation.ensemble.parts import chunks
from detente.simulation.ensemble.plan import Plan
from detente.simulation.ensemble.results import Shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ABOUT = ("mean", "sd", "p5", "p50", "p95")
MOST = 2**30
"""Bytes of all outcomes."""


@dataclass(frozen=True, eq=False)
class Many:
    """Outcomes of variants: values (variants, futures, outcomes), in the order in which they were given.

    Future d of every variant has the same luck, so that differences are taken future by future. `lost`
    (variants, futures) marks futures whose numbers grew beyond what can be written; all their values are NaN.
    """

    values: Floats
    lost: Bools
    measure: tuple[Outcome, ...]
    seed: int

    def frame(self) -> pd.DataFrame:
        """Return a row for each variant and outcome: mean, sd and quantiles over futures that were not lost,
        how many these are, and how many were lost.
        """
        rows = [self._row(variant, place) for variant in range(len(self.values)) for place in self._places]
        return pd.DataFrame(rows, columns=["variant", "outcome", *ABOUT, "futures", "lost"])

    @property
    def _places(self) -> range:
        return range(len(self.measure))

    def _row(self, variant: int, place: int) -> list[object]:
        lost = self.lost[variant]
        held = self.values[variant, ~lost, place]
        about = [float("nan")] * len(ABOUT)
        if len(held):
            about = [held.mean(), held.std(), *np.quantile(held, [0.05, 0.5, 0.95])]
        return [variant, label(self.measure[place]), *about, len(held), int(lost.sum())]


def draw_many(
    variants: Sequence[Futures],
    *,
    measure: Sequence[Outcome],
    draws: int = 1000,
    seed: int = 0,
    how: How | None = None,
) -> Many:
    """Draw every variant with the same luck, and return what `measure` asks for of each single future.

    Variants have the same actors, issues, blocs, covariates, lines and steps, and may differ in all else.
    What comes out is the same bytes for any threads and chunks, and whichever variants are drawn beside one
    another, so that they may be shared out among workers. All are drawn in this process: of `how`, its
    threads and futures in a chunk count, and whom it tells. Raises `SimulationError` with every variant that
    is of another shape, and all that is asked for and not there.

    >>> from detente.simulation.dynamics import Dynamics
    >>> from detente.simulation.ensemble.measures import Position
    >>> from detente.simulation.ensemble.shocks import Shock
    >>> walk = Futures(dynamics=Dynamics(actors=("A",), issues=("aid",), start=0, sigma_own=0.1), steps=2)
    >>> blow = Shock(key="blow", step=2, shift={("A", "aid"): -0.5})
    >>> told = draw_many([walk, replace(walk, shocks=(blow,))], measure=[Position("A", "aid")], draws=100)
    >>> told.values.shape, (told.values[1] - told.values[0]).mean().round(6).item()
    ((2, 100, 1), -0.5)
    """
    if not variants or not measure:
        hint = "give at least one of each"
        raise SimulationError(Problem("variants", "no variant, or nothing to measure", hint))
    raise_all(SimulationError, list(_apart(variants)))
    ready = [each if each.every == each.steps else replace(each, every=each.steps) for each in variants]
    shapes = [Shape.of(futures) for futures in ready]
    raise_all(SimulationError, list(_missing(ready, shapes, measure)))
    how, clock = how or How(), Clock(len(ready) * draws, how.report if how else None)
    with workers(draws, how) as (pool, threads):
        values, lost = _room(len(ready), draws, len(measure))
        first_plan = packed(ready[0])
        for place, (futures, shape) in enumerate(zip(ready, shapes, strict=True)):
            source = Drawn(packed(futures, like=(ready[0], first_plan)), seed)
            for first, count in chunks((0, draws), source.rows, how.chunk):
                chunk = source.chunk(pool, threads, first=first, count=count)
                ends, span = ends_of_chunk(shape, source.plan, chunk), slice(first, first + count)
                for column, outcome in enumerate(measure):
                    values[place, span, column] = outcome.column(ends)
                lost[place, span] = ~np.isfinite(chunk.futures(count)).all(axis=1)
            clock.tick(draws)
    values[lost] = np.nan
    return Many(values, lost, tuple(measure), seed)


def _room(variants: int, draws: int, outcomes: int) -> tuple[Floats, Bools]:
    if variants * draws * outcomes * 8 > MOST:
        what = f"{variants:,} variants of {draws:,} futures and {outcomes} outcomes do not fit into 1 GiB"
        raise SimulationError(Problem("variants", what, "draw them in several goes, or fewer futures"))
    return np.empty((variants, draws, outcomes)), np.empty((variants, draws), dtype=np.bool_)


def ends_of_chunk(shape: Shape, plan: Plan, chunk: Chunk) -> Ends:
    """Return the ends of a chunk of futures, to read measures off."""
    told = shape.flags(by_future(chunk.flags[0], chunk.count))
    last = {kind: table[:, -1] for kind, table in shape.tables(chunk.futures(chunk.count))}
    return Ends(shape, last, told["passed"], told["crossed"][:, -1], plan.events.member[-1] > 0)


def _apart(variants: Sequence[Futures]) -> Iterator[Problem]:
    """Yield every variant that has not the names and steps of the first."""
    first = _names(variants[0])
    for place, variant in enumerate(variants[1:], start=1):
        for kind, names in _names(variant).items():
            if names != first[kind]:
                hint = "replace numbers, shocks and ballots of the first, and keep its names and steps"
                yield Problem(f"variant {place}: {kind}", "are not those of the first variant", hint)


def _missing(
    variants: Sequence[Futures], shapes: Sequence[Shape], measure: Sequence[Outcome]
) -> Iterator[Problem]:
    """Yield everything that is asked for and that a variant does not have."""
    for place, (futures, shape) in enumerate(zip(variants, shapes, strict=True)):
        member = memberships(futures.dynamics, futures.shocks, futures.steps)[-1] > 0
        for outcome in measure:
            for each in outcome.problems(shape, member):
                yield Problem(f"variant {place}: {each.where}", each.what, each.hint)


def _names(futures: Futures) -> dict[str, object]:
    dynamics = futures.dynamics
    return {
        "actors": dynamics.actors, "issues": dynamics.issues, "blocs": dynamics.blocs,
        "covariates": dynamics.covariates, "lines": futures.lines, "steps": futures.steps,
        "years": dynamics.years, "days": futures.begins,
    }  # fmt: skip
