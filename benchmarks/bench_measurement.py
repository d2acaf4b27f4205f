"""Speed of the measurement room, on made-up votes of the size of a decade of the General Assembly."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from benchmarks.figures.noting import beside
from detente.measurement import agreement, factor
from detente.measurement.ballots import Ballots
from detente.measurement.changes import Sitting, change_rows
from detente.measurement.cohesion import cohesion_rows, weakest_rows
from detente.measurement.recurrence import Agenda
from detente.measurement.sample import Draws, Span, bloc_sample

ACTORS, ROLL_CALLS = 30, 900
Codes = NDArray[np.int8]


@pytest.fixture
def votes() -> Codes:
    """Votes of a bloc of one mind in most roll calls, with some who break ranks and some who are absent."""
    rng = np.random.default_rng(0)
    common = rng.choice(3, size=ROLL_CALLS, p=[0.7, 0.1, 0.2])
    own = rng.choice(3, size=(ACTORS, ROLL_CALLS))
    codes = np.where(rng.random((ACTORS, ROLL_CALLS)) < 0.08, own, common)
    return np.where(rng.random((ACTORS, ROLL_CALLS)) < 0.01, -1, codes).astype(np.int8)


def by_loop(votes: Codes) -> NDArray[np.float64]:
    """Return κ of every pair by a plain loop over pairs, with numpy on each."""
    found = np.full((len(votes), len(votes)), np.nan)
    apart = agreement.distances(2)
    for i in range(len(votes)):
        for j in range(len(votes)):
            common = (votes[i] >= 0) & (votes[j] >= 0)
            table = np.zeros((3, 3))
            np.add.at(table, (votes[i][common], votes[j][common]), 1)
            expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
            found[i, j] = 1 - (table * apart).sum() / (expected * apart).sum()
    return found


def test_all_pairs_at_once_against_a_loop(benchmark: Any, votes: Codes) -> None:
    """κ of all pairs by one matrix product; beside a loop over pairs."""
    loops = []
    for _ in range(3):
        start = time.process_time()
        looped = by_loop(votes)
        loops.append(time.process_time() - start)
    found = benchmark(lambda: agreement.kappa(agreement.pair_tables(votes)))
    np.testing.assert_allclose(found, looped)
    beside(benchmark, loop_over_pairs=min(loops))


def year_of(votes: Codes, *, columns: slice) -> tuple[Draws, NDArray[np.bool_]]:
    codes = votes[:, columns]
    calls = pd.DataFrame(
        {
            "roll_call": [f"made:{k}" for k in range(codes.shape[1])],
            "date": pd.Timestamp(2019, 10, 1),
            "session": 74,
            "resolution": None,
            "source": "made up",
        }
    )
    seated = np.ones(codes.shape, dtype=bool)
    ballots = Ballots(tuple(f"A{k:02d}" for k in range(len(codes))), calls, codes, seated)
    return Draws("all", Span("2019", date(2019, 1, 1), date(2019, 12, 31)), ballots, 1000, 0), seated


def test_cohesion_of_a_bloc_in_a_year_with_a_thousand_draws(benchmark: Any, votes: Codes) -> None:
    def once() -> int:
        base, belongs = year_of(votes, columns=slice(0, 100))
        sample = bloc_sample(base, "BLOC", belongs=belongs, absent="missing")
        assert sample is not None
        return len(list(cohesion_rows(sample, ally="A00", pairs=True)))

    assert benchmark(once) == 7


def test_weakest_links_of_a_bloc_over_a_decade_with_a_thousand_draws(benchmark: Any, votes: Codes) -> None:
    def once() -> int:
        base, belongs = year_of(votes, columns=slice(None))
        sample = bloc_sample(base, "BLOC", belongs=belongs, absent="missing")
        assert sample is not None
        return len(list(weakest_rows(sample)))

    assert benchmark(once) == 2 * ACTORS


def test_parts_of_a_change_between_two_decades_with_a_thousand_draws(benchmark: Any, votes: Codes) -> None:
    """Five members join; a hundred texts recur, the rest falls under ten kinds."""
    spans = [Span(str(year), date(year, 1, 1), date(year + 9, 12, 31)) for year in (2000, 2010)]
    sittings: dict[str, Sitting] = {}
    text: dict[str, str] = {}
    kind: dict[str, str] = {}
    for place, span in enumerate(spans):
        base, seated = year_of(votes, columns=slice(None))
        names = [f"made:{place}:{k}" for k in range(ROLL_CALLS)]
        text |= {name: f"text {k}" for k, name in enumerate(names[:100])}
        kind |= {name: f"kind {k % 10}" for k, name in enumerate(names)}
        calls = base.ballots.roll_calls.assign(roll_call=names, session=np.arange(ROLL_CALLS) // 90)
        ballots = Ballots(base.ballots.actors, calls, base.ballots.codes, seated)
        belongs = seated & (place | (np.arange(ACTORS) >= 5)).astype(bool)[:, None]
        sittings[span.key] = Sitting(Draws("all", span, ballots, 1000, 0), {"BLOC": belongs})
    agenda = Agenda(text, {}, kind)
    found = benchmark(lambda: list(change_rows(sittings, spans, "BLOC", agenda=agenda, absent="missing")))
    assert {row["recurring"] for row in found} == {100}


def test_stance_of_sixty_actors_on_nine_measurements(benchmark: Any) -> None:
    """One fit with a thousand draws: a brief makes one, and one for each measurement left out."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal(60)[:, None] * 0.8 + 0.6 * rng.standard_normal((60, 9))
    y[rng.random(y.shape) < 0.4] = np.nan
    scores = factor.standardise(y)[0]
    told = benchmark(
        lambda: factor.estimate(scores, np.zeros_like(scores), draws=1000, rng=np.random.default_rng(0))
    )
    assert told.mean.shape == (1000, 60)
