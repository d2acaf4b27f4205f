"""How a benchmark says what belongs beside its clock. One convention for all:

- `benchmark.extra_info` holds its figures by name; `cpu_seconds` takes the place of the clock where a process
  does the work that the clock does not see, and `megabytes` is memory, at its peak.
- `beside(benchmark, numpy=seconds)` notes the CPU-seconds of a peer that did the same work in the same run.
- `@pytest.mark.peer("pandas", of="test_text")` says that a benchmark is itself the peer of one or more others
  in its file.
- `@pytest.mark.asked(cpu_seconds=10, runs_per_cpu_second=at_least(250))` states what is asked for, by the
  name of the figure; a plain number is the most that it may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AtLeast:
    """A target that a figure is to reach."""

    figure: float


def at_least(figure: float) -> AtLeast:
    """Return a target that a figure is to reach."""
    return AtLeast(figure)


def beside(benchmark: Any, **cpu_seconds: float) -> None:
    """Note what peers took for the same work; underscores in their names become spaces."""
    peers = benchmark.extra_info.setdefault("peers", {})
    peers |= {name.replace("_", " "): float(spent) for name, spent in cpu_seconds.items()}


def marked(item: Any) -> dict[str, Any]:
    """Return what the marks of a test say, as `extra_info` keeps it."""
    told: dict[str, Any] = {}
    for mark in item.iter_markers("asked"):
        for name, bound in mark.kwargs.items():
            least = isinstance(bound, AtLeast)
            target = {"at_least": bound.figure} if least else {"at_most": bound}
            told.setdefault("asked", {}).setdefault(name, target)
    for mark in item.iter_markers("peer"):
        of = mark.kwargs["of"]
        told["peer"] = {"name": mark.args[0], "of": [of] if isinstance(of, str) else list(of)}
    return told
