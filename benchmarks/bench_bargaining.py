"""Speed and memory of the spatial model of bargaining, on actors spread over three issues, default options.

What is asked for is marked at each; all are warm.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
from tests.simulation.made_actors import drawn, made, on_a_line

from benchmarks.figures.noting import at_least
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
    benchmark.pedantic(work, rounds=ROUNDS, warmup_rounds=1)
    return float(benchmark.stats.stats.min)


@pytest.mark.parametrize(
    ("size", "runs"),
    [
        pytest.param(size, runs, marks=pytest.mark.asked(runs_per_cpu_second=at_least(asked)))
        for size, runs, asked in ((30, 512, 250), (60, 96, 35), (100, 32, 10))
    ],
)
def test_whole_runs_per_cpu_second(benchmark: Any, size: int, runs: int) -> None:
    """Draws around one set of actors, on one thread; the turns that a run lasts on average beside."""
    actors = made(size)
    draws = drawn(actors, runs)
    turns = run_many(actors, draws, threads=1).turns.mean()
    spent = cpu_seconds(benchmark, lambda: run_many(actors, draws, threads=1))
    benchmark.extra_info |= {"runs_per_cpu_second": runs / spent, "turns": float(turns)}
    benchmark.extra_info["microseconds_per_turn"] = 1e6 * spent / runs / float(turns)


@pytest.mark.asked(microseconds_per_run=5)
def test_a_run_with_nothing_to_do(benchmark: Any) -> None:
    """Two actors who agree."""
    actors = on_a_line([0.5, 0.5], salience=[0.5, 0.5], capability=[1, 1])
    draws = Draws(positions=np.full((MANY, 2, 1), 0.5))
    spent = cpu_seconds(benchmark, lambda: run_many(actors, draws, threads=1))
    benchmark.extra_info["microseconds_per_run"] = 1e6 * spent / MANY


@pytest.mark.asked(seconds_for_100000=240)
def test_many_draws_on_two_threads(benchmark: Any) -> None:
    """A twentieth of a hundred thousand draws at 30 actors, scaled up; CPU-seconds are of both threads."""
    actors = made(30)
    draws = drawn(actors, MANY // 20)
    start = time.perf_counter()
    benchmark.pedantic(lambda: run_many(actors, draws, threads=2), rounds=1, warmup_rounds=0)
    benchmark.extra_info["seconds_for_100000"] = 20 * (time.perf_counter() - start)
    benchmark.extra_info["cpu_seconds_for_100000"] = 20 * benchmark.stats.stats.min


@pytest.mark.asked(megabytes=500)
@pytest.mark.parametrize("parts", [1, 20])
def test_memory_of_many_draws(benchmark: Any, parts: int) -> None:
    """Peak memory in a process of its own, the draws made at once or part by part."""

    def once() -> float:
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, str(MANY), str(parts)], check=True, capture_output=True, text=True
        )
        return float(told.stdout)

    benchmark.extra_info["megabytes"] = benchmark.pedantic(once, rounds=1)
