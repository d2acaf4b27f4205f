"""A call on a worker, and what must be the same on every machine of a run for the same bytes."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from detente import __version__
from detente.digests import code_of
from detente.errors import ExecutorError, Problem, raise_all

LIBRARIES = ("numpy", "scipy", "numba", "pandas")
Result = dict[str, NDArray[Any]]


class _OneThread:
    """Libraries on one thread as long as any chunk is under way: a limit is a matter of the whole process."""

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limit = threadpool_limits(1)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._limit is not None:
                self._limit.restore_original_limits()


ONE_THREAD = _OneThread()
Stamp = tuple[tuple[str, str], ...]


def call(function: Callable[[Any], Result], chunk: object) -> Result:
    """Return what a function makes of a chunk, on one thread: sums by several can differ in bytes."""
    with ONE_THREAD:
        result = function(chunk)
    if not isinstance(result, dict) or not all(isinstance(name, str) for name in result):
        raise TypeError(f"a chunk gives a dict of arrays by name, not {type(result).__name__}")
    arrays = {name: np.asarray(values, order="C") for name, values in result.items()}
    objects = [name for name, values in arrays.items() if values.dtype.hasobject]
    if objects:
        raise TypeError(f"arrays of Python objects cannot be kept: {', '.join(objects)}")
    return arrays


@cache
def stamp() -> Stamp:
    """Return what this process computes with: detente, the digest of its code, Python, and libraries.

    >>> [name for name, _ in stamp()]
    ['detente', 'code', 'Python', 'numpy', 'scipy', 'numba', 'pandas']
    """
    code = code_of(Path(__file__).parent.parent)[:12]
    own = ("detente", __version__), ("code", code), ("Python", platform.python_version())
    return (*own, *((name, _version(name)) for name in LIBRARIES))


def call_alike(function: Callable[[Any], Result], chunk: object, wanted: Stamp) -> Result:
    """Return what a function makes of a chunk, on a worker that computes with the same as who asks.

    Raises `ExecutorError` with all that differs.
    """
    hint = "install the same on every worker: the same lock file, or the same image"
    apart = [
        Problem(f"worker {platform.node()}", f"has {name} {here}, and the run has {there}", hint)
        for (name, here), (_, there) in zip(stamp(), wanted, strict=True)
        if here != there
    ]
    raise_all(ExecutorError, apart)
    return call(function, chunk)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
