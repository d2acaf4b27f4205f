"""Names that `projection:` and `strategies:` use and other sections declare; works on plain data, however
unfinished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.cases.lookup import Broken, listed, neither, part_of, undeclared
from detente.cases.terms import as_day

MOVES = ("shift", "drift", "news")
LEVELS = ("change", "becomes")

Path = tuple[str | int, ...]


def broken(case: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield every reference of `projection:` that does not resolve."""
    yield from _strategies(case)
    for key in part_of(case, "scenarios"):
        if part_of(case, "scenarios", key).get("patch") == {}:
            yield Broken(("scenarios", key, "patch"), "changes nothing", "say what is otherwise")
    asked, path = part_of(case, "projection"), ("projection",)
    if not asked:
        for section in ("scenarios", "strategies"):
            if part_of(case, section):
                yield Broken((section,), "there are no futures to change", "add `projection:` to the case")
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
    yield from past_day(case, event.get("date"), (*path, "date"))


def past_day(case: Mapping[str, Any], day: Any, path: Path) -> Iterator[Broken]:
    """Yield a day that comes before the one the case looks from."""
    day, as_of = as_day(day), as_day(case.get("as_of"))
    if type(day) is date and type(as_of) is date and day < as_of:
        what = f"{day} comes before the day the brief looks from ({as_of})"
        yield Broken(path, what, "set a later day; what is past belongs into the positions")


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


def _strategies(case: Mapping[str, Any]) -> Iterator[Broken]:
    asked, path = part_of(case, "strategies"), ("strategies",)
    players, levers = part_of(asked, "players"), part_of(asked, "levers")
    for key in players:
        yield from _player(case, key, (*path, "players", key))
    for key in levers:
        lever, inside = part_of(levers, key), (*path, "levers", key)
        yield from event_broken(case, lever, inside)
        if key in part_of(case, "projection", "events"):
            what = f"{key} is an event of the projection as well, and would share its luck"
            yield Broken(inside, what, "give one of them another name")
        owner = lever.get("owner")
        yield from undeclared((*inside, "owner"), owner, players, "strategies.players")
        wants = part_of(players, owner, "objectives") if isinstance(owner, str) else {}
        for name in part_of(lever, "side") if wants else ():
            where = f"strategies.players.{owner}.objectives"
            yield from undeclared((*inside, "side", name), name, wants, where)
        for player in part_of(lever, "upon"):
            yield from undeclared((*inside, "upon", player), player, players, "strategies.players")
            wants = part_of(players, player, "objectives")
            where = f"strategies.players.{player}.objectives"
            for name in part_of(lever, "upon", player) if wants else ():
                yield from undeclared((*inside, "upon", player, name), name, wants, where)
        for place, name in listed(lever, "target"):
            yield from neither((*inside, "target", place), name, part_of(case, "blocs"))
    yield from _wedge(case, part_of(asked, "wedge"), (*path, "wedge"))
    yield from _stress(case, part_of(asked, "stress"), (*path, "stress"))


def _stress(case: Mapping[str, Any], stress: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    yield from past_day(case, stress.get("date"), (*path, "date"))
    for key in part_of(stress, "knobs"):
        yield from _moves(case, part_of(stress, "knobs", key), (*path, "knobs", key))
    for key in part_of(stress, "breaks"):
        measure = part_of(stress, "breaks", key, "measure")
        yield from measure_broken(case, measure, (*path, "breaks", key, "measure"))


def _wedge(case: Mapping[str, Any], wedge: Mapping[Any, Any], inside: Path) -> Iterator[Broken]:
    players = part_of(case, "strategies", "players")
    for role in ("divider", "defender"):
        yield from undeclared((*inside, role), wedge.get(role), players, "strategies.players")
    yield from undeclared((*inside, "bloc"), wedge.get("bloc"), part_of(case, "blocs"), "blocs")
    yield from undeclared(
        (*inside, "decision"), wedge.get("decision"), part_of(case, "decisions"), "decisions"
    )
    yield from _issue(case, wedge.get("item"), (*inside, "item"))


def _player(case: Mapping[str, Any], key: Any, path: Path) -> Iterator[Broken]:
    asked = part_of(case, "strategies")
    players, levers = part_of(asked, "players"), part_of(asked, "levers")
    player = part_of(players, key)
    others = [name for name in players if name != key]
    yield from undeclared((*path, "against"), player.get("against"), others, "strategies.players")
    own = [name for name in levers if part_of(levers, name).get("owner") == key]
    for name in part_of(player, "portfolios"):
        held = part_of(player, "portfolios")
        for place, lever in listed(held, name):
            where = f"strategies.levers, owned by {key}"
            yield from undeclared((*path, "portfolios", name, place), lever, own, where)
    for name in part_of(player, "objectives"):
        inside = (*path, "objectives", name, "measure")
        yield from measure_broken(case, part_of(player, "objectives", name, "measure"), inside)


def measure_broken(case: Mapping[str, Any], measure: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    """Yield every reference of what is read off futures that does not resolve."""
    sections = {
        "cohesion": ("blocs",), "mean": ("blocs",), "passes": ("decisions",),
        "crosses": ("projection", "lines"), "driver": ("projection", "drivers"),
    }  # fmt: skip
    for kind, section in sections.items():
        yield from undeclared((*path, kind), measure.get(kind), part_of(case, *section), ".".join(section))
    if measure.get("item") is not None:
        yield from _issue(case, measure.get("item"), (*path, "item"))
    if measure.get("of") is not None:
        yield from neither((*path, "of"), measure.get("of"), part_of(case, "blocs"))
