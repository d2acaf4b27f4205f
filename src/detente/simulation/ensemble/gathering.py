"""Quantiles, means and counts over futures: from all of them while few, else from counts in bins.

Whatever is gathered over chunks is whole numbers, so that neither their size nor their order matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError
from detente.executors import How, Progress, fill, run
from detente.simulation.ensemble.drawing import Chunk, Source, by_rows
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.parts import CHUNK, Count, Tally, chunks
from detente.simulation.ensemble.summing import (
    GRAIN,
    SQUARES,
    count_true,
    order_statistics,
    quantiles_in_bins,
)

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
EXACT = 2**27
"""Bytes of all numbers, in single precision, up to which they are all kept: 134 MB."""
COUNTS = 2**27
"""Bytes of all counts in bins: 134 MB at most."""
MOST_BINS, LEAST_BINS = 1024, 128
PILOT = 1024
"""Futures from which the range of the bins is taken, or fewer where they would not fit into four chunks."""
PART, MOST_PARTS = 2**16, 512
"""Futures in a chunk of work, and into how many chunks a run is cut at most: then chunks are larger."""
MOST_DRAWS = 10**9
BEYOND = 2.0
"""Bins reach so far below and above the range from the first to the last quantile, in lengths of it."""
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Gathered:
    """What came of many futures: quantiles (rows, 7), mean and sd (rows,), how often each flag was true, for
    each kind of flag (rows,).

    `resolution` (rows,) is the width of a bin, by which quantiles may be off; 0 where they are exact.
    """

    quantiles: Floats
    mean: Floats
    sd: Floats
    flags: tuple[NDArray[np.int64], ...]
    draws: int
    resolution: Floats


def is_exact(source: Source, draws: int) -> bool:
    """Return whether so many futures are kept whole: this hangs on their number and size alone."""
    return draws * max(source.rows) * 4 <= EXACT


def gather(source: Source, draws: int, *, how: How | None = None) -> Gathered:
    """Draw futures and return what came of them; raises `SimulationError` where there are too few or many."""
    with _running(source, draws, how) as run:
        return run.whole() if is_exact(source, draws) else run.counted()


def fill_share(source: Source, draws: int, *, how: How, share: tuple[int, int]) -> None:
    """Draw a worker's share of the parts that are not in the folder yet; `gather` then adds all of them up.

    The share (k, n) is every n-th part from part k on. Where so few futures are asked for that they are not
    drawn in parts, there is nothing to do.
    """
    with _running(source, draws, how) as run:
        run.fill(share, nothing=is_exact(source, draws))


def chunk_of(source: Source, count: int, how: How | None) -> Chunk:
    """Return the first futures as they are."""
    with _running(source, count, how) as run:
        return source.chunk(run.pool, run.threads, first=0, count=count)


@contextmanager
def _running(source: Source, draws: int, how: How | None) -> Iterator[_Run]:
    how = how or How()
    with workers(draws, how) as (pool, threads):
        yield _Run(source, draws, how, pool, threads)


@contextmanager
def workers(draws: int, how: How) -> Iterator[tuple[ThreadPoolExecutor, int]]:
    """Yield threads of this process and their number; raises where numbers make no sense."""
    how.check()
    if not 1 <= draws <= MOST_DRAWS:
        raise SimulationError(Problem("draws", f"{draws} futures", f"give 1 to {MOST_DRAWS:,}"))
    threads = how.threads(get_num_threads()) if how.here else get_num_threads()
    with ThreadPoolExecutor(threads) as pool:
        yield pool, threads


@dataclass(frozen=True, eq=False)
class _Run:
    source: Source
    draws: int
    how: How
    pool: ThreadPoolExecutor
    threads: int

    def whole(self) -> Gathered:
        """Keep all numbers, and take exact quantiles, between ranks as numpy does."""
        chunk = self.source.chunk(self.pool, self.threads, first=0, count=self.draws)
        quantiles, about = self._ranked(chunk, QUANTILES)
        flags = np.zeros((self.source.kinds, self.source.rows[1]), dtype=np.int64)
        for kind, each in enumerate(chunk.flags):
            count_true(each, chunk.count, flags[kind])
        if self.how.report is not None:
            self.how.report(Progress(self.draws, self.draws, 0, 0.0, 0))
        mean, sd = about.T
        return Gathered(quantiles, mean, sd, tuple(flags), self.draws, np.zeros(len(mean)))

    def _ranked(self, chunk: Chunk, wanted: Sequence[float]) -> tuple[Floats, Floats]:
        """Return exact quantiles (rows, wanted), and mean and sd (rows, 2)."""
        place = np.array(wanted) * (chunk.count - 1)
        ranks = np.unique(np.concatenate([np.floor(place), np.ceil(place)]).astype(np.int64))
        rows = self.source.rows[0]
        held, about = np.empty((rows, len(ranks)), dtype=np.float32), np.empty((rows, 2))
        self._rows(lambda span: order_statistics(chunk.values, chunk.count, ranks, span, held, about))
        if not np.isfinite(about).all():
            lost = np.flatnonzero(~np.isfinite(chunk.futures(chunk.count)).all(axis=1))
            raise _too_large(f"{len(lost):,} of {chunk.count:,} futures (the first: {lost[:1].sum()})")
        below = held[:, np.searchsorted(ranks, np.floor(place))].astype(float)
        above = held[:, np.searchsorted(ranks, np.ceil(place))]
        return below + (above - below) * (place - np.floor(place)), about

    def counted(self) -> Gathered:
        """Count numbers in bins, part by part, wherever and in whichever order they are drawn."""
        count, spans = self._count(), self._spans()
        sizes = [size for _, size in spans]
        total = count.blank()
        for part in run(count, spans, self._where(), sizes=sizes, ordered=False):
            total.add(part)
        return self._summed(total, count.edges)

    def fill(self, share: tuple[int, int], *, nothing: bool) -> None:
        """Write a share of the parts that are not there yet."""
        fill(self._count(), [] if nothing else self._spans(), self._where(), share=share)

    def _count(self) -> Count:
        return Count(self.source, *self.edges(), self.how.threads(self.threads))

    def _spans(self) -> list[tuple[int, int]]:
        size = self.how.chunk or max(PART, -(-self.draws // (MOST_PARTS * LANES)) * LANES)
        return list(chunks((0, self.draws), self.source.rows, size))

    def _where(self) -> How:
        """Return where parts are drawn: in this process one after another, each by all threads."""
        return replace(self.how, executor="serial") if self.how.here else self.how

    def edges(self) -> tuple[Floats, int]:
        """Return where bins begin, and how many there are to 1, (rows, 2), from the first futures of all."""
        rows = self.source.rows[0]
        bins = MOST_BINS
        while rows * bins * 4 > COUNTS and bins > LEAST_BINS:
            bins //= 2
        if rows * bins * 4 > COUNTS:
            hint = f"{rows:,} numbers in each; record fewer steps: `every`"
            raise SimulationError(Problem("futures", "too large to be counted in bins", hint))
        count = min(PILOT, self.draws, max(CHUNK // rows, LANES))
        chunk = self.source.chunk(self.pool, self.threads, first=0, count=count)
        least, low, high, most = self._ranked(chunk, [0.0, QUANTILES[0], QUANTILES[-1], 1.0])[0].T
        low, high = np.where(high > low, low, least), np.where(high > low, high, most)
        margin = np.where(high > low, BEYOND * (high - low), TINY * np.maximum(np.abs(low), 1.0))
        return np.stack([low - margin, bins / (high - low + 2 * margin)], axis=1), bins

    def _summed(self, total: Tally, edges: Floats) -> Gathered:
        """Return what the counts come to."""
        if total.sums[:, 2].any():
            raise _too_large(f"at least {total.sums[:, 2].max():,} of {self.draws:,} futures")
        quantiles = np.empty((len(edges), len(QUANTILES)))
        quantiles_in_bins(total.counts, edges, np.array(QUANTILES), quantiles)
        middle = total.sums[:, 0] / (self.draws * GRAIN)
        square = total.sums[:, 1] / (self.draws * SQUARES)
        low, scale = edges.T
        return Gathered(
            quantiles,
            low + (total.counts.shape[1] / 2 + middle) / scale,
            np.sqrt(np.maximum(square - middle**2, 0.0)) / scale,
            tuple(total.flags),
            self.draws,
            1 / scale,
        )

    def _rows(self, work: Callable[[tuple[int, int]], None]) -> None:
        by_rows(self.pool, self.threads, self.source.rows[0], work)


def _too_large(which: str) -> SimulationError:
    hint = "look for parameters or sizes that are far too large"
    return SimulationError(Problem("futures", f"numbers grow beyond what can be written in {which}", hint))
