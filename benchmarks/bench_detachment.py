"""Speed of detachment: a bloc of thirty in a made-up year of the General Assembly, all pairs with ties."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.measurement.networks.bloc import choose, network
from detente.measurement.networks.detachment import detachment
from detente.measurement.networks.graph import Effort
from detente.measurement.networks.margins import Margin, Stand, margins, stand
from detente.measurement.networks.null_margins import null_margins
from detente.measurement.networks.ties import Ties, ties
from detente.measurement.networks.turns import turns
from detente.measurement.networks.years import matched

ACTORS, MEMBERS, YEARS = 190, 30, 75
NAMES = [f"A{place:03d}" for place in range(ACTORS)]
BLOC = NAMES[:MEMBERS]


@pytest.fixture(scope="module")
def year() -> Ties:
    """Ties of actors along a line, the bloc at one end of it, as agreement in votes would have them."""
    rng = np.random.default_rng(0)
    points = np.sort(np.concatenate([rng.normal(1.5, 0.4, 60), rng.normal(-0.7, 0.6, ACTORS - 60)]))[::-1]
    first, second = np.array(list(combinations(range(ACTORS), 2))).T
    weight = np.tanh(points[first] * points[second]) + rng.normal(0, 0.15, len(first))
    ends = {"a": np.array(NAMES)[first], "b": np.array(NAMES)[second]}
    return ties(pd.DataFrame({**ends, "weight": weight.round(3)}))


@pytest.fixture(scope="module")
def measured(year: Ties) -> tuple[Stand, list[tuple[int, Margin]]]:
    found = network(year, seed=0)
    bloc = choose(found, BLOC, None)
    base = stand(found.graph, bloc.core, labels=found.labels, k=2, effort=Effort(None, 0, prove=False))
    base, told = margins(base, bloc.members.tolist())
    return base, list(zip(bloc.members.tolist(), told, strict=True))


def test_margins_of_a_bloc(benchmark: Any, year: Ties) -> None:
    told = benchmark.pedantic(lambda: detachment(year, BLOC, draws=0), rounds=3, warmup_rounds=1)
    assert len(told.members) == MEMBERS


def test_two_hundred_margins_by_chance_of_each_member(
    benchmark: Any, measured: tuple[Stand, list[tuple[int, Margin]]]
) -> None:
    base, told = measured

    def once() -> int:
        rng = np.random.default_rng(0)
        found = [null_margins(base, node, each, draws=200, rng=rng) for node, each in told]
        return sum(map(len, found))

    assert benchmark.pedantic(once, rounds=3, warmup_rounds=1) == 200 * MEMBERS


def test_all_pairs_of_a_bloc(benchmark: Any, year: Ties) -> None:
    told = benchmark.pedantic(lambda: detachment(year, BLOC, draws=0, pairs=True), rounds=3, warmup_rounds=1)
    assert len(told.pairs) == MEMBERS * (MEMBERS - 1) // 2


def test_camps_of_all_years_matched_and_realignments_told(benchmark: Any) -> None:
    rng = np.random.default_rng(0)
    home = rng.integers(0, 2, ACTORS)
    labels = np.array([np.where(rng.random(ACTORS) < 0.04, 1 - home, home) for _ in range(YEARS)])

    def once() -> int:
        ids = matched(labels)
        moved = (ids[1:] != ids[:-1]).sum(axis=1)
        return len(turns(moved, np.full(YEARS - 1, ACTORS)).p_value)

    assert benchmark(once) == YEARS - 1
