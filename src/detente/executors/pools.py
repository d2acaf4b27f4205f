"""Where chunks are worked on: this machine's processes, a Dask cluster, or an executor of one's own."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any

from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor

from detente.errors import ExecutorError, Problem
from detente.executors.calling import Result, call_alike, stamp
from detente.executors.how import is_address
from detente.executors.posting import Files, handed_over

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
IDLE, LOOK = 15, 1
"""Seconds after which a worker without work ends, and between two looks whether its parent is alive."""
QUIET = {"distributed.admin.large-graph-warning-threshold": "1GiB"}
"""Chunks of some megabytes are meant."""
MALLOC = "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_"
LARGE = 2**28
"""Bytes below which Dask's workers take arrays from the heap. Their nanny sets MALLOC_TRIM_THRESHOLD_, which
switches off the threshold that adapts itself: every array above 128 KiB is then mapped and faulted anew, and
chunks take several times as long."""


@dataclass(frozen=True)
class Pool:
    """Workers: how to hand them work, how many chunks to keep under way now, what to do where they died."""

    executor: Executor
    ahead: Callable[[], int]
    died: tuple[type[BaseException], ...]
    renew: Callable[[], Executor] | None = None
    files: Files | None = None

    def submit(self, executor: Executor, function: Callable[[Any], Result], chunk: object) -> Future[Any]:
        """Hand a chunk to a worker."""
        if self.files is not None:
            return self.files.submit(executor, function, chunk, stamp())
        return executor.submit(call_alike, function, chunk, stamp())

    def fetch(self, future: Future[Any]) -> Result:
        """Return what came of a chunk, or raise what the worker raised."""
        told = future.result()
        found: Result = told if self.files is None else self.files.fetch(told)
        return found


@contextmanager
def pool(executor: str | Executor, jobs: int | None) -> Iterator[Pool]:
    """Open workers, and let go of them at the end."""
    number = jobs or cpu_count()
    if not isinstance(executor, str):
        yield Pool(executor, lambda: 2 * number, (BrokenExecutor,))
    elif executor == "threads":
        with ThreadPoolExecutor(number) as threads:
            yield Pool(threads, lambda: number, (BrokenExecutor,))
    elif executor == "loky":
        with handed_over() as files:
            renew = partial(_loky, number)
            yield Pool(renew(), lambda: 2 * number, (BrokenExecutor,), renew, files)
    else:
        with importlib.import_module("dask").config.set(QUIET), _dask(executor, number) as client:
            died = _distributed().scheduler.KilledWorker
            yield Pool(client.get_executor(pure=False), partial(_ahead, client), (died,))


def _ahead(client: Any) -> int:
    """Return how many chunks keep a cluster busy, as large as it is now: workers come and go."""
    threads: dict[str, int] = client.nthreads()
    return 2 * max(sum(threads.values()), 1)


def _loky(jobs: int) -> Executor:
    """Return the worker processes of this machine: those of the last run, unless they ended or died."""
    made: Executor = get_reusable_executor(
        max_workers=jobs,
        timeout=IDLE,
        env=dict.fromkeys(THREADS, "1"),
        initializer=end_with,
        initargs=(os.getpid(),),
    )
    return made


def end_with(parent: int) -> None:
    """Let this worker end with its parent: one that is killed reads no results, and workers would wait."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@contextmanager
def _dask(where: str, jobs: int) -> Iterator[Any]:
    """Connect to a scheduler, to the one this process is connected to already, or start workers here."""
    distributed = _distributed()
    if is_address(where):
        with _connected(where) as client:
            yield client
        return
    try:
        connected = distributed.Client.current()
    except ValueError:
        connected = None
    if connected is not None:
        yield connected
        return
    with (
        importlib.import_module("dask").config.set({MALLOC: LARGE}),
        distributed.LocalCluster(
            n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _connected(where: str) -> Any:
    try:
        return _distributed().Client(where, set_as_default=False)
    except OSError as error:
        hint = "start one with `dask scheduler`, and check address, port and firewall"
        raise ExecutorError(Problem(where, "no Dask scheduler answers there", hint)) from error


def _distributed() -> Any:
    return importlib.import_module("distributed")
