"""A sample to search: inputs with their kinds, and which runs are of interest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, did_you_mean, raise_all
from detente.strategy.naming import misnamed, named

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["real", "integer", "categorical"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, eq=False)
class Sample:
    """Inputs `x` (n, d), of which runs `y` (n,) are of interest, names and kinds (d,).

    `categories` (d,) are the values of categorical inputs, in order, and none of others. `dropped` runs had
    no outcome and are in no count.
    """

    x: Floats
    y: Flags
    inputs: tuple[str, ...]
    kinds: tuple[Kind, ...]
    categories: tuple[Floats, ...]
    dropped: int

    @property
    def hits(self) -> int:
        """Number of runs of interest."""
        return int(self.y.sum())


def sample(
    x: ArrayLike, y: ArrayLike, *, inputs: Sequence[str] = (), kinds: Mapping[str, Kind] | None = None
) -> Sample:
    """Return the sample of inputs `x` (n, d) and outcomes `y` (n,): 1 of interest, 0 not, NaN not known.

    `kinds` names the inputs that are `integer` or `categorical` (numbers that stand for categories). Raises
    StrategyError for shapes that differ, inputs constant or not finite, unknown kinds, and outcomes of
    which none, or all, are of interest.

    >>> sample([[0.1], [0.2], [0.3]], [0, 1, float("nan")]).dropped
    1
    """
    table, outcome = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    raise_all(StrategyError, list(_misshapen(table, outcome)))
    names = named(inputs, table.shape[1], kind="input")
    given = dict(kinds or {})
    problems = [*misnamed(inputs, table.shape[1], kind="input"), *_unkind(given, names)]
    problems += _uninteresting(outcome)
    raise_all(StrategyError, problems)
    held: tuple[Kind, ...] = tuple(given.get(name, "real") for name in names)
    known = np.isfinite(outcome)
    raise_all(StrategyError, list(_unusable(table[known], names, held)))
    sorts = tuple(
        np.unique(table[known, column]) if kind == "categorical" else np.empty(0)
        for column, kind in enumerate(held)
    )
    return Sample(table[known], outcome[known] == 1, names, held, sorts, int((~known).sum()))


def _misshapen(x: Floats, y: Floats) -> Iterator[Problem]:
    if x.ndim != 2 or not x.size:
        yield Problem("x", f"has the shape {x.shape}", "give one row per run, one column per input")
    elif y.shape != (len(x),):
        yield Problem("y", f"has the shape {y.shape} for {len(x)} rows of x", "give one outcome per row")


def _unkind(kinds: Mapping[str, str], names: Sequence[str]) -> Iterator[Problem]:
    for name, kind in kinds.items():
        if name not in names:
            hint = did_you_mean(name, names) or f"inputs are {', '.join(names)}"
            yield Problem("kinds", f"there is no input {name!r}", hint)
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS) or f"kinds are {', '.join(KINDS)}"
            yield Problem(f"kinds: {name}", f"there is no {kind!r}", hint)


def _uninteresting(y: Floats) -> Iterator[Problem]:
    known = y[~np.isnan(y)]
    if not len(known):
        yield Problem("y", "is NaN in every run", "nothing is known of the outcome: mend the runs")
    elif not np.isin(known, (0, 1)).all():
        yield Problem("y", "holds numbers other than 0 and 1", "give 1 where a run is of interest, else 0")
    elif known.min() == known.max():
        what = f"{'all' if known[0] else 'none'} of {len(known)} runs are of interest"
        yield Problem("y", what, "choose a threshold that some runs pass and others do not")


def _unusable(x: Floats, names: Sequence[str], kinds: Sequence[Kind]) -> Iterator[Problem]:
    for column, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        values = x[:, column]
        if not np.isfinite(values).all():
            yield Problem(f"x: {name}", "is not finite in every run", "leave out those runs, and count them")
        elif values.min() == values.max():
            yield Problem(f"x: {name}", "is constant", "leave out an input that does not vary")
        elif kind == "integer" and (values != np.round(values)).any():
            yield Problem(f"x: {name}", "holds numbers that are not whole", "call it real")
