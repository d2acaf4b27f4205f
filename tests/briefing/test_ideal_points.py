"""The section on ideal points: sentences turn with the estimates, figures come with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.briefing.composing import compose
from detente.briefing.exhibits import Figure, Section, Table
from detente.briefing.sections.ideal_points import ideal_points
from detente.measurement.shipped import SHIPPED
from tests.briefing import ruritania_measures as invented
from tests.briefing import ruritania_points as placed
from tests.briefing.ruritania import case_of, material


def section(**changes: Any) -> Section:
    """Return the section on the invented world."""
    found = ideal_points(material(**changes))
    assert found is not None
    return found


def told(**changes: Any) -> str:
    """Return the text of the section."""
    return " ".join(each.text() for part in section(**changes).paragraphs for each in part)


def drawn(found: Section) -> dict[str, Figure | Table]:
    """Return figures and tables by key."""
    return {each.key: each for each in found.exhibits if isinstance(each, (Figure, Table))}


def test_blocs_ally_and_rival_are_placed_with_their_intervals() -> None:
    text = told()
    assert "Pact members stood on average at 1.00 (0.90 to 1.10) in 2020" in text
    assert "Aldovia at 2.00 (1.90 to 2.10) and Ruritania at −1.00 (−1.10 to −0.90)" in text


def test_the_rival_stands_below_above_or_not_apart_from_the_bloc() -> None:
    assert "Ruritania stood clearly below it" in told()
    assert "Ruritania stood clearly above it" in told(bloc_paths=placed.bloc_paths(rival=3.0))
    assert "Ruritania stood not clearly apart from it" in told(bloc_paths=placed.bloc_paths(rival=1.1))


def test_paths_go_up_or_down_or_do_not_clearly_move() -> None:
    assert "Pact members moved clearly up (in 1990: 0.50; 0.40 to 0.60)" in told()
    assert "Pact members moved clearly down" in told(bloc_paths=placed.bloc_paths(moved=-0.5))
    assert "Pact members did not clearly move" in told(bloc_paths=placed.bloc_paths(moved=0.1))


def test_the_distance_has_grown_shrunk_or_not_clearly_changed_whichever_side_is_higher() -> None:
    for sign in (-1, 1):
        grown, shrunk, alike = (
            told(distances=placed.distances(sign * start, sign * end))
            for start, end in ((0.5, 1.5), (1.5, 0.5), (1.0, 1.1))
        )
        assert "has grown: 1.50 (1.40 to 1.60) in 2020, against 0.50 (0.40 to 0.60) in 1990" in grown
        assert "has shrunk: 0.50" in shrunk
        assert "has not clearly changed" in alike


def test_a_distance_whose_interval_holds_zero_begins_at_zero() -> None:
    assert "0.05 (0.00 to 0.15) in 2020" in told(distances=placed.distances(1.0, -0.05))


def test_the_widest_year_is_named_where_it_is_clearly_wider_than_first_and_last() -> None:
    frame = placed.distances()
    frame.loc[frame["year"] == 2003, ["value", "low", "high"]] = [-2.4, -2.5, -2.3]
    assert "widest in 2003, at 2.40" in told(distances=frame)
    assert "widest" not in told()
    frame.loc[frame["year"] == 2003, ["value", "low", "high"]] = [-1.55, -1.65, -1.45]
    assert "widest" not in told(distances=frame)


def test_members_stand_closer_together_further_apart_or_neither() -> None:
    assert "Pact members stand clearly closer together than in 1990" in told()
    wider = told(bloc_paths=placed.bloc_paths(spread=0.8))
    assert "stand clearly further apart among themselves than in 1990" in wider
    assert "neither clearly closer together nor further apart" in told(
        bloc_paths=placed.bloc_paths(spread=0.48)
    )


def test_shifts_are_told_with_year_direction_and_how_likely_they_are() -> None:
    assert "Ruritania fell by 0.60 (0.40 to 0.80) about 2004 (almost certainly)" in told()
    rose = placed.change_points(0.6, shift=0.6)
    assert "Ruritania rose by 0.60 (0.40 to 0.80) about 2004 (more likely than not)" in told(
        change_points=rose
    )
    unsure = placed.change_points(0.85, half=0.9)
    assert "Ruritania fell, though not clearly, by 0.60 (−0.30 to 1.50) about 2004 (very likely)" in told(
        change_points=unsure
    )
    assert "No year stands out" in told(change_points=placed.change_points(0.3))
    assert "stand out" not in told(change_points=placed.change_points().iloc[:0])


def test_the_member_nearest_to_the_rival_is_named_clearly_or_not() -> None:
    assert "Jotunland (−0.20; −0.30 to −0.10) stood nearest to Ruritania" in told()
    assert "in 2020, clearly nearer than Illyria" in told()
    wide = told(ideal_points=placed.ideal_points(half=0.6))
    assert "though not clearly nearer than Illyria" in wide
    assert "not clearly apart from Ruritania itself" in wide
    assert "itself" not in told()
    above = told(ideal_points=placed.ideal_points(rival=2.0))
    assert "Aldovia (1.50; 1.40 to 1.60) stood nearest to Ruritania" in above


def test_general_alignment_is_set_apart_from_stance_and_both_are_compared() -> None:
    assert "General alignment is not stance on the rival" in told()
    assert "this time both point to the same member" in told()
    assert "on stance, the lowest is Illyria" in told(stance=invented.stance("III"))


def test_a_published_series_is_told_by_its_median_and_least_alike_year() -> None:
    text = told()
    assert (
        "the published series (all votes) at 0.98 in the median year and 0.90 in the least alike (1990)"
        in text
    )
    assert "0.55 in the least alike" in told(published=placed.published(0.55))
    assert "published series" not in told(published=placed.published().iloc[:0])


def test_figures_appear_only_with_their_evidence() -> None:
    assert set(drawn(section())) == {
        "ideal_paths", "ideal_sides", "ideal_spread", "ideal_changes", "ideal_members", "ideal_published",
    }  # fmt: skip
    without = {
        "distances": placed.distances().iloc[:0],
        "change_points": placed.change_points().iloc[:0],
        "published": placed.published().iloc[:0],
        "ideal_points": placed.ideal_points().iloc[:0],
    }
    assert set(drawn(section(**without))) == {"ideal_paths", "ideal_spread"}
    empty: dict[str, Any] = {name: frame.iloc[:0] for name, frame in placed.points().items()}
    assert "ideal_points" not in [part.key for part in compose(material(**empty)).sections]


def test_a_published_series_never_shares_a_figure_with_ours() -> None:
    published = drawn(section())["ideal_published"]
    assert isinstance(published, Figure)
    values = [row["value"] for rows in published.panels[0].spec["datasets"].values() for row in rows]
    assert sorted(set(values)) == [0.9, 0.98]
    assert len(values) == len(placed.published()) - 1


@pytest.mark.parametrize("start", [-0.5, 0.5])
def test_distances_are_drawn_from_the_higher_side_to_the_lower(start: float) -> None:
    figure = drawn(section(distances=placed.distances(start, 3 * start)))["ideal_sides"]
    assert isinstance(figure, Figure)
    frame = figure.table.frame
    assert (frame["value"] > 0).all()
    assert (frame["low"] < frame["value"]).all()
    assert (frame["value"] < frame["high"]).all()


def test_tables_hold_no_more_rows_than_are_drawn() -> None:
    for each in section().exhibits:
        if isinstance(each, Figure):
            sizes = [len(rows) for rows in each.panels[0].spec["datasets"].values()]
            assert 0 < len(each.table.shown) <= max(sizes), each.key


def test_members_are_those_of_the_bloc_in_its_last_session_beside_the_rival() -> None:
    figure = drawn(section())["ideal_members"]
    assert isinstance(figure, Figure)
    assert list(figure.table.frame["actor"])[-1] == "JJJ"
    assert set(figure.table.frame["year"]) == {2020}
    assert "RRR" not in set(figure.table.frame["actor"])
    assert "shaded band is the interval of Ruritania" in figure.shows
    alone = placed.ideal_points()
    other = drawn(section(ideal_points=alone[alone["actor"] != "RRR"]))["ideal_members"]
    assert isinstance(other, Figure)
    assert "shaded" not in other.shows


def test_the_notes_say_what_the_estimates_rest_on_and_how_the_scale_is_fixed() -> None:
    assert "AAA positive; scale: mean 0 and variance 1" in section().notes[0]
    assert section().notes[0].startswith("Places come from roll calls in the evidence.")
    shipped = section(bloc_paths=placed.bloc_paths().assign(basis=SHIPPED))
    assert shipped.notes[0].startswith("Places come from estimates shipped with detente.")


def test_the_case_gives_title_reason_note_and_the_issue_that_counts() -> None:
    asked = {
        "positive": "AAA",
        "issue": "fish",
        "title": "Fish",
        "reason": "Fish matter.",
        "note": "Mind the gap.",
    }
    own = ideal_points(material(case_of(ideal_points=asked)))
    plain = ideal_points(material(case_of(ideal_points={"positive": "AAA"})))
    assert own is not None
    assert plain is not None
    assert own.title == "Fish"
    assert plain.title == section().title == "Where they stand in general, and where they are going"
    assert own.notes[-1] == "Fish matter. Mind the gap."
    assert own.paragraphs[0][0].text().startswith("On one scale for votes on ‘Fish’, Pact members")
    assert plain.paragraphs[0][0].text().startswith("On one scale for votes of every kind, Pact members")
    assert "Aldovia positive; scale" in plain.notes[0]


def test_a_bloc_of_one_has_no_spread_and_breaks_nothing() -> None:
    alone = placed.bloc_paths().assign(spread=np.nan, spread_low=np.nan, spread_high=np.nan)
    assert "closer together" not in told(bloc_paths=alone)
    assert "ideal_spread" not in drawn(section(bloc_paths=alone))


def test_a_case_that_shows_other_series_than_its_blocs_still_gets_its_figure() -> None:
    shown = placed.bloc_paths()
    other = shown[shown["series"].isin(["AAA"])].assign(series="KKK", kind="actor")
    figure = drawn(section(bloc_paths=pd.concat([other])))["ideal_paths"]
    assert isinstance(figure, Figure)
    assert [each.name for each in figure.legend] == ["Kravonia"]
