"""Whole commands, each in a process of its own: CPU-seconds and memory beside the clock.

Wall time on a shared machine is noisy; CPU-seconds (user and system) less so. As a yardstick, the time that
the same Python takes to import pandas alone is measured in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROUNDS = 3
CASES = ("atlantic", "asean")
MEASURED = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""Runs a command from a small process: a child's peak memory counts that of the process that forked it."""


class Meter:
    """Runs commands and keeps the least CPU-seconds, and the most memory, that any of them took."""

    def __init__(self, cache: Path) -> None:
        self.environment = {**os.environ, "DETENTE_CACHE": str(cache)}
        self.cpu: list[float] = []
        self.megabytes = 0.0

    def __call__(self, *arguments: str, **variables: str) -> None:
        command = [sys.executable, "-S", "-c", MEASURED, sys.executable, *arguments]
        environment = {**self.environment, **variables}
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        code, seconds, peak = json.loads(told)
        assert code == 0, arguments
        self.cpu.append(seconds)
        self.megabytes = max(self.megabytes, peak / (1e6 if sys.platform == "darwin" else 1e3))

    def note(self, benchmark: Any) -> None:
        """Put the figures beside the benchmark's clock."""
        benchmark.extra_info["cpu_seconds"] = min(self.cpu)
        benchmark.extra_info["megabytes"] = round(self.megabytes)


@pytest.fixture
def meter(tmp_path: Path) -> Meter:
    """A meter with an empty cache."""
    return Meter(tmp_path / "cache")


@pytest.mark.peer("import pandas", of=("test_help", *(f"test_brief_warm[{case}]" for case in CASES)))
def test_yardstick_importing_pandas(benchmark: Any, meter: Meter) -> None:
    """What any command pays that touches a table."""
    benchmark.pedantic(lambda: meter("-c", "import pandas"), rounds=ROUNDS, warmup_rounds=1)
    meter.note(benchmark)


@pytest.mark.asked(cpu_seconds=0.3)
def test_help(benchmark: Any, meter: Meter) -> None:
    """`detente --help`."""
    benchmark.pedantic(lambda: meter("-m", "detente", "--help"), rounds=ROUNDS, warmup_rounds=1)
    meter.note(benchmark)


@pytest.mark.asked(cpu_seconds=20, megabytes=1000)
@pytest.mark.parametrize("case", CASES)
def test_brief_cold(benchmark: Any, tmp_path: Path, case: str) -> None:
    """A first brief with an empty cache."""
    meters = iter([Meter(tmp_path / str(n)) for n in range(ROUNDS)])
    used: list[Meter] = []

    def first() -> None:
        used.append(next(meters))
        used[-1]("-m", "detente", "brief", case, "-o", str(tmp_path / "out"), "--quiet")

    benchmark.pedantic(first, rounds=ROUNDS)
    used[0].cpu = [seconds for each in used for seconds in each.cpu]
    used[0].note(benchmark)


@pytest.mark.asked(cpu_seconds=6)
@pytest.mark.parametrize("case", CASES)
def test_brief_warm(benchmark: Any, meter: Meter, tmp_path: Path, case: str) -> None:
    """The same brief again."""
    command = ("-m", "detente", "brief", case, "-o", str(tmp_path / "out"), "--quiet")
    benchmark.pedantic(lambda: meter(*command), rounds=ROUNDS, warmup_rounds=1)
    meter.note(benchmark)


@pytest.mark.asked(cpu_seconds=30, megabytes=1500)
def test_ingest_of_all_providers_files(benchmark: Any, meter: Meter, mirror: Path) -> None:
    """`detente data pull` of the whole mirror."""
    benchmark.pedantic(
        lambda: meter("-m", "detente", "data", "pull", "-q", DETENTE_MIRROR=str(mirror)), rounds=1
    )
    meter.note(benchmark)


def test_brief_warm_with_every_roll_call(benchmark: Any, meter: Meter, tmp_path: Path, mirror: Path) -> None:
    """The flagship's brief, cohesion computed from 870,000 votes instead of taken as shipped."""
    meter("-m", "detente", "data", "pull", "unga_votes", "-q", DETENTE_MIRROR=str(mirror))
    command = ("-m", "detente", "brief", "atlantic", "-o", str(tmp_path / "out"), "--quiet")
    meter(*command)
    meter.cpu.clear()
    benchmark.pedantic(lambda: meter(*command), rounds=ROUNDS)
    meter.note(benchmark)
