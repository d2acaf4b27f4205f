"""Camps: who is in which, what they leave frustrated, and what is said of them in words."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import MeasurementError
from detente.measurement.networks.camps import Camps, camps
from detente.measurement.networks.edges import Edges
from detente.measurement.networks.graph import frustration
from detente.measurement.networks.ties import Ties, ties


def network(*rows: tuple[Any, ...], **more: Any) -> Ties:
    """Return the ties of these rows: a, b, weight."""
    return ties(pd.DataFrame(rows, columns=["a", "b", "weight"]), **more)


def told(found: Camps) -> dict[str, list[str]]:
    """Return the camps as strings of names."""
    grouped = found.members.dropna(subset="camp").groupby("camp")["actor"]
    return {str(camp): list(who) for camp, who in grouped}


TRIANGLE = network(("A", "B", 2), ("B", "C", 1), ("A", "C", -1))


def test_two_camps_leave_the_lightest_tie_of_a_triangle_frustrated() -> None:
    found = camps(TRIANGLE)
    assert found.frustration == 1 and found.proven and found.gap == 0 and found.share == 0.25
    assert found.camp("A") == found.camp("B") == 1
    assert found.frustrated()["weight"].tolist() == [1.0]
    assert "proven" in repr(found) and "1 of 4 is frustrated (25.0 %)" in repr(found)


def test_frustrated_ties_come_with_their_source_and_camps() -> None:
    table = pd.DataFrame(
        [("A", "B", 2, "Smith"), ("B", "C", 3, "Jones"), ("A", "C", -5, "Smith")],
        columns=["a", "b", "weight", "source"],
    )
    lost = camps(ties(table)).frustrated().iloc[0]
    assert (lost["a"], lost["b"], lost["source"], lost["locator"]) == ("A", "B", "Smith", "row 0")
    assert {int(lost["camp_a"]), int(lost["camp_b"])} == {1, 2}


def test_the_pull_is_what_a_move_would_cost() -> None:
    found = camps(network(("A", "B", 4), ("B", "C", 3), ("A", "C", 2), ("C", "D", -6), ("A", "D", 1)))
    pull = found.members.set_index("actor")["pull"]
    for actor in "ABCD":
        moved = found.labels.copy()
        place = found.ties.actors.index(actor)
        moved[place] = 1 - moved[place]
        graph = found.ties.graph()
        assert pull[actor] == frustration(graph, moved) - frustration(graph, found.labels)
    share = found.members.set_index("actor")["share"]
    assert share["D"] == pytest.approx(5 / 7)


def test_any_number_of_camps_splits_what_two_must_join() -> None:
    rivals = network(("A", "B", -1), ("B", "C", -1), ("A", "C", -1))
    assert camps(rivals, k=2).frustration == 1
    free = camps(rivals, k=None)
    assert free.frustration == 0 and len(told(free)) == 3
    assert "balanced" in free.notes[0]


def test_one_camp_is_a_choice_too() -> None:
    found = camps(TRIANGLE, k=1)
    assert found.frustration == 1 and found.proven and told(found) == {"1": ["A", "B", "C"]}


def test_more_camps_than_actors_is_noted_and_no_mistake() -> None:
    found = camps(TRIANGLE, k=9)
    assert found.frustration == 1
    assert any("there are only 3 actors" in note for note in found.notes)


@pytest.mark.parametrize(
    "wrong",
    [{"k": 0}, {"k": -1}, {"k": 2.5}, {"k": "two"}, {"k": True}, {"time_limit": -1}, {"time_limit": "1"},
     {"time_limit": float("nan")}, {"seed": -1}, {"seed": 0.5}],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match=next(iter(wrong))):
        camps(TRIANGLE, **wrong)


def test_what_is_no_network_is_refused_with_what_to_type() -> None:
    with pytest.raises(MeasurementError, match=r"detente\.ties") as caught:
        camps(pd.DataFrame(), k=0)  # type: ignore[arg-type]  # the mistake is meant
    assert len(caught.value.problems) == 2


def test_actors_without_ties_are_named_and_in_no_camp() -> None:
    lonely = network(("A", "B", 1), ("C", "D", 1), ("C", "D", -1))
    found = camps(lonely)
    assert found.isolated == ("C", "D") and found.camp("C") is None and found.camp("A") == 1
    assert found.members["camp"].isna().sum() == 2
    assert any("in no camp" in note and "C, D" in note for note in found.notes)
    assert found.frustration == found.unavoidable == found.frustrated()["weight"].sum() == 1
    with pytest.raises(MeasurementError, match="not in the network"):
        found.camp("E")


def test_a_network_of_cancelled_ties_alone_has_no_camps() -> None:
    found = camps(network(("A", "B", 1), ("A", "B", -1)), k=None)
    assert found.isolated == ("A", "B") and found.components == () and found.frustration == 1


def test_contradictory_ties_are_part_of_the_frustration_and_said_to_be() -> None:
    found = camps(network(("A", "B", 5), ("A", "B", -2), ("B", "C", 1)))
    assert found.frustration == found.bound == 2 and found.unavoidable == 2 and found.proven
    assert any("no camps can avoid" in note for note in found.notes)
    assert found.frustrated()["weight"].tolist() == [2.0]


def test_parts_without_ties_between_them_are_told_and_placed_by_a_rule() -> None:
    two = network(("A", "B", 1), ("B", "C", 1), ("C", "D", -1), ("X", "Y", 1), ("Y", "Z", -1))
    found = camps(two)
    assert told(found) == {"1": ["A", "B", "C", "X", "Y"], "2": ["D", "Z"]}
    assert found.components == (("A", "B", "C", "D"), ("X", "Y", "Z"))
    assert any("2 parts, 3 actors outside the largest" in note for note in found.notes)
    assert len(told(camps(two, k=None))) == 4


def test_who_could_as_well_be_elsewhere_is_named() -> None:
    torn = network(("A", "B", 3), ("C", "D", 3), ("A", "C", -5), ("E", "A", 2), ("E", "C", 2))
    assert any("could as well be in another camp: E" in note for note in camps(torn).notes)
    assert not any("could as well" in note for note in camps(network(("A", "B", -1)), k=None).notes)


def test_weights_in_parts_of_units_are_reported_as_weights() -> None:
    found = camps(network(("A", "B", 0.25), ("B", "C", 0.5), ("A", "C", -0.125)))
    assert found.frustration == pytest.approx(0.125) and found.total == pytest.approx(0.875)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from("ABCDE")] * 2, st.integers(-3, 3)), min_size=1, max_size=14),
    st.sampled_from([1, 2, 3, None]),
)
def test_no_camps_of_five_actors_leave_less(rows: list[tuple[str, str, int]], k: int | None) -> None:
    try:
        held = network(*rows)
    except MeasurementError:
        return
    found = camps(held, k=k, time_limit=None)
    graph = held.graph()
    choices = range(graph.size if k is None else k)
    least = min(frustration(graph, np.array(each)) for each in product(choices, repeat=graph.size))
    assert found.proven and found.frustration == least + held.lost
    assert found.frustrated()["weight"].sum() == found.frustration
    assert (found.members["pull"].dropna() >= 0).all() or k == 1
    assert k is None or (found.members["camp"].dropna() <= k).all()


def test_the_highland_tribes_are_seven_ties_from_balance(reference: Path) -> None:
    """Read (1954): 16 tribes, 58 ties, line index of balance 7."""
    table = pd.read_csv(reference / "networks" / "tribes.tsv", sep="\t", names=["a", "b", "sign"])
    found = camps(ties(Edges(table)))
    assert (len(found.members), len(found.ties.rows)) == (16, 58)
    assert found.frustration == 7 and found.proven and len(found.frustrated()) == 7
