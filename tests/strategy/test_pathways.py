"""Rules, waiting and sell-by dates of processes whose best rule is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm

from detente.errors import StrategyError
from detente.strategy.pathways import Switching, adapt, sell_by, wait
from detente.strategy.pathways.adapting import tried

Floats = NDArray[np.float64]
BAD = 0.4


def regime(futures: int, seed: int = 0) -> tuple[Switching, Floats]:
    """Return six periods in which the first portfolio pays 1 in good futures, the second one half in all.

    The first signpost shows from time 2 on, with lasting noise, whether a future is bad; the second is noise.
    """
    rng = np.random.default_rng(seed)
    bad = rng.random(futures) < BAD
    payoff = np.empty((futures, 6, 2))
    payoff[:, :, 0], payoff[:, :, 1] = ~bad[:, None], 0.5
    signposts = rng.normal(size=(futures, 6, 2))
    signposts[:, 2:, 0] = signposts[:, 2:3, 0] + 4 * bad[:, None]
    return Switching.of_periods(payoff), signposts


def test_the_best_rule_of_a_known_process_is_found_with_its_gain_and_its_errors() -> None:
    """At time 2, four periods are left, in which a switch gains 0.5 each if bad and loses as much if good:
    the chance of bad is one half where 0.4 φ(z - 4) = 0.6 φ(z).
    """
    pathways = adapt(*regime(6000))
    rule = pathways.rules[0]
    best = 2 + np.log((1 - BAD) / BAD) / 4
    gain = 2 * (BAD * norm.cdf(4 - best) - (1 - BAD) * norm.cdf(-best))
    assert (rule.signpost, rule.first, rule.last, rule.start, rule.then, rule.above) == (0, 2, 2, 0, 1, True)
    assert rule.threshold == pytest.approx(best, abs=0.7)
    assert rule.low < gain < rule.high
    assert rule.high - rule.low < 0.25
    assert rule.useful
    assert rule.false_alarm_low < norm.cdf(-rule.threshold) < rule.false_alarm_high
    assert rule.miss_low < norm.cdf(rule.threshold - 4) < rule.miss_high
    assert pathways.best == 0
    assert pathways.held[:, 0] == pytest.approx([6 * (1 - BAD), 3.0], abs=0.15)
    assert pathways.foresight[0] == pytest.approx(6 * 0.5 * BAD, abs=0.1)


def test_a_signpost_that_says_nothing_is_never_called_useful() -> None:
    noise = adapt(*regime(6000)).rules[1]
    assert noise.signpost == 1
    assert not noise.useful
    rng = np.random.default_rng(1)
    useful = 0
    for _ in range(25):
        payoffs = Switching.of_periods(rng.normal(size=(60, 3, 3)))
        useful += len(adapt(payoffs, rng.normal(size=(60, 3, 2))).useful)
    assert useful <= 2


def test_the_gain_where_a_rule_was_found_flatters_it() -> None:
    rng = np.random.default_rng(2)
    payoffs = Switching.of_periods(rng.normal(size=(100, 3, 4)))
    rule = adapt(payoffs, rng.normal(size=(100, 3, 1))).rules[0]
    assert rule.found > 0.2
    assert rule.gain < rule.found


def test_equal_payoffs_leave_nothing_to_gain() -> None:
    payoffs = Switching.of_periods(np.full((40, 3, 2), 0.1))
    pathways = adapt(payoffs, np.random.default_rng(0).normal(size=(40, 3, 1)))
    assert pathways.useful == ()
    assert pathways.rules[0].gain == pytest.approx(0, abs=1e-12)


def test_a_rule_may_watch_all_the_time_for_what_can_come_at_any_time() -> None:
    """A crisis comes at a time of its own; from then on only the second portfolio pays."""
    rng = np.random.default_rng(3)
    crisis = np.arange(8) >= rng.integers(1, 9, size=400)[:, None]
    payoff = np.stack([np.where(crisis, -1.0, 1.0), np.where(crisis, 1.0, 0.0)], axis=2)
    rule = adapt(Switching.of_periods(payoff), crisis[..., None].astype(float)).rules[0]
    assert (rule.first, rule.last, rule.start, rule.then) == (0, 7, 0, 1)
    assert rule.useful
    assert (rule.false_alarm, rule.miss) == (0.0, 0.0)


def test_switches_that_cost_more_than_they_bring_are_not_made() -> None:
    rng = np.random.default_rng(4)
    bad = rng.random(400) < 0.5
    payoff = np.stack([~bad, bad], axis=1)[:, None, :].repeat(3, axis=1).astype(float)
    signpost = np.repeat(bad[:, None, None], 3, axis=1).astype(float)
    cheap, dear = (
        adapt(Switching.of_periods(payoff, cost=np.full((2, 2), cost)), signpost) for cost in (0.5, 4.0)
    )
    assert cheap.rules[0].useful
    assert cheap.rules[0].gain == pytest.approx(1.5 - 0.25, abs=0.4)
    assert not dear.rules[0].useful


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**16))
def test_triggers_at_one_time_are_worth_what_a_loop_over_futures_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    payoffs = Switching.of_periods(rng.normal(size=(25, 3, 2)))
    signposts = np.round(rng.normal(size=(25, 3, 1)), 1)
    for trigger, mean in tried(payoffs, signposts, 0):
        seen = signposts[:, trigger.first : trigger.last + 1, 0]
        worth = np.zeros((2, 2))
        for future, readings in enumerate(seen):
            hits = [
                t
                for t, z in enumerate(readings)
                if (z >= trigger.threshold) == trigger.above or z == trigger.threshold
            ]
            if hits:
                worth += payoffs.total[future, trigger.first + hits[0]]
            else:
                worth += payoffs.held[future][:, None]
        np.testing.assert_allclose(mean, worth / 25, atol=1e-12)


def test_waiting_is_worth_what_the_signpost_tells_less_what_is_lost_meanwhile() -> None:
    """Seven futures in ten are good. The second portfolio pays 1 a period if good, -1 if bad; the first 0.
    Now: 4 × 0.4. Wait until t and see: 0.7 × (4 - t). Wait and not look: 0.4 × (4 - t).
    """
    rng = np.random.default_rng(5)
    bad = rng.random(8000) < 0.3
    payoff = np.zeros((8000, 4, 2))
    payoff[:, :, 1] = np.where(bad, -1.0, 1.0)[:, None]
    signpost = rng.normal(size=(8000, 4, 2)) * 0.1
    signpost[:, 1:, 0] += bad[:, None]
    told = wait(Switching.of_periods(payoff), signpost)
    left = 4 - np.arange(4.0)
    expected = np.where(np.arange(4) > 0, 0.7 * left, 0.4 * left) - 1.6
    assert told.now == 1
    assert (told.gain[:, 0, 1] <= expected).all()
    assert (told.gain[:, 0, 2] >= expected).all()
    assert told.gain[:, 1, 0] == pytest.approx(0.4 * left - 1.6, abs=0.12)
    assert told.delay[:, 0] == pytest.approx(0.4 * left - 1.6, abs=0.12)
    assert told.information[1:, 0, 0] == pytest.approx(0.3 * left[1:], abs=0.12)
    assert told.worthwhile.tolist() == [[False, False], [True, False], [False, False], [False, False]]
    assert told.frame().shape == (8, 12)


def test_sell_by_dates_are_quantiles_of_the_first_failure() -> None:
    """The first failure is even over 1 to 20: by time t, t / 20 have failed; the second never fails."""
    fails = np.random.default_rng(6).integers(1, 21, size=4000)
    outcome = np.where(np.arange(24) >= fails[:, None], 0.0, 1.0)
    outcome[:, 23] = 1.0  # a recovery does not undo a failure
    told = sell_by(np.stack([outcome, np.ones((4000, 24))], axis=2), target=0.5, share=0.275)
    assert told.date.tolist() == [6.0, np.inf]
    assert told.low[0] <= 6 <= told.high[0] <= 7
    assert told.failed[10, 0, 0] == pytest.approx(0.5, abs=0.03)
    assert told.failed[23, 0, 0] == 1.0
    below = sell_by(-np.stack([outcome], axis=2), target=-0.5, share=0.275, above=False)
    assert below.date.tolist() == [6.0]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**16), st.integers(1, 5), st.integers(2, 4))
def test_payoffs_of_periods_add_up_as_they_would_by_hand(seed: int, times: int, portfolios: int) -> None:
    rng = np.random.default_rng(seed)
    payoff = rng.normal(size=(3, times, portfolios))
    cost, weights = rng.random((portfolios, portfolios)), rng.random(times)
    total = Switching.of_periods(payoff, cost=cost, weights=weights).total
    for t in range(times):
        for a in range(portfolios):
            for b in range(portfolios):
                chosen = [a if s < t or a == b else b for s in range(times)]
                by_hand = (payoff[:, np.arange(times), chosen] * weights).sum(axis=1)
                np.testing.assert_allclose(total[:, t, a, b], by_hand - (a != b) * cost[a, b] * weights[t])


def test_futures_with_a_missing_number_are_left_out_and_counted() -> None:
    payoffs, signposts = regime(400)
    total = payoffs.total.copy()
    total[3, 2, 0, 1] = np.nan
    signposts[5, 0, 0] = np.inf
    pathways = adapt(Switching(total), signposts)
    assert (pathways.lost, pathways.futures, pathways.out) == (2, 398, 199)
    assert np.isfinite(pathways.held).all()
    assert sell_by(total[:, :, 0], target=0.5).lost == 1


def test_a_seed_gives_the_same_rules_and_another_seed_other_halves() -> None:
    inputs = regime(300)
    assert adapt(*inputs).frame().equals(adapt(*inputs).frame())
    assert not adapt(*inputs).frame().equals(adapt(*inputs, seed=1).frame())


def test_what_cannot_be_judged_is_refused() -> None:
    payoffs, signposts = regime(30)
    with pytest.raises(StrategyError, match="one portfolio only"):
        Switching(payoffs.total[:, :, :1, :1])
    with pytest.raises(StrategyError, match="differs by time"):
        Switching(np.random.default_rng(0).normal(size=(30, 2, 2, 2)))
    with pytest.raises(StrategyError, match="not \\(futures, times, portfolios\\)"):
        Switching.of_periods(np.ones((3, 2)))
    with pytest.raises(StrategyError, match="signposts"):
        adapt(payoffs, signposts[:, :3])
    with pytest.raises(StrategyError, match="19 futures"):
        adapt(Switching(payoffs.total[:19]), signposts[:19])
    with pytest.raises(StrategyError, match="held_out"):
        adapt(payoffs, signposts, held_out=1.0)
    with pytest.raises(StrategyError, match="no portfolio 2"):
        wait(payoffs, signposts, meanwhile=2)
    with pytest.raises(StrategyError, match="share"):
        sell_by(np.ones((3, 2, 1)), target=0.5, share=1.0)
