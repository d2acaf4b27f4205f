"""What a run has to do, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.executors.calling import Result
from detente.executors.keeping import Kept


@dataclass(frozen=True)
class Progress:
    """How far a run is: what is done, of how much, how much of it an earlier run had done, about how many
    seconds are left, and how often workers had to be started anew.

    Counted in futures, in pairs of portfolios, in origins: in what a run is made of.
    """

    done: int
    total: int
    kept: int
    seconds_left: float
    restarts: int


Report = Callable[[Progress], None]


@dataclass
class Clock:
    """What is done, and who is told."""

    total: int
    report: Report | None
    begun: float = field(default_factory=time.monotonic)
    progress: Progress = Progress(0, 0, 0, 0.0, 0)

    def tick(self, done: int = 0, *, kept: bool = False, restarts: int = 0) -> None:
        """Count something as done, here or before, or workers as started anew."""
        now = self.progress
        after, before = now.done + done, now.kept + done * kept
        spent = time.monotonic() - self.begun
        left = spent * (self.total - after) / max(after - before, 1)
        self.progress = Progress(after, self.total, before, left, now.restarts + restarts)
        if self.report is not None:
            self.report(self.progress)


@dataclass(frozen=True)
class Work:
    """A function over chunks: which are wanted, whether in their order, and how much each stands for."""

    function: Callable[[Any], Result]
    chunks: tuple[object, ...]
    sizes: tuple[int, ...]
    kept: Kept
    clock: Clock
    wanted: Sequence[int]
    ordered: bool

    def load(self, chunk: int) -> Result | None:
        """Return what an earlier run made of a chunk, if it did."""
        held = self.kept.load(chunk)
        if held is not None:
            self.clock.tick(self.sizes[chunk], kept=True)
        return held

    def take(self, chunk: int, result: Result) -> Result:
        """Keep a result and count it."""
        self.kept.save(chunk, result)
        self.clock.tick(self.sizes[chunk])
        return result

    def blame(self, error: BaseException, chunk: int) -> None:
        """Let an error say in which chunk it arose."""
        error.add_note(f"in chunk {chunk} of {len(self.chunks)}: {self.describe(chunk)}")

    def describe(self, chunk: int) -> str:
        """Return a chunk in a few words."""
        text = repr(self.chunks[chunk])
        return text if len(text) <= 200 else f"{text[:200]}…"
