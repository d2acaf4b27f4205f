"""How far long work is, and about how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from detente.evidence.progress import Event, Report


class Countdown:
    """Reports steps that take about as long as each other, with an estimate of the time left.

    >>> told = []
    >>> clock = iter([0.0, 30.0, 61.0])
    >>> count = Countdown(2, lambda event: told.append(event.text), clock=lambda: next(clock))
    >>> count.done("first half"), count.done("second half"), told
    (None, None, ['first half (1 of 2; about 30 s left)', 'second half (2 of 2)'])
    """

    def __init__(self, steps: int, report: Report, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._steps, self._report, self._clock = steps, report, clock
        self._past, self._start = 0, clock()

    def done(self, text: str) -> None:
        """Say that one more step is done."""
        self._past += 1
        left = (self._clock() - self._start) / self._past * (self._steps - self._past)
        after = f"; about {in_words(left)} left" if self._past < self._steps else ""
        self._report(Event("step", f"{text} ({self._past} of {self._steps}{after})"))


def in_words(seconds: float) -> str:
    """Return a time as people say it.

    >>> in_words(7.4), in_words(89), in_words(400)
    ('7 s', '89 s', '7 min')
    """
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
