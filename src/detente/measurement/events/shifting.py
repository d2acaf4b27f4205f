"""When a series shifts: the periods from which its mean is another, each checked by exchanging stretches.

Binary segmentation (Scott and Knott 1974; Vostrikova 1981) with the check of Matteson and James (2014): a
part of the series is cut where two means leave least squares, and the cut stands where its stretches in
another order seldom split as well; then either half is searched in turn. The exchange keeps the memory of
the series, which a criterion for independent errors, as in `detente.measurement.shifts`, would take for
cuts. Where nothing shifts, a shift is found with a chance of five per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SEGMENT = 8
"""Fewest periods with a value on either side of a shift; also the length of what is exchanged."""
LEAST_BLOCKS = 6
"""Fewer stretches to exchange make no test."""
ALPHA = 0.05
DRAWS = 999
TIE = 1e-9


@dataclass(frozen=True)
class Shift:
    """One shift: the first period after it, by place; the means on its two sides, up to the next; p-value."""

    place: int
    before: float
    after: float
    p_value: float


def shifts(values: ArrayLike, weights: ArrayLike, *, rng: np.random.Generator) -> list[Shift]:
    """Return the shifts of a series in order of time; periods without a value are passed over.

    >>> rng = np.random.default_rng(0)
    >>> path = np.repeat([0.0, 1.0], 50) + rng.normal(0, 0.2, 100)
    >>> [(shift.place, shift.p_value) for shift in shifts(path, np.ones(100), rng=rng)]
    [(50, 0.001)]
    """
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    at = np.flatnonzero(~np.isnan(values) & (weights > 0))
    path, mass = values[at], weights[at]
    found: dict[int, float] = {}
    open_parts = [(0, len(path))]
    while open_parts:
        start, end = open_parts.pop()
        cut, chance = _split(path[start:end], mass[start:end], rng)
        if chance <= ALPHA:
            found[start + cut] = chance
            open_parts += [(start, start + cut), (start + cut, end)]
    if not found:
        return []
    edges = [0, *sorted(found), len(path)]
    means = [float(np.average(path[a:b], weights=mass[a:b])) for a, b in pairwise(edges)]
    return [
        Shift(int(at[place]), before, after, found[place])
        for place, (before, after) in zip(edges[1:-1], pairwise(means), strict=True)
    ]


def _split(path: Floats, weights: Floats, rng: np.random.Generator) -> tuple[int, float]:
    """Return where a stretch is best cut in two, and the chance of as good a cut in another order."""
    length = len(path)
    if length < LEAST_BLOCKS * SEGMENT:
        return 0, 1.0
    blocks = np.array_split(np.arange(length), length // SEGMENT)
    orders = [np.concatenate([blocks[each] for each in rng.permutation(len(blocks))]) for _ in range(DRAWS)]
    every = np.array([np.arange(length), *orders])
    gains = _gains(path[every], weights[every])
    best = gains.max(axis=1)
    as_good = np.count_nonzero(best[1:] >= best[0] * (1 - TIE))
    return SEGMENT + int(gains[0].argmax()), float(1 + as_good) / (1 + DRAWS)


def _gains(paths: Floats, weights: Floats) -> Floats:
    """Return by how much each cut of each path lessens the squares: (paths, cuts), from `SEGMENT` on."""
    mass, first = np.cumsum(weights, axis=1), np.cumsum(weights * paths, axis=1)
    at = slice(SEGMENT - 1, paths.shape[1] - SEGMENT)
    left, total = mass[:, at], mass[:, -1:]
    apart = first[:, at] - left * first[:, -1:] / total
    found: Floats = apart**2 * total / (left * (total - left))
    return found
