"""Compiled steps of the searches for camps, one by one, on graphs small enough to try everything."""

# Compiled functions carry no types.
# mypy: disable-error-code="call-arg"

from __future__ import annotations

import heapq
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.measurement.networks import dense_core, descent, heap, triangles
from detente.measurement.networks.annealing import anneal, descend
from detente.measurement.networks.cycles import net, packed, uncovered
from detente.measurement.networks.dense_core import Core, gains, merge, settled, tied
from detente.measurement.networks.dense_enumeration import enumerated
from detente.measurement.networks.dense_search import _cases, _doubtful
from detente.measurement.networks.forcing import Terms, force
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, Solution, frustration, merged
from detente.measurement.networks.heap import pop, push
from detente.measurement.networks.integers import Branch, Search, follow, spanned
from detente.measurement.networks.multicut_reduction import reduced as reduced_for_many
from detente.measurement.networks.null_margins import _margins
from detente.measurement.networks.reduction import reduced
from detente.measurement.networks.solving import solve
from detente.measurement.networks.triangles import ROOM, Ascent, Residual, sweep
from detente.measurement.networks.triangles import packed as packed_triangles

SEEDS = range(6)
few = settings(max_examples=30, deadline=None)


def weights(size: int, seed: int, *, absent: float = 0.0) -> Ints:
    """Symmetric whole weights of either sign, and of different sizes."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(-7, 8, (size, size)) * (rng.random((size, size)) >= absent), 1)
    return np.asarray(upper + upper.T)


def graph_of(matrix: Ints) -> SignedGraph:
    first, second = np.nonzero(np.triu(matrix, 1))
    return SignedGraph(len(matrix), first, second, matrix[first, second])


def partitions(size: int, camps: int = 2) -> Ints:
    """All labels, node 0 in camp 0."""
    return np.array([(0, *rest) for rest in product(range(camps), repeat=size - 1)])


def lost(graph: SignedGraph, labels: Ints) -> int:
    """The weight of negative edges within camps and of positive ones between them."""
    apart = labels[graph.first] != labels[graph.second]
    return int(np.abs(graph.weight[apart == (graph.weight > 0)]).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_heap_gives_what_was_put_on_it_from_the_least_on(seed: int) -> None:
    given = np.random.default_rng(seed).permutation(23).astype(float)
    keys, items = np.zeros(23), np.zeros(23, dtype=np.int64)
    for count, key in enumerate(given):
        push(keys, items, count, key, int(10 * key))
        assert all(keys[(k - 1) // 2] <= keys[k] for k in range(1, count + 1))
    taken = []
    for count in range(23, 0, -1):
        taken.append((keys[0], items[0]))
        assert pop(keys, items, count) == count - 1
        assert all(keys[(k - 1) // 2] <= keys[k] for k in range(1, count - 1))
    assert taken == [(key, 10 * key) for key in range(23)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_of_all_partitions_is_found_by_trying_each(seed: int) -> None:
    cost = weights(6, seed)
    apart = [side != side[:, None] for side in partitions(6)]
    found = enumerated(cost)
    assert (cost * (found != found[:, None])).sum() == min((cost * each).sum() for each in apart)
    assert set(found.tolist()) <= {0, 1} and found[-1] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_merged_groups_cost_what_their_nodes_cost(seed: int) -> None:
    cost, rng = weights(6, seed), np.random.default_rng(seed)
    group, side = np.array([0, 1, 2, 0, 1, 2]), rng.choice([-1, 1], 6)
    between, saved = merge(cost, group, side, 3)
    for labels in partitions(3):
        before, after = side < 0, (side < 0) ^ (labels[group] == 1)
        there, here = (int((cost * (each != each[:, None])).sum()) // 2 for each in (after, before))
        assert there - here == int((between * (labels != labels[:, None])).sum()) // 2
    assert saved == -int((cost * ((side < 0) != (side < 0)[:, None])).sum()) // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_rise_by_what_any_place_of_a_third_node_costs(seed: int) -> None:
    """With i and j together or apart, each k pays the lesser of what its two places cost beyond the bound."""
    residual = weights(6, seed)
    for apart in (1, -1):
        expected = max(apart * residual[1, 4], 0)
        for k in (0, 2, 3, 5):
            one, other = residual[1, k], apart * residual[4, k]
            places = [max(one, 0) + max(-other, 0), max(-one, 0) + max(other, 0)]
            joint = [max(one, 0) + max(other, 0), max(-one, 0) + max(-other, 0)]
            assert min(places + joint) >= 0
            if one * other > 0:
                expected += min(abs(one), abs(other))
        assert gains(residual, 1, 4, apart) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_tied_holds_in_every_partition_within_the_limit(seed: int) -> None:
    graph = graph_of(weights(6, seed))
    every = partitions(6)
    start = np.zeros(6, dtype=np.int64)
    core, best = Core.of(graph, start), min(lost(graph, each) for each in every)
    for residual in (packed_triangles(core.cost), _ascended(core.cost)):
        for limit in (best, best + 3):
            left, bound = settled(core, residual, limit)
            assert bound <= residual.scale * best
            kept = {tuple((left.labels ^ moved[left.group]).tolist()) for moved in partitions(left.size)}
            kept |= {tuple(1 - np.array(each)) for each in kept}
            good = [each for each in every if lost(graph, each) <= limit]
            assert all(tuple(each.tolist()) in kept for each in good)
            assert lost(graph, left.labels) == left.base
            for moved in partitions(left.size):
                apart = int((left.cost * (moved != moved[:, None])).sum()) // 2
                assert lost(graph, left.labels ^ moved[left.group]) == left.base + apart
    group, moved = tied(np.array([[0, 9, -9], [9, 0, 0], [-9, 0, 0]]), 5)
    assert (group.tolist(), moved.tolist()) == ([0, 0, 0], [0, 0, 1])
    assert tied(np.array([[0, 5, -5], [5, 0, 0], [-5, 0, 0]]), 5)[0].tolist() == [0, 1, 2]


def test_multipliers_are_rounded_so_finely_only_that_sums_of_all_stay_exact() -> None:
    for seed in SEEDS:
        ascent = Ascent(weights(6, seed) << 44)
        ascent.advance(4)
        reach = float(np.abs(ascent.cost).sum()) + 3.0 * ascent.soft * float(ascent.held.sum())
        assert 2.0 ** (ROOM - 2) < ascent.residual().scale * reach <= 2.0**ROOM


def _ascended(cost: Ints) -> Residual:
    ascent = Ascent(cost)
    ascent.advance(4)
    return ascent.residual()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("k", [2, None])
def test_a_descent_ends_where_no_single_move_helps_and_obeys_who_stays_where(
    seed: int, k: int | None
) -> None:
    graph = graph_of(weights(9, seed, absent=0.3))
    labels = np.random.default_rng(seed).integers(0, 2, 9)
    labels[:2] = [0, 1]
    together, apart = np.array([4, 5]), np.array([6])
    found = descent.settled(graph.rows(), labels, k=k, together=together, apart=apart)
    assert (found[together] == 0).all() and (found[apart] != 0).all()
    assert found.max() < descent.room(descent.anchored(labels, 4), k)
    for node in (0, 1, 2, 3, 6, 7, 8):
        for camp in range(descent.room(labels, k)):
            other = found.copy()
            other[node] = camp
            if node != 6 or camp != 0:
                assert lost(graph, other) >= lost(graph, found)


def test_room_is_k_or_some_to_spare() -> None:
    labels = np.array([0, 1, 0, 1, 2, 2, 0])
    assert descent.room(labels, 2) == 2
    assert descent.room(labels, None) == 3 + descent.SPARE
    assert descent.room(np.array([0, 1]), None) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_descent_saves_is_what_frustration_falls_by(seed: int) -> None:
    graph = graph_of(weights(8, seed))
    labels = np.random.default_rng(seed).integers(0, 3, 8)
    before, rows = lost(graph, labels), graph.rows()
    pull = descent.pulls(*rows, labels, 4)
    held, barred = np.zeros(8, dtype=bool), np.full(8, descent.OPEN)
    saved = descent.settle(*rows, pull, labels, held, barred)
    assert before - saved == lost(graph, labels)
    assert (pull == descent.pulls(*rows, labels, 4)).all()
    assert descent.settle(*rows, pull, labels, held, barred) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_descent_of_two_camps_neither_a_node_nor_two_with_an_edge_move(seed: int) -> None:
    graph = graph_of(weights(9, seed, absent=0.4))
    found = descend(graph, np.random.default_rng(seed).integers(0, 2, 9))
    moves = [[node] for node in range(9)] + np.column_stack((graph.first, graph.second)).tolist()
    for nodes in moves:
        other = found.copy()
        other[nodes] ^= 1
        assert lost(graph, other) >= lost(graph, found)
    best = min(lost(graph, each) for each in partitions(9))
    again = anneal(graph, seed=seed, starts=2, sweeps=40)
    assert lost(graph, again) == best == frustration(graph, again) and again[0] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_uncovered_cycles_are_negative_simple_and_there_where_any_is(seed: int) -> None:
    graph, rng = graph_of(weights(6, seed, absent=0.3)), np.random.default_rng(seed)
    values = np.round(0.5 * rng.random(len(graph.weight)), 2)
    labels = np.zeros(6, dtype=np.int64)
    found = uncovered(net(graph, labels), values, least=0.01)
    for start, end in zip(found.bounds[:-1], found.bounds[1:], strict=True):
        edges = found.column[start:end]
        ends = np.concatenate([graph.first[edges], graph.second[edges]])
        assert (np.unique(ends, return_counts=True)[1] == 2).all() and len(set(edges.tolist())) == len(edges)
        assert (graph.weight[edges] < 0).sum() % 2 == 1
        assert values[edges].sum() < 1 - 0.01
    least = min(values[each].sum() for each in _negative_cycles(graph))
    assert (len(found) > 0) == (least < 0.99)
    assert packed(graph, labels) <= min(lost(graph, each) for each in partitions(6))
    assert packed(graph, labels) > 0


def _negative_cycles(graph: SignedGraph) -> list[list[int]]:
    """All cycles without repeated nodes that have an odd number of negative edges."""
    place = {
        frozenset(ends): at
        for at, ends in enumerate(zip(graph.first.tolist(), graph.second.tolist(), strict=True))
    }
    found: list[list[int]] = []

    def extend(path: list[int], edges: list[int]) -> None:
        for node in range(graph.size):
            at = place.get(frozenset((path[-1], node)))
            if at is None:
                continue
            if node == path[0] and len(path) > 2 and (graph.weight[[*edges, at]] < 0).sum() % 2:
                found.append([*edges, at])
            if node > path[0] and node not in path:
                extend([*path, node], [*edges, at])

    for start in range(graph.size):
        extend([start], [])
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_edges_settle_all_between_nodes_that_they_connect(seed: int) -> None:
    graph, rng = graph_of(weights(6, seed)), np.random.default_rng(seed)
    labels = rng.integers(0, 2, 6)
    broken = ((labels[graph.first] != labels[graph.second]) == (graph.weight > 0)).astype(np.int8)
    tree = [at for at, ends in enumerate(zip(graph.first, graph.second, strict=True)) if 0 in ends][:3]
    branch = Branch(0, 0, np.zeros(len(broken), np.int8), np.ones(len(broken), np.int8))
    branch.low[tree] = branch.high[tree] = broken[tree]
    assert follow(graph, branch)
    known = {0, *graph.first[tree].tolist(), *graph.second[tree].tolist()}
    for at, (one, two) in enumerate(zip(graph.first.tolist(), graph.second.tolist(), strict=True)):
        if one in known and two in known:
            assert branch.low[at] == branch.high[at] == broken[at]
        else:
            assert (branch.low[at], branch.high[at]) == (0, 1)
    odd = next(iter(_negative_cycles(graph)))
    none = Branch(0, 0, np.zeros(len(broken), np.int8), np.ones(len(broken), np.int8))
    none.high[odd] = 0
    assert not follow(graph, none)


@pytest.mark.parametrize("seed", SEEDS)
def test_camps_that_a_tree_spans_break_no_edge_of_it(seed: int) -> None:
    graph = graph_of(weights(7, seed))
    values = np.random.default_rng(seed).permutation(len(graph.weight)).astype(float)
    found, joined = spanned(graph, values), {node: {node} for node in range(7)}
    for at in np.argsort(values):
        one, two = int(graph.first[at]), int(graph.second[at])
        if two not in joined[one]:
            assert (found[one] != found[two]) == (graph.weight[at] < 0)
            whole = joined[one] | joined[two]
            joined |= dict.fromkeys(whole, whole)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("k", [2, 3])
def test_forced_nodes_are_together_or_apart_and_the_rest_is_weighed_as_before(seed: int, k: int) -> None:
    graph = graph_of(weights(6, seed))
    forced = force(graph, Terms(np.array([1, 3]), np.array([4])), k=k)
    allowed = [each for each in partitions(6, k) if each[1] == each[3] != each[4]]
    best = min(lost(graph, each) for each in allowed)
    found = min(partitions(forced.graph.size, k), key=lambda each: lost(forced.graph, each))
    labels = forced.labels(found)
    assert labels[1] == labels[3] == 0 != labels[4] and labels.max() < k
    assert lost(graph, labels) == best
    assert k > 2 or lost(forced.graph, found) + forced.offset == best


def test_what_is_known_of_a_graph_and_of_a_solution() -> None:
    line, _ = merged(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([1, -1, 2]))
    assert line.total == 4
    sure = Solution(np.zeros(4, dtype=np.int64), 5, 5.0, "m")
    open_ = Solution(np.zeros(4, dtype=np.int64), 5, 4.0, "m")
    assert sure.proven and sure.gap == 0 and not open_.proven and open_.gap == pytest.approx(1 / 5)
    assert Solution(np.zeros(4, dtype=np.int64), 5, 4.2, "m").proven


def test_a_long_way_round_is_found_from_either_side() -> None:
    """Eight edges, one of them negative: searches meet in the middle, half of the way from the root."""
    ring = SignedGraph(8, np.arange(8), (np.arange(8) + 1) % 8, np.array([1, 1, 1, 1, 1, 1, 1, -1]))
    graph, _ = merged(8, ring.first, ring.second, ring.weight)
    found = uncovered(net(graph, np.zeros(8, dtype=np.int64)), np.full(8, 0.12), least=0.01)
    assert sorted(found.column.tolist()) == list(range(8))


def test_a_node_that_no_camp_pulls_more_stays() -> None:
    graph, _ = merged(4, np.array([0, 1]), np.array([2, 2]), np.array([3, 3]))
    labels, rows = np.array([0, 1, 0, 1]), graph.rows()
    held, barred = np.array([True, True, False, False]), np.full(4, descent.OPEN)
    assert descent.settle(*rows, descent.pulls(*rows, labels, 2), labels, held, barred) == 0
    assert labels.tolist() == [0, 1, 0, 1]


def test_who_stands_apart_does_so_though_it_costs_all_its_ties() -> None:
    pair, _ = merged(2, np.array([0]), np.array([1]), np.array([5]))
    forced = force(pair, Terms(np.array([0]), np.array([1])), k=3)
    assert (forced.graph.weight.tolist(), forced.offset) == ([-1], 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_time_the_bound_of_poor_camps_is_below_the_best(seed: int) -> None:
    graph = graph_of(weights(6, seed))
    poor = max(partitions(6), key=lambda each: lost(graph, each))
    assert Search(graph, poor, deadline=0.0).bound() <= min(lost(graph, each) for each in partitions(6))


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_with_a_common_factor_cost_it_and_time_at_hand_is_used(seed: int) -> None:
    matrix = weights(6, seed)
    best = min(lost(graph_of(matrix), each) for each in partitions(6))
    for factor in (1, 5):
        found = solve(graph_of(factor * matrix), k=2, effort=Effort())
        assert found.proven and found.frustration == found.bound == factor * best


def two_blocks(seed: int) -> SignedGraph:
    """Two graphs of four nodes that share one."""
    matrix = np.zeros((7, 7), dtype=np.int64)
    matrix[:4, :4] += weights(4, seed)
    matrix[3:, 3:] += weights(4, seed + 100)
    return graph_of(matrix)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("k", [2, 3, None])
def test_the_best_camps_of_the_cores_give_those_of_the_whole(seed: int, k: int | None) -> None:
    graph = two_blocks(seed)
    small: Any = reduced(graph) if k == 2 else reduced_for_many(graph, k=k)
    told = []
    for core in small.cores:
        every = partitions(core.size, k or core.size)
        told.append(min(every, key=lambda each: lost(core, each)))
    labels = small.labels(told)
    best = min(lost(graph, each) for each in partitions(7, k or 4))
    assert lost(graph, labels) == best == small.lost + sum(map(lost, small.cores, told))
    assert k is None or len(np.unique(labels)) <= k


@pytest.mark.parametrize(
    ("level", "moves"),
    [
        ((0.9, 0.3, 0.0), (-1, 1, 1)),
        ((0.2, 0.8, 0.0), (1, -1, 1)),
        ((0.0, 0.3, 0.9), (1, 1, -1)),
        ((0.9, 0.8, 0.9), (-1, -1, -1)),
    ],
)
def test_a_step_brings_a_triple_back_to_what_camps_allow(
    level: tuple[float, ...], moves: tuple[int, ...]
) -> None:
    """No pair further apart than the two others together, and at most two of three parted."""
    there, kind, held = np.zeros((3, 3)), np.zeros(1, dtype=np.uint8), np.zeros(1)
    there[[0, 0, 1], [1, 2, 2]] = level
    sweep(there, kind, held, 0.5)
    assert held == pytest.approx([0.3])  # half of what it was over
    assert there[[0, 0, 1], [1, 2, 2]] == pytest.approx(np.array(level) + 0.3 * np.array(moves))


def test_who_is_pulled_both_ways_alike_founds_no_camp() -> None:
    """Its camp costs the same and one more would be told: the last is set aside between two who stay."""
    graph = SignedGraph(3, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([2, 1, -1]))
    small = reduced_for_many(graph, k=None)
    assert (small.lost, small.cores, small.labels([]).tolist()) == (1, (), [0, 0, 0])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_two_cases_of_a_pair_hold_all_partitions_between_them(seed: int) -> None:
    graph, rng = graph_of(weights(6, seed)), np.random.default_rng(seed)
    start = np.append(0, rng.integers(0, 2, 5))
    core, parted = Core.of(graph, start), np.triu(rng.random((6, 6)), 1)
    one, other = _doubtful(core, parted)
    for case, turned in zip(_cases(core, parted), (False, True), strict=True):
        assert lost(graph, case.labels) == case.base
        held = {tuple((case.labels ^ moved[case.group]).tolist()) for moved in partitions(case.size)}
        as_they_were = partitions(6)[:, one] == (partitions(6)[:, other] ^ start[one] ^ start[other])
        told = {tuple(each.tolist()) for each in partitions(6)[as_they_were != turned]}
        assert {min(each, tuple(1 - np.array(each))) for each in held} == told


@pytest.mark.parametrize("seed", SEEDS)
def test_margins_by_chance_are_those_of_descents_in_the_network_of_each_draw(seed: int) -> None:
    """From each of several camps, with the node joined to the core, nodes 0 and 1, and kept out."""
    rng, node, room = np.random.default_rng(seed), 4, 3
    matrix = weights(9, seed, absent=0.3)
    starts, others, weight = graph_of(matrix).rows()
    near = others[starts[node] : starts[node + 1]]
    ties = rng.integers(1, 8, len(near)) * rng.choice([-1, 1], (5, len(near)))
    camps = rng.integers(0, room, (3, 9))
    camps[:, :2] = 0
    core = np.arange(9) < 2
    told = _margins(starts, others, weight.copy(), node, ties, camps, core.copy(), room)
    for margin, mine in zip(told, ties, strict=True):
        matrix[node, near] = matrix[near, node] = mine
        drawn, left = graph_of(matrix), []
        for held, barred in ((core | (np.arange(9) == node), descent.OPEN), (core, 0)):
            for labels in camps.copy():
                score = descent.pulls(*drawn.rows(), labels, room)[node]
                labels[node] = 0 if barred else 1 + np.argmax(score[1:])
                kept_out = np.where(np.arange(9) == node, barred, descent.OPEN)
                pull = descent.pulls(*drawn.rows(), labels, room)
                descent.settle(*drawn.rows(), pull, labels, held, kept_out)
                left.append(lost(drawn, labels))
        assert margin == min(left[3:]) - min(left[:3])


def late_blocks(seed: int) -> SignedGraph:
    """Two graphs of five, in each of which only the node that they share has two edges."""
    rng = np.random.default_rng(seed)
    matrix = np.zeros((9, 9), dtype=np.int64)
    for nodes in (range(1, 5), range(5, 9)):
        pairs = [(a, b) for a in nodes for b in nodes if a < b] + [(0, nodes[0]), (0, nodes[1])]
        for a, b in pairs:
            matrix[a, b] = rng.choice([-1, 1])
    return graph_of(matrix)


@pytest.mark.parametrize("seed", range(8))
def test_what_blocks_lose_once_they_stand_alone_counts(seed: int) -> None:
    graph = late_blocks(seed)
    small = reduced(graph)
    told = [min(partitions(core.size), key=lambda each: lost(core, each)) for core in small.cores]
    labels, best = small.labels(told), min(lost(graph, each) for each in partitions(9))
    assert lost(graph, labels) == best == small.lost + sum(map(lost, small.cores, told))


@few
@given(keys=st.lists(st.one_of(st.integers(-5, 5), st.integers()).map(lambda n: n % 1000), max_size=40))
def test_a_heap_gives_its_items_back_from_the_least_key(keys: list[int]) -> None:
    held, items = np.zeros(len(keys) + 1), np.zeros(len(keys) + 1, dtype=np.int64)
    for count, key in enumerate(keys):
        heap.push(held, items, count, float(key), count)
    out, left = [], len(keys)
    while left:
        out.append((held[0], keys[items[0]]))
        left = heap.pop(held, items, left)
    assert [key for key, _ in out] == sorted(keys)
    assert all(key == own for key, own in out)


@few
@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=60))
def test_a_heap_that_is_filled_and_emptied_in_turn_is_the_one_of_the_library(steps: list[int | None]) -> None:
    held, items, count = np.zeros(len(steps) + 1), np.zeros(len(steps) + 1, dtype=np.int64), 0
    plain: list[float] = []
    for step in steps:
        if step is not None:
            heap.push(held, items, count, float(step), step)
            heapq.heappush(plain, float(step))
            count += 1
        elif count:
            assert held[0] == heapq.heappop(plain)
            count = heap.pop(held, items, count)
        assert count == len(plain)


@st.composite
def costs(draw: st.DrawFn, most: int = 6) -> Ints:
    """Return symmetric whole numbers, none on the diagonal."""
    size = draw(st.integers(1, most))
    half = draw(st.lists(st.integers(-4, 4), min_size=size * size, max_size=size * size))
    upper = np.triu(np.array(half, dtype=np.int64).reshape(size, size), 1)
    return np.asarray(upper + upper.T)


@few
@given(cost=costs(), data=st.data())
def test_pulls_are_sums_of_ties_and_a_descent_saves_what_it_says(cost: Ints, data: st.DataObject) -> None:
    size, room = len(cost), data.draw(st.integers(1, 3))
    first, second = np.nonzero(np.triu(cost, 1))
    graph, _ = merged(size, first, second, cost[first, second])
    labels = np.array(data.draw(st.lists(st.integers(0, room - 1), min_size=size, max_size=size)))
    pull = descent.pulls(*graph.rows(), labels, room)
    assert np.array_equal(pull, cost @ np.eye(room, dtype=np.int64)[labels])
    before, held = frustration(graph, labels), np.array([data.draw(st.booleans()) for _ in range(size)])
    found = labels.copy()
    saved = descent.settle(*graph.rows(), pull, found, held, np.full(size, descent.OPEN))
    assert frustration(graph, found) == before - saved
    assert np.array_equal(found[held], labels[held])
    assert np.array_equal(pull, cost @ np.eye(room, dtype=np.int64)[found])
    free = ~held
    assert (pull[np.arange(size), found][free] >= pull.max(axis=1)[free]).all()


@few
@given(cost=costs(), data=st.data())
def test_merged_groups_cost_what_their_members_do(cost: Ints, data: st.DataObject) -> None:
    size = len(cost)
    groups = data.draw(st.integers(1, size))
    group = np.array(data.draw(st.lists(st.integers(0, groups - 1), min_size=size, max_size=size)))
    side = np.array(data.draw(st.lists(st.sampled_from((-1, 1)), min_size=size, max_size=size)))
    found, saved = dense_core.merge(cost, group, side, groups)
    switched = cost * np.outer(side, side)
    member = np.eye(groups, dtype=np.int64)[group]
    expected = member.T @ switched @ member
    np.fill_diagonal(expected, 0)
    assert np.array_equal(found, expected)
    assert saved == -np.triu(np.where(np.not_equal.outer(side, side), cost, 0), 1).sum()


@few
@given(cost=costs())
def test_triangles_take_no_more_than_there_is_and_bound_every_partition(cost: Ints) -> None:
    residual = cost.copy()
    triangles.pack(residual)
    assert np.array_equal(residual, residual.T)
    assert (np.sign(residual) * np.sign(cost) >= 0).all()
    assert (np.abs(residual) <= np.abs(cost)).all()
    bound = -triangles.unpaid(residual)
    for code in range(2 ** (len(cost) - 1)):
        side = np.array([(code >> place) & 1 for place in range(len(cost))])
        parted = np.triu(np.not_equal.outer(side, side), 1)
        assert cost[parted].sum() >= bound + np.maximum(residual, 0)[parted].sum()


@few
@given(cost=costs(5), seed=st.integers(0, 2**31), rounds=st.integers(0, 3))
def test_sweeps_keep_the_sum_of_levels_and_multipliers(cost: Ints, seed: int, rounds: int) -> None:
    n = len(cost)
    level = np.triu(np.random.default_rng(seed).normal(size=(n, n)), 1)
    triples = [(i, j, k) for i in range(n) for j in range(i + 1, n) for k in range(j + 1, n)]
    kind, held, before = np.zeros(len(triples), dtype=np.uint8), np.zeros(len(triples)), level.copy()
    for _ in range(rounds):
        triangles.sweep(level, kind, held, 0.3)
    assert (held >= 0).all()
    signs = np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1], [-1, -1, -1]])
    expected = before
    for (i, j, k), which, much in zip(triples, kind, held, strict=True):
        for (a, b), sign in zip(((i, j), (i, k), (j, k)), signs[which], strict=True):
            expected[a, b] += sign * much
    assert level == pytest.approx(expected, abs=1e-9)


@few
@given(cost=costs(), data=st.data())
def test_what_parting_two_nodes_costs_is_no_more_than_it_does(cost: Ints, data: st.DataObject) -> None:
    if len(cost) < 2:
        return
    i, j = data.draw(st.permutations(range(len(cost))))[:2]
    base = -triangles.unpaid(cost)
    for apart in (1, -1):
        rise = dense_core.gains(cost, i, j, apart)
        for code in range(2 ** len(cost)):
            side = np.array([(code >> place) & 1 for place in range(len(cost))])
            if (side[i] != side[j]) == (apart == 1):
                assert cost[np.triu(np.not_equal.outer(side, side), 1)].sum() >= base + rise
