"""The kernels of agreement: bounds, symmetries, figures by hand, and a naive reference implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from detente.measurement import agreement

counts = arrays(np.int64, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(0, 40))
ballots = arrays(np.int8, st.tuples(st.integers(2, 5), st.integers(1, 25)), elements=st.integers(-1, 2))
Codes = NDArray[np.int8]


def naive(first: Codes, second: Codes, measure: str, power: int) -> float:
    """Return a measure for two actors, by the book and one roll call at a time."""
    common = [(int(x), int(y)) for x, y in zip(first, second, strict=True) if x >= 0 and y >= 0]
    n = len(common)
    if n == 0:
        return math.nan
    observed = float(sum(abs(x - y) ** power for x, y in common)) / n
    if measure == "s":
        return 1 - 2 * observed / float(2**power)
    xs, ys = [x for x, _ in common], [y for _, y in common]
    if measure == "pi":
        xs = ys = xs + ys
    expected = float(sum(abs(x - y) ** power for x in xs for y in ys)) / (len(xs) * len(ys))
    return math.nan if expected == 0 else 1 - observed / expected


@given(counts)
def test_indices_stay_within_their_bounds(counts: NDArray[np.int64]) -> None:
    present = counts.sum(axis=-1) > 0
    for index in (agreement.agreement_index, agreement.rice, agreement.unanimous):
        value = index(counts)
        defined = ~np.isnan(value)
        assert ((value[defined] >= 0) & (value[defined] <= 1)).all()
        assert not defined[~present].any()


@given(counts)
def test_the_agreement_index_is_one_exactly_where_all_act_alike(counts: NDArray[np.int64]) -> None:
    value, alike = agreement.agreement_index(counts), (counts > 0).sum(axis=-1) == 1
    assert ((value == 1) == alike).all()
    assert ((agreement.unanimous(counts) == 1) == alike).all()


@given(counts, st.permutations([0, 1, 2]))
def test_the_agreement_index_does_not_care_which_choice_is_which(
    counts: NDArray[np.int64], order: list[int]
) -> None:
    np.testing.assert_allclose(agreement.agreement_index(counts[:, order]), agreement.agreement_index(counts))


def test_the_agreement_index_is_zero_for_an_even_split_in_three() -> None:
    assert agreement.agreement_index(np.array([7, 7, 7])) == 0


@given(counts)
def test_a_majority_is_more_than_half_of_those_present(counts: NDArray[np.int64]) -> None:
    for row, code in zip(counts, agreement.majority(counts), strict=True):
        if code >= 0:
            assert 2 * row[code] > row.sum()
        else:
            assert 2 * row.max() <= row.sum()


@given(ballots, st.sampled_from(["s", "kappa", "pi"]), st.sampled_from([1, 2]))
def test_every_pair_agrees_with_the_naive_reference(votes: Codes, measure: str, power: int) -> None:
    kernel = {"s": agreement.s_score, "kappa": agreement.kappa, "pi": agreement.pi}[measure]
    value = kernel(agreement.pair_tables(votes), power=power)
    expected = [[naive(a, b, measure, power) for b in votes] for a in votes]
    np.testing.assert_allclose(value, expected, atol=1e-9)


@given(ballots, st.sampled_from(["s", "kappa", "pi"]))
def test_sums_over_roll_calls_give_the_same_as_tables(votes: Codes, measure: agreement.Measure) -> None:
    kernel = {"s": agreement.s_score, "kappa": agreement.kappa, "pi": agreement.pi}[measure]
    first, second = np.triu_indices(len(votes), 1)
    sums = agreement.pair_sums(votes[first], votes[second]).sum(axis=-1, dtype=np.float64)
    whole = kernel(agreement.pair_tables(votes))[first, second]
    np.testing.assert_allclose(agreement.from_sums(sums, measure), whole, atol=1e-9)


@given(ballots, st.data())
def test_tables_follow_a_relabelling_of_the_actors_and_are_symmetric(
    votes: Codes, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(votes))))
    for kernel in (agreement.s_score, agreement.kappa, agreement.pi):
        value = kernel(agreement.pair_tables(votes))
        np.testing.assert_allclose(value, value.T, atol=1e-9)
        np.testing.assert_allclose(
            kernel(agreement.pair_tables(votes[order])), value[np.ix_(order, order)], atol=1e-9
        )


@given(ballots, st.data())
def test_a_weight_is_a_roll_call_held_that_often(votes: Codes, data: st.DataObject) -> None:
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=votes.shape[1], max_size=votes.shape[1])))
    repeated = agreement.pair_tables(np.repeat(votes, times, axis=1))
    np.testing.assert_allclose(agreement.pair_tables(votes, weights=times.astype(float)), repeated)


@given(ballots)
def test_measures_never_exceed_one_and_s_never_falls_below_minus_one(votes: Codes) -> None:
    tables = agreement.pair_tables(votes)
    for kernel in (agreement.s_score, agreement.kappa, agreement.pi):
        value = kernel(tables)
        assert np.nanmax(value, initial=-np.inf) <= 1 + 1e-9
    assert np.nanmin(agreement.s_score(tables), initial=0) >= -1 - 1e-9


def test_what_cannot_be_told_is_not_a_number() -> None:
    never_met = np.array([[0, -1], [-1, 2]])
    always_alike = np.array([[0, 0, 0], [0, 0, 0]])
    assert np.isnan(agreement.s_score(agreement.pair_tables(never_met))[0, 1])
    assert np.isnan(agreement.pi(agreement.pair_tables(always_alike))[0, 1])
    assert np.isnan(agreement.kappa(agreement.pair_tables(always_alike))[0, 1])
    assert agreement.s_score(agreement.pair_tables(always_alike))[0, 1] == 1


def test_squared_distances_weigh_a_full_reversal_more_than_two_half_ones() -> None:
    reversal, halves = np.array([[0, 0], [2, 0]]), np.array([[0, 0], [1, 1]])
    assert (
        agreement.s_score(agreement.pair_tables(reversal))[0, 1]
        < agreement.s_score(agreement.pair_tables(halves))[0, 1]
    )
    same = [agreement.s_score(agreement.pair_tables(votes), power=1)[0, 1] for votes in (reversal, halves)]
    assert same[0] == pytest.approx(same[1])
