"""Games and robustness: speed, 10,000 games without a failure, and how often bounds of regret hold.

All are warm. Nominal 95 per cent bounds of regret are to hold in 92 to 98 per cent of 400 simulated games;
the rest of what is asked for is marked at each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from quantecon.game_theory import NormalFormGame, Player, lemke_howson
from tests.strategy.made_games import hard, simulated

from detente.strategy.games import resampling
from detente.strategy.games.bimatrix import Bimatrix
from detente.strategy.games.commitment import commitment
from detente.strategy.games.correlated import correlated
from detente.strategy.games.empirical import empirical
from detente.strategy.games.nash import equilibria
from detente.strategy.games.paths import paths
from detente.strategy.games.zero_sum import zero_sum
from detente.strategy.robustness.best import best
from detente.strategy.robustness.comparing import robustness
from detente.strategy.robustness.metrics import Criteria

GAMES, STUDIES = 10_000, 400


def measured(benchmark: Any, work: Any, *, rounds: int = 3) -> None:
    """Time some rounds of `work`."""
    benchmark.pedantic(work, rounds=rounds, warmup_rounds=1)


@pytest.mark.parametrize("size", [6, 10, 12, 30, 100])
def test_equilibria_of_a_random_game(benchmark: Any, size: int) -> None:
    rng = np.random.default_rng(size)
    a, b = rng.random((2, size, size))
    found = equilibria(a, b)
    measured(benchmark, lambda: equilibria(a, b))
    benchmark.extra_info.update(found=len(found), complete=found.complete)


@pytest.mark.parametrize("size", [10, 30, 100])
def test_all_paths_of_a_random_game(benchmark: Any, size: int) -> None:
    a, b = scaled_game(size)
    measured(benchmark, lambda: list(paths(a, b)))


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(size, marks=pytest.mark.peer("QuantEcon", of=f"test_all_paths_of_a_random_game[{size}]"))
        for size in (10, 30, 100)
    ],
)
def test_all_paths_by_quantecon(benchmark: Any, size: int) -> None:
    a, b = scaled_game(size)
    game = NormalFormGame((Player(a), Player(np.ascontiguousarray(b.T))))
    measured(benchmark, lambda: [lemke_howson(game, init_pivot=label) for label in range(2 * size)])


def scaled_game(size: int) -> Any:
    """Payoffs of a random game between 1 and 2."""
    return 1.0 + np.random.default_rng(size).random((2, size, size))


@pytest.mark.parametrize("size", [10, 30])
@pytest.mark.parametrize("solve", [zero_sum, correlated, commitment])
def test_programs_of_a_random_game(benchmark: Any, solve: Any, size: int) -> None:
    payoffs = np.random.default_rng(size).random((2, size, size))
    measured(benchmark, lambda: solve(payoffs[0]) if solve is zero_sum else solve(payoffs[0], payoffs[1]))


@pytest.mark.asked(cpu_seconds=0.3)
def test_a_thousand_resampled_equilibria(benchmark: Any) -> None:
    truth, payoffs = simulated(10, 1000, seed=1)
    a, b = (np.ascontiguousarray(np.moveaxis(payoffs[..., at], 2, 0)) / 10 + truth[..., at] for at in (0, 1))
    measured(benchmark, lambda: resampling.supports(a, b))


@pytest.mark.parametrize(("size", "futures"), [(10, 200), (20, 2000), (30, 100)])
def test_an_empirical_game(benchmark: Any, size: int, futures: int) -> None:
    payoffs = simulated(size, futures, seed=1)[1]
    measured(benchmark, lambda: empirical(payoffs))


@pytest.mark.asked(failed=0)
def test_random_and_degenerate_games_without_a_failure(benchmark: Any) -> None:
    failed, cut_short, even = benchmark.pedantic(play_all, rounds=1)
    benchmark.extra_info.update(games=GAMES, failed=failed, cut_short=cut_short, even_numbers=even)


def play_all() -> tuple[int, int, int]:
    """Return how many of 10,000 games failed; how many small ones were not enumerated; and how many that are
    not degenerate came to an even number of equilibria, so that one is missing."""
    rng = np.random.default_rng(2026)
    failed, cut_short, even = 0, 0, 0
    for game in range(GAMES):
        largest = 20 if game % 100 == 0 else 13 if game % 50 == 0 else 8
        shape = (int(rng.integers(1, largest)), int(rng.integers(1, largest)))
        found = equilibria(*hard(rng, game, shape=shape))
        failed += not len(found) or bool(found.regrets.max() >= 1e-8)
        cut_short += not found.complete and max(shape) <= 12
        even += found.degenerate is False and found.complete and len(found) % 2 == 0
    return failed, cut_short, even


@pytest.mark.parametrize(("size", "futures"), [(10, 30), (10, 200), (30, 100)])
def test_regret_bounds_hold_in_simulated_games(benchmark: Any, size: int, futures: int) -> None:
    told = benchmark.pedantic(
        lambda: np.mean([held(size, futures, at) for at in range(STUDIES)], axis=0), rounds=1
    )
    names = ("one_holds", "all_hold", "epsilon_holds", "paired_holds", "mean_bound", "two_epsilon", "paired")
    benchmark.extra_info.update(dict(zip(names, map(float, told), strict=True)))


def held(size: int, futures: int, study: int) -> tuple[float, ...]:
    """Return whether bounds hold in one simulated game, for one equilibrium and for all on average, and
    whether margins do; then how large they are."""
    truth, payoffs = simulated(size, futures, seed=study)
    told = empirical(payoffs, seed=study, resamples=500)
    found, spans = told.equilibria, np.array(told.mean.spans)
    game = Bimatrix(truth[..., 0], truth[..., 1], told.mean.rows, told.mean.columns)
    lost = (game.regrets(found.rows, found.columns) * np.array(game.spans) / spans).max(axis=1)
    holds = lost <= told.either + 1e-12
    off = np.stack([told.mean.a, told.mean.b], axis=2) - truth
    near = (np.abs(off).max(axis=(0, 1)) <= told.margins.epsilon).all()
    apart = np.array([np.ptp(off[..., 0], axis=0).max(), np.ptp(off[..., 1], axis=1).max()])
    sizes = told.either.mean(), 2 * told.margins.epsilon.mean(), told.margins.paired.mean()
    one = holds[study % len(holds)]
    return float(one), holds.mean(), float(near), float((apart <= told.margins.paired).all()), *sizes


@pytest.mark.parametrize("counters", [1, 20])
def test_robustness_of_twenty_portfolios_over_2000_futures(benchmark: Any, counters: int) -> None:
    payoffs = np.random.default_rng(1).normal(size=(20, 2000, counters))
    measured(benchmark, lambda: robustness(payoffs, criteria=Criteria(threshold=0.0)), rounds=1)


def test_best_of_twenty_portfolios_over_2000_futures(benchmark: Any) -> None:
    payoffs = np.random.default_rng(1).normal(size=(20, 2000))
    measured(benchmark, lambda: best(payoffs))
