"""Speed of reading ties: all pairs of an assembly from a year of made-up votes, and a long table of ties."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from benchmarks.figures.noting import beside
from detente.measurement import agreement
from detente.measurement.networks import chance
from detente.measurement.networks.ties import ties

STATES, ROLL_CALLS, ROWS = 193, 90, 20_000
Codes = NDArray[np.int8]


@pytest.fixture
def votes() -> Codes:
    """Votes of as many states as the General Assembly has, in as many roll calls as a year has."""
    rng = np.random.default_rng(0)
    side = rng.choice(3, size=(3, ROLL_CALLS), p=[0.8, 0.1, 0.1])
    cast = side[rng.integers(3, size=STATES)]
    own = rng.choice(3, size=cast.shape)
    cast = np.where(rng.random(cast.shape) < 0.1, own, cast)
    return np.where(rng.random(cast.shape) < 0.1, -1, cast).astype(np.int8)


def by_loop(votes: Codes) -> float:
    """Return π of the first state with all others by a plain loop over pairs; for all pairs, times n / 2."""
    apart = agreement.distances(2)
    shares = np.stack([np.bincount(row[row >= 0], minlength=3) / (row >= 0).sum() for row in votes])
    total = 0.0
    for other in range(1, len(votes)):
        both = (votes[0] >= 0) & (votes[other] >= 0)
        observed = apart[votes[0][both], votes[other][both]].mean()
        pooled = (shares[0] + shares[other]) / 2
        total += 1 - observed / (pooled @ apart @ pooled)
    return total


def test_agreement_of_all_pairs_of_an_assembly(benchmark: Any, votes: Codes) -> None:
    """π of all pairs against whole records; beside a loop over pairs."""
    start = time.process_time()
    looped = by_loop(votes)
    loop = (time.process_time() - start) * STATES / 2
    found = benchmark(lambda: chance.record(votes, agreement.pair_tables(votes), measure="pi", power=2))
    assert found[0, 1:].sum() == pytest.approx(looped)
    beside(benchmark, loop_over_pairs=loop)


def test_a_table_of_twenty_thousand_ties(benchmark: Any) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(5000, size=(ROWS, 2)), columns=["a", "b"])
    table = table.assign(weight=rng.integers(-10, 11, size=ROWS), date="2019-01-01")
    graph = benchmark(lambda: ties(table).graph())
    assert graph.size == len(np.unique(table[["a", "b"]]))
