"""Counts of a run: whole numbers, so that neither the size of its parts nor their order matters."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.executors import Result
from detente.simulation.ensemble.drawing import Chunk, Source, by_rows
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.summing import count_true, put_in_bins

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 2**25
"""Bytes of the numbers of one chunk of futures that are drawn together."""


@dataclass(frozen=True, eq=False)
class Tally:
    """Whole numbers: counts in bins (rows, bins), sums (rows, 3), true flags (kinds, rows)."""

    counts: NDArray[np.uint32]
    sums: Ints
    flags: Ints

    @classmethod
    def empty(cls, rows: int, bins: int, flags: tuple[int, int]) -> Tally:
        """Return a tally of nothing."""
        return cls(
            np.zeros((rows, bins), dtype=np.uint32),
            np.zeros((rows, 3), dtype=np.int64),
            np.zeros(flags, dtype=np.int64),
        )

    def result(self) -> Result:
        """Return it as arrays, counts as small as they fit."""
        small = self.counts.max(initial=0) < 2**16
        return {
            "counts": self.counts.astype(np.uint16) if small else self.counts,
            "sums": self.sums,
            "flags": self.flags,
        }

    def add(self, other: Result) -> None:
        """Add what another has counted."""
        np.add(self.counts, other["counts"], out=self.counts)
        np.add(self.sums, other["sums"], out=self.sums)
        np.add(self.flags, other["flags"], out=self.flags)


@dataclass(frozen=True, eq=False)
class Count:
    """Draws a part of a run, (its first future, and how many), and counts: what a worker does.

    `edges` (rows, 2): where bins begin, and how many there are to 1; `bins`: how many there are.
    """

    source: Source
    edges: Floats
    bins: int
    threads: int = field(default=1, compare=False)

    def __call__(self, part: tuple[int, int]) -> Result:
        """Return the tally of a part as arrays."""
        tally, rows = self.blank(), self.source.rows
        with ThreadPoolExecutor(self.threads) as pool:
            for first, count in chunks(part, rows):
                chunk = self.source.chunk(pool, self.threads, first=first, count=count)
                by_rows(pool, self.threads, rows[0], partial(_put, chunk, self.edges, tally))
                for kind, flags in enumerate(chunk.flags):
                    count_true(flags, chunk.count, tally.flags[kind])
        return tally.result()

    def blank(self) -> Tally:
        """Return a tally of nothing."""
        rows, flags = self.source.rows
        return Tally.empty(rows, self.bins, (self.source.kinds, flags))


def chunks(
    span: tuple[int, int], rows: tuple[int, int], most: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the first future and the size of each chunk of a span of futures (the first, and how many)."""
    start, size = span
    most = most or max(CHUNK // max(4 * rows[0], rows[1]) // LANES * LANES, LANES)
    for first in range(start, start + size, most):
        yield first, min(most, start + size - first)


def _put(chunk: Chunk, edges: Floats, tally: Tally, span: tuple[int, int]) -> None:
    put_in_bins(chunk.values, chunk.count, edges, span, tally.counts, tally.sums)
