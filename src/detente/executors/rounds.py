"""Chunks given to a backend that is registered with joblib (Ray's, for one), some at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from joblib import Parallel, delayed

from detente.executors.calling import Result, Stamp, call_alike, stamp
from detente.executors.work import Work

AHEAD = 4
"""Chunks in a round, for each worker: so many results are held at once."""
Outcome = tuple[Result | None, Exception | None]


def in_rounds(work: Work, backend: str, jobs: int | None) -> Iterator[Result]:
    """Yield the results of chunks, in order, worked on in rounds by a backend of joblib's.

    What happens where a worker dies is up to the backend; with a folder, rounds that were done are kept.
    """
    if backend == "ray":
        importlib.import_module("ray.util.joblib").register_ray()
    with Parallel(n_jobs=jobs or -1, backend=backend) as parallel:
        left = iter(work.wanted)
        while batch := list(islice(left, AHEAD * parallel._effective_n_jobs())):
            held = {index: work.load(index) for index in batch}
            new = [index for index in batch if held[index] is None]
            yield from _round(work, parallel, batch, held, new)


def _round(
    work: Work, parallel: Any, batch: Sequence[int], held: dict[int, Result | None], new: Sequence[int]
) -> Iterator[Result]:
    """Yield the results of one round, of which some may be there already."""
    wanted = stamp()
    made = parallel(delayed(attempt)(work.function, work.chunks[index], wanted) for index in new)
    for index, (result, error) in zip(new, made, strict=True):
        if error is not None:
            work.blame(error, index)
            raise error
        held[index] = work.take(index, result)
    for index in batch:
        result = held.pop(index)
        assert result is not None
        yield result


def attempt(function: Callable[[Any], Result], chunk: object, wanted: Stamp) -> Outcome:
    """Return what a function makes of a chunk, or what it raised, so that the chunk can be named."""
    try:
        return call_alike(function, chunk, wanted), None
    except Exception as error:
        return None, error
