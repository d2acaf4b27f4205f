"""Tests without numba's compiler: a plugin of pytest that ends those that would take too long."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

UNCOMPILED = {"NUMBA_DISABLE_JIT": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
EXAMPLES = 40
# Compiled code wraps and divides by zero in silence, so these warnings are no failures here.
PLAIN = (
    "-q",
    "--no-header",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "-W",
    "ignore::RuntimeWarning",
)


class Patience:
    """Fail a test, or what it is set up with, that takes more of the processor than so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def pytest_sessionstart(self) -> None:
        """Let property tests try the same few examples each time, and keep nothing."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "proof", deadline=None, derandomize=True, database=None, phases=phases, max_examples=EXAMPLES
        )
        settings.load_profile("proof")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Limit what a test is set up with."""
        with self._limited():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Limit the test."""
        with self._limited():
            return (yield)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        def stop(*_: object) -> None:
            pytest.fail(f"not through after {self.seconds} s without a compiler")

        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self.seconds, 0.5)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
