"""What is said of a verdict: figure, lines, and what would change it; every figure is a `Number`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.numbers import MARKS, Number

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Quoted:
    """A number in a sentence, and what it is."""

    number: Number
    what: str


Told = tuple[str | Quoted, ...]
"""A sentence in parts. Text between numbers may hold digits that name something: years, symbols."""
PHRASES = {
    "above": ("above", ""), "at_least": ("at", " or more"), "below": ("below", ""),
    "at_most": ("at", " or less"),
}  # fmt: skip
"""Lines in words, before and after the figure."""
FLIP = "where the verdict would turn, from the stated line and an interval as wide as it is"


def text(told: Told) -> str:
    """Return a sentence as plain text, with a capital letter at its start.

    >>> text(("it is ", Quoted(Number(0.5, "index", "assumed", method="made up"), "a line")))
    'It is 0.50'
    """
    parts = (part if isinstance(part, str) else part.number.shown() for part in told)
    whole = "".join(parts)
    return whole[:1].upper() + whole[1:]


def figure(row: Row) -> Number | None:
    """Return the figure of a test with its interval, or None where it has none."""
    if not _there(row["value"]):
        return None
    low, high = (float(row[name]) if _there(row[name]) else None for name in ("low", "high"))
    if row["mark"] != "estimated" and low == high:
        low = high = None
    mark = next(each for each in MARKS if each == row["mark"])
    source = str(row["sources"]) if mark == "sourced" else ""
    return Number(float(row["value"]), str(row["unit"]), mark, low, high, source, method=str(row["method"]))


def lines(row: Row) -> Told:
    """Return where a test supports and where it contradicts a claim; nothing for tests without lines."""
    if not _there(row["supported_at"]):
        return ()
    parts: list[str | Quoted] = []
    if _there(row["inner_at"]):
        lead, tail = PHRASES[str(row["inner_word"])]
        inner = Number(float(row["inner_at"]), str(row["inner_unit"]), "assumed", method=str(row["reason"]))
        parts += [f"the line is {lead} ", Quoted(inner, f"line within the test: {row['asks']}"), tail]
    for verdict in ("supported", "contradicted"):
        lead, tail = PHRASES[str(row[f"{verdict}_word"])]
        at = float(row[f"{verdict}_at"])
        number = Number(at, str(row["unit"]), "assumed", method=str(row["reason"]))
        start = f"{', ' if parts else ''}{verdict} {lead} "
        parts += [start, Quoted(number, f"line of the case: {verdict}"), *((tail,) if tail else ())]
    return tuple(parts)


def observed(row: Row) -> Told:
    """Return the figure of a test in a sentence, with how many observations are behind it."""
    found = figure(row)
    if found is None:
        return ()
    n = Number(float(row["n"]), "count", "sourced", source=str(row["sources"]) or "case", method="counted")
    if row["kind"] == "record":
        return (
            Quoted(found, f"facts that speak for it: {row['asks']}"), " of ", Quoted(n, "facts either way"),
            " dated facts speak for it" if row["n"] != 1 else " dated fact speaks for it",
        )  # fmt: skip
    told: Told = (Quoted(found, str(row["asks"])), ", over ", Quoted(n, f"{row['counted']} behind it"))
    most = row["of"]
    if _there(most):
        all_ = Number(float(most), "count", "sourced", source=str(row["sources"]) or "case", method="counted")
        told = (*told, " of ", Quoted(all_, f"{row['counted']}, known or not"))
    told = (*told, f" {_one_or_more(str(row['counted']), int(most if _there(most) else row['n']))}")
    if _there(row["cost"]):
        cost = Number(float(row["cost"]), str(row["unit"]), "assumed", method="mean cost of the levers")
        told = (*told, ", at a cost of ", Quoted(cost, "what the levers cost"))
    return told


def _one_or_more(counted: str, n: int) -> str:
    """Return the noun for so many.

    >>> _one_or_more("members", 1), _one_or_more("members", 2)
    ('member', 'members')
    """
    return counted.removesuffix("s") if n == 1 and "," not in counted else counted


def change(row: Row) -> Told:
    """Return what would change the verdict: the figure at which it turns, or what is missing."""
    if row["verdict"] == "untestable":
        return ("to test it would take: ", str(row["needed"]).rstrip("."))
    if row["kind"] == "record":
        return _other_facts(row)
    if row["verdict"] == "mixed":
        return _settled(row)
    good = row["verdict"] == "supported"
    first, last = ("supports_from", "denies_from") if good else ("denies_from", "supports_from")
    # what a verdict leaves behind lies on the far side of its own line
    away = "below" if _upward(row) == good else "above"
    final = "contradicted" if good else "supported"
    lead = "with an interval as wide, " if _wide(row) else ""
    if not _wide(row) and row["supported_at"] == row["contradicted_at"]:
        return (f"it would be {final} if the figure were {away} ", _turn(row, first))
    if _out_of_reach(row, first):
        return ("no figure on its scale would make it mixed with an interval as wide",)
    turned: Told = (f"{lead}it would be mixed if the figure were {away} ", _turn(row, first))
    if _out_of_reach(row, last):
        return turned
    return (*turned, f", and {final} if it were {away} ", _turn(row, last))


def _settled(row: Row) -> Told:
    """Return what would settle a mixed verdict: figures, or a narrower interval where no figure would."""
    up, down = ("above", "below") if _upward(row) else ("below", "above")
    out = {name: _out_of_reach(row, name) for name in ("supports_from", "denies_from")}
    lead = "with an interval as wide, " if _wide(row) else ""
    more = f"more {row['counted']}" if row["counted"] in NARROWED else "a narrower interval"
    if all(out.values()):
        return (f"no figure on its scale would settle it with an interval as wide: it takes {more}",)
    if out["supports_from"]:
        return (f"{lead}no figure on its scale would support it: it takes {more}; it would be contradicted "
                f"{down} ", _turn(row, "denies_from"))  # fmt: skip
    if out["denies_from"]:
        return (f"{lead}it would be supported {up} ", _turn(row, "supports_from"),
                f"; no figure on its scale would contradict it without {more}")  # fmt: skip
    return (f"{lead}it would be supported if the figure were {up} ", _turn(row, "supports_from"),
            f", and contradicted if it were {down} ", _turn(row, "denies_from"))  # fmt: skip


NARROWED = ("roll calls", "members", "futures", "draws", "votes")
"""What makes intervals narrower when there is more of it."""


def _other_facts(row: Row) -> Told:
    for_, against = (" or ".join(f"‘{key}’" for key in str(row[name]).split(", "))
                     for name in ("supports", "contradicts"))  # fmt: skip
    if row["verdict"] == "supported":
        return (f"one dated fact that speaks against it ({against}) would make it mixed",)
    if row["verdict"] == "contradicted":
        return (f"one dated fact that speaks for it ({for_}) would make it mixed; it would be supported if "
                "the facts against it were withdrawn as well",)  # fmt: skip
    return (f"it would be settled if the facts on one side ({for_}, or {against}) were withdrawn",)


def _turn(row: Row, name: str) -> Quoted:
    number = Number(float(row[name]), str(row["unit"]), "assumed", method=f"{FLIP}; {row['reason']}")
    return Quoted(
        number, {"supports_from": "where support begins", "denies_from": "where denial begins"}[name]
    )


def _upward(row: Row) -> bool:
    return str(row["supported_word"]) in ("above", "at_least")


def _wide(row: Row) -> bool:
    return bool(row["low"] < row["high"])


def _out_of_reach(row: Row, name: str) -> bool:
    floor, ceiling, at = row["floor"], row["ceiling"], row[name]
    return bool((_there(ceiling) and at > ceiling) or (_there(floor) and at < floor))


def _there(value: Any) -> bool:
    return value is not None and value == value and math.isfinite(float(value))
