"""Futures of a small made case against what must come of them, and input that cannot be used."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from detente.cases.scenarios import baseline_digest, patched
from detente.errors import CaseError, SimulationError
from detente.executors import How
from detente.simulation.projection.outlook import Outlook
from detente.simulation.projection.rows import SOURCES
from tests.simulation.projected import DRAWS, STEPS, case_of, event, projected, with_scenarios
from tests.simulation.small_world import MEMBERS, agenda, decision, given, item, strength

HELD = {"AAA": 0.1, "BBB": 0.3, "CCC": 0.5, "DDD": 0.7, "EEE": 0.9}
"""Where members stand; whoever is above 0.2 agrees to the renewal."""


def at(told: Outlook, actor: str, column: str = "mean") -> list[float]:
    """Return what is told of an actor's position, step by step."""
    rows = told.frame("positions")
    found: list[float] = rows[rows["actor"] == actor][column].round(6).tolist()
    return found


def chance(*actors: str, shift: float = 0.0) -> float:
    """Return the chance that all of these agree, each by itself."""
    return float(np.prod([norm.cdf((HELD[actor] + shift - 0.2) / 0.1) for actor in actors]))


def passes(told: Outlook) -> list[float]:
    """Return how often the renewal passes, step by step."""
    found: list[float] = told.frame("decisions")["passes"].tolist()
    return found


def near(found: float, wanted: float) -> bool:
    """Return whether a share is within four standard errors of a chance."""
    return abs(found - wanted) <= 4 * math.sqrt(max(wanted * (1 - wanted), 0.002) / DRAWS)


def test_nobody_moves_where_nothing_moves_them() -> None:
    told = projected(case_of())
    assert [f"{day:%Y-%m-%d}" for day in told.frame("positions")["time"].unique()] == list(STEPS)
    assert {actor: at(told, actor) for actor in MEMBERS} == {a: [x] * 5 for a, x in HELD.items()}
    spread = told.frame("cohesion")
    assert np.allclose(spread["p50"], np.std(list(HELD.values())), atol=1e-6)
    assert set(spread["mark"]) == {"assumed"}
    found = passes(told)
    assert len(found) == 4
    assert all(near(share, chance(*MEMBERS)) for share in found)


def test_an_event_arrives_in_the_step_in_which_its_day_lies() -> None:
    moved = event("2016-01-10", shift={"line": {"UNION": 0.1, "AAA": 0.3}})
    told = projected(case_of(events={"jump": moved}))
    assert at(told, "AAA") == [0.1, 0.1, 0.4, 0.4, 0.4]
    assert at(told, "BBB") == [0.3, 0.3, 0.4, 0.4, 0.4]
    assert at(told, "RRR") == [0.0] * 5
    first = projected(case_of(events={"jump": {**moved, "date": STEPS[0]}}))
    assert at(first, "BBB") == [0.3, 0.4, 0.4, 0.4, 0.4]
    last = projected(case_of(events={"jump": {**moved, "date": "2017-05-31"}}))
    assert at(last, "BBB") == [0.3, 0.3, 0.3, 0.3, 0.4]


def test_chance_and_backlash_are_drawn() -> None:
    moved = event("2016-01-10", shift={"line": {"BBB": 0.1}}, chance=0.5, backlash=0.25)
    mean = at(projected(case_of(events={"jump": moved}), draws=4000), "BBB")[-1]
    assert mean == pytest.approx(0.3 + 0.5 * (0.75 - 0.25) * 0.1, abs=0.005)


def test_who_leaves_votes_no_more_and_counts_no_more() -> None:
    told = projected(case_of(events={"exit": event("2016-07-01", leave={"UNION": ["AAA"]})}))
    votes = told.frame("votes")
    assert votes[votes["actor"] == "AAA"]["step"].tolist() == [1, 2]
    found = passes(told)
    assert all(near(share, chance(*MEMBERS)) for share in found[:2])
    assert all(near(share, chance(*MEMBERS[1:])) for share in found[2:])
    spread = told.frame("cohesion")["p50"].tolist()
    assert spread[2] == pytest.approx(np.std(list(HELD.values())), abs=1e-6)
    assert spread[3] == pytest.approx(np.std(list(HELD.values())[1:]), abs=1e-6)


def test_who_joins_votes_from_then_on() -> None:
    told = projected(case_of(events={"entry": event("2016-12-01", join={"UNION": ["RRR"]})}))
    votes = told.frame("votes")
    assert votes[votes["actor"] == "RRR"]["step"].tolist() == [4]
    assert passes(told)[3] < 0.05


def test_another_rule_turns_a_decision() -> None:
    held = {"renewal": decision(dates=["2015-06-15"], every="half-year")}
    changed = event("2016-07-01", rules={"renewal": "absolute_majority"})
    found = passes(projected(case_of(decisions=held, events={"reform": changed})))
    assert all(near(share, chance(*MEMBERS)) for share in found[:2])
    assert min(found[2:]) > 0.95


def test_what_follows_from_a_failure_comes_a_step_later() -> None:
    lapse = {"renewal": {"failed": {"shift": {"line": {"RRR": 0.5}}, "reason": "Invented."}}}
    never = {"renewal": decision(proposal=1.0, otherwise=0.9, dates=["2015-06-15"])}
    told = projected(case_of(decisions=never, consequences=lapse))
    assert passes(told) == [0.0]
    assert at(told, "RRR") == [0.0, 0.0, 0.5, 0.5, 0.5]


def test_a_payment_counts_while_it_lasts() -> None:
    paid = event("2015-12-15", pays={"renewal": {"AAA": 0.5}}, until="2016-08-01")
    found = passes(projected(case_of(events={"pay": paid})))
    assert near(found[0], chance(*MEMBERS))
    assert all(near(share, chance(*MEMBERS[1:])) for share in found[1:3])
    assert near(found[3], chance(*MEMBERS))


def test_moves_are_assumed_with_their_range() -> None:
    told = projected(case_of(moves=strength(0.02, 0.01, 0.03)), draws=2000)
    assert at(told, "CCC", "sd")[0] == 0.0
    assert at(told, "CCC", "sd")[2] == pytest.approx(0.02 * np.sqrt(1 + 0.01**2 / 6 / 0.02**2), rel=0.1)
    assert at(told, "CCC", "sd")[4] == pytest.approx(np.sqrt(2) * at(told, "CCC", "sd")[2], rel=0.1)


def test_a_scenario_that_changes_nothing_differs_in_nothing() -> None:
    case = case_of(moves=strength(0.02))
    under = patched(*_named(case, {"projection": {"years": 2}}), name="same")
    base, same = projected(case), projected(under, scenario="same")
    assert base.digest == same.digest
    apart = same.against(base)
    for table in SOURCES:
        rows = apart.frame(table)
        columns = [name for name in ("mean", "difference", "p5", "p95") if name in rows]
        assert len(rows) == len(base.frame(table))
        assert not rows[columns].to_numpy().any(), table


def _named(case: Any, patch: dict[str, Any]) -> tuple[Any, Any]:
    return case, with_scenarios(case, same=patch).scenarios["same"]


def test_scenarios_share_their_luck() -> None:
    case = case_of(moves=strength(0.05))
    patch = {"projection": {"events": {"jump": event("2016-01-10", shift={"line": {"AAA": 0.3}})}}}
    under = patched(*_named(case, patch), name="same")
    apart = projected(under, scenario="jump").against(projected(case))
    rows = apart.frame("positions").query("actor == 'AAA'")
    assert rows["mean"].round(5).tolist() == [0.0, 0.0, 0.3, 0.3, 0.3]
    assert rows["sd"].max() < 1e-6
    votes = apart.frame("decisions")
    assert votes["difference"].tolist()[0] == 0.0
    assert (votes["low"][1:] > 0).all()
    assert (votes["after"] - votes["before"]).round(9).tolist() == votes["difference"].round(9).tolist()


def test_futures_drawn_otherwise_are_not_compared() -> None:
    case = case_of()
    with pytest.raises(SimulationError, match="drawn otherwise"):
        projected(case, draws=50).against(projected(case, draws=60))


def test_threads_change_no_byte() -> None:
    shaken = {"news": event("2016-01-10", news={"line": 0.05}), "jump": event("2016-02-10", chance=0.5,
              shift={"line": {"AAA": 0.3}})}  # fmt: skip
    case = case_of(moves=strength(0.05, 0.02, 0.08), events=shaken)
    one, two = (projected(case, how=How(jobs=threads)) for threads in (1, 2))
    assert one.digest == two.digest
    for table in SOURCES:
        pd.testing.assert_frame_equal(one.frame(table), two.frame(table), check_exact=True)
    other = projected(case, seed=1)
    assert not other.frame("positions").equals(one.frame("positions"))


def test_whoever_starts_beyond_a_line_is_told_apart() -> None:
    line = {"title": "Wants little", "item": "line", "at": 0.2, "watch": "UNION"}
    told = projected(case_of(lines={"low": line}, events={"fall": event("2016-01-10",
                     shift={"line": {"BBB": -0.2}})})).frame("crossings")  # fmt: skip
    assert told[told["starts_beyond"].astype(bool)]["actor"].unique().tolist() == ["AAA"]
    assert "RRR" not in set(told["actor"])
    assert told.query("actor == 'BBB'")["beyond"].tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]
    assert not told.query("actor == 'CCC'")["crossed"].any()


def test_changes_are_taken_apart_and_add_up() -> None:
    jump = event("2016-01-10", shift={"line": {"AAA": 0.3}})
    why = projected(case_of(events={"jump": jump})).why(draws=64).query("name == 'AAA'")
    parts = dict(zip(why["driver"], why["part"], strict=True))
    assert parts["shock"] == pytest.approx(0.3, abs=1e-6)
    assert sum(parts.values()) == pytest.approx(why["change"].iloc[0], abs=1e-9)


def test_a_driver_moves_those_whom_it_concerns() -> None:
    driver = {
        "title": "Fear", "kind": "threat", "wander": strength(0.0),
        "measure": {"title": "Fear", "by": "indicators", "name": "fear", "reason": "Invented."},
        "effects": {"line": {"value": 0.5, "low": 0.5, "high": 0.5, "reason": "Invented."}},
    }  # fmt: skip
    scare = event("2016-01-10", change={"fear": {"BBB": 0.2}})
    told = projected(case_of(drivers={"fear": driver}, events={"scare": scare}))
    assert at(told, "BBB")[-1] == pytest.approx(0.4, abs=1e-6)
    assert at(told, "CCC") == [0.5] * 5
    assert [each.what for each in told.prepared.missing] == ["drivers: fear"]


def test_a_scenario_for_another_baseline_is_refused_with_the_right_digest() -> None:
    case = case_of()
    other = case_of(moves=strength(0.01))
    scenario = with_scenarios(case, late={"projection": {"years": 3}}).scenarios["late"]
    with pytest.raises(CaseError) as raised:
        patched(other, scenario, name="late")
    found = raised.value.problems[0]
    assert found.where == "scenarios.late.baseline"
    assert baseline_digest(other) in found.hint


def test_a_patch_that_makes_no_case_names_every_problem() -> None:
    bad = {"projection": {"items": ["nothing"], "years": 900}, "blocs": {}}
    with pytest.raises(CaseError, match="is no section that a scenario may change"):
        patched(*_named(case_of(), bad), name="bad")
    del bad["blocs"]
    with pytest.raises(CaseError) as raised:
        patched(*_named(case_of(), bad), name="bad")
    assert any("years" in each.where for each in raised.value.problems)


def test_all_events_that_do_not_fit_are_named_at_once() -> None:
    held = {
        "late": event("2019-01-01", shift={"line": {"AAA": 0.1}}),
        "strange": event("2016-01-01", shift={"line": {"ZZZ": 0.1}}),
    }
    with pytest.raises(SimulationError) as raised:
        projected(case_of(events=held))
    told = {each.where: each.what for each in raised.value.problems}
    assert "lies outside the window, from 2015-06-01 to 2017-06-01" in told["projection.events.late.date"]
    assert told["projection.events.strange.shift.line: ZZZ"] == "is not on the agenda"


@pytest.mark.parametrize("until", [date(2015, 6, 1), date(2014, 1, 1), date(3015, 6, 1)])
def test_a_horizon_of_nothing_or_a_thousand_years_is_refused(until: date) -> None:
    with pytest.raises(SimulationError, match="choose a day up to 50 years later"):
        projected(case_of(), until=until)


def test_what_lies_beyond_an_end_that_was_asked_for_is_set_aside_and_named() -> None:
    late = event("2017-01-10", shift={"line": {"AAA": 0.1}})
    told = projected(case_of(events={"late": late}), until=date(2016, 12, 1))
    assert len(told.prepared.calendar.days) == 4
    assert [each.what for each in told.prepared.missing] == ["events: late"]


def test_a_member_without_a_place_is_named_and_not_shown() -> None:
    some = {actor: place for actor, place in HELD.items() if actor != "EEE"}
    both = {"line": item(given(**some)), "other": item(given(**HELD))}
    told = projected(case_of(items=["line", "other"], agenda=agenda(items=both)))
    rows = told.frame("positions")
    assert "EEE" not in set(rows[rows["item"] == "line"]["actor"])
    assert "EEE" in set(rows[rows["item"] == "other"]["actor"])
    assert "line: EEE" in [each.what for each in told.prepared.missing]


def test_a_rule_that_names_a_non_member_is_refused() -> None:
    veto = {"renewal": decision({"title": "Veto", "passes": {"veto": ["RRR"]}}, dates=["2015-06-15"])}
    with pytest.raises(SimulationError, match=r"decisions\.renewal\.rule: RRR has a veto and no vote"):
        projected(case_of(decisions=veto))
