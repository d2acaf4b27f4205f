"""Peels: what is cut off a box, one slice after another; compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]

LOW, HIGH, WITHOUT, WITH = 0, 1, 2, 3
"""Cuts: a new lower end, a new upper end, a category left out, a category taken back."""
GAIN, WEIGHTED, MEAN = 0, 1, 2
"""What a cut is chosen by."""
CUT = np.dtype([("column", np.int32), ("side", np.int8), ("value", np.float64)], align=True)


@njit(cache=True)
def peel(
    x: Floats, y: Bytes, order: Ints, kinds: Bytes, alpha: float, fewest: float, objective: int
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return the cuts of a peeling, and the rows and hits of the box before and after each (cuts + 1, 2).

    `x` (d, n) by input, `y` (n,) hits, `order` (d, m) the rows of the box by each input, from low to high (it
    is written over); `kinds` (d,): 0 real, 1 integer, 2 categorical. The best cut is taken as long as it
    gains and leaves at least `fewest` rows; of equal ones, that which restricts fewer inputs, then the first.

    >>> x, y = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([0, 0, 1, 1], dtype=np.uint8)
    >>> order = np.arange(4, dtype=np.int32)[None].copy()
    >>> cuts, counts = peel(x, y, order, np.zeros(1, dtype=np.uint8), 0.25, 1.0, GAIN)
    >>> cuts["value"].tolist(), counts.tolist()
    ([1.5, 2.5], [[4, 2], [3, 2], [2, 2]])
    """
    d, m = order.shape
    cuts = np.empty(m, dtype=CUT)
    counts = np.empty((m + 1, 2), dtype=np.int64)
    hits = _hits(y, order[0, :m])
    counts[0, 0], counts[0, 1] = m, hits
    cut = np.zeros(d, dtype=np.bool_)
    gone = np.zeros(len(y), dtype=np.bool_)
    steps = 0
    while True:
        best = _best(x, y, order[:, :m], kinds, cut, hits, alpha, objective)
        column, side, value, kept, kept_hits, score = best
        if column < 0 or score <= 0 or kept < fewest:
            return cuts[:steps].copy(), counts[: steps + 1].copy()
        cuts["column"][steps], cuts["side"][steps], cuts["value"][steps] = column, side, value
        cut[column] = True
        _mark(x[column], order[column, :m], side, value, gone)
        for j in range(d):
            _close_up(order[j, :m], gone)
        m, hits = kept, kept_hits
        steps += 1
        counts[steps, 0], counts[steps, 1] = m, hits


@njit(cache=True)
def within(order: Ints, member: NDArray[np.bool_], count: int) -> Ints:
    """Return `order` (d, n) of the `count` rows that are members alone, (d, count).

    >>> within(np.array([[2, 0, 1]], dtype=np.int32), np.array([True, False, True]), 2).tolist()
    [[2, 0]]
    """
    out = np.empty((order.shape[0], count), dtype=np.int32)
    for j in range(order.shape[0]):
        place = 0
        for row in order[j]:
            if member[row]:
                out[j, place] = row
                place += 1
    return out


@njit(cache=True)
def _best(
    x: Floats,
    y: Bytes,
    order: Ints,
    kinds: Bytes,
    cut: NDArray[np.bool_],
    hits: int,
    alpha: float,
    objective: int,
) -> tuple[int, int, float, int, int, float]:
    """Return the best cut: column, side, value, rows and hits it keeps, and its score."""
    m = order.shape[1]
    best = (-1, 0, 0.0, m, hits, -np.inf)
    best_free = False
    for kind in range(3):
        for j in range(order.shape[0]):
            if kinds[j] != kind:
                continue
            for turn in range(1 if kind == 2 else 2):
                if kind == 2:
                    side = WITHOUT
                    value, kept, kept_hits = _category(x[j], y, order[j], hits, objective)
                else:
                    side = LOW if turn else HIGH
                    value, kept, kept_hits = _slice(x[j], y, order[j], side, alpha, kind == 1, hits)
                if kept == m or kept == 0:
                    continue
                score = _score(m, hits, kept, kept_hits, objective)
                if score > best[5] or (score == best[5] and cut[j] and not best_free):
                    best = (j, side, value, kept, kept_hits, score)
                    best_free = cut[j]
    return best


@njit(cache=True)
def _score(m: int, hits: int, kept: int, kept_hits: int, objective: int) -> float:
    mean = kept_hits / kept
    if objective == MEAN:
        return mean
    gain = (mean - hits / m) / (m - kept)
    return gain * kept if objective == WEIGHTED else gain


@njit(cache=True)
def _slice(
    x: Floats, y: Bytes, order: Ints, side: int, alpha: float, whole: bool, hits: int
) -> tuple[float, int, int]:
    """Return the end of a box that lost a share alpha on one side, and the rows and hits that it keeps.

    The end lies midway between two values that differ; rows of one value are kept or cut together.
    """
    m = len(order)
    at = (m - 1) * (1 - alpha if side == HIGH else alpha)
    below, above = int(np.floor(at)), int(np.ceil(at))
    if side == HIGH:
        while below > 0 and x[order[below]] == x[order[above]]:
            below -= 1
    else:
        while above < m - 1 and x[order[below]] == x[order[above]]:
            above += 1
    value = (x[order[below]] + x[order[above]]) / 2
    if side == HIGH:
        kept = below
        while kept < m and x[order[kept]] <= value:
            kept += 1
        lost = _hits(y, order[kept:])
        end = order[kept - 1] if kept > 0 else order[0]
    else:
        kept = m - above
        while kept < m and x[order[m - kept - 1]] >= value:
            kept += 1
        lost = _hits(y, order[: m - kept])
        end = order[m - kept] if kept > 0 else order[m - 1]
    return (x[end] if whole else value), kept, hits - lost


@njit(cache=True)
def _category(x: Floats, y: Bytes, order: Ints, hits: int, objective: int) -> tuple[float, int, int]:
    """Return the category to leave out, and the rows and hits that are kept; rows are sorted by category."""
    m = len(order)
    best, best_kept, best_hits = x[order[0]], m, hits
    best_score = -np.inf
    start = 0
    while start < m:
        end, lost = start, 0
        while end < m and x[order[end]] == x[order[start]]:
            lost += int(y[order[end]])
            end += 1
        kept = m - (end - start)
        if 0 < kept < m:
            score = _score(m, hits, kept, hits - lost, objective)
            if score > best_score:
                best, best_kept, best_hits, best_score = x[order[start]], kept, hits - lost, score
        start = end
    return best, best_kept, best_hits


@njit(cache=True)
def _mark(x: Floats, order: Ints, side: int, value: float, gone: NDArray[np.bool_]) -> None:
    for row in order:
        if side == HIGH:
            gone[row] = x[row] > value
        elif side == LOW:
            gone[row] = x[row] < value
        else:
            gone[row] = x[row] == value


@njit(cache=True)
def _close_up(order: Ints, gone: NDArray[np.bool_]) -> None:
    place = 0
    for row in order:
        if not gone[row]:
            order[place] = row
            place += 1


@njit(cache=True)
def _hits(y: Bytes, rows: Ints) -> int:
    count = 0
    for row in rows:
        count += int(y[row])
    return count
