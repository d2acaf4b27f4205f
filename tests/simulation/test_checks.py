"""What is found wrong with agenda, forum and decisions before anything is run, with what to type."""

from __future__ import annotations

from typing import Any

from detente.cases import Case
from detente.simulation.checks import preflight
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.simulation.small_world import agenda, alike, decision, exactly, item, meeting

INDICATOR = {"by": "indicators", "title": "Wealth", "reason": "Invented.", "name": "gdp_usd"}
PEOPLE = {"title": "Weighted", "passes": {"for": {"at_least": "65%", "of": "population"}}}


def asked(**parts: Any) -> Case:
    """Return a case of states that detente knows."""
    usual = {
        "blocs": {"UNION": {"title": "Union", "members": ["DEU", "FRA"], "reason": "Invented."}},
        "agenda": agenda(alike(0.5), beside=["RUS"]),
    }
    return make_case(**{**usual, **parts})


def found(case: Case, evidence: SmallEvidence | None = None) -> list[tuple[str, str, str, str]]:
    held = preflight(case, evidence or SmallEvidence())  # type: ignore[arg-type]  # a part of the evidence
    return [(each.level, each.where, each.what, each.hint) for each in held]


def test_a_sound_case_has_nothing_to_mend() -> None:
    sound = asked(
        decisions={"d": decision()},
        forum={"name": "Forum", "meetings": {"m": meeting(absent=["RUS"])}},
    )
    assert found(sound) == []
    assert found(make_case()) == []


def test_all_that_is_wrong_is_found_at_once_the_gravest_first() -> None:
    case = asked(
        agenda=agenda(
            {"by": "assumed", "otherwise": 0.5, "values": {"ITA": exactly(0.2)}, "reason": "Invented."},
            beside=["RSU"],
            capability={"by": "series", "measure": INDICATOR},
        ),
        forum={
            "name": "Forum",
            "occasions": "held",
            "meetings": {"m": meeting(absent=["DEU", "FRA", "RSU"])},
        },
        decisions={
            "unknown": decision("unanimty"),
            "weighted": decision(PEOPLE),
            "vetoed": decision({"title": "Veto", "passes": {"veto": ["USA"]}}),
            "past": decision(dates=["2014-01-01"]),
        },
    )
    evidence = SmallEvidence().put(
        "indicators", {"name": "population_total", "actor": "DEU", "date": "2014-01-01", "value": 1.0}
    )
    wanted = [
        ("error", "agenda.beside", "'RSU' is no actor that detente knows", "did you mean 'RUS'"),
        ("error", "forum.meetings.m.absent", "'RSU' is no actor that detente knows", "did you mean 'RUS'"),
        ("error", "decisions.unknown.rule", "no rule is called 'unanimty'", "did you mean 'unanimity'"),
        ("error", "decisions.vetoed", "rule: USA has a veto and no vote", "voters are DEU, FRA"),
        ("warning", "agenda.items.line.position.values", "ITA is not on the agenda", "`agenda.beside`"),
        ("warning", "agenda.capability", "the evidence has no indicator 'gdp_usd'", "detente data list"),
        ("warning", "forum.meetings.m", "nobody on the agenda attends", "`present`"),
        (
            "warning",
            "decisions.weighted.weights",
            "the evidence has no indicator 'population'",
            "did you mean",
        ),
        ("note", "forum.meetings.m.date", "the evidence has no facts of 'held' on this day", ""),
        ("note", "decisions.past.dates", "all of its days are past", "`every:`"),
    ]
    told = found(case, evidence)
    assert [each[:3] for each in told] == [each[:3] for each in wanted]
    assert all(hint in each[3] for each, (*_, hint) in zip(told, wanted, strict=True))


def test_a_series_is_checked_before_it_is_divided_by_its_largest() -> None:
    stated = {"name": "gdp_usd", "date": "2014-01-01", "unit": "USD"}
    case = asked(agenda=agenda(alike(0.5), beside=[], capability={"by": "series", "measure": INDICATOR}))
    below = SmallEvidence().put("indicators", {"actor": "DEU", "value": -1.0, **stated})
    assert found(case, below)[0][2] == "some values are below zero, and no shares of the largest"
    elsewhere = SmallEvidence().put("indicators", {"actor": "USA", "value": 1.0, **stated})
    assert found(case, elsewhere)[0][2] == "the evidence has no value for anyone on the agenda"


def test_a_member_without_weight_is_found() -> None:
    stated = {"name": "population", "date": "2014-01-01", "unit": "persons"}
    evidence = SmallEvidence().put("indicators", {"actor": "DEU", "value": 83.0, **stated})
    told = found(asked(decisions={"d": decision(PEOPLE)}), evidence)
    assert [(level, what) for level, _, what, _ in told] == [
        ("error", "weight population: FRA has no weight")
    ]


def test_salience_of_the_whole_agenda_is_checked_too() -> None:
    line = {key: part for key, part in item(alike(0.5)).items() if key != "salience"}
    cares = {**alike(0.5), "but": {"ITA": exactly(0.5)}}
    case = asked(agenda=agenda(items={"line": line}, salience=cares, beside=[]))
    assert [where for _, where, _, _ in found(case)] == ["agenda.salience.but"]
