"""Pasting: a box is widened again where that makes it no less dense."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detente.strategy.discovery.boxes import Limits, out_of, outside
from detente.strategy.discovery.samples import Sample

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


def paste(held: Sample, limits: Limits, counts: Ints, alpha: float) -> tuple[Limits, Ints]:
    """Return limits and counts with those of the last box, widened step by step, behind them.

    Friedman and Fisher (1999): each limit in turn is moved out by a share `alpha` of the box's rows, and a
    category is taken back; the step with the largest gain in density over the rows it adds is taken, of
    equal ones that which adds most, as long as the box gets no less dense.

    >>> from detente.strategy.discovery.samples import sample
    >>> some = sample([[0.0], [1.0], [2.0], [3.0]], [0, 1, 1, 1])
    >>> tight = Limits(np.array([[0.0]]), np.array([[1.5]]), {})
    >>> paste(some, tight, np.array([[2, 1]]), 0.5)[1].tolist()
    [[2, 1], [3, 2], [4, 3]]
    """
    now, steps, told = limits.at(np.array([-1])), [limits], [counts]
    size, hits = counts[-1].tolist()
    while True:
        best, score = None, (0.0, 0)
        for wider, rows in _wider(held, now, size, alpha):
            more = int(held.y[rows].sum())
            gain = ((hits + more) / (size + len(rows)) - hits / size) / len(rows)
            if (gain, len(rows)) > score:
                best, score, added = wider, (gain, len(rows)), np.array([size + len(rows), hits + more])
        if best is None:
            break
        now, (size, hits) = best, added.tolist()
        steps.append(now)
        told.append(added[None])
    return _joined(steps), np.concatenate(told)


def _wider(held: Sample, now: Limits, size: int, alpha: float) -> Iterator[tuple[Limits, Ints]]:
    """Yield wider boxes, and the rows that each of them adds."""
    count = outside(now, 0, held, held.x)
    for column in np.flatnonzero(now.restricted()[0]).tolist():
        values = held.x[:, column]
        near = (count == 1) & out_of(now, 0, held, column, values)
        if column in now.allowed:
            for place in np.flatnonzero(~now.allowed[column][0]).tolist():
                wider = now.at(np.array([0]))
                wider.allowed[column][0, place] = True
                yield from _added(wider, near & (values == held.categories[column][place]))
            continue
        for side in (-1.0, 1.0):
            wider = now.at(np.array([0]))
            ends = wider.low if side < 0 else wider.high
            beyond = near & (side * (values - ends[0, column]) > 0)
            away = np.sort(side * values[beyond])
            if len(away):
                ends[0, column] = side * away[min(max(round(alpha * size), 1), len(away)) - 1]
                rows = beyond & (side * (values - ends[0, column]) <= 0)
                if side * ends[0, column] >= (side * values).max():
                    ends[0, column] = side * np.inf
                yield from _added(wider, rows)


def _added(wider: Limits, rows: Flags) -> Iterator[tuple[Limits, Ints]]:
    if rows.any():
        yield wider, np.flatnonzero(rows)


def _joined(steps: list[Limits]) -> Limits:
    allowed = {
        column: np.concatenate([each.allowed[column] for each in steps]) for column in steps[0].allowed
    }
    return Limits(
        np.concatenate([each.low for each in steps]), np.concatenate([each.high for each in steps]), allowed
    )
