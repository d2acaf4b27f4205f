"""The event study of a case: its section, its tables, and what is said where the evidence lacks something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases import load_case
from detente.cases.references import broken
from detente.commands.events_study import study
from detente.commands.showing import Output
from detente.errors import CaseError, MeasurementError
from detente.evidence import open_evidence, pull
from detente.measurement.blocs import memberships
from detente.measurement.checks import preflight
from detente.measurement.events.frames import FRAMES
from detente.measurement.events.in_case import EventTables, measure_events, study_case
from detente.measurement.events.study import THAW, UNTOLD
from detente.measurement.unity import Setting
from tests.measurement.small_evidence import SmallEvidence, make_case

YEARS = range(2008, 2015)
DYADS = {"main": {"sides": ["USA", "RUS"]}}


def evidence(effect: float = 0.6, *, seed: int = 4) -> SmallEvidence:
    """Return years of weekly events between two states that are friendlier after each meeting."""
    rng = np.random.default_rng(seed)
    held = SmallEvidence().members("NATO", "USA", "CAN")
    meetings = [pd.Timestamp(year, 2, 10) for year in YEARS]
    facts = [{"topic": "meetings", "date": day, "key": "held", "value": f"{day:%Y}"} for day in meetings]
    held.put("facts", *facts)
    rows = []
    for week in pd.date_range("2007-06-04", "2014-12-22", freq="W-MON"):
        after = any(0 < (week - day).days <= 56 for day in meetings)
        good = rng.binomial(6, (1.1 + effect * after) / 2)
        rows += [(week, "USA", "RUS", "010", 1.0)] * good + [(week, "RUS", "USA", "112", -2.0)] * (6 - good)
    names = ("date", "actor", "target", "code", "goldstein")
    held.query(
        f"INSERT INTO events ({', '.join(names)}, source, origin) "
        f"SELECT {', '.join(f'unnest(${name})' for name in names)}, 'events', 'pulled'",
        {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)},
    )
    return held


@pytest.fixture(scope="module")
def friendlier() -> SmallEvidence:
    return evidence()


def tables(held: SmallEvidence, **section: Any) -> EventTables:
    """Return the event study of a small case on this evidence."""
    case = make_case(event_study={"occasions": "meetings", "dyads": DYADS, **section})
    spells = {bloc: memberships(case, bloc, evidence=held) for bloc in case.blocs}
    return measure_events(Setting(case, spells, (), 100, 0), held, lambda _step: None)


def findings(held: SmallEvidence, **section: Any) -> dict[str, str]:
    """Return what the preflight says of the section: by place, what it is."""
    case = make_case(event_study={"occasions": "meetings", "dyads": DYADS, **section})
    found = preflight(case, held)
    return {each.where: f"{each.what}; {each.hint}" for each in found if "event_study" in each.where}


def test_a_thaw_that_was_put_in_is_found_in_the_tables(friendlier: SmallEvidence) -> None:
    found = tables(friendlier)
    assert {name: list(frame) for name, frame in found.tables.items()} == dict(FRAMES)
    row = found.tables["event_study"].iloc[0]
    assert (row["verdict"], row["mark"], row["source"]) == (THAW, "estimated", "events, test")
    assert row["title"] == "United States and Russia"
    assert (row["occasions"], row["of"]) == (7, 7)
    assert row["low"] < 0.6 < row["high"]
    assert found.missing == ()


def test_goldstein_scores_and_months_can_be_asked_for(friendlier: SmallEvidence) -> None:
    dyads = {"out": {"sides": ["USA", "RUS"], "title": "Out"}}
    found = tables(friendlier, measure="goldstein", per="month", window=2, dyads=dyads).tables
    assert found["event_series"]["value"].between(-2.0, 1.0).all()
    assert found["event_series"]["period"].dt.day.eq(1).all()
    assert set(found["event_series"]["unit"]) == {"Goldstein score"}
    assert found["event_study"]["title"].tolist() == ["Out"]
    assert found["event_study"]["value"].iloc[0] > 0.3


def test_a_bloc_stands_for_its_members_and_a_dyad_without_events_is_named(friendlier: SmallEvidence) -> None:
    dyads = {"bloc": {"sides": ["NATO", "RUS"]}, **DYADS, "silent": {"sides": ["FRA", "RUS"]}}
    found = tables(friendlier, dyads=dyads)
    study = found.tables["event_study"]
    assert study["value"].tolist()[0] == study["value"].tolist()[1]
    assert study["tests"].tolist() == [2, 2, 2]
    assert study["verdict"].tolist() == [THAW, THAW, UNTOLD]
    assert [row.what for row in found.missing] == ["France and Russia"]
    assert "France and Russia" in findings(friendlier, dyads=dyads)["event_study.dyads.silent"]


@pytest.mark.parametrize(
    ("section", "where", "said"),
    [
        ({"occasions": "meeting"}, "event_study.occasions", "did you mean 'meetings'?"),
        ({"source": "event"}, "event_study.source", "did you mean 'events'?"),
        ({"since": "2014-11-01"}, "event_study.source", "are fewer than the windows of one occasion"),
        ({"since": "1990-01-01", "until": "1991-01-01"}, "event_study.source", "2007-06-04 to 2014-12-22"),
        ({"until": "2010-12-31"}, "event_study.occasions", "4 of 7 occasions lie outside"),
        ({"dyads": {"main": {"sides": ["USA", "RUX"]}}}, "event_study.dyads.main", "RUX"),
    ],
)
def test_what_the_evidence_lacks_is_said_before_anything_is_measured(
    friendlier: SmallEvidence, section: dict[str, Any], where: str, said: str
) -> None:
    assert said in findings(friendlier, **section)[where]


def test_without_events_or_occasions_there_is_no_table_and_both_reasons_are_given() -> None:
    found = tables(SmallEvidence())
    assert found.tables == {}
    assert [row.what for row in found.missing] == ["occasions", "all dyads"]
    assert "detente data pull events" in found.missing[1].hint


def test_events_that_came_counted_are_studied_by_the_periods_they_have() -> None:
    held = evidence()
    counted = (
        "INSERT INTO event_counts (actor, target, date, period, events, verbal_cooperation, source, origin) "
        "SELECT actor, target, date, 'week', 1, 1, 'own', 'import' FROM events"
    )
    held.query(counted)
    found = tables(held, source="own").tables["event_study"]
    assert found["events"].tolist() == [len(held.query("SELECT 1 FROM events"))]
    by_month = tables(held, source="own", per="month")
    assert "came counted by week, and not by month" in by_month.missing[0].why


def test_a_period_without_data_gives_a_reason_and_no_table(friendlier: SmallEvidence) -> None:
    found = tables(friendlier, since="1990-01-01", until="1991-01-01")
    assert found.tables == {}
    assert "fewer than the windows of one occasion" in found.missing[0].why


def test_a_case_that_asks_for_no_study_has_none() -> None:
    assert measure_events(Setting(make_case(), {}, (), 100, 0), SmallEvidence(), print) == EventTables()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"dyads": {"x": {"sides": ["Nato", "RUS"]}}, "occasions": "a"}, "'Nato' is not declared"),
        ({"dyads": {"x": {"sides": ["RUS", "RUS"]}}, "occasions": "a"}, "side named twice"),
        ({"dyads": {"x": {"sides": ["USA", "RUS"]}}}, "no occasion is named"),
        ({"dyads": DYADS, "occasions": "a", "matters": 0.5}, "is an assumption"),
        ({"dyads": DYADS, "dates": ["2014-01-01"]}, "is an assumption"),
        ({"dyads": DYADS, "occasions": "a", "since": "2030-01-01"}, "begins after the day"),
        ({"dyads": DYADS, "occasions": "a", "window": 0}, "window"),
    ],
)
def test_a_section_that_is_wrong_is_refused_with_its_reason(
    tmp_path: Path, section: dict[str, Any], said: str
) -> None:
    case = json.loads(make_case().model_dump_json(exclude_none=True)) | {"event_study": section}
    path = tmp_path / "own.yaml"
    path.write_text(json.dumps(case), encoding="utf-8")
    with pytest.raises(CaseError, match=said):
        load_case(path)


def test_the_forums_occasions_are_those_of_the_study_unless_it_names_its_own() -> None:
    forum = {"name": "Meeting", "occasions": "meetings"}
    assert list(broken({"event_study": {"dyads": DYADS}, "forum": forum})) == []
    case = make_case(event_study={"dyads": DYADS}, forum=forum)
    held = SmallEvidence()
    spells = {"NATO": memberships(case, "NATO", evidence=held)}
    found = measure_events(Setting(case, spells, (), 100, 0), held, lambda _step: None)
    assert "'meetings'" in found.missing[0].why


@pytest.mark.mirror
def test_the_flagship_case_says_of_a_thin_sample_that_it_cannot_tell(mirror: Path, cache: Path) -> None:
    pull(["events"], mirror=mirror, folder=cache)
    case = load_case("atlantic")
    with open_evidence(cache / "evidence.duckdb") as held:
        spells = {bloc: memberships(case, bloc, evidence=held) for bloc in case.blocs}
        found = measure_events(Setting(case, spells, (), 100, 0), held, lambda _step: None)
    table = found.tables["event_study"]
    assert set(table["verdict"]) == {UNTOLD}
    assert table.set_index("dyad")["events"].to_dict()["us_russia"] < 100
    assert (table["of"] == 22).all()
    assert (table["occasions"] <= 11).all()
    assert (table["least"].dropna() > 0.5).all()


def test_the_command_shows_verdicts_and_writes_every_table(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    friendlier: SmallEvidence,
) -> None:  # fmt: skip
    case = make_case(event_study={"occasions": "meetings", "dyads": DYADS})
    path = tmp_path / "own.yaml"
    path.write_text(case.model_dump_json(exclude_none=True), encoding="utf-8")
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: friendlier)
    assert study(str(path), output=tmp_path / "out") == 0
    shown = capsys.readouterr().out
    assert "United States and Russia" in shown
    assert "thaw" in shown
    assert {each.stem for each in (tmp_path / "out").iterdir()} == set(FRAMES)


def test_the_command_says_what_is_missing_and_that_there_is_something_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        make_case(event_study={"occasions": "meetings", "dyads": DYADS}).model_dump_json(exclude_none=True),
        encoding="utf-8",
    )
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: SmallEvidence())
    assert study(str(path)) == 1
    assert "detente data pull events" in capsys.readouterr().out
    assert study(str(path), show=Output(json=True)) == 1
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert [each["what"] for each in missing] == ["occasions", "all dyads"]


def test_a_case_without_the_section_is_told_how_to_ask() -> None:
    with pytest.raises(MeasurementError, match="add `event_study:"):
        study_case(make_case(), SmallEvidence())
