"""Which failing points lie on the same route: those between which one need not go further off."""

from __future__ import annotations

import numpy as np

from detente.strategy.tipping.rays import length
from detente.strategy.tipping.space import Bools, Floats, Probe

BETWEEN = np.array([1, 2, 4, 8, 12, 16, 20, 24, 28, 30, 31]) / 32
"""Where the way between two points is looked at: ridges may lie close to either end."""
FURTHER = 1.005
"""Two nearest points are separate where the way between them leads this much further off than the farther."""
SLACK = 1.001
"""How much further off than a straight decline a way may be to count as going downhill."""
ALIKE = 0.02
"""Or the same, where they are no further apart than this share of their distance."""
SPREAD = 0.95
"""Cosine of the angle that starts of one round keep from each other."""


def joined(probe: Probe, u: Floats, route: Floats, *, downhill: bool = False) -> Bools:
    """Return which failing rows (rows, D) are joined to a route (D,) by failing points no further off.

    Tried are points on the arc between both directions; rows with other switches are on another route. Going
    `downhill`, the way must come nearer all along, as it does to the foot of a plane or to a convex edge.
    """
    free = probe.free
    same = (u[:, ~free] == route[~free]).all(axis=1)
    mine, its = length(u[:, free]), float(length(route[free]))
    near = length(u - route) <= ALIKE * np.minimum(length(u), length(route))
    trivial = (mine == 0) | (its == 0) | near
    rows = np.flatnonzero(same & ~trivial)
    result = np.asarray(same & trivial)
    if not rows.size:
        return result
    arc = _arc(u[rows][:, free] / mine[rows, None], route[free] / its)
    ends = mine[rows][:, None], np.full((len(rows), 1), its)
    level, slope = FURTHER * np.maximum(*ends), SLACK * (ends[0] + BETWEEN * (ends[1] - ends[0]))
    radius = slope if downhill else level
    points = np.broadcast_to(route, (len(rows), len(BETWEEN), len(route))).copy()
    points[:, :, free] = arc * np.broadcast_to(radius, arc.shape[:2])[..., None]
    fails = probe.breaks(probe.clip(points).reshape(-1, len(route)))
    result[rows] = fails.reshape(len(rows), -1).all(axis=1)
    return result


def _arc(one: Floats, other: Floats) -> Floats:
    """Return directions (rows, between, D) on the way from directions (rows, D) to another (D,)."""
    angle = np.arccos(np.clip(one @ other, -1.0, 1.0))[:, None, None]
    sine = np.maximum(np.sin(angle), 1e-12)
    t = BETWEEN[:, None]
    mixed = np.sin((1 - t) * angle) / sine * one[:, None, :] + np.sin(t * angle) / sine * other
    return np.asarray(mixed / np.maximum(length(mixed), 1e-12)[..., None])


def merged(probe: Probe, points: Floats) -> Floats:
    """Return the nearest point of each route, nearest first."""
    left = points[np.argsort(length(points), kind="stable")]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[1:][~joined(probe, left[1:], left[0])]
    return np.array(kept).reshape(-1, points.shape[1])


def unexplained(probe: Probe, pool: Floats, routes: Floats) -> Floats:
    """Return those failing points of a pool from which the way to no route goes downhill."""
    for route in routes:
        pool = pool[~joined(probe, pool, route, downhill=True)]
    return pool


def apart(probe: Probe, pool: Floats, most: int) -> tuple[Floats, Floats]:
    """Return the nearest points of a pool that differ in direction or in switches, and those unlike all."""
    left = pool[np.argsort(length(pool), kind="stable")]
    kept: list[Floats] = []
    while len(left) and len(kept) < most:
        first = left[0]
        kept.append(first)
        alike = (left @ first) > SPREAD * length(left) * length(first)
        alike &= (left[:, probe.space.switch] == first[probe.space.switch]).all(axis=1)
        alike[0] = True
        left = left[~alike]
    return np.array(kept).reshape(-1, pool.shape[1]), left
