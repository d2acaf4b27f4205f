"""Tests without numba's compiler: a plugin of pytest that ends those that would take too long."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

UNCOMPILED = {"NUMBA_DISABLE_JIT": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
EXAMPLES = 40
WAITING = 20.0
"""How much longer a test may take on the clock, which other work and its own processes share."""
# Compiled code wraps and divides by zero in silence, so these warnings are no failures here. A test may be
# ended at any line, also one that pytest's own tracebacks cannot show.
PLAIN = (
    "-q", "--no-header", "--tb=native", "-p", "no:cacheprovider", "-p", "no:faulthandler",
    "-W", "ignore::RuntimeWarning", "-W", "ignore::pluggy.PluggyTeardownRaisedWarning",
)  # fmt: skip


class Patience:
    """End a test, or what it is set up with, that takes more of the processor than so many seconds.

    It fails, unless `end` does something else.
    """

    def __init__(self, seconds: float, end: Callable[[], None] | None = None) -> None:
        self.seconds, self.end = seconds, end

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
        beats = itertools.count(1)

        def stop(_: int, frame: FrameType | None) -> None:
            if frame is not None and str(frame.f_globals.get("__name__")).startswith("coverage."):
                return  # an exception there would leave its lock shut for ever; the next beat comes soon
            if self.end is not None:
                self.end()
            pytest.fail(f"not through after {self.seconds} s without a compiler", pytrace=False)

        def beat(signum: int, frame: FrameType | None) -> None:
            # Counted, not read off a clock, which goes on while the process is stopped.
            if next(beats) >= max(1.0, WAITING * self.seconds):
                stop(signum, frame)

        before = signal.signal(signal.SIGPROF, stop), signal.signal(signal.SIGALRM, beat)
        signal.setitimer(signal.ITIMER_PROF, self.seconds, 0.5)
        signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGPROF, before[0])
            signal.signal(signal.SIGALRM, before[1])
