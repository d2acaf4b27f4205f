"""Votes are chosen from evidence by what the choice says, and what is left out is counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from detente.errors import MeasurementError
from detente.evidence import open_evidence, pull
from detente.measurement.idealpoints import Spec, ideal_points, prepare
from detente.measurement.idealpoints.choosing import Selection, select_votes
from detente.measurement.idealpoints.frames import Choice
from tests.measurement.small_evidence import SmallEvidence


@pytest.fixture
def evidence() -> SmallEvidence:
    small = SmallEvidence()
    both = {"SUN": "y", "USA": "n", "POL": "a"}
    after = {"RUS": "y", "USA": "n", "POL": "n"}
    small.roll_call(1, "1988-10-01", both, issue="me", title="Arms", important=True, resolution="A/RES/43/1")
    small.roll_call(2, "1989-10-01", both, kind="paragraph", title="Arms")
    small.roll_call(3, "1995-10-01", after, issue="hr", title="arms ", resolution="A/RES/50/7")
    return small.roll_call(4, "1996-10-01", after, issue="me", title="Seas")


def chosen(evidence: SmallEvidence, **choice: object) -> list[str]:
    found = select_votes(evidence, Selection(**choice))  # type: ignore[arg-type]  # one choice for each test
    return sorted(found.votes["roll_call"].str.removeprefix("test:").unique())


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({}, ["1", "2", "3", "4"]),
        ({"issues": ("me",)}, ["1", "4"]),
        ({"issues": ("me",), "resolutions": ("A/RES/50/7",)}, ["1", "3", "4"]),
        ({"resolutions": ("a/res/43/1",)}, ["1"]),
        ({"important": True}, ["1"]),
        ({"final_only": True}, ["1", "3", "4"]),
        ({"start": "1989-10-01", "end": "1995-10-01"}, ["2", "3"]),
    ],
)
def test_each_condition_narrows_the_choice(
    evidence: SmallEvidence, choice: dict[str, object], left: list[str]
) -> None:
    assert chosen(evidence, **choice) == left


def test_a_frame_is_narrowed_as_evidence_is(evidence: SmallEvidence) -> None:
    frame = evidence.query(
        "SELECT v.actor, v.roll_call, v.vote, r.session, r.date, r.kind, i.issue FROM votes v "
        "JOIN roll_calls r USING (roll_call) LEFT JOIN roll_call_issues i USING (roll_call)"
    )
    for choice in (Selection(final_only=True), Selection(issues=("me",)), Selection(start="1995-01-01")):
        ours, theirs = select_votes(frame, choice).votes, select_votes(evidence, choice).votes
        assert set(ours["roll_call"]) == set(theirs["roll_call"])
        assert len(ours) == len(theirs)


def test_one_path_runs_through_a_state_and_the_one_that_continues_it(evidence: SmallEvidence) -> None:
    assert set(select_votes(evidence).votes["actor"]) == {"RUS", "USA", "POL"}
    apart = select_votes(evidence, Selection(joined=False)).votes
    assert set(apart["actor"]) == {"SUN", "RUS", "USA", "POL"}


def test_recurring_roll_calls_come_from_matches_from_titles_or_not_at_all(evidence: SmallEvidence) -> None:
    pairs = pd.DataFrame({"earlier": ["test:1", "test:1"], "later": ["test:4", "unga:9"]})
    matched = select_votes(evidence, matches=pairs)
    assert matched.links.to_numpy().tolist() == [["test:1", "test:4"]]
    titles = select_votes(evidence, Selection(recurring="titles"))
    assert titles.links.to_numpy().tolist() == [["test:1", "test:2"], ["test:2", "test:3"]]
    assert len(prepare(titles.votes, Choice(links=titles.links)).ballots.items) == 2
    assert select_votes(evidence, Selection(recurring="none"), matches=pairs).links.empty
    assert "not known" in select_votes(evidence).words


def test_the_same_roll_calls_from_a_second_provider_are_set_aside_and_counted(
    evidence: SmallEvidence,
) -> None:
    evidence.roll_call(9, "1996-10-01", {"RUS": "y", "USA": "n"}, source="other")
    found = select_votes(evidence)
    assert found.account.to_numpy().tolist() == [["of another source than test", 1]]
    assert found.words.startswith("4 of 5 roll calls")


def test_what_is_not_there_is_named_all_at_once_with_a_guess(evidence: SmallEvidence) -> None:
    with pytest.raises(MeasurementError) as caught:
        select_votes(evidence, Selection(issues=("mee", "hr"), resolutions=("A/RES/43/2",)))
    assert len(caught.value.problems) == 2
    assert "did you mean 'me'" in str(caught.value)
    assert "A/RES/43/1" in str(caught.value)


def test_a_mark_that_no_roll_call_carries_is_refused(evidence: SmallEvidence) -> None:
    votes = select_votes(evidence).votes
    with pytest.raises(MeasurementError, match="important"):
        select_votes(votes, Selection(important=True))


def test_nothing_left_says_what_each_condition_took(evidence: SmallEvidence) -> None:
    with pytest.raises(MeasurementError, match="1 amendments and paragraphs; 3 after the end"):
        select_votes(evidence, Selection(final_only=True, end="1950-01-01"))


def test_evidence_without_roll_calls_says_what_to_pull() -> None:
    with pytest.raises(MeasurementError, match="detente data pull"):
        select_votes(SmallEvidence())


@pytest.mark.mirror
def test_pulled_matches_bridge_the_chosen_votes(
    mirror: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_MIRROR", str(mirror))
    pull(["unga_votes"])
    with open_evidence() as evidence:
        found = select_votes(evidence, Selection(issues=("me",), important=True, start="1985-01-01"))
    assert len(found.links) > 10
    points = ideal_points(found.votes, positive="USA", draws=0, spec=Spec(links=found.links)).points["mean"]
    assert float(points.sel(actor="RUS", session=43)) < float(points.sel(actor="USA", session=43))
    assert "SUN" not in points["actor"]
