"""Verdicts, where they turn, and intervals of sums, distances and correlations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from detente.cases.claims_readings import Line
from detente.claims.arithmetic import combined, folded, mean_of, rank_correlation, share_of
from detente.claims.verdicts import flips, judge, together

UP, DOWN = Line(above=0.5), Line(below=0.5)
numbers = st.floats(-10, 10).map(lambda value: round(value, 6))
widths = st.floats(0, 5).map(lambda value: round(value, 6))


@pytest.mark.parametrize(
    ("low", "high", "line", "verdict"),
    [
        (0.6, 0.9, UP, "supported"), (0.1, 0.4, UP, "contradicted"), (0.4, 0.6, UP, "mixed"),
        (0.5, 0.9, UP, "mixed"), (0.5, 0.9, Line(at_least=0.5), "supported"),
        (0.1, 0.4, DOWN, "supported"), (0.6, 0.9, DOWN, "contradicted"),
        (0.2, 0.5, Line(at_most=0.5), "supported"),
    ],
)  # fmt: skip
def test_a_verdict_needs_the_whole_interval(low: float, high: float, line: Line, verdict: str) -> None:
    assert judge(low, high, supported=line, contradicted=line.other_side()) == verdict


def test_between_two_lines_nothing_is_decided() -> None:
    apart = {"supported": Line(above=0.5), "contradicted": Line(below=0.3)}
    assert judge(0.35, 0.45, **apart) == "mixed"


@given(value=numbers, below=widths, above=widths, upward=st.booleans(), at=numbers)
def test_a_figure_moved_past_where_it_turns_turns(
    value: float, below: float, above: float, upward: bool, at: float
) -> None:
    line = Line(above=at) if upward else Line(below=at)
    turn = flips(below, above, supported=line, contradicted=line.other_side())
    step = 1e-6 if upward else -1e-6
    for figure, verdict in ((turn.supports + step, "supported"), (turn.denies - step, "contradicted")):
        low, high = figure - below, figure + above
        assert judge(low, high, supported=line, contradicted=line.other_side()) == verdict
    short = turn.supports - step
    assert judge(short - below, short + above, supported=line, contradicted=line.other_side()) != "supported"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["supported", "supported"], "supported"), (["supported", "contradicted"], "mixed"),
        (["supported", "mixed"], "mixed"), (["untestable"], "untestable"),
        (["supported", "untestable"], "mixed"), (["contradicted", "untestable"], "contradicted"),
        (["contradicted", "untestable", "supported"], "mixed"),
    ],
)  # fmt: skip
def test_parts_make_the_verdict_on_the_whole(parts: list[str], whole: str) -> None:
    assert together(parts) == whole


@given(one=numbers, other=numbers, reach=widths, wide=widths)
def test_a_difference_is_at_least_as_unsure_as_either_figure(
    one: float, other: float, reach: float, wide: float
) -> None:
    value, low, high = combined(
        (1, -1), [(one, one - reach, one + reach), (other, other - wide, other + wide)]
    )
    assert value == pytest.approx(one - other)
    assert high - value == pytest.approx(np.hypot(reach, wide), abs=1e-6)
    assert value - low == pytest.approx(np.hypot(reach, wide), abs=1e-6)


def test_unequal_reaches_change_sides_in_a_difference() -> None:
    """The lower end of a difference takes the upper end of what is subtracted."""
    value, low, high = combined((1, -1), [(0.5, 0.5, 0.5), (0.2, 0.1, 0.5)])
    assert (value, low, high) == pytest.approx((0.3, 0.0, 0.4))


@given(value=numbers, below=widths, above=widths)
def test_a_distance_lies_in_its_interval_and_never_below_zero(
    value: float, below: float, above: float
) -> None:
    far, low, high = folded((value, value - below, value + above))
    assert 0 <= low <= far + 1e-12 and far <= high + 1e-12


def test_a_mean_of_three_has_students_interval_and_of_two_none() -> None:
    value, low, high = mean_of([1.0, 2.0, 3.0])
    assert (value, high - value) == pytest.approx((2.0, 2.919986 / np.sqrt(3)))
    assert low == pytest.approx(2 * value - high)
    with pytest.raises(ValueError, match="2 values"):
        mean_of([1.0, 2.0])


def test_a_rank_correlation_is_spearmans_and_its_interval_bonett_and_wrights() -> None:
    """r = 0.6 over 30 pairs: tanh(atanh 0.6 ± 1.645 √(1.18/27)) = 0.334 to 0.778."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=30), rng.normal(size=30)
    assert rank_correlation(x, y)[0] == pytest.approx(spearmanr(x, y).statistic)
    reach = 1.6448536 * np.sqrt((1 + rank_correlation(x, y)[0] ** 2 / 2) / 27)
    r, low, high = rank_correlation(x, y)
    assert np.arctanh(high) - np.arctanh(r) == pytest.approx(reach, rel=1e-6)
    assert np.arctanh(r) - np.arctanh(low) == pytest.approx(reach, rel=1e-6)


@pytest.mark.parametrize("y", [[1.0] * 8, [1.0, 2.0, 3.0]])
def test_too_few_or_too_alike_have_no_correlation(y: list[float]) -> None:
    with pytest.raises(ValueError, match="no correlation"):
        rank_correlation(range(len(y)), y)


def test_a_share_of_all_futures_reaches_one_and_no_further() -> None:
    share, low, high = share_of(np.ones(100, dtype=bool))
    assert (share, high) == (1.0, 1.0) and 0.95 < low < 1.0
