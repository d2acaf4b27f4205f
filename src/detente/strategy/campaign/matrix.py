"""The campaign: every portfolio of one side against every portfolio of another, over the same futures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError, raise_all
from detente.executors import How, run
from detente.simulation.ensemble.many import draw_many
from detente.simulation.ensemble.measures import Outcome, Position, label
from detente.strategy.campaign.payoffs import Ledger, ledger, measured, simulated
from detente.strategy.campaign.pulling import Change, Pulls
from detente.strategy.campaign.sides import NOTHING, Side

if TYPE_CHECKING:
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.projection.preparing import Prepared

Floats = NDArray[np.float64]
TOGETHER = 20
"""Pairs of portfolios in one chunk of work."""
FEWEST = 100
NORMAL = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Batch:
    """Pairs of portfolios that are drawn together, as changes of the same futures: what a worker is sent."""

    base: Futures
    changes: tuple[Change, ...]
    outcomes: tuple[Outcome, ...]
    draws: int
    seed: int
    threads: int = field(default=1, compare=False)


@dataclass(frozen=True, eq=False)
class Campaign:
    """What came of every pair of portfolios.

    `outcomes` (rows, columns, futures, outcomes) as measured; `points` and `other_points` (rows, columns,
    futures, objectives + 1) of the two sides, the last the cost; `base` (futures, outcomes) where nobody does
    anything. Futures in which any number was lost are left out of all, and counted in `lost`.
    """

    prepared: Prepared
    side: Side
    other: Side
    measures: tuple[Outcome, ...]
    outcomes: Floats
    points: Floats
    other_points: Floats
    base: Floats
    kept: NDArray[np.int64]
    lost: int
    draws: int
    seed: int
    ledgers: tuple[Ledger, Ledger] = field(repr=False)

    @property
    def rows(self) -> tuple[str, ...]:
        """Portfolios of the side that is advised."""
        return tuple(self.side.portfolios)

    @property
    def columns(self) -> tuple[str, ...]:
        """Portfolios of the other."""
        return tuple(self.other.portfolios)

    @property
    def payoffs(self) -> Floats:
        """Points of both sides, (rows, columns, futures, 2): all objectives less costs."""
        return np.stack([self.points.sum(axis=3), self.other_points.sum(axis=3)], axis=3)

    def frame(self) -> pd.DataFrame:
        """Return a row for each pair: mean points of both sides, with 95 per cent intervals."""
        told = self.payoffs
        rows = []
        for i, own in enumerate(self.rows):
            for j, answer in enumerate(self.columns):
                row: dict[str, object] = {"portfolio": own, "answer": answer}
                for place, who in enumerate(("points", "other")):
                    mean, error = mean_of(told[i, j, :, place])
                    row |= {who: mean, f"{who}_low": mean - error, f"{who}_high": mean + error}
                rows.append(row)
        return pd.DataFrame(rows)

    def outcome_frame(self) -> pd.DataFrame:
        """Return a row for each pair and outcome: its mean, and its mean difference from doing nothing."""
        rows = []
        for i, own in enumerate(self.rows):
            for j, answer in enumerate(self.columns):
                for place, each in enumerate(self.measures):
                    values = self.outcomes[i, j, :, place]
                    change, error = mean_of(values - self.base[:, place])
                    rows.append(
                        {"portfolio": own, "answer": answer, "outcome": label(each), "mean": values.mean(),
                         "change": change, "low": change - error, "high": change + error}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    def objective_frame(self) -> pd.DataFrame:
        """Return a row for each portfolio and objective of the side: mean points over answers and futures."""
        names = self.ledgers[0].names
        rows = []
        for i, own in enumerate(self.rows):
            by_future = self.points[i].mean(axis=0)
            for place, name in enumerate(names):
                mean, error = mean_of(by_future[:, place])
                rows.append(
                    {"portfolio": own, "objective": name, "points": mean, "low": mean - error,
                     "high": mean + error}
                )  # fmt: skip
        return pd.DataFrame(rows)


def mean_of(values: Floats) -> tuple[float, float]:
    """Return the mean and half the width of its 95 per cent interval for the number of futures."""
    return float(values.mean()), float(NORMAL * values.std() / np.sqrt(max(len(values) - 1, 1)))


def campaign(
    prepared: Prepared, side: Side, other: Side, *, draws: int = 1000, seed: int = 0, how: How | None = None
) -> Campaign:
    """Draw every pair of portfolios over the same futures.

    The same bytes on every executor and for any number of workers. Raises `StrategyError` where there is one
    portfolio alone, too few futures, or too few that stay within bounds, and `SimulationError` with all
    levers that do not fit the case.
    """
    _check(side, draws)
    case, how = prepared.case, how or How()
    measures = tuple(
        dict.fromkeys([*measured(side, case).values(), *measured(other, case).values()])
    ) or _something(prepared)
    shape = len(side.portfolios), len(other.portfolios)
    values, kept = _drawn(
        prepared, _changes(prepared, side, other), measures, draws=draws, seed=seed, how=how
    )
    values = values.reshape(*shape, len(kept), len(measures))
    base = values[list(side.portfolios).index(NOTHING), list(other.portfolios).index(NOTHING)]
    ledgers = ledger(side, other, draws=draws, seed=seed), ledger(other, side, draws=draws, seed=seed)
    points, others = (np.empty((*shape, len(kept), len(each.names))) for each in ledgers)
    for i, own in enumerate(side.portfolios.values()):
        for j, answer in enumerate(other.portfolios.values()):
            here = values[i, j]
            points[i, j] = simulated(side, case, measures, here, base)
            points[i, j] += ledgers[0].points(own, answer, draws)[kept]
            others[i, j] = simulated(other, case, measures, here, base)
            others[i, j] += ledgers[1].points(answer, own, draws)[kept]
    return Campaign(
        prepared, side, other, measures, values, points, others, base, kept, draws - len(kept), draws, seed,
        ledgers,
    )  # fmt: skip


def _check(side: Side, draws: int) -> None:
    problems = []
    if draws < FEWEST:
        hint = f"draw {FEWEST} at least; 1000 is usual"
        problems.append(Problem("draws", f"{draws} futures tell portfolios apart by luck", hint))
    if len(side.portfolios) < 2:
        what = "has nothing to choose between: doing nothing is its only portfolio"
        problems.append(Problem(f"player {side.key!r}", what, "give it levers"))
    raise_all(StrategyError, problems)


def _something(prepared: Prepared) -> tuple[Outcome, ...]:
    """Return any outcome, where no objective is read from the futures."""
    dynamics = prepared.futures.dynamics
    return (Position(dynamics.actors[0], dynamics.issues[0]),)


def _changes(prepared: Prepared, side: Side, other: Side) -> Iterator[Change]:
    pulls = Pulls.of(prepared, {**side.levers, **other.levers})
    for own in side.portfolios.values():
        for answer in other.portfolios.values():
            yield pulls.pulled((*own, *answer))


def _drawn(
    prepared: Prepared,
    changes: Iterator[Change],
    measures: Sequence[Outcome],
    *,
    draws: int,
    seed: int,
    how: How,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return outcomes (pairs, futures, outcomes) of the futures that no pair lost, and which these are."""
    base, every = replace(prepared.futures, every=prepared.futures.steps), list(changes)
    together, threads = how.chunk or TOGETHER, how.threads(get_num_threads())
    batches = [
        Batch(base, tuple(every[first : first + together]), tuple(measures), draws, seed, threads)
        for first in range(0, len(every), together)
    ]
    where = replace(how, executor="serial") if how.here else how
    found = list(run(drawn, batches, where, sizes=[len(batch.changes) for batch in batches]))
    kept = np.flatnonzero(~np.concatenate([each["lost"] for each in found]).any(axis=0))
    if len(kept) < FEWEST:
        what = f"numbers grow beyond bounds in {draws - len(kept)} of {draws} futures"
        raise StrategyError(Problem("futures", what, "look for sizes that are far too large"))
    return np.concatenate([each["values"] for each in found])[:, kept], kept


def drawn(batch: Batch) -> dict[str, NDArray[np.generic]]:
    """Draw one batch: values (pairs, futures, outcomes) and lost (pairs, futures)."""
    found = draw_many(
        [change.upon(batch.base) for change in batch.changes],
        measure=batch.outcomes,
        draws=batch.draws,
        seed=batch.seed,
        how=How("threads", batch.threads),
    )
    return {"values": found.values, "lost": found.lost}
