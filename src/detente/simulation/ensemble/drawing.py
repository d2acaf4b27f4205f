"""Chunks of futures: drawn by threads, always the same whatever the chunk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.simulation.drawing import triangle
from detente.simulation.ensemble.desk import desk, urn
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.plan import Plan
from detente.simulation.ensemble.playing import play
from detente.simulation.ensemble.streams import uniforms

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
Bools = NDArray[np.bool_]
PIECES = 4
"""Pieces of a chunk for each thread."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some futures in blocks: values (blocks, rows, LANES), kinds of flags, each of that shape, and how many.

    The last block may have room for more than there are; what it holds there is of no account.
    """

    values: Values
    flags: tuple[Bools, ...]
    count: int

    def futures(self, number: int) -> Values:
        """Return the values of the first futures, (futures, rows)."""
        return by_future(self.values, number)


def by_future(values: NDArray[Any], number: int) -> NDArray[Any]:
    """Return the first of what is held in blocks (blocks, rows, LANES) future by future, (futures, rows)."""
    blocks, rows, lanes = values.shape
    return values.swapaxes(1, 2).reshape(blocks * lanes, rows)[:number]


def by_rows(
    pool: ThreadPoolExecutor, threads: int, rows: int, work: Callable[[tuple[int, int]], None]
) -> None:
    """Let threads work on spans of rows."""
    ends = np.linspace(0, rows, threads * PIECES + 1).astype(int).tolist()
    list(pool.map(work, pairwise(ends)))


class Source(Protocol):
    """Something that futures are drawn from, chunk by chunk."""

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of values and of flags there are."""

    @property
    def kinds(self) -> int:
        """How many kinds of flags there are."""

    def chunk(self, pool: ThreadPoolExecutor, threads: int, *, first: int, count: int) -> Chunk:
        """Return so many futures from number `first` on."""

    def digest(self) -> str:
        """Return a digest of everything that the futures hang on."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Futures of one plan with one seed."""

    plan: Plan
    seed: int

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of values and of flags there are."""
        return self.plan.rows

    @property
    def kinds(self) -> int:
        """One kind: true."""
        return 1

    def digest(self) -> str:
        """Return a digest of the plan and the seed."""
        return f"{self.plan.digest()}-{self.seed}"

    def chunk(self, pool: ThreadPoolExecutor, threads: int, *, first: int, count: int) -> Chunk:
        """Return so many futures from number `first` on."""
        blocks = -(-count // LANES)
        values = np.empty((blocks, self.rows[0], LANES), dtype=np.float32)
        flags = np.zeros((blocks, self.rows[1], LANES), dtype=np.bool_)
        drawn = once(self.plan, self.seed, first, blocks)
        plan = self.plan
        arrays = (plan.law, plan.outside, plan.events, plan.votes, plan.rules, plan.luck, plan.lines)
        seed, size = np.uint64(self.seed % 2**64), max(1, -(-blocks // (threads * PIECES)))

        def piece(start: int) -> None:
            clock = seed, plan.every, first, start, min(start + size, blocks)
            play(arrays, desk(plan), urn(plan), drawn, clock, values, flags)

        list(pool.map(piece, range(0, blocks, size)))
        return Chunk(values, (flags,), count)


@dataclass(frozen=True, eq=False)
class Paired:
    """Differences between futures of two plans that share their luck."""

    base: Drawn
    other: Drawn

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of values and of flags there are."""
        return self.base.rows

    @property
    def kinds(self) -> int:
        """Three kinds: true in the first, true in the other, and true in the other alone."""
        return 3

    def digest(self) -> str:
        """Return a digest of both."""
        return f"{self.base.digest()}-{self.other.digest()}"

    def chunk(self, pool: ThreadPoolExecutor, threads: int, *, first: int, count: int) -> Chunk:
        """Return so many differences from future `first` on."""
        then = self.base.chunk(pool, threads, first=first, count=count)
        now = self.other.chunk(pool, threads, first=first, count=count)
        was, is_ = then.flags[0], now.flags[0]
        return Chunk(np.subtract(now.values, then.values, out=now.values), (was, is_, is_ & ~was), count)


def once(plan: Plan, seed: int, first: int, blocks: int) -> tuple[Floats, Floats, Floats]:
    """Return what is drawn once in a future, in blocks: factors of shocks (blocks, S, LANES), of consequences
    (blocks, D, 2, LANES), and strengths (blocks, D, 5, LANES).
    """
    futures = blocks * LANES
    luck = uniforms(seed % 2**64, first, futures, plan.once)
    shocks, ballots = len(plan.ranges), len(plan.strengths)
    chance, size, side = luck[: 3 * shocks].reshape(shocks, 3, futures).swapaxes(0, 1)
    low, high, likely, backlash = (each[:, None] for each in plan.ranges.T)
    factor = (
        triangle(size, low, np.ones_like(low), high) * (chance < likely) * np.where(side < backlash, -1, 1)
    )
    after = luck[3 * shocks :][: 2 * ballots].reshape(ballots, 2, futures)
    low, high = plan.factors[..., 0, None], plan.factors[..., 1, None]
    consequence = triangle(after, low, np.ones_like(low), high)
    low, top, high = (plan.strengths[..., place, None] for place in range(3))
    strength = triangle(luck[-plan.strengths.shape[1] :][None], low, top, high)
    return _in_blocks(factor, blocks), _in_blocks(consequence, blocks), _in_blocks(strength, blocks)


def _in_blocks(values: Floats, blocks: int) -> Floats:
    """Return (..., futures) as (blocks, ..., LANES)."""
    return np.ascontiguousarray(
        np.moveaxis(values.reshape(*values.shape[:-1], blocks, LANES), -2, 0), dtype=float
    )
