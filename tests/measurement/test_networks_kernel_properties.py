"""Compiled parts of the search for camps against plain definitions: heaps, descents, merges, triangles."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detente.measurement.networks import dense_core, descent, heap, triangles
from detente.measurement.networks.graph import frustration, merged

Ints = NDArray[np.int64]
few = settings(max_examples=30, deadline=None)


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
