"""Points on the edge of failure: how little of a change is enough, along rays from where things stand.

A change is u = o + v: o (switches that are flipped) stays, v (all else) is made smaller or larger. Where the
switches alone break, v is 0.
"""

from __future__ import annotations

import numpy as np

from detente.strategy.tipping.space import Floats, Probe

GRID = 16
HALVINGS = 14


def shrink(probe: Probe, u: Floats) -> Floats:
    """Return for each failing row (rows, D) the nearest failing point on its ray, by a grid and then halving.

    The first failing stretch of the ray counts, where there are several, if it is longer than a 16th.
    """
    steps = np.arange(GRID) / GRID
    fails = probe.breaks(_along(probe, u, steps).reshape(-1, u.shape[1])).reshape(len(u), GRID)
    first = np.where(fails.any(axis=1), fails.argmax(axis=1), GRID)
    high = first / GRID
    return halve(probe, u, np.maximum(high - 1 / GRID, 0.0), high)


def halve(probe: Probe, u: Floats, low: Floats, high: Floats, times: int = HALVINGS) -> Floats:
    """Return rows at the failing end of factors from `low` to `high` (rows,), halved so often."""
    for _ in range(times):
        middle = (low + high) / 2
        fails = probe.breaks(along(probe, u, middle))
        low, high = np.where(fails, low, middle), np.where(fails, middle, high)
    return along(probe, u, high)


def along(probe: Probe, u: Floats, factor: Floats) -> Floats:
    """Return rows whose free part is taken `factor` (rows,) times, within bounds."""
    return probe.clip(np.where(probe.free, u * factor[:, None], u))


def length(u: Floats) -> Floats:
    """Return the length of rows."""
    return np.asarray(np.sqrt((u * u).sum(axis=-1)))


def _along(probe: Probe, u: Floats, factors: Floats) -> Floats:
    return np.where(probe.free, u[:, None, :] * factors[:, None], u[:, None, :])


def reaches(probe: Probe, u: Floats, margin: float) -> float:
    """Return the length at which a row's ray comes to a margin, infinite if not within bounds."""
    free = np.abs(np.where(probe.free, u, 0.0))
    room = np.where(u > 0, probe.high, -probe.low)
    most = float(np.min(np.where(free > 0, room, np.inf) / np.where(free > 0, free, 1.0)))
    if not np.isfinite(most):
        return float(length(u)) if probe.margin(u[None])[0] < margin else np.inf
    grid = np.linspace(0.0, most, 4 * GRID + 1)
    fails = probe.margin(_along(probe, u[None], grid)[0]) < margin
    if not fails.any():
        return np.inf
    high = grid[fails.argmax()]
    low = max(high - grid[1], 0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = probe.margin(along(probe, u[None], np.array([middle])))[0] < margin
        low, high = (low, middle) if enough else (middle, high)
    return float(length(along(probe, u[None], np.array([high])))[0])
