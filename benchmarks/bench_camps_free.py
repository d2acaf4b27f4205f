"""Time of proven camps in any number, and of at most three; what is asked for: a second for sparse networks,
five CPU-seconds for all states of 2019."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench_camps import read
from benchmarks.camps_studies.un_years import year_graph
from detente.measurement.networks.graph import Effort, SignedGraph, frustration
from detente.measurement.networks.moving import improve
from detente.measurement.networks.solving import solve
from detente.measurement.snapshot import pulled_votes

SPARSE = "tribes", "congress", "cow_46-49", "cow_70-73", "cow_96-99", "bitcoinalpha"
NETWORKS = *SPARSE, "un_1999", "unw_2019"
ASKED = [
    *(pytest.param(name, marks=pytest.mark.asked(cpu_seconds=1)) for name in SPARSE),
    "un_1999",
    pytest.param("unw_2019", marks=pytest.mark.asked(cpu_seconds=5)),
]


def timed(benchmark: Any, graph: SignedGraph, k: int | None) -> None:
    """Solve with a minute's time; note what is left frustrated, the bound and memory."""

    def run() -> tuple[int, float, float]:
        found = solve(graph, k=k, effort=Effort(time_limit=60.0))
        return found.frustration, found.bound, found.gap

    left, bound, gap = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    benchmark.extra_info |= {"frustration": left, "bound": int(bound), "gap": gap, "megabytes": memory}


@pytest.mark.parametrize("k", [None, 3])
@pytest.mark.parametrize("name", ASKED)
def test_a_reference_network(benchmark: Any, name: str, k: int | None) -> None:
    timed(benchmark, read(name), k)


@pytest.mark.parametrize("year", [1975, 1985, 2003])
def test_a_year_of_the_general_assembly(benchmark: Any, mirror: Path, tmp_path: Path, year: int) -> None:
    """The years that took longest of all."""
    with pulled_votes(mirror, tmp_path) as evidence:
        graph = year_graph(evidence, year, "common")
    assert graph is not None
    timed(benchmark, graph, None)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_heuristic_alone(benchmark: Any, name: str) -> None:
    """How often eight seeds find what is proven to be the best, and the time of one."""
    graph = read(name)
    best = solve(graph, k=None, effort=Effort()).frustration
    benchmark.pedantic(improve, (graph,), rounds=3, warmup_rounds=1)
    hits = sum(frustration(graph, improve(graph, seed=seed)) == best for seed in range(8))
    benchmark.extra_info |= {"of_eight_seeds_best": hits}
