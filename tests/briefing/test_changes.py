"""The section on what moved unity: sentences turn with the parts, and bars lead from before to after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd
import pytest

from detente.briefing.composing import compose
from detente.briefing.exhibits import Figure, Section
from detente.briefing.sections.changes import accounts_of, changes, steps
from detente.measurement.changes import BLOC_CHANGES, IN_ORDER, MEASURE, empty
from tests.briefing.ruritania import material, write
from tests.briefing.ruritania_changes import PARTS, bloc_changes, change


def section(*frames: pd.DataFrame) -> Section:
    """Return the section on these changes."""
    found = changes(material(bloc_changes=pd.concat(frames, ignore_index=True)))
    assert found is not None
    return found


def told(parts: Mapping[str, float] = PARTS, **more: Any) -> str:
    """Return what is said of one change."""
    return " ".join(each.text() for part in section(change(parts, **more)).paragraphs for each in part)


def figures(found: Section) -> dict[str, Figure]:
    """Return the figures of a section by key."""
    return {each.key: each for each in found.exhibits if isinstance(each, Figure)}


def test_a_change_is_told_with_the_parts_that_make_it_up_the_largest_first() -> None:
    text = told()
    assert text.startswith(
        "From ‘Era 1, 1990–1999’ to ‘Era 3, 2010–2020’, Pact members came to vote more alike in general, by "
        "0.20 (0.19 to 0.21): 0.05 (0.04 to 0.06) lies in members that joined, 0.03 (0.02 to 0.04) in a "
        "different mix of what came to a vote, 0.02 (0.01 to 0.03) in members’ own votes on texts that came "
        "back unchanged and 0.10 (0.09 to 0.11) in other texts, where the agenda and members’ own votes "
        "cannot be told apart."
    )


def test_a_fall_is_told_by_its_size_and_names_what_works_against_it() -> None:
    text = told({**PARTS, "agenda or own votes": -0.2, "own votes": -0.02})
    assert "came to vote less alike in general, by 0.14 (0.13 to 0.15): 0.02 (0.01 to 0.03) lies in" in text
    assert "; 0.05 (0.04 to 0.06) from members that joined and 0.03 (0.02 to 0.04) from a different" in text
    assert "what came to a vote work against it." in text


def test_an_interval_that_includes_zero_is_said_to_and_parts_may_offset_one_another() -> None:
    offset = told({**PARTS, "agenda": -0.05, "own votes": 0.0, "agenda or own votes": 0.0})
    assert "Whether Pact members came to vote more or less alike in general from" in offset
    assert "is open: the interval includes zero (0.00; 0.00 to 0.00); its parts offset one another" in offset
    assert (
        "with 0.05 (0.04 to 0.06) gained from members that joined and 0.05 (0.04 to 0.06) lost to" in offset
    )
    wide = told(half=0.3)
    assert "the interval includes zero (0.20; −0.10 to 0.50), and no part of it is clear by itself." in wide
    half_clear = pd.concat([change(half=0.3).query("part != 'joining'"), change().query("part == 'joining'")])
    one = " ".join(each.text() for part in section(half_clear).paragraphs for each in part)
    assert "; clear by itself is only 0.05 (0.04 to 0.06) gained from members that joined." in one


def test_without_texts_that_recur_agenda_and_own_votes_are_said_not_to_be_told_apart() -> None:
    text = told(texts=0)
    assert (
        "No text is known to have come back unchanged for Pact members in general, so that the agenda" in text
    )
    assert "at the pace" not in text and "own votes on texts" not in text


def test_the_pace_of_unchanged_texts_says_what_own_votes_would_make_for() -> None:
    step = told(windows=("second", "third"))
    assert "from one session to the next (60 pairs of votes), members’ own votes would make for 0.04" in step
    assert "0.04 (0.03 to 0.05) among Pact members in general." in step
    assert "(at least 60 pairs of votes)" in told()


def test_of_many_changes_only_those_are_told_that_the_pace_makes_clear() -> None:
    issues = ("all", "rivers", "fish")

    def last(**pace: float) -> str:
        frames = [
            change(bloc=bloc, issue=issue, windows=("second", "third"), pace=pace.get(f"{bloc}_{issue}", 0.0))
            for bloc in ("PACT", "LEAGUE")
            for issue in issues
        ]
        whole = (change(bloc=bloc) for bloc in ("PACT", "LEAGUE"))
        return section(*frames, *whole).paragraphs[-1][0].text()

    assert last().endswith("none of these changes would be clear.")
    one = last(LEAGUE_fish=-0.03)
    assert "would make for −0.03 (−0.04 to −0.02) among League members on Fish; of the other changes" in one


def test_the_widest_stretch_is_told_in_general_and_the_last_step_by_issue() -> None:
    steady = change({"agenda": 0.004}, issue="rivers", windows=("second", "third"))
    found = section(bloc_changes(), bloc_changes(issue="fish"), bloc_changes("LEAGUE"), steady)
    panels = {key: [panel.title for panel in figure.panels] for key, figure in figures(found).items()}
    assert panels == {
        "changes_overall": ["Pact: All votes", "League: All votes"],
        "changes_latest": ["Pact: All votes", "Pact: Fish", "League: All votes"],
    }
    _, pact, league, rest = found.paragraphs
    assert pact[1].text().startswith("Pact members came to vote more alike on Fish, by 0.20")
    assert "where the agenda" in pact[0].text() and "where the agenda" not in pact[1].text()
    assert league[0].text().startswith("From ‘Era 2, 2000–2009’ to ‘Era 3, 2010–2020’, League members")
    assert rest[-1].text() == "No clear change since the window before: Pact members on Rivers."


def test_bars_lead_from_before_to_after_and_leave_out_who_did_not_come_or_go() -> None:
    world = material(bloc_changes=change({**PARTS, "agenda": -0.03}))
    frame = steps(accounts_of(world, "PACT", "all")[0])
    assert frame["kind"].tolist() == ["level", "up", "down", "up", "open", "level"]
    assert frame["start"].iloc[2:].tolist()[:-1] == frame["end"].iloc[1:-2].tolist()
    assert frame["end"].iloc[-2] == pytest.approx(frame["end"].iloc[-1])
    assert frame["shown"].tolist() == ["0.60", "+0.05", "−0.03", "+0.02", "+0.10", "0.74"]


def test_the_charts_keep_to_the_schema_and_share_one_axis() -> None:
    found = figures(section(bloc_changes(), bloc_changes("LEAGUE")))
    schema = jsonschema.Draft7Validator(alt.load_schema())
    axes = set()
    for panel in found["changes_overall"].panels:
        schema.validate(dict(panel.spec))
        axes.add(tuple(panel.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]))
    assert len(axes) == 1


def test_the_file_holds_every_change_and_the_page_those_that_are_drawn(tmp_path: Any) -> None:
    frame = bloc_changes()
    brief = write(tmp_path / "out", bloc_changes=frame)
    page = brief.page.read_text(encoding="utf-8")
    assert '<section id="changes"' in page
    saved = pd.read_csv(brief.page.parent / "numbers" / "changes_overall.csv")
    assert len(saved) == len(frame)
    table = figures(section(frame))["changes_overall"].table
    assert set(zip(table.shown["window"], table.shown["next_window"], strict=True)) == {("first", "third")}
    assert table.shown["part"].tolist() == list(IN_ORDER)
    latest = pd.read_csv(brief.page.parent / "numbers" / "changes_latest.csv")
    assert len(latest) == len(IN_ORDER)


def test_without_changes_there_is_no_section() -> None:
    assert changes(material(bloc_changes=empty())) is None
    assert "changes" not in [each.key for each in compose(material(bloc_changes=empty())).sections]


def test_the_invented_changes_have_the_columns_of_the_real_ones() -> None:
    assert list(change()) == [*empty().columns] == [*BLOC_CHANGES, "basis"]
    assert set(change()["measure"]) == {MEASURE}
