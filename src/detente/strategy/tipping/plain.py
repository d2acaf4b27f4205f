"""Plain sampling, with which the search is compared, and the first sample of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.strategy.tipping.rays import length
from detente.strategy.tipping.space import Effort, Floats, Limit, Model, Probe, Space


@dataclass(frozen=True, eq=False)
class Plain:
    """What plain sampling finds: the share that breaks, the nearest of it (infinite, if none) and where."""

    share: float
    distance: float
    point: Floats
    runs: int


def sample(model: Model, *, space: Space, limit: Limit, effort: Effort | None = None) -> Plain:
    """Return the nearest break among `effort.runs` points drawn evenly within bounds.

    >>> square = Space(base=np.zeros(2), low=-np.ones(2), high=np.ones(2))
    >>> found = sample(lambda x: -x[:, 0], space=square, limit=Limit(-0.5))
    >>> round(found.share, 2), bool(found.distance > 0.25)
    (0.25, True)
    """
    effort = effort or Effort()
    probe = Probe(model, space, limit)
    u = evenly(probe, effort.runs, np.random.default_rng([effort.seed, 1]))
    failing = u[probe.breaks(u)]
    sizes = length(failing)
    nearest = failing[sizes.argmin()] if len(failing) else np.full(u.shape[1], np.nan)
    distance = float(sizes.min()) if len(failing) else np.inf
    return Plain(len(failing) / max(len(u), 1), distance, space.plain(nearest), probe.runs)


def evenly(probe: Probe, rows: int, rng: np.random.Generator) -> Floats:
    """Return changes drawn evenly within bounds, switches at either end."""
    u = probe.low + rng.random((rows, len(probe.low))) * (probe.high - probe.low)
    switch = probe.space.switch
    ends = probe.low[switch], probe.high[switch]
    u[:, switch] = np.where(rng.random((rows, int(switch.sum()))) < 0.5, *ends)
    return u


def within(probe: Probe, radius: float, rows: int, rng: np.random.Generator) -> Floats:
    """Return up to so many changes drawn evenly from those within bounds and shorter than `radius`.

    Every second row keeps all switches where they are.
    """
    drawn = [_from_ball(probe, radius, rows, rng), evenly(probe, rows, rng)]
    kept = [
        u[(length(u) < radius) & (u >= probe.low).all(axis=1) & (u <= probe.high).all(axis=1)] for u in drawn
    ]
    return max(kept, key=len)


def _from_ball(probe: Probe, radius: float, rows: int, rng: np.random.Generator) -> Floats:
    switch, free = probe.space.switch, probe.free
    u = np.zeros((rows, len(free)))
    other = np.where(probe.low < 0, probe.low, probe.high)
    u[:, switch] = np.where(rng.random((rows, int(switch.sum()))) < 0.5, other[switch], 0.0)
    u[::2] = 0.0
    u[length(u) >= radius] = 0.0
    room = np.sqrt(np.maximum(radius**2 - (u * u).sum(axis=1), 0.0))
    way = rng.normal(size=(rows, int(free.sum())))
    way = np.where(probe.low[free] == 0, np.abs(way), np.where(probe.high[free] == 0, -np.abs(way), way))
    way /= np.maximum(length(way), 1e-300)[:, None]
    u[:, free] = way * (room * rng.random(rows) ** (1 / max(int(free.sum()), 1)))[:, None]
    return u
