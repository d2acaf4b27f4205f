"""Linear algebra on one thread: small blocks lose by sharing, and the bytes must not depend on how many there
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` with the linear algebra libraries held to one thread.

    On the fronts of a session (some hundred rows) threads cost up to ten times the work where other programs
    run.
    """

    @wraps(function)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return held


SMALL = 100_000
"""Votes below which waiting for a second thread costs more than it saves."""


@contextmanager
def threads_for(votes: int) -> Iterator[None]:
    """Run compiled loops on one thread where there are few votes; the bytes are the same either way."""
    import numba

    before = numba.get_num_threads()
    if votes < SMALL:
        numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)
