"""What happens on which day: events of a case as shocks, payments, members and rules of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.ensemble.ballots import Consequence, Payment
from detente.simulation.ensemble.shocks import Shock

if TYPE_CHECKING:
    from detente.cases.events import Follows, Happening

STEP = 0.5
"""Years that a step takes."""

LAST_STEP = 10_000


@dataclass(frozen=True)
class Calendar:
    """The days on which steps begin and end: steps + 1 days, the first the day the case looks from."""

    days: tuple[date, ...]

    def step(self, day: date, where: str) -> int:
        """Return the step in which a day lies; raises `SimulationError` where it lies outside the window."""
        found = sum(end <= day for end in self.days)
        if not 1 <= found < len(self.days):
            what = f"{day} lies outside the window, from {self.days[0]} to {self.days[-1]}"
            raise SimulationError(Problem(where, what, "choose a day inside it, or look further ahead"))
        return found

    def inside(self, day: date) -> bool:
        """Return whether a day lies in the window."""
        return self.days[0] <= day < self.days[-1]


@dataclass(frozen=True)
class Names:
    """Who is who: actors, and the members of each bloc at the start."""

    actors: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]

    def spread(
        self, sizes: Mapping[str, float], column: str, where: str
    ) -> Iterator[tuple[tuple[str, str], float]]:
        """Yield sizes by actor and `column`, an actor's own before its bloc's.

        Raises `SimulationError` for actors who are not followed.
        """
        found: dict[str, float] = {}
        for name, size in sizes.items():
            found |= dict.fromkeys(self.members.get(name, ()), size)
        for name, size in sizes.items():
            if name not in self.members:
                self.known(name, where)
                found[name] = size
        yield from (((actor, column), size) for actor, size in sorted(found.items()))

    def cells(self, sizes: Mapping[str, Mapping[str, float]], where: str) -> dict[tuple[str, str], float]:
        """Return sizes by actor and issue, or driver."""
        return {
            cell: size
            for key, held in sizes.items()
            for cell, size in self.spread(held, key, f"{where}.{key}")
        }

    def all_of(self, names: Sequence[str], where: str) -> tuple[str, ...]:
        """Return the actors named, and the members of the blocs named."""
        found: list[str] = []
        for name in names:
            if name not in self.members:
                self.known(name, where)
            found += self.members.get(name, (name,))
        return tuple(dict.fromkeys(found))

    def known(self, actor: str, where: str) -> None:
        """Raise `SimulationError` for an actor who is not followed."""
        if actor not in self.actors:
            hint = "add it to `agenda.beside`, or take it out here"
            raise SimulationError(Problem(f"{where}: {actor}", "is not on the agenda", hint))


def shock(key: str, event: Happening, *, calendar: Calendar, names: Names, where: str) -> Shock:
    """Return an event as a shock."""
    members = {
        (actor, bloc): value
        for value, held in ((1.0, event.join), (0.0, event.leave))
        for bloc, actors in held.items()
        for actor in names.all_of(actors, f"{where}.{bloc}")
    }
    return Shock(
        key=key,
        step=calendar.step(event.date, f"{where}.date"),
        shift=names.cells(event.shift, f"{where}.shift"),
        change=names.cells(event.change, f"{where}.change"),
        target=names.cells(event.becomes, f"{where}.becomes"),
        members=members,
        news=dict(event.news),
        hears=(names.all_of(event.hears, f"{where}.hears") or names.actors) if event.news else (),
        chance=event.chance,
        backlash=event.backlash,
        low=event.low if not event.becomes else min(event.low, 1.0),
        high=event.high if not event.becomes else 1.0,
    )


def payments(event: Happening, *, calendar: Calendar, names: Names, where: str) -> Iterator[Payment]:
    """Yield the side payments of an event."""
    since = calendar.step(event.date, f"{where}.date")
    until = LAST_STEP
    if event.until is not None and calendar.inside(event.until):
        until = calendar.step(event.until, f"{where}.until")
    for decision, sizes in event.pays.items():
        for (actor, _), size in names.spread(sizes, decision, f"{where}.pays.{decision}"):
            yield Payment(ballot=decision, actor=actor, size=size, since=since, until=until)


def consequence(held: Follows | None, *, names: Names, where: str) -> Consequence:
    """Return what follows from an outcome."""
    if held is None:
        return Consequence()
    return Consequence(
        shift=names.cells(held.shift, f"{where}.shift"),
        drift=names.cells(held.drift, f"{where}.drift"),
        change=names.cells(held.change, f"{where}.change"),
        low=held.low,
        high=held.high,
    )


def shocks_and_payments(
    events: Mapping[str, Happening], *, calendar: Calendar, names: Names, where: str
) -> tuple[list[Shock], list[Payment]]:
    """Return events as shocks and payments, `where` they stand in the case.

    Raises `SimulationError` for all that do not fit.
    """
    problems: list[Problem] = []
    shocks: list[Shock] = []
    paid: list[Payment] = []
    for key, event in events.items():
        try:
            shocks.append(shock(key, event, calendar=calendar, names=names, where=f"{where}.{key}"))
            paid += list(payments(event, calendar=calendar, names=names, where=f"{where}.{key}"))
        except SimulationError as error:
            problems += error.problems
    raise_all(SimulationError, problems)
    return shocks, paid
