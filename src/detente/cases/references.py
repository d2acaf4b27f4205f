"""Names that one section of a case uses and another must declare; works on plain data, however unfinished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.cases import references_claims, references_events, references_future
from detente.cases.lookup import Broken, listed, neither, part_of, undeclared
from detente.cases.terms import as_day


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
        *references_future.broken(case),
        *references_events.broken(case),
        *references_claims.broken(case),
    ]


def _rival(case: Mapping[str, Any]) -> Iterator[Broken]:
    rival = case.get("rival")
    sections = ("stance", "ideal_points")
    signs = [((name, "positive"), part_of(case, name)) for name in sections]
    for path, held in ((("ally",), case), *signs):
        if rival is not None and held.get(path[-1]) == rival:
            yield Broken(path, f"{rival!r} is the rival", "name an actor of the other side")


def _parents(case: Mapping[str, Any]) -> Iterator[Broken]:
    blocs = part_of(case, "blocs")
    for key in blocs:
        parent = part_of(blocs, key).get("of")
        yield from undeclared(("blocs", key, "of"), parent, blocs, "blocs")
        seen = [key]
        while isinstance(parent, str) and parent in blocs and parent not in seen:
            seen.append(parent)
            parent = part_of(blocs, parent).get("of")
        if parent == key == min(seen):
            circle = " of ".join([*seen, key])
            yield Broken(
                ("blocs", key, "of"), f"goes in a circle: {circle}", "let one of them state its `members`"
            )


def _stance(case: Mapping[str, Any]) -> Iterator[Broken]:
    stance = part_of(case, "stance")
    for place, bloc in listed(stance, "blocs"):
        yield from undeclared(("stance", "blocs", place), bloc, part_of(case, "blocs"), "blocs")
    measurements = part_of(stance, "measurements")
    for key in measurements:
        measurement = part_of(measurements, key)
        for place, bloc in listed(measurement, "through"):
            inside = ("stance", "measurements", key, "through", place)
            yield from undeclared(inside, bloc, part_of(case, "blocs"), "blocs")
        if measurement.get("by") != "agreement":
            continue
        for part, section in (("issue", "issues"), ("window", "windows")):
            path = ("stance", "measurements", key, part)
            yield from undeclared(path, measurement.get(part), part_of(case, section), section)


def _sides(case: Mapping[str, Any]) -> Iterator[Broken]:
    blocs = part_of(case, "blocs")
    for key in part_of(case, "compare"):
        for place, side in listed(part_of(case, "compare", key), "sides"):
            yield from neither(("compare", key, "sides", place), side, blocs)


def _ideal_points(case: Mapping[str, Any]) -> Iterator[Broken]:
    section, blocs = part_of(case, "ideal_points"), part_of(case, "blocs")
    if "issue" in section:
        yield from undeclared(("ideal_points", "issue"), section["issue"], part_of(case, "issues"), "issues")
    for place, name in listed(section, "show"):
        yield from neither(("ideal_points", "show", place), name, blocs)
    for place, key in listed(section, "compare"):
        path = ("ideal_points", "compare", place)
        yield from undeclared(path, key, part_of(case, "compare"), "compare")


def _camps(case: Mapping[str, Any]) -> Iterator[Broken]:
    section, blocs = part_of(case, "camps"), part_of(case, "blocs")
    for part in ("blocs", "show"):
        for place, name in listed(section, part):
            path = ("camps", part, place)
            yield from (
                undeclared(path, name, blocs, "blocs") if part == "blocs" else neither(path, name, blocs)
            )
    asked = [name for _, name in listed(section, "blocs") if isinstance(name, str)]
    for bloc in part_of(section, "core"):
        path = ("camps", "core", bloc)
        yield from undeclared(path, bloc, blocs, "blocs")
        if asked and set(asked) <= set(blocs) and bloc in blocs and bloc not in asked:
            yield Broken(path, f"{bloc!r} is not among `camps.blocs`", "add it there, or take its core out")
    for place, window in listed(section, "windows"):
        yield from undeclared(("camps", "windows", place), window, part_of(case, "windows"), "windows")
    if section and not (section.get("windows") or section.get("years") or case.get("history")):
        yield Broken(("camps",), "no period is named", "add `years:`, `windows:`, or `history:` to the case")


def _layers(case: Mapping[str, Any]) -> Iterator[Broken]:
    for key in part_of(case, "camps", "layers"):
        layer, path = part_of(case, "camps", "layers", key), ("camps", "layers", key)
        yield from undeclared((*path, "issue"), layer.get("issue"), part_of(case, "issues"), "issues")
        for place, bloc in listed(layer, "through"):
            yield from undeclared((*path, "through", place), bloc, part_of(case, "blocs"), "blocs")


def _agenda(case: Mapping[str, Any]) -> Iterator[Broken]:
    agenda, blocs = part_of(case, "agenda"), part_of(case, "blocs")
    for place, bloc in listed(agenda, "blocs"):
        yield from undeclared(("agenda", "blocs", place), bloc, blocs, "blocs")
    inside = [("items", item, kind) for item in part_of(agenda, "items") for kind in ("position", "salience")]
    for steps in [("capability",), ("salience",), *inside]:
        path, part = ("agenda", *steps), part_of(agenda, *steps)
        for bloc in part_of(part, "blocs"):
            yield from undeclared((*path, "blocs", bloc), bloc, blocs, "blocs")
        for place, bloc in listed(part_of(part, "measure"), "through"):
            yield from undeclared((*path, "measure", "through", place), bloc, blocs, "blocs")
        by = part.get("by")
        if by in ("stance", "ideal_points") and not case.get(by):
            yield Broken((*path, "by"), f"the case has no `{by}`", f"add `{by}:`, or place actors otherwise")


def _meetings(case: Mapping[str, Any]) -> Iterator[Broken]:
    items, blocs = part_of(case, "agenda", "items"), part_of(case, "blocs")
    meetings = part_of(case, "forum", "meetings")
    for key in meetings:
        path, meeting = ("forum", "meetings", key), part_of(meetings, key)
        for place, item in listed(meeting, "items"):
            yield from undeclared((*path, "items", place), item, items, "agenda.items")
        for place, name in listed(meeting, "present"):
            yield from neither((*path, "present", place), name, blocs)
    for where in _perceptions(case):
        for item in part_of(case, *where, "seen"):
            yield from undeclared((*where, "seen", item), item, items, "agenda.items")


def _perceptions(case: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield where the case says how beliefs are off."""
    for path in (("forum",), *(("forum", "meetings", key) for key in part_of(case, "forum", "meetings"))):
        yield (*path, "perception")
        yield from ((*path, "own", actor) for actor in part_of(case, *path, "own"))


def _decisions(case: Mapping[str, Any]) -> Iterator[Broken]:
    sections = {"item": "agenda.items", "bloc": "blocs"}
    for key in part_of(case, "decisions"):
        path, decision = ("decisions", key), part_of(case, "decisions", key)
        for part, section in sections.items():
            options = part_of(case, *section.split("."))
            yield from undeclared((*path, part), decision.get(part), options, section)
        on, like = part_of(case, "dependence"), decision.get("support")
        named = part_of(decision, "support").get("on")
        yield from undeclared((*path, "support", "on"), named, on, "dependence")
        told = [name for name in part_of(case, "decisions") if part_of(case, "decisions", name, "support")]
        yield from undeclared((*path, "support"), like, told, "decisions")


def _future(case: Mapping[str, Any]) -> Iterator[Broken]:
    as_of = as_day(case.get("as_of"))
    for path in (("history",), ("camps", "years")):
        last = part_of(case, *path).get("until")
        if type(last) is int and type(as_of) is date and last > as_of.year:
            what = f"{last} comes after the day the brief looks from ({as_of})"
            yield Broken((*path, "until"), what, "set an earlier year, or a later `as_of`")
    for key in part_of(case, "windows"):
        since = as_day(part_of(case, "windows", key).get("since"))
        if type(since) is date and type(as_of) is date and since > as_of:
            yield Broken(
                ("windows", key, "since"),
                f"the window begins after the day the brief looks from ({as_of})",
                "set an earlier `since`, or a later `as_of`",
            )
