"""The agenda as a table: on each item, everyone who has a position, a salience and a capability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement.blocs import groups, members, memberships
from detente.measurement.missing import Missing
from detente.measurement.observations import Scene
from detente.measurement.pairs import AGREEMENT
from detente.simulation.agenda.readings import Reader, Reading
from detente.simulation.drawing import stream
from detente.simulation.frames import framed

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.grounds import Grounded
    from detente.simulation.bargaining.uncertain import Uncertain

Floats = NDArray[np.float64]
KINDS = ("position", "salience", "capability")
TOGETHER = 0.5
"""Correlation between numbers that are assumed for one and the same reason: they are off together, so that an
interval does not shrink because the same guess was made of many."""


@dataclass(frozen=True, eq=False)
class State:
    """What is so in each draw, (draws, actors)."""

    position: Floats
    salience: Floats
    capability: Floats

    @property
    def weight(self) -> Floats:
        """Capability times salience."""
        return self.capability * self.salience


@dataclass(frozen=True)
class Cells:
    """The readings of one item, actors in alphabetical order."""

    item: str
    actors: tuple[str, ...]
    readings: Mapping[str, tuple[Reading, ...]]
    """Position, salience and capability, each (actors,)."""

    def likeliest(self) -> State:
        """Return the state in which every number is as is likeliest, as one draw."""
        return State(*(np.array([[each.value for each in self.readings[kind]]]) for kind in KINDS))

    def drawn(self, draws: int, *, seed: int) -> State:
        """Return `draws` states: each actor's numbers from streams of their own, capability the same on all
        items, and numbers assumed for the same reason correlated by `TOGETHER`.
        """
        return State(*(self._drawn(kind, draws, seed) for kind in KINDS))

    def but(self, changes: Mapping[str, Reading]) -> Cells:
        """Return the same item with other positions for some actors."""
        changed = tuple(
            changes.get(actor, own) for actor, own in zip(self.actors, self.readings["position"], strict=True)
        )
        return replace(self, readings={**self.readings, "position": changed})

    def _drawn(self, kind: str, draws: int, seed: int) -> Floats:
        place = "agenda" if kind == "capability" else self.item
        shared: dict[str, Floats] = {}
        found = np.empty((draws, len(self.actors)))
        for column, (actor, reading) in enumerate(zip(self.actors, self.readings[kind], strict=True)):
            z = stream(seed, place, kind, actor).standard_normal(draws)
            if reading.mark == "assumed":
                if reading.source not in shared:
                    named = stream(seed, place, kind, "reason", reading.source)
                    shared[reading.source] = named.standard_normal(draws)
                z = TOGETHER**0.5 * shared[reading.source] + (1 - TOGETHER) ** 0.5 * z
            found[:, column] = reading.drawn(z)
        return found


@dataclass(frozen=True)
class Table:
    """Who is on the agenda, the cells of every item, and who was left out of which."""

    case: Case
    groups: Mapping[str, str]
    """What each actor is called in tables."""
    cells: Mapping[str, Cells]
    missing: tuple[Missing, ...]

    def frame(self) -> pd.DataFrame:
        """Return the table `positions` of `frames.FRAMES`."""
        assert self.case.agenda is not None
        rows = []
        for item, cells in self.cells.items():
            weight = cells.likeliest().weight[0]
            share = weight / (weight.sum() or 1.0)
            for place, actor in enumerate(cells.actors):
                row: dict[str, object] = {"item": item, "title": self.case.agenda.items[item].title}
                row |= {"actor": actor, "group": self.groups.get(actor, "other"), "weight": share[place]}
                for kind in KINDS:
                    own = cells.readings[kind][place]
                    row |= {kind: own.value, f"{kind}_low": own.low, f"{kind}_high": own.high}
                    row |= {f"{kind}_mark": own.mark, f"{kind}_source": own.source}
                rows.append(row)
        return framed("positions", rows)

    def uncertain(self, items: tuple[str, ...]) -> Uncertain:
        """Return those who are on all of `items` as actors with ranges, for any model of bargaining.

        Items share one attention: saliences are divided by the number of items, so that they cannot add up to
        more than 1 and their ratios stay.
        """
        from detente.simulation.bargaining.actors import Actors
        from detente.simulation.bargaining.uncertain import Range, Uncertain

        held = [self.cells[item] for item in items]
        actors = [actor for actor in held[0].actors if all(actor in each.actors for each in held)]

        def read(kind: str, part: str) -> Floats:
            columns = [
                [getattr(each.readings[kind][each.actors.index(actor)], part) for actor in actors]
                for each in (held if kind != "capability" else held[:1])
            ]
            table = np.array(columns).T / (len(items) if kind == "salience" else 1)
            return table if kind != "capability" else table[:, 0]

        made = Actors(actors, items, **{kind: read(kind, "value") for kind in KINDS})
        return Uncertain(made, {kind: Range(read(kind, "low"), read(kind, "high")) for kind in KINDS})


def tabulate(case: Case, evidence: Evidence, measures: Grounded) -> Table:
    """Return the agenda of a case, read from evidence and measures; whoever lacks a number is named."""
    assert case.agenda is not None
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    who = {actor for bloc in case.agenda.blocs for actor in members(spells[bloc], case.as_of)}
    placed = tuple(sorted(who | set(case.agenda.beside)))
    scene = Scene(case, evidence, placed, spells, pd.DataFrame(columns=AGREEMENT))
    reader = Reader(scene, measures)
    capability, why = reader.read(case.agenda.capability)
    missing = [Missing("agenda", "capability", why)] if why else []
    cells = {}
    for key, item in case.agenda.items.items():
        found = {"capability": capability}
        for kind, source in (("position", item.position), ("salience", case.agenda.cares(key))):
            found[kind], why = reader.read(source)
            missing += [Missing("agenda", f"{key}: {kind}", why)] if why else []
        cells[key], untold = _cells(key, placed, found)
        missing += untold
    return Table(case, groups(case, spells), cells, tuple(missing))


def _cells(
    item: str, placed: tuple[str, ...], found: Mapping[str, Mapping[str, Reading]]
) -> tuple[Cells, list[Missing]]:
    """Return the cells of those who have all three numbers, and who lacks which."""
    actors = tuple(actor for actor in placed if all(actor in found[kind] for kind in KINDS))
    readings = {kind: tuple(found[kind][actor] for actor in actors) for kind in KINDS}
    lacking: dict[str, list[str]] = {}
    for actor in placed:
        kinds = " and ".join(f"no {kind}" for kind in KINDS if actor not in found[kind])
        if kinds:
            lacking.setdefault(kinds, []).append(actor)
    hint = "give a number under `but:`, or one for all of them under `otherwise:`"
    missing = [
        Missing("agenda", f"{item}: {', '.join(names)}", f"{kinds} there, and left out of the item", hint)
        for kinds, names in lacking.items()
    ]
    return Cells(item, actors, readings), missing
