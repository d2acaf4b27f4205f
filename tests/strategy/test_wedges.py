"""Pulls on the members of a bloc: an example by hand, and what must rise or fall with what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import StrategyError
from detente.strategy.wedges import Defender, Divider, Targets, Wedges, analyse
from detente.strategy.wedges.analysing import MODES, MOVES

PAIR = Targets(
    share=np.array([0.3, 0.1]), pivot=np.array([0.2, 0.2]), loss=np.array([0.4, 0.0]),
    to_divider=np.array([0.9, 0.5]), to_bloc=np.array([0.1, 0.3]), cares=0.5, ties=np.array([0.2, 0.1]),
)  # fmt: skip
DIVIDER = Divider(reward=0.6, credible=0.5, cost=0.2, pressure=1.0, pressure_cost=0.3, blowback=0.4)
DEFENDER = Defender(
    reward=0.1, credible=0.5, cost=2.0, credible_cost=3.0, protection=0.1, protection_cost=0.4
)


def test_an_example_by_hand() -> None:
    """Held: 0.5 × 0.8 + 0.2 + 0.05 = 0.65 and 0.5 × 0.2 + 0.1 + 0.05 = 0.25. Accommodation pulls by
    0.3 - 0.65 and 0.3 - 0.25, coercion by 0.5 - 0.65 and 0.5 - 0.25. Weights 0.3 and 0.1. The reward of
    0.25 / 0.5 for which the second gives way costs 0.2 × 0.5, all that it is worth; pressure costs 0.3.
    """
    told = analyse(PAIR, divider=DIVIDER, defender=DEFENDER)
    assert told.weight[:, 0] == pytest.approx([0.3, 0.1])
    assert told.held[:, 0] == pytest.approx([0.65, 0.25])
    assert told.accommodation[:, 0] == pytest.approx([-0.35, 0.05])
    assert told.coercion[:, 0] == pytest.approx([-0.15, 0.25])
    assert told.gives_way.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert told.price[:, 0] == pytest.approx([1.3, 0.5])
    assert told.worth[:, 0] == pytest.approx([0.0, 0.0])
    assert told.leader is None

    keen = analyse(PAIR, divider=replace(DIVIDER, stake=2.0), defender=replace(DEFENDER, stake=1.5))
    assert [MODES[mode] for mode in keen.mode] == ["none", "accommodation"]
    assert keen.worth[:, 0] == pytest.approx([0.0, 0.1])
    assert keen.leader == 1
    assert keen.rank[:, 0].tolist() == [2.0, 1.0]
    # Closing 0.05: a reward of 0.1 at 2 each, or to be believed by 0.5 more at 3 each
    assert [MOVES[move] for move in keen.move] == ["none needed", "reward"]
    assert keen.size.tolist() == pytest.approx([0.0, 0.1])
    assert keen.cost.tolist() == pytest.approx([0.0, 0.2])
    assert keen.pays.tolist() == [True, False]

    harsh = analyse(
        PAIR, divider=replace(DIVIDER, stake=2.0, reward=0.0, pressure_cost=0.1), defender=DEFENDER
    )
    assert [MODES[mode] for mode in harsh.mode] == ["none", "coercion"]
    assert harsh.worth[1, 0] == pytest.approx(0.2 - 0.1)
    # Closing 0.25: 0.5 of reward for 1.0, or a quarter more protection for 0.1; the word cannot do it
    assert MOVES[harsh.move[1]] == "protection"
    assert (harsh.size[1], harsh.cost[1]) == pytest.approx((0.25, 0.1))


def random_case(seed: int, draws: int = 40, targets: int = 3) -> dict[str, Any]:
    """Return a bloc, its divider and its defender drawn at random."""
    rng = np.random.default_rng(seed)

    def some(most: float = 1.0) -> Any:
        return rng.random((draws, targets)) * most

    return {
        "targets": Targets(some(), some(), some(), some(), some(), some(), some(0.3)),
        "divider": Divider(some(1.5), some(), some(0.3), some(2), some(0.2), some(0.8), some(2)),
        "defender": Defender(some(0.3), some(), some(), some(), some(), some(), some()),
    }


def told(case: dict[str, Any], side: str = "targets", **changes: Any) -> Wedges:
    """Return the analysis of a case in which a side is changed: numbers are added, within bounds."""
    old = case[side]
    new = {name: np.clip(getattr(old, name) + by, 0.0, None) for name, by in changes.items()}
    new = {
        name: values
        if name in ("reward", "ties", "pressure", "cost", "stake", "blowback")
        else np.minimum(values, 1.0)
        for name, values in new.items()
    }
    case = case | {side: replace(old, **new)}
    return analyse(case["targets"], divider=case["divider"], defender=case["defender"])


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**20), st.floats(0.01, 0.5))
def test_pulls_rise_and_fall_with_what_they_must(seed: int, by: float) -> None:
    case = random_case(seed)
    now = told(case)
    easier = {
        ("divider", "reward"), ("divider", "credible"), ("targets", "to_bloc"),
    }  # fmt: skip
    harder = {
        ("defender", "reward"), ("defender", "credible"), ("targets", "ties"), ("targets", "to_divider"),
    }  # fmt: skip
    for side, name in easier:
        then = told(case, side, **{name: by})
        assert (then.gives_way[:, 0] >= now.gives_way[:, 0]).all(), name
        assert (then.price[:, 0] <= now.price[:, 0] + 1e-12).all(), name
    for side, name in harder:
        then = told(case, side, **{name: by})
        assert (then.gives_way <= now.gives_way).all(), name
        assert (then.price[:, 0] >= now.price[:, 0] - 1e-12).all(), name
    for side, name in (("divider", "blowback"), ("defender", "protection")):
        then = told(case, side, **{name: by})
        assert (then.gives_way[:, 1] <= now.gives_way[:, 1]).all(), name
        assert (then.binds >= now.binds).all(), name
        assert (then.accommodation == now.accommodation).all(), name


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**20), st.floats(0.01, 0.5))
def test_worth_rises_with_weight_and_stake_and_falls_with_cost(seed: int, by: float) -> None:
    case = random_case(seed)
    now = told(case)
    for side, name in (("targets", "share"), ("targets", "pivot"), ("targets", "loss"), ("divider", "stake")):
        assert (told(case, side, **{name: by}).worth[:, 0] >= now.worth[:, 0] - 1e-12).all(), name
    for name in ("cost", "pressure_cost", "blowback"):
        assert (told(case, "divider", **{name: by}).worth[:, 0] <= now.worth[:, 0] + 1e-12).all(), name


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**20))
def test_the_binding_move_closes_the_gap_in_95_per_cent_of_draws(seed: int) -> None:
    case = random_case(seed)
    now = told(case)
    for target in range(3):
        move = MOVES[now.move[target]]
        if move in ("none needed", "none can"):
            continue
        name = {"guarantee": "credible"}.get(move, move)
        add = np.zeros(3)
        add[target] = now.size[target] * (1 + 1e-9)
        then = told(case, "defender", **{name: add})
        way = int(now.mode[target] == 2)
        assert then.gives_way[target, way] <= 0.05 + 1e-12


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**20), st.permutations(range(3)))
def test_the_order_of_targets_does_not_matter(seed: int, order: list[int]) -> None:
    case = random_case(seed)
    turned = {
        side: type(values)(*(each[:, order] for each in vars(values).values()))
        for side, values in case.items()
    }
    now, then = told(case), told(turned)
    np.testing.assert_array_equal(now.rank[order], then.rank)
    np.testing.assert_array_equal(now.move[order], then.move)
    assert now.rank[:, 0].sum() == pytest.approx(6)
    frame = then.frame(names=["a", "b", "c"])
    assert frame["worth"].is_monotonic_decreasing
    assert set(frame["target"]) == {"a", "b", "c"}


def test_nobody_is_named_where_targets_cannot_be_told_apart() -> None:
    rng = np.random.default_rng(0)
    close = Targets(rng.random((500, 3)), 0.1, 0.1, 0.3, 0.3)
    assert analyse(close, divider=Divider(reward=0.5, cost=0.1), defender=Defender(reward=0.1)).leader is None
    clear = replace(close, share=np.array([0.2, 0.9, 0.3]) + 0.1 * rng.random((500, 3)))
    told_ = analyse(clear, divider=Divider(reward=0.5, cost=0.1), defender=Defender(reward=0.1))
    assert told_.leader == 1
    assert told_.first.tolist() == [0.0, 1.0, 0.0]
    assert (told_.weight[:, 1] < told_.weight[:, 0]).all()
    assert (told_.weight[:, 0] < told_.weight[:, 2]).all()


def test_a_gap_that_nothing_closes_is_said_to_be_so() -> None:
    mute = analyse(PAIR, divider=DIVIDER, defender=replace(DEFENDER, credible=0.0, reward=0.0))
    assert MOVES[mute.move[1]] == "none can"
    assert np.isinf(mute.cost[1])
    assert not mute.pays[1]


def test_draws_with_a_missing_number_are_left_out_and_counted() -> None:
    case = random_case(0)
    case["targets"].ties[[3, 7], 1] = np.nan
    now = told(case)
    assert (now.lost, now.draws) == (2, 38)
    assert np.isfinite(now.held).all()


def test_all_numbers_out_of_range_are_named_at_once() -> None:
    with pytest.raises(StrategyError) as caught:
        analyse(
            replace(PAIR, share=np.array([1.3, 0.1]), ties=-1.0), divider=DIVIDER,
            defender=replace(DEFENDER, protection=2.0),
        )  # fmt: skip
    wheres = [problem.where for problem in caught.value.problems]
    assert wheres == ["targets: share", "targets: ties", "defender: protection"]
    with pytest.raises(StrategyError, match="do not go together"):
        analyse(PAIR, divider=replace(DIVIDER, reward=np.ones(3)), defender=DEFENDER)
    with pytest.raises(StrategyError, match="no weights"):
        analyse(PAIR, divider=DIVIDER, defender=DEFENDER, mix=(0, 0, 0))
    with pytest.raises(StrategyError, match="in every draw"):
        analyse(replace(PAIR, ties=np.nan), divider=DIVIDER, defender=DEFENDER)
