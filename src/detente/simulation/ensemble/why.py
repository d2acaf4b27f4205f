"""Why positions change: futures with drivers switched off, and each driver's part by Shapley's value.

v(S) is the mean change when only the drivers in S are at work; a driver's part is its mean contribution over
all orders in which drivers could be switched on (Shapley 1953). Parts add up to the whole change, and what
moves with all of them off is `other`. All runs share their luck.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, did_you_mean, raise_all
from detente.simulation.ensemble.ballots import Ballot, Consequence
from detente.simulation.ensemble.drawing import Drawn
from detente.simulation.ensemble.futures import Covariates, Futures
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.results import Shape
from detente.simulation.ensemble.shocks import Cells

Floats = NDArray[np.float64]
DRIVERS = ("bloc pull", "influence", "dependence", "threat", "domestic", "shock")
"""What can be switched off. Dependence, threat and domestic are the covariates that count as such; shock is
all that moves positions by itself: random shocks, dated shifts and news, shifts and drifts after ballots.
"""
PARAMETERS = {"bloc pull": ("alpha",), "influence": ("omega",), "shock": ("sigma_common", "sigma_own")}
"""What of the dynamics is 0 where a driver is off."""
OTHER = "other"
MOST = 100_000
CHUNK = 256
"""Futures at a time: fixed, so that sums do not hang on the number of threads."""
NORMAL = 1.959963984540054


def without(futures: Futures, drivers: Collection[str]) -> Futures:
    """Return the futures with some drivers switched off; a covariate that is off stays where it starts.

    Raises `SimulationError` for a driver that there is not.

    >>> from detente.simulation.dynamics import Dynamics
    >>> walk = Futures(dynamics=Dynamics(actors=("A",), issues=("aid",), start=0, sigma_own=0.1))
    >>> float(without(walk, ["shock"]).dynamics.sigma_own.sum())
    0.0
    """
    known = f"drivers are {', '.join(DRIVERS)}"
    raise_all(
        SimulationError,
        [
            Problem("drivers", f"there is no driver {name!r}", did_you_mean(name, DRIVERS) or known)
            for name in drivers
            if name not in DRIVERS
        ],
    )
    still = "shock" in drivers
    off: dict[str, Any] = {name: 0.0 for driver in drivers for name in PARAMETERS.get(driver, ())}
    held = futures.covariates
    assert held is not None
    frozen = np.array([driver in drivers for driver in held.drivers], dtype=bool)
    names = {name for name, off in zip(futures.dynamics.covariates, frozen, strict=True) if off}
    return replace(
        futures,
        dynamics=replace(futures.dynamics, **off),
        covariates=_still(held, frozen),
        shocks=tuple(
            replace(
                shock,
                shift={} if still else shock.shift,
                news={} if still else shock.news,
                change=_left(shock.change, names),
                target=_left(shock.target, names),
            )
            for shock in futures.shocks
        ),
        ballots=tuple(_ballot(ballot, names, still=still) for ballot in futures.ballots),
    )


def _still(held: Covariates, frozen: NDArray[np.bool_]) -> Covariates:
    return replace(held, path=np.where(frozen, 0.0, held.path), spread=np.where(frozen, 0.0, held.spread))


def _left(cells: Cells, names: Collection[str]) -> Cells:
    return {cell: size for cell, size in cells.items() if cell[1] not in names}


def _ballot(ballot: Ballot, names: Collection[str], *, still: bool) -> Ballot:
    def after(held: Consequence) -> Consequence:
        change = _left(held.change, names)
        return replace(held, change=change, shift={}, drift={}) if still else replace(held, change=change)

    return replace(ballot, passed=after(ballot.passed), failed=after(ballot.failed))


def active(futures: Futures) -> tuple[str, ...]:
    """Return the drivers that have anything to do; the part of any other is 0."""
    dynamics, held = futures.dynamics, futures.covariates
    assert held is not None
    after = [side for ballot in futures.ballots for side in (ballot.passed, ballot.failed)]
    at_work = {
        "bloc pull": bool(dynamics.alpha.any()),
        "influence": bool(dynamics.omega.any() and dynamics.influence.any()),
        "shock": bool(dynamics.sigma_own.any() or dynamics.sigma_common.any())
        or any(shock.shift or shock.news for shock in futures.shocks)
        or any(side.shift or side.drift for side in after),
    }
    return tuple(name for name in DRIVERS if at_work.get(name, name in held.drivers))


def explain(
    futures: Futures,
    *,
    base: Futures | None = None,
    draws: int = 256,
    seed: int = 0,
    threads: int | None = None,
) -> pd.DataFrame:
    """Return each driver's part in the mean change from the start to the end, or from `base` at the end.

    Rows of kind (actor or bloc), name, issue, driver, part, and the ends of its 95 per cent interval for the
    number of futures; the parts of one name add up to its `change`. Exact over all sets of the drivers that
    have anything to do: 64 runs for six.

    >>> from detente.simulation.dynamics import Dynamics
    >>> pair = Dynamics(actors=("A", "B"), issues=("aid",), blocs=("AB",), membership=1, alpha=0.5,
    ...                 start=np.array([[0.0], [1.0]]))
    >>> told = explain(Futures(dynamics=pair, steps=1), draws=64)
    >>> told.query("name == 'A' and part != 0")[["driver", "part"]].values.tolist()
    [['bloc pull', 0.25]]
    """
    raise_all(SimulationError, list(_problems(futures, base, draws)))
    at_work = tuple(name for name in DRIVERS if name in {*active(futures), *active(base or futures)})
    sets = [frozenset(each) for size in range(len(at_work) + 1) for each in combinations(at_work, size)]
    weights, runs = _weights(at_work, sets), _Runs(futures, base, seed)
    total, square = np.zeros(()), np.zeros(())
    workers = threads or get_num_threads()
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, draws, CHUNK):
            count = min(CHUNK, draws - first)
            change = [runs.change(on, pool, workers, first=first, count=count) for on in sets]
            parts = np.einsum("ps,sfr->pfr", weights, np.stack(change))
            total, square = total + parts.sum(axis=1), square + (parts**2).sum(axis=1)
    mean = total / draws
    error = NORMAL * np.sqrt(np.maximum(square / draws - mean**2, 0.0) / max(draws - 1, 1))
    return _frame(Shape.of(futures), at_work, mean, error)


def _problems(futures: Futures, base: Futures | None, draws: int) -> Iterator[Problem]:
    if not 2 <= draws <= MOST:
        yield Problem("draws", f"{draws} futures", f"give 2 to {MOST:,}; 256 is usual")
    if base is not None and (Shape.of(futures).names != Shape.of(base).names or futures.steps != base.steps):
        hint = "let the scenario replace numbers of the baseline, and keep its names and steps"
        yield Problem("base", "has other names or steps", hint)


@dataclass(frozen=True, eq=False)
class _Runs:
    """Futures, and what they are compared with, with any drivers on."""

    futures: Futures
    base: Futures | None
    seed: int

    def change(
        self, on: frozenset[str], pool: ThreadPoolExecutor, threads: int, *, first: int, count: int
    ) -> Floats:
        """Return the changes of positions and of blocs' means with these drivers on, (futures, rows)."""
        ends = []
        for each in (self.futures, self.base):
            if each is not None:
                off = without(replace(each, every=each.steps, lines=()), set(DRIVERS) - on)
                source = Drawn(packed(off), self.seed)
                values = source.chunk(pool, threads, first=first, count=count).futures(count)
                ends.append(values.reshape(count, 2, -1).astype(float))
        actors, issues, blocs, _ = source.plan.sizes
        start = ends[0][:, 0] if self.base is None else ends[1][:, 1]
        return np.asarray(ends[0][:, 1] - start)[:, : (actors + blocs) * issues]


def _weights(at_work: Sequence[str], sets: Sequence[frozenset[str]]) -> Floats:
    """Return what the change under each set counts in each driver's part, the whole and the rest, (parts,
    sets).
    """
    many = len(at_work)
    rows = np.zeros((many + 2, len(sets)))
    for place, driver in enumerate(at_work):
        for column, on in enumerate(sets):
            before = len(on - {driver})
            weight = 1 / (many * comb(many - 1, before))
            rows[place, column] = weight if driver in on else -weight
    rows[many, sets.index(frozenset(at_work))] = 1.0
    rows[many + 1, sets.index(frozenset())] = 1.0
    return rows


def _frame(shape: Shape, at_work: Sequence[str], mean: Floats, error: Floats) -> pd.DataFrame:
    kinds = [("actor", name) for name in shape.names["actor"]] + [
        ("bloc", name) for name in shape.names["bloc"]
    ]
    rows = [(*kind, issue) for kind in kinds for issue in shape.names["issue"]]
    change = mean[len(at_work)]
    parts = []
    for driver in (*DRIVERS, OTHER):
        names = (*at_work, "", OTHER)
        place = names.index(driver) if driver in names else None
        part = np.zeros(len(rows)) if place is None else mean[place]
        off = np.zeros(len(rows)) if place is None else error[place]
        table = pd.DataFrame(rows, columns=["kind", "name", "issue"])
        parts.append(table.assign(driver=driver, part=part, low=part - off, high=part + off, change=change))
    return pd.concat(parts, ignore_index=True)
