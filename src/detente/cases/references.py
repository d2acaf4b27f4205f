"""Names that one section of a case uses and another must declare; works on plain data, however unfinished."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.cases.terms import ACTOR
from detente.errors import did_you_mean


@dataclass(frozen=True)
class Broken:
    """One reference that leads nowhere: the path to it in the case, the cause, and what to type instead."""

    path: tuple[str | int, ...]
    what: str
    hint: str


def broken(case: Mapping[str, Any]) -> list[Broken]:
    """Return every reference between sections of `case` that does not resolve.

    Sections that are missing or of the wrong type are passed over: other checks name them.

    >>> [each.hint for each in broken({"blocs": {"NATO": {}}, "stance": {"blocs": ["NAT0"]}})]
    ["did you mean 'NATO'? declared under `blocs`: NATO"]
    """
    return [
        *_rival(case),
        *_parents(case),
        *_stance(case),
        *_sides(case),
        *_ideal_points(case),
        *_camps(case),
        *_layers(case),
        *_agenda(case),
        *_meetings(case),
        *_decisions(case),
        *_future(case),
    ]


def _section(case: Any, *path: str) -> Mapping[Any, Any]:
    for step in path:
        case = case.get(step) if isinstance(case, Mapping) else None
    return case if isinstance(case, Mapping) else {}


def _items(section: Mapping[Any, Any], key: str) -> Iterator[tuple[int, Any]]:
    listed = section.get(key)
    return enumerate(listed if isinstance(listed, (list, tuple)) else ())


def _undeclared(
    path: tuple[str | int, ...], name: Any, options: Iterable[Any], section: str
) -> Iterator[Broken]:
    declared = [option for option in options if isinstance(option, str)]
    if not isinstance(name, str) or name in declared:
        return
    listed = (
        f"declared under `{section}`: {', '.join(declared)}" if declared else f"declare it under `{section}`"
    )
    yield Broken(path, f"{name!r} is not declared", f"{did_you_mean(name, declared)} {listed}".strip())


def _rival(case: Mapping[str, Any]) -> Iterator[Broken]:
    rival = case.get("rival")
    sections = ("stance", "ideal_points")
    signs = [((name, "positive"), _section(case, name)) for name in sections]
    for path, held in ((("ally",), case), *signs):
        if rival is not None and held.get(path[-1]) == rival:
            yield Broken(path, f"{rival!r} is the rival", "name an actor of the other side")


def _parents(case: Mapping[str, Any]) -> Iterator[Broken]:
    blocs = _section(case, "blocs")
    for key in blocs:
        parent = _section(blocs, key).get("of")
        yield from _undeclared(("blocs", key, "of"), parent, blocs, "blocs")
        seen = [key]
        while isinstance(parent, str) and parent in blocs and parent not in seen:
            seen.append(parent)
            parent = _section(blocs, parent).get("of")
        if parent == key == min(seen):
            circle = " of ".join([*seen, key])
            yield Broken(
                ("blocs", key, "of"), f"goes in a circle: {circle}", "let one of them state its `members`"
            )


def _stance(case: Mapping[str, Any]) -> Iterator[Broken]:
    stance = _section(case, "stance")
    for place, bloc in _items(stance, "blocs"):
        yield from _undeclared(("stance", "blocs", place), bloc, _section(case, "blocs"), "blocs")
    measurements = _section(stance, "measurements")
    for key in measurements:
        measurement = _section(measurements, key)
        for place, bloc in _items(measurement, "through"):
            inside = ("stance", "measurements", key, "through", place)
            yield from _undeclared(inside, bloc, _section(case, "blocs"), "blocs")
        if measurement.get("by") != "agreement":
            continue
        for part, section in (("issue", "issues"), ("window", "windows")):
            path = ("stance", "measurements", key, part)
            yield from _undeclared(path, measurement.get(part), _section(case, section), section)


def _sides(case: Mapping[str, Any]) -> Iterator[Broken]:
    blocs = _section(case, "blocs")
    for key in _section(case, "compare"):
        for place, side in _items(_section(case, "compare", key), "sides"):
            if not (isinstance(side, str) and re.match(ACTOR, side)):
                yield from _undeclared(("compare", key, "sides", place), side, blocs, "blocs")


def _ideal_points(case: Mapping[str, Any]) -> Iterator[Broken]:
    section, blocs = _section(case, "ideal_points"), _section(case, "blocs")
    if "issue" in section:
        yield from _undeclared(
            ("ideal_points", "issue"), section["issue"], _section(case, "issues"), "issues"
        )
    for place, name in _items(section, "show"):
        if not (isinstance(name, str) and re.match(ACTOR, name)):
            yield from _undeclared(("ideal_points", "show", place), name, blocs, "blocs")
    for place, key in _items(section, "compare"):
        path = ("ideal_points", "compare", place)
        yield from _undeclared(path, key, _section(case, "compare"), "compare")


def _camps(case: Mapping[str, Any]) -> Iterator[Broken]:
    section, blocs = _section(case, "camps"), _section(case, "blocs")
    for part in ("blocs", "show"):
        for place, name in _items(section, part):
            if part == "blocs" or not (isinstance(name, str) and re.match(ACTOR, name)):
                yield from _undeclared(("camps", part, place), name, blocs, "blocs")
    asked = [name for _, name in _items(section, "blocs") if isinstance(name, str)]
    for bloc in _section(section, "core"):
        path = ("camps", "core", bloc)
        yield from _undeclared(path, bloc, blocs, "blocs")
        if asked and set(asked) <= set(blocs) and bloc in blocs and bloc not in asked:
            yield Broken(path, f"{bloc!r} is not among `camps.blocs`", "add it there, or take its core out")
    for place, window in _items(section, "windows"):
        yield from _undeclared(("camps", "windows", place), window, _section(case, "windows"), "windows")
    if section and not (section.get("windows") or section.get("years") or case.get("history")):
        yield Broken(("camps",), "no period is named", "add `years:`, `windows:`, or `history:` to the case")


def _layers(case: Mapping[str, Any]) -> Iterator[Broken]:
    for key in _section(case, "camps", "layers"):
        layer, path = _section(case, "camps", "layers", key), ("camps", "layers", key)
        yield from _undeclared((*path, "issue"), layer.get("issue"), _section(case, "issues"), "issues")
        for place, bloc in _items(layer, "through"):
            yield from _undeclared((*path, "through", place), bloc, _section(case, "blocs"), "blocs")


def _agenda(case: Mapping[str, Any]) -> Iterator[Broken]:
    agenda, blocs = _section(case, "agenda"), _section(case, "blocs")
    for place, bloc in _items(agenda, "blocs"):
        yield from _undeclared(("agenda", "blocs", place), bloc, blocs, "blocs")
    inside = [
        ("items", item, kind) for item in _section(agenda, "items") for kind in ("position", "salience")
    ]
    for steps in [("capability",), ("salience",), *inside]:
        path, part = ("agenda", *steps), _section(agenda, *steps)
        for bloc in _section(part, "blocs"):
            yield from _undeclared((*path, "blocs", bloc), bloc, blocs, "blocs")
        for place, bloc in _items(_section(part, "measure"), "through"):
            yield from _undeclared((*path, "measure", "through", place), bloc, blocs, "blocs")
        by = part.get("by")
        if by in ("stance", "ideal_points") and not case.get(by):
            yield Broken((*path, "by"), f"the case has no `{by}`", f"add `{by}:`, or place actors otherwise")


def _meetings(case: Mapping[str, Any]) -> Iterator[Broken]:
    items, blocs = _section(case, "agenda", "items"), _section(case, "blocs")
    meetings = _section(case, "forum", "meetings")
    for key in meetings:
        path, meeting = ("forum", "meetings", key), _section(meetings, key)
        for place, item in _items(meeting, "items"):
            yield from _undeclared((*path, "items", place), item, items, "agenda.items")
        for place, name in _items(meeting, "present"):
            if not (isinstance(name, str) and re.match(ACTOR, name)):
                yield from _undeclared((*path, "present", place), name, blocs, "blocs")


def _decisions(case: Mapping[str, Any]) -> Iterator[Broken]:
    sections = {"item": "agenda.items", "bloc": "blocs"}
    for key in _section(case, "decisions"):
        path, decision = ("decisions", key), _section(case, "decisions", key)
        for part, section in sections.items():
            options = _section(case, *section.split("."))
            yield from _undeclared((*path, part), decision.get(part), options, section)
        on, like = _section(case, "dependence"), decision.get("support")
        named = _section(decision, "support").get("on")
        yield from _undeclared((*path, "support", "on"), named, on, "dependence")
        told = [name for name in _section(case, "decisions") if _section(case, "decisions", name, "support")]
        yield from _undeclared((*path, "support"), like, told, "decisions")


def _future(case: Mapping[str, Any]) -> Iterator[Broken]:
    as_of = case.get("as_of")
    for path in (("history",), ("camps", "years")):
        last = _section(case, *path).get("until")
        if type(last) is int and type(as_of) is date and last > as_of.year:
            what = f"{last} comes after the day the brief looks from ({as_of})"
            yield Broken((*path, "until"), what, "set an earlier year, or a later `as_of`")
    for key in _section(case, "windows"):
        since = _section(case, "windows", key).get("since")
        if type(since) is date and type(as_of) is date and since > as_of:
            yield Broken(
                ("windows", key, "since"),
                f"the window begins after the day the brief looks from ({as_of})",
                "set an earlier `since`, or a later `as_of`",
            )
