"""Decisions under rules: chances against counting by hand, whose vote it hangs on, and what would turn it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy.stats import norm

from detente.cases.decisions import Decision
from detente.cases.rules import Rule
from detente.simulation.decisions.deciding import next_day
from detente.simulation.decisions.passing import by_sums, passing
from detente.simulation.decisions.support import Stands, Strengths, cast, stands
from detente.simulation.decisions.wording import needed
from detente.simulation.institutions.catalogue import rules
from detente.simulation.institutions.compiled import Compiled, compiled
from detente.simulation.institutions.voters import voters
from detente.simulation.outcomes import Outcomes
from tests.measurement.small_evidence import SmallEvidence
from tests.simulation.plain_votes import counted
from tests.simulation.small_world import MEMBERS, agenda, alike, decision, given, row, run, strength

LEAN = np.array([-0.1, 0.1, 0.3, 0.5, 0.7])
"""How far the members of the small world stand above 0.2, where they are indifferent."""

DOUBT = {"doubt": strength(0.1)}


def decided(evidence: SmallEvidence | None = None, **more: Any) -> Outcomes:
    """Return what comes of decisions: 'd' as usual, with what a test changes."""
    held = more.pop("decisions", None) or {"d": decision(**more.pop("d", {}))}
    return run(evidence=evidence, decisions=held, **more)


def by_actor(out: Outcomes, column: str, which: str = "d") -> dict[str, Any]:
    """Return a column of the members by actor."""
    rows = out.members[out.members["decision"] == which]
    return dict(zip(rows["actor"], rows[column], strict=True))


def ready(passes: dict[str, Any], size: int = 4) -> Compiled:
    """Return a rule for so many voters, with a weight `mass` of 1, 2, 3, ..."""
    names = [chr(65 + place) * 3 for place in range(size)]
    mass = {"mass": {name: float(place + 1) for place, name in enumerate(names)}}
    return compiled(Rule.model_validate({"title": "Rule", "passes": passes}), voters(names, mass))


def test_chances_are_those_of_the_normal_distribution_and_unanimity_multiplies_them() -> None:
    out = decided()
    yes = norm.cdf(LEAN / 0.1)
    told = row(out.decisions)
    assert list(by_actor(out, "yes").values()) == pytest.approx(yes)
    assert told["passes"] == pytest.approx(yes.prod())
    assert told["passes"] <= out.members["yes"].min()
    assert (told["needed"], told["voters"], told["at_likeliest"]) == ("everyone in favour", 5, False)
    assert list(by_actor(out, "at_likeliest").values()) == ["against", "for", "for", "for", "for"]


def test_unanimity_is_never_likelier_than_its_least_willing_member() -> None:
    wide = {a: {"value": 0.3, "low": 0.0, "high": 0.9} for a in MEMBERS}
    support = {"doubt": strength(0.1, 0.05, 0.3), "isolation": strength(0.2, 0.0, 0.4)}
    out = decided(
        d={"support": support}, agenda=agenda({"by": "assumed", "values": wide, "reason": "Guess."})
    )
    told = row(out.decisions)
    assert 0 < told["passes"] <= out.members["yes"].min()
    assert told["low"] < told["passes"] < told["high"]


ONE_SUM = (
    {"not_for": {"at_most": 0}},
    {"against": {"at_most": 1}},
    {"for": {"more_than": "1/2"}},
    {"for": {"at_least": "2/3", "among": "voting"}},
    {"for": {"at_least": "60%", "of": "mass"}},
    {"veto": ["BBB"]},
)


@pytest.mark.parametrize("passes", ONE_SUM)
def test_a_rule_of_one_sum_is_counted_as_by_hand(passes: dict[str, Any]) -> None:
    rule = ready(passes)
    rng = np.random.default_rng(2)
    ways = rng.dirichlet(np.ones(3), size=(2, 4))  # for, abstain, against
    assert by_sums(rule, ways[..., 0], ways[..., 2]) == pytest.approx(counted(rule, ways))


def test_a_rule_of_several_sums_is_drawn_near_what_counting_gives() -> None:
    rule = ready({"all": [{"for": {"at_least": 2}}, {"for": {"at_least": "50%", "of": "mass"}}]})
    margin = np.tile([0.05, -0.02, 0.1, 0.0], (250, 1))
    held = Strengths(*(np.full((250, 1), each) for each in (0.1, 0.0, 0.0, 0.0, 0.0)))
    yes = norm.cdf(margin / 0.1)
    found, how = passing(rule, Stands(margin, yes, 1 - yes), held, seed=0)
    assert how == "200 votes in each of 250 draws"
    ways = np.stack((yes[0], np.zeros(4), 1 - yes[0]), axis=-1)[None]
    assert found.mean() == pytest.approx(counted(rule, ways)[0], abs=0.01)


@settings(max_examples=30, deadline=None)
@drawn(
    st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=6),
    st.floats(0.02, 0.5),
    st.floats(0, 1),
    st.booleans(),
)
def test_support_is_a_fixed_point_of_what_members_expect_of_one_another(
    lean: list[float], doubt: float, isolation: float, hopeful: bool
) -> None:
    held = Strengths(*(np.array([[each]]) for each in (doubt, 0.0, 0.0, 0.0, isolation)))
    yes = stands(np.array([lean]), held, hopeful=hopeful).yes[0]
    others = (yes.sum() - yes) / max(len(lean) - 1, 1)
    assert yes == pytest.approx(norm.cdf((np.array(lean) + isolation * others) / doubt), abs=1e-4)
    least, most = (stands(np.array([lean]), held, hopeful=each).yes[0] for each in (False, True))
    assert (least <= most + 1e-6).all()


def test_two_ways_in_which_expectations_can_settle_are_both_told() -> None:
    support = {**DOUBT, "isolation": strength(0.5)}
    out = decided(d={"support": support}, agenda=agenda(alike(0.0)))
    told = row(out.decisions)
    assert told["passes"] < 0.01 and told["other_passes"] > 0.98
    assert np.isnan(row(decided().decisions)["other_passes"])


def test_an_abstention_stops_one_rule_and_not_the_other() -> None:
    support = {**DOUBT, "abstention": strength(5.0)}
    out = decided(
        decisions={
            "strict": decision("unanimity", support=support),
            "lenient": decision("unanimity_with_abstention", support=support),
        }
    )
    passes = dict(zip(out.decisions["decision"], out.decisions["passes"], strict=True))
    assert passes == pytest.approx({"strict": norm.cdf(LEAN / 0.1).prod(), "lenient": 1.0}, abs=1e-9)
    assert by_actor(out, "yes", "strict") == by_actor(out, "yes", "lenient")
    assert by_actor(out, "at_likeliest", "lenient")["AAA"] == "abstain"


def test_dependence_and_pressure_hold_a_member_back() -> None:
    evidence = SmallEvidence().tie("oil", "RRR", {"BBB": 0.0, "CCC": 50.0, "DDD": 0.0, "EEE": 0.0})
    stated = {"name": "seats", "date": "2014-01-01", "unit": "share"}
    evidence.put("indicators", *({"actor": a, "value": 0.4 * (a == "EEE"), **stated} for a in MEMBERS))
    support = {
        **DOUBT, "dependence": strength(0.4), "on": "oil", "pressure": strength(0.5), "pressed_by": "seats",
    }  # fmt: skip
    out = decided(
        evidence,
        d={"support": support},
        dependence={"oil": {"title": "Oil", "kinds": "oil", "target": "RRR"}},
    )
    yes = by_actor(out, "yes")
    assert by_actor(out, "dependence")["CCC"] == 0.5 and by_actor(out, "pressure")["EEE"] == 0.4
    assert yes["CCC"] == pytest.approx(norm.cdf((0.3 - 0.2) / 0.1))
    assert yes["EEE"] == pytest.approx(norm.cdf((0.7 - 0.2) / 0.1))
    assert norm.cdf(-0.1 / 0.1) > yes["AAA"] > norm.cdf(-0.3 / 0.1)  # 0 or 0.5, as the others have
    told = out.missing[out.missing["part"] == "decisions"]
    assert told["what"].tolist() == ["d: AAA"]
    assert "dependence is not known" in told["why"].iloc[0]


def test_what_is_known_of_nobody_is_left_out_and_named() -> None:
    support = {**DOUBT, "pressure": strength(0.5), "pressed_by": "seats"}
    out = decided(d={"support": support})
    assert list(by_actor(out, "yes").values()) == pytest.approx(norm.cdf(LEAN / 0.1))
    assert ("d: pressure", "it is known of no member, and left out") in set(
        zip(out.missing["what"], out.missing["why"], strict=True)
    )


def test_a_member_who_is_not_placed_is_taken_as_one_of_the_others() -> None:
    out = decided(agenda=agenda(given(AAA=0.5, BBB=0.5, CCC=0.5, DDD=0.5)))
    assert np.isnan(by_actor(out, "position")["EEE"])
    assert by_actor(out, "yes")["EEE"] == pytest.approx(norm.cdf(0.3 / 0.1))
    assert "position is not known" in " ".join(out.missing["why"])


def test_the_same_members_vote_alike_under_another_rule() -> None:
    support = {"doubt": strength(0.1, 0.05, 0.3), "isolation": strength(0.1, 0.0, 0.2)}
    out = decided(
        decisions={
            "all": decision("unanimity", support=support),
            "most": decision("simple_majority", support="all", proposal=0.4),
        }
    )
    assert by_actor(out, "yes", "all") == by_actor(out, "yes", "most")
    assert out.decisions["passes"].is_monotonic_increasing


def test_who_stops_it_alone_is_who_would_have_to_move() -> None:
    out = decided()
    assert by_actor(out, "stops")["AAA"] > 0.6 and by_actor(out, "stops")["EEE"] == 0.0
    assert by_actor(out, "pivotal")["AAA"] > 0.8
    assert set(by_actor(out, "power").values()) == {0.2}
    told = row(out.flips)  # without AAA, nothing can turn it
    assert (told["actors"], told["number"], told["passes"]) == ("AAA", 1, False)
    assert told["cost"] == pytest.approx(0.1)


def test_the_cheapest_change_is_followed_by_the_next_without_anyone_of_it() -> None:
    out = decided(d={"rule": "simple_majority"})
    assert out.flips["actors"].tolist() == ["BBB, CCC", "DDD, EEE"]
    assert out.flips["cost"].tolist() == pytest.approx([0.4, 1.2])
    out = decided(d={"support": {**DOUBT, "abstention": strength(0.15)}, "rule": "unanimity_with_abstention"})
    assert out.flips["actors"].tolist() == ["AAA", "BBB", "CCC"]
    assert out.flips["cost"].tolist() == pytest.approx([0.05, 0.25, 0.45])


def test_weights_come_from_the_evidence_and_are_asked_for() -> None:
    people = {"AAA": 1000.0, "BBB": 10.0, "CCC": 10.0, "DDD": 10.0, "EEE": 10.0}
    stated = {"name": "population", "date": "2014-01-01", "unit": "persons"}
    evidence = SmallEvidence().put(
        "indicators", *({"actor": who, "value": value, **stated} for who, value in people.items())
    )
    heavy = {"title": "Heavy", "passes": {"for": {"at_least": "65%", "of": "population"}}}
    out = decided(evidence, d={"rule": heavy})
    assert by_actor(out, "power") == {"AAA": 1.0, "BBB": 0.0, "CCC": 0.0, "DDD": 0.0, "EEE": 0.0}
    assert row(out.decisions)["passes"] == pytest.approx(norm.cdf(-1), abs=0.01)
    assert row(out.decisions)["needed"] == "at least 65% of population in favour"
    without = decided(d={"rule": heavy})
    assert without.decisions.empty
    assert without.missing["why"].tolist() == [f"{who} has no weight" for who in MEMBERS]


def test_a_threshold_in_persons_holds_for_power_too() -> None:
    people = {"AAA": 60_000.0, "BBB": 50_000.0, "CCC": 50_000.0, "DDD": 1.0, "EEE": 1.0}
    stated = {"name": "population", "date": "2014-01-01", "unit": "persons"}
    evidence = SmallEvidence().put(
        "indicators", *({"actor": who, "value": value, **stated} for who, value in people.items())
    )
    most = {"title": "Most", "passes": {"for": {"at_least": 100_002, "of": "population"}}}
    power = by_actor(decided(evidence, d={"rule": most}), "power")
    # DDD and EEE count only where BBB and CCC want it without AAA: 3! 1! of 5! orders each.
    assert power == pytest.approx(
        {"AAA": 7 / 15, "BBB": 13 / 60, "CCC": 13 / 60, "DDD": 1 / 20, "EEE": 1 / 20}
    )


def test_a_rule_that_does_not_exist_is_said_and_stops_nothing_else() -> None:
    out = decided(decisions={"bad": decision("unanimty"), "good": decision()})
    assert out.decisions["decision"].tolist() == ["good"]
    assert "did you mean 'unanimity'" in row(out.missing, what="bad")["hint"]


def test_the_same_seed_gives_the_same_bytes_in_any_order() -> None:
    wide = {a: {"value": 0.3, "low": 0.0, "high": 0.9} for a in MEMBERS}
    tables = []
    for order in (1, -1):
        position = {"by": "assumed", "values": dict(list(wide.items())[::order]), "reason": "Guess."}
        union = {"title": "Union", "members": list(MEMBERS)[::order], "reason": "Invented."}
        tables.append(decided(agenda=agenda(position), blocs={"UNION": union}, seed=4))
    for name in ("decisions", "members", "flips"):
        assert getattr(tables[0], name).to_csv() == getattr(tables[1], name).to_csv()


def test_one_member_decides_alone() -> None:
    alone = {"title": "Union", "members": ["CCC"], "reason": "Invented."}
    support = {**DOUBT, "isolation": strength(0.5)}
    out = decided(d={"support": support}, blocs={"UNION": alone})
    assert row(out.decisions)["passes"] == pytest.approx(norm.cdf(3))


def test_what_a_decision_assumes_is_listed_with_range_and_reason() -> None:
    out = decided(d={"support": {"doubt": strength(0.1, 0.05, 0.3)}})
    doubt = row(out.assumed, what="doubt")
    assert [doubt[name] for name in ("value", "low", "high", "reason")] == [0.1, 0.05, 0.3, "Invented."]
    assert row(out.assumed, what="proposal")["value"] == 0.4


def test_votes_follow_from_margins() -> None:
    margin = np.array([0.2, 0.0, -0.05, -0.2])
    assert cast(margin, np.array(0.1)).tolist() == [1, 0, 0, -1]
    assert cast(margin, np.array(0.0)).tolist() == [1, -1, -1, -1]


@pytest.mark.parametrize(
    ("dates", "every", "on", "wanted"),
    [
        (["2015-07-31"], "half-year", "2015-06-01", "2015-07-31"),
        (["2015-01-31", "2015-07-31"], None, "2015-03-01", "2015-07-31"),
        (["2014-07-31"], "half-year", "2015-06-01", "2015-07-31"),
        (["2014-02-28"], "year", "2015-06-01", "2016-02-28"),
        (["2014-02-28"], None, "2015-06-01", None),
        ([], None, "2015-06-01", None),
    ],
)
def test_the_next_day_of_a_decision(dates: list[str], every: str | None, on: str, wanted: str | None) -> None:
    held = Decision.model_validate({**decision(), "dates": dates, "every": every})
    found = next_day(held, on=date.fromisoformat(on))
    assert found == (None if wanted is None else pd.Timestamp(wanted))


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("simple_majority", "more than 1/2 of those voting in favour"),
        ("absolute_majority", "more than 1/2 of members (14 of 27) in favour"),
        ("consensus_with_silence", "nobody against"),
        (
            "reinforced_majority",
            "at least 72% of members (20 of 27) in favour, and at least 65% of population in favour",
        ),
        (
            "constructive_abstention",
            "nobody against, and (either fewer than 1/3 of members (8 of 27) abstaining, "
            "or fewer than 1/3 of population abstaining)",
        ),
        ("security_council", "at least 9 in favour, and none of CHN, FRA, GBR, RUS, USA against"),
    ],
)
def test_rules_in_words(rule: str, wanted: str) -> None:
    assert needed(rules()[rule].passes, 27) == wanted


def test_every_rule_that_ships_can_be_put_in_words() -> None:
    assert all(len(needed(rule.passes, 27)) > 10 for rule in rules().values())
