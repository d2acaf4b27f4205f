"""Camps in any number, or at most k: heuristic, reduction, cuts and proofs, beside trying every partition."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csgraph

from detente.measurement.networks.graph import Effort, Floats, Ints, SignedGraph, canonical, frustration
from detente.measurement.networks.integers import Branch
from detente.measurement.networks.moving import _sizes, fitted, improve, joined, settled
from detente.measurement.networks.multicut import PartitionSearch
from detente.measurement.networks.multicut_crowds import crowds
from detente.measurement.networks.multicut_cycles import friendly, packed, uncovered
from detente.measurement.networks.multicut_dense import broken, completed
from detente.measurement.networks.multicut_reduction import reduced
from detente.measurement.networks.relaxation import Relaxation, Rows
from detente.measurement.networks.solving import solve
from tests.measurement.test_networks_balance import complete, graphs, read
from tests.measurement.test_networks_balance import joined as beside

ALWAYS = Effort(time_limit=None)
NUMBERS = st.sampled_from([None, 3, 4])


@cache
def partitions(size: int) -> Ints:
    """All partitions of so many nodes: (partitions, size), camps numbered as they first occur."""
    found = [[0]]
    for _ in range(size - 1):
        found = [[*labels, camp] for labels in found for camp in range(max(labels) + 2)]
    return np.array(found)


def least(graph: SignedGraph, k: int | None) -> int:
    """The frustration of the best of all partitions into at most `k` camps."""
    every = partitions(graph.size)
    every = every[every.max(axis=1) < (k or graph.size)]
    apart = every[:, graph.first] != every[:, graph.second]
    return int(((apart == (graph.weight > 0)) * np.abs(graph.weight)).sum(axis=1).min())


def noisy(size: int, *, camps: int, wrong: float, seed: int = 0) -> SignedGraph:
    """All pairs tied, positive within made-up camps and negative across, a part of the signs wrong."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(size, 1)
    side = rng.integers(camps, size=size)
    sign = np.where(side[first] == side[second], 1, -1) * np.where(rng.random(len(first)) < wrong, -1, 1)
    return SignedGraph(size, first, second, sign)


def frustrated(graph: SignedGraph, labels: Ints) -> Ints:
    """Which edges a partition leaves frustrated, 0 or 1."""
    apart: Ints = labels[graph.first] != labels[graph.second]
    return np.where(apart, graph.weight >= 0, graph.weight < 0).astype(np.int64)


def kept(rows: Rows, values: Floats | Ints) -> Floats:
    """By how much values keep each row; below zero, break it."""
    summed = np.add.reduceat(np.append(rows.sign * values[rows.column], 0), rows.bounds[:-1])
    return np.asarray(summed - rows.least, dtype=float) if len(rows) else np.zeros(0)


def even(graph: SignedGraph) -> bool:
    """Whether all weights are within what a solver in floating point tells apart."""
    return bool(np.abs(graph.weight).max(initial=0) < 10**6)


# The whole way ----------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(graphs(largest=8).filter(even), st.integers(0, 3))
def test_camps_in_any_number_are_the_best_of_all_partitions(graph: SignedGraph, seed: int) -> None:
    found = solve(graph, k=None, effort=Effort(time_limit=None, seed=seed))
    assert frustration(graph, found.labels) == found.frustration == found.bound == least(graph, None)
    assert found.proven
    assert (found.labels == canonical(found.labels)).all()


@settings(max_examples=50, deadline=None)
@given(graphs(largest=8), st.sampled_from([3, 4, 5, 20]))
def test_at_most_k_camps_are_the_best_and_the_bound_is_below(graph: SignedGraph, k: int) -> None:
    found = solve(graph, k=k, effort=ALWAYS)
    assert found.labels.max(initial=0) < k
    assert 0 <= found.bound <= least(graph, k) == found.frustration == frustration(graph, found.labels)


@settings(max_examples=40, deadline=None)
@given(graphs(largest=8), NUMBERS, st.sampled_from([Effort(time_limit=0.0), Effort(prove=False)]))
def test_a_proof_cut_short_claims_nothing_false(graph: SignedGraph, k: int | None, effort: Effort) -> None:
    found = solve(graph, k=k, effort=effort)
    assert 0 <= found.bound <= least(graph, k) <= found.frustration == frustration(graph, found.labels)


@pytest.mark.parametrize(("k", "camps"), [(None, 1), (3, 1), (9, 1)])
def test_friends_only_are_one_camp(k: int | None, camps: int) -> None:
    found = solve(complete(6, 2), k=k, effort=Effort())
    assert (found.labels.max() + 1, found.frustration, found.bound) == (camps, 0, 0)


@pytest.mark.parametrize(("k", "camps", "left"), [(None, 6, 0), (9, 6, 0), (6, 6, 0), (4, 4, 4), (3, 3, 6)])
def test_enemies_only_are_as_many_camps_as_there_may_be(k: int | None, camps: int, left: int) -> None:
    """Of six enemies in three camps, three pairs are together; in four, two."""
    found = solve(complete(6, -2), k=k, effort=Effort())
    assert (found.labels.max() + 1, found.frustration, found.bound) == (camps, left, left)


def test_parts_that_only_enmity_connects_are_camps_apart() -> None:
    """Two pairs of friends, all else hostile; and someone without ties."""
    graph = SignedGraph(
        5, *(np.array(each) for each in ([0, 0, 0, 1, 1, 2], [1, 2, 3, 2, 3, 3], [1, -9, -9, -9, -9, 1]))
    )
    found = solve(graph, k=None, effort=Effort())
    assert found.labels.tolist() == [0, 0, 1, 1, 2]
    assert (found.frustration, found.bound) == (0, 0)


@pytest.mark.parametrize("k", [None, 3])
def test_parts_without_ties_between_them_are_solved_apart(k: int | None) -> None:
    """Six triangles, each with one enmity between two who share a friend: each loses an edge."""
    one = SignedGraph(3, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([2, 3, -2]))
    for shared in (0, 1):
        found = solve(beside([one] * 6, shared=shared), k=k, effort=Effort())
        assert (found.frustration, found.bound) == (12, 12)


def test_graphs_without_edges_or_nodes_need_no_camps() -> None:
    none = np.zeros(0, dtype=np.int64)
    for size in (0, 1, 3):
        found = [solve(SignedGraph(size, none, none, none), k=k, effort=Effort()) for k in (None, 3)]
        assert [each.frustration for each in found] == [each.bound for each in found] == [0, 0]
        assert [len(each.labels) for each in found] == [size, size]


@pytest.mark.parametrize(
    ("name", "free", "three"),
    [
        ("tribes", 2, 2),
        ("congress", 18, 18),
        ("cow_46-49", 12, 13),
        ("cow_70-73", 21, 21),
        ("cow_96-99", 33, 34),
        ("bitcoinalpha", 720, 720),
        ("unw_2019", 182069, 182069),
    ],
)
def test_reference_networks_are_proven_and_found_by_the_heuristic_alone(
    reference: Path, name: str, free: int, three: int
) -> None:
    """Three alliances of the highland tribes leave 2; what the others leave was proven here first."""
    graph = read(reference / "networks" / f"{name}.tsv")
    for k, best in ((None, free), (3, three)):
        found = solve(graph, k=k, effort=ALWAYS)
        assert (found.frustration, found.bound) == (best, best)
    assert frustration(graph, improve(graph)) == free


def test_highland_tribes_are_three_alliances(reference: Path) -> None:
    found = solve(read(reference / "networks" / "tribes.tsv"), k=None, effort=ALWAYS)
    assert np.bincount(found.labels).tolist() == [7, 5, 4]


# The heuristic ----------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(graphs(largest=8), NUMBERS, st.integers(0, 3))
def test_the_heuristic_finds_the_best_of_few_nodes(graph: SignedGraph, k: int | None, seed: int) -> None:
    labels = improve(graph, k=k, seed=seed)
    assert labels.max(initial=0) < (k or graph.size)
    assert frustration(graph, labels) == least(graph, k)


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 99), st.sampled_from([2, 3, 9]))
def test_settled_camps_are_no_worse_and_no_move_betters_them(
    graph: SignedGraph, seed: int, limit: int
) -> None:
    limit = min(limit, graph.size)
    labels = np.random.default_rng(seed).integers(limit, size=graph.size)
    found = settled(graph, labels, limit=limit)
    assert found.max() < limit
    assert frustration(graph, found) <= frustration(graph, labels)
    for node in range(graph.size):
        for camp in range(limit):
            moved = np.where(np.arange(graph.size) == node, camp, found)
            assert frustration(graph, moved) >= frustration(graph, found)


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 99))
def test_joined_camps_are_wholes_and_none_like_each_other(graph: SignedGraph, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(5, size=graph.size)
    found = joined(graph, labels)
    assert frustration(graph, found) <= frustration(graph, labels)
    assert len(np.unique(np.stack([labels, found]), axis=1).T) == len(np.unique(labels))
    for a in range(found.max()):
        both = np.where(found == found.max(), a, found)
        assert frustration(graph, both) >= frustration(graph, found)


def test_camps_go_where_they_are_liked_best_if_they_are_too_many() -> None:
    """0, 1, 2 are enemies; 3 likes 2 best."""
    graph = SignedGraph(
        4, *(np.array(each) for each in ([0, 0, 0, 1, 1, 2], [1, 2, 3, 2, 3, 3], [-9, -9, 1, -9, 1, 2]))
    )
    labels = fitted(graph, np.arange(4), 3)
    assert labels[2] == labels[3]
    assert sorted(labels[:3].tolist()) == [0, 1, 2]


def test_a_seed_gives_the_same_camps() -> None:
    graph = noisy(60, camps=3, wrong=0.5)
    one, same, other = (improve(graph, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


# Reduction --------------------------------------------------------------------------------------------------


@settings(max_examples=70, deadline=None)
@given(graphs(largest=8), NUMBERS, st.integers(0, 99))
def test_reduction_keeps_the_optimum_and_carries_camps_back(
    graph: SignedGraph, k: int | None, seed: int
) -> None:
    small = reduced(graph, k=k)
    assert small.lost + sum(least(core, k) for core in small.cores) == least(graph, k)
    rng = np.random.default_rng(seed)
    found = [rng.integers(k or core.size, size=core.size) for core in small.cores]
    labels = small.labels(found)
    assert labels.max(initial=0) < (k or graph.size)
    cores = sum(frustration(core, each) for core, each in zip(small.cores, found, strict=True))
    assert frustration(graph, labels) <= small.lost + cores


def test_a_friend_with_a_heavier_enemy_is_replaced_by_what_it_costs_that_they_are_together() -> None:
    """5 likes 0 by 2 and not 3 by 5: with 0 and 3 together, it leaves them and loses 2."""
    ring = complete(5, 1)
    graph = SignedGraph(
        6, np.append(ring.first, [0, 3]), np.append(ring.second, [5, 5]), np.append(ring.weight, [2, -5])
    )
    small = reduced(graph, k=None)
    assert small.lost + sum(least(core, None) for core in small.cores) == 2
    assert all(core.size < 6 for core in small.cores)


# Cuts and branches ------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(graphs(), st.integers(0, 99))
def test_uncovered_cycles_have_one_negative_edge_and_are_found_if_there_are_any(
    graph: SignedGraph, seed: int
) -> None:
    values = np.random.default_rng(seed).choice([0.0, 0.25, 1 / 3, 0.5, 1.0], len(graph.weight))
    found = uncovered(friendly(graph), values)
    far = np.full((graph.size, graph.size), np.inf)
    likes = graph.weight > 0
    far[graph.first[likes], graph.second[likes]] = values[likes]
    near = csgraph.shortest_path(csgraph.csgraph_from_dense(far, null_value=np.inf), directed=False)
    around = near[graph.first, graph.second][~likes] + values[~likes]
    assert (len(found) > 0) == bool((around < 1 - 1e-3).any())
    assert len(np.unique(found.column)) == len(found.column)
    assert (kept(found, values) < 0).all()
    for start, end in zip(found.bounds[:-1], found.bounds[1:], strict=True):
        cycle = found.column[start:end]
        _, degree = np.unique([graph.first[cycle], graph.second[cycle]], return_counts=True)
        assert (degree == 2).all()
        assert len(degree) == len(cycle)
        assert (graph.weight[cycle] < 0).sum() == 1


@settings(max_examples=50, deadline=None)
@given(graphs(largest=7), st.integers(0, 99))
def test_broken_triangles_are_found_if_there_are_any_and_hold_for_partitions(
    graph: SignedGraph, seed: int
) -> None:
    whole, rng = completed(graph), np.random.default_rng(seed)
    values = rng.choice([0.0, 0.25, 1 / 3, 0.5, 1.0], len(whole.weight))
    apart = np.zeros((graph.size, graph.size))
    apart[whole.first, whole.second] = np.where(whole.weight < 0, 1 - values, values)
    apart = apart + apart.T
    over = apart[:, None, :] - apart[:, :, None] - apart[None, :, :]
    found = broken(whole, values, rng.integers(3, size=graph.size))
    assert (len(found) > 0) == bool((over > 1e-3).any())
    assert (kept(found, values) < 0).all()
    assert len(np.unique(found.column)) == len(found.column)
    for labels in partitions(graph.size):
        assert (kept(found, frustrated(whole, labels)) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(graphs(largest=7), st.integers(0, 99))
def test_crowds_hold_for_partitions_into_few_camps_and_are_broken_by_values(
    graph: SignedGraph, seed: int
) -> None:
    values = np.random.default_rng(seed).choice([0.0, 0.1], len(graph.weight))
    found = crowds(graph, values, 2)
    assert (kept(found, values) < 0).all()
    every = partitions(graph.size)
    for labels in every[every.max(axis=1) < 2]:
        assert (kept(found, frustrated(graph, labels)) >= 0).all()


def test_a_crowd_of_groups_is_found_where_no_nodes_are_all_foes() -> None:
    """Four pairs of friends; of each two pairs, only two members are foes, so that no four nodes all are."""
    friends = [(0, 1), (2, 3), (4, 5), (6, 7)]
    foes = [(0, 2), (1, 4), (3, 5), (0, 6), (2, 7), (4, 7)]
    first, second = np.array([*friends, *foes]).T
    graph = SignedGraph(8, first, second, np.array([5] * 4 + [-3] * 6))
    assert len(crowds(graph, np.zeros(10), 3)) == 1
    found = solve(graph, k=3, effort=ALWAYS)
    assert (found.frustration, found.bound) == (3, 3)
    assert solve(graph, k=4, effort=ALWAYS).frustration == 0


def test_a_crowd_that_values_pay_for_is_none() -> None:
    """Six edges between four foes: a sixth of each pays for the one that three camps frustrate."""
    first, second = np.triu_indices(4, 1)
    four = SignedGraph(4, first, second, np.full(6, -1))
    assert [len(crowds(four, np.full(6, paid), 3)) for paid in (0.16, 0.17)] == [1, 0]


def test_a_crowd_of_groups_holds_what_connects_their_foes_and_no_more() -> None:
    """Of the pair 0 and 1, only 1 has foes; of 2 and 4, each has one."""
    friends, foes = [(0, 1), (2, 4)], [(1, 2), (1, 3), (3, 4)]
    first, second = np.array([*friends, *foes]).T
    graph = SignedGraph(5, first, second, np.array([5, 5, -3, -3, -3]))
    assert sorted(crowds(graph, np.zeros(5), 2).column.tolist()) == [1, 2, 3, 4]


def test_camps_are_counted_and_the_empty_ones_lie_ready_from_the_lowest_on() -> None:
    count, empty, free = _sizes(np.array([2, 0, 2]), np.int64(4))
    assert (count.tolist(), empty[:free].tolist()) == ([1, 0, 2, 0], [3, 1])


def test_a_search_begins_with_all_pairs_where_more_than_a_part_of_them_has_an_edge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of five nodes there are ten pairs: five edges are no more than half of them, six are."""
    monkeypatch.setattr("detente.measurement.networks.multicut.CROWDED", 0.5)
    first, second = np.triu_indices(5, 1)
    for edges, dense in ((5, False), (6, True)):
        graph = SignedGraph(5, first[:edges], second[:edges], np.array([-1, 1, 1, 1, 1, 1])[:edges])
        search = PartitionSearch(graph, np.zeros(5, dtype=np.int64), limit=5, deadline=np.inf)
        assert (search.dense, len(search.graph.weight)) == (dense, 10 if dense else 5)


@pytest.mark.parametrize("dense", [False, True])
def test_cycles_and_triangles_and_branches_prove_the_same_camps(
    dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the worst camps: cuts leave a gap in each, and the best are found on the way."""
    monkeypatch.setattr("detente.measurement.networks.multicut.CROWDED", 0.0 if dense else 2.0)
    branches = 0
    for seed in range(6):
        graph = noisy(9, camps=1, wrong=0.45, seed=seed)
        search = PartitionSearch(graph, np.arange(9), limit=9, deadline=np.inf)
        assert search.dense == dense
        assert search.bound() == search.least == frustration(graph, search.labels) == least(graph, None)
        branches += search.branches
    assert branches > 0


def test_what_fixed_edges_connect_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """0 and 1 are together and 1 and 2 apart: so are 0 and 2; and 2 and 3 stay free."""
    graph = SignedGraph(4, *(np.array(each) for each in ([0, 0, 1, 2], [1, 2, 2, 3], [1, 1, -1, 1])))
    monkeypatch.setattr("detente.measurement.networks.multicut.CROWDED", 2.0)
    search = PartitionSearch(graph, np.zeros(4, dtype=np.int64), limit=4, deadline=np.inf)
    branch = Branch(0, 0, np.array([0, 0, 0, 0], dtype=np.int8), np.array([0, 1, 0, 1], dtype=np.int8))
    assert search._follow(branch)
    assert branch.low.tolist() == [0, 1, 0, 0]
    assert branch.high.tolist() == [0, 1, 0, 1]
    against = Branch(0, 0, np.array([0, 0, 0, 0], dtype=np.int8), np.array([0, 0, 0, 1], dtype=np.int8))
    assert not search._follow(against)


def test_disjoint_cycles_bound_from_below() -> None:
    one = SignedGraph(3, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([4, 3, -2]))
    assert packed(beside([one] * 3, shared=1)) == 6
    assert packed(complete(4, 1)) == packed(complete(4, -1)) == 0


# The relaxation ---------------------------------------------------------------------------------------------


def triangle(costs: list[int]) -> Relaxation:
    """One of three is frustrated at least."""
    relaxation = Relaxation(np.array(costs))
    one = np.ones(3, dtype=np.int64)
    relaxation.add(Rows(np.array([0, 3]), np.arange(3), one, one[:1]))
    return relaxation


def test_the_duals_prove_a_bound_and_say_what_values_cost() -> None:
    relaxation = triangle([5, 3 * 10**12, 4])
    assert relaxation.solve(np.inf)
    bound, reduced_costs = relaxation.proven()
    assert bound == 4
    np.testing.assert_allclose(reduced_costs, [1, 3 * 10**12 - 4, 0])
    relaxation.allow(np.array([1, 0, 0]), np.array([1, 1, 1]))
    assert relaxation.solve(np.inf)
    assert relaxation.proven()[0] == 5


def test_what_is_proven_does_not_hang_on_the_unit_of_costs() -> None:
    relaxation = triangle([5 << 40, 3 << 40, 4 << 40])
    assert relaxation.solve(np.inf)
    assert relaxation.proven()[0] == 3 << 40


def test_duals_below_zero_prove_nothing() -> None:
    """Where all three must be frustrated, a row that asks for one adds nothing, whatever a solver says."""
    relaxation = triangle([2, 2, 2])
    relaxation.allow(np.ones(3, dtype=np.int64), np.ones(3, dtype=np.int64))
    said = SimpleNamespace(row_dual=[-0.5])
    relaxation.solver = SimpleNamespace(getModelStatus=lambda: None, getSolution=lambda: said)
    assert relaxation.proven()[0] == 6


def test_what_no_values_allow_is_dearer_than_all() -> None:
    relaxation = triangle([5, 3, 4])
    relaxation.allow(np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    assert relaxation.solve(np.inf)
    assert relaxation.proven()[0] > 12


def test_a_relaxation_stops_at_its_deadline_and_forgets_loose_rows() -> None:
    relaxation = triangle([5, 3, 4])
    assert not relaxation.solve(-np.inf)
    relaxation.allow(np.array([1, 1, 0]), np.ones(3, dtype=np.int64))
    assert relaxation.solve(np.inf)
    relaxation.prune()
    assert len(relaxation.least) == relaxation.matrix.shape[0] == 0
    assert relaxation.solve(np.inf)
    assert relaxation.proven()[0] == 8
