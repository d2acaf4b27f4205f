"""The event study: known effects are found again, chance is not, and what could not be seen is said."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.measurement.events.permutation import Exchange, choices
from detente.measurement.events.power import least_effects
from detente.measurement.events.series import Series, calendar
from detente.measurement.events.simulated import World, simulate
from detente.measurement.events.study import (
    CHILL,
    EMPTY,
    NONE,
    OUTSIDE,
    SHARED,
    THAW,
    UNTOLD,
    Design,
    event_study,
)  # fmt: skip
from detente.measurement.events.windows import Own, Shape, apart, changes, inside, placebos

WEEKS = calendar(pd.Timestamp("2005-01-03"), pd.Timestamp("2015-12-31"), "week")
FEBRUARIES = np.arange(60, 60 + 9 * 52, 52)
DAYS = WEEKS[FEBRUARIES] + pd.Timedelta(days=4)


def made(seed: int, effect: float = 0.0) -> Series:
    """Return a made-up series with an effect in the eight weeks after each of nine occasions."""
    rng, world = np.random.default_rng(seed), World(events=8.0)
    values, events = simulate(len(WEEKS), rng=rng, world=world, at=FEBRUARIES, effect=effect)
    return Series(WEEKS, values, events, events.astype(np.int64), (events > 0).astype(np.int64))


def test_a_change_is_the_weighted_mean_after_less_that_before() -> None:
    values, weights = np.array([1.0, 3.0, np.nan, 5.0, 9.0]), np.array([1.0, 3.0, 0.0, 1.0, 3.0])
    found = changes(values, weights, [2], Shape(2))
    assert found.before[0] == 2.5
    assert found.after[0] == 8.0
    assert found.change[0] == 5.5
    assert found.weight[0] == 2.0
    assert found.known.tolist() == [[2, 2]]


@pytest.mark.parametrize(
    ("own", "before", "after"), [("out", 0.5, 3.5), ("before", 1.5, 3.5), ("after", 0.5, 2.5)]
)
def test_the_week_of_the_date_itself_counts_on_the_side_asked_for(
    own: Own, before: float, after: float
) -> None:
    found = changes(np.arange(5.0), np.ones(5), [2], Shape(2, own=own))
    assert (found.before[0], found.after[0]) == (before, after)


def test_a_week_without_events_is_missing_and_not_zero() -> None:
    values = np.array([1.0, np.nan, 1.0, np.nan, np.nan])
    found = changes(values, [1, 0, 1, 0, 0], [2], Shape(2))
    assert found.before[0] == 1.0
    assert np.isnan(found.change[0])
    assert found.weight[0] == 0.0


@given(
    st.integers(1, 6),
    st.lists(st.integers(-20, 150), max_size=8),
    st.none() | st.integers(0, 10),
)
@settings(max_examples=50, deadline=None)
def test_placebos_share_no_period_with_occasions_or_one_another(
    length: int, occasions: list[int], season: int | None
) -> None:
    shape = Shape(length)
    found = placebos(120, occasions, shape, season=season)
    assert inside(found, 120, shape).all()
    assert apart(found, shape).all()
    gaps = np.abs(found[:, None] - np.array(occasions, dtype=int))
    assert not occasions or not len(found) or gaps.min() >= shape.footprint
    if season is not None and len(found):
        part = gaps % 52.1775
        assert (np.minimum(part, 52.1775 - part).min(axis=1) <= season).all()


def test_the_exact_p_value_is_that_of_counting_all_choices() -> None:
    rng = np.random.default_rng(3)
    change, weight = rng.normal(size=9), rng.uniform(1, 3, 9)
    actual = np.arange(9) < 4
    among = choices(9, 4, draws=126, rng=rng)
    told = Exchange(change, weight, actual, among)

    def welch(chosen: list[int]) -> float:
        sides = [np.array(chosen), np.array([k for k in range(9) if k not in chosen])]
        means = [np.average(change[s], weights=weight[s]) for s in sides]
        errors = [
            (weight[s] ** 2 * (change[s] - m) ** 2).sum() / weight[s].sum() ** 2 * len(s) / (len(s) - 1)
            for s, m in zip(sides, means, strict=True)
        ]
        return float(abs(means[0] - means[1]) / np.sqrt(sum(errors)))

    every = [welch(list(each)) for each in combinations(range(9), 4)]
    own = welch([0, 1, 2, 3])
    assert among.exact
    assert told.p_values()[0] == pytest.approx(np.mean([each >= own - 1e-12 for each in every]))


def test_the_interval_holds_the_effects_that_are_not_rejected_and_moves_with_the_effect() -> None:
    rng = np.random.default_rng(5)
    change, weight, actual = rng.normal(size=24), rng.uniform(1, 3, 24), np.arange(24) < 8
    among = choices(24, 8, draws=999, rng=rng)
    test = Exchange(change, weight, actual, among)
    low, high = test.interval(0.1)
    assert low[0] < test.estimate[0] < high[0]
    assert test.p_values(low - 0.01)[0] <= 0.1 < test.p_values(low + 0.01)[0]
    assert test.p_values(high + 0.01)[0] <= 0.1 < test.p_values(high - 0.01)[0]
    moved = Exchange(change + 0.7 * actual, weight, actual, among).interval(0.1)
    np.testing.assert_allclose(moved, (low + 0.7, high + 0.7), atol=1e-4)


def test_two_dates_against_three_reject_nothing_and_have_an_endless_interval() -> None:
    test = Exchange([9.0, 9.1, 0.0, 0.1, 0.2], np.ones(5), np.arange(5) < 2,
                    choices(5, 2, draws=10, rng=np.random.default_rng(0)))  # fmt: skip
    assert test.p_values()[0] == 0.1
    assert np.isinf(test.interval(0.05)).all()


def test_changes_that_are_all_alike_have_a_p_value_of_one() -> None:
    among = choices(12, 4, draws=99, rng=np.random.default_rng(0))
    assert Exchange(np.zeros(12), np.ones(12), np.arange(12) < 4, among).p_values()[0] == 1.0


def test_the_nominal_five_per_cent_test_rejects_about_so_often_where_nothing_happens() -> None:
    """1,000 simulations with memory 0.3 and few events; the benchmark runs more kinds of series."""
    shape, rejected = Shape(), 0
    others = placebos(len(WEEKS), FEBRUARIES, shape)
    at = np.concatenate([FEBRUARIES, others])
    occasion = np.arange(len(at)) < len(FEBRUARIES)
    for seed in range(1000):
        rng = np.random.default_rng([2, seed])
        values, events = simulate(len(WEEKS), rng=rng)
        found = changes(values, events, at, shape)
        among = choices(len(at), len(FEBRUARIES), draws=199, rng=rng)
        rejected += Exchange(found.change, found.weight, occasion, among).p_values()[0] <= 0.05
    assert 40 <= rejected <= 60


def test_the_least_effect_is_found_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    actual, change = np.arange(27) < 9, rng.normal(size=27)
    seen = least_effects(change, np.ones(27), actual, alpha=0.05, rng=rng, trials=100)
    quiet = change - actual * (change[actual].mean() - change[~actual].mean())
    found = 0
    for trial in range(200):
        own = np.random.default_rng([8, trial])
        other = own.permutation(actual)
        test = Exchange(quiet + seen.rise * other, np.ones(27), other, choices(27, 9, draws=199, rng=own))
        found += bool(test.p_values()[0] <= 0.05 and test.estimate[0] > 0)
    assert 0.7 <= found / 200 <= 0.9
    assert seen.rise == pytest.approx(seen.fall, rel=0.25)
    assert seen.either == max(seen.rise, seen.fall)


@pytest.mark.parametrize(("effect", "verdict"), [(0.6, THAW), (-0.6, CHILL), (0.0, NONE)])
def test_an_effect_that_was_put_in_is_found_with_its_sign(effect: float, verdict: str) -> None:
    row = event_study({"pair": made(1, effect)}, DAYS, design=Design(draws=999)).study.iloc[0]
    assert row["verdict"] == verdict
    assert row["low"] <= row["value"] <= row["high"]
    assert row["value"] == pytest.approx(effect, abs=0.25)
    assert 0.1 < row["least"] < 0.6


def test_none_seen_is_not_said_where_what_matters_would_not_have_been_seen() -> None:
    quiet = {"pair": made(1)}
    row = event_study(quiet, DAYS, design=Design(draws=999, matters=0.05)).study.iloc[0]
    assert row["verdict"] == UNTOLD
    assert "larger change than matters" in row["why"]


def test_more_tests_raise_corrected_p_values_and_the_least_effect() -> None:
    design = Design(draws=999)
    alone = event_study({"a": made(1, 0.4)}, DAYS, design=design).study.iloc[0]
    among = event_study(
        {"a": made(1, 0.4), **{str(k): made(10 + k) for k in range(1)}}, DAYS, design=design
    ).study.iloc[0]
    assert alone["p_value"] == among["p_value"]
    assert alone["value"] == among["value"]
    assert among["tests"] == 2
    assert among["p_holm"] >= among["p_bh"] >= among["p_value"]
    assert among["least"] > alone["least"]


def test_the_same_seed_gives_the_same_bytes_whatever_else_is_studied() -> None:
    one = event_study({"a": made(1)}, DAYS, design=Design(draws=999))
    two = event_study({"a": made(1)}, DAYS, design=Design(draws=999))
    pd.testing.assert_frame_equal(one.study, two.study, check_exact=True)
    pd.testing.assert_frame_equal(one.visited, two.visited, check_exact=True)


def test_every_occasion_is_accounted_for() -> None:
    series = made(1)
    values = series.values.copy()
    values[FEBRUARIES[2] + 1 : FEBRUARIES[2] + 9] = np.nan
    holed = Series(WEEKS, values, np.where(np.isnan(values), 0, series.weights), series.events, series.pairs)
    days = pd.DatetimeIndex([*DAYS, "2020-02-14", DAYS[0] + pd.Timedelta(weeks=5)])
    found = event_study({"pair": holed}, days, design=Design(draws=99))
    dates = found.visited[found.visited["kind"] == "occasion"].set_index("date")["why"]
    assert dates[DAYS[2]] == EMPTY
    assert dates[pd.Timestamp("2020-02-14")] == OUTSIDE
    assert dates[DAYS[0] + pd.Timedelta(weeks=5)] == SHARED
    row = found.study.iloc[0]
    assert (row["occasions"], row["of"]) == (8, 11)


def test_without_events_or_occasions_nothing_can_be_told_and_the_reason_is_given() -> None:
    silent = Series(WEEKS, np.full(len(WEEKS), np.nan), np.zeros(len(WEEKS)),
                    np.zeros(len(WEEKS), dtype=np.int64), np.zeros(len(WEEKS), dtype=np.int64))  # fmt: skip
    found = event_study({"silent": silent, "pair": made(1)}, DAYS, design=Design(draws=99)).study
    assert found["verdict"].tolist()[0] == UNTOLD
    assert found["why"].tolist()[0] == "no events between the two"
    assert found["tests"].tolist() == [1, 1]
    late = event_study({"pair": made(1)}, pd.DatetimeIndex(["2020-02-14"])).study.iloc[0]
    assert late["verdict"] == UNTOLD
    assert late["why"] == "no occasion with events before and after it"


def test_a_season_that_yearly_occasions_fill_leaves_no_placebo() -> None:
    every = pd.DatetimeIndex([*DAYS, *(DAYS + pd.Timedelta(weeks=52 * 9)), DAYS[0] - pd.Timedelta(weeks=52)])
    row = event_study({"pair": made(1)}, every, design=Design(season=4)).study.iloc[0]
    assert (row["placebos"], row["verdict"]) == (0, UNTOLD)
    assert row["why"] == "no placebo date with events before and after it"


def test_a_dyad_with_too_few_dates_to_reject_anything_does_not_weigh_on_the_others() -> None:
    series = made(1, 0.6)
    values = np.where(np.arange(len(WEEKS)) < 110, series.values, np.nan)
    thin = Series(WEEKS, values, np.where(np.isnan(values), 0, series.weights), series.events, series.pairs)
    found = event_study({"main": series, "thin": thin}, DAYS, design=Design(draws=999)).study
    assert found["tests"].tolist() == [1, 1]
    assert found["p_holm"].iloc[0] == found["p_value"].iloc[0]
    assert found["p_value"].iloc[1] > 0.05
    assert np.isnan(found["p_holm"].iloc[1])
    assert found["verdict"].tolist() == [THAW, UNTOLD]
    assert found["why"].iloc[1] == "too few dates with events to reject anything"
