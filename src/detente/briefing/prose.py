"""Sentences whose every figure is a `Number`: words, labels (names, years, symbols) and cited numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from detente.numbers import Number, figure, span

Form = Literal["plain", "interval", "inside", "bounds", "range"]
"""How an interval is written: not at all; in brackets; after a semicolon, within brackets; as bounds of
a count; as the range of several values."""
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Label:
    """Text that names something and may hold digits without stating a quantity: a title, a year, a symbol."""

    text: str


@dataclass(frozen=True)
class Cited:
    """A number in a sentence: what it is (for the list of numbers) and the form in which it is written."""

    number: Number
    what: str
    form: Form = "plain"

    def text(self) -> str:
        """Return the number as the reader sees it.

        >>> share = Number(0.63, "share", "estimated", low=0.6, high=0.66, method="bootstrap")
        >>> Cited(share, "unanimous votes", "inside").text() == "63\u202f%; 60 to 66\u202f%"
        True
        """
        number, form = self.number, self.form
        if form == "plain" or number.low is None or number.high is None:
            return number.figure()
        if form == "interval":
            return number.shown()
        both = span(number.low, number.high, number.unit)
        if form == "bounds":
            if number.low == number.high:
                return number.figure()
            low, high = figure(number.low, number.unit), figure(number.high, number.unit)
            return f"{number.figure()} (at least {low}, at most {high})"
        return f"{number.figure()}; {both}" if form == "inside" else f"{number.figure()} (from {both})"


Part = str | Label | Cited


@dataclass(frozen=True)
class Sentence:
    """A sentence as a sequence of parts.

    Raises `ValueError` where a plain string holds a digit: a quantity must be `Cited`, a name a `Label`.

    >>> Sentence(("In ", Label("2019"), " they agreed.")).text()
    'In 2019 they agreed.'
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        for part in self.parts:
            if isinstance(part, str) and DIGIT.search(part):
                raise ValueError(f"a figure without a mark: {part!r}")

    def text(self) -> str:
        """Return the sentence as plain text."""
        return "".join(plain(part) for part in self.parts)

    def cited(self) -> Iterator[Cited]:
        """Yield the numbers in the order in which they stand."""
        yield from (part for part in self.parts if isinstance(part, Cited))


def plain(part: Part) -> str:
    """Return one part of a sentence as plain text."""
    if isinstance(part, str):
        return part
    return part.text if isinstance(part, Label) else part.text()


def sentence(*parts: Part) -> Sentence:
    """Return a sentence of these parts, with a capital letter at its start."""
    first, *rest = parts
    if isinstance(first, str):
        first = first[:1].upper() + first[1:]
    elif isinstance(first, Label):
        first = Label(first.text[:1].upper() + first.text[1:])
    return Sentence((first, *rest))


def listed(items: Sequence[Part | tuple[Part, ...]], *, last: str = " and ") -> tuple[Part, ...]:
    """Return the items joined as an English list.

    >>> "".join(plain(part) for part in listed(["bread", "wine", "oil"]))
    'bread, wine and oil'
    """
    parts: list[Part] = []
    for place, item in enumerate(items):
        if place:
            parts.append(last if place == len(items) - 1 else ", ")
        parts.extend(item if isinstance(item, tuple) else (item,))
    return tuple(parts)
