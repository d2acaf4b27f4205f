"""Each kind of test on an invented world: its figure by hand, its verdict, and what it says is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases.claims import AssociationTest
from detente.claims.actors import Scene
from detente.claims.audit import Audit, audit
from detente.claims.checks import findings
from detente.claims.figures import UntoldError
from detente.claims.frames import FRAMES
from detente.claims.testing import association
from detente.errors import CaseError
from detente.simulation.backtest.boards import Boards, Plan
from tests.briefing.ruritania import case_of
from tests.briefing.ruritania_measures import ballots, cohesion, measures_of
from tests.claims.invented import case, claim, evidence, hear, heard

INDEX = {"measure": "agreement_index", "of": "PACT", "issue": "all"}
ABOVE = {"supported": {"above": 0.7}}


def record(**more: Any) -> dict[str, Any]:
    return {
        "kind": "record", "topic": "spa_participation", "actors": ["RRR"], "supports": ["took_part"],
        "contradicts": ["not_invited"], **more,
    }  # fmt: skip


def test_a_record_speaks_for_a_claim_against_it_both_ways_or_not_at_all() -> None:
    row = heard(**record(since="2020-01-01", until="2020-12-31"))
    assert (row["verdict"], row["value"], row["n"], row["mark"]) == ("contradicted", 0, 1, "sourced")
    assert "one dated fact that speaks for it (‘took part’) would make it mixed" in row["change"].lower()
    assert heard(**record(until="2018-12-31"))["verdict"] == "supported"
    both = heard(**record())
    assert (both["verdict"], both["value"], both["n"]) == ("mixed", 1, 2)
    none = heard(**record(actors=["BBB"]))
    assert none["verdict"] == "untestable" and np.isnan(none["value"])
    assert "a dated fact (took_part or not_invited) of BBB" in none["needed"]


def test_facts_from_after_the_claim_are_set_aside_unless_the_test_says_so() -> None:
    assert heard(2019, **record())["verdict"] == "supported"
    late = heard(2019, **record(), may_postdate=True, postdate_reason="Seen since.")
    assert (late["verdict"], late["postdates"]) == ("mixed", 1)


def test_a_level_is_the_figure_with_its_interval_and_the_roll_calls_behind_it() -> None:
    row = heard(kind="level", read={**INDEX, "span": "second"}, **ABOVE)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.7, 0.68, 0.72))
    assert (row["verdict"], row["n"], row["counted"], row["unit"]) == ("mixed", 80, "roll calls", "index")
    assert row["supports_from"] == pytest.approx(0.72) and row["denies_from"] == pytest.approx(0.68)


@pytest.mark.parametrize(("level", "verdict"), [(0.9, "supported"), (0.5, "contradicted"), (0.71, "mixed")])
def test_a_verdict_follows_the_figure(level: float, verdict: str) -> None:
    row = heard(2021, measures={"cohesion": cohesion(level)}, kind="level",
                read={**INDEX, "span": "third"}, **ABOVE)  # fmt: skip
    assert row["verdict"] == verdict


def test_two_roll_calls_cannot_show_more_unity_than_usual_however_alike_they_are() -> None:
    rivers = {**INDEX, "issue": "rivers", "span": "all"}
    usual = {**INDEX, "span": "second"}
    row = heard(kind="level", read=rivers, beside=usual, supported={"above": 0.0})
    assert row["verdict"] == "mixed" and row["value"] == pytest.approx(0.3)
    assert row["low"] == pytest.approx(0.3 - np.hypot(0.57, 0.02))
    assert row["ceiling"] == pytest.approx(0.3) and row["supports_from"] > row["ceiling"]
    assert "no figure on its scale would support it: it takes more roll calls" in row["change"]


def test_votes_for_a_resolution_are_counted() -> None:
    read = {"measure": "voted_yes", "of": "PACT", "resolution": "R/2"}
    asked: dict[str, Any] = {"kind": "level", "read": read, "supported": {"at_least": 0.9}}  # fmt: skip
    row = heard(**asked)
    assert (row["value"], row["verdict"], row["mark"], row["n"]) == (1.0, "supported", "sourced", 10)
    split = heard(measures={"roll_calls": ballots(split=True)}, **asked)
    assert (split["value"], split["verdict"]) == (0.8, "contradicted")
    other = {**asked, "read": {**asked["read"], "resolution": "R/3"}}
    assert "no vote of PACT on R/3" in heard(**other)["why"]


def test_a_window_that_ends_after_the_claim_is_not_used() -> None:
    row = heard(2015, kind="level", read={**INDEX, "span": "third"}, **ABOVE)
    assert row["verdict"] == "untestable"
    assert "after the claim (2015-12-31)" in row["why"] and "may_postdate" in row["needed"]


def test_a_change_is_later_less_earlier() -> None:
    row = heard(kind="change", read=INDEX, earlier="first", later="second", supported={"above": 0.0})
    assert row["value"] == pytest.approx(0.1)
    assert row["low"] == pytest.approx(0.1 - np.hypot(0.02, 0.02))
    assert (row["verdict"], "Era 2" in row["asks"]) == ("supported", True)


def test_a_difference_takes_the_mean_of_a_blocs_members_and_students_interval() -> None:
    read = {"measure": "view", "view": "rival", "span": 2019}
    row = heard(kind="difference", read=read, sides=["Rest", "AAA"], supported={"above": 0.0})
    rest = np.arange(51.0, 60.0)
    half = 1.859548 * rest.std(ddof=1) / 3  # Student's quantile for eight degrees of freedom
    assert row["value"] == pytest.approx(5.0)
    assert row["high"] - 5.0 == pytest.approx(np.hypot(half, 3.0), rel=1e-5)
    assert (row["n"], row["unit"], row["verdict"]) == (10, "percentage points", "supported")


def test_apart_either_way_is_a_distance() -> None:
    read = {"measure": "view", "view": "rival", "span": 2019}
    row = heard(kind="difference", read=read, sides=["AAA", "Rest"], either_way=True,
                supported={"above": 2.0})  # fmt: skip
    assert row["value"] == pytest.approx(5.0) and row["low"] > 0 and row["floor"] == 0.0


def test_a_correlation_is_over_members_with_both_figures() -> None:
    row = heard(kind="association", x={"measure": "view", "view": "rival"},
                y={"measure": "tie", "name": "gifts", "target": "KKK"}, among="PACT",
                supported={"above": 0.0})  # fmt: skip
    assert row["value"] == pytest.approx(1.0)
    assert (row["n"], row["verdict"], row["unit"]) == (10, "supported", "correlation")
    few = heard(kind="association", x={"measure": "view", "view": "rival"}, among="LEAGUE",
                y={"measure": "indicator", "name": "seats"}, supported={"above": 0.0})  # fmt: skip
    assert few["verdict"] == "untestable" and "4 members of LEAGUE have both" in few["why"]


def test_a_coefficient_comes_from_the_panel_with_its_interval() -> None:
    names = ["covariate", "change", "effect", "low", "high", "actors", "horizon"]
    rows = [("fear", "the year before", 0.02, 0.01, 0.03, 40, 1), ("fear", "as if foreseen", 9, 8, 10, 40, 1)]
    none = pd.DataFrame()
    boards = Boards(none, none, pd.DataFrame(rows, columns=names), none, none, Plan(), 2018, "votes")
    test = AssociationTest.model_validate(
        {"kind": "association", "covariate": "fear", "supported": {"above": 0}, "reason": "So."}
    )
    scene = Scene(case_of(), evidence(), measures_of(), None, date(2020, 12, 31))
    found = association(test, scene, boards)
    assert (found.ends, found.n) == ((0.02, 0.01, 0.03), 40)
    with pytest.raises(UntoldError, match="after the claim"):
        association(test, Scene(scene.case, scene.evidence, scene.measures, None, date(2015, 1, 1)), boards)
    with pytest.raises(UntoldError, match="no panel"):
        association(test, scene, None)


def dependent(over: float, supported: dict[str, float], **more: Any) -> dict[str, Any]:
    return heard(kind="dependence", dependence="grain", among="PACT", over=over, year=2020,
                 supported=supported, **more)  # fmt: skip


def test_members_over_a_share_are_counted_and_those_unknown_may_be_too() -> None:
    """Shares of 2020 are 18, 26, ... 82 per cent for nine members; of AAA none is at hand."""
    row = dependent(50, {"at_least": 2})
    assert (row["value"], row["low"], row["high"], row["n"]) == (4, 4, 5, 9)
    assert (row["verdict"], row["mark"]) == ("supported", "sourced")
    assert "JJJ, III, HHH, GGG" in row["note"] and (row["of"], row["inner_at"]) == (10, 50)
    assert dependent(50, {"at_least": 5})["verdict"] == "mixed"
    assert dependent(50, {"at_least": 6})["verdict"] == "contradicted"


def test_what_nothing_tests_says_what_it_would_take() -> None:
    found = hear(
        case(one={"kind": "untestable", "why": "Hopes leave no record.", "needed": "Their diaries."})
    )
    assert found.claims["verdict"].tolist() == ["untestable"]
    assert found.tests["change"].tolist() == ["To test it would take: Their diaries"]


def test_names_that_are_misspelt_are_errors_all_at_once_with_what_was_meant() -> None:
    tests = {
        "a": record(topic="spa_particpation"),
        "b": record(supports=["tok_part"]),
        "c": {"kind": "association", "x": {"measure": "indicator", "name": "seat"},
              "y": {"measure": "tie", "name": "gift", "target": "KKK"}, "among": "PACT",
              "supported": {"above": 0}},
    }  # fmt: skip
    with pytest.raises(CaseError) as caught:
        audit(case(**tests), evidence(), measures_of())
    told = [f"{each.where}: {each.hint}" for each in caught.value.problems]
    checked = list(findings(case(**tests), evidence()))
    assert [f"{each.where}: {each.hint}" for each in checked] == told and checked[0].level == "error"
    assert told == [
        "claims.union.tests.a: did you mean 'spa_participation'?",
        "claims.union.tests.b: did you mean 'took_part'?",
        "claims.union.tests.c: did you mean 'seats'?",
        "claims.union.tests.c: did you mean 'gifts'?",
    ]


def test_evidence_that_is_not_at_hand_makes_a_test_untestable_and_no_error() -> None:
    assert heard(**record(topic="wholly_other"))["verdict"] == "untestable"


def test_an_audit_comes_out_as_it_was_made() -> None:
    asked = case(one=record(), two={"kind": "level", "read": {**INDEX, "span": "second"}, **ABOVE})
    whole, parts = audit(asked, evidence(), measures_of()), hear(asked)
    for name, frame in whole.tables().items():
        pd.testing.assert_frame_equal(frame, parts.tables()[name])


def both() -> Audit:
    return hear(case(one=record(), two={"kind": "level", "read": {**INDEX, "span": "second"}, **ABOVE}))


def test_every_verdict_but_untestable_has_a_figure_rows_with_a_source_and_what_would_change_it() -> None:
    found = both()
    assert (found.tests["value"].notna() & (found.tests["change"] != "")).all()
    for key in found.tests["test"]:
        behind = found.rows[found.rows["test"] == key]
        assert len(behind) and (behind["source"] != "").all()
    assert {name: list(frame) for name, frame in found.tables().items()} == dict(FRAMES)


def test_one_claim_can_be_asked_for_and_an_unknown_one_is_named(tmp_path: Any) -> None:
    found = both()
    assert found.of("union").tests.equals(found.tests)
    with pytest.raises(CaseError, match="did you mean 'union'"):
        found.of("onion")
    written = found.write(tmp_path)
    assert sorted(path.name for path in written) == ["claims.csv", "rows.csv", "tests.csv"]


def test_a_case_without_claims_has_an_empty_audit() -> None:
    assert audit(case_of(), evidence(), measures_of()).claims.empty


def test_claims_of_a_day_and_of_a_year_keep_both() -> None:
    asked = case_of(claims={"a": claim(2020, one=record()), "b": claim("2020-03-01", one=record())})
    found = hear(asked).claims
    assert found["when"].tolist() == ["2020", "2020-03-01"]
    assert [f"{day:%Y-%m-%d}" for day in found["made"]] == ["2020-12-31", "2020-03-01"]
