"""The forum: expectation against outcome, whose voice counts, and which misperception is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from detente.errors import CaseError
from detente.simulation.agenda.bargains import compromise
from detente.simulation.agenda.table import State
from detente.simulation.checks import preflight
from detente.simulation.forum.expectations import QUANTITIES, disappointment, expectations
from detente.simulation.outcomes import Outcomes
from tests.measurement.small_evidence import SmallEvidence
from tests.simulation.small_world import (
    MEMBERS,
    RIVAL,
    SPREAD,
    agenda,
    alike,
    exactly,
    item,
    meeting,
    row,
    run,
    world,
)


def met(*meetings: dict[str, Any], **parts: Any) -> Outcomes:
    """Return what comes of meetings, named a, b, and so on."""
    held = dict(zip("abc", meetings, strict=False))
    forum = {"name": "Forum", "participation": "who_came", "meetings": held, **parts.pop("forum", {})}
    return run(forum=forum, **parts)


def of(out: Outcomes, column: str, which: str = "a") -> dict[str, Any]:
    """Return a column of the forum by actor."""
    rows = out.forum[out.forum["meeting"] == which]
    return dict(zip(rows["actor"], rows[column], strict=True))


def test_who_sees_everything_as_it_is_expects_the_outcome() -> None:
    wide = {a: {"value": v["value"], "low": 0.0, "high": 1.0} for a, v in SPREAD["values"].items()}
    out = met(meeting(hope=0.0), agenda=agenda({"by": "assumed", "values": wide, "reason": "Guess."}))
    assert out.forum["expectation"].to_numpy() == pytest.approx(out.forum["outcome"].to_numpy())
    assert out.forum[["disappointment_low", "disappointment_high"]].to_numpy() == pytest.approx(0, abs=1e-12)
    assert set(out.forum["explained_by"]) == {""} and out.misperceptions.empty


def test_who_hopes_for_everything_expects_its_own_position() -> None:
    out = met(meeting(hope=1.0))
    assert of(out, "expectation") == pytest.approx(of(out, "position"))
    assert of(out, "disappointment")["AAA"] == pytest.approx(0.8 * abs(0.1 - 0.5))


def test_the_absent_expect_and_have_no_voice() -> None:
    with_rival, without = met(meeting(hope=0.5)), met(meeting(hope=0.5), agenda=agenda(beside=[]))
    assert of(with_rival, "present") == {**dict.fromkeys(MEMBERS, True), RIVAL: False}
    assert of(with_rival, "outcome")["AAA"] == of(without, "outcome")["AAA"] == pytest.approx(0.5)
    assert {a: e for a, e in of(with_rival, "expectation").items() if a != RIVAL} == of(
        without, "expectation"
    )


def test_present_it_has_a_voice() -> None:
    out = met(meeting(hope=0.5, absent=[]))
    assert of(out, "outcome")["AAA"] == pytest.approx(2.5 / 6)


def test_disappointment_is_in_units_of_what_one_cares() -> None:
    found = [
        of(met(meeting(0.5), agenda=agenda(items={"line": item(SPREAD, alike(care))})), "disappointment")
        for care in (0.4, 0.8)
    ]
    assert found[1] == pytest.approx({actor: 2 * value for actor, value in found[0].items()})


def test_nearer_to_oneself_than_hoped_is_no_disappointment() -> None:
    """Who stands in the middle and misjudges nobody's distance there has nothing to lose."""
    assert of(met(meeting(0.5)), "disappointment")["CCC"] == pytest.approx(0, abs=1e-12)


STATE = State(np.array([[0.1, 0.4, 0.9]]), np.array([[0.5, 0.9, 0.7]]), np.array([[1.0, 0.3, 0.6]]))
ONE_EACH = np.eye(3, dtype=bool)


@pytest.mark.parametrize("planted", range(len(QUANTITIES)))
def test_a_planted_misperception_is_found_and_no_other(planted: int) -> None:
    beliefs = {kind: np.repeat(getattr(STATE, kind)[:, None, :], 3, axis=1) for kind in vars(STATE)}
    if planted < 3:
        beliefs["position"][..., planted] = 0.0
    else:
        beliefs[QUANTITIES[planted]][..., 2] = 0.05
    expected, corrected = expectations(STATE, State(**beliefs), ONE_EACH)
    lost = disappointment(STATE, expected, compromise(STATE)[:, None])
    explained = disappointment(STATE, expected, corrected)
    assert np.abs(lost).min() > 0.001
    for number, found in enumerate(explained):
        assert found == pytest.approx(lost if number == planted else 0 * lost, abs=1e-12)


def test_esteem_for_the_near_is_found_as_misjudged_salience() -> None:
    perception = {"hope": exactly(0.0), "esteem": exactly(0.9), "reason": "Invented."}
    out = met(meeting(perception=perception))
    causes = of(out, "explained_by")
    assert (causes["AAA"], causes["EEE"], of(out, "share")["AAA"]) == (
        "salience",
        "salience",
        pytest.approx(1),
    )


def test_the_ally_is_told_apart_from_the_rivals_side() -> None:
    """The ally is at 0.9 and the rival at 0.0: whoever stands below 0.45 is on the rival's side."""
    out = met(meeting(hope=0.5))
    rows = out.misperceptions[out.misperceptions["actor"] == "CCC"]
    assert rows.empty  # the middle is not disappointed
    own = out.misperceptions[out.misperceptions["actor"] == "EEE"].set_index("quantity")["explained"]
    gaps = {"position_ally": 0.0, "position_rival_side": 0.8 + 0.6, "position_others": 0.4 + 0.2}
    wanted = {side: 0.8 * 0.5 * gap / len(MEMBERS) for side, gap in gaps.items()}
    assert own[list(gaps)].to_dict() == pytest.approx(wanted)
    assert of(out, "explained_by")["EEE"] == "position_rival_side"


def test_what_is_not_sure_is_not_explained() -> None:
    out = met(meeting(noise=0.2))
    unsure = out.forum[
        out.forum["actor"] != "CCC"
    ]  # the outcome is where it stands: any error is for the worse
    assert (unsure["disappointment_low"] < 0).all() and (unsure["disappointment_high"] > 0).all()
    assert set(unsure["explained_by"]) == {""} and unsure["share"].isna().all()
    assert of(out, "disappointment_high")["CCC"] < 0


def test_two_meetings_share_their_luck_and_differ_where_the_case_says_so() -> None:
    usual = meeting(hope=0.3, noise=0.2)
    other = meeting(hope=0.3, noise=0.2, but={"line": {"AAA": exactly(0.5, "Then.")}})
    out = met(usual, usual, other)
    same = [
        out.forum[out.forum["meeting"] == which].drop(columns="meeting").to_csv(index=False) for which in "ab"
    ]
    assert same[0] == same[1]
    assert of(out, "outcome", "c")["AAA"] == pytest.approx(0.5 + 0.4 / 5)
    assert of(out, "position", "c")["AAA"] == 0.5


def test_who_has_beliefs_of_its_own_has_them_at_every_meeting() -> None:
    bare = {key: part for key, part in meeting().items() if key != "perception"}
    own = {RIVAL: {"hope": exactly(1.0), "reason": "Afar."}}
    out = met(bare, forum={"perception": meeting()["perception"], "own": own})
    assert of(out, "expectation") == pytest.approx({**dict.fromkeys(MEMBERS, 0.5), RIVAL: 0.0})


def test_a_meeting_adds_up_its_items() -> None:
    two = agenda(items={"line": item(SPREAD), "other": item(SPREAD)})
    out = met(meeting(0.5, items=["line", "other"]), agenda=two)
    found = out.meetings.set_index("actor")["disappointment"]
    assert found.to_dict() == pytest.approx(
        {actor: 2 * value for actor, value in of(out, "disappointment").items()}
    )


def reported(**words: str) -> SmallEvidence:
    """Return evidence on who came on the first day of 2015."""
    stated = {"topic": "who_came", "date": "2015-01-01", "value": "yes", "locator": "a page"}
    return SmallEvidence().put("facts", *({"actor": who, "key": key, **stated} for who, key in words.items()))


def test_attendance_is_sourced_where_it_is_reported() -> None:
    out = met(meeting(), evidence=reported(AAA="took_part", RRR="not_invited"))
    told = {actor: row(out.meetings, actor=actor) for actor in ("AAA", "BBB", RIVAL)}
    words = {
        actor: (each["present"], each["attendance"], each["attendance_mark"]) for actor, each in told.items()
    }
    assert words == {
        "AAA": (True, "took part", "sourced"),
        "BBB": (True, "attends", "assumed"),
        RIVAL: (False, "not invited", "sourced"),
    }
    assert told["AAA"]["attendance_source"] == "test; a page"


def test_the_case_decides_who_attends_and_a_report_against_it_is_found() -> None:
    evidence = reported(AAA="stayed_away")
    forum = {"name": "Forum", "participation": "who_came", "meetings": {"a": meeting()}}
    told = row(run(evidence=evidence, forum=forum).meetings, actor="AAA")
    assert (told["present"], told["attendance_mark"]) == (True, "assumed")
    found = preflight(world(forum=forum)[0], evidence)  # type: ignore[arg-type]  # a part of the evidence
    what = [each.what for each in found if each.where == "forum.meetings.a"]
    assert what == ["by the evidence, AAA did not take part"]


def test_a_meeting_that_nobody_attends_is_said() -> None:
    out = met(meeting(present=[RIVAL], absent=list(MEMBERS)), agenda=agenda(beside=[]))
    assert out.forum.empty
    assert out.missing["what"].tolist() == ["a: line"]


def test_the_same_seed_gives_the_same_bytes_in_any_order() -> None:
    tables = []
    for order in (1, -1):
        position = {**SPREAD, "values": dict(list(SPREAD["values"].items())[::order])}
        union = {"title": "Union", "members": list(MEMBERS)[::order], "reason": "Invented."}
        perception = {"hope": {"value": 0.3, "low": 0.0, "high": 0.6}, "noise": 0.1, "reason": "Invented."}
        tables.append(
            met(meeting(perception=perception), agenda=agenda(position), blocs={"UNION": union}, seed=9)
        )
    for name in ("forum", "meetings", "misperceptions"):
        assert getattr(tables[0], name).to_csv() == getattr(tables[1], name).to_csv()


SHARES = st.floats(0, 1, allow_subnormal=False)


@settings(max_examples=40, deadline=None)
@drawn(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=6))
def test_expectations_lie_among_positions_and_are_the_outcome_for_who_sees_clearly(
    rows: list[tuple[float, float, float]],
) -> None:
    position, salience, capability = (np.array([each]) for each in zip(*rows, strict=True))
    actual = State(position, salience, capability)
    seen = State(*(each[:, None, :] for each in (position, salience, capability)))
    expected, corrected = expectations(actual, seen, np.zeros((len(rows), 3), dtype=bool))
    assert expected[0, 0] == pytest.approx(compromise(actual)[0], abs=1e-9)
    assert corrected == pytest.approx(np.full(corrected.shape, expected[0, 0]), abs=1e-9)
    assert position.min() - 1e-9 <= expected[0, 0] <= position.max() + 1e-9


def seeing(hope: float, **seen: float) -> dict[str, Any]:
    """Return a perception in which some are seen outright on the line."""
    return {"hope": exactly(hope), "seen": {"line": seen}, "reason": "Invented."}


def test_who_is_seen_outright_is_believed_to_stand_there_whatever_is_hoped() -> None:
    before = met(meeting(0.5))
    after = met(meeting(0.5, own={"AAA": seeing(0.5, CCC=0.0)}))
    moved = of(after, "expectation")["AAA"] - of(before, "expectation")["AAA"]
    believed = of(before, "position")["CCC"] + 0.5 * (0.1 - of(before, "position")["CCC"])
    assert moved == pytest.approx(-believed / len(MEMBERS))
    others = [actor for actor in MEMBERS if actor != "AAA"]
    assert [of(after, "expectation")[a] for a in others] == [of(before, "expectation")[a] for a in others]
    assert of(after, "outcome") == of(before, "outcome")


def test_what_everyone_sees_nobody_sees_of_itself() -> None:
    out = met(meeting(perception=seeing(0.0, CCC=0.0)))
    same = met(meeting(0.0))
    assert of(out, "expectation")["CCC"] == pytest.approx(of(same, "expectation")["CCC"])
    assert of(out, "expectation")["AAA"] < of(same, "expectation")["AAA"]


def test_who_is_seen_and_has_no_voice_is_named() -> None:
    out = met(meeting(perception=seeing(0.0, **{RIVAL: 0.0})))
    rows = out.missing[out.missing["part"] == "forum"]
    assert any(RIVAL in why for why in rows["why"])


@pytest.mark.parametrize(
    ("perception", "complaint"),
    [
        ({"own": {"AAA": seeing(0.5, AAA=0.0)}}, "sees itself elsewhere: AAA on line"),
        ({"perception": {**seeing(0.5), "seen": {"lin": {"CCC": 0.1}}}}, "'lin' is not declared"),
        ({"perception": seeing(0.5, CCC=1.5)}, "1"),
    ],
)
def test_what_cannot_be_seen_is_refused(perception: dict[str, Any], complaint: str) -> None:
    with pytest.raises((CaseError, ValidationError), match=complaint):
        met(meeting(**perception))
