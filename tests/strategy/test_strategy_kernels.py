"""Compiled parts of the strategy room against plain definitions: order statistics, neighbours, rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from detente.strategy.discovery.peeling import within
from detente.strategy.robustness.order_statistics import drawn
from detente.strategy.sensitivity.nearest import chain_variances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
few = settings(max_examples=30, deadline=None)


@few
@given(
    values=arrays(float, (2, 4), elements=st.integers(-3, 3)),
    counts=arrays(np.int64, (3, 4), elements=st.integers(0, 3)),
    half=st.integers(0, 12),
)
def test_drawn_order_statistics_are_those_of_the_futures_drawn(
    values: Floats, counts: Ints, half: int
) -> None:
    counts[:, 0] += 1  # something is drawn
    owner = np.argsort(values, axis=1, kind="stable")
    inorder = np.take_along_axis(values, owner, axis=1)
    fewest = int(counts.sum(axis=1).min())
    ranks = np.arange(fewest)
    at, sums = drawn(inorder, owner, counts, ranks, half)
    for resample, often in enumerate(counts):
        for portfolio, row in enumerate(values):
            plain = np.sort(np.repeat(row, often))
            assert at[resample, portfolio].tolist() == plain[:fewest].tolist()
            assert sums[resample, portfolio] == pytest.approx(plain[:half].sum())


@few
@given(
    x=arrays(float, (7, 2), elements=st.floats(-5, 5)),
    y=arrays(float, (7, 2), elements=st.floats(-5, 5)),
    count=st.integers(2, 7),
    turn=st.booleans(),
)
def test_variances_among_neighbours_are_those_of_the_nearest_rows(
    x: Floats, y: Floats, count: int, turn: bool
) -> None:
    order = np.array([1, 0] if turn else [0, 1])
    points = np.array([0, 3, 6])
    found = chain_variances(x, y, points, order, count)
    expected = np.zeros((2, 2))
    for place in range(2):
        for point in points:
            columns = order[: place + 1]
            away = sum((x[:, column] - x[point, column]) ** 2 for column in columns)
            near = np.argsort(away, kind="stable")[:count]  # of equals, the first
            expected[place] += y[near].var(axis=0, ddof=1) / len(points)
    assert found == pytest.approx(expected, abs=1e-9)


@few
@given(member=st.lists(st.booleans(), max_size=8), seed=st.integers(0, 2**31))
def test_rows_within_a_box_keep_their_order(member: list[bool], seed: int) -> None:
    luck, size = np.random.default_rng(seed), len(member)
    order = np.array([luck.permutation(size) for _ in range(2)], dtype=np.int32).reshape(2, size)
    inside = np.array(member, dtype=bool)
    found = within(order, inside, int(inside.sum()))
    assert found.tolist() == [[row for row in rows if inside[row]] for rows in order.tolist()]
