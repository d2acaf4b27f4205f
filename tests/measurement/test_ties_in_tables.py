"""Dependence and threat: what the evidence states, in tables for the brief."""

from __future__ import annotations

import pytest

from detente.errors import MeasurementError
from detente.measurement import measure
from tests.measurement.small_evidence import SmallEvidence, make_case


@pytest.fixture
def evidence() -> SmallEvidence:
    """An evidence without rows."""
    return SmallEvidence()


def test_dependence_lists_members_by_year_and_marks_the_latest(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "FRA", "BEL")
    evidence.tie("oil", "RUS", {"FRA": 10, "CHN": 5}, date="2010-01-01").tie(
        "oil", "RUS", {"FRA": 8}, date="2011-01-01"
    )
    asked = {"oil": {"title": "Oil", "kinds": "oil", "target": "RUS"}}
    table = measure(make_case(dependence=asked), evidence).dependence
    assert table[["actor", "year", "value", "latest"]].to_numpy().tolist() == [
        ["FRA", 2010, 10, False],
        ["FRA", 2011, 8, True],
    ]
    assert set(table["mark"]) == {"sourced"} and set(table["source"]) == {"test"}


def test_views_carry_the_sampling_error_of_the_survey(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "FRA", "BEL")
    evidence.tie("view_unfavourable", "RUS", {"FRA": 60, "BEL": 60}).tie(
        "view_sample_size", "RUS", {"FRA": 4000}
    )
    asked = {"views": {"russia": {"title": "Russia", "target": "RUS"}}}
    measures = measure(make_case(threat=asked), evidence)
    table = measures.threat.set_index("actor")
    width = (table["high"] - table["low"]).to_dict()
    assert width["FRA"] < width["BEL"]
    assert table["respondents"].to_dict() == {"FRA": 4000, "BEL": 1000}
    assert "design effect" in measures.assumptions[0]


def test_ranks_come_by_state_and_by_group_of_states(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "FRA").tie("risk_rank", "RUS", {"FRA": 2}, unit="rank")
    stated = {"topic": "index", "key": "risk_rank_of:RUS", "date": "2010-01-01", "unit": "rank"}
    evidence.put("facts", {**stated, "actor": "G7", "value": "1"})
    asked = {"ranks": {"risks": {"title": "Risks", "target": "RUS", "topic": "index"}}}
    table = measure(make_case(threat=asked), evidence).threat
    assert dict(zip(table["actor"], table["value"], strict=True)) == {"G7": 1, "FRA": 2}
    assert set(table["part"]) == {"ranks"}


def test_what_the_evidence_lacks_is_named(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "FRA")
    case = make_case(
        dependence={"oil": {"title": "Oil", "kinds": "oil", "target": "RUS"}},
        threat={"views": {"russia": {"title": "Russia", "target": "RUS"}}},
    )
    missing = measure(case, evidence).missing
    assert {("dependence", "oil"), ("threat", "russia")} <= set(
        zip(missing["part"], missing["what"], strict=True)
    )


def test_too_few_draws_are_refused(evidence: SmallEvidence) -> None:
    with pytest.raises(MeasurementError, match="10 draws give no interval"):
        measure(make_case(), evidence, draws=10)


def test_progress_is_told_in_the_order_of_the_work(evidence: SmallEvidence) -> None:
    steps: list[str] = []
    measure(make_case(), evidence.members("NATO", "FRA"), report=steps.append)
    assert steps == ["cohesion and agreement in roll calls", "stance", "dependence and threat"]
