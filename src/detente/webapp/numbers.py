"""From futures to the few numbers that the what-if shows, drawn in pieces so that a run can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.simulation.ensemble.drawing import Chunk, Drawn
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.results import Shape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
PIECE = 512
"""Futures between two looks at whether anyone still waits."""
Tell = Callable[[int, int], None]
"""Is told how many futures are done, of how many; what it raises ends the run."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """What came of futures: quantiles of the spread within blocs (5, times, blocs, issues), how often each
    ballot passed (occasions,), and who has crossed which line by the end, and stood beyond it at the start
    (lines, actors).
    """

    shape: Shape
    spreads: Floats
    passed: Ints
    crossed: Ints
    began: Ints
    draws: int


@dataclass(frozen=True, eq=False)
class _Rows:
    """Which rows of values and of flags are wanted."""

    spreads: Ints
    passed: Ints
    crossed: Ints
    began: Ints

    @classmethod
    def of(cls, shape: Shape, rows: tuple[int, int]) -> _Rows:
        places = dict(shape.tables(np.arange(rows[0])))["spreads"]
        flags = shape.flags(np.arange(rows[1]))
        return cls(places, flags["passed"], flags["crossed"][-1], flags["beyond"][0])


def draw_numbers(
    futures: Futures, *, draws: int, seed: int, pool: ThreadPoolExecutor, tell: Tell | None = None
) -> Numbers:
    """Draw futures and return their numbers, whatever the pieces, as `ensemble.running.draw` has them.

    `tell` hears of every piece, before it is drawn and at the end, and may raise to end the run.
    """
    source, shape = Drawn(packed(futures), seed), Shape.of(futures)
    rows = _Rows.of(shape, source.rows)
    values = np.empty((draws, rows.spreads.size), dtype=np.float32)
    counts = np.zeros(source.rows[1], dtype=np.int64)
    for first in range(0, draws, PIECE):
        if tell is not None:
            tell(first, draws)
        count = min(PIECE, draws - first)
        chunk = source.chunk(pool, 1, first=first, count=count)
        values[first : first + count] = _picked(chunk, rows.spreads.ravel())
        counts += _counted(chunk)
    if tell is not None:
        tell(draws, draws)
    quantiles = np.quantile(values.astype(float), QUANTILES, axis=0, overwrite_input=True)
    return Numbers(
        shape,
        quantiles.reshape(len(QUANTILES), *rows.spreads.shape),
        counts[rows.passed],
        counts[rows.crossed],
        counts[rows.began],
        draws,
    )


def _picked(chunk: Chunk, rows: Ints) -> NDArray[np.float32]:
    """Return some rows of values, future by future."""
    return chunk.values[:, rows, :].swapaxes(1, 2).reshape(-1, len(rows))[: chunk.count]


def _counted(chunk: Chunk) -> Ints:
    """Return how often each flag is true; room in the last block that no future fills does not count."""
    flags = chunk.flags[0]
    whole, rest = divmod(chunk.count, flags.shape[2])
    counts = flags[:whole].sum(axis=(0, 2), dtype=np.int64)
    last = flags[whole : whole + 1, :, :rest].sum(axis=(0, 2), dtype=np.int64)
    return np.asarray(counts + last)
