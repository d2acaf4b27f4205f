"""Equilibria against exact arithmetic and published games; commitment, correlation, dominance; hard games."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.spatial import QhullError

from detente.errors import StrategyError
from detente.strategy.games import nash, paths
from detente.strategy.games.bimatrix import bimatrix, scaled
from detente.strategy.games.commitment import commitment
from detente.strategy.games.correlated import correlated
from detente.strategy.games.dominance import best_responses, dominated
from detente.strategy.games.nash import Equilibria, equilibria
from detente.strategy.games.zero_sum import zero_sum
from tests.strategy import exact_games
from tests.strategy.made_games import hard, kuhn

Floats = NDArray[np.float64]
VON_STENGEL = ([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])
TIED = (VON_STENGEL[0], [[3, 3], [2, 6], [3, 1]])
CHICKEN = ([[6, 2], [7, 0]], [[6, 7], [2, 0]])
CYCLING = ([[0, 0, 0], [0, 1, 1], [1, 1, 0]], [[1, 0, 1], [1, 1, 0], [0, 0, 2]])


def profiles(found: Equilibria) -> set[exact_games.Profile]:
    """Return equilibria to seven places."""
    return exact_games.rounded(found.rows, found.columns)


def close(*expected: tuple[list[float], list[float]]) -> set[exact_games.Profile]:
    """Return expected profiles to seven places."""
    return exact_games.rounded(*(np.array([each[at] for each in expected]) for at in (0, 1)))


def test_von_stengels_game_has_75_equilibria(reference: Path) -> None:
    table = pd.read_csv(reference / "strategy" / "vonstengel_75_equilibria.csv")
    a, b = (
        table.pivot(index="row", columns="column", values=f"payoff_{player}").to_numpy()
        for player in ("row", "column")
    )
    found = equilibria(a, b)
    assert (len(found), len(profiles(found))) == (75, 75)
    assert found.complete and found.degenerate is False
    assert found.component is not None and len(set(found.component.tolist())) == 75
    assert found.regrets.max() < 1e-12


def test_three_equilibria_of_a_game_of_three_by_two() -> None:
    found = equilibria(*VON_STENGEL)
    assert profiles(found) == close(
        ([1, 0, 0], [1, 0]), ([4 / 5, 1 / 5, 0], [2 / 3, 1 / 3]), ([0, 1 / 3, 2 / 3], [1 / 3, 2 / 3])
    )


def test_a_tie_makes_the_game_degenerate_and_joins_two_equilibria() -> None:
    found = equilibria(*TIED)
    assert profiles(found) == close(
        ([1, 0, 0], [1, 0]), ([1, 0, 0], [2 / 3, 1 / 3]), ([0, 1 / 3, 2 / 3], [1 / 3, 2 / 3])
    )
    assert found.degenerate is True
    assert found.component is not None and found.component.tolist() == [0, 0, 1]
    assert found.frame().query("player == 'row' and equilibrium == 1")["payoff"].tolist() == [3.0]


def test_battle_of_the_sexes_has_two_pure_equilibria_and_a_mixed_one() -> None:
    found = equilibria([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    assert profiles(found) == close(([1, 0], [1, 0]), ([0, 1], [0, 1]), ([3 / 5, 2 / 5], [2 / 5, 3 / 5]))
    assert found.payoffs.round(6).tolist() == [[3, 2], [2, 3], [1.2, 1.2]]


def test_paths_end_where_ties_could_send_them_in_circles() -> None:
    a, b = (np.array(each, dtype=float) for each in CYCLING)
    found = equilibria(a, b)
    ends = [paths.path(scaled(a), scaled(b), label=label) for label in range(6)]
    assert exact_games.extreme(a, b) == profiles(found)
    assert ((0.0, 0.6666667, 0.3333333), (0.0, 1.0, 0.0)) in profiles(found)
    reached = [bimatrix(a, b).regrets(x[None], y[None]).max() for x, y in filter(None, ends)]
    assert len(reached) == 6 and max(reached) < 1e-12


def test_small_games_with_ties_agree_with_exact_arithmetic() -> None:
    rng = np.random.default_rng(1)
    for _ in range(120):
        shape = tuple(rng.integers(1, 4, 2).tolist())
        a, b = rng.integers(0, rng.choice([1, 2, 3, 6]), (2, *shape)).astype(float)
        found = equilibria(a, b)
        assert profiles(found) == exact_games.extreme(a, b)
        assert len(found) == len(profiles(found)) and found.complete


def test_hard_games_never_fail() -> None:
    rng = np.random.default_rng(2)
    for game in range(300):
        largest = 20 if game % 50 == 0 else 7
        shape = (int(rng.integers(1, largest)), int(rng.integers(1, largest)))
        found = equilibria(*hard(rng, game, shape=shape))
        assert len(found) and found.regrets.max() < 1e-8
        assert found.complete or max(shape) > 12
        assert not (found.complete and found.degenerate is False) or len(found) % 2 == 1


@settings(max_examples=40, deadline=None)
@given(arrays(float, (2, 3, 3), elements=st.integers(-4, 4)), st.integers(1, 9), st.integers(-9, 9))
def test_the_scale_of_payoffs_moves_no_equilibrium(payoffs: Floats, factor: int, shift: int) -> None:
    a, b = payoffs
    moved = a * factor + shift + np.array([0, 5, -7])  # what a column adds changes no choice of a row
    assert profiles(equilibria(moved, b)) == profiles(equilibria(a, b))


def test_payoffs_that_hardly_differ_beside_their_level_are_told_apart() -> None:
    payoffs = np.random.default_rng(6).random((2, 4, 4))
    near = 5.0 + 1e-9 * payoffs
    assert profiles(equilibria(*near)) and len(equilibria(*near)) == len(equilibria(*payoffs))


def test_a_large_game_is_not_enumerated_and_says_so() -> None:
    a, b = np.random.default_rng(3).random((2, 20, 20))
    found = equilibria(a, b)
    assert "20 × 20 is too large to enumerate" in found.how and "there may be more" in found.how
    assert not found.complete and found.component is None
    assert len(found) > 1 and found.regrets.max() < 1e-8
    assert bool(found.frame()["component"].isna().all())


def test_dominated_actions_leave_a_large_game_small_enough_to_enumerate() -> None:
    small = [np.array(each, dtype=float) for each in VON_STENGEL]
    a, b = np.full((15, 16), -1.0), np.full((15, 16), -1.0)
    a[:3, :2], b[:3, :2] = small
    a[:3, 2:], b[3:, :2] = 0.0, 0.0
    found = equilibria(a, b)
    assert found.complete and "26 dominated actions of 15 × 16 left out" in found.how
    assert exact_games.rounded(found.rows[:, :3], found.columns[:, :2]) == profiles(equilibria(*small))
    assert found.frame()["regret"].max() < 1e-8


def test_where_no_path_ends_a_program_finds_an_equilibrium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nash, "paths", lambda a, b: iter([(np.eye(13)[0], np.eye(13)[0])]))
    cycle = np.roll(np.eye(13), 1, axis=1)  # matching, and evading: nothing is stable but an even mixture
    found = equilibria(np.eye(13), cycle)
    assert found.rows.round(6).tolist() == [[round(1 / 13, 6)] * 13]
    assert "then a mixed-integer program" in found.how


def test_where_qhull_gives_up_paths_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(a: Floats, b: Floats) -> None:
        raise QhullError

    monkeypatch.setattr(nash, "extreme", give_up)
    found = equilibria(*VON_STENGEL)
    assert "enumeration failed" in found.how and not found.complete
    assert len(found) >= 2 and found.regrets.max() < 1e-8


def test_a_path_that_is_cut_off_or_has_no_numbers_is_no_equilibrium(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(paths.paths(np.full((2, 2), np.nan), np.eye(2))) == []
    monkeypatch.setattr(paths, "MOST_PIVOTS", 1)
    assert list(paths.paths(np.eye(2), np.eye(2))) == []


def test_ties_are_broken_as_if_the_first_action_were_a_trace_worse() -> None:
    """Both rows reply best to the first column; whichever label is dropped, the second row is played."""
    a, b = np.array([[3.0, 1.0], [3.0, 3.0]]), np.array([[1.0, 2.0], [3.0, 2.0]])
    for label in range(4):
        end = paths.path(a, b, label=label)
        assert end is not None
        assert np.concatenate(end) == pytest.approx([0.0, 1.0, 1.0, 0.0])


def test_paths_end_where_those_of_quantecon_end() -> None:
    """Ends as QuantEcon 0.11 has them, for each label that is dropped; `make bench` walks beside it."""
    a = np.array([[8.0, 0, 1], [2, 1, 8], [8, 5, 0], [0, 3, 4]])
    b = np.array([[6.0, 4, 2], [1, 6, 7], [0, 1, 4], [3, 8, 5]])
    first, second = (1 / 2, 0, 1 / 2, 0, 1, 0, 0), (0, 1, 0, 0, 0, 0, 1)
    third = (0, 0, 1 / 2, 1 / 2, 0, 2 / 3, 1 / 3)
    for label, there in enumerate((first, second, second, third, first, third, second)):
        here = paths.path(a, b, label=label)
        assert here is not None
        assert np.concatenate(here) == pytest.approx(there)


def test_oneills_game_and_kuhns_poker_have_their_values() -> None:
    oneill = -np.ones((4, 4))
    oneill[0, 0] = 1
    oneill[1:, 1:] = 1 - 2 * np.eye(3)
    told = zero_sum(oneill)
    assert told.value == pytest.approx(-0.2)
    assert told.row == pytest.approx([0.4, 0.2, 0.2, 0.2]) and told.gap < 1e-9
    poker = zero_sum(kuhn())
    assert poker.value == pytest.approx(-1 / 18) and poker.gap < 1e-9


def test_chicken_does_better_with_a_signal_than_at_random() -> None:
    told = correlated(*CHICKEN)
    assert told.chances == pytest.approx(np.array([[0.5, 0.25], [0.25, 0.0]]))
    assert told.welfare == pytest.approx(10.5) and told.gain < 1e-9
    assert told.frame()["probability"].sum() == pytest.approx(1.0)
    mixed = equilibria(*CHICKEN)
    assert mixed.rows[2] == pytest.approx([2 / 3, 1 / 3]) and mixed.payoffs[2] == pytest.approx([14 / 3] * 2)


def test_weights_of_players_decide_which_correlated_equilibrium_is_best() -> None:
    assert correlated(*CHICKEN, weights=(1.0, 0.0)).payoffs == pytest.approx((7.0, 2.0))
    assert correlated(*CHICKEN, weights=(0.0, 1.0)).payoffs == pytest.approx((2.0, 7.0))


def test_commitment_is_worth_one_pure_and_one_and_a_half_mixed() -> None:
    told = commitment([[2, 4], [1, 3]], [[1, 0], [0, 1]], rows=("up", "down"))
    rows = told.frame().set_index("kind")
    assert rows["payoff"].round(6).to_dict() == {
        "mixed": 3.5,
        "pure": 3.0,
        "pure, ties against the leader": 3.0,
    }
    assert rows["over_best"].round(6).tolist() == [1.5, 1.0, 1.0]
    chances = told.strategies().query("kind == 'mixed'").set_index("action")["probability"]
    assert chances.round(6).to_dict() == {"up": 0.5, "down": 0.5}


def test_the_column_player_leads_as_the_row_player_of_the_turned_game_would() -> None:
    a, b = np.random.default_rng(4).random((2, 4, 3))
    one, other = commitment(a, b, leader="column"), commitment(b.T, a.T)
    assert one.frame().drop(columns="leader")["payoff"].tolist() == other.frame()["payoff"].tolist()
    assert one.game.rows == ("column 1", "column 2", "column 3")


def test_ties_of_the_follower_are_told_both_ways() -> None:
    told = commitment([[5, 1], [2, 2]], [[0, 0], [0, 0]])
    assert [each.leads for each in told.ways] == pytest.approx([5.0, 5.0, 2.0])


def test_programs_beat_every_equilibrium() -> None:
    rng = np.random.default_rng(5)
    for game in range(40):
        a, b = hard(rng, (0, 1, 8)[game % 3], shape=(3, 4))
        found = commitment(a, b)
        assert found.way("mixed").leads >= found.at_once[1] - 1e-7
        assert correlated(a, b).welfare >= found.nash.payoffs.sum(axis=1).max() - 1e-7
        assert zero_sum(a).gap < 1e-9


def test_dominated_actions_go_round_by_round() -> None:
    told = dominated(
        [[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]], rows=("up", "down"), columns=("l", "m", "r")
    )
    rows = told.frame()
    assert rows[["round", "player", "action", "by"]].values.tolist() == [
        [1, "column", "r", "m"], [2, "row", "down", "up"], [3, "column", "l", "m"],
    ]  # fmt: skip
    assert (told.left.rows, told.left.columns) == (("up",), ("m",))


def test_a_mixture_dominates_where_no_action_does_and_ties_are_kept() -> None:
    other = [[0, 1], [1, 0], [0, 0]]
    mixed = dominated([[3, 0], [0, 3], [1, 1]], other)
    assert mixed.frame()["by"].tolist() == ["row 1", "row 2"]
    assert mixed.frame()["probability"].sum() == pytest.approx(1.0)
    assert dominated([[3.0, 0.0], [0.0, 3.0], [1.5, 1.5]], other).frame().empty


def test_best_replies_hold_all_ties() -> None:
    told = best_responses([[1, 0], [1, 2]], [[1, 0], [0, 2]])
    assert told.row.tolist() == [[True, False], [True, True]]
    assert told.both.tolist() == [[True, False], [False, True]]
    assert len(told.frame()) == 5


@pytest.mark.parametrize(
    ("a", "b", "names", "expected"),
    [
        ([[1, 2]], [[1], [2]], (), "are of shapes (1, 2) and (2, 1)"),
        ([], [], (), "are of shapes (0,) and (0,)"),
        ([[np.nan, 1]], [[1, np.inf]], (), "1 of the row player's payoffs are not finite"),
        ([[1, 2]], [[-1e200, 2]], (), "one of the column player's is beyond 1e+150"),
        ([[1, 2]], [[1, 2]], ("x", "y"), "2 names"),
        ([[1], [2]], [[1], [2]], ("x", "x"), "x: given more than once"),
    ],
)
def test_games_that_are_none_are_refused(a: object, b: object, names: tuple[str, ...], expected: str) -> None:
    with pytest.raises(StrategyError) as told:
        equilibria(a, b, rows=names)  # type: ignore[arg-type]  # what a user could type
    assert expected in str(told.value)


def test_a_leader_or_weights_that_mean_nothing_are_refused() -> None:
    with pytest.raises(StrategyError, match="did you mean 'row'"):
        commitment([[1]], [[1]], leader="rows")  # type: ignore[arg-type]  # what a user could type
    for weights in ((0.0, 0.0), (-1.0, 2.0), (np.nan, 1.0)):
        with pytest.raises(StrategyError, match="weigh nobody"):
            correlated([[1]], [[1]], weights=weights)
