"""What a case assumes of the future, gathered for the reader: the calendar of events, and every size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.simulation.projection.frames import framed
from detente.simulation.projection.levels import Level

if TYPE_CHECKING:
    from detente.cases.decisions import Effect
    from detente.cases.events import Event, Moves, Signed
    from detente.cases.projection import Projection
    from detente.cases.schema import Case

Row = dict[str, object]
ASSUMED = "assumed"
CHOSEN = ("shift", "drift", "change", "becomes", "pays")
"""What of an event has sizes by actor or bloc."""
VERBS = {"shift": "", "drift": " each half-year", "change": "", "becomes": " set to", "pays": " paid"}


def calendar(case: Case, scenarios: Mapping[str, Case]) -> pd.DataFrame:
    """Return the table `events` of `FRAMES`: those of the case, then what each scenario changes of them."""
    assert case.projection is not None
    held = case.projection.events
    rows = [_event("", key, event) for key, event in held.items()]
    for name, other in scenarios.items():
        assert other.projection is not None
        changed = other.projection.events
        rows += [_event(name, key, event) for key, event in changed.items() if held.get(key) != event]
        gone = [(key, event) for key, event in held.items() if key not in changed]
        rows += [_event(name, key, event.model_copy(update={"chance": 0.0})) for key, event in gone]
    told = framed("events", rows)
    return told.assign(date=pd.to_datetime(told["date"])).sort_values(
        ["scenario", "date"], kind="stable", ignore_index=True
    )


def _event(scenario: str, key: str, event: Event) -> Row:
    return {
        "scenario": scenario, "event": key, "title": event.title, "date": event.date, "kind": event.kind,
        "chance": event.chance, "backlash": event.backlash, "what": "; ".join(_whats(event)),
        "reason": event.reason, "source": event.source or "", "mark": ASSUMED,
    }  # fmt: skip


def _whats(event: Event) -> Iterator[str]:
    """Yield in words what an event does: the driver or item, whom it concerns, and by how much."""
    for kind in CHOSEN:
        for what, sizes in getattr(event, kind, {}).items():
            told = ", ".join(f"{who} {_size(kind, size)}" for who, size in sizes.items())
            yield f"{what}{VERBS[kind]}: {told}"
    for verb, sides in (("joins", event.join), ("leaves", event.leave)):
        yield from (f"{', '.join(who)} {verb} {bloc}" for bloc, who in sides.items())
    for what, sd in event.news.items():
        yield f"{what}: news to {', '.join(event.hears) or 'all'}, by ±{sd:g}"
    yield from (f"{decision}: under the rule {rule}" for decision, rule in event.rules.items())


def _size(kind: str, size: float) -> str:
    return f"{size:g}" if kind == "becomes" else f"{size:+g}"


def sizes(case: Case) -> pd.DataFrame:
    """Return the table `assumed` of `FRAMES`: every number that the section `projection:` assumes."""
    assert case.projection is not None
    rows = [*_laws(case.projection), *_drivers(case.projection), *_happenings(case.projection)]
    return framed("assumed", rows).assign(mark=ASSUMED)


def _laws(asked: Projection) -> Iterator[Row]:
    yield _ranged("projection", "moves", asked.moves)
    yield from (_ranged("projection.speed", item, effect) for item, effect in asked.speed.items())
    if asked.influence is not None:
        yield _ranged("projection.influence", "strength", asked.influence.strength)


def _drivers(asked: Projection) -> Iterator[Row]:
    for key, driver in asked.drivers.items():
        part = f"projection.drivers.{key}"
        yield _ranged(part, "wander", driver.wander)
        yield from (_ranged(f"{part}.effects", item, each) for item, each in driver.effects.items())


def _ranged(part: str, what: str, held: Effect | Signed) -> Row:
    numbers = held.model_dump(include={"value", "low", "high", "reason"})
    return {"part": part, "what": what, **numbers}


def _happenings(asked: Projection) -> Iterator[Row]:
    for key, event in asked.events.items():
        yield from _moves(f"projection.events.{key}", event, reason=event.reason)
        chances = {"chance": event.chance, "backlash": event.backlash}
        for what, value in chances.items():
            if value not in (0.0, 1.0):
                yield _plain(f"projection.events.{key}", what, value, event.reason)
        yield from (
            _plain(f"projection.events.{key}.news", item, sd, event.reason) for item, sd in event.news.items()
        )
    for key, after in asked.consequences.items():
        for side in ("passed", "failed"):
            held = getattr(after, side)
            if held is not None:
                yield from _moves(f"projection.consequences.{key}.{side}", held, reason=held.reason)


def _plain(part: str, what: str, value: float, reason: str) -> Row:
    return {"part": part, "what": what, "value": value, "low": value, "high": value, "reason": reason}


def _moves(part: str, held: Moves, *, reason: str) -> Iterator[Row]:
    """Yield sizes by actor or bloc; all of one event share a factor, and their ranges follow from it."""
    for kind in CHOSEN:
        fixed = kind in ("becomes", "pays")
        low, high = (1.0, 1.0) if fixed else (held.low, held.high)
        given: Mapping[str, Mapping[str, float]] = getattr(held, kind, {})
        for what, by in given.items():
            for who, size in by.items():
                ends = sorted((size * low, size * high))
                yield {
                    "part": f"{part}.{kind}.{what}", "what": who, "value": size, "low": ends[0],
                    "high": ends[1], "reason": reason,
                }  # fmt: skip


def drivers(case: Case, levels: tuple[Level, ...]) -> pd.DataFrame:
    """Return the table `drivers` of `FRAMES`."""
    assert case.projection is not None
    asked, rows = case.projection.drivers, []
    for level in levels:
        held = level.value[level.known]
        found: dict[str, Any] = {
            "driver": level.key, "title": level.title, "kind": level.kind, "known": int(level.known.sum()),
            "actors": len(level.known), "source": level.source,
            "mark": "sourced" if level.source else ASSUMED,
        }  # fmt: skip
        if len(held):
            found |= {"least": held.min(), "mean": held.mean(), "most": held.max()}
        if level.key in asked:
            wander = asked[level.key].wander
            found |= {"wander": wander.value, "wander_low": wander.low, "wander_high": wander.high}
        rows.append(found)
    return framed("drivers", rows)
