"""Robustness: a table checked by hand, resampling against plain numpy, fronts, and who may be called best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import kendalltau

from detente.errors import StrategyError
from detente.strategy.robustness.best import best
from detente.strategy.robustness.comparing import Robustness, robustness
from detente.strategy.robustness.goals import Goals, weighed
from detente.strategy.robustness.metrics import METRICS, Criteria, States, measured
from detente.strategy.robustness.pareto import pareto

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TABLE = [[10, 1, 5], [4, 4, 4], [7, 0, 8]]
NAMES = ("a", "b", "c")
ALL = Criteria(threshold=4, base="future 1", distances=(0.0, 1.0, 2.0))


def values(told: Robustness, metric: str) -> list[float]:
    """Return a metric of all portfolios, to three places."""
    return told.values[told.metrics.index(metric)].round(3).tolist()  # type: ignore[no-any-return]


def winner(told: Robustness, metric: str) -> str:
    """Return the portfolio that comes first by a metric."""
    return told.portfolios[int(np.nanargmin(told.ranks[told.metrics.index(metric)]))]


def test_a_table_that_can_be_checked_by_hand() -> None:
    told = robustness(TABLE, criteria=ALL, portfolios=NAMES, resamples=100)
    assert set(told.metrics) == set(METRICS)
    expected = {
        "maximin": [1, 4, 0], "maximax": [10, 4, 8], "hurwicz": [5.5, 4, 4], "laplace": [5.333, 4, 5],
        "minimax_regret": [3, 6, 4], "regret_90": [3, 5.6, 3.8], "starr": [0.667, 1, 0.667],
        "mean_variance": [(16 / 3 + 1) / (np.std([10, 1, 5]) + 1), 5, 6 / (np.std([7, 0, 8]) + 1)],
        "undesirable_deviations": [4 / 3, 0, 7 / 3],
        "skewness": [((9 + 1.8) / 2 - 5) / 3.6, np.nan, ((7.8 + 1.4) / 2 - 7) / 3.2],
        "peakedness": [7.2 / 4.5, np.nan, 6.4 / 4.0],
        "regret_1": [8.2, 0, 5.8], "regret_2": [3, 5.6, 3.8],
        "satisficing_1": [0.667, 1, 0.667], "satisficing_2": [1, 2, 1],
    }  # fmt: skip
    for metric, numbers in expected.items():
        assert values(told, metric) == pytest.approx(numbers, abs=1e-3, nan_ok=True), metric
    firsts = {"minimax_regret": "a", "maximin": "b", "laplace": "a", "hurwicz": "a", "starr": "b"}
    assert {metric: winner(told, metric) for metric in firsts} == firsts


def test_regrets_as_shares_as_first_published() -> None:
    told = robustness(TABLE, criteria=Criteria(base="future 1", relative=True), resamples=100)
    assert values(told, "regret_1") == [0.82, 0.0, 0.829]
    assert values(told, "regret_2") == [0.675, 0.58, 0.86]


def test_what_cannot_be_told_is_left_out_and_said() -> None:
    told = robustness(TABLE, resamples=100)
    assert "starr" not in told.metrics and "regret_1" not in told.metrics
    assert {note.split(" left out: ")[1] for note in told.notes if "left out" in note} == {
        "no threshold", "no base future",
    }  # fmt: skip
    assert any("skewness is not defined for 1 portfolios" in note for note in told.notes)
    assert any("prefer spread" in note for note in robustness(np.array(TABLE) - 20.0, resamples=100).notes)


def plainly(states: Floats, *, criteria: Criteria) -> dict[str, Floats]:
    """Return metrics of payoffs (portfolios, states) one after the other, as their sources write them."""
    q10, q25, q50, q75, q90 = np.quantile(states, (0.1, 0.25, 0.5, 0.75, 0.9), axis=1)
    regret = states.max(axis=0) - states
    below = np.maximum(q50[:, None] - states, 0.0).mean(axis=1)
    low, high = states.min(axis=1), states.max(axis=1)
    return {
        "maximin": low, "maximax": high, "hurwicz": criteria.optimism * high + (1 - criteria.optimism) * low,
        "laplace": states.mean(axis=1), "minimax_regret": regret.max(axis=1),
        "regret_90": np.quantile(regret, 0.9, axis=1), "undesirable_deviations": below,
        "mean_variance": (states.mean(axis=1) + 1) / (states.std(axis=1) + 1),
        "starr": (states >= float(criteria.threshold or 0)).mean(axis=1),
        "spread": (q90 - q10) * (q75 - q25),
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (3, 5, 2), elements=st.integers(-5, 5)),
    arrays(np.int64, (5,), elements=st.integers(0, 4)),
)
def test_resampled_metrics_are_those_of_the_drawn_futures(payoffs: Floats, picked: Ints) -> None:
    counts = np.bincount(picked, minlength=5)
    criteria = Criteria(optimism=0.3, threshold=1.0)
    told = measured(States(np.ascontiguousarray(payoffs.transpose(1, 2, 0)), criteria), counts[None])
    drawn = np.repeat(payoffs, counts, axis=1).reshape(3, -1)
    expected = plainly(drawn, criteria=criteria)
    for name in set(told) & set(expected):
        assert told[name][0] == pytest.approx(expected[name], abs=1e-6), name
    defined = np.isfinite(told["peakedness"][0]) & np.isfinite(told["skewness"][0])
    assert defined.tolist() == (expected["spread"] > 0).tolist() or (expected["spread"] == 0).any()


def test_satisficing_needs_every_counter_portfolio_and_starr_only_states() -> None:
    payoffs = np.array([[[5.0, 1.0], [5.0, 5.0]], [[5.0, 5.0], [0.0, 0.0]]])
    told = robustness(payoffs, criteria=Criteria(threshold=4, distances=(1.0, 3.0)), resamples=100)
    assert values(told, "starr") == [0.75, 0.5]
    assert values(told, "satisficing_1") == [0.5, 0.5]
    assert values(told, "satisficing_2") == [1.0, 3.0]


def test_ranks_shares_and_agreement_hold_together() -> None:
    rng = np.random.default_rng(1)
    payoffs = rng.normal(size=(1, 150)) + 0.4 * rng.normal(size=(5, 150)) + np.arange(5)[:, None] / 20
    told = robustness(payoffs, criteria=Criteria(threshold=0.0), resamples=300)
    assert told.best.sum(axis=1) == pytest.approx(np.ones(len(told.metrics)))
    rows = told.frame().query("metric == 'laplace'").set_index("portfolio")
    assert rows["rank"].idxmin() == rows["value"].idxmax() == rows["best"].idxmax()
    assert (rows["low"] < rows["value"]).all() and (rows["value"] < rows["high"]).all()
    assert rows["of_extremes"].tolist() == [False] * 5
    one, other = told.metrics.index("laplace"), told.metrics.index("minimax_regret")
    by_hand = kendalltau(told.values[one], -told.values[other]).statistic
    assert told.agreement[one, other] == pytest.approx(by_hand)
    table = told.agreement_frame()
    assert (table["low"] <= table["high"]).all() and table["tau"].between(-1, 1).all()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    payoffs = np.random.default_rng(2).normal(size=(3, 40))
    one, other, third = (robustness(payoffs, resamples=100, seed=seed).ends for seed in (5, 5, 6))
    assert one.tobytes() == other.tobytes() != third.tobytes()


def test_a_future_without_a_number_is_left_out_for_all_portfolios() -> None:
    payoffs = np.random.default_rng(3).normal(size=(3, 20))
    broken = payoffs.copy()
    broken[1, 4] = np.nan
    told, whole = robustness(broken, resamples=100), robustness(np.delete(payoffs, 4, axis=1), resamples=100)
    assert told.quarantined == ("future 5",) and told.futures == 19
    assert told.ends.tobytes() == whole.ends.tobytes()
    assert any("1 future (future 5)" in note for note in told.notes)
    assert best(broken, resamples=100).quarantined == ("future 5",)


def test_payoffs_that_are_all_equal_tell_nothing_apart() -> None:
    told = robustness(np.ones((3, 30)), resamples=100)
    assert told.notes[0].startswith("all portfolios have equal payoffs")
    assert set(told.ranks[told.metrics.index("laplace")].tolist()) == {1.0}
    assert told.best[told.metrics.index("laplace")].tolist() == pytest.approx([1 / 3] * 3)
    chosen = best(np.ones((3, 30)), resamples=100)
    assert chosen.portfolio is None and len(chosen.together) == 3


def test_one_portfolio_is_neither_best_nor_compared() -> None:
    chosen = best(np.random.default_rng(4).normal(size=(1, 30)), resamples=100)
    assert chosen.portfolio is None and chosen.notes[0].startswith("one portfolio only")
    told = robustness(np.random.default_rng(4).normal(size=(1, 30)), resamples=100)
    assert values(told, "minimax_regret") == [0.0] and np.isnan(told.agreement).all()


def test_a_best_portfolio_is_named_only_where_every_other_is_told_apart() -> None:
    rng = np.random.default_rng(5)
    luck = rng.normal(size=(1, 300)) + 0.3 * rng.normal(size=(4, 300))
    near = best(luck + np.array([[0.0], [0.0], [-1.0], [-1.0]]))
    assert near.portfolio is None and near.together == ("portfolio 1", "portfolio 2")
    far = best(luck + np.array([[0.0], [0.5], [-1.0], [-1.0]]))
    assert far.portfolio == "portfolio 2"
    rows = far.frame()
    assert rows["portfolio"][0] == "portfolio 2" and rows["over_low"][1:].min() > 0
    assert (rows["low"] <= rows["regret"]).all() and (rows["regret"] <= rows["high"]).all()


def test_equal_portfolios_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(6)
    named = [
        best(rng.normal(size=(1, 40)) + rng.normal(size=(2, 40)), resamples=200).portfolio for _ in range(200)
    ]
    assert sum(name is not None for name in named) <= 20  # 10 expected


def test_a_difference_that_never_varies_is_beyond_doubt_and_twins_are_not() -> None:
    luck = np.random.default_rng(7).normal(size=(1, 50))
    one, twins = (luck + np.array([[first], [0.2], [0.0]]) for first in (0.1, 0.2))
    assert best(one).portfolio == "portfolio 2"
    assert best(twins).together == ("portfolio 1", "portfolio 2")


def test_few_futures_name_nobody() -> None:
    chosen = best([[5.0, 6.0, 5.5], [0.0, 1.0, 0.5]])
    assert chosen.portfolio is None and "3 futures are too few" in chosen.notes[-1]


def test_counter_portfolios_weigh_as_told() -> None:
    luck = np.random.default_rng(8).normal(size=(1, 60, 1))
    payoffs = luck + np.array([[[1.0, 0.0]], [[0.0, 0.6]]])
    assert best(payoffs).portfolio == "portfolio 1"
    assert best(payoffs, against=(0.0, 2.0)).portfolio == "portfolio 2"
    wrong = {(0.0, 0.0): "sum to zero", (1.0,): "1 weights for 2", (-1.0, 2.0): "negative"}
    for weights, expected in wrong.items():
        with pytest.raises(StrategyError, match=expected):
            best(payoffs, against=weights)


@given(arrays(float, (6, 3), elements=st.integers(0, 4)), st.sampled_from([0.0, 1.0, 2.5]))
def test_the_front_is_never_empty_and_holds_what_nobody_beats(means: Floats, tolerance: float) -> None:
    told = pareto(means, goals=Goals(("max",) * 3, tolerance=tolerance))
    beaten = [
        any((other >= own).all() and (other > own + tolerance).any() for other in means) for own in means
    ]
    assert told.front.tolist() == [not each for each in beaten] and told.front.any()
    assert [bool(names) for names in told.beaten_by] == beaten


def test_how_firm_a_front_is() -> None:
    rng = np.random.default_rng(9)
    means = np.array([[2.0, 2.0], [1.0, 3.0], [1.0, 1.0], [1.97, 1.97]])
    told = pareto(means[:, :, None] + 0.3 * rng.normal(size=(4, 2, 100)), goals=Goals(("max", "min")))
    assert told.share[1] < 0.01 and told.share[2] == 1.0
    assert not told.front[1] and told.front[2] and told.futures == 100
    assert ((told.share[[0, 3]] > 0.1) & (told.share[[0, 3]] < 1.0)).all()
    assert np.isnan(pareto(means, goals=Goals(("max", "max"))).share).all()
    one = pareto(means[:1], goals=Goals(("max", "max")))
    assert one.front.tolist() == [True] and any("one portfolio only" in note for note in one.notes)


def test_futures_that_lack_an_objective_are_left_out_of_the_front() -> None:
    values = np.random.default_rng(10).normal(size=(3, 2, 30))
    values[0, 1, 3] = np.nan
    told = pareto(values, goals=Goals(("max", "max")), resamples=100)
    assert told.quarantined == ("future 4",) and told.futures == 29
    with pytest.raises(StrategyError, match="not all finite"):
        pareto(values[:, :, 3], goals=Goals(("max", "max")))


def test_objectives_that_contradict_in_sign_are_refused_or_said() -> None:
    same = [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    with pytest.raises(StrategyError, match="wanted large, one small"):
        pareto(same, goals=Goals(("max", "min")))
    with pytest.raises(StrategyError, match="wanted both large and small"):
        pareto(same, goals=Goals(("max", "min"), names=("cost", "cost")))
    assert any("count twice" in note for note in pareto(same, goals=Goals(("max", "max"))).notes)
    mirrored = [[1.0, 5.0], [2.0, 3.0], [3.0, 1.0]]
    assert any(
        "contradict each other" in note for note in pareto(mirrored, goals=Goals(("max", "max"))).notes
    )


def test_objectives_are_weighed_with_the_sign_of_their_direction() -> None:
    values = np.array([[[1.0, 2.0], [4.0, np.nan]], [[3.0, 3.0], [0.0, 1.0]]])
    payoffs = weighed(values, goals=Goals(("max", "min"), weights=(3.0, 1.0)))
    assert payoffs[:, 0].tolist() == [-0.25, 2.25] and np.isnan(payoffs[0, 1])
    with pytest.raises(StrategyError) as told:
        weighed(
            values, goals=Goals(("max", "mini"), names=("a", "b", "c"), tolerance=-1.0, weights=(0.0, 0.0))
        )
    assert [problem.where for problem in told.value.problems] == [
        "names",
        "directions",
        "tolerance",
        "weights",
    ]
    assert "sum to zero" in str(told.value) and "did you mean 'min'" in str(told.value)
    with pytest.raises(StrategyError, match="let the direction carry the sign"):
        weighed(values, goals=Goals(("max", "min"), weights=(1.0, -1.0)))


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (Criteria(optimism=2.0), "give a number from 0 to 1"),
        (Criteria(threshold=np.nan), "a payoff that is good enough"),
        (Criteria(base="futur 1"), "did you mean 'future 1'"),
        (Criteria(base="future 3"), "run to its end"),
        (Criteria(distances=(1.0,)), "1 numbers for 4 futures"),
        (Criteria(distances=(1.0, -1.0, 0.0, 0.0)), "some below 0"),
    ],
)
def test_criteria_that_mean_nothing_are_refused(criteria: Criteria, expected: str) -> None:
    with pytest.raises(StrategyError) as told:
        robustness([[1.0, 2.0, np.nan, 3.0]], criteria=criteria)
    assert expected in str(told.value)


@pytest.mark.parametrize(
    ("payoffs", "names", "expected"),
    [
        ([1.0, 2.0], (), "are of shape (2,)"),
        ([[1.0], [2.0]], (), "at least two complete futures"),
        ([[1.0, 2.0]], ("a", "b"), "2 names"),
        ([[1.0, 2.0], [np.nan, np.nan]], (), "first place without any number: (2, 1)"),
    ],
)
def test_payoffs_that_cannot_be_compared_are_refused(
    payoffs: list[object], names: tuple[str, ...], expected: str
) -> None:
    with pytest.raises(StrategyError) as told:
        best(payoffs, portfolios=names)  # type: ignore[arg-type]  # what a user could type
    assert expected in str(told.value)
