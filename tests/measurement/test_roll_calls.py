"""Cohesion, agreement and weakest links from roll calls: who counts when, and what is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import mean

import pandas as pd
import pytest

from detente.measurement import measure
from detente.measurement.ballots import read_ballots
from detente.measurement.measures import Measures
from tests.measurement.small_evidence import SmallEvidence, at, make_case

FOUR = ("BEL", "FRA", "ITA", "USA")


@pytest.fixture
def evidence() -> SmallEvidence:
    """An evidence without rows."""
    return SmallEvidence()


def cohesion(measures: Measures, name: str, **equal: str) -> pd.Series:
    """Return the one row of a measure of cohesion."""
    rows = measures.cohesion[measures.cohesion["measure"] == name]
    for column, value in {"bloc": "NATO", "window": "tens", **equal}.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def held(evidence: SmallEvidence, n: int = 20, **more: object) -> SmallEvidence:
    """Hold `n` roll calls in which Italy abstains every other time, and the United States always says no."""
    for k in range(n):
        votes = {"BEL": "y", "FRA": "y", "ITA": "a" if k % 2 else "y", "USA": "n", "RUS": "y"}
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", votes, **more)
    return evidence


def test_cohesion_is_the_mean_over_roll_calls_of_those_present(evidence: SmallEvidence) -> None:
    held(evidence.members("NATO", *FOUR))
    row = cohesion(measure(make_case(), evidence), "agreement_index")
    assert row["value"] == pytest.approx((0.625 + 0.25) / 2)
    assert row["low"] < row["value"] < row["high"]
    assert (row["interval"], row["roll_calls"], row["members"], row["mark"]) == (
        "roll calls",
        20,
        4,
        "estimated",
    )


def test_the_majority_beside_the_ally_is_that_of_the_others(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR)
    for k in range(12):
        ally = "y" if k < 3 else "n"
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", {"BEL": "y", "FRA": "y", "ITA": "n", "USA": ally})
    assert cohesion(measure(make_case(), evidence), "agrees_with_ally")["value"] == 0.25


def test_a_member_counts_from_the_day_it_joins_until_the_day_it_leaves(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR).members("NATO", "ALB", start="2012-10-11", end="2012-10-13")
    for k in range(20):
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", {**dict.fromkeys(FOUR, "y"), "ALB": "n"})
    row = cohesion(measure(make_case(), evidence), "unanimous")
    assert row["value"] == pytest.approx(18 / 20)
    assert row["members"] == pytest.approx(4.1)


def test_absence_is_counted_and_is_not_an_abstention_unless_asked(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR)
    for k in range(12):
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", {"BEL": "y", "FRA": "y", "ITA": "y", "USA": "x"})
    left_out = cohesion(measure(make_case(), evidence), "unanimous")
    counted = cohesion(measure(make_case(absent="abstain"), evidence), "unanimous")
    assert (left_out["value"], left_out["absent_share"]) == (1, 0.25)
    assert (counted["value"], counted["absent_share"]) == (0, 0.25)


def test_a_missing_vote_is_an_absence_only_of_who_sits_in_the_body(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR, "DEU")
    held(evidence)
    assert cohesion(measure(make_case(), evidence), "unanimous")["absent_share"] == 0
    evidence.roll_call(99, "2012-12-01", {"DEU": "y"})
    assert cohesion(measure(make_case(), evidence), "unanimous")["absent_share"] == pytest.approx(20 / 100)


def test_roll_calls_with_fewer_than_three_members_are_set_aside_and_counted(evidence: SmallEvidence) -> None:
    held(evidence.members("NATO", *FOUR))
    evidence.roll_call(50, "2013-01-01", {"BEL": "y", "FRA": "n"})
    row = cohesion(measure(make_case(), evidence), "agreement_index")
    assert (row["roll_calls"], row["below_quorum"]) == (20, 1)


def test_two_unanimous_roll_calls_carry_a_wide_interval_and_no_chance_correction(
    evidence: SmallEvidence,
) -> None:
    evidence.members("NATO", *FOUR)
    for k in range(2):
        evidence.roll_call(k, f"2012-10-0{k + 1}", dict.fromkeys(FOUR, "y"))
    measures = measure(make_case(), evidence)
    row = cohesion(measures, "agreement_index")
    assert (row["value"], row["high"], row["interval"]) == (1, 1, "posterior")
    assert 0.4 < row["low"] < 0.5
    assert not measures.cohesion["measure"].isin(["pi", "kappa"]).any()
    assert measures.missing["what"].str.startswith("π and κ of NATO on all: tens").any()


def test_no_member_is_the_weakest_where_all_are_alike(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR)
    for k in range(12):
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", dict.fromkeys(FOUR, "y"))
    weakest = measure(make_case(), evidence).weakest
    assert weakest.loc[weakest["measure"] == "breaks", "rank"].isna().all()


def test_the_weakest_link_is_the_member_that_agrees_least_with_the_rest(evidence: SmallEvidence) -> None:
    weakest = measure(make_case(), held(evidence.members("NATO", *FOUR))).weakest
    breaks = weakest[weakest["measure"] == "breaks"].set_index("actor")
    assert breaks["rank"].idxmin() == "USA"
    assert at(breaks, "USA", "value") == 1 and at(breaks, "USA", "of") == 4
    assert (breaks["low"] <= breaks["value"]).all() and (breaks["value"] <= breaks["high"]).all()


def test_members_are_ranked_by_how_often_they_leave_the_majority_and_by_their_mean_pi(
    evidence: SmallEvidence,
) -> None:
    """Twelve roll calls: the majority says yes, but in the first and the last two say yes and two no."""
    evidence.members("NATO", *FOUR)
    no: dict[str, list[int]] = {"BEL": [], "FRA": [0], "ITA": [0, 1, 2, 11], "USA": [9, 10, 11]}
    for k in range(12):
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", {who: "n" if k in no[who] else "y" for who in FOUR})
    weakest = measure(make_case(), evidence).weakest.set_index(["measure", "actor"])
    broken = weakest.loc["breaks"]
    assert broken["value"].to_dict() == pytest.approx({"BEL": 0, "FRA": 0, "ITA": 0.2, "USA": 0.2})
    assert broken["rank"].to_dict() == {"BEL": 3, "FRA": 3, "ITA": 1, "USA": 1}
    assert set(broken["roll_calls"]) == {10} and set(broken["of"]) == {4}
    pi = weakest.loc["pi"]
    assert pi["value"].to_dict() == pytest.approx(
        {one: mean(scott(no[one], no[other]) for other in FOUR if other != one) for one in FOUR},
        abs=1e-6,
    )
    assert pi["rank"].to_dict() == {
        one: 1 + sum(pi["value"][other] < pi["value"][one] - 1e-9 for other in FOUR) for one in FOUR
    }
    assert set(pi["roll_calls"]) == {12}


def scott(first: Sequence[int], second: Sequence[int], calls: int = 12) -> float:
    """Return Scott's π of two who say no in these of twelve roll calls and yes in the others."""
    apart = len(set(first) ^ set(second)) / calls
    no = (len(first) + len(second)) / (2 * calls)
    return 1 - apart / (2 * no * (1 - no))


def test_a_roll_call_is_told_with_its_counts_absences_and_indices(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR, "DEU", "NOR")
    votes = {"BEL": "y", "FRA": "y", "ITA": "y", "USA": "a", "DEU": "n", "NOR": "x"}
    evidence.roll_call(1, "2012-10-01", votes, resolution="A/RES/1/1")
    issues = {"one": {"title": "One", "resolutions": ["A/RES/1/1"]}}
    row = measure(make_case(issues=issues), evidence).roll_calls.iloc[0]
    assert row[["yes", "abstain", "no", "absent"]].tolist() == [3, 1, 1, 1]
    assert row[["agreement_index", "rice", "unanimous"]].tolist() == pytest.approx([0.4, 0.5, 0])


def test_beside_the_ally_roll_calls_without_its_vote_or_without_a_majority_do_not_count(
    evidence: SmallEvidence,
) -> None:
    evidence.members("NATO", *FOUR)
    for k, cast in enumerate(["yyyy", "aaay", "aaaa", "nnyn", "yanx", "yany", "nnnx"]):
        votes = dict(zip(FOUR, cast, strict=True))
        evidence.roll_call(k, f"2012-10-{k + 1:02d}", votes)
    row = cohesion(measure(make_case(), evidence), "agrees_with_ally")
    assert (row["value"], row["roll_calls"]) == (pytest.approx(3 / 4), 4)


def test_issues_by_code_and_by_resolution_hold_their_roll_calls_only(evidence: SmallEvidence) -> None:
    held(evidence.members("NATO", *FOUR), issue="me")
    evidence.roll_call(50, "2013-02-01", dict.fromkeys(FOUR, "y"), resolution="A/RES/1/1")
    issues = {
        "all": {"title": "All"},
        "east": {"title": "East", "codes": ["me"]},
        "one": {"title": "One", "resolutions": ["A/RES/1/1"]},
    }
    measures = measure(make_case(issues=issues), evidence)
    held_by = [cohesion(measures, "unanimous", issue=issue)["roll_calls"] for issue in issues]
    assert held_by == [21, 20, 1]
    assert measures.roll_calls[["issue", "resolution", "yes"]].to_numpy().tolist() == [
        ["one", "A/RES/1/1", 4]
    ]


def test_single_roll_calls_that_ship_do_not_pass_for_all_roll_calls(evidence: SmallEvidence) -> None:
    evidence.members("NATO", *FOUR)
    evidence.roll_call(1, "2012-10-01", dict.fromkeys(FOUR, "y"), origin="shipped")
    measures = measure(make_case(), evidence)
    assert measures.cohesion.empty
    gap = measures.missing[measures.missing["what"] == "NATO on all: tens"].iloc[0]
    assert gap["hint"] == "type: detente data pull unga_votes"


def test_comparison_tells_how_often_two_majorities_are_alike(evidence: SmallEvidence) -> None:
    held(evidence.members("NATO", *FOUR))
    sides = {"rival": {"title": "Rival", "sides": ["NATO", "RUS"]}}
    row = measure(make_case(compare=sides), evidence).comparison.iloc[0]
    assert (row["measure"], row["value"], row["roll_calls"]) == ("majorities_agree", 1, 10)


def test_agreement_with_ally_and_rival_covers_everyone_in_the_case(evidence: SmallEvidence) -> None:
    reference = {"actors": ["IND"], "reason": "For comparison."}
    held(evidence.members("NATO", *FOUR))
    agreement = measure(make_case(reference=reference), evidence).agreement
    s = agreement[agreement["measure"] == "s"].set_index(["a", "b"])["value"]
    assert s["BEL", "USA"] == -1 and s["BEL", "RUS"] == 1
    assert ("USA", "USA") not in s.index and "IND" not in agreement["a"].tolist()


def test_the_same_seed_gives_the_same_tables_and_another_window_changes_none(evidence: SmallEvidence) -> None:
    held(evidence.members("NATO", *FOUR))
    alone = measure(make_case(), evidence).cohesion
    windows = {
        "first": {"title": "First", "since": "2012-01-01", "until": "2012-10-10"},
        "tens": {"title": "Tens", "since": "2010-01-01", "until": "2014-12-31"},
    }
    both = measure(make_case(windows=windows), evidence).cohesion
    again = both[both["window"] == "tens"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, again)


def test_ballots_keep_sessions_of_different_bodies_apart(evidence: SmallEvidence) -> None:
    evidence.roll_call(1, "2012-10-01", {"FRA": "y"}).roll_call(2, "2012-10-02", {"BEL": "n"}, body="UNSC")
    ballots = read_ballots(evidence, actors=["FRA", "BEL"], start=date(2012, 1, 1), end=date(2012, 12, 31))
    assert ballots.roll_calls["session"].nunique() == 2
    assert ballots.seated.tolist() == [[True, False], [False, True]]
    assert ballots.codes.tolist() == [[0, -1], [-1, 2]]
