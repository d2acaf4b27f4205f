"""Extreme equilibria of small games in fractions, one system of equations after another: slow, and exact."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Row = list[Fraction]
Labelled = dict[tuple[Fraction, ...], frozenset[int]]
Profile = tuple[tuple[float, ...], tuple[float, ...]]


def extreme(a: NDArray[np.float64], b: NDArray[np.float64]) -> set[Profile]:
    """Return all extreme equilibria of a game of whole payoffs, to seven places."""
    m, n = a.shape
    lowest = int(min(a.min(), b.min()))
    one, other = ([[Fraction(int(v) - lowest + 1) for v in row] for row in each] for each in (b.T, a))
    turned = {point: frozenset((at + m) % (m + n) for at in held) for point, held in _vertices(other).items()}
    return {
        (_shares(x), _shares(y))
        for x, of_x in _vertices(one).items()
        for y, of_y in turned.items()
        if len(of_x | of_y) == m + n
    }


def rounded(x: NDArray[np.float64], y: NDArray[np.float64]) -> set[Profile]:
    """Return profiles (equilibria, actions) to seven places."""
    return {(_seven(row), _seven(column)) for row, column in zip(x, y, strict=True)}


def _vertices(limits: list[Row]) -> Labelled:
    """Return the vertices of {x >= 0, limits x <= 1} but for the origin, with the constraints that bind."""
    size = len(limits[0])
    rows = [[Fraction(-(at == own)) for at in range(size)] for own in range(size)] + limits
    right = [Fraction(0)] * size + [Fraction(1)] * len(limits)
    found: Labelled = {}
    for chosen in combinations(range(len(rows)), size):
        point = _solved([[*rows[at], right[at]] for at in chosen])
        if point is None or not any(point):
            continue
        slack = [
            r - sum(p * q for p, q in zip(row, point, strict=True))
            for row, r in zip(rows, right, strict=True)
        ]
        if min(slack) >= 0:
            found[tuple(point)] = frozenset(at for at, left in enumerate(slack) if left == 0)
    return found


def _solved(rows: list[Row]) -> Row | None:
    """Return the solution of equations with the right-hand side last, or None where there is not one."""
    for column in range(len(rows)):
        pivot = next((at for at in range(column, len(rows)) if rows[at][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for at in range(len(rows)):
            if at != column:
                factor = rows[at][column]
                rows[at] = [v - factor * w for v, w in zip(rows[at], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _shares(point: tuple[Fraction, ...]) -> tuple[float, ...]:
    return _seven(np.array([float(value / sum(point)) for value in point]))


def _seven(chances: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple((chances.round(7) + 0.0).tolist())
