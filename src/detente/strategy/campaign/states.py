"""Futures in full, as far as advice needs them: what was drawn in each, and what was seen in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    from detente.cases.events import Happening
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.projection.preparing import Prepared

Floats = NDArray[np.float64]
Told = tuple[str, str, Floats]
"""A name in words, the key behind it, and numbers."""
GENERAL = "general alignment"
OUTERMOST = 4
"""Members of a decision's bloc whose own starts are told: half of them lowest on the item, half highest."""
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

    These are the numbers that the engine itself draws by name: what is drawn once in a future comes from
    `once`, and draw p of a parameter goes into the futures p, p + P, p + 2 P and so on.
    """
    at = np.arange(draws)
    told = [
        *_once(prepared, futures, draws, seed),
        *((name, key, values[at % len(values)]) for name, key, values in _parameters(prepared, futures)),
        *((name, key, values[at % len(values)]) for name, key, values in _starts(prepared, futures)),
    ]
    return gathered(told, draws)


def gathered(told: Iterable[Told], draws: int) -> Inputs:
    """Return what varies as inputs, each under a name of its own: two things of one name have their keys in
    brackets.
    """
    found: dict[str, Floats] = {}
    for name, key, values in told:
        if np.ptp(values) == 0 or (name in found and np.array_equal(found[name], values)):
            continue
        found[f"{name} ({key})" if name in found else name] = values
    return Inputs(tuple(found), np.stack(list(found.values()), axis=1) if found else np.empty((draws, 0)))


def _once(prepared: Prepared, futures: Futures, draws: int, seed: int) -> Iterator[Told]:
    """Yield sizes of what happens, 0 where it does not, and strengths of what moves votes, (draws,) each."""
    case = prepared.case
    assert case.projection is not None
    factor, _, strength = once(packed(futures), seed, 0, -(-draws // LANES))
    events: dict[str, Happening] = {
        **case.projection.events,
        **(case.strategies.levers if case.strategies else {}),
    }
    for row, shock in enumerate(sorted(futures.shocks, key=lambda shock: shock.step)):
        title = events[shock.key].title if shock.key in events else shock.key
        yield f"size of: {title}", shock.key, factor[:, row].reshape(-1)[:draws]
    for place, name in enumerate(STRENGTHS):
        # Strengths of the same name are drawn together in all ballots.
        vary = np.ptp(strength[:, :, place], axis=(0, 2)) > 0
        if vary.any():
            yield WORDS[name], name, strength[:, vary.argmax(), place].reshape(-1)[:draws]


def _parameters(prepared: Prepared, futures: Futures) -> Iterator[Told]:
    """Yield speeds and effects, (P,) each."""
    case, dynamics = prepared.case, futures.dynamics
    assert case.projection is not None
    for k, issue in enumerate(dynamics.issues):
        told = _issue(prepared, issue)
        speed = np.median(dynamics.sigma_own[:, :, k], axis=1)
        yield f"how fast actors move on {told}", issue, speed
        for c, driver in enumerate(dynamics.covariates):
            if driver in case.projection.drivers:
                title = case.projection.drivers[driver].title
                yield f"effect of {title} on {told}", f"{driver}, {issue}", dynamics.beta[:, c, k]


def _starts(prepared: Prepared, futures: Futures) -> Iterator[Told]:
    """Yield where the first bloc, the ally, and the members who matter most to decisions start, (P,) each."""
    case, dynamics = prepared.case, futures.dynamics
    for k, issue in enumerate(dynamics.issues):
        told = _issue(prepared, issue)
        if dynamics.blocs:
            inside = dynamics.membership[:, 0] > 0
            title, mean = case.blocs[dynamics.blocs[0]].title, dynamics.start[:, inside, k].mean(axis=1)
            yield f"where {title} starts on {told}", issue, mean
        if case.ally in dynamics.actors:
            ally = dynamics.actors.index(case.ally)
            yield f"where {case.ally} starts on {told}", issue, dynamics.start[:, ally, k]
    for actor, issue in _outermost(prepared, futures):
        place = dynamics.actors.index(actor), dynamics.issues.index(issue)
        yield f"where {actor} starts on {_issue(prepared, issue)}", issue, dynamics.start[:, *place]


def _outermost(prepared: Prepared, futures: Futures) -> Iterator[tuple[str, str]]:
    """Yield the members of each decision's bloc that stand lowest and highest on its item, with the item."""
    case, dynamics = prepared.case, futures.dynamics
    for key in dict.fromkeys(ballot.key for ballot in futures.ballots):
        decision = case.decisions[key]
        mean = dynamics.start[:, :, dynamics.issues.index(decision.item)].mean(axis=0)
        inside = [each for each in prepared.names.members[decision.bloc] if each in dynamics.actors]
        order = sorted(inside, key=lambda each: mean[dynamics.actors.index(each)])
        for actor in dict.fromkeys([*order[: OUTERMOST // 2], *order[-(OUTERMOST // 2) :]]):
            yield actor, decision.item


def _issue(prepared: Prepared, issue: str) -> str:
    assert prepared.case.agenda is not None
    items = prepared.case.agenda.items
    return items[issue].title if issue in items else GENERAL


def seen(prepared: Prepared, futures: Futures, *, draws: int, seed: int) -> Seen:
    """Return what can be watched: means and spreads of blocs, drivers, and how often decisions have failed.

    Each name stands for one series, and no two series are the same in all futures: what would repeat another
    (a bloc with the same members, say) is left to the first.
    """
    shape, source = Shape.of(futures), Drawn(packed(futures), seed)
    threads = get_num_threads()
    with ThreadPoolExecutor(threads) as pool:
        chunk = source.chunk(pool, threads, first=0, count=draws)
    tables = dict(shape.tables(chunk.futures(draws).astype(float)))
    passed = shape.flags(by_future(chunk.flags[0], draws))["passed"]
    told: dict[str, Floats] = {}
    for name, key, series in [*_watched(prepared, shape, tables), *_failed(prepared, shape, passed)]:
        if not any(np.array_equal(series, other, equal_nan=True) for other in told.values()):
            told[f"{name} ({key})" if name in told else name] = series
    return Seen(tuple(told), np.stack(list(told.values()), axis=2))


def _failed(prepared: Prepared, shape: Shape, passed: NDArray[np.bool_]) -> Iterator[Told]:
    """Yield how often each decision has failed by each time, (futures, times), in words and with its key."""
    for key in dict.fromkeys(key for key, _ in shape.occasions):
        failed = np.zeros((len(passed), len(shape.times)))
        for row, (name, step) in enumerate(shape.occasions):
            if name == key:
                failed[:, step:] += ~passed[:, row, None]
        yield f"times that it failed: {prepared.case.decisions[key].title}", key, failed


def _watched(prepared: Prepared, shape: Shape, tables: dict[str, Floats]) -> Iterator[Told]:
    """Yield means and spreads of blocs, and drivers among members of the first bloc."""
    case = prepared.case
    assert case.projection is not None
    for b, bloc in enumerate(shape.names["bloc"]):
        title = case.blocs[bloc].title
        for k, issue in enumerate(shape.names["issue"]):
            told, key = _issue(prepared, issue), f"{bloc}, {issue}"
            told = told[:1].upper() + told[1:]
            yield f"{told}: mean of {title}", key, tables["blocs"][:, :, b, k]
            yield f"{told}: spread in {title}", key, tables["spreads"][:, :, b, k]
    main = prepared.names.members[next(iter(case.blocs))]
    inside = [place for place, actor in enumerate(shape.names["actor"]) if actor in main]
    for c, driver in enumerate(shape.names["covariate"]):
        if driver in case.projection.drivers and inside:
            title = case.projection.drivers[driver].title
            series = tables["covariates"][:, :, inside, c].mean(axis=2)
            yield f"{title}: mean of {case.blocs[next(iter(case.blocs))].title}", driver, series
