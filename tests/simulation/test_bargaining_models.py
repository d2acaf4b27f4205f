"""The models beside the spatial one: published figures, and what must hold of any positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.simulation.bargaining.averages import Floats, compromise, condorcet, median
from detente.simulation.bargaining.challenge import Challenge, _Sides, challenge
from detente.simulation.bargaining.exchange import Exchange, _order, exchange, possible
from detente.simulation.bargaining.influence import (
    bounded_confidence,
    deffuant,
    degroot_weights,
    friedkin_johnsen,
)

UNIT = st.floats(0, 1)
CYCLE = [[0.75, 0.5, 1.0], [0.25, 0.25, 0.5], [0.5, 0.5, 1.0], [1.0, 0.75, 0.5], [0.25, 1.0, 0.5]]


def arrays(*shape: int) -> st.SearchStrategy[Floats]:
    size = int(np.prod(shape))
    return st.lists(UNIT, min_size=size, max_size=size).map(lambda held: np.array(held).reshape(shape))


def table(path: Path) -> tuple[Floats, Floats, Floats, list[str]]:
    rows = pd.read_csv(path, comment="#")
    found = (rows[name].to_numpy(dtype=float) for name in ("Position", "Capability", "Salience"))
    where, capability, salience = found
    return where, capability, salience, list(rows["Actor"])


def test_the_challenge_model_gives_the_reference_rounds_on_emission_standards(reference: Path) -> None:
    folder = reference / "bargaining"
    where, capability, salience, actors = table(folder / "emission_standards_bdm1994.csv")
    known = pd.read_csv(folder / "bdm_emission_scholz_rounds.csv", comment="#")
    found = challenge(where, capability * salience, salience)
    assert np.abs(found.position - known[actors].to_numpy()).max() < 1e-9
    assert np.abs(found.median - known["median"]).max() < 1e-9
    assert np.abs(found.mean - known["mean"]).max() < 1e-9
    assert found.risk[0].round(6).tolist() == [
        1.405653, 0.754196, 0.508864, 1.405653, 1.046524, 1.046524, 1.964898, 0.5, 2.0, 1.112125,
    ]  # fmt: skip


def test_seven_of_the_eight_published_medians_come_out_to_one_decimal(reference: Path) -> None:
    folder = reference / "bargaining"
    where, capability, salience, _ = table(folder / "emission_standards_bdm1994.csv")
    published = pd.read_csv(folder / "scholz2011_table2.csv", comment="#")
    found = challenge(where, capability * salience, salience)
    off = np.abs(found.median[published["round"]] - published["median_published"])
    assert (off < 0.1).sum() == 7
    assert np.abs(found.mean[published["round"]] - published["mean_published"]).max() < 0.062


def test_the_printed_equations_do_not_give_the_printed_table(reference: Path) -> None:
    where, capability, salience, _ = table(reference / "bargaining" / "emission_standards_bdm1994.csv")
    found = challenge(where, capability * salience, salience, Challenge(denominator="paper"))
    assert set(found.median) == {7.0}
    assert found.settled


def test_the_second_published_example_does_not_move(reference: Path) -> None:
    where, capability, salience, _ = table(reference / "bargaining" / "sultan_bdm1997.csv")
    found = challenge(where, capability * salience, salience)
    assert set(found.median.round(2)) == {13.9}
    assert found.settled


def test_the_outcome_of_the_challenge_model_hangs_on_the_chance_that_the_status_quo_holds(
    reference: Path,
) -> None:
    where, capability, salience, _ = table(reference / "bargaining" / "emission_standards_bdm1994.csv")
    firm, loose = (challenge(where, capability * salience, salience, Challenge(hold=q)) for q in (1.0, 0.5))
    assert abs(firm.median[5] - loose.median[5]) > 3


@pytest.mark.parametrize(
    "where",
    [[0.5, 0.5, 0.5], [0.0, 1.0], [0.3], [0.0, 0.0, 1.0, 1.0]],
    ids=["consensus", "two actors", "one actor", "two blocs"],
)
@pytest.mark.parametrize("weight", [1.0, 0.0])
def test_the_challenge_model_answers_whatever_the_actors(where: list[float], weight: float) -> None:
    place = np.array(where)
    found = challenge(place, np.full(len(place), weight), np.full(len(place), weight / 2))
    assert np.isfinite(found.position).all()
    assert ((found.position >= place.min()) & (found.position <= place.max())).all()


@settings(max_examples=40, deadline=None)
@given(arrays(6), arrays(6), arrays(6))
def test_challenged_actors_stay_between_the_ends_and_no_order_changes_the_rounds(
    where: Floats, capability: Floats, salience: Floats
) -> None:
    found = challenge(where, capability * salience, salience, Challenge(rounds=3))
    turned = challenge(where[::-1], (capability * salience)[::-1], salience[::-1], Challenge(rounds=3))
    assert np.allclose(turned.position[:, ::-1], found.position, atol=1e-9)
    assert (found.position >= where.min() - 1e-9).all()
    assert (found.position <= where.max() + 1e-9).all()


def test_weighted_mean_and_median_of_a_known_case() -> None:
    where = np.array([[0.0], [0.2], [1.0]])
    weight = np.array([[1.0], [1.0], [2.0]])
    assert compromise(where, weight)[0] == pytest.approx(0.55)
    assert median(where, weight)[0] == pytest.approx(0.6)
    assert median(where, np.zeros((3, 1)))[0] == pytest.approx(0.2)
    assert compromise(where, np.zeros((3, 1)))[0] == pytest.approx(0.4)


@settings(max_examples=60, deadline=None)
@given(arrays(5, 1), arrays(5, 1))
def test_on_one_issue_the_winner_is_the_weighted_median(where: Floats, salience: Floats) -> None:
    salience = salience + 0.01
    winner, votes = condorcet(where, salience, np.ones(5))
    assert winner is not None
    assert (votes[winner] >= -1e-9).all()
    middle = (salience * np.abs(where - median(where, salience)[0])).sum()
    assert (salience * np.abs(where - where[winner])).sum() == pytest.approx(middle, abs=1e-6)


def test_a_cycle_of_positions_has_no_winner() -> None:
    where = np.array(CYCLE)
    winner, votes = condorcet(where, np.ones(where.shape), np.ones(len(where)))
    assert winner is None
    assert (votes < 0).any(axis=1).all()
    assert np.allclose(votes, -votes.T)


def test_a_trade_gives_both_the_same_and_each_what_it_cares_about() -> None:
    where = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]])
    salience = np.array([[0.9, 0.3], [0.2, 0.6], [0.4, 0.4]])
    trades = exchange(where, np.ones(3), salience)
    first = trades.made[0]
    assert (first.first, first.second, first.gives, first.gets) == (0, 1, 1, 0)
    own = first.shift_got * salience[0, 0] - first.shift_given * salience[0, 1]
    theirs = first.shift_given * salience[1, 1] - first.shift_got * salience[1, 0]
    assert own == pytest.approx(theirs)
    assert own == pytest.approx(first.gain)
    before = compromise(where, salience)
    assert trades.outcome[0] < before[0]
    assert trades.outcome[1] > before[1]


@settings(max_examples=40, deadline=None)
@given(arrays(4, 3), arrays(4), arrays(4, 3))
def test_trades_end_stay_on_the_scale_and_leave_none_that_gains(
    where: Floats, capability: Floats, salience: Floats
) -> None:
    salience = salience + 0.01
    capability = capability + 0.01
    trades = exchange(where, capability, salience)
    assert (trades.position >= where.min(axis=0) - 1e-9).all()
    assert (trades.position <= where.max(axis=0) + 1e-9).all()
    assert all(trade.gain > 0 for trade in trades.made)
    moved = {(trade.first, trade.gives) for trade in trades.made} | {
        (trade.second, trade.gets) for trade in trades.made
    }
    assert len(moved) == 2 * len(trades.made)
    free = np.ones(where.shape, dtype=bool)
    for actor, issue in moved:
        free[actor, issue] = False
    assert not list(possible(trades.position, capability, salience, free))


def test_one_issue_has_nothing_to_trade() -> None:
    trades = exchange(np.array([[0.0], [1.0]]), np.ones(2), np.ones((2, 1)))
    assert trades.made == ()


def test_friedkin_and_johnsen_s_group_settles_where_it_is_published_to(reference: Path) -> None:
    rows = pd.read_csv(reference / "influence" / "friedkin_johnsen_1999.csv", comment="#")
    influence = rows[["w1", "w2", "w3", "w4"]].to_numpy()
    found = friedkin_johnsen(rows[["x0"]].to_numpy(), influence, rows["susceptibility"].to_numpy())
    assert np.abs(found.position[:, 0] - rows["x_star"]).max() < 1e-8
    assert found.steps == 39
    assert found.settled


@settings(max_examples=40, deadline=None)
@given(arrays(4, 2), arrays(4, 4))
def test_closed_minds_stay_and_open_ones_come_to_degroot_s_consensus(where: Floats, raw: Floats) -> None:
    influence = (raw + 0.05) / (raw + 0.05).sum(axis=1, keepdims=True)
    assert np.allclose(friedkin_johnsen(where, influence, np.zeros(4)).position, where)
    agreed = friedkin_johnsen(where, influence, np.ones(4)).position
    assert np.allclose(agreed, degroot_weights(influence) @ where, atol=1e-7)


def test_issues_that_hang_together_move_together() -> None:
    influence, logic = np.full((2, 2), 0.5), np.array([[1.0, 0.0], [0.5, 0.5]])
    found = friedkin_johnsen(
        np.array([[0.0, 0.0], [1.0, 0.0]]), influence, np.array([0.9, 0.9]), logic=logic
    ).position
    step = 0.9 * influence @ found @ logic.T + 0.1 * np.array([[0.0, 0.0], [1.0, 0.0]])
    assert np.allclose(step, found)
    assert (found[:, 1] > 0).all()


@pytest.mark.parametrize(
    ("number", "steps", "groups"),
    [
        (3, 2, [1.0]),
        (5, 6, [2.0]),
        (6, None, [1.66956, 3.33044]),
        (7, None, [1.683706, 3.0, 4.316294]),
    ],
)
def test_bounded_confidence_from_equal_steps(number: int, steps: int | None, groups: list[float]) -> None:
    found = bounded_confidence(np.arange(number, dtype=float)[:, None], 1.0)
    assert found.settled
    assert np.unique(found.position.round(6)).tolist() == groups
    assert steps is None or found.steps == steps


def test_meetings_at_random_keep_the_mean_and_depend_on_the_seed_alone() -> None:
    where = np.linspace(0, 1, 9)[:, None]
    found = deffuant(where, 0.3, meetings=5000, seed=4)
    assert found.position.mean() == pytest.approx(where.mean())
    assert found.settled
    assert np.array_equal(found.position, deffuant(where, 0.3, meetings=5000, seed=4).position)
    assert deffuant(where[:1], 0.3).settled


def test_influence_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up to one"):
        friedkin_johnsen(np.zeros((2, 1)), np.ones((2, 2)), np.ones(2))
    with pytest.raises(ValueError, match="from 0 to 1"):
        friedkin_johnsen(np.zeros((2, 1)), np.eye(2), np.array([0.5, 1.5]))
    with pytest.raises(ValueError, match="no common view"):
        degroot_weights(np.eye(2))


def test_a_little_weight_counts_as_much_as_its_share() -> None:
    assert compromise(np.array([[0.0], [1.0]]), np.array([[0.1], [0.3]])) == pytest.approx([0.75])
    assert compromise(np.array([[0.0], [1.0]]), np.zeros((2, 1))) == pytest.approx([0.5])


def test_meetings_have_settled_when_nobody_different_is_within_reach_on_all_issues() -> None:
    """Two issues: three of them differ on the second alone, by more than their reach or by less."""
    where = np.array([[0.1, 0.0], [0.1, 0.4], [0.1, 0.9]])
    assert deffuant(where, 0.3, meetings=50).settled
    assert not deffuant(where, 0.5, meetings=0).settled


def test_negative_influence_is_refused_though_it_adds_up() -> None:
    influence = np.array([[1.5, -0.5], [0.0, 1.0]])
    with pytest.raises(ValueError, match="negative"):
        friedkin_johnsen(np.array([[0.0], [1.0]]), influence, np.array([0.5, 0.5]))


def test_of_equal_trades_the_first_actors_and_the_first_issues_go_first() -> None:
    trades = [
        Exchange(*ends, 0.1, 0.1, 0.5) for ends in ((0, 1, 0, 1), (0, 1, 1, 0), (0, 2, 0, 1), (1, 2, 0, 1))
    ]
    assert [*sorted(trades, key=_order)][::-1] == trades
    assert max([*trades, Exchange(1, 2, 1, 0, 0.1, 0.1, 0.6)], key=_order).gain == 0.6


def test_where_the_status_quo_drifts_it_drifts_with_the_median() -> None:
    """Without a challenge j comes nearer to i if the median lies nearer to i than j does, else goes away."""
    where, middle, risk = np.array([0.0, 0.3, 0.8]), 0.3, 1.3
    sides = _Sides(where, np.ones(3), np.ones(3), 0.8, middle, Challenge(hold=0.0))
    gap = np.abs(where[:, None] - where) / 0.8
    full = np.full((3, 1), risk)
    told = sides._utility(np.full((3, 3), 0.5), gap, full, salience=np.ones((1, 3)), mover=0)
    for i in range(3):
        for j in range(3):
            success, failure = (2 - 4 * (0.5 + side * gap[i, j] / 2) ** risk for side in (-1, 1))
            off = abs(where[i] - middle) / 0.8
            shift = (off + gap[i, j]) / 4 * (-1 if off < gap[i, j] else 1)
            expected = (success + failure) / 2 - (2 - 4 * (0.5 + shift) ** risk)
            assert told[i, j] == pytest.approx(expected)
