"""Games of simulated payoffs: bounds that hold, supports that change, futures left out for all."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from detente.errors import StrategyError
from detente.strategy.games import resampling
from detente.strategy.games.bimatrix import bimatrix
from detente.strategy.games.empirical import Empirical, empirical
from detente.strategy.games.nash import equilibria
from tests.strategy.made_games import simulated

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def game() -> Empirical:
    """A simulated game of six actions each over 60 futures."""
    return empirical(simulated(6, 60, seed=3)[1], resamples=400)


def test_bounds_hold_as_often_as_they_say() -> None:
    studies, held, close, apart, near = 100, 0, 0, 0, 0
    for seed in range(studies):
        truth, payoffs = simulated(4, 40, seed=seed)
        told = empirical(payoffs, resamples=200, seed=seed)
        found, spans = told.equilibria, np.array(told.mean.spans)
        game = bimatrix(truth[..., 0], truth[..., 1])
        at = seed % len(found)
        lost = game.regrets(found.rows, found.columns) * np.array(game.spans) / spans
        held += bool(lost[at].max() <= told.either[at] + 1e-12)
        close += bool(lost[at].max() <= told.either[at] / 2 + 1e-12)
        off = np.stack([told.mean.a, told.mean.b], axis=2) - truth
        near += bool((np.abs(off).max(axis=(0, 1)) <= told.margins.epsilon).all())
        ends = np.ptp(off[..., 0], axis=0).max(), np.ptp(off[..., 1], axis=1).max()
        apart += bool((ends <= told.margins.paired).all())
    least = binom.ppf(0.005, studies, 0.95)
    assert min(held, near, apart) >= least
    assert close < least  # half the bound would not do


def test_margins_bound_every_equilibrium_and_pairs_are_sharper_than_two_epsilon(game: Empirical) -> None:
    assert (game.margins.paired <= 2 * game.margins.epsilon).all()
    assert (game.bounds <= game.margins.paired * 1.2).all()
    frame = game.margins.frame()
    assert frame["two_epsilon"].tolist() == (2 * frame["epsilon"]).tolist()


def test_what_futures_have_in_common_falls_out_of_regrets() -> None:
    luck = np.random.default_rng(2).normal(size=(1, 1, 80, 2))
    truth = np.random.default_rng(3).random((3, 4, 1, 2))
    told = empirical(truth + 5 * luck, resamples=100)
    assert told.bounds.max() < 1e-12 and told.margins.paired.max() < 1e-12
    assert told.margins.epsilon.min() > 0.5
    assert told.persists.tolist() == [1.0] * len(told.equilibria)


def test_supports_come_up_in_shares_and_none_is_the_answer(game: Empirical) -> None:
    shares = game.supports_frame()["share"]
    assert shares.sum() == pytest.approx(1.0) and game.failed == 0
    assert shares.tolist() == sorted(shares, reverse=True) and shares[0] < 0.9
    played = game.actions_frame().groupby("player")["share"]
    assert played.max().max() <= 1.0 and played.sum().min() >= 1.0
    frame = game.frame()
    assert len(frame) == 2 * len(game.equilibria) > 2
    assert (frame["low"] <= frame["payoff"]).all() and (frame["payoff"] <= frame["high"]).all()
    assert frame["persists"].between(0, 1).all() and (frame["came_up"] <= frame["persists"] + 0.1).all()


def test_a_support_that_carries_an_equilibrium_is_found_by_enumeration_too() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.random((2, 50, 3, 3))
    x, y = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.0, 0.5])
    carried = resampling.carried(a, b, x, y)
    found = [equilibria(one, other) for one, other in zip(a, b, strict=True)]
    expected = [
        resampling.support(x, y)
        in {resampling.support(*each) for each in zip(told.rows, told.columns, strict=True)}
        for told in found
    ]
    assert carried.tolist() == expected and 0 < sum(expected) < 50


def test_twins_leave_supports_of_unlike_size_and_singular_systems_unharmed() -> None:
    payoffs = simulated(3, 50, seed=5)[1]
    twins = np.concatenate([payoffs, payoffs[:1]])
    told = empirical(twins, resamples=100)
    assert told.equilibria.degenerate is True or len(told.equilibria) % 2 == 1
    assert np.isfinite(told.persists).all() and told.failed == 0
    flat = empirical(np.ones((3, 4, 20, 2)), resamples=100)
    assert len(flat.equilibria) == 12 and set(flat.persists.tolist()) == {1.0}
    singular = np.ones((5, 2, 2))
    even = np.array([0.5, 0.5])
    assert resampling.carried(singular, singular, even, even).tolist() == [True] * 5


def test_a_future_without_a_number_is_left_out_for_all_and_named() -> None:
    payoffs = simulated(3, 30, seed=6)[1]
    broken = payoffs.copy()
    broken[1, 2, 7, 0] = np.nan
    broken[0, 0, 9, 1] = np.inf
    told = empirical(broken, resamples=100, futures=tuple(f"f{at}" for at in range(30)))
    whole = empirical(np.delete(payoffs, [7, 9], axis=2), resamples=100)
    assert told.quarantined == ("f7", "f9") and told.futures == 28
    assert told.frame().equals(whole.frame())


def test_the_same_seed_gives_the_same_bytes() -> None:
    payoffs = simulated(4, 30, seed=7)[1]
    one, other, third = (empirical(payoffs, resamples=100, seed=seed) for seed in (1, 1, 2))
    assert one.either.tobytes() == other.either.tobytes() and one.supports == other.supports
    assert one.either.tobytes() != third.either.tobytes()


@pytest.mark.parametrize(
    ("payoffs", "resamples", "expected"),
    [
        (np.zeros((2, 2, 5)), 100, "are of shape (2, 2, 5)"),
        (np.zeros((2, 2, 1, 2)), 100, "1 left"),
        (np.full((2, 2, 5, 2), np.nan), 100, "5 of 5 have payoffs that are not finite"),
        (np.zeros((2, 2, 5, 2)), 10, "10 are too few"),
    ],
)
def test_games_that_cannot_be_told_are_refused(payoffs: Floats, resamples: int, expected: str) -> None:
    with pytest.raises(StrategyError) as told:
        empirical(payoffs, resamples=resamples)
    assert expected in str(told.value)


def test_a_cell_without_any_number_is_named() -> None:
    payoffs = np.zeros((2, 3, 5, 2))
    payoffs[1, 2, :, 0] = np.nan
    with pytest.raises(StrategyError, match=r"\(2, 3, 1\)"):
        empirical(payoffs)
