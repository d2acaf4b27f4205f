"""Every portfolio against every other: points worked out by hand, the same bytes however it is run, and what
is said of campaigns that cannot be.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.errors import SimulationError, StrategyError
from detente.executors import How, Progress
from detente.simulation.projection.preparing import Prepared
from detente.strategy.campaign.advice import advise
from detente.strategy.campaign.matrix import Campaign
from detente.strategy.campaign.sides import opponent, player_named, side
from tests.strategy.made_case import (
    DRAWS,
    MOVING,
    SURE,
    lever,
    levers,
    made,
    played,
    players,
    ready,
    sized,
)

ROOT = Path(__file__).resolve().parents[2]


def near(values: float | list[float]) -> Any:
    """Return what equals values but for single precision, in which positions are written down."""
    return pytest.approx(values, abs=1e-5)


@pytest.fixture(scope="module")
def still() -> Campaign:
    """The campaign of the made case, of which nothing is left to chance."""
    return played()


def points(found: Campaign, own: str, answer: str) -> NDArray[np.float64]:
    """Return mean points of one pair, on each objective and the cost."""
    return np.asarray(found.points[found.rows.index(own), found.columns.index(answer)].mean(axis=0))


def test_portfolios_are_those_of_single_levers_and_of_all_if_none_are_named(still: Campaign) -> None:
    assert still.rows == ("nothing", "squeeze", "bribe", "all")
    assert still.columns == ("nothing", "pay", "vote", "all")


def test_points_are_as_worked_out_by_hand(still: Campaign) -> None:
    """A bribe alone ends three renewals of three: 2 x (0 - 1) / 0.5, turned round, is 4, less 2 x 0.2.

    A squeeze moves CCC by 0.05, the mean of three by 0.05 / 3, in units of 0.1; it costs trade half a point,
    and 0.3.
    """
    assert points(still, "bribe", "nothing") == near([4.0, 0.0, 0.0, -0.4])
    assert points(still, "squeeze", "nothing") == near([0.0, 0.5 / 3, -0.5, -0.3])
    assert points(still, "all", "nothing") == near([4.0, 0.5 / 3, -0.5, -0.7])
    assert points(still, "nothing", "nothing").tolist() == [0.0] * 4
    means = still.frame().set_index(["portfolio", "answer"])["points"]
    assert means["bribe", "nothing"] == near(3.6)


def test_a_side_payment_buys_the_vote_back_and_hurts_whom_it_is_upon(still: Campaign) -> None:
    assert still.outcomes[2, :, :, 0].mean(axis=1).tolist() == [0.0, 1.0, 1.0, 1.0]
    assert points(still, "bribe", "pay") == near([0.0, 0.0, 0.5 * -0.4, -0.4])
    other = still.other_points[2, 1].mean(axis=0)
    assert other == near([0.0, 0.0, -0.5])


def test_another_rule_takes_the_veto_away(still: Campaign) -> None:
    assert points(still, "bribe", "vote") == near([0.0, 0.0, 0.0, -0.4])
    assert still.other_points[2, 0].mean(axis=0) == near([-4.0, 0.0, 0.0])


def test_a_spread_that_grows_counts_against_whoever_wants_unity(still: Campaign) -> None:
    then, now = np.std([0.6, 0.5, 0.25]), np.std([0.6, 0.5, 0.3])
    assert still.other_points[1, 0, :, 1].mean() == pytest.approx(-(then - now) / 0.1, abs=1e-4)


def test_the_other_side_of_the_same_campaign_is_the_same(still: Campaign) -> None:
    turned = played(who="west")
    np.testing.assert_array_equal(turned.payoffs[..., 1].transpose(1, 0, 2), still.payoffs[..., 0])


def test_costs_and_side_effects_lie_in_their_ranges_and_are_the_same_in_every_portfolio() -> None:
    wide = levers()
    wide["squeeze"] |= {
        "cost": {**sized(0.3, 0.1, 0.8), "unit": "points"},
        "side": {"trade": sized(-1, -2, 0)},
    }
    found = played(ready(made(levers=wide)), draws=1000)
    cost, trade = (found.points[1, 0, :, column] for column in (-1, 2))
    assert -0.8 <= cost.min() < -0.7 and -0.15 < cost.max() <= -0.1
    assert cost.mean() == pytest.approx(-0.4, abs=0.01) and trade.mean() == pytest.approx(-0.5, abs=0.03)
    np.testing.assert_allclose(found.points[3, 0, :, -1], cost - 0.4)
    assert abs(np.corrcoef(cost, trade)[0, 1]) < 0.1


def test_a_backlash_turns_a_lever_round_as_often_as_it_says() -> None:
    risky = levers()
    risky["squeeze"] |= {"backlash": 0.3}
    found = played(ready(made(levers=risky)), draws=4000)
    pulled = found.points[1, 0, :, 1]
    np.testing.assert_allclose(np.abs(pulled), 0.5 / 3, atol=1e-5)
    assert (pulled < 0).mean() == pytest.approx(0.3, abs=0.025)


def moving(**strategies: object) -> Prepared:
    """Return the case with chance in it, and portfolios of which two are the same."""
    both = players()
    both["east"]["portfolios"] = {"one": ["squeeze"], "two": ["squeeze"], "bribe": ["bribe"]}
    return ready(made(projection=MOVING, players=both, **strategies))


def test_portfolios_that_differ_in_nothing_differ_by_exactly_nothing() -> None:
    found = played(moving())
    one, two = found.rows.index("one"), found.rows.index("two")
    assert np.ptp(found.outcomes[one, 0, :, 1]) > 0.01
    assert (found.points[one] == found.points[two]).all()
    np.testing.assert_allclose(found.points[one, 0, :, 1], 0.5 / 3, atol=1e-5)


RUNS = {
    "loky": How("loky", jobs=2, chunk=3),
    "one at a time": How(chunk=1),
    "three at a time": How(chunk=3),
}


@pytest.mark.parametrize("how", RUNS.values(), ids=RUNS)
def test_the_bytes_are_the_same_on_every_executor_and_for_any_chunk(how: How) -> None:
    prepared = moving()
    usual, other = played(prepared), played(prepared, how=how)
    assert other.payoffs.tobytes() == usual.payoffs.tobytes()
    assert other.outcomes.tobytes() == usual.outcomes.tobytes()


KILLED = """
import os, signal, sys
from pathlib import Path
from detente.executors import How
from tests.strategy.made_case import played
from tests.strategy.test_campaign import moving

def tell(far):
    if far.done == 5:
        os.kill(os.getpid(), signal.SIGKILL)

played(moving(), how=How(folder=Path(sys.argv[1]), chunk=1, report=tell))
"""


def test_a_campaign_that_was_killed_is_picked_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "kept")]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    told: list[Progress] = []
    prepared = moving()
    again = played(prepared, how=How(folder=tmp_path / "kept", chunk=1, report=told.append))
    assert told[-1].kept == 5 and told[-1].done == told[-1].total == 16
    assert again.payoffs.tobytes() == played(prepared).payoffs.tobytes()


def overflowing(future: int) -> Prepared:
    """Return the case with a lever that grows beyond bounds in one future."""
    more = levers()
    more["oil"] = lever("east", title="Oil", change={"oil": {"CCC": 0.5}}, **SURE)
    held = ready(made(levers=more))
    beta = held.futures.dynamics.beta.copy()
    beta[future] = 1e39
    dynamics = replace(held.futures.dynamics, beta=beta)
    return replace(held, futures=replace(held.futures, dynamics=dynamics))


def test_a_future_that_is_lost_to_one_portfolio_counts_for_none_and_is_counted() -> None:
    found = played(overflowing(7))
    assert found.lost == 1 and 7 not in found.kept and len(found.kept) == DRAWS - 1
    assert found.points.shape[2] == DRAWS - 1
    assert np.isfinite(found.payoffs).all()
    told = advise(overflowing(7), "RRR", draws=DRAWS)
    assert f"1 of {DRAWS} futures grew beyond bounds in some portfolio, and count in none." in told.sentences


def test_without_futures_enough_that_stay_within_bounds_there_is_no_campaign() -> None:
    with pytest.raises(StrategyError, match=r"beyond bounds in 29 of 128 futures"):
        played(_all_overflow())


def _all_overflow() -> Prepared:
    held = overflowing(0)
    beta = held.futures.dynamics.beta.copy()
    beta[:29] = 1e39
    dynamics = replace(held.futures.dynamics, beta=beta)
    return replace(held, futures=replace(held.futures, dynamics=dynamics))


def test_one_portfolio_and_few_futures_are_told_at_once() -> None:
    one = {key: each for key, each in levers().items() if each["owner"] == "west"}
    with pytest.raises(StrategyError) as caught:
        played(ready(made(levers=one)), draws=50)
    told = [f"{each.where} {each.what}" for each in caught.value.problems]
    assert "50 futures tell portfolios apart by luck" in told[0]
    assert "'east' has nothing to choose between" in told[1]


def test_every_lever_outside_the_window_is_named() -> None:
    late = levers()
    late["bribe"] |= {"date": "2019-01-01"}
    late["pay"] |= {"date": "2020-01-01"}
    with pytest.raises(SimulationError) as caught:
        played(ready(made(levers=late)))
    assert {each.where for each in caught.value.problems} == {
        "strategies.levers.bribe.date", "strategies.levers.pay.date"
    }  # fmt: skip
    assert all(
        "outside the window, from 2015-06-01 to 2017-06-01" in each.what for each in caught.value.problems
    )


@pytest.mark.parametrize(
    ("name", "what", "hint"),
    [
        ("RRS", "is no player of this case", "did you mean 'RRR'? players: east (RRR), west (AAA)"),
        ("wets", "is no player of this case", "did you mean 'west'?"),
        ("CCC", "is no player of this case", "players: east (RRR), west (AAA)"),
    ],
)
def test_a_player_that_is_not_in_the_case_is_named(name: str, what: str, hint: str) -> None:
    with pytest.raises(StrategyError) as caught:
        player_named(made(), name)
    (problem,) = caught.value.problems
    assert problem.what == what and hint in problem.hint


def test_a_player_goes_by_its_actor_and_meets_whom_the_case_names() -> None:
    assert player_named(made(), "RRR") == "east"
    assert opponent(made(), "west") == "east"
    with pytest.raises(StrategyError, match="cannot be played against itself"):
        advise(ready(), "east", against="RRR", draws=DRAWS)


def test_an_actor_of_two_players_must_be_named_by_key_and_a_lone_player_has_nobody_to_meet() -> None:
    both = players()
    both["west"]["actors"] = ["AAA", "RRR"]
    with pytest.raises(StrategyError, match="name one of them by its key: east, west"):
        player_named(made(players=both), "RRR")
    alone = {"east": {**players()["east"], "against": None}}
    own = {key: each for key, each in levers().items() if each["owner"] == "east"}
    with pytest.raises(StrategyError, match="is alone"):
        opponent(made(players=alone, levers=own), "east")


def test_deep_compares_all_sets_of_levers() -> None:
    assert tuple(side(made(), "east", deep=2).portfolios) == (
        "nothing",
        "squeeze",
        "bribe",
        "squeeze + bribe",
    )
    assert side(made(), "east").title("all") == "Squeeze + Bribe"
