"""How to run: where, with how many workers, kept in which folder. Nothing of it changes what comes out."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import ExecutorError, Problem, did_you_mean, raise_all
from detente.executors.work import Report

HERE = ("serial", "threads")
"""Executors that stay in this process."""
EXECUTORS = (*HERE, "loky", "dask", "ray")
ADDRESSES = ("tcp://", "tls://")


@dataclass(frozen=True)
class How:
    """How to run, which changes nothing in what comes out.

    `executor` is "serial" (this process, one thread), "threads" (this process, all its threads), "loky"
    (processes on this machine), "dask" (the cluster that this process is connected to, or workers on this
    machine), the address of a Dask scheduler (tcp://…), "ray" or another backend that is registered with
    joblib, or any `concurrent.futures.Executor`. `jobs` is how many threads or workers (all cores if left
    out), `chunk` how much goes into one chunk of work: futures, pairs of portfolios. With a `folder`, what is
    done is kept there, and a run that was killed is picked up; one that is cut into other chunks is another
    run. `report` is told how far the run is.
    """

    executor: str | Executor = "threads"
    jobs: int | None = None
    folder: Path | None = None
    report: Report | None = None
    chunk: int | None = None

    def check(self) -> None:
        """Raise `ExecutorError` where there is no such executor, or no sense in a number."""
        raise_all(ExecutorError, list(self._problems()))

    @property
    def here(self) -> bool:
        """Whether all is done in this process, so that a chunk may share its work out among threads."""
        return self.executor in HERE

    def threads(self, usual: int) -> int:
        """Return how many threads a chunk may use, `usual` where there is no telling.

        >>> How().threads(4), How(jobs=2).threads(4), How("serial").threads(4), How("loky").threads(4)
        (4, 2, 1, 1)
        """
        return self.jobs or usual if self.executor == "threads" else 1

    def _problems(self) -> Iterator[Problem]:
        if isinstance(self.executor, str):
            yield from _executor_problems(self.executor)
        for name, number in (("jobs", self.jobs), ("chunk", self.chunk)):
            if number is not None and number < 1:
                yield Problem(name, f"{number} is fewer than one", "give 1 or more, or leave it out")


def is_address(text: str) -> bool:
    """Return whether a text is the address of a Dask scheduler."""
    return text.startswith(ADDRESSES)


def joblib_backends() -> tuple[str, ...]:
    """Return the names of backends that are registered with joblib, its own left out."""
    own = {"loky", "sequential", "threading", "multiprocessing", "dask", "distributed", "ray"}
    parallel: Any = importlib.import_module("joblib.parallel")
    return tuple(sorted({*parallel.BACKENDS, *parallel.EXTERNAL_BACKENDS} - own))


def _executor_problems(name: str) -> Iterator[Problem]:
    known = (*EXECUTORS, *joblib_backends())
    if name not in known and not is_address(name):
        hint = f"executors are {', '.join(known)}, or the address of a Dask scheduler, tcp://…"
        yield Problem("executor", f"there is no {name!r}", did_you_mean(name, known) or hint)
        return
    package = "distributed" if name == "dask" or is_address(name) else "ray" if name == "ray" else None
    try:
        if package is not None:
            importlib.import_module(package)
    except ModuleNotFoundError:
        what = {"distributed": "Dask", "ray": "Ray"}[package or ""]
        install = {"distributed": "detente[cluster]", "ray": "ray"}[package or ""]
        hint = f"type `pip install '{install}'`, or choose 'loky' for the cores of this machine"
        yield Problem("executor", f"{what} is not installed", hint)
