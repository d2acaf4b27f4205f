"""Numbers as readers see them: marks that hold, and figures that do not say more than they know."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.briefing.prose import Cited, Label, Sentence, listed, plain, sentence
from detente.numbers import UNITS, Number, figure, span

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mark": "guessed", "source": "x"},
        {"mark": "sourced"},
        {"mark": "estimated", "method": "bootstrap"},
        {"mark": "estimated", "low": 0.1, "high": 0.9},
        {"mark": "estimated", "low": 0.1, "method": "bootstrap"},
        {"mark": "assumed"},
        {"mark": "sourced", "source": "x", "value": math.nan},
    ],
)
def test_a_number_that_nobody_vouches_for_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Number(**{"value": 0.5, "unit": "index", **wrong})  # type: ignore[arg-type]  # wrong on purpose


@given(st.floats(0, 1), st.sampled_from(["share", "percent", "index"]))
def test_a_figure_reaches_the_edge_of_its_scale_only_where_it_is_there(value: float, unit: str) -> None:
    top = 100.0 if unit == "percent" else 1.0
    shown = figure(value * top, unit)
    if value < 0.9999:
        assert shown != figure(top, unit)
    if value > 0.0001:
        assert shown != figure(0.0, unit)


@given(FINITE, st.sampled_from(sorted(UNITS)))
def test_a_figure_can_be_read_back_to_the_precision_shown(value: float, unit: str) -> None:
    form = UNITS[unit]
    text = figure(value, unit).removesuffix(form.suffix).replace("\u202f", "").replace("\u2212", "-")
    assert float(text) == pytest.approx(value * form.factor, abs=0.5 * 10**-form.decimals + 1e-9)


def test_minus_zero_is_written_as_zero() -> None:
    assert figure(-0.001, "standard deviations") == "0.00"


@given(FINITE, FINITE)
def test_an_interval_names_its_unit_once(one: float, two: float) -> None:
    assert span(min(one, two), max(one, two), "percent").count("%") == 1


def test_a_figure_without_a_mark_cannot_enter_a_sentence() -> None:
    with pytest.raises(ValueError, match="without a mark"):
        Sentence(("in 12 of 13 votes",))
    assert Sentence((Label("A/RES/68/262"),)).text() == "A/RES/68/262"


def test_a_count_without_doubt_is_written_without_bounds() -> None:
    sure = Number(9, "count", "estimated", 9, 9, method="counted from intervals")
    unsure = Number(9, "count", "estimated", 7, 10, method="counted from intervals")
    assert Cited(sure, "members", "bounds").text() == "9"
    assert Cited(unsure, "members", "bounds").text() == "9 (at least 7, at most 10)"


def test_sentences_begin_with_a_capital_and_lists_end_with_and() -> None:
    told = sentence("among them ", *listed([Label("A"), Label("B"), (Label("C"), "!")]))
    assert told.text() == "Among them A, B and C!"
    assert plain(sentence(Label("the League"), " votes").parts[0]) == "The League"
