"""What differs in the making of two briefs, and what of it can have changed a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from detente.briefing.differences.opening import Held

Kind = Literal["data", "case", "code", "luck"]
KINDS: tuple[Kind, ...] = ("data", "case", "code", "luck")
MAY: Mapping[str, frozenset[str]] = {
    "sourced": frozenset({"data", "case", "code"}),
    "assumed": frozenset({"case", "code"}),
    "estimated": frozenset(KINDS),
}
"""What can change a number, by its mark: luck changes estimates alone, data no assumption."""
SHORT = 12
"""Letters of a digest that are shown."""


@dataclass(frozen=True)
class Cause:
    """One thing that differs in the making: its kind, what it is, and how it was on either side."""

    kind: Kind
    what: str
    before: str
    after: str


def causes(one: Held, two: Held) -> tuple[Cause, ...]:
    """Return everything that differs in the making of two briefs: data, case, code, luck."""
    return (*_data(one, two), *_case(one, two), *_code(one, two), *_luck(one, two))


def _data(one: Held, two: Held) -> Iterator[Cause]:
    before, after = (_inputs(each) for each in (one, two))
    for source in sorted(before.keys() | after.keys()):
        if before.get(source) != after.get(source):
            yield Cause("data", f"source {source}", _input(before.get(source)), _input(after.get(source)))
    digests = one.made["evidence"]["digest"], two.made["evidence"]["digest"]
    if digests[0] != digests[1]:
        yield Cause("data", "digest of the evidence", digests[0][:SHORT], digests[1][:SHORT])


def _inputs(held: Held) -> dict[str, tuple[str, str]]:
    listed = held.made["evidence"]["inputs"]
    return {str(each["source"]): (each["vintage"] or "", (each["sha256"] or "")[:SHORT]) for each in listed}


def _input(told: tuple[str, str] | None) -> str:
    return "not used" if told is None else " ".join(part for part in told if part) or "at hand"


def _case(one: Held, two: Held) -> Iterator[Cause]:
    for key, what in (
        ("name", "name of the case"),
        ("as_of", "day it looks from"),
        ("digest", "digest of the case"),
    ):
        before, after = str(one.made["case"][key]), str(two.made["case"][key])
        if before != after:
            cut = SHORT if key == "digest" else None
            yield Cause("case", what, before[:cut], after[:cut])


def _code(one: Held, two: Held) -> Iterator[Cause]:
    before, after = one.made["versions"], two.made["versions"]
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Cause("code", name, str(before.get(name, "not used")), str(after.get(name, "not used")))
    if one.made["code"] != two.made["code"]:
        yield Cause("code", "digest of the code", one.made["code"][:SHORT], two.made["code"][:SHORT])


def _luck(one: Held, two: Held) -> Iterator[Cause]:
    if one.made["seed"] != two.made["seed"]:
        yield Cause("luck", "seed", str(one.made["seed"]), str(two.made["seed"]))
    before, after = one.made["draws"], two.made["draws"]
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Cause("luck", f"draws, {name}", _count(before.get(name)), _count(after.get(name)))


def _count(draws: int | None) -> str:
    return "none" if draws is None else f"{draws:,}"


def kinds_of(found: Sequence[Cause]) -> tuple[Kind, ...]:
    """Return the kinds of causes, each once, in the order data, case, code, luck."""
    return tuple(kind for kind in KINDS if any(each.kind == kind for each in found))


def possible(found: Sequence[Cause], rows: Sequence[Mapping[str, Any]]) -> tuple[Kind, ...]:
    """Return which kinds of causes can have changed a number, by its mark and its source on either side."""
    may = frozenset().union(*(MAY.get(row["mark"], frozenset(KINDS)) for row in rows))
    sources = {each.what.removeprefix("source ") for each in found if each.what.startswith("source ")}
    named = {part.strip() for row in rows for part in str(row["source"]).replace(";", ",").split(",")} - {""}
    sourced = all(row["mark"] == "sourced" for row in rows)
    untouched = sourced and sources and named and not named & sources
    return tuple(kind for kind in kinds_of(found) if kind in may and not (kind == "data" and untouched))


def verdict(found: Sequence[Cause], *, changed: bool) -> str:
    """Return in a sentence what made the change, and where several things differ, what would tell.

    >>> verdict([Cause("luck", "seed", "0", "1")], changed=True)
    'Only luck (seed and draws) differs in the making: all that changed comes from it.'
    """
    kinds = kinds_of(found)
    named = {"luck": "luck (seed and draws)"}
    if not kinds and changed:
        return "Nothing differs in the making, yet the briefs differ: one was changed after it was written."
    if not changed:
        what = f"{_and([named.get(kind, kind) for kind in kinds])} differ, and nothing that is said changed"
        return f"{what[:1].upper()}{what[1:]}." if kinds else "The briefs are the same."
    if len(kinds) == 1:
        only = named.get(kinds[0], kinds[0])
        return f"Only {only} differs in the making: all that changed comes from it."
    listed = _and([named.get(kind, kind) for kind in kinds])
    return (
        f"{listed[:1].upper()}{listed[1:]} differ in the making, and two briefs cannot tell them apart. To "
        f"tell, write a third that differs from the first in one of them alone, and compare it with both."
    )


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
