"""Variances among nearest neighbours while one input after another is held: compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def chain_variances(x: Floats, y: Floats, points: Ints, order: Ints, count: int) -> Floats:
    """Return variances (d, outputs) of `y` among the `count` nearest to each of `points`, meant over points.

    Row h is with the first h + 1 inputs of `order` held: distances grow by one input at a time.

    >>> x = np.array([[0.0], [1.0], [10.0]])
    >>> chain_variances(x, x.copy(), np.array([0]), np.array([0]), 2).tolist()
    [[0.5]]
    """
    n, d = x.shape
    out = np.zeros((d, y.shape[1]))
    away = np.empty(n)
    near = np.empty(count, dtype=np.int64)
    for point in points:
        away[:] = 0.0
        for place in range(d):
            column = order[place]
            here = x[point, column]
            for row in range(n):
                away[row] += (x[row, column] - here) ** 2
            _nearest(away, near)
            for output in range(y.shape[1]):
                out[place, output] += _variance(y, near, output)
    return out / len(points)


@njit(cache=True)
def _nearest(away: Floats, near: Ints) -> None:
    """Fill `near` with the places of the smallest distances, by insertion."""
    held = 0
    for row in range(len(away)):
        if held == len(near) and away[row] >= away[near[held - 1]]:
            continue
        place = held if held < len(near) else held - 1
        while place > 0 and away[near[place - 1]] > away[row]:
            near[place] = near[place - 1]
            place -= 1
        near[place] = row
        held = min(held + 1, len(near))


@njit(cache=True)
def _variance(y: Floats, near: Ints, output: int) -> float:
    mean = 0.0
    for row in near:
        mean += y[row, output]
    mean /= len(near)
    squares = 0.0
    for row in near:
        squares += (y[row, output] - mean) ** 2
    return squares / (len(near) - 1)
