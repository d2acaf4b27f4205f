"""Names that `claims:` uses and other sections declare; works on plain data, however unfinished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.cases import references_future
from detente.cases.claims_readings import BLOCS_ONLY, WHOLE, last_day
from detente.cases.lookup import Broken, listed, neither, part_of, undeclared

Path = tuple[str | int, ...]
NAMED = {
    "issue": ("issues",), "compare": ("compare",), "dependence": ("dependence",),
    "view": ("threat", "views"), "rank": ("threat", "ranks"), "meeting": ("forum", "meetings"),
    "item": ("agenda", "items"),
}  # fmt: skip
READINGS = ("read", "beside", "x", "y")
AHEAD = {"projection": ("projection",), "strategy": ("strategies",)}
ALWAYS = ("points", "cost")


def broken(case: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield every name in `claims:` that is not declared, and claims that look ahead without saying so."""
    for key in part_of(case, "claims"):
        claim, path = part_of(case, "claims", key), ("claims", key)
        made, as_of = last_day(claim.get("when")), last_day(case.get("as_of"))
        if made and as_of and _earliest(claim.get("when"), made) > as_of:
            what = f"the claim was made after the day the brief looks from ({as_of})"
            yield Broken((*path, "when"), what, "set a later `as_of`, or leave the claim out")
        for name in part_of(claim, "tests"):
            test, inside = part_of(claim, "tests", name), (*path, "tests", name)
            yield from _test(case, test, inside)
            yield from _ahead(case, test, inside, made)


def _earliest(when: Any, made: date) -> date:
    return date(when, 1, 1) if type(when) is int else made


def _test(case: Mapping[str, Any], test: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    blocs = part_of(case, "blocs")
    for part in READINGS:
        yield from _reading(case, part_of(test, part), (*path, part))
    for end in ("earlier", "later"):
        yield from _span(case, test.get(end), (*path, end))
    for place, side in listed(test, "sides"):
        yield from neither((*path, "sides", place), side, blocs)
    yield from undeclared((*path, "among"), test.get("among"), blocs, "blocs")
    if test.get("kind") == "dependence":
        on = part_of(case, "dependence")
        yield from undeclared((*path, "dependence"), test.get("dependence"), on, "dependence")
    if test.get("kind") == "projection":
        yield from references_future.measure_broken(case, part_of(test, "quantity"), (*path, "quantity"))
    if test.get("kind") == "strategy":
        yield from _strategy(case, test, path)


def _reading(case: Mapping[str, Any], reading: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    for key, section in NAMED.items():
        yield from undeclared((*path, key), reading.get(key), part_of(case, *section), ".".join(section))
    yield from _span(case, reading.get("span"), (*path, "span"))
    blocs = part_of(case, "blocs")
    if reading.get("measure") in BLOCS_ONLY:
        yield from undeclared((*path, "of"), reading.get("of"), blocs, "blocs")
    elif reading.get("of") is not None:
        yield from neither((*path, "of"), reading.get("of"), blocs)


def _span(case: Mapping[str, Any], span: Any, path: Path) -> Iterator[Broken]:
    if isinstance(span, str) and span != WHOLE:
        yield from undeclared(path, span, part_of(case, "windows"), "windows")


def _strategy(case: Mapping[str, Any], test: Mapping[Any, Any], path: Path) -> Iterator[Broken]:
    players, levers = part_of(case, "strategies", "players"), part_of(case, "strategies", "levers")
    for role in ("player", "against"):
        yield from undeclared((*path, role), test.get(role), players, "strategies.players")
    owner = test.get("player")
    if owner not in players:
        return
    own = [key for key in levers if part_of(levers, key).get("owner") == owner]
    for place, lever in listed(test, "levers"):
        where = f"strategies.levers, owned by {owner}"
        yield from undeclared((*path, "levers", place), lever, own, where)
    wants = [*part_of(players, str(owner), "objectives"), *ALWAYS]
    where = f"strategies.players.{owner}.objectives"
    yield from undeclared((*path, "objective"), test.get("objective"), wants, where)


def _ahead(
    case: Mapping[str, Any], test: Mapping[Any, Any], path: Path, made: date | None
) -> Iterator[Broken]:
    """Yield tests on futures that the case does not draw, or that begin after the claim in silence."""
    section = AHEAD.get(str(test.get("kind")))
    if section is None:
        return
    if not part_of(case, *section):
        what = f"a test of kind {test.get('kind')!r} needs `{section[0]}:`"
        yield Broken((*path, "kind"), what, f"add `{section[0]}:` to the case, or test it otherwise")
    as_of = last_day(case.get("as_of"))
    if made and as_of and made < as_of and not test.get("may_postdate"):
        what = f"futures begin on {as_of}, after the claim ({made})"
        yield Broken((*path, "kind"), what, "add `may_postdate: true` and `postdate_reason:`")
