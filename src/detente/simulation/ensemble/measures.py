"""What is read off each single future at its end: small specifications that other processes can be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, did_you_mean
from detente.simulation.ensemble.results import KINDS, Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ends:
    """Futures at their end, future by future.

    `tables` holds each of `KINDS` (futures, ...), `passed` (futures, occasions) and `crossed` (futures,
    lines, actors); `member` (actors, blocs) is the membership at the end.
    """

    shape: Shape
    tables: Mapping[str, NDArray[Any]]
    passed: NDArray[np.bool_]
    crossed: NDArray[np.bool_]
    member: NDArray[np.bool_]

    def place(self, axis: str, name: str) -> int:
        """Return the place of a name along an axis."""
        return self.shape.names[axis].index(name)


@dataclass(frozen=True)
class _Cell:
    """A cell of one of the tables of `KINDS`; its fields are the axes."""

    kind: ClassVar[str]

    @property
    def axes(self) -> dict[str, str]:
        """The name along each axis."""
        return dict(zip(KINDS[self.kind], astuple(self), strict=True))

    def problems(self, shape: Shape, member: NDArray[np.bool_]) -> Iterator[Problem]:
        """Yield everything that these futures do not have."""
        for axis, name in self.axes.items():
            yield from _unknown(self, axis, name, shape.names[axis])
        yield from _empty(self, self.axes.get("bloc"), shape, member)

    def column(self, ends: Ends) -> Floats:
        """Return the number of each future."""
        first, second = (ends.place(axis, name) for axis, name in self.axes.items())
        return np.asarray(ends.tables[self.kind][:, first, second], dtype=np.float64)


@dataclass(frozen=True)
class Position(_Cell):
    """Where an actor stands on an issue."""

    actor: str
    issue: str
    kind = "positions"


@dataclass(frozen=True)
class BlocMean(_Cell):
    """The mean position of a bloc's members on an issue."""

    bloc: str
    issue: str
    kind = "blocs"


@dataclass(frozen=True)
class BlocSpread(_Cell):
    """The standard deviation of positions within a bloc: the less, the closer."""

    bloc: str
    issue: str
    kind = "spreads"


@dataclass(frozen=True)
class Covariate:
    """The level of a covariate in an actor, or its mean over a bloc where no actor has that name."""

    who: str
    covariate: str

    def problems(self, shape: Shape, member: NDArray[np.bool_]) -> Iterator[Problem]:
        """Yield everything that these futures do not have."""
        known = (*shape.names["actor"], *shape.names["bloc"])
        yield from _unknown(self, "actor or bloc", self.who, known)
        yield from _unknown(self, "covariate", self.covariate, shape.names["covariate"])
        if self.who not in shape.names["actor"]:
            yield from _empty(self, self.who, shape, member)

    def column(self, ends: Ends) -> Floats:
        """Return the number of each future."""
        table = ends.tables["covariates"][:, :, ends.place("covariate", self.covariate)].astype(float)
        if self.who in ends.shape.names["actor"]:
            return np.asarray(table[:, ends.place("actor", self.who)])
        inside = ends.member[:, ends.place("bloc", self.who)]
        return np.asarray(table[:, inside].mean(axis=1))


@dataclass(frozen=True)
class Passes:
    """The share of its occasions on which a ballot passes."""

    ballot: str

    def problems(self, shape: Shape, member: NDArray[np.bool_]) -> Iterator[Problem]:
        """Yield a problem where the ballot never comes up."""
        known = tuple(dict.fromkeys(key for key, _ in shape.occasions))
        yield from _unknown(self, "ballot that comes up", self.ballot, known)

    def column(self, ends: Ends) -> Floats:
        """Return the number of each future."""
        rows = [key == self.ballot for key, _ in ends.shape.occasions]
        return np.asarray(ends.passed[:, rows].mean(axis=1))


@dataclass(frozen=True)
class Crosses:
    """How many actors have been beyond a line by the end; of a bloc, those who are members at the end."""

    line: str
    bloc: str | None = None

    def problems(self, shape: Shape, member: NDArray[np.bool_]) -> Iterator[Problem]:
        """Yield everything that these futures do not have."""
        yield from _unknown(self, "line", self.line, shape.names["line"])
        if self.bloc is not None:
            yield from _unknown(self, "bloc", self.bloc, shape.names["bloc"])

    def column(self, ends: Ends) -> Floats:
        """Return the number of each future."""
        crossed = ends.crossed[:, ends.place("line", self.line)]
        inside = slice(None) if self.bloc is None else ends.member[:, ends.place("bloc", self.bloc)]
        return np.asarray(crossed[:, inside].sum(axis=1), dtype=np.float64)


Outcome = Position | BlocMean | BlocSpread | Covariate | Passes | Crosses


def label(outcome: Outcome) -> str:
    """Return a name for an outcome.

    >>> label(BlocSpread("EU", "sanctions")), label(Crosses("half"))
    ('BlocSpread(EU, sanctions)', 'Crosses(half)')
    """
    parts = ", ".join(str(part) for part in astuple(outcome) if part is not None)
    return f"{type(outcome).__name__}({parts})"


def _unknown(outcome: Any, axis: str, name: str, known: tuple[str, ...]) -> Iterator[Problem]:
    if name not in known:
        hint = did_you_mean(name, known) or f"known are {', '.join(known) or 'none'}"
        yield Problem(label(outcome), f"there is no {axis} {name!r}", hint)


def _empty(outcome: Any, bloc: str | None, shape: Shape, member: NDArray[np.bool_]) -> Iterator[Problem]:
    """Yield a problem where a bloc has no members at the end: nothing could be averaged."""
    names = shape.names["bloc"]
    if bloc in names and not member[:, names.index(bloc)].any():
        yield Problem(label(outcome), f"{bloc} has no members at the end", "ask for another bloc")
