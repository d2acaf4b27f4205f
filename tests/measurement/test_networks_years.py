"""Camps over time: numbers that stay, who moved for good, and realignments told from quiet times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import MeasurementError
from detente.measurement.networks.camps import camps
from detente.measurement.networks.detachment import detachment
from detente.measurement.networks.detachment_over_time import Asked, detachment_over_time
from detente.measurement.networks.graph import Ints
from detente.measurement.networks.over_time import History, over_time
from detente.measurement.networks.ties import Ties, ties
from detente.measurement.networks.turns import LEAST, turns
from detente.measurement.networks.years import ABSENT, lasting, matched, variation

series = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(-1, 4, (6, 12)).astype(np.int64)
)


def spelled(*rows: str) -> Ints:
    """Return camps by period from one letter or digit an actor, a dot where it is absent."""
    return np.array([[ABSENT if each == "." else int(each, 36) for each in row] for row in rows])


def ids(*rows: str) -> list[str]:
    """Return the matched numbers, spelled likewise."""
    return ["".join("." if each == ABSENT else str(each) for each in row) for row in matched(spelled(*rows))]


# Numbers that stay.


@settings(max_examples=60, deadline=None)
@given(series, st.randoms())
def test_numbers_do_not_hang_on_how_camps_are_labelled(labels: Ints, random: Any) -> None:
    other = labels.copy()
    for row in other:
        order = np.array(random.sample(range(4), 4))
        row[row != ABSENT] = order[row[row != ABSENT]] + 7
    assert matched(labels).tolist() == matched(other).tolist()


@settings(max_examples=60, deadline=None)
@given(series)
def test_numbers_keep_the_camps_of_each_period_apart_and_together(labels: Ints) -> None:
    for row, told in zip(labels, matched(labels), strict=True):
        assert ((row == ABSENT) == (told == ABSENT)).all()
        there = row != ABSENT
        assert ((row[:, None] == row) == (told[:, None] == told))[np.ix_(there, there)].all()


def test_a_camp_keeps_its_number_as_its_members_change() -> None:
    assert ids("aaaabb", "aaabbb", "aabbbb", "abbbbb") == ["000011", "000111", "001111", "011111"]


def test_the_largest_share_of_a_camp_that_splits_keeps_its_number() -> None:
    assert ids("aaaaabbb", "aaaccbbb") == ["00000111", "00022111"]


def test_a_camp_that_was_swallowed_gets_its_number_again_when_it_comes_back() -> None:
    assert ids("aaaabbb", "aaaaaaa", "aaaaaaa", "bbbbaaa") == ["0000111", "0000000", "0000000", "0000111"]


def test_one_who_leaves_a_camp_is_not_taken_for_a_large_one_of_long_ago() -> None:
    assert ids("aaaaabbbb", "aaaaaaaaa", "aaaaaaaac") == ["000001111", "000000000", "000000002"]


def test_a_camp_that_has_little_of_an_old_one_is_new() -> None:
    # One of the three of old b is in it, one of its four: the other two have joined a.
    assert ids("aaaaaaaaaabbb", "aaaaaaadddaad") == ["0000000000111", "0000000222002"]


def test_actors_who_were_not_there_do_not_count() -> None:
    assert ids("aabb......", "aabbbbbbbb", "bbaaaaaaaa") == ["0011......", "0011111111", "0011111111"]


@pytest.mark.parametrize(
    "labels", [np.zeros((0, 3), np.int64), np.full((3, 2), ABSENT), np.zeros((2, 0), np.int64)]
)
def test_no_periods_or_nobody_there_is_no_error(labels: Ints) -> None:
    assert matched(labels).shape == labels.shape


# How far two partitions are apart.


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=12))
def test_variation_is_a_distance_between_partitions(rows: list[tuple[int, int, int]]) -> None:
    one, other, third = np.array(rows).T
    assert variation(one, one * 5 + 2) == pytest.approx(0, abs=1e-12)
    assert variation(one, other) == pytest.approx(variation(other, one))
    assert variation(one, third) <= variation(one, other) + variation(other, third) + 1e-9
    assert variation(one, other) <= np.log2(len(rows)) + 1e-9


def test_variation_of_a_camp_cut_in_half_is_one_bit() -> None:
    assert variation(np.zeros(8, np.int64), np.arange(8) // 4) == pytest.approx(1)


# Moves that last.


def test_a_move_lasts_where_an_actor_mostly_stays_after_it_and_had_stayed_before() -> None:
    told = lasting(spelled("00000", "00000", "00101", "01110", "01101", "01101"))
    # Actor 2 goes after period 1 and 1 after 2, both to stay; 3 comes back at once, 4 goes, wavers and stays.
    assert np.argwhere(told).tolist() == [[1, 2], [1, 4], [2, 1], [3, 4]]


def test_at_the_end_of_a_series_nobody_has_moved_for_good_yet() -> None:
    assert not lasting(spelled("00", "00", "01")).any()


# Realignments.


def quiet(rng: np.random.Generator, *, length: int = 24, actors: int = 120) -> Ints:
    """Return how many moved in each transition: some each time, and in threes as often as alone."""
    return rng.binomial(actors // 2, 0.04, length) + 3 * rng.binomial(actors // 6, 0.04, length)


def test_a_quiet_series_gives_no_realignment_more_often_than_at_the_level_stated() -> None:
    rng = np.random.default_rng(0)
    alarms = [(turns(quiet(rng), np.full(24, 120)).p_value < 0.05).any() for _ in range(120)]
    assert np.mean(alarms) <= 0.05


def test_a_built_in_realignment_is_found_where_it_is_and_nowhere_else() -> None:
    rng = np.random.default_rng(1)
    for place in (0, 11, 23):
        movers = quiet(rng)
        movers[place] = 40
        told = turns(movers, np.full(24, 120))
        assert np.flatnonzero(told.p_value < 0.05).tolist() == [place]
        assert told.high[place] < 40 / 120
        assert ((told.low <= told.high) & (told.low >= 0)).all()


def test_two_realignments_one_after_the_other_do_not_hide_each_other() -> None:
    movers = quiet(np.random.default_rng(2))
    movers[[10, 11]] = 50
    assert np.flatnonzero(turns(movers, np.full(24, 120)).p_value < 0.05).tolist() == [10, 11]


def test_restless_times_are_judged_by_their_own_measure() -> None:
    restless = np.array([20, 35, 15, 40, 30, 22, 38, 28, 18, 33, 25, 36, 21, 29, 34, 27, 31, 24])
    movers = np.concatenate([restless, quiet(np.random.default_rng(3), length=20)])
    told = turns(movers, np.full(38, 120))
    assert (told.p_value > 0.5).all() and told.high[5] > 2 * told.high[-5]


def test_of_a_short_series_nothing_is_said() -> None:
    told = turns(np.array([1, 30, 1]), np.full(3, 50))
    assert np.isnan([told.low, told.high, told.p_value]).all()
    long = turns(np.array([0] + [1] * LEAST), np.array([0] + [50] * LEAST))
    assert np.isnan(long.p_value[0]) and not np.isnan(long.p_value[1:]).any()


# Tables.

NAMES = "ABCDEFGHIJKLMN"


def network(sides: str, *, year: int = 2000, seed: int = 0, without: str = "") -> Ties:
    """Return ties that bind within the sides (one character for each name) and divide across, with noise."""
    rng = np.random.default_rng(seed)
    rows = [
        (a, b, (1 if sides[NAMES.index(a)] == sides[NAMES.index(b)] else -1) + round(rng.normal(0, 0.3), 2))
        for a, b in combinations(NAMES[: len(sides)], 2)
        if not {a, b} & set(without)
    ]
    return ties(pd.DataFrame(rows, columns=["a", "b", "weight"]).assign(date=f"{year}-06-01", source="Smith"))


def history(*sides: str, without: Sequence[str] = ()) -> History:
    gone = [*without, *[""] * len(sides)]
    found = {
        2000 + place: network(each, year=2000 + place, seed=place, without=out)
        for place, (each, out) in enumerate(zip(sides, gone, strict=False))
    }
    return over_time(found, time_limit=0)


def test_members_and_periods_say_who_is_where_under_numbers_that_stay() -> None:
    told: Any = history("aaaabbbbb", "aaaabbbbb", "aaaaabbbb")
    assert told.members.set_index(["actor", "period"]).loc[("A", 2000), "camp"] == 2
    wide = told.members.pivot(index="period", columns="actor", values="camp")
    assert wide.loc[2001].tolist() == [2, 2, 2, 2, 1, 1, 1, 1, 1]
    assert wide.loc[2002].tolist() == [2, 2, 2, 2, 2, 1, 1, 1, 1]
    first = told.periods.iloc[0]
    assert (first["start"], first["end"]) == (pd.Timestamp(2000, 1, 1), pd.Timestamp(2000, 12, 31))
    assert (first["actors"], first["ties"], first["camps"], first["source"]) == (9, 36, 2, "Smith")
    assert first["share"] == first["frustration"] / first["total"]
    assert set(told.members["name"]) == {"camp 1", "camp 2"} and set(told.members["mark"]) == {"estimated"}


def test_flows_count_everyone_once_also_those_who_come_and_go() -> None:
    flows = history("aaaabbbbb", "aaaaabbbb", without=("I", "A")).flows
    told = flows[["camp", "next_camp", "actors", "new", "gone"]].fillna(0).values.tolist()
    assert told == [
        [0, 2, "I", True, False],
        [1, 0, "A", False, True],
        [1, 1, "B C D", False, False],
        [2, 1, "E", False, False],
        [2, 2, "F G H", False, False],
    ]
    assert (flows["n"] == [len(who.split()) for who in flows["actors"]]).all()


def test_a_realignment_in_the_ties_is_found_with_its_movers_and_their_roles() -> None:
    before, after = "aaaaaaabbbbbbb", "aaaaaaabaaaabb"
    told = history(*[before] * 6, *[after] * 6).realignments
    clear = told[told["p_value"] < 0.05]
    assert clear[["period", "next"]].values.tolist() == [[2005, 2006]]
    row: Any = clear.iloc[0]
    assert row["movers"] == row["lasting"] == "I J K L" and row["moved"] == 4 / 14
    assert row["roles"] == "from camp 2 to camp 1: I J K L"
    assert row["cost"] > 0.2 and (told["cost"].drop(clear.index).abs() < 1e-12).all()
    assert row["expected_high"] < row["moved"] and row["variation"] > 0.5


def test_a_camp_that_ends_and_one_that_begins_or_comes_back_are_told_in_roles() -> None:
    told = history("aaaaabbbb", "aaaaaaaaa", "aaaaaabbb", "aaaaaaaaa", "cccaaaaaa").realignments
    assert told["roles"].tolist() == [
        "from camp 2, no more, to camp 1: F G H I",
        "from camp 1 to camp 2, back again: G H I",
        "from camp 2, no more, to camp 1: G H I",
        "from camp 1 to camp 3, new: A B C",
    ]
    assert told["p_value"].isna().all()


def test_camps_already_found_are_taken_as_they_are_and_windows_have_their_own_days() -> None:
    found = {"early": camps(network("aaabb"), k=None, time_limit=0)}
    told = over_time(found)
    assert told.camps["early"] is found["early"] and told.flows.empty and told.realignments.empty
    assert told.periods["start"].tolist() == [pd.Timestamp(2000, 6, 1)]


def test_without_any_period_there_is_no_history() -> None:
    with pytest.raises(MeasurementError, match="networks"):
        over_time({})


def test_detachment_over_time_tells_change_by_actor_and_what_cannot_be_told() -> None:
    found = {2000 + place: network("aaaaabbbb", year=2000 + place, seed=place) for place in range(3)}
    who = {2000: [*"ABCD"], 2001: ["Q"], 2002: [*"ABCDEQ"]}
    told = detachment_over_time(found, who, bloc="Pact", asked=Asked(draws=19))
    table: Any = told.detachment.set_index(["actor", "period"])
    assert table["change"].isna().sum() == 5 and set(told.detachment["bloc"]) == {"Pact"}
    gained = table.loc[("A", 2002), "share"] - table.loc[("A", 2000), "share"]
    assert table.loc[("A", 2002), "change"] == pytest.approx(gained)
    assert table.loc[("A", 2002), "previous"] == 2000
    assert told.untold[["period", "what"]].values.tolist() == [
        [2001, "none of its 1 members is in the network: Q"]
    ]
    assert told.set_aside[["period", "examples"]].values.tolist() == [[2002, "Q"]]
    assert set(told.leaving_together["period"]) == set(told.holds["period"]) == {2002}
    alone = detachment(found[2002], who[2002], draws=19)
    assert (
        table.xs(2002, level="period")["margin"].to_dict()
        == alone.members.set_index("actor")["margin"].to_dict()
    )


def test_a_bloc_that_no_period_tells_of_is_refused_with_the_periods() -> None:
    found = {2000: network("aabb"), 2001: network("aabb")}
    with pytest.raises(MeasurementError) as caught:
        detachment_over_time(found, {2000: ["Q"]}, bloc="Pact")
    assert "Pact, 2000: camp: none of its 1 members" in str(caught.value)
    assert "Pact, 2001: camp: no members" in str(caught.value)
