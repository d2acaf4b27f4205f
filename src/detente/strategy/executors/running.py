"""A function over chunks: results in order, each counted once, whatever dies on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from detente.strategy.executors.crew import Crew
from detente.strategy.executors.keeping import Kept
from detente.strategy.executors.pools import Result, call, check, pool
from detente.strategy.executors.work import Clock, Report, Work


def run(
    function: Callable[[Any], Result],
    chunks: Sequence[object],
    *,
    executor: str | Executor = "loky",
    jobs: int | None = None,
    folder: Path | None = None,
    report: Report | None = None,
) -> Iterator[Result]:
    """Yield what a function makes of each chunk, in the order of the chunks: a dict of arrays.

    `executor` is "serial" (this process), "loky" (processes on this machine), "dask" (the cluster that this
    process is connected to, or workers on this machine), the address of a Dask scheduler (tcp://…), or any
    `concurrent.futures.Executor`. The bytes are the same on all of them and for any number of `jobs` (all
    cores if left out), if the function hangs on its chunk alone. Function and chunks are sent to workers, so
    chunks should be small; what they share can be read in the worker.

    With a `folder`, the result of each chunk is written there, whole or not at all, and a run that was killed
    is picked up: one of the same chunks, function (by its name) and version of detente. A worker that dies is
    started anew; a chunk is tried three times, the second and the third time alone. Raises `StrategyError`
    where a chunk lets its worker die each time, where the folder holds another run, where there is no such
    executor. What the function raises comes through, with a note that names the chunk.

    >>> import numpy as np
    >>> list(run(lambda chunk: {"double": np.array(2 * chunk)}, [1, 2], executor="serial"))
    [{'double': array(2)}, {'double': array(4)}]
    """
    check(executor, jobs)
    work = Work(function, tuple(chunks), Kept.of(folder, function, chunks), Clock(len(chunks), report))
    return _serial(work) if executor == "serial" else _parallel(work, executor, jobs)


def _serial(work: Work) -> Iterator[Result]:
    for index, chunk in enumerate(work.chunks):
        held = work.load(index)
        if held is None:
            try:
                made = call(work.function, chunk)
            except Exception as error:
                work.blame(error, index)
                raise
            held = work.take(index, made)
        yield held


def _parallel(work: Work, executor: str | Executor, jobs: int | None) -> Iterator[Result]:
    with pool(executor, jobs) as workers:
        yield from Crew(work, workers, workers.executor).results()
