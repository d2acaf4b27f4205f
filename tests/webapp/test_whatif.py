"""The what-if: what follows from the state of the controls, and what is said of a state that cannot be."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest

from detente.simulation.projection.outlook import outlook
from detente.study import Study
from detente.webapp.asked import Asked, QueryError, asked
from detente.webapp.controls import controls
from detente.webapp.numbers import PIECE
from detente.webapp.sessions import Session
from detente.webapp.streams import DroppedError
from detente.webapp.whatif import case_of, run
from tests.webapp.conftest import Ask

DRAWS = 300


def state(session: Session, *pairs: tuple[str, str], draws: int = DRAWS) -> Asked:
    """Return the state of some controls."""
    return asked(pairs, session.known, draws=draws, seed=0)


def told(session: Session, *pairs: tuple[str, str]) -> dict[str, Any]:
    """Return what the page is told of it."""
    return session.answered(state(session, *pairs))


def median_at_end(answer: dict[str, Any]) -> float:
    return float(answer["cohesion"][-1]["p50"])


def first_passes(answer: dict[str, Any]) -> float:
    return float(answer["decisions"][0]["passes"])


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("scenario", "crisis"), ("event.vote", "off")),
        (
            ("scenario", "slow"),
            ("lever.pay", "1.5"),
            ("shift.tolls.THREE", "-0.1"),
            ("event.newcomer", "off"),
        ),
        (("rule.renewal", "simple_majority"), ("until", "2020")),
    ],
)
def test_numbers_are_those_of_a_projection_of_the_same_case(session: Session, pairs: Any) -> None:
    found = run(session, wanted := state(session, *pairs))
    case = case_of(session.case, wanted) if wanted.changes else session.case
    until = date(2020, 12, 31) if wanted.until else None
    whole = outlook(case, session.basis, draws=DRAWS, seed=0, until=until)
    spread = whole.frame("cohesion").set_index(["time", "bloc", "item"])
    told = found.found.spreads[2, :, 0, 0]
    np.testing.assert_allclose(told, spread["p50"].to_numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.found.passed / DRAWS, whole.frame("decisions")["passes"], atol=1e-12)


def test_a_run_in_several_pieces_counts_every_future_once(session: Session) -> None:
    few = run(session, state(session, draws=PIECE + 70)).found
    whole = outlook(session.case, session.basis, draws=PIECE + 70, seed=0)
    np.testing.assert_allclose(few.passed / few.draws, whole.frame("decisions")["passes"], atol=1e-12)


def test_the_baseline_differs_from_itself_in_nothing(session: Session) -> None:
    answer = told(session)
    assert all(row["p50"] == row["base_p50"] for row in answer["cohesion"])
    assert all(row["passes"] == row["base"] for row in answer["decisions"])


def test_with_the_same_luck_only_what_is_changed_differs(session: Session) -> None:
    answer = told(session, ("lever.pay", "2"))
    assert all(row["p50"] == row["base_p50"] for row in answer["cohesion"])
    assert first_passes(answer) > answer["decisions"][0]["base"]


def test_a_lever_counts_as_far_as_it_is_pulled(session: Session) -> None:
    passes = [first_passes(told(session, ("lever.pay", size))) for size in ("0", "0.5", "2")]
    assert passes == sorted(passes)
    assert passes[0] < passes[2]


def test_a_majority_passes_what_one_member_would_stop(session: Session) -> None:
    before, after = told(session), told(session, ("rule.renewal", "simple_majority"))
    assert first_passes(after) > first_passes(before)


def test_an_event_that_is_switched_off_does_not_happen(session: Session) -> None:
    shifted = told(session, ("shift.tolls.POL", "-0.3"))
    assert median_at_end(shifted) != median_at_end(told(session))
    assert median_at_end(told(session, ("event.vote", "off"))) != median_at_end(told(session))


def test_a_member_that_does_not_join_has_no_vote(session: Session) -> None:
    with_it, without = told(session), told(session, ("event.newcomer", "off"))
    assert with_it["decisions"][-1] != without["decisions"][-1]
    assert with_it["decisions"][0] == without["decisions"][0]


def test_scenarios_can_be_laid_over_one_another(session: Session) -> None:
    both = told(session, ("scenario", "crisis"), ("scenario", "slow"))
    alone = told(session, ("scenario", "crisis")), told(session, ("scenario", "slow"))
    assert median_at_end(both) not in [median_at_end(each) for each in alone]


def test_the_query_restores_the_same_state(session: Session) -> None:
    pairs = [("shift.tolls.POL", "0.25"), ("lever.pay", "0.5"), ("scenario", "crisis"), ("event.vote", "on")]
    first = state(session, *pairs)
    assert state(session, *parse_qsl(first.query())) == first
    assert state(session, *reversed(pairs)) == first


def test_only_what_is_to_be_shown_is_told(session: Session) -> None:
    assert {row["bloc"] for row in told(session, ("show", "THREE/tolls"))["cohesion"]} == {"THREE"}


def test_every_problem_of_an_address_is_named_at_once(session: Session) -> None:
    with pytest.raises(QueryError) as caught:
        state(
            session, ("drwas", "500"), ("draws", "1000000000"), ("lever.pya", "1"),
            ("shift.tolls.POL", "nan"), ("until", "3000"), ("event.shock", "off"), ("seed", "-1"),
            ("rule.renewal", "majorty"), ("lever.pay", "1"), ("lever.pay", "2"), ("lever", "1"),
        )  # fmt: skip
    found = {each.where: each for each in caught.value.problems}
    assert "did you mean 'draws'" in found["drwas"].hint
    assert "did you mean 'pay'" in found["lever.pya"].hint
    assert found["shift.tolls.POL"].what == "'nan' is not a number"
    assert "2040" in found["until"].hint
    assert found["event.shock"].hint == "add scenario=crisis"
    assert found["lever.pay"].what == "is given twice"
    assert {"draws", "seed", "rule.renewal", "lever"} <= set(found)


@pytest.mark.parametrize("text", ["1e400", "inf", "", "0x10", "9" * 400, "-0.5.5"])
def test_what_is_no_number_is_said_to_be_none(session: Session, text: str) -> None:
    with pytest.raises(QueryError, match="is not a number"):
        state(session, ("lever.pay", text))
    with pytest.raises(QueryError, match="is not a whole number"):
        state(session, ("draws", text))


def test_the_page_answers_with_the_serial_it_was_given(ask: Ask) -> None:
    answer = ask("GET", "/api/whatif?lever.pay=1&draws=200&client=a&serial=7")
    told = answer.json()
    assert (answer.status_code, told["serial"], told["draws"]) == (200, 7, 200)
    assert told["request"]["query"] == "lever.pay=1&draws=200&seed=0"
    assert {"times", "cohesion", "decisions", "crossings", "notes", "ms"} <= set(told)


def test_the_same_question_has_the_same_bytes_but_for_the_time(ask: Ask) -> None:
    def once() -> str:
        told = ask("GET", "/api/whatif?scenario=crisis&draws=200").json()
        del told["ms"]
        return json.dumps(told)

    assert once() == once()


def test_a_serial_older_than_one_that_was_seen_is_dropped(ask: Ask) -> None:
    ask("GET", "/api/whatif?draws=200&client=two&serial=5")
    assert ask("GET", "/api/whatif?draws=200&client=two&serial=4").json() == {"serial": 4, "dropped": True}
    assert "times" in ask("GET", "/api/whatif?draws=200&client=one&serial=4").json()


def test_wrong_input_is_answered_with_problems_and_no_traceback(ask: Ask) -> None:
    answer = ask("GET", "/api/whatif?draws=1e9&lever.pya=1")
    assert answer.status_code == 400
    assert [set(each) for each in answer.json()["errors"]] == [{"where", "what", "hint"}] * 2


def test_many_futures_are_sent_to_the_stream(ask: Ask) -> None:
    answer = ask("GET", "/api/whatif?draws=20000")
    assert answer.status_code == 400
    assert "/api/whatif/stream" in answer.json()["errors"][0]["hint"]


def test_who_is_told_to_stop_stops_between_two_pieces(session: Session) -> None:
    heard: list[int] = []

    def tell(done: int, _total: int) -> None:
        heard.append(done)
        if done >= PIECE:
            raise DroppedError

    with pytest.raises(DroppedError):
        run(session, state(session, ("lever.pay", "1"), draws=20_000), tell=tell)
    assert heard[-1] == PIECE


def test_controls_name_everything_that_may_be_moved_with_its_limits(session: Session) -> None:
    told = controls(session)
    assert [each["key"] for each in told["levers"]] == ["pay", "majority"]
    assert [each["scaled"] for each in told["levers"]] == [True, False]
    assert {each["key"]: each["scenarios"] for each in told["events"]}["shock"] == ["crisis"]
    rules = told["decisions"][0]["rules"]
    assert "simple_majority" in [each["key"] for each in rules]
    assert "qualified_majority" not in [each["key"] for each in rules]


def test_a_later_page_starts_from_the_grounds_of_an_earlier_one(
    study: Study, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = told(session, ("lever.pay", "1"))
    later = Session(study, "./tolls.yaml")
    monkeypatch.setattr(type(later.bench), "ask", never)
    assert told(later, ("lever.pay", "1")) == first
    with pytest.raises(AssertionError, match="measured again"):
        told(Session(study.with_options(draws=study.draws + 1), "./tolls.yaml"))


def never(*_: object, **__: object) -> None:
    raise AssertionError("measured again")


def test_the_answer_to_nothing_moved_is_kept_between_runs(
    study: Study, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session.answered(session.unmoved)
    later = Session(study, "./tolls.yaml")
    monkeypatch.setattr("detente.webapp.whatif.run", never)
    assert later.answered(later.unmoved) == first
    with pytest.raises(AssertionError, match="measured again"):
        told(later, ("lever.pay", "1.25"))
