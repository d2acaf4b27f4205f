"""The panel: readings of positions by year and actor, and what may have moved them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SINCE = 1991
"""First year of a panel: the votes of the Cold War obeyed another law."""
ASIDE = ["reason", "cells", "examples"]
ROUNDING = 1e-8
MOST_NAMED = 8
"""Wrong cells of one table that are named one by one; the rest is counted."""

AXES: dict[str, tuple[str, ...]] = {
    "reading": ("year", "actor"),
    "sd": ("year", "actor"),
    "member": ("year", "actor", "bloc"),
    "influence": ("year", "actor", "actor"),
    "change": ("year", "actor", "covariate"),
}


def no_rows() -> pd.DataFrame:
    """Return the table of what was set aside, empty."""
    return pd.DataFrame(columns=ASIDE)


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """N actors over T years in a row, B blocs, C covariates.

    `reading`, `sd` (T, N): where votes of the year put an actor, NaN where it did not vote, and how exactly.
    `member` (T, N, B): 1 for members of the year. `influence` (T, N, N): each row the shares of those who are
    listened to, known by the year before; zeros for one who listens to nobody. `change` (T, N, C): changes of
    covariates since the year before, 0 where unknown. `source` says what the readings are, `set_aside`
    (reason, cells, examples) what was not used. Tables that are left out are zeros.

    Raises SimulationError with every table that does not fit and, by name, every cell that is wrong.

    >>> Panel(actors=("A", "B"), years=(2000, 2001), reading=np.array([[0.1, 1.0], [np.nan, 1.1]]),
    ...       sd=np.full((2, 2), 0.1), source="made up").until(2000).years
    (2000,)
    """

    actors: tuple[str, ...]
    years: tuple[int, ...]
    reading: Floats
    sd: Floats
    source: str
    blocs: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    member: Floats | None = None
    influence: Floats | None = None
    change: Floats | None = None
    set_aside: pd.DataFrame = field(default_factory=no_rows)

    def __post_init__(self) -> None:
        raise_all(SimulationError, list(self._label_problems()))
        problems: list[Problem] = []
        for name, axes in AXES.items():
            shape = tuple(len(self.labels(axis)) for axis in axes)
            given = getattr(self, name)
            table = np.zeros(shape) if given is None else np.array(given, dtype=float)
            if table.shape != shape:
                problems.append(Problem(name, f"has shape {table.shape}, and ({', '.join(axes)}) is {shape}"))
            table.setflags(write=False)
            object.__setattr__(self, name, table)
        raise_all(SimulationError, problems)
        raise_all(SimulationError, list(self._cell_problems()))

    @property
    def first(self) -> NDArray[np.int64]:
        """(N,) the row of each actor's first reading."""
        return np.asarray((~np.isnan(self.reading)).argmax(axis=0), dtype=np.int64)

    def labels(self, axis: str) -> tuple[object, ...]:
        """Return the labels along an axis."""
        return tuple(getattr(self, f"{axis}s"))

    def until(self, year: int) -> Panel:
        """Return the panel up to a year, without actors that have no reading by then."""
        rows = sum(each <= year for each in self.years)
        there = ~np.isnan(self.reading[:rows]).all(axis=0)
        member, influence, change = self.tables
        return replace(
            self,
            actors=tuple(np.array(self.actors, object)[there]),
            years=self.years[:rows],
            reading=self.reading[:rows, there],
            sd=self.sd[:rows, there],
            member=member[:rows, there],
            influence=shares(influence[:rows][:, there][:, :, there]),
            change=change[:rows, there],
        )

    @property
    def tables(self) -> tuple[Floats, Floats, Floats]:
        """`member`, `influence` and `change`, which are always there once a panel is made."""
        assert self.member is not None and self.influence is not None and self.change is not None
        return self.member, self.influence, self.change

    def _label_problems(self) -> Iterator[Problem]:
        for kind in ("actors", "years"):
            if not getattr(self, kind):
                yield Problem(kind, "there are none", "a panel needs at least one")
        for kind in ("actors", "years", "blocs", "covariates"):
            labels = getattr(self, kind)
            for label in sorted({each for each in labels if labels.count(each) > 1}):
                yield Problem(f"{kind}: {label!r}", "is there more than once", "name each once")
        for one, other in zip(self.years, self.years[1:], strict=False):
            if other != one + 1:
                yield Problem("years", f"{other} follows {one}", "give every year, in order")

    def _cell_problems(self) -> Iterator[Problem]:
        there = ~np.isnan(self.reading)
        yield from self._named("reading", np.isinf(self.reading), "a reading must be finite or missing")
        wrong = there & ~(np.isfinite(self.sd) & (self.sd > 0))
        yield from self._named("sd", wrong, "every reading needs a standard error above 0")
        yield from self._nobody(there)
        member, influence, change = self.tables
        yield from self._named("member", ~np.isin(member, (0.0, 1.0)), "give 1 for members, else 0")
        yield from self._named(
            "change", ~np.isfinite(change), "give 0 where nothing is known, and say so in set_aside"
        )
        yield from self._named(
            "influence", ~(np.isfinite(influence) & (influence >= 0)), "give shares of 0 or more"
        )
        total = influence.sum(axis=2)
        off = np.isfinite(total) & (np.minimum(np.abs(total), np.abs(total - 1)) > ROUNDING)
        yield from self._named("influence", off, "rows must add up to 1, or to 0")

    def _nobody(self, there: Bools) -> Iterator[Problem]:
        for actor in np.array(self.actors, object)[~there.any(axis=0)][:MOST_NAMED]:
            yield Problem(str(actor), "has no reading in any year", "leave it out")

    def _named(self, table: str, wrong: Bools, hint: str) -> Iterator[Problem]:
        cells = np.argwhere(wrong)
        labels = [self.labels(axis) for axis in AXES[table]]
        for cell in islice(cells, MOST_NAMED):
            spot = ", ".join(str(names[place]) for names, place in zip(labels, cell, strict=False))
            value = getattr(self, table)[tuple(cell)]
            yield Problem(f"{table} of {spot}", f"is {value:g}" if np.ndim(value) == 0 else "is wrong", hint)
        if len(cells) > MOST_NAMED:
            yield Problem(table, f"{len(cells) - MOST_NAMED} more cells are wrong", hint)


def shares(weights: Floats) -> Floats:
    """Return rows (last axis) divided by their sums; rows of zeros stay.

    >>> shares(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.75], [0.0, 0.0]]
    """
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))
