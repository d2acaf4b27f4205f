"""Where a long run goes, and how far it is: options that change nothing in what comes out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

if TYPE_CHECKING:
    from detente.evidence import Event
    from detente.executors import How, Progress

PAUSE = 2.0
"""Seconds between two lines that say how far a run is."""


@Parameter(name="*")
@dataclass(frozen=True)
class Running:
    """Where to run, which changes nothing in what comes out."""

    executor: Annotated[
        str,
        Parameter(
            help="`serial`, `threads` (this process), `loky` (processes here), `dask` (the cluster at hand, "
            "or workers here), the address of a Dask scheduler (`tcp://…`), or `ray`."
        ),
    ] = "threads"
    jobs: Annotated[
        int | None,
        Parameter(validator=validators.Number(gte=1), help="Threads or workers; all cores if left out."),
    ] = None
    chunk: Annotated[
        int | None,
        Parameter(
            validator=validators.Number(gte=1),
            help="How much goes into one chunk of work: futures, or pairs of portfolios.",
        ),
    ] = None
    resume: Annotated[
        Path | None, Parameter(help="A folder for what is done, so that a long run can be picked up.")
    ] = None

    def how(
        self, report: Callable[[Event], None], what: str, *, part: str | None = None, then: str | None = None
    ) -> How:
        """Return how to run, and tell how much of `what` is done and what comes `then`; a `part` of a run has
        a folder of its own.

        Raises `ExecutorError` where there is no such executor.
        """
        from detente.errors import ExecutorError
        from detente.executors import How

        folder = self.resume / part if self.resume is not None and part is not None else self.resume
        found = How(self.executor, self.jobs, folder, Teller(report, what, part, then), self.chunk)
        try:
            found.check()
        except ExecutorError as error:
            raise ExecutorError(
                *(replace(each, where=f"--{each.where}") for each in error.problems)
            ) from error
        return found


@dataclass
class Teller:
    """Says how far a run is, every few seconds."""

    report: Callable[[Event], None]
    what: str
    part: str | None = None
    then: str | None = None
    last: float = 0.0

    def __post_init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, far: Progress) -> None:
        from detente.evidence import Event
        from detente.simulation.backtest.countdown import in_words

        now = time.monotonic()
        if far.done >= far.total and self.then is not None:
            self.report(Event("step", self.then))
        if far.done >= far.total or now - self.last < PAUSE:
            return
        self.last = now
        head = f"{self.part}: " if self.part else ""
        kept = f", {far.kept:,} of them from before" if far.kept else ""
        left = f"about {in_words(far.seconds_left)} left"
        self.report(Event("step", f"{head}{far.done:,} of {far.total:,} {self.what}{kept}; {left}"))
