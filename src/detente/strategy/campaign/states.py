"""Futures in full, as far as advice needs them: what was drawn in each, and what was seen in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from detente.simulation.ensemble.drawing import Drawn, by_future, once
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.packing import STRENGTHS, packed
from detente.simulation.ensemble.results import Shape

if TYPE_CHECKING:
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.projection.preparing import Prepared

Floats = NDArray[np.float64]
WORDS = {
    "doubt": "how far votes stray", "abstention": "how readily members abstain",
    "hold": "how far dependence holds members back", "pressure": "how far domestic pressure holds them back",
    "isolation": "how much standing alone costs",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inputs:
    """What was drawn in each future: values (futures, inputs), with names in words."""

    names: tuple[str, ...]
    values: Floats

    def of(self, kept: NDArray[np.int64]) -> Inputs:
        """Return the inputs of some futures, without those that do not vary there."""
        values = self.values[kept]
        vary = np.ptp(values, axis=0) > 0
        names = tuple(name for name, there in zip(self.names, vary, strict=True) if there)
        return Inputs(names, values[:, vary])


@dataclass(frozen=True, eq=False)
class Seen:
    """What can be seen at each half-year in each future, (futures, times, signs), with names in words."""

    names: tuple[str, ...]
    values: Floats


def inputs(prepared: Prepared, futures: Futures, *, draws: int, seed: int) -> Inputs:
    """Return what is uncertain in futures, as drawn: sizes of events and levers, strengths, speeds, effects,
    and where actors start.
    """
    found = dict(_inputs(prepared, futures, draws, seed))
    return Inputs(tuple(found), np.stack(list(found.values()), axis=1))


def _inputs(prepared: Prepared, futures: Futures, draws: int, seed: int) -> Iterator[tuple[str, Floats]]:
    case, dynamics = prepared.case, futures.dynamics
    assert case.projection is not None and case.agenda is not None
    at = np.arange(draws)
    title = {key: item.title for key, item in case.agenda.items.items()}
    plan = packed(futures)
    factor, _, strength = once(plan, seed, 0, -(-draws // LANES))
    factor, strength = (np.moveaxis(each, 0, -2).reshape(*each.shape[1:-1], -1)[..., :draws]
                        for each in (factor, strength))  # fmt: skip
    levers = case.strategies.levers if case.strategies else {}
    named = {**{key: each.title for key, each in levers.items()},
             **{key: each.title for key, each in case.projection.events.items()}}  # fmt: skip
    for row, shock in enumerate(sorted(futures.shocks, key=lambda shock: shock.step)):
        if np.ptp(factor[row]) > 0:
            yield f"size of: {named.get(shock.key, shock.key)}", factor[row]
    if len(futures.ballots):
        for place, name in enumerate(STRENGTHS):
            if np.ptp(strength[0, place]) > 0:
                yield WORDS[name], strength[0, place]
    for k, issue in enumerate(dynamics.issues):
        own = np.median(dynamics.sigma_own[:, :, k], axis=1)
        if len(own) > 1 and np.ptp(own) > 0:
            yield f"how fast actors move on {title.get(issue, issue)}", own[at % len(own)]
    for c, driver in enumerate(dynamics.covariates):
        spec = case.projection.drivers.get(driver)
        for k, issue in enumerate(dynamics.issues):
            effect = dynamics.beta[:, c, k]
            if spec is not None and len(effect) > 1 and np.ptp(effect) > 0:
                yield f"effect of {spec.title} on {title.get(issue, issue)}", effect[at % len(effect)]
    start = dynamics.start
    bloc = dynamics.membership[:, 0] > 0 if len(dynamics.blocs) else np.ones(len(dynamics.actors), dtype=bool)
    for k, issue in enumerate(dynamics.issues):
        mean = start[:, bloc, k].mean(axis=1)
        if len(mean) > 1 and np.ptp(mean) > 0:
            yield f"where {dynamics.blocs[0]} starts on {title.get(issue, issue)}", mean[at % len(mean)]
        if case.ally in dynamics.actors:
            own = start[:, dynamics.actors.index(case.ally), k]
            if len(own) > 1 and np.ptp(own) > 0:
                yield f"where {case.ally} starts on {title.get(issue, issue)}", own[at % len(own)]


def seen(prepared: Prepared, futures: Futures, *, draws: int, seed: int) -> Seen:
    """Return what can be watched: means and spreads of blocs, drivers, and whether decisions have failed."""
    shape, source = Shape.of(futures), Drawn(packed(futures), seed)
    threads = get_num_threads()
    with ThreadPoolExecutor(threads) as pool:
        chunk = source.chunk(pool, threads, first=0, count=draws)
    tables = dict(shape.tables(chunk.futures(draws).astype(float)))
    told = dict(_watched(prepared, shape, tables))
    passed = shape.flags(by_future(chunk.flags[0], draws))["passed"]
    for key in dict.fromkeys(key for key, _ in shape.occasions):
        rows = [place for place, (name, _) in enumerate(shape.occasions) if name == key]
        steps = [shape.occasions[row][1] for row in rows]
        failed = np.zeros((draws, len(shape.times)))
        for row, step in zip(rows, steps, strict=True):
            failed[:, step:] += ~passed[:, row, None]
        told[f"times that it failed: {prepared.case.decisions[key].title}"] = failed
    return Seen(tuple(told), np.stack(list(told.values()), axis=2))


def _watched(prepared: Prepared, shape: Shape, tables: dict[str, Floats]) -> Iterator[tuple[str, Floats]]:
    case = prepared.case
    assert case.projection is not None and case.agenda is not None
    titles = {key: item.title for key, item in case.agenda.items.items()}
    blocs = {key: bloc.title for key, bloc in case.blocs.items()}
    for b, bloc in enumerate(shape.names["bloc"]):
        for k, issue in enumerate(shape.names["issue"]):
            told = titles.get(issue, "General alignment")
            yield f"{told}: mean of {blocs[bloc]}", tables["blocs"][:, :, b, k]
            yield f"{told}: spread in {blocs[bloc]}", tables["spreads"][:, :, b, k]
    main = prepared.names.members[next(iter(case.blocs))]
    inside = [place for place, actor in enumerate(shape.names["actor"]) if actor in main]
    for c, driver in enumerate(shape.names["covariate"]):
        if driver in case.projection.drivers:
            told = case.projection.drivers[driver].title
            yield f"{told}: mean of members", tables["covariates"][:, :, inside, c].mean(axis=2)
