"""Search for breaks, pathways and wedges: runs of the model, seconds, and what was found.

Asked for: every analytic limit state within 1 per cent, both branches where there are two; the nearest break
of an alliance of 12 inputs in 135,000 runs at most, nearer than 200,000 plain samples see. CPU-seconds are of
this process.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from tests.strategy.made_models import cohesion, planes

from detente.strategy.pathways import Switching, adapt, wait
from detente.strategy.tipping import Effort, Limit, Space, nearest, sample
from detente.strategy.wedges import Defender, Divider, Targets, analyse

ALLIANCE = Space(base=np.full(12, 0.5), low=np.zeros(12), high=np.ones(12))
BROKEN = Limit(0.05)
CASES = 100


@pytest.mark.asked(runs=135_000)
def test_nearest_break_of_an_alliance(benchmark: Any) -> None:
    """Twelve inputs, six members, 60 steps; the same with 200,000 plain samples."""
    begun = time.process_time()
    plain = sample(cohesion, space=ALLIANCE, limit=BROKEN, effort=Effort(runs=200_000))
    spent = time.process_time() - begun
    found = benchmark.pedantic(
        lambda: nearest(cohesion, space=ALLIANCE, limit=BROKEN), rounds=3, iterations=1
    )
    small = Effort(sample=256, starts=4, check=256)
    quick = nearest(cohesion, space=ALLIANCE, limit=BROKEN, effort=small)
    benchmark.extra_info |= {
        "distance": found.distance, "runs": found.runs, "routes": len(found.routes),
        "plain_distance": plain.distance, "plain_runs": plain.runs, "plain_cpu_seconds": spent,
        "share_that_breaks": plain.share, "quick_distance": quick.distance, "quick_runs": quick.runs,
    }  # fmt: skip
    assert found.distance < plain.distance


@pytest.mark.asked(worst_error_of_the_nearest=0.01)
def test_routes_of_random_planes(benchmark: Any) -> None:
    """Two to four planes in two to eight inputs: how many separate routes are found, and how far off."""

    def search() -> tuple[int, int, float, int]:
        separate, hits, worst, runs = 0, 0, 0.0, 0
        for seed in range(CASES):
            model, inputs, known = planes(seed)
            far, one = np.full(inputs, 8.0), np.ones(inputs)
            space = Space(base=0 * one, low=-far, high=far, scale=one)
            found = nearest(model, space=space, limit=Limit(0.0))
            distances = np.array([route.distance for route in found.routes])
            separate += len(known)
            hits += sum(bool(np.isclose(distances, each, rtol=0.01).any()) for each in known)
            worst, runs = max(worst, abs(distances[0] / known[0] - 1)), runs + found.runs
        return separate, hits, worst, runs

    separate, hits, worst, runs = benchmark.pedantic(search, rounds=1, iterations=1)
    benchmark.extra_info |= {
        "routes": separate, "found": hits, "worst_error_of_the_nearest": worst, "runs_each": runs / CASES,
    }  # fmt: skip


def test_a_break_proven(benchmark: Any) -> None:
    """Branch and bound over four inputs known to work one way."""
    far, one = np.full(4, 6.0), np.ones(4)
    space = Space(base=0 * one, low=-far, high=far, scale=one)
    normal = np.array([0.1, 0.3, 0.5, 0.8])
    found = benchmark.pedantic(
        lambda: nearest(
            lambda x: 3 - x @ normal, space=space, limit=Limit(0.0), effort=Effort(runs=2_000_000),
            monotone=-np.ones(4, dtype=int),
        ),
        rounds=1, iterations=1,
    )  # fmt: skip
    benchmark.extra_info |= {
        "distance": found.distance, "proven": found.proven, "free": found.free, "runs": found.runs,
    }  # fmt: skip


def test_pathways_of_twenty_portfolios(benchmark: Any) -> None:
    """2,000 futures, 10 times, 20 portfolios, 5 signposts that say nothing."""
    rng = np.random.default_rng(0)
    payoffs = Switching.of_periods(rng.normal(size=(2000, 10, 20)))
    signposts = rng.normal(size=(2000, 10, 5))
    pathways = benchmark.pedantic(lambda: adapt(payoffs, signposts), rounds=1, iterations=1)
    begun = time.process_time()
    waiting = wait(payoffs, signposts)
    benchmark.extra_info |= {
        "useful": len(pathways.useful), "waiting_cpu_seconds": time.process_time() - begun,
        "worth_waiting_for": int(waiting.worthwhile.sum()),
    }  # fmt: skip


def test_wedges_of_thirty_members(benchmark: Any) -> None:
    """Thirty targets, 4,000 draws of every number."""
    rng = np.random.default_rng(0)

    def some() -> Any:
        return rng.random((4000, 30))

    targets = Targets(some(), some(), some(), some(), some(), some(), some())
    divider, defender = Divider(some(), some(), some(), some()), Defender(some(), some())
    benchmark(lambda: analyse(targets, divider=divider, defender=defender))
