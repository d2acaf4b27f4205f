"""Decision rules: published power indices, brute force on small rules, and what can go wrong."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import binomtest

from detente.cases.rules import Rule
from detente.errors import DetenteError
from detente.evidence import open_evidence
from detente.simulation.institutions import counting, power
from detente.simulation.institutions.catalogue import rule_named, rules
from detente.simulation.institutions.chances import chance, from_draws
from detente.simulation.institutions.coalitions import cast, critical, minimal_winning, pivots, power_to_stop
from detente.simulation.institutions.compiled import Compiled, compiled
from detente.simulation.institutions.flipping import cheapest_flip
from detente.simulation.institutions.voters import voters, voters_of
from detente.simulation.institutions.winning import win_interval, win_set

QUOTA = {"for": {"at_least": 3, "of": "votes"}}
LISBON = {
    "any": [
        {"all": [{"for": {"at_least": 15}}, {"for": {"at_least": 6501, "of": "votes"}}]},
        {"not_for": {"fewer_than": 4}},
    ]
}


def made(passes: dict[str, Any], weights: Mapping[str, float] | int) -> Compiled:
    """Return a rule for voters of these weights, or for so many alike."""
    if isinstance(weights, int):
        return compiled(_rule(passes), voters([f"V{place:02d}" for place in range(weights)]))
    return compiled(_rule(passes), voters(list(weights), {"votes": weights}))


def _rule(passes: dict[str, Any]) -> Rule:
    return Rule.model_validate({"title": "Test", "passes": passes})


def told(rule: Compiled, column: str) -> dict[str, float]:
    table = power.power(rule).table
    return dict(zip(table["actor"], table[column], strict=True))


@pytest.mark.parametrize(
    ("file", "passes"),
    [
        ("power_eec6_1958.csv", {"for": {"at_least": 12, "of": "votes"}}),
        ("power_unsc15.csv", {"for": {"at_least": 39, "of": "votes"}}),
        ("power_eu27_lisbon2025.csv", LISBON),
    ],
)
def test_power_indices_equal_the_reference(reference: Path, file: str, passes: dict[str, Any]) -> None:
    table = pd.read_csv(reference / "power" / file, comment="#")
    found = power.power(made(passes, dict(zip(table["player"], table["weight"], strict=True)))).table
    both = table.merge(found, left_on="player", right_on="actor", suffixes=("_known", ""))
    assert len(both) == len(table)
    assert np.abs(both["shapley_shubik_known"] - both["shapley_shubik"]).max() < 1e-9
    assert np.abs(both["banzhaf_normalised"] - both["banzhaf"]).max() < 1e-9
    assert np.abs(both["banzhaf_absolute_known"] - both["banzhaf_absolute"]).max() < 1e-9
    assert (both["banzhaf_swings"] == both["swings"]).all()


def test_the_five_vetoes_of_the_security_council_equal_its_weighted_form() -> None:
    elected = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ"]
    council = compiled(rule_named("security_council"), voters(["CHN", "FRA", "GBR", "RUS", "USA", *elected]))
    found = told(council, "shapley_shubik")
    assert found["FRA"] == pytest.approx(0.196270396, abs=1e-9)
    assert found["AAA"] == pytest.approx(0.001864802, abs=1e-9)


@pytest.mark.parametrize(
    ("weights", "quota", "heads", "known"),
    [
        (
            "10 10 10 10 8 5 5 5 5 4 4 3 3 3 2", 62, 0,
            {10: 0.1167, 8: 0.0955, 5: 0.0552, 4: 0.0454, 3: 0.0353, 2: 0.0207},
        ),
        (
            "29 29 29 29 27 27 14 13 12 12 12 12 12 10 10 10 7 7 7 7 7 4 4 4 4 4 3", 255, 14,
            {
                29: 0.0867, 27: 0.0800, 14: 0.0399, 13: 0.0368, 12: 0.0341, 10: 0.0282, 7: 0.0196, 4: 0.0110,
                3: 0.0082,
            },
        ),
    ],
)  # fmt: skip
def test_published_indices_of_the_council_before_lisbon(
    weights: str, quota: int, heads: int, known: dict[int, float]
) -> None:
    given_ = {f"V{place:02d}": int(weight) for place, weight in enumerate(weights.split())}
    passes = {"all": [{"for": {"at_least": quota, "of": "votes"}}, {"for": {"at_least": heads}}]}
    found = told(made(passes, given_), "shapley_shubik")
    for name, weight in given_.items():
        assert found[name] == pytest.approx(known[weight], abs=5e-5)


def test_consensus_of_thirty_two_gives_each_one_swing_and_the_same_power() -> None:
    found = power.power(made({"against": {"at_most": 0}}, 32))
    assert found.table["shapley_shubik"].to_numpy() == pytest.approx(np.full(32, 1 / 32))
    assert (found.table["swings"] == 1).all()
    assert found.exact


SMALL = st.lists(st.integers(0, 6), min_size=2, max_size=6)
COUNTS = st.builds(
    lambda n, of: {"for": {"at_least": n, "of": of}}, st.integers(0, 9), st.sampled_from(["members", "votes"])
)
SHARES = st.sampled_from(["1/2", "2/3", "37.5%"]).map(lambda n: {"for": {"more_than": n, "of": "votes"}})
FEW_AGAINST = st.integers(0, 3).map(lambda n: {"against": {"at_most": n}})
FEW_MISSING = st.sampled_from(["1/3", "60%"]).map(lambda n: {"not_for": {"fewer_than": n, "of": "votes"}})


def _nested(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.sampled_from(["all", "any"])
    return st.builds(lambda kind, held: {kind: held}, kinds, st.lists(parts, min_size=1, max_size=3))


TREES = st.recursive(st.one_of(COUNTS, SHARES, FEW_AGAINST, FEW_MISSING), _nested, max_leaves=5)


def _possible(tree: dict[str, Any], weights: list[int]) -> Compiled | None:
    try:
        return made(tree, {f"V{place}": float(weight) for place, weight in enumerate(weights)})
    except DetenteError as error:
        assert "nothing can pass" in str(error)
        return None


@settings(max_examples=40, deadline=None)
@given(TREES, SMALL)
def test_counting_by_sums_and_one_by_one_equal_the_definition(
    tree: dict[str, Any], weights: list[int]
) -> None:
    rule = _possible(tree, weights)
    if rule is None:
        return
    number = len(weights)
    orders = list(itertools.permutations(range(number))) if number < 6 else []
    swings = np.zeros((number, number), dtype=int)
    for members in itertools.product([-1, 1], repeat=number):
        votes = np.array(members)
        for voter in np.flatnonzero(votes < 0):
            other = np.where(np.arange(number) == voter, 1, votes)
            swings[voter, (votes > 0).sum()] += bool(rule.passes(other)) and not bool(rule.passes(votes))
    assert (counting.by_sums(rule).by_size == swings).all()
    assert (counting.one_by_one(rule).by_size == swings).all()
    if orders:
        decided = np.zeros(number)
        for order in orders:
            votes = np.full(number, -1)
            for place in order:
                before = bool(rule.passes(votes))
                votes[place] = 1
                decided[place] += bool(rule.passes(votes)) and not before
        table = power.power(rule).table
        assert table["shapley_shubik"].to_numpy() == pytest.approx(decided / factorial(number))


def test_sampled_power_holds_the_exact_one_in_its_intervals() -> None:
    rule = made(
        {"for": {"at_least": 12, "of": "votes"}}, dict(zip("ABCDEF", (4, 4, 4, 2, 2, 1), strict=True))
    )
    exact = power.power(rule).table
    inside = [
        drawn[f"{index}_low"].le(exact[index]) & drawn[f"{index}_high"].ge(exact[index])
        for drawn in (power._sampled(rule, 4000, seed).table for seed in range(20))
        for index in ("shapley_shubik", "banzhaf_absolute")
    ]
    assert 0.9 < np.mean(inside) < 0.995
    pd.testing.assert_frame_equal(power._sampled(rule, 4000, 3).table, power._sampled(rule, 4000, 3).table)


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_intervals_of_shares_are_wilsons(count: int) -> None:
    share, low, high = power.interval_of(np.array([count]), 20)
    known = binomtest(count, 20).proportion_ci(method="wilson")
    assert (share[0], low[0], high[0]) == pytest.approx((count / 20, known.low, known.high), abs=1e-12)


def test_the_share_of_winning_coalitions_is_told() -> None:
    assert power.power(made(QUOTA, {"AAA": 2, "BBB": 1, "CCC": 1})).passing == 3 / 8


def test_many_voters_with_odd_weights_are_sampled_and_say_so() -> None:
    weights = {f"V{place:02d}": 10_000_019.0 * (place + 1) + place**3 for place in range(70)}
    found = power.power(made({"for": {"more_than": "1/2", "of": "votes"}}, weights), samples=2000)
    assert not found.exact
    assert "sampled" in found.how
    assert found.table["shapley_shubik"].sum() == pytest.approx(1)


@settings(max_examples=50, deadline=None)
@given(TREES, SMALL, st.data())
def test_the_cheapest_flip_is_the_cheapest_of_all_changes(
    tree: dict[str, Any], weights: list[int], data: st.DataObject
) -> None:
    rule = _possible(tree, weights)
    if rule is None:
        return
    number = len(weights)
    votes = np.array(data.draw(st.lists(st.sampled_from([1, 0, -1]), min_size=number, max_size=number)))
    costs = np.array(data.draw(st.lists(st.integers(0, 5), min_size=number, max_size=number)), dtype=float)
    passes = bool(rule.passes(votes))
    best = np.inf
    for changed in itertools.product([False, True], repeat=number):
        other = np.where(changed, -1 if passes else 1, votes)
        if bool(rule.passes(other)) != passes:
            best = min(best, costs[(other != votes)].sum())
    found = cheapest_flip(rule, votes, costs)
    assert (np.inf if found is None else found.cost) == pytest.approx(best)
    if found is not None:
        assert bool(rule.passes(found.votes)) != passes


def test_a_flip_at_the_very_edge_is_told_in_whole_numbers() -> None:
    rule = made({"for": {"at_least": 1_000_000_001, "of": "votes"}}, {"AAA": 1e9, "BBB": 1, "CCC": 1})
    found = cheapest_flip(rule, np.array([1, -1, -1]), np.array([1.0, 2.0, 3.0]))
    assert found is not None
    assert found.actors == ("BBB",)


def test_a_flip_that_seems_to_need_an_abstention_only_goes_on_to_a_vote_for() -> None:
    """One vote in a thousand million decides, which is below the tolerance of the programme."""
    passes = {"for": {"more_than": "1/2", "of": "votes", "among": "voting"}}
    rule = made(passes, {"AAA": 1e9, "BBB": 1e9, "CCC": 1})
    costs, abstaining = np.array([np.inf, np.inf, 2.0]), np.array([np.inf, np.inf, 1.0])
    found = cheapest_flip(rule, np.array([1, -1, -1]), costs, abstaining=abstaining)
    assert found is not None
    assert (found.actors, found.votes.tolist(), found.cost) == (("CCC",), [1, -1, 1], 2.0)


def test_constructive_abstention_lets_pass_until_a_third_with_a_third_of_the_people_abstains() -> None:
    people = {"AAA": 50.0, "BBB": 10.0, "CCC": 10.0, "DDD": 10.0, "EEE": 10.0, "FFF": 10.0}
    rule = compiled(rule_named("constructive_abstention"), voters(list(people), {"population": people}))
    assert rule.passes(cast(rule, dict.fromkeys(people, "for") | {"AAA": "abstain"}))
    assert rule.passes(cast(rule, dict.fromkeys(people, "for") | {"BBB": "abstain", "CCC": "abstain"}))
    assert not rule.passes(cast(rule, dict.fromkeys(people, "for") | {"AAA": "abstain", "BBB": "abstain"}))
    assert not rule.passes(cast(rule, dict.fromkeys(people, "for") | {"FFF": "against"}))


def test_silence_breaks_unanimity_and_no_consensus() -> None:
    quiet = {"AAA": "for"}
    assert compiled(rule_named("consensus_with_silence"), voters(["AAA", "BBB"])).passes(np.array([1, 0]))
    strict = compiled(rule_named("unanimity"), voters(["AAA", "BBB"]))
    assert not strict.passes(cast(strict, quiet))


def test_two_thirds_of_those_voting_leaves_abstentions_out() -> None:
    rule = compiled(rule_named("two_thirds_voting"), voters(["AAA", "BBB", "CCC", "DDD", "EEE"]))
    assert rule.passes(np.array([1, 1, -1, 0, 0]))
    assert not rule.passes(np.array([1, 1, -1, -1, 1]))


def test_weights_with_decimals_count_exactly_against_a_number() -> None:
    rule = made({"for": {"at_least": 3, "of": "votes"}}, {"AAA": 1.5, "BBB": 1.5, "CCC": 0.1})
    assert rule.passes(np.array([1, 1, -1]))
    assert not rule.passes(np.array([1, -1, 1]))


def test_pivots_stand_where_the_outcome_turns_and_share_it_when_tied() -> None:
    rule = made({"for": {"at_least": 2}}, 3)
    assert pivots(rule, np.array([[0.9, 0.2, 0.5], [0.9, 0.2, 0.2]])).tolist() == [
        [False, False, True],
        [False, True, True],
    ]


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 4), min_size=7, max_size=7), min_size=1, max_size=5))
def test_pivots_of_many_are_those_of_each_and_those_of_voters_who_join_one_by_one(
    many: list[list[int]],
) -> None:
    rule = made({"any": [{"for": {"at_least": 13, "of": "votes"}}, {"for": {"at_least": 5}}]},
                dict(zip("ABCDEFG", (9, 5, 3, 1, 1, 1, 1), strict=True)))  # fmt: skip
    support = np.array(many)
    told = []
    for row in support:
        last = next(
            level for level in sorted(set(row), reverse=True) if rule.passes(np.where(row >= level, 1, -1))
        )
        told.append((row == last).tolist())
    assert pivots(rule, support).tolist() == told
    assert pivots(rule, support[0]).tolist() == told[0]


def test_coalitions_looked_at_one_by_one_are_those_counted_by_sums() -> None:
    """Two levels of conditions, and nodes of two and of three parts."""
    heads = {"for": {"at_least": 2}}
    for passes in (
        heads,
        {
            "all": [
                QUOTA,
                heads,
                {"any": [{"for": {"at_least": 4, "of": "votes"}}, {"against": {"at_most": 0}}]},
            ]
        },
        {"any": [{"all": [QUOTA, {"against": {"at_most": 1}}]}, {"for": {"at_least": 3}}, {"veto": ["AAA"]}]},
    ):
        rule = made(passes, {"AAA": 2, "BBB": 1, "CCC": 1, "DDD": 1})
        summed, seen = counting.by_sums(rule), counting.one_by_one(rule)
        assert (seen.by_size == summed.by_size).all() and seen.winning == summed.winning > 0


def test_critical_voters_are_those_who_alone_would_turn_the_outcome() -> None:
    rule = made(QUOTA, {"AAA": 2, "BBB": 1, "CCC": 1})
    assert critical(rule, np.array([1, 1, 1])).tolist() == [True, False, False]
    assert critical(rule, np.array([1, -1, -1])).tolist() == [False, True, True]


def test_minimal_winning_coalitions_are_all_told_or_said_to_be_cut() -> None:
    rule = made(QUOTA, {"AAA": 2, "BBB": 1, "CCC": 1})
    assert minimal_winning(rule) == ([("AAA", "BBB"), ("AAA", "CCC")], True)
    assert minimal_winning(rule, most=1) == ([("AAA", "BBB")], False)
    assert power_to_stop(rule)["veto"].tolist() == [True, False, False]


def test_the_chance_of_passing_equals_the_sum_over_all_outcomes() -> None:
    rule = made({"any": [{"all": [QUOTA, {"against": {"at_most": 0}}]}, {"for": {"at_least": 3}}]},
                {"AAA": 2, "BBB": 1, "CCC": 1})  # fmt: skip
    yes, silent = np.array([0.7, 0.4, 0.5]), np.array([0.1, 0.3, 0.2])
    total = 0.0
    for votes in itertools.product([1, 0, -1], repeat=3):
        ways = [{1: p, 0: q, -1: 1 - p - q}[vote] for vote, p, q in zip(votes, yes, silent, strict=True)]
        total += float(np.prod(ways)) * bool(rule.passes(np.array(votes)))
    found = chance(rule, yes, silent, draws=2000)
    assert found.passes == pytest.approx(total)
    drawn = from_draws(rule, np.array([[1, 1, 1], [1, -1, -1]]))
    assert drawn.low < drawn.passes == 0.5 < drawn.high
    assert drawn.critical["alone"].tolist() == [0.5, 0.5, 0.5]


def test_what_beats_the_status_quo_on_a_line_agrees_with_votes_on_points() -> None:
    rng = np.random.default_rng(5)
    rule = made({"for": {"at_least": "60%"}}, 7)
    for _ in range(20):
        where, now = rng.random(7), float(rng.random())
        low, high = win_interval(rule, where, now)
        points = np.linspace(-1, 2, 601)
        wins = win_set(
            rule, where[:, None], np.ones((7, 1)), status_quo=np.array([now]), alternatives=points[:, None]
        )
        inside = (points > low + 1e-9) & (points < high - 1e-9) & (np.abs(points - now) > 1e-9)
        assert (wins == inside).all()


def test_shipped_rules_read_and_fit_the_union_as_it_is(cache: Path) -> None:
    evidence = open_evidence()
    union = voters_of(evidence, "EU", on=date(2026, 2, 1), weights={"population": "population"})
    assert len(union) == 27
    for key in set(rules()) - {"security_council"}:
        assert compiled(rule_named(key), union).title


@pytest.mark.parametrize(
    ("passes", "what"),
    [
        ({"for": {"at_most": 3}}, "would let more support hurt"),
        ({"against": {"at_least": 3}}, "would let more support hurt"),
        ({"for": {"at_least": "3/2"}}, "is no threshold"),
        ({"for": {"at_least": "half"}}, "is no threshold"),
        ({"for": {"at_least": 1, "more_than": 2}}, "2 bounds are given"),
        ({"for": {}}, "0 bounds are given"),
        ({"for": {"at_least": 3, "among": "voting"}}, "no share of those voting"),
        ({"for": {"at_least": 1}, "against": {"at_most": 1}}, "about one side"),
        ({"all": []}, "at least 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(passes: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        _rule(passes)


def test_what_voters_lack_is_told_all_at_once() -> None:
    with pytest.raises(DetenteError) as caught:
        voters(
            ["AAA", "AAA", "BBB", "CCC"], {"votes": {"AAA": 1, "BBB": -2.0, "CCC": float("nan")}, "heads": {}}
        )
    text = str(caught.value)
    for part in (
        "AAA is named twice",
        "BBB has weight -2.0",
        "CCC has weight nan",
        "weight heads: AAA has no weight",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("passes", "what"),
    [
        ({"for": {"at_least": 4}}, "nothing can pass, even if all 3 vote for: for at least 4"),
        ({"for": {"at_least": 1, "of": "vote"}}, "did you mean 'votes'"),
        ({"veto": ["USA"]}, "USA has a veto and no vote"),
    ],
)
def test_a_rule_that_does_not_fit_its_voters_says_why(passes: dict[str, Any], what: str) -> None:
    with pytest.raises(DetenteError, match=what):
        made(passes, {"AAA": 2, "BBB": 1, "CCC": 1})


def test_weights_that_overflow_are_refused() -> None:
    with pytest.raises(DetenteError, match="larger unit"):
        voters(["AAA", "BBB"], {"votes": {"AAA": 1e12, "BBB": 0.001}})


def test_unknown_voters_votes_costs_and_probabilities_are_told() -> None:
    rule = made(QUOTA, {"AAA": 2, "BBB": 1, "CCC": 1})
    with pytest.raises(DetenteError, match=r"DDD does not vote(.|\n)*votes 'fro'(.|\n)*did you mean 'for'"):
        cast(rule, {"DDD": "for", "AAA": "fro"})
    with pytest.raises(DetenteError, match="no cost of 0 or more for BBB"):
        cheapest_flip(rule, np.array([1, 1, 1]), np.array([1.0, -1.0, np.inf]))
    with pytest.raises(DetenteError, match="no probabilities from 0 to 1 for CCC"):
        chance(rule, np.array([0.5, 0.5, 1.5]))
    assert cheapest_flip(rule, np.array([1, 1, 1]), np.full(3, np.inf)) is None
