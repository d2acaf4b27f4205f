"""A change in cohesion and its parts: they add up, and each takes what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.measurement import recurrence
from detente.measurement.blocs import memberships
from detente.measurement.changes import ADDED, untold
from detente.measurement.decomposition import Held, Parts, by_stratum, decompose, effects
from detente.measurement.recurrence import Agenda, asked_again, stratify
from detente.measurement.sample import spans, windows_of
from detente.measurement.unity import Setting, Unity, measure_unity
from tests.measurement.small_evidence import SmallEvidence, make_case

FOUR = ("BEL", "FRA", "ITA", "NLD")
SPLIT = {"BEL": "y", "FRA": "y", "ITA": "n", "NLD": "n"}
AS_ONE = dict.fromkeys(FOUR, "y")
WINDOWS = {
    "first": {"title": "First", "since": "2000-01-01", "until": "2004-12-31"},
    "second": {"title": "Second", "since": "2005-01-01", "until": "2009-12-31"},
    "third": {"title": "Third", "since": "2010-01-01", "until": "2014-12-31"},
}
STRATA = 4


@st.composite
def windows_held(draw: st.DrawFn) -> Held:
    """Return a window of a few roll calls, some without a score, and two resamples of it."""
    n = draw(st.integers(1, 8))
    score = st.one_of(st.floats(0, 1), st.just(np.nan))
    rows = st.lists(score, min_size=n, max_size=n)
    weights = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    numbers = st.lists(st.integers(0, STRATA - 1), min_size=n, max_size=n)
    return Held(
        np.array([[1] * n, draw(weights), draw(weights)], dtype=float),
        np.array([draw(rows) for _ in range(4)]),
        np.array(draw(numbers)),
    )


@settings(max_examples=60, deadline=None)
@given(windows_held(), windows_held(), st.lists(st.integers(0, 2), min_size=STRATA, max_size=STRATA))
def test_the_parts_add_up_to_the_change_in_every_draw(before: Held, after: Held, levels: list[int]) -> None:
    level = np.array(levels)
    parts = decompose(before, after, text=level == 2, question=level >= 1)
    total = parts.after - parts.before
    added = parts.joining + parts.leaving + parts.agenda + parts.own + parts.undivided
    defined = ~np.isnan(added)
    np.testing.assert_allclose(added[defined], total[defined], atol=1e-12)
    scored = [held.weights @ (~np.isnan(held.scores)).T for held in (before, after)]
    assert np.array_equal(defined, (scored[0] > 0).all(axis=1) & (scored[1] > 0).all(axis=1))


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_joining_and_leaving_do_not_hang_on_their_order(levels: list[float]) -> None:
    joining, leaving = effects(np.array([levels]))
    constant, joined, left, both = levels
    other_leaving, other_joining = effects(np.array([[constant, left, joined, both]]))
    assert (joining[0], leaving[0]) == (other_joining[0], other_leaving[0])
    assert joining[0] + leaving[0] == pytest.approx(both - constant, abs=1e-12)


def window(scores: Mapping[int, list[float]]) -> Held:
    """Return a window with these scores by stratum, the same for everyone."""
    numbers = [number for number, held in scores.items() for _ in held]
    score = np.array([each for held in scores.values() for each in held])
    return Held(np.ones((1, len(score))), np.tile(score, (4, 1)), np.array(numbers))


def parts_of(before: Mapping[int, list[float]], after: Mapping[int, list[float]], text: int = 0) -> Parts:
    """Return the parts between two windows; the stratum `text` is one text."""
    mask = np.arange(2) == text
    return decompose(window(before), window(after), text=mask, question=mask)


def test_the_agenda_is_the_change_of_shares_at_mean_levels() -> None:
    """Shares 3/4 and 1/4 become 1/4 and 3/4; means 0.6 and 0.2 become 0.8 and 0.4."""
    parts = parts_of({0: [0.6] * 3, 1: [0.2]}, {0: [0.8], 1: [0.4] * 3})
    assert parts.agenda[0] == pytest.approx(-0.5 * 0.7 + 0.5 * 0.3)
    assert parts.own[0] == pytest.approx(0.5 * 0.2)
    assert parts.undivided[0] == pytest.approx(0.5 * 0.2)
    assert parts.same_text[0] == pytest.approx(0.2)


def test_what_only_one_window_voted_on_is_agenda() -> None:
    parts = parts_of({0: [0.5, 0.5]}, {0: [0.5, 0.5], 1: [1.0, 1.0]})
    assert parts.agenda[0] == pytest.approx(0.25)
    assert parts.own[0] == parts.undivided[0] == 0


def test_a_stratum_that_a_resample_misses_keeps_its_mean_and_has_no_share() -> None:
    held = Held(np.array([[1.0, 1.0], [0.0, 2.0]]), np.tile([0.2, 0.6], (4, 1)), np.array([0, 1]))
    share, mean = by_stratum(held, strata=3)
    assert share.tolist() == [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]
    assert mean[:, :2].tolist() == [[0.2, 0.6], [0.2, 0.6]]
    assert np.isnan(mean[:, 2]).all()


@pytest.fixture
def evidence() -> SmallEvidence:
    """A bloc of four since long ago."""
    return SmallEvidence().members("NATO", *FOUR)


def hold(evidence: SmallEvidence, year: int, votes: Mapping[str, str], n: int = 3, **more: Any) -> None:
    """Hold `n` roll calls in each of five years from `year`, with titles and names of their own."""
    for since in range(5):
        for place in range(n):
            number = int(evidence.query("SELECT count(*) AS n FROM roll_calls")["n"].iloc[0])
            about = {"title": f"Title {number}", **more}
            evidence.roll_call(number, f"{year + since}-10-{place + 1:02d}", votes, **about)


def told(evidence: SmallEvidence, *, draws: int = 100, **parts: Any) -> Unity:
    """Return what the roll calls say on the small case, in the windows of this module."""
    case = make_case(**{"windows": WINDOWS, **parts})
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    setting = Setting(case, spells, (), draws, 0)
    return measure_unity(setting, evidence=evidence, issues={issue: spans(case) for issue in case.issues})


def changes(unity: Unity, window: str = "first", next_window: str = "second") -> dict[str, dict[str, Any]]:
    """Return the rows of one change by part."""
    frame = unity.tables["bloc_changes"]
    rows = frame[(frame["window"] == window) & (frame["next_window"] == next_window)].to_dict("records")
    return {str(row["part"]): {str(key): value for key, value in row.items()} for row in rows}


def values(found: dict[str, dict[str, Any]], *parts: str) -> list[float]:
    """Return the values of some parts."""
    return [float(found[part]["value"]) for part in parts]


def test_parts_are_those_of_the_cohesion_that_is_told_elsewhere(evidence: SmallEvidence) -> None:
    hold(evidence, 2000, SPLIT, n=1)
    hold(evidence, 2002, AS_ONE)
    hold(evidence, 2006, AS_ONE)
    unity = told(evidence)
    found, cohesion = changes(unity), unity.tables["cohesion"]
    levels = cohesion[cohesion["measure"] == "agreement_index"].set_index("window").to_dict("index")
    for part, window in (("before", "first"), ("after", "second")):
        level = levels[window]
        for end in ("value", "low", "high"):
            assert found[part][end] == pytest.approx(level[end], abs=1e-6)
        assert (found[part]["interval"], found[part]["mark"]) == (level["interval"], "estimated")
    total = found["after"]["value"] - found["before"]["value"]
    added = sum(values(found, *(part for part in ADDED if part in found)))
    assert found["total"]["value"] == pytest.approx(total) == pytest.approx(added)
    assert all(row["low"] <= row["value"] <= row["high"] for row in found.values())


def test_a_dissenter_that_joins_is_a_change_by_joining_alone(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "ALB", start="2005-01-01")
    for year in (2000, 2005):
        hold(evidence, year, {**AS_ONE, "ALB": "n"}, issue="me")
    found = changes(told(evidence))
    assert values(found, "joining", "total") == pytest.approx([0.7 - 1] * 2)
    assert (found["joining"]["actors"], found["joining"]["members_both"]) == ("ALB", 4)
    assert values(found, "leaving", "agenda", "agenda or own votes") == [0, 0, 0]


def test_a_dissenter_that_leaves_is_a_change_by_leaving_alone(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "ALB", end="2005-01-01")
    for year in (2000, 2005):
        hold(evidence, year, {**AS_ONE, "ALB": "n"}, issue="me")
    found = changes(told(evidence))
    assert values(found, "leaving", "total") == pytest.approx([1 - 0.7] * 2)
    assert (found["leaving"]["actors"], found["leaving"]["members_both"]) == ("ALB", 4)
    assert values(found, "joining", "agenda", "agenda or own votes") == [0, 0, 0]


@pytest.mark.parametrize(("start", "both"), [("2001-06-01", 5), ("2003-06-01", 4)])
def test_a_member_of_half_a_window_belongs_to_it_and_its_dates_count_as_joining(
    evidence: SmallEvidence, start: str, both: int
) -> None:
    evidence.members("NATO", "ALB", start=start)
    for year in (2000, 2005):
        hold(evidence, year, {**AS_ONE, "ALB": "n"}, issue="me")
    found = changes(told(evidence))
    assert found["joining"]["members_both"] == both
    assert found["joining"]["value"] == pytest.approx(found["total"]["value"]) != 0
    assert (found["joining"]["actors"] == "ALB") == (both == 4)


def test_a_larger_share_of_divisive_votes_is_agenda(evidence: SmallEvidence) -> None:
    for year, divisive, other in ((2000, 1, 3), (2005, 3, 1)):
        hold(evidence, year, SPLIT, divisive, issue="me")
        hold(evidence, year, AS_ONE, other, issue="ec")
    found = changes(told(evidence))
    assert values(found, "agenda", "total") == pytest.approx([-0.375] * 2)
    assert values(found, "joining", "leaving", "agenda or own votes") == [0, 0, 0]


def test_other_votes_of_one_kind_are_not_told_apart_from_own_votes(evidence: SmallEvidence) -> None:
    hold(evidence, 2000, SPLIT, issue="me")
    hold(evidence, 2005, AS_ONE, issue="me")
    found = changes(told(evidence))
    assert found["agenda or own votes"]["value"] == pytest.approx(0.75)
    assert not {"own votes", "same text", "same question", "at the pace of same texts"} & set(found)
    assert found["total"]["recurring"] == 0


def test_the_same_title_alone_does_not_make_own_votes(evidence: SmallEvidence) -> None:
    for year, votes, title in ((2000, SPLIT, "Outer space"), (2005, AS_ONE, "OUTER SPACE")):
        hold(evidence, year, votes, 1, title=title)
        hold(evidence, year, AS_ONE)
    found = changes(told(evidence))
    assert found["same question"]["value"] == pytest.approx(0.75)
    assert found["agenda or own votes"]["value"] == pytest.approx(0.75 / 4)
    assert not {"own votes", "same text"} & set(found)
    assert (found["total"]["recurring"], found["same question"]["recurring"]) == (0, 1)


def test_own_votes_are_those_on_the_same_text(
    evidence: SmallEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2000, 2005):
        hold(evidence, year, AS_ONE, issue="me")
    evidence.roll_call(900, "2004-12-01", SPLIT, issue="me").roll_call(901, "2005-12-01", AS_ONE, issue="me")
    matches = pd.DataFrame({"earlier": ["test:900"], "later": ["test:901"]})
    monkeypatch.setattr(recurrence, "pulled_matches", lambda _: matches)
    found = changes(told(evidence))
    assert values(found, "own votes", "total") == pytest.approx([0.75 / 16] * 2)
    assert values(found, "same text", "same question") == pytest.approx([0.75] * 2)
    assert values(found, "agenda", "agenda or own votes") == [0, 0]
    assert found["total"]["recurring"] == 1


def test_the_pace_of_same_texts_counts_over_the_years_between_the_windows(
    evidence: SmallEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four texts fall by 0.75 in two years, then four keep still for two: five years lie between the two."""
    votes = (AS_ONE, {**AS_ONE, "NLD": "n"}, *[SPLIT] * 6)
    for year in (*range(2000, 2003), *range(2005, 2008)):
        for place in range(4):
            evidence.roll_call(10 * year + place, f"{year}-10-0{place + 1}", votes[year - 2000])
    again = [year for year in (2001, 2002, 2006, 2007) for _ in range(4)]
    later = [f"test:{10 * year + place % 4}" for place, year in enumerate(again)]
    earlier = [f"test:{10 * (year - 1) + place % 4}" for place, year in enumerate(again)]
    matches = pd.DataFrame({"earlier": earlier, "later": later})
    monkeypatch.setattr(recurrence, "pulled_matches", lambda _: matches)
    pace = changes(told(evidence))["at the pace of same texts"]
    assert pace["value"] == pytest.approx(-0.75 / 4 * 5, abs=0.01)
    assert pace["recurring"] == len(matches)


def test_from_first_to_last_the_parts_are_the_sums_of_the_steps(evidence: SmallEvidence) -> None:
    evidence.members("NATO", "ALB", start="2005-01-01").members("NATO", "HRV", start="2010-01-01")
    for year, votes in ((2000, AS_ONE), (2005, SPLIT), (2010, AS_ONE)):
        hold(evidence, year, {**votes, "ALB": "n", "HRV": "a"})
        hold(evidence, year + 1, {**AS_ONE, "ALB": "n", "HRV": "y"}, 1)
    unity = told(evidence)
    steps = [changes(unity, *pair) for pair in (("first", "second"), ("second", "third"))]
    whole = changes(unity, "first", "third")
    parts = ("joining", "leaving", "agenda", "agenda or own votes", "total")
    summed = np.sum([values(step, *parts) for step in steps], axis=0)
    assert values(whole, *parts) == pytest.approx(summed.tolist())
    assert whole["joining"]["actors"] == "ALB HRV"
    assert whole["total"]["low"] < whole["total"]["value"] < whole["total"]["high"]


def test_where_nothing_ever_varies_only_the_total_is_told(evidence: SmallEvidence) -> None:
    for year in (2000, 2005):
        hold(evidence, year, AS_ONE)
    found = changes(told(evidence))
    assert list(found) == ["before", "after", "total"]
    assert found["total"]["low"] < 0 < found["total"]["high"]


def test_windows_that_overlap_and_blocs_too_small_are_named_as_missing(evidence: SmallEvidence) -> None:
    for year in (2000, 2005, 2010):
        hold(evidence, year, SPLIT)
    late = {**WINDOWS, "third": {"title": "Third", "since": "2009-01-01", "until": "2014-12-31"}}
    case = make_case(windows=late)
    tables = told(evidence, windows=late).tables
    missing = list(untold(windows_of(case), tables["cohesion"], tables["bloc_changes"]))
    assert [each.what for each in missing] == ["second to third"]
    few = list(untold(windows_of(case), tables["cohesion"], tables["bloc_changes"].iloc[:0]))
    assert [each.what for each in few] == ["second to third", "NATO on all: first to second"]


def test_the_same_seed_gives_the_same_parts(evidence: SmallEvidence) -> None:
    hold(evidence, 2000, SPLIT)
    hold(evidence, 2005, AS_ONE, 1)
    hold(evidence, 2007, SPLIT)
    one, two = (told(evidence).tables["bloc_changes"] for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def calls_of(*rows: tuple[str, int, str, str]) -> pd.DataFrame:
    """Return roll calls from name, session, kind and title."""
    frame = pd.DataFrame(rows, columns=["roll_call", "session", "kind", "title"])
    return frame.assign(source="test", body="UNGA")


def test_a_title_that_several_of_a_session_bear_is_a_heading_and_links_nothing() -> None:
    calls = calls_of(*((name, session, "resolution", "Space") for name, session in (("a", 1), ("b", 2))))
    assert asked_again(calls)[1].tolist() == ["a", "a"]
    heading = pd.concat([calls, calls_of(("c", 2, "resolution", "SPACE"))], ignore_index=True)
    assert asked_again(heading)[1].tolist() == ["", "", ""]


def test_amendments_and_paragraphs_are_not_linked_by_title() -> None:
    calls = calls_of(
        ("a", 1, "paragraph", "Space"), ("b", 2, "paragraph", "Space"), ("c", 3, "resolution", "Space")
    )
    assert asked_again(calls)[1].tolist() == ["", "", ""]


def test_texts_are_linked_over_several_sessions_and_questions_across_a_change_of_title() -> None:
    calls = calls_of(*((name, place, "resolution", title) for place, (name, title) in enumerate(
        {"a": "Old", "b": "Old", "c": "New", "d": "New"}.items()
    )))  # fmt: skip
    matches = pd.DataFrame({"earlier": ["b", "x"], "later": ["c", "d"]})
    text, question = asked_again(calls, matches)
    assert text.tolist() == ["", "b", "b", ""]
    assert question.tolist() == ["a", "a", "a", "a"]


def test_a_matched_pair_whose_titles_stood_side_by_side_is_passed_over() -> None:
    calls = calls_of(
        ("a", 1, "resolution", "Space"), ("b", 1, "resolution", "Sea"), ("c", 2, "resolution", "Sea")
    )
    text, _ = asked_again(calls, pd.DataFrame({"earlier": ["a"], "later": ["c"]}))
    assert text.tolist() == ["", "", ""]


def test_a_text_or_question_of_one_window_alone_falls_under_its_kind() -> None:
    agenda = Agenda({"a": "t", "b": "t"}, {"a": "q", "b": "q", "c": "q"}, dict.fromkeys("abcd", "me"))
    strata = stratify(agenda, ["a", "b"], ["c", "d"])
    assert [numbers.tolist() for numbers in strata.numbers] == [[0, 0], [0, 1]]
    assert (strata.text.tolist(), strata.question.tolist()) == ([False, False], [True, False])
