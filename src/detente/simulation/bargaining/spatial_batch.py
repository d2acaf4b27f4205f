"""The spatial model over many draws of uncertain inputs, in chunks and on several threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError
from detente.simulation.bargaining.actors import Actors, Floats
from detente.simulation.bargaining.averages import compromise
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial_inputs import Batch, Draws, Ints, blank_story, prepare
from detente.simulation.bargaining.spatial_kernel import SETTLED, play_many

CHUNK = 2**18
"""Numbers in the positions of a chunk: it needs some ten megabytes beside the draws and the outcomes."""
PIECES = 8
"""Pieces of a chunk for each thread, so that runs that last long are shared out."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """How R runs ended, in the actors' order and on a scale of 0 to 1.

    final positions (R, N, D), their mean (R, D) weighted by capability times salience, turns (R,),
    whether it settled (R,), the length of the circle if it came back to an earlier state (R,), and the
    number of turns in which an election did not settle (R,).
    """

    final: Floats
    mean: Floats
    turns: Ints
    settled: NDArray[np.bool_]
    circle: Ints
    unsettled: Ints


def run_many(
    actors: Actors,
    draws: Draws | Iterable[Draws],
    *,
    options: SpatialOptions | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Outcomes:
    """Run the spatial model once for each draw; the same bytes for any number of threads and any chunks.

    `draws` may be an iterable of parts, each made when it is its turn. `seed` matters in stochastic mode
    only: a random number hangs on it, the run, the turn and the actor. Threads are numba's number by
    default. Raises `SimulationError` with every cell of the draws that is wrong.

    >>> half = [[0.5], [0.5]]
    >>> two = Actors(["A", "B"], ["budget"], capability=[1, 3], position=[[0.2], [0.8]], salience=half)
    >>> run_many(two, Draws(positions=np.array([[[0.2], [0.8]], [[0.5], [0.5]]]))).turns.tolist()
    [2, 2]
    """
    parts: Iterable[Outcomes] = stream(actors, draws, options=options, seed=seed, threads=threads)
    if isinstance(draws, Draws):
        return _joined(parts, len(draws))
    kept = list(parts)
    return _joined(kept, sum(len(part.turns) for part in kept))


def _joined(parts: Iterable[Outcomes], runs: int) -> Outcomes:
    """Return all parts as one, each put into its place as it comes, so that they are not held twice."""
    held: dict[str, NDArray[Any]] = {}
    start = 0
    for part in parts:
        for each in fields(Outcomes):
            values = getattr(part, each.name)
            if each.name not in held:
                held[each.name] = np.empty((runs, *values.shape[1:]), dtype=values.dtype)
            held[each.name][start : start + len(values)] = values
        start += len(part.turns)
    if not held:
        raise SimulationError(Problem("draws", "there are none", "give at least one"))
    return Outcomes(**held)


def stream(
    actors: Actors,
    draws: Draws | Iterable[Draws],
    *,
    options: SpatialOptions | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Iterator[Outcomes]:
    """Yield the outcomes of `run_many` chunk by chunk, for those who do not keep them all."""
    chosen = options or SpatialOptions()
    order = actors.order if chosen.compat is None else np.arange(actors.size)
    first, workers = 0, threads or get_num_threads()
    most = max(workers * PIECES, CHUNK // actors.position.size)
    with ThreadPoolExecutor(workers) as pool:
        for given in [draws] if isinstance(draws, Draws) else draws:
            batch = prepare(actors, given)
            for start in range(0, batch.runs, most):
                chunk = Chunk(batch, chosen, order, seed, start, min(most, batch.runs - start), first)
                yield chunk.play(pool, -(-chunk.runs // (workers * PIECES)))
            first += batch.runs


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some runs of a batch: from which on, how many, and how many were played before the batch."""

    batch: Batch
    options: SpatialOptions
    order: Ints
    seed: int
    start: int
    runs: int
    before: int

    def play(self, pool: ThreadPoolExecutor, piece: int) -> Outcomes:
        """Return the outcomes, worked out by the threads of the pool so many runs at a time."""
        final = np.empty((self.runs, *self.batch.position.shape[1:]))
        ended = np.empty((self.runs, 4), dtype=np.int64)
        work = partial(self._piece, piece=piece, final=final, ended=ended)
        list(pool.map(work, range(0, self.runs, piece)))
        there = self.batch.part(self.start, self.start + self.runs, self.order)[0]
        mean = compromise(final, there.capability[..., None] * there.salience)
        back = np.empty_like(final)
        back[:, self.order] = final
        return Outcomes(back, mean, ended[:, 0], ended[:, 1] == SETTLED, ended[:, 2], ended[:, 3])

    def _piece(self, offset: int, *, piece: int, final: Floats, ended: Ints) -> None:
        end = min(offset + piece, self.runs)
        world, places = self.batch.part(self.start + offset, self.start + end, self.order)
        rules = self.options.rules(misperceived=self.batch.misperceived)
        story = blank_story(self.options, *final.shape[1:], still=self.batch.still)
        seed, run = np.uint64(self.seed % 2**64), np.uint64(self.before + self.start + offset)
        play_many(world, places, rules, seed, run, story, final[offset:end], ended[offset:end])
