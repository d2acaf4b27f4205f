"""One forecast: what is asked, by when it is known, what was said of it, and what a plain rule would say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from math import isfinite
from typing import Any

from detente.errors import Problem

Quantiles = tuple[tuple[float, float], ...]
"""Levels between 0 and 1, rising, each with its value."""
PROBABILITY, QUANTILES = "probability", "quantiles"


@dataclass(frozen=True, kw_only=True)
class Naive:
    """What a plain rule would have said, by its name: a base rate, a random walk."""

    name: str
    chance: float | None = None
    quantiles: Quantiles = ()


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """A forecast of a yes or no by its `chance`, or of a number by its `quantiles`.

    `key` names the question, the same whenever it is asked; `about` says who and what is meant, such as actor
    and issue; the outcome is known on the day `due`, of which the hour is dropped.

    >>> Forecast(key="lapse", question="Do sanctions lapse?", due=date(2027, 1, 31), chance=0.1).kind
    'probability'
    """

    key: str
    question: str
    due: date
    about: Mapping[str, str] = field(default_factory=dict)
    chance: float | None = None
    quantiles: Quantiles = ()
    naive: Naive | None = None

    def __post_init__(self) -> None:
        if isinstance(self.due, datetime):
            object.__setattr__(self, "due", self.due.date())

    @property
    def kind(self) -> str:
        """Return 'probability' or 'quantiles'."""
        return QUANTILES if self.chance is None else PROBABILITY

    def row(self) -> dict[str, Any]:
        """Return the forecast as plain values of JSON."""
        naive = None if self.naive is None else {"name": self.naive.name, "values": _values(self.naive)}
        return {
            "key": self.key,
            "question": self.question,
            "kind": self.kind,
            "due": self.due.isoformat(),
            "about": {str(name): str(value) for name, value in self.about.items()},
            "values": _values(self),
            "naive": naive,
        }

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Forecast:
        """Return the forecast in a row of JSON; raises `KeyError`, `TypeError` or `ValueError` if it is none.

        >>> lapse = Forecast(key="lapse", question="Lapse?", due=date(2027, 1, 31), chance=0.1)
        >>> Forecast.read(lapse.row()) == lapse
        True
        """
        held = row["naive"]
        naive = None if held is None else Naive(name=str(held["name"]), **_read(held["values"]))
        return cls(
            key=str(row["key"]), question=str(row["question"]), due=date.fromisoformat(row["due"]),
            about=dict(row["about"]), naive=naive, **_read(row["values"]),
        )  # fmt: skip


def _values(said: Forecast | Naive) -> float | list[list[float]]:
    if said.chance is not None:
        return float(said.chance)
    return [[float(level), float(value)] for level, value in said.quantiles]


def _read(values: Any) -> dict[str, Any]:
    if isinstance(values, float | int):
        return {"chance": float(values)}
    return {"quantiles": tuple((float(level), float(value)) for level, value in values)}


def problems_of(forecast: Forecast, on: date) -> Iterator[Problem]:
    """Yield everything that keeps a forecast from being sealed on a day."""
    where = f"forecast {forecast.key!r}"
    for name in ("key", "question"):
        if not getattr(forecast, name).strip():
            yield Problem(where, f"has no {name}", "say what is asked, in a few words")
    if forecast.due <= on:
        hint = "seal it before its outcome can be known"
        yield Problem(where, f"is due on {forecast.due}, and would be sealed on {on}", hint)
    yield from _said_problems(where, forecast)
    if forecast.naive is not None:
        yield from _said_problems(f"{where}, {forecast.naive.name or 'naive'}", forecast.naive)
        if (forecast.naive.chance is None) != (forecast.chance is None):
            yield Problem(where, "its naive forecast is of another kind", "give a chance for a chance")


def _said_problems(where: str, said: Forecast | Naive) -> Iterator[Problem]:
    if (said.chance is None) == (not said.quantiles):
        yield Problem(where, "gives both a chance and quantiles, or neither", "give one of them")
    if said.chance is not None and not 0 <= said.chance <= 1:
        yield Problem(where, f"its chance is {said.chance}", "give a probability from 0 to 1")
    levels = [level for level, _ in said.quantiles]
    if any(not 0 < level < 1 for level in levels) or any(a >= b for a, b in pairwise(levels)):
        yield Problem(where, f"its levels are {levels}", "let them rise between 0 and 1")
    values = [value for _, value in said.quantiles]
    if not all(isfinite(value) for value in values) or any(a > b for a, b in pairwise(values)):
        yield Problem(where, f"its quantiles are {values}", "give numbers that do not fall")
