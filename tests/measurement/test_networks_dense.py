"""Proofs for two camps in dense graphs, beside trying every partition."""

from __future__ import annotations

import csv
import time
from itertools import count, product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.measurement.networks import dense_search
from detente.measurement.networks.dense_core import Core, settled
from detente.measurement.networks.dense_enumeration import enumerated
from detente.measurement.networks.dense_search import bound_dense_two
from detente.measurement.networks.graph import Ints, SignedGraph, frustration
from detente.measurement.networks.triangles import Ascent, Residual, packed


def graph_of(weight: Ints) -> SignedGraph:
    """The upper triangle of `weight` as a graph."""
    first, second = np.nonzero(np.triu(weight, 1))
    return SignedGraph(len(weight), first, second, weight[first, second])


def noisy(size: int, *, wrong: float, seed: int) -> tuple[SignedGraph, Ints]:
    """Two camps, weights 1 to 1000 of the sign that agrees with them but for a part; and the camps."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size)
    sign = np.where(labels[:, None] == labels, 1, -1) * np.where(rng.random((size, size)) < wrong, -1, 1)
    return graph_of(sign * rng.integers(1, 1001, (size, size))), labels


def partitions(size: int) -> Ints:
    """All partitions into two camps, node 0 in camp 0: (partitions, size)."""
    return np.array([(0, *rest) for rest in product((0, 1), repeat=size - 1)])


def least(graph: SignedGraph) -> int:
    return min(frustration(graph, labels) for labels in partitions(graph.size))


@st.composite
def graphs(draw: st.DrawFn, largest: int = 8) -> SignedGraph:
    """Graphs of few nodes; some pairs without a tie, some with a heavy one."""
    size = draw(st.integers(2, largest))
    weight = st.one_of(st.integers(-9, 9), st.sampled_from([-(10**15), 10**15]))
    pairs = size * (size - 1) // 2
    found = np.zeros((size, size), dtype=np.int64)
    found[np.triu_indices(size, 1)] = draw(st.lists(weight, min_size=pairs, max_size=pairs))
    return graph_of(found)


RESTING = (
    np.array([[0, 0, -1, 0], [0, 0, -1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
    np.array([[0, 2, -6, 7], [0, 0, 0, -(10**15)], [0, 0, 0, 5], [0, 0, 0, 0]]),
)
"""Graphs of which the LP's bound is a unit below the known camps, where the ascent comes to rest."""


@settings(max_examples=60, deadline=None)
@example(graph_of(RESTING[0]), 0b0001, 1)
@example(graph_of(RESTING[1]), 0b0010, 1)
@given(graphs(), st.integers(0, 2**8 - 1), st.sampled_from([1, 4, 14]))
def test_a_search_without_a_deadline_proves_the_best_partition(
    graph: SignedGraph, code: int, few: int
) -> None:
    """From any start, and also where little is enumerated, so that triangles and cases must decide."""
    start = (code >> np.arange(graph.size)) & 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dense_search, "FEW", few)
        found = bound_dense_two(graph, start)
    labels = start if found.labels is None else found.labels
    assert found.bound == frustration(graph, labels) == least(graph)


@pytest.mark.parametrize("seed", range(3))
def test_noise_without_camps_is_decided_by_cases(seed: int) -> None:
    """Signs at random: no bound of triangles is sharp, yet what is proven is what trying them all finds."""
    rng = np.random.default_rng(seed)
    graph = graph_of(rng.choice([-1, 1], (19, 19)))
    matrix = graph.matrix()
    best = frustration(graph, enumerated(matrix))
    found = bound_dense_two(graph, np.zeros(19, dtype=np.int64), seed=seed)
    assert found.labels is not None
    assert found.bound == frustration(graph, found.labels) == best
    assert found.method.endswith("cases")


def parts(residual: Residual, cost: Ints) -> tuple[Ints, Ints]:
    """What every partition costs, and what the residual says that it costs at least."""
    apart = np.array([labels[:, None] != labels for labels in partitions(len(cost))])
    over = np.maximum(residual.cost, 0)
    truth = (apart * cost).sum(axis=(1, 2)) // 2
    return residual.scale * truth, residual.bound + (apart * over).sum(axis=(1, 2)) // 2


@settings(max_examples=40, deadline=None)
@given(graphs(7), st.integers(0, 6))
def test_residuals_bound_every_partition_however_short_the_ascent(graph: SignedGraph, rounds: int) -> None:
    if not len(graph.weight):
        return
    cost = graph.matrix()
    ascent = Ascent(cost)
    for _ in range(rounds):
        ascent.advance(2)
    for residual in (packed(cost), ascent.residual()):
        truth, said = parts(residual, cost)
        assert np.all(said <= truth)


def test_the_ascent_reaches_the_bound_of_the_linear_programme() -> None:
    """All ties of 7 nodes negative: each pair may be parted by 2/3, and a third of 21 stays."""
    ascent = Ascent(np.full((7, 7), -30) + 30 * np.eye(7, dtype=np.int64))
    for _ in range(40):
        ascent.advance(3)
    residual = ascent.residual()
    assert residual.bound / residual.scale == pytest.approx(-30 * 21 * 2 / 3, rel=1e-6)
    assert ascent.parted()[np.triu_indices(7, 1)] == pytest.approx(2 / 3, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(graphs(7), st.integers(0, 2**7 - 1), st.integers(0, 3))
def test_what_is_tied_loses_no_partition_of_interest(graph: SignedGraph, code: int, over: int) -> None:
    """The best partition that is left is the best of all, where the limit allows for it."""
    core = Core.of(graph, (code >> np.arange(graph.size)) & 1)
    best = least(graph)
    smaller, bound = settled(core, packed(core.cost), best + over)
    assert bound <= best
    ends = [smaller.switched(moved) for moved in partitions(smaller.size)]
    assert min(end.base for end in ends) == best
    assert all(end.base == frustration(graph, end.labels) for end in ends)


def test_enumeration_finds_the_cheapest_switch() -> None:
    rng = np.random.default_rng(3)
    cost = graph_of(rng.integers(-9, 10, (9, 9))).matrix()
    graph = graph_of(cost)
    assert frustration(graph, enumerated(cost)) == least(graph)


def test_a_planted_partition_is_found_from_a_bad_start_and_proven() -> None:
    graph, planted = noisy(60, wrong=0.15, seed=1)
    start = np.random.default_rng(0).integers(0, 2, 60)
    found = bound_dense_two(graph, start)
    assert found.labels is not None
    assert found.bound == frustration(graph, found.labels) <= frustration(graph, planted)


def test_the_best_partition_known_before_is_proven_and_none_is_said_to_be_better() -> None:
    graph, planted = noisy(80, wrong=0.1, seed=2)
    found = bound_dense_two(graph, planted)
    assert found.labels is None
    assert found.bound == frustration(graph, planted)
    assert found.method == "triangles"


def test_a_deadline_in_the_past_leaves_a_bound_that_holds() -> None:
    graph, planted = noisy(50, wrong=0.3, seed=0)
    found = bound_dense_two(graph, planted, deadline=time.monotonic() - 1)
    assert 0 <= found.bound <= frustration(graph, planted)


def test_a_deadline_cuts_the_cases_short_and_the_bound_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(np.random.default_rng(5).choice([-1, 1], (19, 19)))
    best = frustration(graph, enumerated(graph.matrix()))
    ticks = count()
    monkeypatch.setattr(dense_search, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    found = bound_dense_two(graph, np.zeros(19, dtype=np.int64), deadline=12.0)
    assert 0 < found.bound < best


def test_more_nodes_than_there_is_memory_for_still_get_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_search, "MOST", 20)
    graph = graph_of(np.random.default_rng(0).choice([-1, 1], (24, 24)))
    found = bound_dense_two(graph, np.zeros(24, dtype=np.int64))
    monkeypatch.undo()
    proven = bound_dense_two(graph, np.zeros(24, dtype=np.int64))
    assert 0 < found.bound < proven.bound


def test_the_same_seed_gives_the_same_camps() -> None:
    graph, _ = noisy(40, wrong=0.4, seed=3)
    start = np.zeros(40, dtype=np.int64)
    one, other = (bound_dense_two(graph, start, seed=1) for _ in range(2))
    assert one.labels is not None
    assert other.labels is not None
    assert one.labels.tobytes() == other.labels.tobytes()


def read_ties(path: Path) -> SignedGraph:
    """A tab-separated list: one state, another, weight."""
    with path.open() as file:
        rows = list(csv.reader(file, delimiter="\t"))
    states = sorted({state for row in rows for state in row[:2]})
    place = {state: number for number, state in enumerate(states)}
    weight = np.zeros((len(states), len(states)), dtype=np.int64)
    for one, other, value in rows:
        weight[place[one], place[other]] = weight[place[other], place[one]] = int(value)
    return graph_of(weight)


def test_all_states_of_2019_by_their_votes_are_proven_from_a_poor_start(reference: Path) -> None:
    graph = read_ties(reference / "networks" / "unw_2019.tsv")
    assert (graph.size, len(graph.weight)) == (189, 17756)
    start = (graph.matrix()[np.argmin(graph.matrix().sum(axis=1))] < 0).astype(np.int64)
    found = bound_dense_two(graph, start)
    assert found.labels is not None
    assert found.bound == frustration(graph, found.labels) == 182730
