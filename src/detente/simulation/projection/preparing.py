"""From a case to its futures: everything that they are drawn from, and everything that could not be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.cases.projection import ALIGNMENT
from detente.errors import Problem, SimulationError
from detente.measurement.blocs import members, memberships
from detente.measurement.missing import Missing
from detente.simulation.agenda.table import Table
from detente.simulation.dynamics import Dynamics
from detente.simulation.ensemble.futures import Covariates, Futures, Line, ends_of
from detente.simulation.projection.balloting import ballots_of
from detente.simulation.projection.happening import STEP, Calendar, Names, shocks_and_payments
from detente.simulation.projection.law import PARAMETERS, YEAR, Past, Scene, dynamics, past
from detente.simulation.projection.levels import Level
from detente.simulation.projection.sharing import levels_of, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.cases.events import Happening
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.grounds import Grounded
    from detente.simulation.panel.stored import StoredFit

Floats = NDArray[np.float64]
MOST_YEARS = 50
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Known:
    """What a projection starts from: evidence, measures, and the fitted panel if there is one."""

    evidence: Evidence
    measures: Grounded
    fit: StoredFit | None


@dataclass(frozen=True, eq=False)
class Prepared:
    """Futures of a case, with what they were made from.

    `levels` are the drivers' as measured, `unknown` those that are not; `on` says of each item who really
    is on it, the rest being filled in; `events` are those in the window; `missing` names what could not be
    had.
    """

    case: Case
    known: Known
    futures: Futures
    events: Mapping[str, Happening]
    names: Names
    calendar: Calendar
    table: Table
    levels: tuple[Level, ...]
    unknown: tuple[Missing, ...]
    on: Mapping[str, frozenset[str]]
    missing: tuple[Missing, ...]


def prepare(
    case: Case, known: Known, *, until: date | None = None, seed: int = 0, like: Prepared | None = None
) -> Prepared:
    """Return the futures of a case, in half-years from the day it looks from until a day, or for its years.

    What another case that is prepared, such as its baseline, has in common with it is taken from there
    (`like`). Raises `SimulationError` where the case asks for none, where the window makes no sense, and for
    every event that does not fit.
    """
    if case.projection is None:
        hint = "add `projection:`; `detente schema` explains it"
        raise SimulationError(Problem(case.name, "asks for no projection", hint))
    steps, aside = _steps(case, until)
    table = table_of(case, known, like=like)
    held, spells, missing = _scene(case, known, table)
    found, unknown = levels_of(case, known, actors=held.actors, spells=spells, like=like)
    drivers = (*(level.key for level in found), *((YEAR,) if ALIGNMENT in held.issues else ()))
    scene = Scene(held.actors, held.blocs, held.member, held.issues, drivers)
    law = _past(case, known, scene, steps=steps, seed=seed)
    told = dynamics(case.projection, scene, table, law, weight=_weight(case, table, scene), seed=seed)
    days = tuple(day.date() for day in ends_of(case.as_of, STEP, steps))
    calendar = Calendar(days)
    names = Names(
        scene.actors,
        {bloc: members(spells[bloc], case.as_of) for bloc in case.blocs},
    )
    events = {key: each for key, each in case.projection.events.items() if key not in aside}
    missing += [Missing("projection", f"events: {key}", "lies beyond the end asked for") for key in aside]
    futures = _futures(case, known, told, found, events, calendar=calendar, names=names)
    on = {item: frozenset(table.cells[item].actors) for item in case.projection.items}
    if ALIGNMENT in scene.issues:
        on |= {ALIGNMENT: frozenset(np.array(scene.actors, object)[law.known].tolist())}
    missing += [*unknown, *table.missing, *_unread(case, on, scene)]
    return Prepared(
        case, known, futures, events, names, calendar, table, tuple(found), tuple(unknown), on,
        tuple(dict.fromkeys(missing)),
    )  # fmt: skip


def _steps(case: Case, until: date | None) -> tuple[int, list[str]]:
    """Return the number of half-years, and the events that lie beyond an end that was asked for."""
    assert case.projection is not None
    if until is None:
        return 2 * case.projection.years, []
    years = (until - case.as_of).days / DAYS_A_YEAR
    if not 0 < years <= MOST_YEARS:
        what = f"{until} is {years:.1f} years after the day the case looks from ({case.as_of})"
        hint = f"choose a day up to {MOST_YEARS} years later; further ahead nothing is left of what is known"
        raise SimulationError(Problem("until", what, hint))
    steps = ceil(years / STEP - 0.01)
    end = ends_of(case.as_of, STEP, steps)[-1].date()
    return steps, [key for key, each in case.projection.events.items() if each.date >= end]


def _scene(case: Case, known: Known, table: Table) -> tuple[Scene, dict[str, pd.DataFrame], list[Missing]]:
    """Return who is followed: everyone on one of the items at least."""
    assert case.projection is not None
    actors = tuple(sorted({actor for item in case.projection.items for actor in table.cells[item].actors}))
    if not actors:
        raise SimulationError(Problem("projection.items", "nobody is placed on any of them", "place actors"))
    spells = {bloc: memberships(case, bloc, evidence=known.evidence) for bloc in case.blocs}
    inside = {bloc: set(members(spells[bloc], case.as_of)) for bloc in case.blocs}
    blocs = tuple(bloc for bloc in case.blocs if inside[bloc] & set(actors))
    member = np.array([[float(actor in inside[bloc]) for bloc in blocs] for actor in actors])
    issues, missing = case.projection.items, []
    if case.projection.alignment and known.fit is not None:
        issues = (*issues, ALIGNMENT)
    elif case.projection.alignment:
        why = "there is no estimate of how alignment moves"
        missing.append(Missing("projection", ALIGNMENT, why, "type: detente data pull unga_votes"))
    return Scene(actors, blocs, member.reshape(len(actors), len(blocs)), issues, ()), spells, missing


def _past(case: Case, known: Known, scene: Scene, *, steps: int, seed: int) -> Past:
    """Return the panel's law, drawn; without an estimate, normal shocks alike for all, and no pulls."""
    if known.fit is None:
        size, blocs = len(scene.actors), len(scene.blocs)
        one, none = np.ones((PARAMETERS, size)), np.zeros((PARAMETERS, blocs))
        return Past(
            start=0 * one, scale=one, common=np.zeros((PARAMETERS, blocs + 1)), alpha=none,
            drift=none[:, :1] if blocs else np.zeros((PARAMETERS, 1)), dof=np.full(PARAMETERS, np.inf),
            typical=one[:, :1], known=np.zeros(size, dtype=bool),
        )  # fmt: skip
    since = date(known.fit.year, 12, 31)
    years = max((case.as_of - since).days / DAYS_A_YEAR, 0.0)
    if not any(actor in known.fit.actors for actor in scene.actors):
        raise SimulationError(Problem("projection.alignment", "nobody on the agenda votes", "say false"))
    return past(known.fit, scene, gap=years, ahead=ceil(steps * STEP), seed=seed)


def _weight(case: Case, table: Table, scene: Scene) -> Floats | None:
    """Return who listens to whom: to actors of the same bloc, by capability; rows add up to 1 or 0."""
    assert case.projection is not None
    if case.projection.influence is None:
        return None
    capability = {
        actor: reading.value
        for cells in table.cells.values()
        for actor, reading in zip(cells.actors, cells.readings["capability"], strict=True)
    }
    heard = np.array([capability.get(actor, 0.0) for actor in scene.actors])
    weight = (scene.member @ scene.member.T > 0) * heard[None, :]
    np.fill_diagonal(weight, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0))


def _futures(
    case: Case,
    known: Known,
    told: Dynamics,
    found: list[Level],
    events: Mapping[str, Happening],
    *,
    calendar: Calendar,
    names: Names,
) -> Futures:
    assert case.projection is not None
    where = "projection.events"
    shocks, paid = shocks_and_payments(events, calendar=calendar, names=names, where=where)
    ballots = ballots_of(case, known.evidence, events, calendar=calendar, names=names)
    return Futures(
        dynamics=told,
        covariates=_covariates(case, told, found, steps=len(calendar.days) - 1),
        ballots=tuple(ballots),
        shocks=tuple(shocks),
        payments=tuple(each for each in paid if each.ballot in {ballot.key for ballot in ballots}),
        lines=tuple(_lines(case, told)),
        steps=len(calendar.days) - 1,
        begins=case.as_of,
    )


def adding(prepared: Prepared, extra: Mapping[str, Happening], *, where: str) -> Futures:
    """Return the futures of a case in which more happens: levers that are pulled, by key.

    `where` says where in the case they stand. Raises `SimulationError` for every one that does not fit.
    """
    base, calendar, names = prepared.futures, prepared.calendar, prepared.names
    shocks, paid = shocks_and_payments(extra, calendar=calendar, names=names, where=where)
    ballots = base.ballots
    if any(event.join or event.leave or event.rules for event in extra.values()):
        both = {**prepared.events, **extra}
        ballots = tuple(
            ballots_of(prepared.case, prepared.known.evidence, both, calendar=calendar, names=names)
        )
    voted = {ballot.key for ballot in ballots}
    return replace(
        base,
        shocks=(*base.shocks, *shocks),
        payments=(*base.payments, *(each for each in paid if each.ballot in voted)),
        ballots=ballots,
    )


def _covariates(case: Case, told: Dynamics, found: list[Level], *, steps: int) -> Covariates:
    """Return drivers at their levels, each wandering as far as is likeliest."""
    assert case.projection is not None
    size, many = len(told.actors), len(told.covariates)
    start, sd, spread = (np.zeros((size, many)) for _ in range(3))
    low, high, path = np.full(many, -np.inf), np.full(many, np.inf), np.zeros((steps, size, many))
    kinds = []
    for column, key in enumerate(told.covariates):
        if key == YEAR:
            path[:, :, column] = STEP
            kinds.append("other")
            continue
        level = found[column]
        start[:, column], sd[:, column] = level.value, level.sd
        kinds.append(level.kind)
        if level.bounded:
            low[column], high[column] = 0.0, 1.0
        driver = case.projection.drivers.get(key)
        if driver is not None:
            held = driver.wander
            spread[:, column] = held.value * np.sqrt(STEP)
    return Covariates(
        start=start, start_sd=sd, path=path, spread=spread, low=low, high=high, drivers=tuple(kinds)
    )


def _lines(case: Case, told: Dynamics) -> Iterator[Line]:
    """Yield the lines of the case that lie on issues that are followed."""
    assert case.projection is not None
    mean = told.start.mean(axis=0)
    for key, line in case.projection.lines.items():
        if line.item not in told.issues:
            continue
        issue = told.issues.index(line.item)
        if line.at is not None:
            yield Line(key=key, issue=line.item, at=line.at)
            continue
        assert line.between is not None
        ends = [mean[_where(told, name, f"projection.lines.{key}"), issue].mean() for name in line.between]
        yield Line(key=key, issue=line.item, at=float(sum(ends) / 2))


def _where(told: Dynamics, name: str, where: str) -> list[int]:
    if name in told.blocs:
        return np.flatnonzero(told.membership[:, told.blocs.index(name)]).tolist()
    if name not in told.actors:
        raise SimulationError(
            Problem(f"{where}: {name}", "is not on the agenda", "add it to `agenda.beside`")
        )
    return [told.actors.index(name)]


def _unread(case: Case, on: Mapping[str, frozenset[str]], scene: Scene) -> Iterator[Missing]:
    """Yield members of blocs whose place on an issue is not known, and is drawn from those of others."""
    inside = (scene.member > 0).sum(axis=1) > 0
    for issue, known in on.items():
        lacking = [
            each for each, there in zip(scene.actors, inside, strict=True) if there and each not in known
        ]
        if lacking:
            why = "their place is not known; it is drawn from those of others, and counts in their blocs"
            yield Missing("projection", f"{issue}: {', '.join(lacking)}", why)
