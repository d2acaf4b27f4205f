"""What a brief is told of the future: tables, scenarios that do not fit, what is kept, sealed, checked."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from detente.cases import Case
from detente.cases.scenarios import patched
from detente.errors import SimulationError
from detente.measurement.findings import Finding
from detente.measurement.measures import Measures
from detente.simulation.checks import preflight
from detente.simulation.projection import foreseeing
from detente.simulation.projection.foreseeing import foresee
from detente.simulation.projection.frames import FRAMES
from detente.simulation.projection.prospects import Prospects, prospects
from detente.simulation.projection.sealing import forecasts, seal
from detente.simulation.projection.telling import calendar, sizes
from detente.simulation.record.chain import Entry
from detente.simulation.record.record import Record
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.simulation.projected import case_of, event, known, projected, with_scenarios
from tests.simulation.small_world import agenda, alike, decision, strength

LINE = {"title": "Wants little", "item": "line", "at": 0.2, "watch": "UNION"}
FALL = event("2016-01-10", shift={"line": {"BBB": -0.2}}, low=0.5, high=1.5, chance=0.5)
STRANGER = {"projection": {"events": {"far": event("2016-01-10", shift={"line": {"ZZZ": 0.1}})}}}


def written() -> Case:
    """Return a case with scenarios: one helps, one takes an event out, and one does not fit."""
    case = case_of(events={"fall": FALL}, lines={"low": LINE}, moves=strength(0.02, 0.01, 0.04))
    help_all = {"projection": {"events": {"help": event("2015-07-01", shift={"line": {"AAA": 0.4}})}}}
    calm = {"projection": {"events": {"fall": None}}}
    return with_scenarios(case, help=help_all, calm=calm, stranger=STRANGER)


@cache
def told() -> Prospects:
    """Return what is told of it."""
    return foresee(written(), known(), boards=None, seed=0, draws=200)


def test_every_table_has_the_columns_that_are_stated() -> None:
    for name, frame in told().tables().items():
        if name in FRAMES:
            assert list(frame.columns) == FRAMES[name], name


def test_rows_are_a_year_apart() -> None:
    assert told().cohesion["time"].dt.strftime("%Y-%m").unique().tolist() == ["2015-06", "2016-06", "2017-06"]
    assert told().decisions["step"].tolist() == [1, 2, 3, 4]


def test_a_scenario_that_does_not_fit_is_missing_and_the_others_are_told() -> None:
    assert told().scenarios["scenario"].tolist() == ["help", "calm"]
    held = told().missing[told().missing["part"] == "scenarios"]
    assert held["what"].tolist() == ["Stranger"]
    assert "ZZZ" in held["why"].iloc[0]
    other = case_of(events={"fall": FALL}).model_copy(update={"scenarios": written().scenarios})
    late = foresee(other, known(), boards=None, seed=0, draws=20)
    assert late.scenarios.empty
    assert late.differences.empty
    assert late.crossings.empty
    assert "was written for the baseline" in " ".join(late.missing["why"])


def test_a_scenario_is_the_same_whether_drawn_beside_its_baseline_or_alone() -> None:
    held = dict(zip(told().scenarios["scenario"], told().scenarios["digest"], strict=True))
    for key, digest in held.items():
        under = patched(written(), written().scenarios[key], name=key)
        assert projected(under, draws=200).digest == digest
    assert told().digest not in held.values()


def test_differences_lie_between_before_and_after() -> None:
    held = told().differences
    assert set(held["kind"]) == {"cohesion", "blocs", "decisions", "crossings"}
    gap = held["after"] - held["before"]
    assert ((gap - held["difference"]).abs() < 1e-4).all()
    helped = held[(held["scenario"] == "help") & (held["kind"] == "decisions")]
    assert (helped["low"] > 0).sum() >= 3
    assert (held["low"] <= held["high"]).all()


def test_the_members_explained_are_those_likeliest_to_cross_or_those_named() -> None:
    actors = told().why.query("kind == 'actor'")["name"].unique().tolist()
    assert actors[0] == "BBB"
    named = case_of(show=["DDD"])
    base = projected(named)
    assert foreseeing.shown_members(base, base.frame("crossings"), base.frame("positions")) == ["DDD"]
    parts = told().why.groupby(["name", "item"], sort=False).agg({"part": "sum", "change": "first"})
    assert ((parts["part"] - parts["change"]).abs() < 1e-3).all()


def test_the_calendar_says_what_scenarios_change() -> None:
    held = told().events
    assert held[["scenario", "event", "chance"]].values.tolist() == [
        ["", "fall", 0.5], ["calm", "fall", 0.0], ["help", "help", 1.0],
    ]  # fmt: skip
    assert held["what"].iloc[0] == "line: BBB -0.2"
    rules = event("2016-01-10", rules={"renewal": "unanimity"}, leave={"UNION": ["AAA"]}, news={"line": 0.1})
    words = calendar(case_of(events={"many": rules}), {})["what"].iloc[0]
    assert words == "AAA leaves UNION; line: news to all, by ±0.1; renewal: under the rule unanimity"


def test_every_assumed_size_is_listed_with_its_range() -> None:
    columns = ["part", "what", "value", "low", "high"]
    held = [tuple(row) for row in sizes(written())[columns].round(6).values.tolist()]
    assert ("projection", "moves", 0.02, 0.01, 0.04) in held
    assert ("projection.events.fall.shift.line", "BBB", -0.2, -0.3, -0.1) in held
    assert ("projection.events.fall", "chance", 0.5, 0.5, 0.5) in held


class Kept(SmallEvidence):
    """Evidence in the user's cache, on which results are kept."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


def test_prospects_are_kept_until_anything_changes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence: Any = Kept(cache / "evidence.duckdb")
    drawn: list[str] = []

    def get(case: Case, seed: int = 0) -> Prospects:
        return prospects(
            case, evidence, cast(Measures, known().measures), seed=seed, draws=20, report=drawn.append
        )

    first, again = get(written()), get(written())
    assert len(drawn) == 1
    for name, frame in first.tables().items():
        pd.testing.assert_frame_equal(frame, again.tables()[name], check_exact=True)
    assert again.digest.endswith("-0-20")
    get(written(), seed=1)
    get(case_of(events={"fall": FALL}))
    assert len(drawn) == 3
    monkeypatch.setattr("detente.measurement.kept.code_of", lambda room: "other code")
    get(written())
    assert len(drawn) == 4


def sealed(on: date, file: Path) -> Entry | None:
    """Seal what is told of the case on a day."""
    evidence: Any = SmallEvidence()
    return seal(written(), evidence, told(), on=on, record=file)


def test_what_is_said_is_sealed_once_a_day(tmp_path: Path) -> None:
    file, name = tmp_path / "record.jsonl", written().name
    one = sealed(date(2015, 6, 2), file)
    assert one is not None
    assert one == sealed(date(2015, 6, 2), file)
    held = {(each.key, each.due): each for each in one.forecasts}
    first = held[(f"{name}: renewal passes", date(2015, 12, 1))]
    assert first.chance == told().decisions["passes"].iloc[0]
    assert first.naive is not None and first.naive.chance == first.chance
    crossed = held[(f"{name}: BBB crosses low", date(2017, 6, 1))]
    assert crossed.naive is not None and crossed.naive.chance == 0.0
    assert (crossed.chance or 0.0) > 0.3
    spread = held[(f"{name}: spread of UNION on line", date(2016, 6, 1))]
    assert [level for level, _ in spread.quantiles] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert not any("AAA crosses" in key for key, _ in held)
    Record(file).verify()


def test_nothing_past_is_sealed(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    late = sealed(date(2016, 6, 1), file)
    assert late is not None
    assert min(each.due for each in late.forecasts) > date(2016, 6, 1)
    assert len(late.forecasts) < len(list(forecasts(written(), told())))
    assert sealed(date(2020, 1, 1), file) is None
    with pytest.raises(SimulationError, match="cannot be written"):
        sealed(date(2016, 6, 1), file / "beneath")


def found(case: Case) -> list[Finding]:
    return preflight(case, SmallEvidence())  # type: ignore[arg-type]  # a part of the evidence


def asked(**parts: Any) -> Case:
    """Return a case of states that detente knows, with a projection."""
    union = {"UNION": {"title": "Union", "members": ["DEU", "FRA"], "reason": "Invented."}}
    ahead = {"items": ["line"], "alignment": False, "moves": strength(0.0), "reason": "Invented.", "years": 2}
    return make_case(
        blocs=union, agenda=agenda(alike(0.5), beside=["RUS"]), projection={**ahead, **parts},
        decisions={"d": decision(dates=["2015-07-01"])},
    )  # fmt: skip


def test_what_is_wrong_with_a_projection_is_found_before_it_is_drawn() -> None:
    assert found(asked()) == []
    driver = {
        "title": "Fear", "kind": "threat", "wander": strength(0.0),
        "measure": {"title": "Fear", "by": "indicators", "name": "fear", "reason": "Invented."},
    }  # fmt: skip
    events = {
        "late": event("2019-01-01", shift={"line": {"DEU": 0.1}}),
        "strange": event("2016-01-01", shift={"line": {"ITA": 0.1}}, leave={"UNION": ["ESP"]}),
    }
    told = {
        (each.level, each.where): each.what for each in found(asked(events=events, drivers={"f": driver}))
    }
    assert "which ends on 2017-06-01" in told[("error", "projection.events.late.date")]
    assert told[("error", "projection.events.strange: ITA")] == "is not on the agenda"
    assert ("error", "projection.events.strange: ESP") in told
    assert ("warning", "projection.drivers.f") in told
    later = asked(alignment=True).model_copy(update={"decisions": {}})
    assert [(each.level, each.where) for each in found(later)] == [("warning", "projection.alignment")]


def test_scenarios_are_checked_against_the_case_as_it_is() -> None:
    strange = {"projection": {"events": {"far": event("2016-01-10", shift={"line": {"ITA": 0.1}})}}}
    case = with_scenarios(asked(), strange=strange, broken={"projection": {"years": 900}})
    where = [(each.level, each.where) for each in found(case)]
    assert ("error", "scenarios.strange: projection.events.far: ITA") in where
    assert any(place.startswith("scenarios.broken.patch") for _, place in where)
    moved = asked(years=3).model_copy(update={"scenarios": with_scenarios(asked(), old=strange).scenarios})
    assert [each.where for each in found(moved)] == ["scenarios.old.baseline"]
