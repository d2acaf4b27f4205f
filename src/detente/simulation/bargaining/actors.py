"""Who bargains over what: actors with capability, position and salience, and what they think of one
another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, SimulationError, raise_all

Floats = NDArray[np.float64]
LARGEST = 1e18
"""Capabilities beyond this are refused: their eighth powers would overflow."""
ROUNDING = 1e-9
"""Sums of saliences may exceed 1 by this much, as sums of rounded numbers do."""


@dataclass(frozen=True, eq=False, init=False)
class Actors:
    """N actors, D issues, and what every model of bargaining starts from, on a scale of 0 to 1.

    capability (N,) >= 0, in any unit, for only ratios matter; position (N, D) in [0, 1]; salience (N, D)
    >= 0 with at most 1 in sum for each actor. Ideals are positions, unless `accommodation` (N, N) >= 0
    says how they follow: ideal_i <- sum_j A_ij x_j + (1 - sum_j A_ij) ideal_i, rows at most 1 in sum;
    they then start at `ideal` (N, D), or at the positions. Raises `SimulationError` with every cell that
    is wrong.

    >>> half = [[0.5], [0.5]]
    >>> two = Actors(["A", "B"], ["budget"], capability=[1, 2], position=[[0.2], [0.8]], salience=half)
    >>> two.size, two.position[:, 0].tolist()
    (2, [0.2, 0.8])
    """

    names: tuple[str, ...]
    issues: tuple[str, ...]
    capability: Floats
    position: Floats
    salience: Floats
    accommodation: Floats | None
    ideal: Floats | None

    def __init__(
        self,
        names: Sequence[str],
        issues: Sequence[str],
        *,
        capability: ArrayLike,
        position: ArrayLike,
        salience: ArrayLike,
        accommodation: ArrayLike | None = None,
        ideal: ArrayLike | None = None,
    ) -> None:
        size, many = len(names), len(issues)
        given = {
            "capability": (capability, (size,)),
            "position": (position, (size, many)),
            "salience": (salience, (size, many)),
            "accommodation": (accommodation, (size, size)),
            "ideal": (ideal, (size, many)),
        }
        object.__setattr__(self, "names", tuple(names))
        object.__setattr__(self, "issues", tuple(issues))
        problems: list[Problem] = []
        for name, (values, shape) in given.items():
            try:
                object.__setattr__(self, name, None if values is None else _fixed(name, values, shape))
            except SimulationError as error:
                problems += error.problems
        raise_all(SimulationError, problems or list(self._problems()))

    @property
    def size(self) -> int:
        """How many actors there are."""
        return len(self.names)

    @property
    def order(self) -> NDArray[np.int64]:
        """The actors sorted by name: models process them so, and the order in which they came does not
        matter.
        """
        return np.array(sorted(range(self.size), key=self.names.__getitem__), dtype=np.int64)

    @classmethod
    def from_table(cls, table: pd.DataFrame, *, scale: float = 100.0) -> Actors:
        """Return actors from rows of actor, issue, position, salience, capability, one for each actor and
        issue.

        Positions and saliences run from 0 to `scale`. Raises `SimulationError` for columns and cells that are
        missing or given twice, and for an actor whose capability differs between rows.

        >>> rows = pd.DataFrame({"actor": ["A", "B"], "issue": "budget", "position": [0, 100],
        ...                      "salience": 50, "capability": [1, 2]})
        >>> Actors.from_table(rows).position.tolist()
        [[0.0], [1.0]]
        """
        raise_all(SimulationError, list(_table_problems(table)))
        names, issues = table["actor"].astype(str).unique(), table["issue"].astype(str).unique()
        at = table.assign(actor=table["actor"].astype(str), issue=table["issue"].astype(str))
        wide = at.pivot(index="actor", columns="issue", values=["position", "salience"]).loc[names]
        return cls(
            names.tolist(),
            issues.tolist(),
            capability=at.groupby("actor")["capability"].first().loc[names].to_numpy(),
            position=wide["position"][issues].to_numpy(dtype=float) / scale,
            salience=wide["salience"][issues].to_numpy(dtype=float) / scale,
        )

    def table(self) -> pd.DataFrame:
        """Return one row for each actor and issue: actor, issue, position, salience, capability."""
        many = len(self.issues)
        return pd.DataFrame(
            {
                "actor": np.repeat(self.names, many),
                "issue": np.tile(self.issues, self.size),
                "position": self.position.ravel(),
                "salience": self.salience.ravel(),
                "capability": np.repeat(self.capability, many),
            }
        )

    def _problems(self) -> Iterator[Problem]:
        if not self.names or not self.issues:
            yield Problem(
                "actors", f"{self.size} actors, {len(self.issues)} issues", "give one of each at least"
            )
        for kind, labels in (("actor", self.names), ("issue", self.issues)):
            for label, times in Counter(labels).items():
                if not isinstance(label, str) or not label.strip():
                    yield Problem(f"{kind} {label!r}", "is no name", "give a text")
                if times > 1:
                    yield Problem(f"{kind} {label!r}", f"is named {times} times", "give each its own name")
        yield from outside(self.names, (), "capability", self.capability, LARGEST)
        yield from outside(self.names, self.issues, "position", self.position, 1.0)
        yield from outside(self.names, self.issues, "salience", self.salience, 1.0)
        yield from over_one(self.names, "saliences", self.salience)
        if self.accommodation is not None:
            yield from outside(self.names, self.names, "accommodation", self.accommodation, 1.0)
            yield from over_one(self.names, "accommodations", self.accommodation)
        if self.ideal is not None:
            yield from outside(self.names, self.issues, "ideal", self.ideal, 1.0)
            if self.accommodation is None:
                hint = "give accommodation too; zeros keep ideals where they are"
                yield Problem("ideal", "nothing says how ideals follow positions", hint)


@dataclass(frozen=True, eq=False, init=False)
class Perceptions:
    """What each observer h believes of each actor i, on a scale of 0 to 1; what is left out everyone sees
    as it is.

    positions (N, N, D) and saliences (N, N, D) by observer, actor and issue, capabilities (N, N) by
    observer and actor; for many runs with one more axis in front. Everyone knows its own position and
    salience, so that these are not read; its own capability it may misjudge.

    >>> Perceptions(capabilities=[[1.0, 1.0], [1.0, 2.0]]).capabilities.shape
    (2, 2)
    """

    positions: Floats | None
    saliences: Floats | None
    capabilities: Floats | None

    def __init__(
        self,
        *,
        positions: ArrayLike | None = None,
        saliences: ArrayLike | None = None,
        capabilities: ArrayLike | None = None,
    ) -> None:
        given = {"positions": positions, "saliences": saliences, "capabilities": capabilities}
        for name, values in given.items():
            object.__setattr__(self, name, None if values is None else _fixed(f"perceived {name}", values))

    def problems(self, actors: Actors) -> Iterator[Problem]:
        """Yield what does not fit these actors."""
        names, size, many = actors.names, actors.size, len(actors.issues)
        shapes = {
            "positions": (self.positions, (size, size, many), 1.0),
            "saliences": (self.saliences, (size, size, many), 1.0),
            "capabilities": (self.capabilities, (size, size), LARGEST),
        }
        for kind, (table, shape, top) in shapes.items():
            if table is None:
                continue
            if table.shape[-len(shape) :] != shape or table.ndim > len(shape) + 1:
                hint = "by observer, actor" + (" and issue" if len(shape) == 3 else "")
                yield Problem(f"perceived {kind}", f"are of shape {table.shape}, not {shape}", hint)
                continue
            for h, observer in enumerate(names):
                seen = table[..., h, :, :] if len(shape) == 3 else table[..., h, :]
                columns = actors.issues if len(shape) == 3 else ()
                yield from outside(names, columns, f"in the eyes of {observer!r}: {kind[:-1]}", seen, top)
        if self.saliences is not None and self.saliences.shape[-3:] == (size, size, many):
            for h, observer in enumerate(names):
                yield from over_one(
                    names, f"saliences in the eyes of {observer!r}", self.saliences[..., h, :, :]
                )


def numbers(what: str, values: ArrayLike) -> Floats:
    """Return values as floats; raises `SimulationError` where they are not."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SimulationError(
            Problem(what, f"is not a table of numbers ({error})", "give numbers")
        ) from error


def _fixed(what: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Floats:
    """Return a read-only copy as floats; raises `SimulationError` where it is not numbers of that shape."""
    found = numbers(what, values).copy()
    if shape is not None and found.shape != shape:
        raise SimulationError(Problem(what, f"is of shape {found.shape}, not {shape}", "actors by row"))
    found.flags.writeable = False
    return found


def outside(
    rows: Sequence[str], columns: Sequence[str], what: str, values: Floats, top: float
) -> Iterator[Problem]:
    """Yield every cell that is missing or not in [0, top]; values (..., N) or (..., N, D) over any runs.

    >>> [str(problem) for problem in outside(["A"], [], "capability", np.array([-1.0]), 10.0)]
    ["actor 'A': capability is -1.0\\n    give a number from 0 to 10"]
    """
    wrong = ~((values >= 0.0) & (values <= top))
    cells = 2 if columns else 1
    for cell in np.argwhere(wrong.any(axis=tuple(range(values.ndim - cells)))):
        there = (..., *cell)
        value, times = values[there][wrong[there]].ravel()[0], int(wrong[there].sum())
        label = f"actor {rows[cell[0]]!r}" + (f", {columns[cell[1]]!r}" if columns else "")
        said = "is missing" if np.isnan(value) else f"is {float(value)!r}"
        more = f" in {times} runs, as here" if times > 1 else ""
        yield Problem(label, f"{what} {said}{more}", f"give a number from 0 to {top:g}")


def over_one(names: Sequence[str], what: str, values: Floats) -> Iterator[Problem]:
    """Yield every actor whose row adds up to more than 1; values (..., N, D) over any runs."""
    total = values.sum(axis=-1)
    for i, name in enumerate(names):
        most = float(np.max(total[..., i], initial=0.0))
        if most > 1.0 + ROUNDING:
            hint = "they share one attention: divide them by their sum, or by a larger number"
            yield Problem(f"actor {name!r}", f"{what} add up to {most:g}, more than 1", hint)


def not_numbers(table: pd.DataFrame, columns: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each cell of some columns that holds something, and no number."""
    for column in columns:
        cells = table[column]
        wrong = pd.to_numeric(cells, errors="coerce").isna() & cells.notna()
        for actor, issue, cell in zip(
            table["actor"][wrong], table["issue"][wrong], cells[wrong], strict=True
        ):
            what = f"{column} is {str(cell)[:40]!r}"
            yield Problem(f"actor {str(actor)!r}, {str(issue)!r}", what, "give a number")


def _table_problems(table: pd.DataFrame) -> Iterator[Problem]:
    wanted = ["actor", "issue", "position", "salience", "capability"]
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        yield Problem("actor table", f"has no column {', '.join(missing)}", f"columns {', '.join(wanted)}")
        return
    if table.empty:
        yield Problem("actor table", "holds no rows", "add a row for each actor and issue")
        return
    for name in wanted[:2]:
        for row in np.flatnonzero(table[name].isna()):
            yield Problem(
                f"actor table, row {row + 1}", f"names no {name}", "fill it in, or leave the row out"
            )
    if table[wanted[:2]].isna().to_numpy().any():
        return
    yield from not_numbers(table, wanted[2:])
    keys = pd.MultiIndex.from_frame(table[["actor", "issue"]].astype(str))
    for actor, issue in keys[keys.duplicated()].unique():
        yield Problem(f"actor {actor!r}, {issue!r}", "is given more than once", "keep one row")
    every = pd.MultiIndex.from_product([keys.levels[0], keys.levels[1]])
    for actor, issue in every.difference(keys):
        yield Problem(
            f"actor {actor!r}, {issue!r}", "is missing", "add a row; salience 0 if it does not care"
        )
    for actor, values in table.groupby(table["actor"].astype(str))["capability"]:
        if values.nunique(dropna=False) > 1:
            yield Problem(f"actor {actor!r}", "has more than one capability", "give the same in every row")
