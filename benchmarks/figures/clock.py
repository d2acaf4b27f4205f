"""The clock of all benchmarks: CPU-seconds, which other work on the machine disturbs less than wall time."""

from __future__ import annotations

import resource
import time


def cpu_seconds() -> float:
    """Return the CPU-seconds (user and system) of this process, its threads, and children that have ended.

    Servers and pools of workers that go on are not in it; a benchmark of theirs notes `cpu_seconds` itself.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
