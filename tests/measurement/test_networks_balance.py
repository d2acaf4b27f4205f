"""Two camps: the heuristic, the reduction, the cuts and the proofs, beside trying every partition."""

from __future__ import annotations

import csv
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.measurement.networks import balance
from detente.measurement.networks.annealing import anneal, descend
from detente.measurement.networks.cycles import net, packed, uncovered
from detente.measurement.networks.graph import Effort, Floats, Ints, SignedGraph, frustration, merged
from detente.measurement.networks.integers import Branch, Search, follow, spanned
from detente.measurement.networks.reduction import balanced, reduced
from detente.measurement.networks.solving import solve

ALWAYS = Effort(time_limit=None)


def read(file: Path) -> SignedGraph:
    """Read lines of two names and a weight."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))
    _, place = np.unique([row[:2] for row in rows], return_inverse=True)
    first, second = place.reshape(-1, 2).T
    graph, lost = merged(int(place.max()) + 1, first, second, np.array([int(row[2]) for row in rows]))
    assert lost == 0
    return graph


def partitions(size: int) -> Ints:
    """All partitions into two camps, node 0 in camp 0: (partitions, size)."""
    return np.array([(0, *rest) for rest in product((0, 1), repeat=size - 1)])


def least(graph: SignedGraph) -> int:
    """The frustration of the best of all partitions."""
    apart = [partitions(graph.size)[:, ends] for ends in (graph.first, graph.second)]
    broken = (apart[0] != apart[1]) == (graph.weight > 0)
    return int((broken * np.abs(graph.weight)).sum(axis=1).min())


def complete(size: int, weight: int) -> SignedGraph:
    first, second = np.triu_indices(size, 1)
    return SignedGraph(size, first, second, np.full(len(first), weight))


def switched(graph: SignedGraph, labels: Ints) -> SignedGraph:
    """Change the signs of all edges between two camps."""
    side = 1 - 2 * labels
    weight = graph.weight * side[graph.first] * side[graph.second]
    return SignedGraph(graph.size, graph.first, graph.second, weight)


def joined(parts: list[SignedGraph], *, shared: int) -> SignedGraph:
    """Put graphs beside each other; with `shared` 1, each begins with the last node of the one before."""
    starts = np.cumsum([0, *(part.size - shared for part in parts)])
    first = [part.first + start for part, start in zip(parts, starts, strict=False)]
    second = [part.second + start for part, start in zip(parts, starts, strict=False)]
    weight = np.concatenate([part.weight for part in parts])
    return SignedGraph(int(starts[-1]) + shared, np.concatenate(first), np.concatenate(second), weight)


@st.composite
def graphs(draw: st.DrawFn, largest: int = 9) -> SignedGraph:
    """Graphs of few nodes, sparse or dense; of unit weights, of small ones, or with some very heavy edges."""
    size = draw(st.integers(1, largest))
    absent = st.just(0)
    weight = draw(
        st.sampled_from(
            [
                st.sampled_from([-1, 0, 1]),
                st.one_of(absent, st.integers(-9, 9)),
                st.one_of(absent, absent, st.sampled_from([-1, 1])),
                st.one_of(st.integers(-9, 9), st.sampled_from([-(10**15), 10**15])),
            ]
        )
    )
    first, second = np.triu_indices(size, 1)
    weights = np.array(draw(st.lists(weight, min_size=len(first), max_size=len(first))), dtype=np.int64)
    return merged(size, first, second, weights)[0]


# The whole way ----------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(graphs(), st.integers(0, 3))
def test_two_camps_are_the_best_of_all_partitions(graph: SignedGraph, seed: int) -> None:
    found = solve(graph, k=2, effort=Effort(time_limit=None, seed=seed))
    assert found.proven
    assert frustration(graph, found.labels) == found.frustration == found.bound == least(graph)


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 2**9 - 1))
def test_switching_a_camp_changes_no_figure(graph: SignedGraph, code: int) -> None:
    """Balance knows no side: signs of all edges between two groups can be changed (Zaslavsky 1982)."""
    other = switched(graph, (code >> np.arange(graph.size)) & 1)
    found, again = (solve(each, k=2, effort=ALWAYS) for each in (graph, other))
    assert (found.frustration, found.bound) == (again.frustration, again.bound)


@settings(max_examples=40, deadline=None)
@given(graphs(), st.sampled_from([Effort(time_limit=0.0), Effort(prove=False)]))
def test_a_proof_cut_short_claims_nothing_false(graph: SignedGraph, effort: Effort) -> None:
    found = solve(graph, k=2, effort=effort)
    assert 0 <= found.bound <= least(graph) <= found.frustration == frustration(graph, found.labels)


def test_a_proof_cut_short_still_says_what_disjoint_cycles_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A torus of 400 negative squares: an edge is in two of them, and a quarter of them share none."""
    monkeypatch.setattr(balance, "GRACE", math.inf)  # a busy machine needs more
    place = np.arange(400).reshape(20, 20)
    right, below = np.roll(place, -1, axis=1), np.roll(place, -1, axis=0)
    sign = np.where(place // 20 % 2 == 0, 1, -1)
    first, second = np.tile(place.ravel(), 2), np.concatenate([right.ravel(), below.ravel()])
    graph, _ = merged(400, first, second, np.concatenate([sign.ravel(), np.ones(400, dtype=int)]))
    for effort in (Effort(time_limit=0.0), Effort(prove=False)):
        found = solve(graph, k=2, effort=effort)
        assert 100 <= found.bound <= found.frustration == 200


@pytest.mark.parametrize(("name", "published"), [("tribes", 7), ("congress", 18), ("bitcoinalpha", 720)])
def test_lines_of_balance_are_those_published(reference: Path, name: str, published: int) -> None:
    """Read's highland tribes, the US Congress, Bitcoin Alpha: proven, and found by the heuristic alone."""
    graph = read(reference / "networks" / f"{name}.tsv")
    found = solve(graph, k=2, effort=ALWAYS)
    assert (found.frustration, found.bound) == (published, published)
    assert frustration(graph, anneal(graph)) == published


@pytest.mark.parametrize("years", ["46-49", "70-73", "96-99"])
def test_windows_of_correlates_of_war_are_proven(reference: Path, years: str) -> None:
    graph = read(reference / "networks" / f"cow_{years}.tsv")
    found = solve(graph, k=2, effort=ALWAYS)
    assert found.proven
    assert 15 <= found.frustration <= 50
    assert frustration(graph, anneal(graph)) == found.frustration


def test_the_weighted_assembly_of_2019_is_found_by_the_heuristic_alone(reference: Path) -> None:
    graph = read(reference / "networks" / "unw_2019.tsv")
    found = solve(graph, k=2, effort=ALWAYS)
    assert found.proven
    assert frustration(graph, anneal(graph)) == found.frustration


def test_graphs_without_edges_or_nodes_have_one_camp() -> None:
    none = np.zeros(0, dtype=np.int64)
    for size in (0, 1, 3):
        found = solve(SignedGraph(size, none, none, none), k=2, effort=Effort())
        assert found.labels.tolist() == [0] * size
        assert found.frustration == found.bound == 0


def test_one_camp_leaves_all_negative_edges_frustrated() -> None:
    found = solve(complete(4, -3), k=1, effort=Effort())
    assert (found.labels.tolist(), found.frustration, found.bound) == ([0, 0, 0, 0], 18, 18)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one camp, not 0"):
        solve(complete(3, 1), k=0, effort=Effort())
    with pytest.raises(ValueError, match="larger unit"):
        solve(complete(3, 2**57), k=2, effort=Effort())
    with pytest.raises(ValueError, match="larger unit"):
        solve(complete(2, 2**58), k=2, effort=Effort())
    assert solve(complete(2, 2**58 - 1), k=2, effort=Effort()).frustration == 0


def test_of_crowded_cores_triangles_are_the_proof_and_of_others_cycles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of five nodes there are ten pairs: five edges are no more than half of them, six are."""
    monkeypatch.setattr(balance, "CROWDED", 0.5)
    first, second = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (0, 2)]).T
    weight = np.array([1, 1, 1, 1, -1, 1])
    for edges, method in ((5, "negative cycles"), (6, "triangles")):
        graph = SignedGraph(5, first[:edges], second[:edges], weight[:edges])
        found = balance._answer(graph, ALWAYS, math.inf)
        assert (found.bound, found.method) == (1, method)


# The heuristic ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 2**9 - 1))
def test_descent_never_makes_camps_worse(graph: SignedGraph, code: int) -> None:
    labels = (code >> np.arange(graph.size)) & 1
    found = descend(graph, labels)
    assert frustration(graph, found) <= frustration(graph, labels)
    for node in range(graph.size):
        moved = found ^ (np.arange(graph.size) == node)
        assert frustration(graph, moved) >= frustration(graph, found)


def test_a_seed_gives_the_same_camps() -> None:
    rng = np.random.default_rng(0)
    graph = complete(60, 1)
    graph = SignedGraph(60, graph.first, graph.second, rng.choice([-1, 1], len(graph.first)))
    one, same, other = (anneal(graph, seed=seed, starts=1, sweeps=3) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


# Reduction --------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(graphs(), st.integers(0, 99))
def test_reduction_keeps_the_optimum_and_carries_camps_back(graph: SignedGraph, seed: int) -> None:
    small = reduced(graph)
    assert small.lost + sum(map(least, small.cores)) == least(graph)
    rng = np.random.default_rng(seed)
    found = [rng.integers(0, 2, core.size) for core in small.cores]
    beside = sum(frustration(core, labels) for core, labels in zip(small.cores, found, strict=True))
    assert frustration(graph, small.labels(found)) == small.lost + beside


@settings(max_examples=30, deadline=None)
@given(graphs(), st.integers(0, 2**9 - 1))
def test_balanced_graphs_leave_no_core(graph: SignedGraph, code: int) -> None:
    camps = (code >> np.arange(graph.size)) & 1
    friendly = SignedGraph(graph.size, graph.first, graph.second, np.abs(graph.weight))
    small = reduced(switched(friendly, camps))
    assert (small.lost, small.cores) == (0, ())
    assert frustration(switched(friendly, camps), small.labels([])) == 0


def test_a_graph_is_balanced_or_not() -> None:
    assert balanced(complete(3, -1)) is None
    camps = balanced(complete(4, 1))
    assert camps is not None
    assert len(set(camps.tolist())) == 1


@pytest.mark.parametrize("shared", [0, 1])
def test_components_and_blocks_are_cores_of_their_own(shared: int) -> None:
    """Five enemies leave four of ten edges frustrated: the largest cut has six."""
    graph = joined([complete(5, -1)] * 3, shared=shared)
    small = reduced(graph)
    assert [core.size for core in small.cores] == [5, 5, 5]
    assert solve(graph, k=2, effort=ALWAYS).frustration == 12


# Cuts and branches ------------------------------------------------------------------------------------------


def shortest_negative(graph: SignedGraph, values: Floats) -> float:
    """The least sum of values over a negative closed walk: all shortest paths in the double cover."""
    size = graph.size
    far = np.full((2 * size, 2 * size), np.inf)
    over = size * (graph.weight < 0)
    for here, there in ((graph.first, graph.second + over), (graph.first + size, graph.second + size - over)):
        far[here, there] = far[there, here] = values
    for middle in range(2 * size):
        far = np.minimum(far, far[:, [middle]] + far[[middle]])
    return float(far[np.arange(size), np.arange(size) + size].min(initial=np.inf))


@settings(max_examples=80, deadline=None)
@given(graphs(), st.integers(0, 2**9 - 1), st.integers(0, 99))
def test_uncovered_cycles_are_found_if_there_are_any(graph: SignedGraph, code: int, seed: int) -> None:
    values = np.random.default_rng(seed).choice([0.0, 0.25, 1 / 3, 0.5, 1.0], len(graph.weight))
    found = uncovered(net(graph, (code >> np.arange(graph.size)) & 1), values, least=1e-3)
    assert (len(found) > 0) == (shortest_negative(graph, values) < 1 - 1e-3)
    for start, end in zip(found.bounds[:-1], found.bounds[1:], strict=True):
        cycle = found.column[start:end]
        _, degree = np.unique([graph.first[cycle], graph.second[cycle]], return_counts=True)
        assert (degree == 2).all()
        assert len(degree) == len(cycle)
        assert (graph.weight[cycle] < 0).sum() % 2 == 1
        assert values[cycle].sum() < 1 - 1e-3


@settings(max_examples=40, deadline=None)
@given(graphs(largest=8), st.integers(0, 2**8 - 1))
def test_cycles_and_branches_prove_the_best_partition_from_any_start(graph: SignedGraph, code: int) -> None:
    if len(graph.weight):
        search = Search(graph, (code >> np.arange(graph.size)) & 1, deadline=np.inf)
        assert search.bound() == search.least == frustration(graph, search.labels) == least(graph)


def test_branches_close_the_gap_that_cycles_leave() -> None:
    """Nine enemies: the largest cut has 20 of 36 edges, and all triangles hold with a third of each edge."""
    graph = complete(9, -1)
    search = Search(graph, np.arange(9) % 2, deadline=np.inf)
    assert search.bound() == 16
    assert search.branches > 0


def test_weights_are_taken_in_the_largest_unit() -> None:
    """Five enemies: cycles give 10 / 3 of 4, which proves it in whole units, but not in thousandths."""
    unit = Search(complete(5, -1000), np.array([0, 0, 1, 1, 1]), deadline=np.inf)
    assert unit.bound() == 4000
    assert unit.branches > 0
    assert "branches" not in solve(complete(5, -1000), k=2, effort=ALWAYS).method


def test_disjoint_cycles_bound_from_below() -> None:
    graph = joined([complete(3, -2), complete(3, -5)], shared=1)
    assert packed(graph, np.zeros(5, dtype=np.int64)) == 7
    assert packed(complete(4, 1), np.zeros(4, dtype=np.int64)) == 0


def test_edges_between_tied_nodes_follow() -> None:
    """0 and 1 agree, 1 and 2 part: so do 0 and 2, and their negative edge is not frustrated."""
    graph = SignedGraph(3, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([1, -1, 1]))
    branch = Branch(0, 0, np.array([0, 0, 1], dtype=np.int8), np.array([0, 1, 1], dtype=np.int8))
    assert follow(graph, branch)
    assert branch.high.tolist() == [0, 0, 1]
    against = Branch(0, 0, np.array([0, 1, 1], dtype=np.int8), np.array([0, 1, 1], dtype=np.int8))
    assert not follow(graph, against)


def test_camps_span_the_least_values() -> None:
    """Of a negative cycle, the edge with the largest value is the one frustrated."""
    square = SignedGraph(4, np.array([0, 0, 1, 2]), np.array([1, 3, 2, 3]), np.array([1, 1, -1, 1]))
    labels = spanned(square, np.array([0.1, 0.9, 0.2, 0.3]))
    assert (labels[square.first] != labels[square.second]).tolist() == [False, True, True, False]
