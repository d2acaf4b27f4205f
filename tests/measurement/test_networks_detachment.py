"""Detachment: margins by hand and by trying all camps, cores, chance, pairs, and what holds a member in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import MeasurementError
from detente.measurement.networks.camps import camps
from detente.measurement.networks.detachment import Detachment, detachment, joining
from detente.measurement.networks.forcing import NOBODY, Terms, force
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, frustration, merged
from detente.measurement.networks.holding import OTHERS_MOVE
from detente.measurement.networks.leaving import pairs
from detente.measurement.networks.margins import Stand, firmest, margin, margins, stand
from detente.measurement.networks.null_margins import null_margins, p_value
from detente.measurement.networks.ties import Ties, ties

QUICK = Effort(None, 0, prove=False)
SIZE = 6
numbers = st.sampled_from([2, 3, None])


def every_partition(size: int, k: int | None) -> Iterator[Ints]:
    """Yield each partition of `size` nodes into at most k camps once."""

    def grow(labels: list[int]) -> Iterator[Ints]:
        if len(labels) == size:
            yield np.array(labels)
            return
        camps = max(labels, default=-1) + 1
        for camp in range(min(camps + 1, k or size)):
            yield from grow([*labels, camp])

    return grow([])


def by_trying(graph: SignedGraph, core: Sequence[int], leaving: Sequence[int], k: int | None) -> int:
    """Return the margin of some nodes by trying all camps."""
    rest = [node for node in core if node not in leaving]
    apart, joined = [], []
    for labels in every_partition(graph.size, k):
        if len(set(labels[rest])) == 1:
            inside = labels[list(leaving)] == labels[rest[0]]
            if not inside.any():
                apart.append(frustration(graph, labels))
            if inside.all():
                joined.append(frustration(graph, labels))
    return min(apart) - min(joined)


@st.composite
def graphs(draw: st.DrawFn) -> SignedGraph:
    """Return a small graph in which every node has an edge."""
    pairs = np.array(list(combinations(range(SIZE), 2)))
    weight = np.array(draw(st.lists(st.integers(-4, 4), min_size=len(pairs), max_size=len(pairs))))
    weight[:SIZE] = np.where(weight[:SIZE] == 0, 1, weight[:SIZE])
    return merged(SIZE, pairs[:, 0], pairs[:, 1], weight)[0]


def held(graph: SignedGraph, core: Sequence[int], k: int | None) -> Stand:
    return stand(graph, np.array(core), labels=np.zeros(graph.size, np.int64), k=k, effort=QUICK)


def listed(*rows: tuple[Any, ...], columns: str = "a b weight") -> Ties:
    """Return the ties of a table of these rows."""
    return ties(pd.DataFrame(rows, columns=columns.split()))


def small() -> Ties:
    """Return five actors: A and B are close, C hangs on both, D on C, and E is against D."""
    return listed(("A", "B", 3), ("A", "C", 2), ("B", "C", 2), ("C", "D", 1), ("D", "E", -4))


def sides(spread: float = 0.3, seed: int = 0) -> Ties:
    """Return a network of two sides, of seven each, in which neighbours in the alphabet differ a little."""
    rng = np.random.default_rng(seed)
    names = "ABCDEFGTUVWXYZ"
    rows = [
        (a, b, round(float((1 if (a < "N") == (b < "N") else -1) + rng.normal(0, spread)), 2))
        for a, b in combinations(names, 2)
    ]
    return listed(*rows)


def margin_of(found: Detachment, actor: str, column: str = "margin") -> Any:
    return found.members.set_index("actor").loc[actor, column]


def refused(*args: Any, **more: Any) -> str:
    """Return what is said of a question that cannot be answered."""
    with pytest.raises(MeasurementError) as caught:
        detachment(*args, **more)
    return str(caught.value)


# Margins.


def test_margins_are_those_that_one_finds_by_hand() -> None:
    found = detachment(small(), [*"ABCD"], core=["A", "B"]).members.set_index("actor")
    assert found["margin"].to_dict() == {"D": 1, "C": 4, "A": 5, "B": 5}
    assert found["share"].to_dict() == {"D": 1 / 5, "C": 4 / 5, "A": 1, "B": 1}
    assert found["rank"].to_dict() == {"D": 1, "C": 2, "A": 3, "B": 4}
    assert (found["of"] == 4).all() and found["in_camp"].all()
    assert (found["core"] == "A B").all() and (found["mark"] == "estimated").all()


def test_a_member_of_the_other_camp_has_what_bringing_it_in_would_cost_below_zero() -> None:
    found = detachment(small(), [*"ABE"], core=["A", "B"])
    assert margin_of(found, "E") == -1  # D stays with E's foes and pays 4, or goes along, and C-D breaks
    assert not margin_of(found, "E", "in_camp") and pd.isna(margin_of(found, "E", "rank"))
    assert (found.members["of"] == 2).all()


def test_the_margin_of_a_core_member_is_against_the_rest_of_the_core() -> None:
    network = listed(("A", "B", 5), ("B", "C", 3), ("A", "C", 2), ("C", "D", 4))
    assert margin_of(detachment(network, [*"ABC"], core=["A", "B", "C"]), "C") == 5
    assert margin_of(detachment(network, [*"ABC"], core=["A", "C"]), "C") == 2 + 3  # B sides with A


def test_margins_hold_with_weights_that_are_not_whole() -> None:
    network = listed(("A", "B", 0.3), ("A", "C", 0.25), ("B", "C", 0.2), ("C", "D", -0.1))
    assert margin_of(detachment(network, [*"ABC"], core=["A", "B"]), "C") == pytest.approx(0.45)


@settings(max_examples=40, deadline=None)
@given(graphs(), numbers, st.integers(2, 4))
def test_margins_are_those_of_trying_all_camps(graph: SignedGraph, k: int | None, size: int) -> None:
    core = list(range(size))
    _, found = margins(held(graph, core, k), list(range(SIZE)))
    assert [each.value for each in found] == [by_trying(graph, core, [node], k) for node in range(SIZE)]


@settings(max_examples=20, deadline=None)
@given(graphs(), numbers)
def test_joint_margins_are_those_of_trying_all_camps(graph: SignedGraph, k: int | None) -> None:
    base = held(graph, [0, 1, 2], k)
    for leaving in combinations(range(1, SIZE), 2):
        if leaving != (1, 2):
            assert margin(base, leaving).value == by_trying(graph, [0, 1, 2], leaving, k)


@settings(max_examples=60, deadline=None)
@given(graphs(), numbers, st.sets(st.integers(0, SIZE - 1), min_size=2, max_size=4), st.randoms())
def test_a_forced_network_costs_what_camps_under_its_terms_do(
    graph: SignedGraph, k: int | None, chosen: set[int], random: Any
) -> None:
    order = sorted(chosen)
    cut = random.randint(1, len(order) - 1)
    terms = Terms(np.array(order[:cut]), np.array(order[cut:]))
    forced = force(graph, terms, k=k)
    costs = [
        frustration(forced.graph, labels) + forced.offset for labels in every_partition(forced.graph.size, k)
    ]
    kept = [
        frustration(graph, labels)
        for labels in every_partition(SIZE, k)
        if len(set(labels[terms.together])) == 1
        and not (labels[terms.apart] == labels[terms.together[0]]).any()
    ]
    assert min(costs) == min(kept)
    best = next(
        labels
        for labels, cost in zip(every_partition(forced.graph.size, k), costs, strict=True)
        if cost == min(costs)
    )
    assert frustration(graph, forced.labels(best)) == min(kept)


def test_margins_are_measured_from_better_camps_where_a_search_comes_upon_them() -> None:
    graph = sides().graph()
    far = held(graph, [0, 1], 2)
    poor = Stand(graph, far.core, 2, type(far.best)(np.zeros(graph.size, np.int64), 10**6))
    base, found = margins(poor, [0, 1, 2, 9])
    assert base.best.frustration == far.best.frustration
    assert [each.value for each in found] == [margin(far, [node]).value for node in (0, 1, 2, 9)]


@pytest.mark.parametrize("k", [2, 3, None])
def test_proofs_bound_margins_from_below_and_change_none(k: int | None) -> None:
    base = camps(sides(0.8), k=k)
    quick, sure = (detachment(base, [*"ABCDT"], draws=0, prove=prove) for prove in (False, True))
    assert (
        sure.members["proven"].all() and (sure.members["margin_bound"] > sure.members["margin"] - 0.01).all()
    )
    assert sure.members["margin"].tolist() == quick.members["margin"].tolist()
    inside = quick.members[quick.members["in_camp"]]
    assert not inside["proven"].any() and inside["margin_bound"].isna().all()


# The core.


def test_the_core_is_peeled_from_the_least_firm_until_half_remain() -> None:
    weights = np.array([[0, 4, 3, 1, 0], [4, 0, 2, 0, 0], [3, 2, 0, 0, 5], [1, 0, 0, 0, 2], [0, 0, 5, 2, 0]])
    # 3 goes first (1 + 2 = 3), then of 0, 1, 2, 4 with 7, 6, 10, 5 the last.
    assert firmest(weights).tolist() == [0, 1, 2]


@given(st.integers(2, 9), st.integers(0, 99))
def test_half_of_the_members_are_the_core_and_two_at_the_least(size: int, seed: int) -> None:
    found = firmest(np.random.default_rng(seed).integers(-3, 4, (size, size)))
    assert len(found) == max(2, -(-size // 2))
    assert sorted(set(found)) == found.tolist()


def test_the_core_is_of_the_camp_that_holds_most_members() -> None:
    found = detachment(sides(), [*"ABCDETU"])
    assert set(found.core) < set("ABCDE") and len(found.core) == 3
    assert found.members.set_index("actor")["in_camp"].to_dict() == {name: name < "N" for name in "ABCDETU"}


def test_a_core_that_does_not_belong_to_the_bloc_is_used_and_named() -> None:
    found = detachment(sides(), [*"ABC"], core=["X", "Y"])
    assert "not members: X, Y" in " ".join(found.notes)
    assert not found.members["in_camp"].any() and set(found.members["actor"]) == set("ABC")


# Chance.


def test_chance_shuffles_signs_over_ties_and_keeps_their_sizes() -> None:
    """Each draw gives the margin of the network that it stands for, found anew by trying all camps."""
    rows = [(a, b, 3 if (a < 3) == (b < 3) else -2) for a, b in combinations(range(6), 2)]
    graph, _ = merged(6, *np.array(rows).T)
    base = held(graph, [0, 1], 2)
    _, (found,) = margins(base, [2])
    told = null_margins(base, 2, found, draws=20, rng=np.random.default_rng(5))
    touching = (graph.first == 2) | (graph.second == 2)
    other = np.where(graph.first == 2, graph.second, graph.first)[touching]
    order = np.argsort(other)
    mine = graph.weight[touching][order]
    drawn = np.random.default_rng(5).permuted(np.tile(np.sign(mine), (20, 1)), axis=1)
    for margin_by_chance, signs in zip(told, drawn, strict=True):
        weight = graph.weight.copy()
        weight[np.flatnonzero(touching)[order]] = np.abs(mine) * signs
        shuffled = SignedGraph(6, graph.first, graph.second, weight)
        assert margin_by_chance == by_trying(shuffled, [0, 1], [2], 2)
    assert len(set(told.tolist())) > 2


@pytest.mark.parametrize("k", [2, None])
def test_members_of_clear_sides_are_held_beyond_chance(k: int | None) -> None:
    found = detachment(camps(sides(), k=k), [*"ABCDEFG"], draws=99).members
    assert (found["p_value"] == 0.01).all()
    assert (found["margin"] > found["null_high"]).all() and (found["null_high"] > found["null_low"]).all()


def test_of_ties_of_one_sign_chance_says_nothing_and_that_is_said() -> None:
    found = detachment(small(), [*"ABCD"], core=["A", "B"])
    chance = found.members.set_index("actor")[["null_low", "null_mid", "null_high", "p_value"]]
    assert chance.loc[["A", "B", "C"]].isna().all(axis=None) and chance.loc["D"].notna().all()
    assert any("chance says nothing of A, B, C" in note for note in found.notes)


def test_the_p_value_counts_the_true_margin_among_those_by_chance() -> None:
    assert p_value(np.array([1, 5, 5, 9]), 5) == 4 / 5
    assert p_value(np.array([1, 2, 3]), 4) == 1 / 4


def test_the_same_seed_gives_the_same_tables_and_another_other_chances() -> None:
    one, again, other = (
        detachment(sides(), [*"ABCT"], draws=40, seed=seed, pairs=True) for seed in (3, 3, 4)
    )
    pd.testing.assert_frame_equal(one.members, again.members)
    pd.testing.assert_frame_equal(one.pairs, again.pairs)
    assert (one.members["null_mid"] != other.members["null_mid"]).any()
    assert one.members["margin"].tolist() == other.members["margin"].tolist()


def test_without_draws_there_is_no_chance_and_the_rest_is_the_same() -> None:
    found = detachment(sides(), [*"ABC"], draws=0).members
    assert found["p_value"].isna().all() and found["margin"].notna().all()


# Who leaves together.


def twins() -> Ties:
    """Return a bloc in which S and T are close to one another, and one by one to the core of A, B and C."""
    bloc = [("A", "B", 5), ("A", "C", 5), ("B", "C", 5)]
    each = [(core, twin, 1) for core in "ABC" for twin in "ST"]
    return listed(*bloc, *each, ("S", "T", 6), ("A", "R", 2), ("R", "Z", -3), ("S", "Z", 1))


def test_two_save_what_holds_them_to_one_another() -> None:
    found = detachment(twins(), [*"ABCRST"], core=["A", "B", "C"], pairs=True)
    (best,) = (row for row in found.pairs.to_dict("records") if row["b"] == "T" and row["a"] == "S")
    assert (best["a"], best["b"], best["joint"]) == ("S", "T", margin_of(found, "T"))
    assert best["saving"] == margin_of(found, "S") + margin_of(found, "T") - best["joint"] > 0
    assert (best["alone_a"], best["alone_b"]) == (margin_of(found, "S"), margin_of(found, "T"))
    assert len(found.pairs) == 15 and found.pairs["saving"].is_monotonic_decreasing


@settings(max_examples=15, deadline=None)
@given(graphs(), numbers)
def test_pairs_are_those_of_trying_all_camps(graph: SignedGraph, k: int | None) -> None:
    base, found = margins(held(graph, [0, 1, 2], k), list(range(SIZE)))
    inside = [node for node in range(SIZE) if base.best.labels[node] == 0]
    for pair in pairs(base, inside, [found[node] for node in inside], QUICK):
        leaving = [pair.first, pair.second]
        assert pair.margin.value == by_trying(graph, [0, 1, 2], leaving, k)
        assert pair.saving == sum(found[node].value for node in leaving) - pair.margin.value


def test_a_pair_that_is_the_whole_core_is_left_out() -> None:
    found = detachment(small(), [*"ABCD"], core=["A", "B"], pairs=True).pairs
    assert set(zip(found["a"], found["b"], strict=True)) == set(combinations("ABCD", 2)) - {("A", "B")}


def test_who_would_follow_is_named_and_the_core_never_follows() -> None:
    found = detachment(twins(), [*"ABCRST"], core=["A", "B", "C"])
    assert (margin_of(found, "S", "followers"), margin_of(found, "T", "followers")) == ("T", "S")
    assert margin_of(found, "R", "followers") == "" and margin_of(found, "A", "followers") == "R"


# What holds a member in.


def test_ties_of_each_layer_add_up_to_what_leaving_alone_would_cost() -> None:
    network = listed(
        ("A", "B", 5, "votes"), ("A", "C", 2, "votes"), ("B", "C", 3, "trade"), ("B", "C", -1, "votes"),
        ("C", "D", 1, "votes"), ("C", "Z", -2, "votes"), ("A", "Z", -9, "votes"), ("D", "Z", -4, "trade"),
        columns="a b weight layer",
    )  # fmt: skip
    found = detachment(network, [*"ABCD"], core=["A", "B"]).holds("C", rest=False)
    told = {(row.other, row.layer): row.contribution for row in found.itertuples()}
    assert told == {
        ("A", "votes"): 2, ("B", "trade"): 3, ("B", "votes"): -1, ("D", "votes"): 1, ("Z", "votes"): 2,
    }  # fmt: skip
    assert set(found["mark"]) == {"sourced"} and found["contribution"].is_monotonic_decreasing


def test_what_others_spare_by_moving_is_a_row_and_all_add_up_to_the_margin() -> None:
    found = detachment(small(), [*"ABCD"], core=["A", "B"])
    told = found.holds("C")
    assert told["contribution"].tolist() == [2, 2, 1, -1]  # D goes along
    assert told["layer"].iloc[-1] == OTHERS_MOVE and told["other"].isna().sum() == 1
    assert told["contribution"].sum() == margin_of(found, "C")


@pytest.mark.parametrize("k", [2, 3, None])
@pytest.mark.parametrize("actor", ["A", "T"])
def test_contributions_are_what_moving_one_actor_alone_changes(k: int | None, actor: str) -> None:
    network = sides(1.0)
    found = detachment(camps(network, k=k), [*"ABCDETU"])
    told = found.holds(actor, rest=False)["contribution"].sum()
    labels, node = found.base.best.labels, network.actors.index(actor)
    graph, here = network.graph(), frustration(network.graph(), labels)
    others = range(1, k or int(labels.max()) + 2) if labels[node] == 0 else [0]
    moved = [frustration(graph, np.where(np.arange(graph.size) == node, camp, labels)) for camp in others]
    assert told == pytest.approx((min(moved) - here) * (1 if labels[node] == 0 else -1) * network.unit)


# The reverse question.


def test_outsiders_are_told_what_drawing_them_in_would_cost() -> None:
    found = joining(sides(), [*"ABCDEFG"])
    assert set(found.members["actor"]) == set("TUVWXYZ") and (found.members["margin"] < 0).all()
    one = joining(sides(), iter("ABCDEFGQ"), outsiders=["T"])
    assert one.set_aside["examples"].tolist() == ["Q"]
    same = detachment(sides(), [*"ABCDEFGT"], core=found.core)
    assert margin_of(one, "T") == margin_of(found, "T") == margin_of(same, "T")


# Bad input.


def test_members_who_are_not_in_the_network_are_set_aside_by_name() -> None:
    found = detachment(sides(), ["A", "B", "C", "Q", "P"])
    assert found.set_aside.values.tolist() == [["not in the network", 2, "P, Q"]]
    assert "P, Q" in repr(found) and len(found.members) == 3


def test_members_without_a_tie_or_a_way_to_the_core_are_set_aside_by_name() -> None:
    rows = [("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("C", "D", -1), ("X", "Y", 1)]
    found = detachment(listed(*rows), [*"ABDX"])
    told = dict(zip(found.set_aside["what"], found.set_aside["examples"], strict=True))
    assert told == {
        "without a tie, or with ties that cancel out": "D",
        "connected with the core by no chain of ties": "X",
    }
    assert found.members["actor"].tolist() == ["A", "B"]


def test_a_bloc_that_the_network_does_not_know_is_refused_with_a_hint() -> None:
    told = refused(listed(("ABC", "DEF", 1)), ["ABD", "QQQ"])
    assert "none of its 2 members is in the network: ABD, QQQ" in told and "did you mean 'ABC'?" in told
    assert "no members" in refused(small(), [])


def test_a_core_that_cannot_be_is_refused_with_all_that_is_wrong() -> None:
    told = refused(listed(("A", "B", 1), ("C", "D", 1), ("C", "D", -1)), ["A", "B"], core=["C", "Q"])
    assert "'Q' is not in the network" in told and "'C' has no tie" in told
    assert "A alone is no core" in refused(small(), [*"ABC"], core=["A"])
    assert "not even by way of others" in refused(
        listed(("A", "B", 1), ("X", "Y", 1)), ["A", "B"], core=["X", "Y"]
    )


def test_a_bloc_of_one_or_one_that_is_all_at_odds_needs_a_core() -> None:
    assert "no two of its 1 members" in refused(small(), [*"A"])
    assert "no two of its 2 members" in refused(small(), [*"DE"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"draws": -1}, "draws"),
        ({"draws": 2.5}, "draws"),
        ({"seed": -1}, "seed"),
        ({"time_limit": -1}, "time_limit"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(more: dict[str, Any], said: str) -> None:
    assert refused(small(), [*"ABC"], **more).startswith(said)


def test_what_is_no_network_or_no_list_is_refused() -> None:
    assert "is no network of ties" in refused(pd.DataFrame(), [*"ABC"])
    assert "'ABC' is no list of actors" in refused(small(), "ABC")
    assert "nobody can leave the only one" in refused(camps(small(), k=1), ["A", "B"])


def test_holds_of_who_was_not_measured_is_refused() -> None:
    with pytest.raises(MeasurementError, match="'Q' was not measured"):
        detachment(small(), ["A", "B", "C"]).holds("Q")


def test_terms_that_bind_nobody_apart_only_join() -> None:
    graph = small().graph()
    forced = force(graph, Terms(np.array([0, 1]), NOBODY), k=2)
    assert forced.graph.size == 4 and forced.offset == 0
