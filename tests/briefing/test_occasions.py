"""The section on what changed around occasions: each verdict has its sentence, none stands for another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd

from detente.briefing.exhibits import Figure, Section, Table
from detente.briefing.prose import Cited
from detente.briefing.sections.occasions import occasions, paragraphs, title_of
from detente.briefing.sections.occasions_figures import monthly, passed
from detente.measurement.events.frames import FRAMES
from tests.briefing.ruritania import case_of, material, write

DYADS = {
    "main": {"sides": ["AAA", "RRR"]},
    "pact": {"sides": ["PACT", "RRR"]},
    "out": {"sides": ["AAA", "BBB"], "directed": True},
}
DATES = pd.to_datetime(["2018-02-01", "2019-02-01", "2020-02-01", "2030-02-01"])


def case(**section: Any) -> Any:
    """Return the invented case with an event study."""
    asked = {"dyads": DYADS, "matters": 0.5, "reason": "invented", **section}
    return case_of(event_study=asked, as_of=date(2021, 6, 1))


def verdict_on(dyad: str, verdict: str, **more: Any) -> dict[str, Any]:
    """Return a row of the table of verdicts."""
    return {
        "title": dyad.capitalize(), "dyad": dyad, "events": 900, "known": 200, "periods": 208, "occasions": 3,
        "of": 4, "placebos": 8, "before": 0.1, "after": 0.5, "change": 0.4, "usual": 0.1, "value": 0.3,
        "low": 0.2, "high": 0.4, "p_value": 0.004, "p_holm": 0.012, "p_bh": 0.008, "tests": 3, "choices": 165,
        "exact": True, "least_rise": 0.25, "least_fall": 0.24, "least": 0.25, "least_low": 0.24,
        "least_high": 0.26, "verdict": verdict, "why": "", "unit": "net cooperation", "mark": "estimated",
        "source": "chronicle", **more,
    }  # fmt: skip


FALL = {"value": -0.3, "low": -0.4, "high": -0.2}
THIN = {"low": None, "high": None, "least": None, "least_low": None, "least_high": None, "events": 7}


def tables(*rows: dict[str, Any], shifts: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """Return the measures of an event study with these verdicts."""
    dates, series = [], []
    for row in rows:
        named = {"dyad": row["dyad"], "title": row["title"], "mark": "estimated", "source": "chronicle"}
        for place, day in enumerate(DATES):
            outside = "its windows reach beyond the data" if day.year == 2030 else ""
            after = 0.1 + (0.2 if place else -0.4)
            dates.append(
                named | {"date": day, "kind": "occasion", "before": 0.1, "after": after, "weight": 4.0,
                         "change": after - 0.1, "known_before": 8, "known_after": 8, "used": not outside,
                         "why": outside}
            )  # fmt: skip
        dates.append(
            named | {"date": pd.Timestamp("2018-09-01"), "kind": "placebo", "before": 0.2, "after": 0.2,
                     "change": 0.0, "weight": 4.0, "known_before": 8, "known_after": 8, "used": True,
                     "why": ""}
        )  # fmt: skip
        weeks = pd.date_range("2017-01-02", "2020-12-28", freq="W-MON")
        values = {"period": weeks, "value": 0.2, "events": 4, "pairs": 1, "unit": row["unit"]}
        series.append(pd.DataFrame(named | values))
    held = {
        "event_study": pd.DataFrame(rows),
        "event_dates": pd.DataFrame(dates),
        "event_series": pd.concat(series),
        "event_shifts": pd.DataFrame(list(shifts), columns=FRAMES["event_shifts"]),
    }
    return {name: frame[FRAMES[name]].reset_index(drop=True) for name, frame in held.items()}


def section(*rows: dict[str, Any], asked: Any = None, **more: Any) -> Section:
    """Return the section on these verdicts."""
    found = occasions(material(asked or case(), **tables(*rows, **more)))
    assert found is not None
    return found


def told(*rows: dict[str, Any], asked: Any = None, **more: Any) -> str:
    """Return what the section says."""
    held = material(asked or case(), **tables(*rows, **more))
    assert held.case.event_study is not None
    return " ".join(each.text() for part in paragraphs(held, held.case.event_study) for each in part)


def test_what_the_events_cover_is_said_first() -> None:
    text = told(verdict_on("main", "thaw"))
    assert text.startswith(
        "Events coded from the news, from 2 January 2017 to 28 December 2020, cover 3 of 4 occasions on "
        "record. What passed in the 8 weeks after each is set against as many before, and that change "
        "against the change at dates on which nothing was on."
    )


def test_a_thaw_and_a_chill_are_told_with_size_interval_and_corrected_p() -> None:
    text = told(verdict_on("main", "thaw"), verdict_on("pact", "chill", **FALL))
    assert (
        "A thaw followed between Aldovia and Ruritania: net cooperation rose by 0.30 (0.20 to 0.40) more "
        "than at other dates (corrected p = 0.0120)." in text
    )
    assert "A chill followed between Pact and Ruritania: net cooperation fell by 0.30 (0.20 to 0.40)" in text
    assert "cannot be told" not in text
    assert "No change is seen" not in text


def test_the_correction_that_the_case_asks_for_is_the_one_told() -> None:
    assert "(corrected p = 0.00800)" in told(verdict_on("main", "thaw"), asked=case(correction="bh"))


def test_the_largest_change_is_told_first() -> None:
    text = told(verdict_on("main", "thaw"), verdict_on("pact", "chill", value=-0.6, low=-0.8, high=-0.4))
    assert text.index("A chill") < text.index("A thaw")


def test_none_seen_says_what_would_have_been_seen() -> None:
    text = told(verdict_on("main", "none seen"), verdict_on("out", "none seen", least=0.31))
    assert (
        "No change is seen between Aldovia and Ruritania (0.25) and from Aldovia towards Brontia (0.31); one "
        "as large as stated would have been, in four of five samples like this one." in text
    )
    assert "lack of events" not in text


def test_too_few_events_are_no_finding_that_nothing_changed() -> None:
    text = told(verdict_on("main", "cannot tell", **THIN))
    assert (
        "Too few events are known to tell whether anything changed between Aldovia and Ruritania (7)." in text
    )
    assert "That is a lack of events, and no finding that nothing changed." in text
    assert "No change is seen" not in text


def test_a_sample_that_is_too_coarse_says_how_coarse_and_what_would_matter() -> None:
    text = told(verdict_on("main", "cannot tell", least=0.9, least_low=0.8, least_high=1.0))
    assert (
        "It cannot be told whether anything changed between Aldovia and Ruritania (0.90): only a change as "
        "large as stated would have been seen, and 0.50 would matter." in text
    )
    both = told(verdict_on("main", "cannot tell", least=0.9), verdict_on("out", "cannot tell", **THIN))
    assert "Nor can it be told between Aldovia and Ruritania (0.90)" in both


def test_a_change_beyond_the_scale_is_not_offered_as_one_that_would_have_been_seen() -> None:
    text = told(verdict_on("main", "cannot tell", least=2.4, events=12))
    assert (
        "Too few events are known to tell whether anything changed between Aldovia and Ruritania (12)."
        in text
    )
    assert "2.4" not in text


def test_shifts_of_the_level_are_told_with_their_way_and_month() -> None:
    shift = {
        "dyad": "main", "title": "Main", "period": pd.Timestamp("2019-05-06"), "before": 0.4, "after": -0.2,
        "shift": -0.6, "p_value": 0.001, "unit": "net cooperation",
    }  # fmt: skip
    fell = told(verdict_on("main", "none seen"), shifts=(shift,))
    assert "Whatever the occasions, the level of net cooperation shifted: between Aldovia and " in fell
    assert "it fell in May 2019." in fell
    assert "it rose in May 2019" in told(verdict_on("main", "none seen"), shifts=(shift | {"shift": 0.6},))
    assert "shifted" not in told(verdict_on("main", "none seen"))


def test_every_number_carries_its_mark() -> None:
    found = section(
        verdict_on("main", "thaw"),
        verdict_on("pact", "none seen"),
        verdict_on("out", "cannot tell", least=0.9),
    )
    cited = [
        each for part in found.paragraphs for line in part for each in line.parts if isinstance(each, Cited)
    ]
    marks = {each.what.split(",")[0]: each.number.mark for each in cited}
    assert marks == {
        "occasions that the events cover": "sourced", "occasions on record": "sourced",
        "weeks after that are compared with those before": "assumed", "change around occasions": "estimated",
        "corrected p-value": "estimated", "least change that would have been seen": "estimated",
        "change that matters": "assumed",
    }  # fmt: skip


def test_the_title_is_the_cases_own_or_that_of_the_forum() -> None:
    for asked, title in (
        (case(), "Before and after the Spa Conference"),
        (case(title="Before and after Spa"), "Before and after Spa"),
    ):
        assert title_of(material(asked), asked.event_study) == title


def test_the_section_appears_only_where_events_are_at_hand() -> None:
    assert occasions(material(case())) is None
    assert occasions(material(**tables(verdict_on("main", "thaw")))) is None
    silent = tables(verdict_on("main", "cannot tell", **{**THIN, "events": 0}))
    assert occasions(material(case(), **silent)) is None


def test_figures_keep_to_the_schema_and_the_table_has_a_row_for_each_dyad() -> None:
    found = section(verdict_on("main", "thaw"), verdict_on("pact", "cannot tell", **THIN))
    figures = {each.key: each for each in found.exhibits if isinstance(each, Figure)}
    schema = alt.load_schema()
    for figure in figures.values():
        for panel in figure.panels:
            jsonschema.Draft7Validator(schema).validate(dict(panel.spec))
    assert [panel.title for panel in figures["occasions_timeline"].panels] == ["Main", "Pact"]
    table = next(each for each in found.exhibits if isinstance(each, Table))
    assert table.frame["covered"].tolist() == ["3 of 4", "3 of 4"]
    assert table.frame["verdict"].tolist() == ["thaw", "cannot tell"]


def test_without_an_interval_there_is_no_chart_of_changes() -> None:
    found = section(verdict_on("main", "cannot tell", **THIN))
    assert "occasions_changes" not in [getattr(each, "key", "") for each in found.exhibits]


def test_the_timeline_tells_higher_from_lower_and_occasions_from_other_dates() -> None:
    held = material(case(), **tables(verdict_on("main", "thaw")))
    spec = held.case.event_study
    assert spec is not None
    drawn = passed(held, spec, "main")
    assert drawn.turns["kind"].tolist() == ["lower after", "higher after", "higher after"]
    assert drawn.levels["kind"].tolist().count("other dates") == 2
    even = tables(verdict_on("main", "thaw"))
    even["event_dates"] = even["event_dates"].assign(change=0.0)
    assert set(passed(material(case(), **even), spec, "main").turns["kind"]) == {"as before"}
    assert drawn.occasions["label"].tolist() == ["Feb 2018", "Feb 2019", "Feb 2020"]


def test_a_month_is_the_mean_over_its_events() -> None:
    frame = pd.DataFrame(
        {"period": pd.to_datetime(["2020-01-06", "2020-01-13", "2020-03-02"]), "value": [1.0, -1.0, 0.5],
         "events": [3, 1, 2]}
    )  # fmt: skip
    assert monthly(frame).to_dict("records") == [
        {"date": "2020-01-01", "value": 0.5, "events": 4},
        {"date": "2020-03-01", "value": 0.5, "events": 2},
    ]


def test_a_brief_has_the_section_in_its_place_with_its_tables(tmp_path: Path) -> None:
    rows = [verdict_on("main", "thaw"), verdict_on("pact", "none seen")]
    brief = write(tmp_path, case=case(measure="goldstein"), **tables(*rows))
    names = {path.name for path in brief.tables}
    assert {"occasions_tests.csv", "occasions_dates.csv", "occasions_changes.csv"} <= names
    page = brief.page.read_text(encoding="utf-8")
    assert page.index("The forum: Spa Conference") < page.index("Before and after the Spa Conference")
    assert "Goldstein scores go from −10" in page
