"""What a process holds over time, and whether that grows: memory, threads, open files, child processes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

BLOCKS = 6
"""Parts of the time after warming up whose medians are compared."""
WARM = 1 / 3
"""Share of the time that is for warming up: caches fill, code is compiled, pools are made."""
ROOM = 12.0, 0.04
"""Growth in megabytes, and as a share, that is within what allocators do."""


@dataclass(frozen=True)
class Sample:
    """What a process holds at a moment; `family` is the memory of its child processes in MB."""

    at: float
    memory: float
    threads: int
    files: int
    children: int
    family: float


@dataclass
class Watched:
    """A process that is looked at again and again."""

    process: int
    samples: list[Sample] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def look(self) -> Sample:
        """Note what it holds now."""
        below = list(descendants(self.process))
        memory, threads = resident(self.process)
        files = sum(1 for _ in Path(f"/proc/{self.process}/fd").iterdir())
        family = sum(resident(each)[0] for each in below)
        at = time.monotonic() - self.begun
        self.samples.append(Sample(at, memory, threads, files, len(below), family))
        return self.samples[-1]

    def column(self, name: str) -> list[float]:
        """Return one quantity over time."""
        return [float(getattr(each, name)) for each in self.samples]


def resident(process: int) -> tuple[float, int]:
    """Return the memory of a process in MB and its threads; zeros where it has ended."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0, 0
    held = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(held.get("VmRSS", "0 kB").split()[0]) / 1024, int(held.get("Threads", "0"))


def descendants(process: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs."""
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            below = [int(each) for each in task.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for each in below:
            yield each
            yield from descendants(each)


def grows(values: Sequence[float]) -> str:
    """Return in which words a quantity grows steadily after warming up; an empty text where it does not.

    Steadily is: nearly every block of time has a higher median than the one before, and the last is higher
    than the first by more than `ROOM`.

    >>> grows([100.0] * 60), grows([100.0 + 2 * step for step in range(60)])
    ('', 'grew from 140 to 218')
    """
    late = np.asarray(values[int(len(values) * WARM) :], dtype=float)
    if len(late) < 2 * BLOCKS:
        return ""
    medians = np.array([float(np.median(block)) for block in np.array_split(late, BLOCKS)])
    rises = int((np.diff(medians) > 0).sum())
    change = medians[-1] - medians[0]
    if rises < BLOCKS - 2 or change <= max(ROOM[0], ROOM[1] * medians[0]):
        return ""
    return f"grew from {late[0]:.0f} to {late[-1]:.0f}"


def shown(name: str, values: Sequence[float]) -> str:
    """Return a row: a quantity at the start, after warming up, at the end, and at most."""
    warm = values[int(len(values) * WARM)]
    return f"{name:<22} {values[0]:>10.1f} {warm:>10.1f} {values[-1]:>10.1f} {max(values):>10.1f}"


HEADS = f"{'':<22} {'start':>10} {'warm':>10} {'end':>10} {'most':>10}"
