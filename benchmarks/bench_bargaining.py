"""Speed and memory of the spatial model of bargaining, on actors spread over three issues, default options.

CPU-seconds are of this process, warm. Asked for: 250 whole runs per CPU-second at 30 actors, 35 at 60, 10 at
100; less than 5 microseconds for a run with nothing to do; 100,000 draws at 30 actors in 4 minutes on two
cores and 500 MB.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
from tests.simulation.made_actors import drawn, made, on_a_line

from detente.simulation.bargaining.spatial_batch import run_many
from detente.simulation.bargaining.spatial_inputs import Draws

ROUNDS = 3
MANY = 100_000
MEMORY = """
import resource, sys
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial_batch import run_many
from tests.simulation.made_actors import drawn, made
actors, runs, parts = made(30), int(sys.argv[1]), int(sys.argv[2])
drawn_in_parts = (drawn(actors, runs // parts, seed) for seed in range(parts))
draws = drawn_in_parts if parts > 1 else next(drawn_in_parts)
run_many(actors, draws, options=SpatialOptions(most_turns=1), threads=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
"""Every outcome is kept; how long a run lasts makes no difference to what it holds."""


def cpu_seconds(benchmark: Any, work: Any) -> float:
    """Return the least CPU-seconds of some rounds of `work`."""
    spent: list[float] = []

    def timed() -> None:
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)

    benchmark.pedantic(timed, rounds=ROUNDS, warmup_rounds=1)
    return min(spent)


@pytest.mark.parametrize(("size", "runs"), [(30, 512), (60, 96), (100, 32)])
def test_whole_runs_per_cpu_second(benchmark: Any, size: int, runs: int) -> None:
    """Draws around one set of actors, on one thread; the turns that a run lasts on average beside."""
    actors = made(size)
    draws = drawn(actors, runs)
    turns = run_many(actors, draws, threads=1).turns.mean()
    spent = cpu_seconds(benchmark, lambda: run_many(actors, draws, threads=1))
    benchmark.extra_info |= {"runs_per_cpu_second": runs / spent, "turns": float(turns)}
    benchmark.extra_info["microseconds_per_turn"] = 1e6 * spent / runs / float(turns)


def test_a_run_with_nothing_to_do(benchmark: Any) -> None:
    """Two actors who agree."""
    actors = on_a_line([0.5, 0.5], salience=[0.5, 0.5], capability=[1, 1])
    draws = Draws(positions=np.full((MANY, 2, 1), 0.5))
    spent = cpu_seconds(benchmark, lambda: run_many(actors, draws, threads=1))
    benchmark.extra_info["microseconds_per_run"] = 1e6 * spent / MANY


def test_many_draws_on_two_threads(benchmark: Any) -> None:
    """A twentieth of a hundred thousand draws at 30 actors, scaled up; CPU-seconds are of both threads."""
    actors = made(30)
    draws = drawn(actors, MANY // 20)
    start = time.process_time()
    benchmark.pedantic(lambda: run_many(actors, draws, threads=2), rounds=1, warmup_rounds=0)
    benchmark.extra_info["cpu_seconds_for_100000"] = 20 * (time.process_time() - start)
    benchmark.extra_info["seconds_for_100000"] = 20 * benchmark.stats.stats.min


@pytest.mark.parametrize("parts", [1, 20])
def test_memory_of_many_draws(benchmark: Any, parts: int) -> None:
    """Peak memory in a process of its own, the draws made at once or part by part."""

    def once() -> float:
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, str(MANY), str(parts)], check=True, capture_output=True, text=True
        )
        return float(told.stdout)

    benchmark.extra_info["megabytes_at_peak"] = benchmark.pedantic(once, rounds=1)
