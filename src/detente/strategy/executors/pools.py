"""Where chunks are worked on: this machine's processes, a Dask cluster, or an executor of one's own."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from detente.errors import Problem, StrategyError, did_you_mean

Result = dict[str, NDArray[Any]]
EXECUTORS = ("serial", "loky", "dask")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
IDLE = 15
"""Seconds after which a worker without work ends."""
MALLOC = "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_"
LARGE = 2**28
"""Bytes below which Dask's workers take arrays from the heap. Their nanny sets MALLOC_TRIM_THRESHOLD_, which
switches off the threshold that adapts itself: every array above 128 KiB is then mapped and faulted anew, and
chunks take several times as long."""


@dataclass(frozen=True)
class Pool:
    """Workers: how to hand them work, how many chunks to keep under way, what to do where they died."""

    executor: Executor
    ahead: int
    died: tuple[type[BaseException], ...]
    renew: Callable[[], Executor] | None = None


def check(executor: str | Executor, jobs: int | None) -> None:
    """Raise `StrategyError` where there is no such executor, or no sense in the number of jobs."""
    if isinstance(executor, str) and executor not in EXECUTORS and not _is_address(executor):
        hint = did_you_mean(executor, EXECUTORS)
        hint = hint or f"executors are {', '.join(EXECUTORS)}, or the address of a Dask scheduler, tcp://…"
        raise StrategyError(Problem("executor", f"there is no {executor!r}", hint))
    if jobs is not None and jobs < 1:
        raise StrategyError(Problem("jobs", f"{jobs} jobs", "give 1 or more, or leave it out for all cores"))
    if isinstance(executor, str) and (executor == "dask" or _is_address(executor)):
        _distributed()


@contextmanager
def pool(executor: str | Executor, jobs: int | None) -> Iterator[Pool]:
    """Open workers, and let go of them at the end."""
    number = jobs or cpu_count()
    if not isinstance(executor, str):
        yield Pool(executor, 2 * number, (BrokenExecutor,))
    elif executor == "loky":
        yield Pool(_loky(number), 2 * number, (BrokenExecutor,), lambda: _loky(number))
    else:
        with _dask(executor, number) as client:
            threads = sum(client.nthreads().values())
            died = _distributed().scheduler.KilledWorker
            yield Pool(client.get_executor(pure=False), 2 * max(threads, 1), (died,))


def call(function: Callable[[Any], Result], chunk: object) -> Result:
    """Return what a function makes of a chunk, on one thread: sums by several can differ in bytes."""
    with threadpool_limits(1):
        result = function(chunk)
    if not isinstance(result, dict) or not all(isinstance(name, str) for name in result):
        raise TypeError(f"a chunk gives a dict of arrays by name, not {type(result).__name__}")
    arrays = {name: np.asarray(values, order="C") for name, values in result.items()}
    objects = [name for name, values in arrays.items() if values.dtype.hasobject]
    if objects:
        raise TypeError(f"arrays of Python objects cannot be kept: {', '.join(objects)}")
    return arrays


def _loky(jobs: int) -> Executor:
    """Return the worker processes of this machine: those of the last run, unless they ended or died."""
    made: Executor = get_reusable_executor(max_workers=jobs, timeout=IDLE, env=dict.fromkeys(THREADS, "1"))
    return made


def _is_address(text: str) -> bool:
    return text.startswith(("tcp://", "tls://"))


@contextmanager
def _dask(where: str, jobs: int) -> Iterator[Any]:
    """Connect to a scheduler, to the one this process is connected to already, or start workers here."""
    distributed = _distributed()
    if _is_address(where):
        with distributed.Client(where, set_as_default=False) as client:
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
        distributed.LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        hint = "type `pip install 'detente[dask]'`, or choose 'loky' for the cores of this machine"
        raise StrategyError(Problem("executor", "Dask is not installed", hint)) from error
