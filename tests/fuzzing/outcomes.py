"""What may come of any input: something usable, or errors that say where, what, and what to do about it."""

from __future__ import annotations

import functools
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings

from detente.errors import DetenteError

Test = TypeVar("Test", bound=Callable[..., Any])
MINUTES = float(os.environ.get("DETENTE_FUZZ_MINUTES", "0"))
"""Minutes of `make fuzz` for all targets together; 0 is the short form within `make test`."""
ROUND = 25
"""Examples between two looks at the clock."""
PATIENCE = 30
"""Processor seconds after which an example hangs: the clock of a busy machine says nothing."""


@dataclass
class Tally:
    """What came of the examples of one target: how many were of use, how many were refused."""

    used: int = 0
    refused: int = 0
    slowest: float = 0.0
    grown: int = 0


TALLIES: dict[str, Tally] = {}


def fuzzed(examples: int) -> Callable[[Test], Test]:
    """Return the settings of a target: few examples, always the same, or in `make fuzz` many that differ."""
    checks = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much,
              HealthCheck.large_base_example, HealthCheck.function_scoped_fixture)  # fmt: skip
    if MINUTES:
        phases = (Phase.reuse, Phase.generate, Phase.shrink)
        return settings(max_examples=ROUND, deadline=None, suppress_health_check=checks, phases=phases)
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=checks
    )


def tried(
    target: str, do: Callable[[], Any], *, kind: type[DetenteError] = DetenteError, hinted: bool = True
) -> Any:
    """Do it: return what comes of it, or the error of `kind` that it raised; anything else is a fault.

    Each problem of an error has a place and a cause, and what to do about it where the error is `hinted`.
    """
    tally = TALLIES.setdefault(target, Tally())
    begun, size = time.process_time(), _size()
    try:
        found = _in_time(do)
    except kind as error:
        tally.refused += 1
        for problem in error.problems:
            assert problem.where.strip(), f"no place: {problem}"
            assert problem.what.strip(), f"no cause: {problem}"
            assert problem.hint.strip() or not hinted, f"no hint: {problem}"
        return error
    else:
        tally.used += 1
        return found
    finally:
        tally.slowest = max(tally.slowest, time.process_time() - begun)
        tally.grown += _size() - size


def _in_time(do: Callable[[], Any]) -> Any:
    """Do it; in `make fuzz`, raise where it works on without an end."""
    if not MINUTES:
        return do()
    before = signal.signal(signal.SIGPROF, _hangs)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        return do()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _hangs(*_: object) -> None:
    raise AssertionError(f"hangs: it took more than {PATIENCE} processor seconds")


def _size() -> int:
    """Return the most memory that this process has had, in kB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def written(folder: Path, name: str, held: bytes) -> Path:
    """Write a file anew and return where."""
    path = folder / name
    path.write_bytes(held)
    return path


@functools.cache
def share(targets: int) -> float:
    """Return the seconds that one of so many targets has."""
    return 60 * MINUTES / max(1, targets)
