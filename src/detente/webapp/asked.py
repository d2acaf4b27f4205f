"""What an address asks for: a query string read into a frozen request, or every problem in it at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from detente.errors import DetenteError, Problem, did_you_mean, raise_all

Pairs = Sequence[tuple[str, str]]
FEWEST, MOST = 100, 20_000
"""Futures that may be asked for."""
AT_ONCE = 2_000
"""Futures in an answer that does not stream."""
STRONGEST = 2.0
SEEDS = 2**32
SWITCH = {"off": False, "on": True}
OF_CLIENT = ("client", "serial", "session")
"""Who asks, and for the how manieth time; no part of what is asked."""
MOVED = {"shift": "items", "driver": "drivers"}


class QueryError(DetenteError):
    """An address that asks for what there is not."""


@dataclass(frozen=True)
class Known:
    """What may be named in an address about a case.

    `parties` are actors and blocs, `span` the first and last year to look to, `reach` how far each item and
    driver may be moved, `shown` the pairs BLOC/ITEM.
    """

    scenarios: tuple[str, ...]
    events: Mapping[str, tuple[str, ...]]
    levers: tuple[str, ...]
    items: tuple[str, ...]
    drivers: tuple[str, ...]
    parties: tuple[str, ...]
    decisions: tuple[str, ...]
    rules: tuple[str, ...]
    span: tuple[int, int]
    reach: Mapping[str, float]
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What is explored: everything that an address can say, in an order of its own, defaults left out."""

    draws: int
    seed: int
    scenarios: tuple[str, ...] = ()
    events: tuple[tuple[str, bool], ...] = ()
    levers: tuple[tuple[str, float], ...] = ()
    shifts: tuple[tuple[str, str, float], ...] = ()
    drivers: tuple[tuple[str, str, float], ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    until: int | None = None
    show: tuple[str, ...] = ()

    @property
    def bare(self) -> Asked:
        """The same with nothing changed: the baseline."""
        return Asked(self.draws, self.seed, until=self.until)

    @property
    def changes(self) -> bool:
        """Whether anything is otherwise than in the baseline."""
        return replace(self, show=()) != self.bare

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the request as pairs for an address, always in the same order."""
        yield from (("scenario", key) for key in self.scenarios)
        yield from ((f"event.{key}", "on" if on else "off") for key, on in self.events)
        yield from ((f"lever.{key}", f"{size:.10g}") for key, size in self.levers)
        yield from ((f"shift.{key}.{who}", f"{size:.10g}") for key, who, size in self.shifts)
        yield from ((f"driver.{key}.{who}", f"{size:.10g}") for key, who, size in self.drivers)
        yield from ((f"rule.{key}", rule) for key, rule in self.rules)
        if self.until is not None:
            yield "until", str(self.until)
        yield from (("draws", str(self.draws)), ("seed", str(self.seed)))
        yield from (("show", each) for each in self.show)

    def query(self) -> str:
        """Return the request as a query string that restores it exactly.

        >>> Asked(500, 0, scenarios=("thaw",), levers=(("pay", 0.5),)).query()
        'scenario=thaw&lever.pay=0.5&draws=500&seed=0'
        """
        return urlencode(list(self.pairs()), quote_via=quote, safe="/")

    def told(self) -> dict[str, Any]:
        """Return the request as nested JSON values."""
        return {
            "scenario": list(self.scenarios),
            "event": {key: "on" if on else "off" for key, on in self.events},
            "lever": dict(self.levers),
            "shift": _nested(self.shifts),
            "driver": _nested(self.drivers),
            "rule": dict(self.rules),
            "until": self.until,
            "draws": self.draws,
            "seed": self.seed,
            "show": list(self.show),
        }


def _nested(cells: Sequence[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for key, who, size in cells:
        found.setdefault(key, {})[who] = size
    return found


def asked(pairs: Pairs, known: Known, *, draws: int, seed: int) -> Asked:
    """Return what an address asks for; `draws` and `seed` are what it means where it does not say.

    Raises `QueryError` with every problem at once.

    >>> known = Known((), {}, (), (), (), (), (), (), (2026, 2030), {}, ())
    >>> asked([("draws", "500")], known, draws=1000, seed=0).draws
    500
    """
    reader = _Reader(known, [(name, value) for name, value in pairs if name not in OF_CLIENT])
    found = Asked(
        draws=reader.whole("draws", (FEWEST, MOST), draws),
        seed=reader.whole("seed", (0, SEEDS - 1), seed),
        scenarios=reader.several("scenario", known.scenarios),
        events=tuple(reader.events()),
        levers=tuple(reader.levers()),
        shifts=tuple(reader.moves("shift", known.items)),
        drivers=tuple(reader.moves("driver", known.drivers)),
        rules=tuple(reader.rules()),
        until=reader.until(),
        show=reader.several("show", known.shown),
    )
    raise_all(QueryError, [*reader.strangers(), *reader.problems])
    return found


SINGLE = ("draws", "seed", "until")
REPEATED = ("scenario", "show")
NESTED = {"event": 2, "lever": 2, "rule": 2, "shift": 3, "driver": 3}


class _Reader:
    """Reads one address, and keeps what is wrong with it."""

    def __init__(self, known: Known, pairs: Pairs) -> None:
        self.known = known
        self.pairs = pairs
        self.problems: list[Problem] = []

    def fault(self, where: str, what: str, hint: str) -> None:
        self.problems.append(Problem(where, what, hint))

    def strangers(self) -> Iterator[Problem]:
        """Yield parameters that there are not, and those that are given twice."""
        seen: set[str] = set()
        for name, _ in self.pairs:
            head, parts = name.split(".")[0], name.split(".", 2)
            if NESTED.get(head) == len(parts) or name in SINGLE or name in REPEATED:
                if name in seen and name not in REPEATED:
                    yield Problem(name, "is given twice", "give it once")
                seen.add(name)
                continue
            if head in NESTED:
                shape = ".".join((head, "KEY", "WHO")[: NESTED[head]])
                yield Problem(name, f"is not written as {shape}", f"write {shape}=…")
                continue
            names = (*SINGLE, *REPEATED, *OF_CLIENT, *NESTED)
            hint = did_you_mean(head, names) or f"parameters are {', '.join(names)}"
            yield Problem(name or "address", "is no parameter" if name else "a parameter has no name", hint)

    def nested(self, head: str) -> Iterator[tuple[str, list[str], str]]:
        """Yield parameters that begin with a word: name, the parts of it, and the value."""
        for name, value in sorted(self.pairs):
            parts = name.split(".", 2)
            if parts[0] == head and len(parts) == NESTED[head]:
                yield name, parts[1:], value

    def one_of(self, where: str, word: str, options: Sequence[str]) -> bool:
        if word in options:
            return True
        few = ", ".join(options[:12]) + (" …" if len(options) > 12 else "")
        hint = did_you_mean(word, options) or (f"there are {few}" if options else "the case has none")
        self.fault(where, f"there is no {word!r}", hint)
        return False

    def number(self, where: str, text: str, span: tuple[float, float]) -> float:
        """Return a number of a span; 0 where it is none, which is noted."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(
                where, f"{text[:40]!r} is not a number", f"give a number from {span[0]:g} to {span[1]:g}"
            )
            return 0.0
        if not span[0] <= value <= span[1]:
            self.fault(where, f"{value:g} is out of range", f"give a number from {span[0]:g} to {span[1]:g}")
            return 0.0
        return float(f"{value:.10g}")

    def last(self, name: str) -> str | None:
        return next((value for key, value in reversed(self.pairs) if key == name), None)

    def whole(self, name: str, span: tuple[int, int], otherwise: int) -> int:
        text, style = self.last(name), "" if name == "until" else ","
        hint = f"give {span[0]:{style}} to {span[1]:{style}}"
        if text is None:
            return otherwise
        if not (text.isascii() and text.isdecimal() and len(text) <= 12):
            self.fault(name, f"{text[:40]!r} is not a whole number", hint)
            return otherwise
        if not span[0] <= int(text) <= span[1]:
            self.fault(name, f"{int(text):{style}} is out of range", hint)
            return otherwise
        return int(text)

    def until(self) -> int | None:
        return self.whole("until", self.known.span, 0) or None

    def several(self, name: str, options: Sequence[str]) -> tuple[str, ...]:
        found = dict.fromkeys(value for key, value in self.pairs if key == name)
        return tuple(value for value in found if self.one_of(name, value, options))

    def events(self) -> Iterator[tuple[str, bool]]:
        chosen = {value for key, value in self.pairs if key == "scenario"}
        for name, (key,), value in self.nested("event"):
            if not self.one_of(name, key, tuple(self.known.events)):
                continue
            under = self.known.events[key]
            if under and not chosen.intersection(under):
                hint = f"add scenario={under[0]}"
                self.fault(name, f"happens only under {' or '.join(under)}", hint)
            elif self.one_of(name, value, tuple(SWITCH)):
                yield key, SWITCH[value]

    def levers(self) -> Iterator[tuple[str, float]]:
        for name, (key,), value in self.nested("lever"):
            if self.one_of(name, key, self.known.levers) and (
                size := self.number(name, value, (0.0, STRONGEST))
            ):
                yield key, size

    def moves(self, head: str, options: Sequence[str]) -> Iterator[tuple[str, str, float]]:
        for name, (key, who), value in self.nested(head):
            good = self.one_of(name, key, options), self.one_of(name, who, self.known.parties)
            reach = self.known.reach.get(key, 1.0)
            if all(good) and (size := self.number(name, value, (-reach, reach))):
                yield key, who, size

    def rules(self) -> Iterator[tuple[str, str]]:
        for name, (key,), value in self.nested("rule"):
            good = self.one_of(name, key, self.known.decisions), self.one_of(name, value, self.known.rules)
            if all(good):
                yield key, value
