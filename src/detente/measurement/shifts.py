"""When a path shifted: the years in which its mean changed most, with posterior probabilities, from draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

SEGMENT = 4
"""Fewest sessions on either side of a shift."""
BESIDE = 1
"""A shift in a draw counts for its session and for so many on either side."""
LIKELY = 0.5
PARAMETERS = np.array([1, 2, 3, 5])
"""Of one mean, of a line, of two means and of three, the places between them included."""
EXACT = 1e-12
"""Least share of the squares that a description leaves, so that an exact one has a cost."""
TINY = 1e-300


@dataclass(frozen=True)
class Shift:
    """One shift: the first session after it, by place; the means before and after by draw; how likely."""

    place: int
    before: Floats
    after: Floats
    probability: float


def shifts(draws: Floats) -> list[Shift]:
    """Return the likely shifts of a path, in order of time, from its `draws` (sessions, draws).

    In each draw the path is cut where two means fit best by least squares, then once more where that gains
    most (binary segmentation). Of one mean, a straight line, one cut and two, the Bayesian information
    criterion chooses, so that neither noise nor a steady drift is a shift. The probability of a session is
    the share of draws with a cut there or one session beside; reported are its peaks above one half.

    >>> path = np.repeat([[0.0], [1.0]], 10, axis=0) + np.random.default_rng(0).normal(0, 0.1, (20, 100))
    >>> [(shift.place, shift.probability) for shift in shifts(path)]
    [(10, 1.0)]
    """
    length, number = draws.shape
    if length < 2 * SEGMENT:
        return []
    cuts = np.array([_cuts(draws[:, draw]) for draw in range(number)])
    at = np.arange(length)[:, None, None]
    exact = (cuts[None] == at).any(axis=2).mean(axis=1)
    near = ((np.abs(cuts[None] - at) <= BESIDE) & (cuts >= 0)[None]).any(axis=2).mean(axis=1)
    found = _peaks(near, exact)
    edges = [0, *found, length]
    return [
        Shift(
            place,
            draws[edges[k] : place].mean(axis=0),
            draws[place : edges[k + 2]].mean(axis=0),
            float(near[place]),
        )
        for k, place in enumerate(found)
    ]


def _peaks(near: Floats, exact: Floats) -> list[int]:
    """Return the likely places, the likeliest first chosen, none within a segment's length of another."""
    order = sorted(np.flatnonzero(near > LIKELY), key=lambda place: (-near[place], -exact[place], place))
    found: list[int] = []
    for place in order:
        if all(abs(place - other) >= SEGMENT for other in found):
            found.append(int(place))
    return sorted(found)


def _cuts(path: Floats) -> Ints:
    """Return the places of at most two cuts of one path, -1 where there is none."""
    centred = path - path.mean()
    length, whole = len(path), float(centred @ centred)
    time = np.arange(length) - (length - 1) / 2
    line = float(time @ centred) ** 2 / float(time @ time)
    gain, one = _best(centred, 0, length)
    more, two = max(_best(centred, 0, one), _best(centred, one, length))
    left = np.maximum(whole - np.array([0.0, line, gain, gain + more]), max(whole * EXACT, TINY))
    costs = length * np.log(left) + np.log(length) * PARAMETERS
    cuts = ((-1, -1), (-1, -1), (one, -1), (one, two))[int(costs.argmin())]
    return np.array(cuts, dtype=np.int64)


def _best(path: Floats, start: int, end: int) -> tuple[float, int]:
    """Return what the best cut of a segment into two means gains in squares, and its place; (0, -1) where the
    segment is too short.
    """
    length = end - start
    if length < 2 * SEGMENT:
        return 0.0, -1
    segment = path[start:end] - path[start:end].mean()
    first = np.arange(SEGMENT, length - SEGMENT + 1)
    gains = np.cumsum(segment)[first - 1] ** 2 * (1 / first + 1 / (length - first))
    best = int(np.argmax(gains))
    return float(gains[best]), start + int(first[best])
