"""Compiled steps of a ballot, one by one, beside plain arithmetic: what each leans to and expects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from detente.simulation.ensemble import voting
from detente.simulation.ensemble.luck import LANES


def plain(compiled: Any) -> Any:
    """The function as it is written: those within a ballot are called from compiled code alone."""
    return getattr(compiled, "py_func", compiled)


@pytest.mark.parametrize(("on", "pressed"), [(-1, -1), (0, -1), (-1, 1), (1, 0)])
def test_who_is_held_or_pressed_by_nothing_leans_by_its_place_alone(on: int, pressed: int) -> None:
    rng = np.random.default_rng(3)
    votes = SimpleNamespace(
        ballot=np.array([0]), on=np.array([on]), pressed=np.array([pressed]), issue=np.array([1]),
        slope=np.array([0.7]), cut=np.array([0.3]), level=rng.random((1, 4)), pay=rng.random((1, 4)),
    )  # fmt: skip
    desk = SimpleNamespace(x=rng.random((4, 2, LANES)), z=rng.random((4, 2, LANES)))
    strength, margin, voters = rng.random((5, LANES)), np.zeros((3, LANES)), np.array([0, 2, 3])
    plain(voting.lean)(0, votes, voters, strength, desk, margin)
    expected = (votes.level[0] - 0.3 + votes.pay[0])[voters, None] + 0.7 * desk.x[voters, 1]
    for which, covariate in ((voting.HOLD, on), (voting.PRESSURE, pressed)):
        if covariate >= 0:
            expected = expected - strength[which] * desk.z[voters, covariate]
    assert margin == pytest.approx(expected)


def test_members_expect_the_least_fixed_point_in_every_future_whatever_is_beside_it() -> None:
    """Some futures settle at once, some after many rounds: each as if it were alone."""
    rng = np.random.default_rng(5)
    margin, strength = rng.normal(-0.4, 0.6, (4, LANES)), np.ones((5, LANES))
    strength[voting.DOUBT], strength[voting.ISOLATION] = (
        rng.uniform(0.3, 2, LANES),
        rng.uniform(0, 2.5, LANES),
    )
    strength[voting.ISOLATION, ::3] = 0.0
    empty = {name: np.empty(LANES) for name in ("total", "change", "live", "push")}
    urn = SimpleNamespace(margin=margin.copy(), yes=np.empty((4, LANES)), **empty)
    plain(voting.expect)(4, strength, urn)
    for lane in range(LANES):
        doubt = strength[voting.DOUBT, lane]
        push, own, change = strength[voting.ISOLATION, lane] / doubt / 3, np.zeros(4), 1.0
        while change > voting.SETTLED:
            change = 0.0
            for v in range(4):
                chance = ndtr(margin[v, lane] / doubt + push * (own.sum() - own[v]))
                change, own[v] = max(change, chance - own[v]), chance
        assert urn.margin[:, lane] == pytest.approx(
            margin[:, lane] + doubt * push * (own.sum() - own), abs=1e-4
        )


def test_at_a_margin_of_zero_a_member_abstains_only_where_there_are_abstentions() -> None:
    """Each counts four if for, one if abstaining and nothing if against; the rule needs two."""
    rules = SimpleNamespace(
        leaf_at=np.array([0, 1]), whose=np.array([0, 2]), gain_at=np.array([0]), need=np.array([2]),
        gain=np.array([4, 4, 1, 1, 0, 0]), code_at=np.array([0, 1]), code=np.array([0]),
    )  # fmt: skip
    urn = SimpleNamespace(
        margin=np.zeros((2, LANES)), sums=np.zeros((1, LANES), int), stack=np.ones((1, LANES), bool)
    )
    strength = np.zeros((5, LANES))
    strength[voting.ABSTENTION, 1::2] = 0.5
    plain(voting.judge)(0, rules, strength, urn)
    assert urn.sums[0].tolist() == [0, 2] * (LANES // 2)
    assert urn.stack[0].tolist() == [False, True] * (LANES // 2)
