"""What `projection:` and `scenarios:` ask for that cannot be given, found before anything is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.projection import ALIGNMENT
from detente.cases.scenarios import patched
from detente.errors import DetenteError
from detente.measurement.findings import Finding
from detente.measurement.observations import observe_series

if TYPE_CHECKING:
    from detente.cases.events import Event, Moves
    from detente.cases.projection import Projection
    from detente.cases.schema import Case
    from detente.measurement.observations import Scene

LISTED = "detente data list shows what can be pulled"
BESIDE = "add it to `agenda.beside`, or take it out here"


@dataclass(frozen=True)
class _Stage:
    """Who is on the agenda, the blocs by name, and until when futures run."""

    actors: Collection[str]
    blocs: Collection[str]
    end: date

    def strange(self, names: Collection[str]) -> Iterator[str]:
        """Yield the names that are neither a bloc nor an actor on the agenda."""
        yield from (name for name in names if name not in self.blocs and name not in self.actors)


def findings(case: Case, scene: Scene) -> Iterator[Finding]:
    """Yield what is wrong with the projection of a case, or missing for it; `scene` is that of its agenda."""
    if case.projection is None:
        return
    stage = _Stage(set(scene.placed), set(case.blocs), ends_on(case))
    yield from _events("", case.projection, stage)
    yield from _levels(case.projection, scene)
    yield from _followed(case, case.projection, stage)
    for key, scenario in case.scenarios.items():
        try:
            under = patched(case, scenario, name=key)
        except DetenteError as error:
            yield from (Finding("error", each.where, each.what, each.hint) for each in error.problems)
            continue
        if under.projection is not None:
            there = _Stage(stage.actors, stage.blocs, ends_on(under))
            told = set(_events("", case.projection, stage))
            found = _events(f"scenarios.{key}: ", under.projection, there)
            yield from (each for each in found if _plain(each, key) not in told)


def ends_on(case: Case) -> date:
    """Return the day on which the futures of a case end, if no other is asked for."""
    assert case.projection is not None
    return (pd.Timestamp(case.as_of) + pd.DateOffset(years=case.projection.years)).date()


def _plain(found: Finding, key: str) -> Finding:
    """Return a finding as if it were of the baseline, where it is told already."""
    return Finding(found.level, found.where.removeprefix(f"scenarios.{key}: "), found.what, found.hint)


def _events(prefix: str, asked: Projection, stage: _Stage) -> Iterator[Finding]:
    for key, event in asked.events.items():
        where = f"{prefix}projection.events.{key}"
        if event.date >= stage.end:
            what = f"{event.date} lies outside the window, which ends on {stage.end}"
            yield Finding("error", f"{where}.date", what, "choose a day inside it, or more `years:`")
        for name in dict.fromkeys(stage.strange(_named(event))):
            yield Finding("error", f"{where}: {name}", "is not on the agenda", BESIDE)
    for key, after in asked.consequences.items():
        for side, held in (("passed", after.passed), ("failed", after.failed)):
            for name in dict.fromkeys(stage.strange(_sized(held))) if held is not None else ():
                where = f"{prefix}projection.consequences.{key}.{side}: {name}"
                yield Finding("error", where, "is not on the agenda", BESIDE)
    for key, line in asked.lines.items():
        for name in stage.strange(line.between or ()):
            where = f"{prefix}projection.lines.{key}: {name}"
            yield Finding("error", where, "is not on the agenda", BESIDE)


def _named(event: Event) -> list[str]:
    """Return everyone whom an event names."""
    moved = [actor for by in (event.join, event.leave) for actors in by.values() for actor in actors]
    return [*_sized(event), *moved, *event.hears]


def _sized(held: Moves) -> list[str]:
    kinds = ("shift", "change", "drift", "becomes", "pays")
    return [name for kind in kinds for sizes in getattr(held, kind, {}).values() for name in sizes]


def _levels(asked: Projection, scene: Scene) -> Iterator[Finding]:
    """Yield drivers whose level is known of nobody; dependences are found where they are measured."""
    for key, driver in asked.drivers.items():
        if driver.measure is None:
            continue
        cells = observe_series(scene, driver.measure)
        if cells.loc[cells["actor"].isin(scene.placed), "score"].dropna().empty:
            what = "nothing is known of its level, which is taken as 0 for everyone"
            yield Finding("warning", f"projection.drivers.{key}", what, LISTED)


def _followed(case: Case, asked: Projection, stage: _Stage) -> Iterator[Finding]:
    """Yield decisions that come up in no future, and alignment that nothing is known of."""
    if asked.alignment and case.ideal_points is None:
        hint = "add `ideal_points:`, or say `alignment: false`"
        what = "general alignment cannot be followed without ideal points"
        yield Finding("warning", f"projection.{ALIGNMENT}", what, hint)
    for key, decision in case.decisions.items():
        where = f"decisions.{key}"
        if decision.item not in asked.items:
            hint = f"add {decision.item} to `projection.items`"
            yield Finding("note", where, "is on no item that is followed, and comes up in no future", hint)
        elif not decision.every and not any(case.as_of <= day < stage.end for day in decision.dates):
            hint = "add a date to `dates`, or say `every:`"
            yield Finding("note", where, "has no day in the window, and comes up in no future", hint)
