"""What the estimators of sensitivity share: intervals, weights of resamples, outputs fit for use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.naming import misnamed, named

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
NORMAL = 1.959963984540054
"""Half the width of a 95 per cent interval, in standard errors."""
FLAT = 1e-12
"""An output that varies by a smaller share of its size has no variance."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Values with the ends of their 95 per cent intervals, arrays of one shape."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Outputs:
    """Outputs by block of rows that belong together, (blocks, rows of a block, outputs), centred.

    `whole` says which of the blocks given have finite outputs throughout, and are here; `failed` counts rows
    that are not finite. `flat` says which outputs do not vary.
    """

    y: Floats
    names: tuple[str, ...]
    flat: Flags
    whole: Flags
    failed: int

    @property
    def dropped(self) -> int:
        """Number of blocks that were left out."""
        return int((~self.whole).sum())

    @property
    def constant(self) -> tuple[str, ...]:
        """Names of the outputs that do not vary."""
        return tuple(name for name, flat in zip(self.names, self.flat, strict=True) if flat)


def blocks(y: Floats, *, rows: int, names: Sequence[str] = ()) -> Outputs:
    """Return outputs `y` (rows in all,) or (rows in all, outputs) as blocks of `rows` rows.

    A block with an output that is not finite is left out whole, for all outputs: half a block says nothing.
    Raises StrategyError where rows do not make whole blocks, or fewer than two blocks are left.

    >>> told = blocks(np.array([1.0, 2.0, np.nan, 4.0, 5.0, 9.0]), rows=2)
    >>> told.dropped, told.failed, told.y[..., 0].tolist()
    (1, 1, [[-3.25, -2.25], [0.75, 4.75]])
    """
    table = np.asarray(y, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    problems = list(_misshapen(table, rows)) or list(misnamed(names, table.shape[1], kind="output"))
    if problems:
        raise StrategyError(*problems)
    called = named(names, table.shape[1], kind="output")
    finite: Flags = np.isfinite(table)
    whole = np.asarray(finite.reshape(len(table) // rows, -1).all(axis=1))
    if whole.sum() < 2:
        raise StrategyError(*_unfinished(finite, called, int(whole.sum()), len(whole)))
    kept = table.reshape(len(whole), rows, -1)[whole]
    flat = np.ptp(kept, axis=(0, 1)) <= FLAT * np.abs(kept).max(axis=(0, 1))
    failed = int((~finite.all(axis=1)).sum())
    return Outputs(kept - kept.mean(axis=(0, 1)), called, flat, whole, failed)


def _misshapen(table: Floats, rows: int) -> list[Problem]:
    if table.ndim != 2 or not table.size:
        return [Problem("y", f"has the shape {table.shape}", "give one row per run, one column per output")]
    if len(table) % rows:
        hint = "give the outputs of every row of the design, in its order; failed runs as NaN"
        return [Problem("y", f"{len(table)} rows do not make whole blocks of {rows}", hint)]
    return []


def _unfinished(finite: Flags, names: Sequence[str], whole: int, count: int) -> list[Problem]:
    """Say what is left of outputs that are too seldom finite."""
    never = [name for place, name in enumerate(names) if not finite[:, place].any()]
    if never:
        return [Problem(f"y: {name}", "is finite in no run", "leave this output out") for name in never]
    what = f"{whole} of {count} base samples have finite outputs in all their rows; two are the least"
    return [Problem("y", what, "draw more, or mend the runs that failed")]


def weights(count: int, resamples: int, seed: int) -> Floats:
    """Return weights (resamples + 1, count), each row of sum 1: equal ones first, then bootstrap resamples.

    >>> weights(4, 2, seed=0).sum(axis=1).tolist()
    [1.0, 1.0, 1.0]
    """
    drawn = np.random.default_rng([seed, count, resamples]).integers(count, size=(resamples, count))
    places = drawn + count * np.arange(resamples)[:, None]
    times = np.bincount(places.ravel(), minlength=count * resamples).reshape(resamples, count)
    return np.vstack([np.full(count, 1.0), times]) / count


def estimate(draws: Floats) -> Estimate:
    """Return the estimate in the first of `draws` (resamples + 1, ...), give or take 1.96 standard errors.

    The standard error is that of the other draws; where an output does not vary in a resample, this one
    is left out.

    >>> told = estimate(np.array([1.0, 0.9, 1.1, np.nan]))
    >>> round(float(told.low), 3), round(float(told.high), 3)
    (0.723, 1.277)
    """
    held = np.isfinite(draws[1:])
    count = held.sum(axis=0)
    centre = np.where(held, draws[1:], 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(held, draws[1:] - centre, 0.0) ** 2
    error = np.where(count > 1, np.sqrt(squares.sum(axis=0) / np.maximum(count - 1, 1)), np.nan)
    return Estimate(draws[0], draws[0] - NORMAL * error, draws[0] + NORMAL * error)


def over(part: Floats, whole: Floats) -> Floats:
    """Return `part / whole`, NaN where the whole is not above 0.

    >>> over(np.array([1.0, 2.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    positive = whole > 0
    return np.where(positive, part / np.where(positive, whole, 1.0), np.nan)
