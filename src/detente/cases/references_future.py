"""Names that `projection:` uses and other sections must declare; works on plain data, however unfinished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.cases.lookup import Broken, listed, neither, part_of, undeclared

MOVES = ("shift", "drift", "news")
LEVELS = ("change", "becomes")

Path = tuple[str | int, ...]


def broken(case: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield every reference of `projection:` that does not resolve."""
    asked, path = part_of(case, "projection"), ("projection",)
    if not asked:
        if part_of(case, "scenarios"):
            yield Broken(("scenarios",), "there is nothing to patch", "add `projection:` to the case")
        return
    items = part_of(case, "agenda", "items")
    for place, item in listed(asked, "items"):
        yield from undeclared((*path, "items", place), item, items, "agenda.items")
    for key in part_of(asked, "drivers"):
        driver, inside = part_of(asked, "drivers", key), (*path, "drivers", key)
        on = part_of(case, "dependence")
        yield from undeclared((*inside, "dependence"), driver.get("dependence"), on, "dependence")
        yield from _issues(case, part_of(driver, "effects"), (*inside, "effects"))
    for key in part_of(asked, "events"):
        yield from event_broken(case, part_of(asked, "events", key), (*path, "events", key))
    for key in part_of(asked, "consequences"):
        inside = (*path, "consequences", key)
        yield from undeclared(inside, key, part_of(case, "decisions"), "decisions")
        for side in ("passed", "failed"):
            held = part_of(asked, "consequences", key, side)
            yield from _moves(case, held, (*inside, side))
    for key in part_of(asked, "lines"):
        line, inside = part_of(asked, "lines", key), (*path, "lines", key)
        yield from _issue(case, line.get("item"), (*inside, "item"))
        yield from undeclared((*inside, "watch"), line.get("watch"), part_of(case, "blocs"), "blocs")
        for place, name in listed(line, "between"):
            yield from neither((*inside, "between", place), name, part_of(case, "blocs"))


def event_broken(case: Mapping[str, Any], event: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    """Yield every reference of one event, or lever, that does not resolve, and a day that is past."""
    blocs, decisions = part_of(case, "blocs"), part_of(case, "decisions")
    yield from _moves(case, event, path)
    for kind in ("join", "leave"):
        for bloc in part_of(event, kind):
            yield from undeclared((*path, kind, bloc), bloc, blocs, "blocs")
    for kind in ("pays", "rules"):
        for key in part_of(event, kind):
            yield from undeclared((*path, kind, key), key, decisions, "decisions")
            if kind == "pays":
                yield from _whom(blocs, part_of(event, kind, key), (*path, kind, key))
    for place, name in listed(event, "hears"):
        yield from neither((*path, "hears", place), name, blocs)
    day, as_of = event.get("date"), case.get("as_of")
    if type(day) is date and type(as_of) is date and day < as_of:
        what = f"{day} comes before the day the brief looks from ({as_of})"
        yield Broken((*path, "date"), what, "set a later day; what is past belongs into the positions")


def _moves(case: Mapping[str, Any], held: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    blocs = part_of(case, "blocs")
    drivers = part_of(case, "projection", "drivers")
    for kind in MOVES:
        sizes = part_of(held, kind)
        yield from _issues(case, sizes, (*path, kind))
        for issue in sizes if kind != "news" else ():
            yield from _whom(blocs, part_of(sizes, issue), (*path, kind, issue))
    for kind in LEVELS:
        for driver in part_of(held, kind):
            yield from undeclared((*path, kind, driver), driver, drivers, "projection.drivers")
            yield from _whom(blocs, part_of(held, kind, driver), (*path, kind, driver))


def _whom(blocs: Mapping[Any, Any], sizes: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    for name in sizes:
        yield from neither((*path, name), name, blocs)


def _issues(case: Mapping[str, Any], held: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    for issue in held:
        yield from _issue(case, issue, (*path, issue))


def _issue(case: Mapping[str, Any], issue: Any, path: Path) -> Iterator[Broken]:
    followed = [item for _, item in listed(part_of(case, "projection"), "items")]
    if part_of(case, "projection").get("alignment", True):
        followed.append("alignment")
    yield from undeclared(path, issue, followed, "projection.items")
