"""The preflight: everything that a case asks for and the evidence cannot give, with what to type."""

from __future__ import annotations

from typing import Any

import pytest

from detente.measurement import preflight
from detente.measurement.checks import Finding
from tests.measurement.small_evidence import SmallEvidence, make_case

WHY = {"title": "T", "reason": "R"}


@pytest.fixture
def evidence() -> SmallEvidence:
    """Evidence that the small case can be measured on."""
    made = SmallEvidence().members("NATO", "FRA", "BEL", "ITA", "USA")
    return made.roll_call(1, "2012-10-01", dict.fromkeys(("FRA", "BEL", "ITA", "USA"), "y"), issue="me")


def found(evidence: SmallEvidence, **parts: Any) -> dict[str, Finding]:
    """Return what is found, by place."""
    return {finding.where: finding for finding in preflight(make_case(**parts), evidence)}


def stance(**measurements: Any) -> dict[str, Any]:
    votes = {f"v{k}": {**WHY, "by": "votes", "resolution": f"A/RES/{k}/1"} for k in range(2)}
    return {"title": "S", "blocs": ["NATO"], "positive": "FRA", "measurements": {**measurements, **votes}}


def test_a_sound_case_has_no_findings(evidence: SmallEvidence) -> None:
    assert found(evidence) == {}


def test_an_unknown_actor_is_an_error_that_offers_the_nearest(evidence: SmallEvidence) -> None:
    findings = found(evidence, rival="RUX", ally="UAS")
    assert findings["rival"].level == "error" and "RUS" in findings["rival"].hint
    assert "'UAS'" in findings["ally"].what


def test_a_bloc_without_members_on_the_day_is_an_error(evidence: SmallEvidence) -> None:
    evidence.members("CSTO", "BLR", start="2020-01-01")
    blocs = {"CSTO": {"title": "CSTO", "members": "evidence"}, "NAT": {"title": "N", "members": "evidence"}}
    findings = found(evidence, blocs=blocs)
    assert "no members on 2015-06-01" in findings["blocs.CSTO"].what
    assert "'NATO'" in findings["blocs.NAT"].hint


def test_a_membership_that_ends_before_it_begins_is_an_error(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "ALB", start="2010-01-01", end="2009-01-01")
    assert "ALB ends before it begins" in found(evidence)["blocs.NATO"].what


def test_a_window_without_roll_calls_names_the_command_that_pulls_them(evidence: SmallEvidence) -> None:
    windows = {"fifties": {"title": "Fifties", "since": "1950-01-01", "until": "1951-12-31"}}
    finding = found(evidence, windows=windows, history={"since": 1950, "until": 1951})
    assert finding["windows.fifties"].hint == "type: detente data pull unga_votes"
    assert "1950 to 1951" in finding["history"].what


def test_unknown_issues_and_resolutions_are_warnings(evidence: SmallEvidence) -> None:
    issues = {"a": {"title": "A", "codes": ["mee"]}, "b": {"title": "B", "resolutions": ["A/RES/9/9"]}}
    findings = found(evidence, issues=issues)
    assert "'me'" in findings["issues.a"].hint and findings["issues.b"].level == "warning"


def test_an_unknown_kind_of_tie_offers_the_nearest_that_the_database_has(evidence: SmallEvidence) -> None:
    evidence.tie("crude_import_share", "RUS", {"FRA": 1})
    asked = {"oil": {"title": "Oil", "kinds": "crude_import_shares", "target": "RUS"}}
    spec = {**WHY, "by": "ties", "kinds": "crude_import_shar", "target": "RUS"}
    findings = found(evidence, dependence=asked, stance=stance(oil=spec))
    assert "'crude_import_share'" in findings["dependence.oil"].hint
    assert "'crude_import_share'" in findings["stance.measurements.oil"].hint


def test_measurements_without_observations_or_with_too_few_are_warnings(evidence: SmallEvidence) -> None:
    evidence.tie("aid", "UKR", {"FRA": 1, "BEL": 2}).tie("flat", "UKR", {"FRA": 1, "BEL": 1, "ITA": 1})
    spec = {**WHY, "by": "ties", "target": "UKR"}
    findings = found(evidence, stance=stance(aid={**spec, "kinds": "aid"}, flat={**spec, "kinds": "flat"}))
    assert "only 2" in findings["stance.measurements.aid"].what
    assert "same for all" in findings["stance.measurements.flat"].what
    assert "no value" in findings["stance.measurements.v0"].what


def test_errors_come_first(evidence: SmallEvidence) -> None:
    windows = {"fifties": {"title": "Fifties", "since": "1950-01-01", "until": "1951-12-31"}}
    levels = [finding.level for finding in preflight(make_case(windows=windows, rival="XQX"), evidence)]
    assert levels == ["error", "warning"]


def test_ideal_points_that_cannot_be_estimated_are_found(evidence: SmallEvidence) -> None:
    findings = found(
        evidence, ideal_points={"positive": "ESP", "since": 1990, "until": 1999, "absent": "abstain"}
    )
    assert findings["ideal_points.positive"].level == "error"
    assert "'ESP' never votes" in findings["ideal_points.positive"].what
    window = findings["ideal_points.since"]
    assert window.level == "warning" and "from 2012 to 2012" in window.hint
    unknown = found(evidence, ideal_points={"positive": "UAS", "show": ["FRE"]})
    assert "USA" in unknown["ideal_points.positive"].hint and unknown["ideal_points.show"].level == "error"


def test_ideal_points_without_votes_rest_on_the_shipped_ones_where_they_can() -> None:
    made = SmallEvidence().members("NATO", "FRA", "BEL", "ITA", "USA")
    case: dict[str, Any] = {"as_of": "2026-01-01"}
    usual = found(made, **case, ideal_points={"positive": "USA", "published": "ideal_point_all"})
    assert usual["ideal_points.published"].level == "note" and "ideal_points" not in usual
    other = found(made, **case, ideal_points={"positive": "USA", "important": True})
    assert other["ideal_points"].hint == "type: detente data pull unga_votes"


def test_camps_without_votes_ties_or_events_are_warnings(evidence: SmallEvidence) -> None:
    evidence.tie("pact", "USA", {"FRA": 1}, date="2012-01-01")
    layers = {
        "votes": {"by": "votes"},
        "pacts": {"by": "ties", "kinds": "pcat", "sign": 1},
        "known": {"by": "ties", "kinds": "pact", "sign": 1},
        "news": {"by": "events"},
    }
    camps = {"layers": layers, "years": {"since": 2011, "until": 2012}, "core": {"NATO": ["USA", "SWE"]}}
    findings = found(evidence, camps=camps)
    votes = findings["camps.layers.votes"]
    assert votes.what == "the evidence has no roll calls in 2011" and "unga_votes" in votes.hint
    assert "no such ties in 2011" in findings["camps.layers.known"].what
    assert "any of its periods" in findings["camps.layers.news"].what
    assert findings["camps.core.NATO"].level == "note" and "SWE" in findings["camps.core.NATO"].what
    levels = {finding.level for where, finding in findings.items() if "layers" in where}
    assert levels == {"warning"}


def test_unknown_actors_and_kinds_of_camps_offer_the_nearest(evidence: SmallEvidence) -> None:
    evidence.tie("pact", "USA", {"FRA": 1}, date="2012-01-01")
    layers = {"pacts": {"by": "ties", "kinds": "pcat", "sign": 1}}
    camps = {"layers": layers, "windows": ["tens"], "core": {"NATO": ["UAS", "FRA"]}, "show": ["FRE"]}
    said = [str(finding) for finding in preflight(make_case(camps=camps), evidence)]
    assert any("'pact'" in each and "pcat" in each for each in said)
    assert any("camps.core.NATO" in each and "USA" in each for each in said)
    assert any("camps.show" in each and "'FRE' is no actor" in each for each in said)
