"""Futures under stress: what comes of any turn of a case's knobs, fast enough to search for a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.simulation.ensemble.drawing import Drawn
from detente.simulation.ensemble.many import ends_of_chunk
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.plan import Plan
from detente.simulation.ensemble.results import Shape
from detente.simulation.ensemble.shocks import Shock
from detente.strategy.campaign.payoffs import outcome_of
from detente.strategy.tipping.space import Space

if TYPE_CHECKING:
    from detente.cases.strategies import Stress
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.ensemble.measures import Outcome
    from detente.simulation.projection.preparing import Prepared

Floats = NDArray[np.float64]
FUTURES = 128
"""Futures behind each turn of the knobs: the same ones, so that outcomes differ by the knobs alone."""
FEWEST = 8
"""Fewer futures than this have no mean worth the name."""
STRESS = "under stress"
"""What is turned, as a shock; with a space in it, as no event of a case can have in its key."""


@dataclass(frozen=True, eq=False)
class Means:
    """What came of rows of turns: means and their standard errors (rows, measures), and how many futures of
    each row grew beyond bounds and are in neither, (rows,).
    """

    mean: Floats
    error: Floats
    lost: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stressed:
    """A case's futures with knobs: `means` gives the mean of each measure for rows of turns (rows, knobs)."""

    plan: Plan
    shape: Shape
    place: int
    shifts: Floats
    changes: Floats
    measures: tuple[Outcome, ...]
    names: tuple[str, ...]
    low: Floats
    draws: int
    seed: int

    def means(self, x: Floats) -> Means:
        """Return what comes of rows of turns; raises `StrategyError` where hardly a future of one is left."""
        mean, error = (np.empty((len(x), len(self.measures))) for _ in range(2))
        lost = np.empty(len(x), dtype=np.int64)
        threads = get_num_threads()
        with ThreadPoolExecutor(threads) as pool:
            for row, turn in enumerate(x):
                values, lost[row] = self._values(turn, pool, threads)
                mean[row] = values.mean(axis=0)
                error[row] = values.std(axis=0) / np.sqrt(len(values))
        return Means(mean, error, lost)

    def _values(self, turn: Floats, pool: ThreadPoolExecutor, threads: int) -> tuple[Floats, int]:
        events = self.plan.events
        shift, change = events.shift.copy(), events.change.copy()
        shift[self.place] = np.einsum("d,dnk->nk", turn, self.shifts)
        change[self.place] = np.einsum("d,dnc->nc", turn, self.changes)
        plan = replace(self.plan, events=events._replace(shift=shift, change=change))
        chunk = Drawn(plan, self.seed).chunk(pool, threads, first=0, count=self.draws)
        ends = ends_of_chunk(self.shape, plan, chunk)
        whole = np.isfinite(chunk.futures(self.draws)).all(axis=1)
        if whole.sum() < FEWEST:
            what = f"numbers grow beyond bounds in {(~whole).sum()} of {self.draws} futures under stress"
            hint = "look for knobs that are far too large"
            raise StrategyError(Problem("strategies.stress", what, hint))
        values = np.column_stack([each.column(ends) for each in self.measures])
        return values[whole], int((~whole).sum())

    @property
    def space(self) -> Space:
        """The knobs, each from as it is to as far as is plausible."""
        size = len(self.names)
        return Space(
            base=np.zeros(size), low=self.low, high=np.ones(size), scale=np.ones(size), names=self.names
        )


def stressed(
    prepared: Prepared,
    stress: Stress,
    *,
    measures: Sequence[Outcome] = (),
    futures: Futures | None = None,
    draws: int = FUTURES,
    seed: int = 0,
) -> Stressed:
    """Return a case's futures with its knobs, measured by its breaks and by `measures` beside them."""
    base = futures or prepared.futures
    names, dynamics = prepared.names, base.dynamics
    step = prepared.calendar.step(stress.date, "strategies.stress.date")
    where = "strategies.stress.knobs"
    cells = {key: (names.cells(knob.shift, f"{where}.{key}.shift"),
                   names.cells(knob.change, f"{where}.{key}.change"))
             for key, knob in stress.knobs.items()}  # fmt: skip
    every: tuple[dict[tuple[str, str], float], ...] = ({}, {})
    for both in cells.values():
        for held, more in zip(every, both, strict=True):
            held |= dict.fromkeys(more, 1.0)
    turned = Shock(key=STRESS, step=step, shift=every[0], change=every[1])
    full = replace(base, shocks=(*base.shocks, turned), every=base.steps)
    order = sorted(full.shocks, key=lambda each: each.step)
    told = tuple(
        dict.fromkeys(
            [*(outcome_of(each.measure, prepared.case) for each in stress.breaks.values()), *measures]
        )
    )
    return Stressed(
        plan=packed(full),
        shape=Shape.of(full),
        place=[each.key for each in order].index(STRESS),
        shifts=_tables([each[0] for each in cells.values()], dynamics.actors, dynamics.issues),
        changes=_tables([each[1] for each in cells.values()], dynamics.actors, dynamics.covariates),
        measures=told,
        names=tuple(stress.knobs),
        low=np.array([-1.0 if knob.both else 0.0 for knob in stress.knobs.values()]),
        draws=draws,
        seed=seed,
    )


def _tables(
    cells: Sequence[Mapping[tuple[str, str], float]], actors: Sequence[str], columns: Sequence[str]
) -> Floats:
    found = np.zeros((len(cells), len(actors), len(columns)))
    for place, held in enumerate(cells):
        for (actor, column), size in held.items():
            found[place, actors.index(actor), columns.index(column)] = size
    return found


def column_of(stress: Stress, key: str) -> int:
    """Return where the measure of a break stands: breaks that are read from the same share a column."""
    specs = {name: each.measure.model_dump_json() for name, each in stress.breaks.items()}
    return list(dict.fromkeys(specs.values())).index(specs[key])
