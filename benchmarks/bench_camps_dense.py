"""Time of proofs for two camps in dense graphs; what is asked for: all states of 2019 in 3 CPU-seconds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.camps_studies.un_years import prove, year_graph
from detente.measurement.networks.annealing import anneal
from detente.measurement.networks.dense_search import bound_dense_two
from detente.measurement.networks.graph import SignedGraph, frustration
from detente.measurement.snapshot import pulled_votes

LIMIT = 60.0


def graph_of(weight: NDArray[np.int64]) -> SignedGraph:
    first, second = np.triu_indices(len(weight), 1)
    return SignedGraph(len(weight), first, second, weight[first, second])


def timed(benchmark: Any, graph: SignedGraph) -> None:
    """Prove the camps that annealing finds; note what is left, and how many cases it took."""
    labels = anneal(graph)

    def run() -> tuple[float, str]:
        found = bound_dense_two(graph, labels, deadline=time.monotonic() + LIMIT)
        best = frustration(graph, labels if found.labels is None else found.labels)
        return (best - found.bound) / best, found.method

    gap, method = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    benchmark.extra_info |= {"gap": gap, "method": method}


@pytest.mark.parametrize("kind", ["common", "record"])
@pytest.mark.parametrize(
    "year", [1977, 2003, 2013, pytest.param(2019, marks=pytest.mark.asked(cpu_seconds=3))]
)
def test_a_year_of_the_general_assembly(
    benchmark: Any, mirror: Path, tmp_path: Path, year: int, kind: str
) -> None:
    with pulled_votes(mirror, tmp_path) as evidence:
        graph = year_graph(evidence, year, kind)
    assert graph is not None
    assert prove(graph, LIMIT).left < 1
    timed(benchmark, graph)


@pytest.mark.parametrize("wrong", [0.1, 0.3, 0.33])
def test_two_camps_under_noise(benchmark: Any, wrong: float) -> None:
    """190 nodes in two camps, weights to 1000, a part of the signs wrong."""
    rng = np.random.default_rng(0)
    side = rng.choice([-1, 1], 190)
    sign = np.outer(side, side) * np.where(rng.random((190, 190)) < wrong, -1, 1)
    timed(benchmark, graph_of(sign * rng.integers(1, 1000, (190, 190))))


@pytest.mark.parametrize("size", [30, 35, 40])
def test_signs_at_random(benchmark: Any, size: int) -> None:
    """All pairs, +1 or -1 by the toss of a coin: nothing to find, the hardest to prove."""
    timed(benchmark, graph_of(np.random.default_rng(0).choice([-1, 1], (size, size))))
