"""From evidence to cells: what is taken, divided, changed, filled and transformed, and from where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.measurement import surveys, transforms
from detente.measurement.blocs import memberships
from detente.measurement.observations import Observed, Scene, observe
from tests.measurement.small_evidence import SmallEvidence, at, make_case

WHY = {"title": "T", "reason": "R"}
PLACED = ("BEL", "FRA", "ITA", "RUS")
ALIKE = {"issue": "all", "window": "tens", "measure": "pi", "sd": 0.1, "source": "test", "end": "2015-01-01"}
AGREED = pd.DataFrame(
    [
        {**ALIKE, "a": "BEL", "b": "FRA", "minus": "RUS", "value": 0.5},
        {**ALIKE, "a": "ITA", "b": "FRA", "minus": "", "value": 0.7},
        {**ALIKE, "a": "FRA", "b": "RUS", "minus": "", "value": -0.2},
    ]
).assign(mark="estimated")


@pytest.fixture
def evidence() -> SmallEvidence:
    """An evidence without rows."""
    return SmallEvidence()


def seen(evidence: SmallEvidence, **spec: Any) -> Observed:
    """Return what one measurement observes of the placed."""
    filler = {f"m{k}": {**WHY, "by": "votes", "resolution": f"A/RES/{k}/1"} for k in range(2)}
    stance = {
        "title": "Stance", "blocs": ["NATO"], "positive": "FRA",
        "measurements": {"it": {**WHY, **spec}, **filler},
    }  # fmt: skip
    blocs = {key: {"title": key, "members": "evidence"} for key in ("NATO", "EU")}
    case = make_case(stance=stance, blocs=blocs)
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    return observe(Scene(case, evidence, PLACED, spells, AGREED), "it")


def values(found: Observed) -> dict[str, float]:
    """Return the values by actor."""
    return dict(zip(found.cells["actor"], found.cells["value"], strict=True))


def test_votes_are_one_half_and_nothing_and_absence_is_missing_unless_asked(evidence: SmallEvidence) -> None:
    votes = {"BEL": "y", "FRA": "a", "ITA": "x", "RUS": "n", "IND": "y"}
    evidence.roll_call(1, "2014-03-27", votes, resolution="A/RES/68/262")
    asked = {"by": "votes", "resolution": "A/RES/68/262"}
    assert values(seen(evidence, **asked)) == {"BEL": 1, "FRA": 0.5, "RUS": 0}
    assert values(seen(evidence, **asked, absent="abstain"))["ITA"] == 0.5


def test_the_two_who_are_agreed_with_are_the_poles_of_the_scale(evidence: SmallEvidence) -> None:
    asked = {"by": "agreement", "partner": "FRA", "issue": "all", "window": "tens"}
    assert values(seen(evidence, **asked, minus="RUS")) == {"BEL": 0.5, "FRA": 1.2, "RUS": -1.2}
    assert values(seen(evidence, **asked)) == {"ITA": 0.7}


def test_a_vote_after_the_day_of_the_case_is_not_known(evidence: SmallEvidence) -> None:
    evidence.roll_call(1, "2016-01-01", {"BEL": "y"}, resolution="A/RES/70/1")
    found = seen(evidence, by="votes", resolution="A/RES/70/1")
    assert found.cells.empty and found.missing[0].what == "it"


@pytest.mark.parametrize(("take", "value"), [("last", 3), ("mean", 2.5), ("sum", 5), ("max", 3), ("min", 2)])
def test_values_in_the_span_become_one(evidence: SmallEvidence, take: str, value: float) -> None:
    for day, stated in (("2009-01-01", 9.0), ("2010-01-01", 2.0), ("2011-01-01", 3.0), ("2016-01-01", 8.0)):
        evidence.tie("aid", "UKR", {"FRA": stated}, date=day, locator=day)
    found = seen(evidence, by="ties", kinds="aid", target="UKR", since="2010-01-01", take=take)
    assert values(found) == {"FRA": value}
    cell = found.cells.iloc[0]
    assert (cell["date"], cell["source"], cell["locator"]) == (pd.Timestamp(2011, 1, 1), "test", "2011-01-01")


def test_kinds_are_added_up_and_the_target_itself_is_left_out(evidence: SmallEvidence) -> None:
    evidence.tie("oil", "RUS", {"FRA": 1, "RUS": 50}).tie("coal", "RUS", {"FRA": 2, "BEL": 4})
    assert values(seen(evidence, by="ties", kinds=["oil", "coal"], target="RUS")) == {"BEL": 4, "FRA": 3}


def test_the_placed_can_be_the_other_end_of_the_tie(evidence: SmallEvidence) -> None:
    evidence.put(
        "ties",
        {"actor": "USA", "target": "FRA", "date": "2010-01-01", "kind": "arms", "value": 7, "unit": "TIV"},
    )
    assert values(seen(evidence, by="ties", kinds="arms", target="USA", placed="target")) == {"FRA": 7}


def test_what_a_bloc_does_counts_for_its_members_of_the_day(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "FRA").members("EU", "FRA").members("EU", "ITA", end="2010-01-01")
    evidence.tie("sanction", "RUS", {"EU": 5, "FRA": 1}, unit="count")
    found = seen(evidence, by="ties", kinds="sanction", target="RUS", through=["EU"])
    assert values(found) == {"FRA": 6}


def test_change_is_later_less_earlier_or_over_it(evidence: SmallEvidence) -> None:
    evidence.tie("imports", "RUS", {"FRA": 10, "BEL": 4}, date="2010-01-01")
    evidence.tie("imports", "RUS", {"FRA": 5, "ITA": 3}, date="2011-01-01")
    span = {"since": "2010-01-01", "until": "2010-12-31"}
    asked = {"by": "ties", "kinds": "imports", "target": "RUS", "since": "2011-01-01"}
    assert values(seen(evidence, **asked, change_from=span)) == {"FRA": -5}
    assert values(seen(evidence, **asked, change_from={**span, "relative": True})) == {"FRA": -0.5}


def test_a_divisor_is_the_latest_and_without_one_the_cell_is_missing_by_name(evidence: SmallEvidence) -> None:
    evidence.tie("aid", "UKR", {"FRA": 10, "BEL": 4})
    for day, value in (("2009-01-01", 1.0), ("2010-01-01", 5.0)):
        evidence.put(
            "indicators", {"actor": "FRA", "date": day, "name": "gdp", "value": value, "unit": "USD"}
        )
    found = seen(evidence, by="ties", kinds="aid", target="UKR", per="gdp")
    assert values(found) == {"FRA": 2} and found.cells["unit"].iloc[0] == "percent per USD"
    assert [row.what for row in found.missing] == ["it: BEL"]


def test_a_filled_value_is_marked_as_assumed_with_its_reason(evidence: SmallEvidence) -> None:
    evidence.tie("sanction", "RUS", {"FRA": 3}, unit="count")
    found = seen(
        evidence, by="ties", kinds="sanction", target="RUS", fill={"value": 0, "reason": "None known."}
    )
    cells = found.cells.set_index("actor")
    assert values(found) == {"BEL": 0, "FRA": 3, "ITA": 0}
    assumed = [at(cells, "BEL", column) for column in ("mark", "locator", "error")]
    assert assumed == ["assumed", "None known.", 0]
    assert at(cells, "FRA", "mark") == "sourced"


def test_nothing_is_filled_where_nobody_has_a_value(evidence: SmallEvidence) -> None:
    found = seen(
        evidence, by="ties", kinds="sanction", target="RUS", fill={"value": 0, "reason": "None known."}
    )
    assert found.cells.empty and found.missing[0].hint


def test_a_survey_share_carries_its_sampling_error_and_a_larger_survey_less(evidence: SmallEvidence) -> None:
    evidence.tie("view_unfavourable", "RUS", {"FRA": 60, "BEL": 60, "ITA": 60})
    evidence.tie("view_sample_size", "RUS", {"FRA": 4000, "BEL": 500}, unit="persons")
    cells = seen(evidence, by="ties", kinds="view_unfavourable", target="RUS").cells.set_index("actor")
    assert at(cells, "FRA", "error") < at(cells, "ITA", "error") < at(cells, "BEL", "error")
    assert at(cells, "ITA", "error") == pytest.approx(100 * np.sqrt(0.24 / (1000 / 1.5)), rel=0.01)


def test_an_indicator_describes_the_actor_alone(evidence: SmallEvidence) -> None:
    evidence.put(
        "indicators", {"actor": "FRA", "date": "2010-01-01", "name": "share", "value": 2, "unit": "percent"}
    )
    assert values(seen(evidence, by="indicators", name="share")) == {"FRA": 2}


@given(st.floats(0, 100), st.sampled_from(["none", "log1p", "sqrt", "logit", "asinh"]))
def test_a_transform_can_be_taken_back(value: float, kind: transforms.Transform) -> None:
    there = transforms.transformed(np.array([value]), kind, unit="percent")
    back = transforms.restored(there, kind, unit="percent")[0]
    expected = np.clip(value, 0.5, 99.5) if kind == "logit" else value
    assert back == pytest.approx(expected, abs=1e-6)


@given(st.floats(1, 99), st.sampled_from(["none", "log1p", "sqrt", "logit", "asinh"]))
def test_the_slope_is_that_of_the_transform(value: float, kind: transforms.Transform) -> None:
    ends = transforms.transformed(np.array([value - 1e-4, value + 1e-4]), kind, unit="percent")
    slope = transforms.slope(np.array([value]), kind, unit="percent")[0]
    assert (ends[1] - ends[0]) / 2e-4 == pytest.approx(slope, rel=1e-3)


def test_a_root_of_less_than_zero_is_missing_and_named(evidence: SmallEvidence) -> None:
    evidence.tie("balance", "RUS", {"FRA": -1, "BEL": 4, "ITA": 9})
    found = seen(evidence, by="ties", kinds="balance", target="RUS", transform="sqrt")
    assert set(values(found)) == {"BEL", "ITA"} and found.missing[0].what == "it: FRA"


@given(st.floats(0, 1), st.floats(50, 5000))
def test_the_interval_of_a_share_holds_it_and_stays_between_nothing_and_all(
    share: float, size: float
) -> None:
    low, high = surveys.wilson(np.array([share]), np.array([size]))
    assert -1e-9 <= low[0] <= share + 1e-9 and share - 1e-9 <= high[0] <= 1 + 1e-9
