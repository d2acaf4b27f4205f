"""Intervals over roll calls: what is drawn again, and what is claimed where nothing can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.measurement import bootstrap
from detente.measurement.linear import multiply


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_with_few_sessions_each_keeps_its_number_of_roll_calls(sessions: list[int]) -> None:
    weights = bootstrap.redraw(sessions, draws=20, rng=np.random.default_rng(0))
    for session in set(sessions):
        held = np.array(sessions) == session
        assert (weights[:, held].sum(axis=1) == held.sum()).all()


def test_with_many_sessions_whole_sessions_are_drawn() -> None:
    sessions = np.repeat(np.arange(8), 3)
    weights = bootstrap.redraw(sessions, draws=200, rng=np.random.default_rng(0)).reshape(200, 8, 3)
    assert (weights == weights[:, :, :1]).all()
    assert (weights[:, :, 0].sum(axis=1) == 8).all()


def test_the_same_seed_gives_the_same_draws() -> None:
    one, two = (bootstrap.redraw([1] * 20, draws=50, rng=np.random.default_rng(3)) for _ in range(2))
    assert (one == two).all()


def test_the_bootstrap_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(300):
        values = (rng.random(60) < 0.4).astype(float)[:, None]
        weights = bootstrap.redraw([1] * 60, draws=300, rng=rng)
        low, high = bootstrap.percentiles(bootstrap.weighted_means(weights, values))
        hits += bool(low[0] <= 0.4 <= high[0])
    assert 0.84 <= hits / 300 <= 0.95


@pytest.mark.parametrize(("draws", "r", "k"), [(7, 3, 2), (1000, 60, 435), (5, 400, 2000)])
def test_products_are_those_of_one_large_multiplication(draws: int, r: int, k: int) -> None:
    rng = np.random.default_rng(0)
    weights, values = rng.random((draws, r)), rng.random((2, r, k))
    np.testing.assert_allclose(multiply(weights, values), weights @ values)


@given(st.lists(st.floats(0, 1), min_size=10, max_size=60))
def test_percentiles_are_those_of_numpy(values: list[float]) -> None:
    draws = np.array(values)[:, None]
    low, high = bootstrap.percentiles(draws)
    np.testing.assert_allclose([low[0], high[0]], np.quantile(values, [0.05, 0.95]), atol=1e-12)


def test_percentiles_pass_over_a_few_undefined_draws_and_refuse_many() -> None:
    draws = np.linspace(0, 1, 100)[:, None].repeat(2, axis=1)
    draws[:5, 0], draws[:20, 1] = np.nan, np.nan
    low, high = bootstrap.percentiles(draws)
    assert low[0] > draws[5, 0] and high[0] < 1
    assert np.isnan([low[1], high[1]]).all()


@given(st.integers(1, 9), st.floats(0, 1))
def test_a_posterior_holds_its_mean_and_narrows_with_more_roll_calls(n: int, mean: float) -> None:
    low, high = bootstrap.jeffreys(mean, n)
    assert 0 <= low <= mean + 1e-9 and mean - 1e-9 <= high <= 1
    wider_low, wider_high = bootstrap.jeffreys(mean, 10 * n)
    assert wider_high - wider_low < high - low


def test_two_unanimous_roll_calls_do_not_prove_unanimity() -> None:
    low, high = bootstrap.jeffreys(1.0, 2)
    assert high == 1 and 0.4 < low < 0.5


def test_every_reading_of_an_interval_has_a_meaning() -> None:
    readings = {bootstrap.reading(sessions) for sessions in ([1], [1] * 20, list(range(20)))}
    assert readings == {"posterior", "roll calls", "sessions"}
    assert readings <= set(bootstrap.MEANINGS)
