"""Quantiles, means and counts over futures: from all of them while few, else from counts in bins.

Whatever is gathered over chunks is whole numbers, so that neither their size nor their order matters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.ensemble.drawing import PIECES, Chunk, Source
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.parts import Parts, Tally
from detente.simulation.ensemble.summing import (
    GRAIN,
    SQUARES,
    count_true,
    order_statistics,
    put_in_bins,
    quantiles_in_bins,
)

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
EXACT = 2**27
"""Bytes of all numbers, in single precision, up to which they are all kept: 134 MB."""
CHUNK = 2**25
"""Bytes of the numbers of one chunk otherwise."""
COUNTS = 2**27
"""Bytes of all counts in bins: 134 MB at most."""
MOST_BINS, LEAST_BINS = 1024, 128
PILOT = 1024
"""Futures from which the range of the bins is taken, or fewer where they would not fit into four chunks."""
PART = 2**16
"""Futures between two files of a run that can be picked up."""
MOST_DRAWS = 10**9
BEYOND = 2.0
"""Bins reach so far below and above the range from the first to the last quantile, in lengths of it."""
TINY = 1e-6


@dataclass(frozen=True)
class Progress:
    """How far a run is: futures done, of how many, and about how many seconds are left."""

    done: int
    total: int
    seconds_left: float


@dataclass(frozen=True)
class Means:
    """How to run, which changes nothing in what comes out: threads (numba's number if left out), futures in a
    chunk, a folder in which to keep what is done so that a run can be picked up, and whom to tell how far it
    is. A run of so few futures that all numbers are kept is short, and nothing is written.
    """

    threads: int | None = None
    chunk: int | None = None
    folder: Path | None = None
    progress: Callable[[Progress], None] | None = None

    def tell(self, done: int, total: int, *, begun: float, ready: int = 0) -> None:
        """Tell how far a run is that began at a time of the clock with so many futures ready."""
        if self.progress is not None:
            spent = time.monotonic() - begun
            self.progress(Progress(done, total, spent * (total - done) / max(done - ready, 1)))


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


def gather(source: Source, draws: int, *, means: Means | None = None) -> Gathered:
    """Draw futures and return what came of them; raises `SimulationError` where there are too few or many."""
    with _running(source, draws, means) as run:
        return run.whole() if is_exact(source, draws) else run.counted()


def fill(source: Source, draws: int, *, means: Means, share: tuple[int, int]) -> None:
    """Draw a worker's share of the parts that are not in the folder yet; `gather` then adds all of them up.

    The share (k, n) is every n-th part from part k on. Where so few futures are asked for that they are not
    kept in parts, there is nothing to do.
    """
    if means.folder is None:
        raise SimulationError(Problem("share", "no folder to share", "give a folder"))
    if not 0 <= share[0] < share[1]:
        what = f"part {share[0]} of {share[1]}"
        raise SimulationError(Problem("share", what, "count workers from 0: (0, 2) and (1, 2)"))
    if not is_exact(source, draws):
        with _running(source, draws, means) as run:
            run.fill(share)


def chunk_of(source: Source, count: int, means: Means | None) -> Chunk:
    """Return the first futures as they are."""
    with _running(source, count, means) as run:
        return source.chunk(run.pool, run.threads, first=0, count=count)


@contextmanager
def _running(source: Source, draws: int, means: Means | None) -> Iterator[_Run]:
    how = means or Means()
    with workers(draws, how) as (pool, threads):
        yield _Run(source, draws, how, pool, threads)


@contextmanager
def workers(draws: int, how: Means) -> Iterator[tuple[ThreadPoolExecutor, int]]:
    """Yield a pool of threads and their number; raises `SimulationError` for numbers that make no sense."""
    problems = []
    if not 1 <= draws <= MOST_DRAWS:
        problems.append(Problem("draws", f"{draws} futures", f"give 1 to {MOST_DRAWS:,}"))
    if any(number is not None and number < 1 for number in (how.threads, how.chunk)):
        problems.append(Problem("means", "fewer than one thread, or future in a chunk", "give 1 or more"))
    raise_all(SimulationError, problems)
    threads = how.threads or get_num_threads()
    with ThreadPoolExecutor(threads) as pool:
        yield pool, threads


def chunks(span: tuple[int, int], rows: tuple[int, int], how: Means) -> Iterator[tuple[int, int]]:
    """Yield the first future and the size of each chunk of a span of futures (the first, and how many)."""
    start, size = span
    usual = CHUNK // max(4 * rows[0], rows[1]) // LANES * LANES
    most = how.chunk or max(usual, LANES)
    for first in range(start, start + size, most):
        yield first, min(most, start + size - first)


@dataclass(frozen=True, eq=False)
class _Run:
    source: Source
    draws: int
    how: Means
    pool: ThreadPoolExecutor
    threads: int

    def whole(self) -> Gathered:
        """Keep all numbers, and take exact quantiles, between ranks as numpy does."""
        chunk = self.source.chunk(self.pool, self.threads, first=0, count=self.draws)
        quantiles, about = self._ranked(chunk, QUANTILES)
        flags = np.zeros((self.source.kinds, self.source.rows[1]), dtype=np.int64)
        for kind, each in enumerate(chunk.flags):
            count_true(each, chunk.count, flags[kind])
        self._tell(self.draws, time.monotonic(), 0)
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
        """Count numbers in bins, part by part, each from the folder if it is there already."""
        edges, bins = self.edges()
        parts = Parts(self.how.folder, self.source.digest(), self.draws)
        total, ready, begun = self._blank(bins), 0, time.monotonic()
        for start in range(0, self.draws, PART):
            size = min(PART, self.draws - start)
            held = parts.load(start)
            if held is None and self.how.folder is None:
                self._count(total, edges, (start, size), begun, ready)
                continue
            if held is None:
                held = self._blank(bins)
                self._count(held, edges, (start, size), begun, ready)
                parts.save(start, held)
            else:
                ready += size
                self._tell(start + size, begun, ready)
            total.add(held)
        return self._summed(total, edges)

    def fill(self, share: tuple[int, int]) -> None:
        """Write a share of the parts that are not there yet."""
        edges, bins = self.edges()
        parts = Parts(self.how.folder, self.source.digest(), self.draws)
        begun = time.monotonic()
        for start in range(share[0] * PART, self.draws, share[1] * PART):
            if not parts.has(start):
                held = self._blank(bins)
                self._count(held, edges, (start, min(PART, self.draws - start)), begun, 0)
                parts.save(start, held)

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

    def _blank(self, bins: int) -> Tally:
        return Tally.empty(self.source.rows[0], bins, (self.source.kinds, self.source.rows[1]))

    def _count(self, tally: Tally, edges: Floats, part: tuple[int, int], begun: float, ready: int) -> None:
        """Draw a part (its first future, and how many) chunk by chunk, and add it to the tally."""
        for first, count in chunks(part, self.source.rows, self.how):
            chunk = self.source.chunk(self.pool, self.threads, first=first, count=count)
            self._rows(partial(_put, chunk, edges, tally))
            for kind, flags in enumerate(chunk.flags):
                count_true(flags, chunk.count, tally.flags[kind])
            self._tell(first + chunk.count, begun, ready)

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
        """Let the threads work on spans of rows."""
        ends = np.linspace(0, self.source.rows[0], self.threads * PIECES + 1).astype(int).tolist()
        list(self.pool.map(work, pairwise(ends)))

    def _tell(self, done: int, begun: float, ready: int) -> None:
        self.how.tell(done, self.draws, begun=begun, ready=ready)


def _too_large(which: str) -> SimulationError:
    hint = "look for parameters or sizes that are far too large"
    return SimulationError(Problem("futures", f"numbers grow beyond what can be written in {which}", hint))


def _put(chunk: Chunk, edges: Floats, tally: Tally, span: tuple[int, int]) -> None:
    put_in_bins(chunk.values, chunk.count, edges, span, tally.counts, tally.sums)
