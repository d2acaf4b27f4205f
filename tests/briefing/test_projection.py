"""Where a case is going, in the brief: sentences turn with the numbers, and say what cannot be told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd

from detente.briefing.answer import answer
from detente.briefing.exhibits import Figure, Section, Table
from detente.briefing.gaps import gaps
from detente.briefing.material import Material
from detente.briefing.sections import projection_sentences as say
from detente.briefing.sections.projection import paragraphs, projection
from detente.briefing.sections.projection_why import steps
from detente.simulation.projection.frames import framed
from tests.briefing import ruritania_prospects as invented
from tests.briefing.ruritania import material, write
from tests.briefing.ruritania_prospects import world


def text(given: Material) -> str:
    """Return what is told of the future as text."""
    assert given.prospects is not None
    told = paragraphs(given, given.prospects)
    return "\n".join(" ".join(each.text() for each in part) for part in told).replace("\u202f", "")


@cache
def usual() -> Section:
    """Return the section of the invented world as it is."""
    made = projection(world())
    assert made is not None
    return made


def exhibits() -> dict[str, Figure | Table]:
    """Return its figures and tables by key."""
    return {each.key: each for each in usual().exhibits if isinstance(each, Figure | Table)}


def test_the_invented_prospects_have_the_columns_of_the_real_ones() -> None:
    assert invented.columns_agree() == []


def test_a_case_without_a_projection_has_no_such_section() -> None:
    assert projection(material()) is None
    assert usual().title == "Where the Pact is going"


def test_the_answer_says_whether_the_main_bloc_grows_apart_on_its_first_item() -> None:
    def told(given: Material) -> str:
        return " ".join(each.text() for each in answer(given)).replace("\u202f", "")

    asked = invented.case().projection
    assert asked is not None
    usual, rows = told(world()), invented.cohesion()
    assert "By 2023 the spread among Pact members" in usual
    last = (rows["item"] == asked.items[0]) & (rows["time"] == rows["time"].max())
    ends = ("p5", "p25", "p50", "p75", "p95", "mean")
    wide = rows.assign(**{end: rows[end].where(~last, 9.0) for end in ends})
    assert "grows on" in told(world(cohesion=wide)) and "grows on" not in usual
    assert "By 2023" not in told(material())


def test_it_says_what_unity_means_here_and_what_is_estimated_of_it() -> None:
    told = text(world())
    assert "1000 futures run from 1 June 2021 to 1 June 2023 in half-years" in told
    assert "the standard deviation of their positions: the less, the closer they stand" in told
    assert "General alignment follows a law that was estimated from votes" in told
    only = invented.cohesion().query("item == 'tolls'").reset_index(drop=True)
    assert "no law could be estimated from votes" in text(world(cohesion=only))


def test_whether_unity_grows_hangs_on_the_interval() -> None:
    told = text(world())
    assert "By 2023 the spread among Pact members: whether it grows or shrinks cannot be told on" in told
    assert "‘Tolls on Ruritania’ (from 0.200 to 0.210; 0.180 to 0.240)" in told
    grown = text(world(cohesion=invented.cohesion(0.2, 0.3)))
    assert "the spread among Pact members grows on ‘Tolls on Ruritania’ (from 0.200 to 0.300" in grown
    assert "cannot be told on" not in grown
    closer = text(world(cohesion=invented.cohesion(0.3, 0.2)))
    assert "the spread among Pact members shrinks on" in closer
    assert "the other members" not in told


def test_the_chance_of_a_decision_rises_falls_or_cannot_be_told() -> None:
    told = text(world())
    assert (
        "‘The Pact keeps its tolls’ passes in 80% (77 to 83%) of futures in the half-year from 1 June" in told
    )
    assert "in 50% (47 to 53%) of futures in the half-year from 1 June 2023: its chance falls." in told
    assert "its chance rises." in text(world(decisions=invented.decisions(0.5, 0.8)))
    assert "whether its chance changes cannot be told." in text(
        world(decisions=invented.decisions(0.5, 0.52))
    )
    once = invented.decisions().head(1)
    assert "of futures in the half-year from 1 June 2021.\n" in text(world(decisions=once))


def test_who_may_cross_a_line_is_named_with_how_often_and_from_where() -> None:
    told = text(world())
    assert (
        "‘Stands nearer’: by 2023 it comes to that anew most often with Jotunland in 40% (38 to 42%)" in told
    )
    assert "of futures (10% from the start)." in told
    assert "Beyond it from the start, as they are placed here: Illyria." in told
    few = text(world(crossings=invented.crossings(0.01)))
    assert "‘Stands nearer’: by 2023 hardly any member comes to that anew in these futures." in few
    assert "Stands nearer’: by" not in text(world(crossings=framed("crossings")))


def test_a_scenario_says_what_changes_clearly_and_that_the_rest_cannot_be_told() -> None:
    told = text(world())
    assert (
        "Under ‘A drought’, ‘The Pact keeps its tolls’ passes more often, in 2023 in 60% of futures, a "
        "difference of 10.0 (9.0 to 11.0) points"
    ) in told
    assert "the spread among Pact members on ‘Tolls on Ruritania’ grows (0.020; 0.010 to 0.030)" in told
    assert "Jotunland comes more often to ‘Stands nearer’, a difference of 10.0 (9.0 to 11.0) points." in told
    nothing = (
        "no spread, decision or crossing changes clearly and by more than a trace; where the interval holds"
    )
    assert f"Under ‘A feast’, {nothing} zero, the direction cannot be told." in told
    less = text(world(differences=invented.differences(-0.02, -0.1)))
    assert "passes less often, in 2023 in 40% of futures, a difference of −10.0" in less
    assert "‘Tolls on Ruritania’ shrinks (−0.020; −0.030 to −0.010)" in less
    unsure = text(world(differences=invented.differences(0.02, 0.1, half=0.2)))
    assert f"Under ‘A drought’, {nothing}" in unsure


def test_what_moves_a_member_names_the_largest_clear_parts() -> None:
    told = text(world())
    assert "On average over futures, Jotunland moves by −0.150 on general alignment, by dependence " in told
    assert "(−0.200; −0.210 to −0.190) and the pull of blocs (0.050; 0.040 to 0.060)." in told
    assert "no part of it is clear" in text(world(why=invented.why(half=0.5)))
    bars = steps(invented.why())
    assert bars["name"].tolist() == ["today", "pull of blocs", "dependence", "at the end"]
    assert bars["end"].round(3).tolist() == [0.6, 0.65, 0.45, 0.45]
    assert bars["kind"].tolist() == ["level", "up", "down", "level"]
    assert "open" in set(steps(invented.why(half=0.1))["kind"])


def test_a_model_that_does_not_beat_the_random_walk_is_said_not_to() -> None:
    told = text(world())
    assert "forecasts made at the end of 2005 to 2018 (ballots)" in told
    assert "Forecasts of positions of actors were better than the random walk 1–2 years ahead" in told
    assert "(CRPS less the walk’s at 1: −0.020; −0.030 to −0.010)" in told
    assert "held what came in 81% of cases." in told
    assert "For positions the projection follows the model" in told
    worse = text(world(scores=invented.scores("worse", 0.02, 0.6), defaults=invented.defaults("random walk")))
    assert "were worse than the random walk 1–2 years ahead" in worse
    assert "held what came in 60% of cases: too few at some horizons, where bands are too narrow." in worse
    assert "For positions the projection follows the random walk, without the pull of blocs" in worse
    open_ = text(world(scores=invented.scores("cannot be told", 0.0)))
    assert "neither better nor worse than the random walk, as far as can be told 1–2 years ahead" in open_
    assert "Was the model right" not in text(world(scores=framed("scores")))


def test_small_changes_below_a_trace_are_not_told() -> None:
    tiny = invented.differences(0.001, 0.001, half=0.0001)
    assert "grows (" not in say.scenario_sentence("A drought", tiny, world().names).text()


def test_every_figure_keeps_to_the_schema_and_every_number_has_a_mark() -> None:
    schema, found = jsonschema.Draft7Validator(alt.load_schema()), exhibits()
    figures = [each for each in found.values() if isinstance(each, Figure)]
    assert [each.key for each in figures] == [
        "projection_cohesion", "projection_alignment", "projection_decisions", "projection_scenarios",
        "projection_why",
    ]  # fmt: skip
    for each in figures:
        for panel in each.panels:
            schema.validate(dict(panel.spec))
    tables = [each.table if isinstance(each, Figure) else each for each in found.values()]
    for table in tables:
        assert set(table.frame["mark"]) <= {"sourced", "estimated", "assumed"}, table.key


def test_fans_hold_the_figures_of_their_table() -> None:
    figure = exhibits()["projection_cohesion"]
    assert isinstance(figure, Figure)
    assert [panel.title for panel in figure.panels] == [
        "Pact: Tolls on Ruritania", "League: Tolls on Ruritania", "Pact: General alignment",
        "League: General alignment",
    ]  # fmt: skip
    (data,) = dict(figure.panels[0].spec)["datasets"].values()
    wanted = figure.table.frame.query("series == 'Pact' and item == 'tolls'")
    assert [row["p95"] for row in data] == wanted["p95"].round(3).tolist()
    assert set(figure.table.frame["series"]) == {"Pact", "League", "the other members"}


def test_what_could_not_be_said_is_among_the_gaps() -> None:
    told = [gap.what for gap in gaps(world())]
    assert "Scenarios: A feast (was written for another)." in told


def test_a_brief_with_a_future_is_written_with_its_tables(tmp_path: Path) -> None:
    brief = write(tmp_path / "brief", case=invented.case(), prospects=invented.prospects())
    page = brief.page.read_text(encoding="utf-8")
    assert '<section id="projection"' in page
    assert "1,000 futures, seed 0, digest abababababababab" in page
    names = {path.name for path in brief.tables}
    assert {"projection_cohesion.csv", "projection_events.csv", "projection_scores.csv"} <= names
    ledger = pd.read_csv(tmp_path / "brief" / "numbers" / "numbers.csv")
    held = ledger[ledger["section"] == "projection"]
    assert set(held["mark"]) == {"assumed", "estimated", "sourced"}
    assert held[held["mark"] == "estimated"]["low"].notna().all()
