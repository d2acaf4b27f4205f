"""A function over chunks: each counted once, whatever dies on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from detente.errors import ExecutorError, Problem
from detente.executors.calling import Result, call
from detente.executors.crew import Crew
from detente.executors.how import EXECUTORS, How, is_address
from detente.executors.keeping import Kept
from detente.executors.pools import pool
from detente.executors.rounds import in_rounds
from detente.executors.work import Clock, Work


def run(
    function: Callable[[Any], Result],
    chunks: Sequence[object],
    how: How | None = None,
    *,
    sizes: Sequence[int] | None = None,
    ordered: bool = True,
) -> Iterator[Result]:
    """Yield what a function makes of each chunk, a dict of arrays: in the order of chunks, or as it comes.

    The bytes are the same on every executor and for any number of jobs, if the function hangs on its chunk
    alone. Function and chunks are sent to workers, so chunks should be small; what they share can be read in
    the worker. A worker that does not compute with the same code and libraries is refused. `sizes` says how
    much each chunk stands for, where progress is told. Results that are not `ordered` wait for none before
    them, so that no more are held than chunks are under way.

    With a folder, the result of each chunk is written there, whole or not at all, by this process alone, and
    a run that was killed is picked up: one of the same chunks, function (by its name), code and libraries. A
    worker that dies is started anew; a chunk is tried three times, the second and the third time alone.
    Raises `ExecutorError` where a chunk lets its worker die each time, where the folder holds another run,
    where there is no such executor. What the function raises comes through, with a note that names the chunk.

    >>> import numpy as np
    >>> list(run(lambda chunk: {"double": np.array(2 * chunk)}, [1, 2], How("serial")))
    [{'double': array(2)}, {'double': array(4)}]
    """
    how = how or How()
    return _run(_work(function, chunks, how, sizes=sizes, ordered=ordered), how)


def fill(
    function: Callable[[Any], Result], chunks: Sequence[object], how: How, *, share: tuple[int, int]
) -> None:
    """Work on a share of the chunks, into the folder: every n-th from chunk k on, for a share (k, n).

    `run` then takes what is there. So machines that see one folder share out a run with no cluster between
    them. Raises `ExecutorError` as `run` does, and where there is no folder or no such share.

    >>> import numpy as np, pathlib, tempfile
    >>> def double(chunk):
    ...     return {"double": np.array(2 * chunk)}
    >>> with tempfile.TemporaryDirectory() as shared:
    ...     folder = pathlib.Path(shared)
    ...     fill(double, [1, 2, 3], How("serial", folder=folder), share=(0, 2))
    ...     sorted(path.name for path in folder.glob("chunk-*"))
    ['chunk-00000000.npz', 'chunk-00000002.npz']
    """
    if how.folder is None:
        raise ExecutorError(Problem("share", "no folder to share", "give a folder"))
    if not 0 <= share[0] < share[1]:
        what = f"part {share[0]} of {share[1]}"
        raise ExecutorError(Problem("share", what, "count workers from 0: (0, 2) and (1, 2)"))
    if not chunks:
        return
    mine = range(share[0], len(chunks), share[1])
    for _ in _run(_work(function, chunks, how, wanted=mine, ordered=False), how):
        pass


def _work(
    function: Callable[[Any], Result],
    chunks: Sequence[object],
    how: How,
    *,
    sizes: Sequence[int] | None = None,
    wanted: Sequence[int] | None = None,
    ordered: bool,
) -> Work:
    how.check()
    each = tuple(sizes or [1] * len(chunks))
    mine = range(len(chunks)) if wanted is None else wanted
    clock = Clock(sum(each[index] for index in mine), how.report)
    return Work(function, tuple(chunks), each, Kept.of(how.folder, function, chunks), clock, mine, ordered)


def _run(work: Work, how: How) -> Iterator[Result]:
    if how.executor == "serial":
        return _serial(work)
    if isinstance(how.executor, str) and (how.executor == "ray" or not _is_pool(how.executor)):
        return in_rounds(work, how.executor, how.jobs)
    return _parallel(work, how)


def _is_pool(name: str) -> bool:
    return name in EXECUTORS or is_address(name)


def _serial(work: Work) -> Iterator[Result]:
    for index in work.wanted:
        held = work.load(index)
        if held is None:
            try:
                made = call(work.function, work.chunks[index])
            except Exception as error:
                work.blame(error, index)
                raise
            held = work.take(index, made)
        yield held


def _parallel(work: Work, how: How) -> Iterator[Result]:
    with pool(how.executor, how.jobs) as workers:
        yield from Crew(work, workers, workers.executor).results()
