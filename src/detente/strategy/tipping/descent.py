"""From a failing point to the nearest one around: Hasofer–Lind–Rackwitz–Fiessler steps, then trial and error.

A step goes to the nearest point within bounds that fails by the tangent (Hasofer and Lind 1974; Rackwitz and
Fiessler 1978). With bounds this is min |v'|² s.t. g + ∇g·(v' - v) ≤ 0, low ≤ v' ≤ high, whose solution is
v' = clip(-λ∇g) for one λ ≥ 0. Whole steps may circle, so that parts of a step are tried too, as in the
improved method (Zhang and Der Kiureghian 1995), and each new point is brought back to the edge of failure
along its ray: the distance only falls. Trial and error settles what has corners, jumps or flat parts.
"""

from __future__ import annotations

import numpy as np

from detente.strategy.tipping.rays import halve, length
from detente.strategy.tipping.space import Floats, Probe

PARTS = np.array([1.0, 0.7, 0.4, 0.2, 0.1, 0.03])
RADII = 4
WIDTHS = np.array([2e-2, 1e-3])
"""Steps of differences, as shares of each input's range: first a wide one that sees past noise."""
STEPS = 15
ENOUGH = 1e-4
"""A gain by less than this share of the distance ends the steps."""
TRIALS = 24
ROUNDS = 40


def approach(probe: Probe, u: Floats, steps: int = 8) -> Floats:
    """Return the rows (rows, D) moved down the margin until they fail, or as far as it goes."""
    margin = probe.margin(u)
    for _ in range(steps):
        open_ = np.flatnonzero(margin >= 0)
        if not open_.size:
            break
        here = u[open_]
        target = _nearest_by_tangent(probe, here, margin[open_], _gradient(probe, here, WIDTHS[0]))
        parts = np.array([1.5, *PARTS[:-1]])
        tried = probe.clip(here[:, None, :] + parts[:, None] * (target - here)[:, None, :])
        found = probe.margin(tried.reshape(-1, u.shape[1])).reshape(len(here), len(parts))
        best = found.argmin(axis=1)
        rows = np.arange(len(here))
        better = found[rows, best] < margin[open_]
        if not better.any():
            break
        u = u.copy()
        u[open_[better]] = tried[rows, best][better]
        margin[open_[better]] = found[rows, best][better]
    return u


def refine(probe: Probe, u: Floats, rng: np.random.Generator, reach: float = 1.0) -> Floats:
    """Return for each failing row a failing point that is the nearest around it, as far as tried.

    A smaller `reach` looks less far around, and steps over no ridge close by.
    """
    for width in reach * WIDTHS:
        active = np.arange(len(u))
        for _ in range(STEPS):
            moved = _step(probe, u[active], width)
            gained = length(moved) < (1 - ENOUGH) * length(u[active])
            u = u.copy()
            u[active] = moved
            active = active[gained]
            if not active.size:
                break
    return _settle(probe, u, rng, reach)


def _step(probe: Probe, u: Floats, width: float) -> Floats:
    """Return rows after one step, nearer or the same."""
    target = _nearest_by_tangent(probe, u, probe.margin(u), _gradient(probe, u, width))
    free = np.where(probe.free, u, 0.0)
    toward = free[:, None, :] + PARTS[:, None] * (np.where(probe.free, target, 0.0) - free)[:, None, :]
    size = np.maximum(length(toward), 1e-12)
    most = 0.9995 * length(free)[:, None] / size
    factors = 1 + (most - 1)[..., None] * (np.arange(RADII) / (RADII - 1))
    factors = np.where((most > 1)[..., None], factors, most[..., None])
    tried = probe.clip(np.where(probe.free, toward[..., None, :] * factors[..., None], u[:, None, None, :]))
    return _take(probe, u, tried.reshape(len(u), -1, u.shape[1]), halvings=6)


def _take(probe: Probe, u: Floats, tried: Floats, halvings: int) -> Floats:
    """Return the nearest failing of what was tried (rows, tries, D), drawn in, or the row itself."""
    rows, tries, inputs = tried.shape
    sizes = length(tried)
    fails = probe.breaks(tried.reshape(-1, inputs)).reshape(rows, tries)
    sizes = np.where(fails & (sizes < length(u)[:, None]), sizes, np.inf)
    best = sizes.argmin(axis=1)
    found = np.isfinite(sizes[np.arange(rows), best])
    taken = np.where(found[:, None], tried[np.arange(rows), best], u)
    if found.any():
        some = taken[found]
        taken[found] = halve(probe, some, np.full(len(some), 0.9), np.ones(len(some)), halvings)
    return taken


def _gradient(probe: Probe, u: Floats, width: float) -> Floats:
    """Return differences of the margin (rows, D), one-sided at a bound, 0 for switches."""
    free = np.flatnonzero(probe.free)
    step = width * (probe.high - probe.low)[free]
    ahead, behind = (np.repeat(u[:, None, :], len(free), axis=1) for _ in range(2))
    each = np.arange(len(free))
    ahead[:, each, free] = np.minimum(ahead[:, each, free] + step, probe.high[free])
    behind[:, each, free] = np.maximum(behind[:, each, free] - step, probe.low[free])
    gap = ahead[:, each, free] - behind[:, each, free]
    shape = len(u), len(free)
    rise = probe.margin(ahead.reshape(-1, u.shape[1])) - probe.margin(behind.reshape(-1, u.shape[1]))
    slope = np.zeros(u.shape)
    slope[:, free] = np.where(np.isfinite(rise), rise, 0.0).reshape(shape) / gap
    return slope


def _nearest_by_tangent(probe: Probe, u: Floats, margin: Floats, slope: Floats) -> Floats:
    """Return the nearest points that fail by the tangent; where none within bounds does, the lowest."""
    level = np.where(np.isfinite(margin), margin, 0.0) - (slope * u * probe.free).sum(axis=1)
    flat = np.abs(slope) < 1e-300
    room = np.where(slope > 0, -probe.low, probe.high) / np.where(flat, 1.0, np.abs(slope))
    low = np.zeros(len(u))
    high = np.where(flat, 0.0, room).max(axis=1)
    for _ in range(60):
        middle = (low + high) / 2
        enough = level + (slope * probe.clip(-middle[:, None] * slope)).sum(axis=1) <= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(probe.free, probe.clip(-high[:, None] * slope), u)


def _settle(probe: Probe, u: Floats, rng: np.random.Generator, reach: float) -> Floats:
    """Return rows after trying points around at random, and, if not close by, with inputs drawn back."""
    width = np.full(len(u), 0.1 * reach)
    u = _draw_back(probe, u) if reach == 1 else u.copy()
    for _ in range(ROUNDS):
        active = np.flatnonzero((width > 1e-3) & (length(np.where(probe.free, u, 0.0)) > 0))
        if not active.size:
            break
        here = u[active]
        moved = _take(probe, here, _around(probe, here, width[active], rng), halvings=4)
        gained = length(moved) < length(here)
        u[active] = moved
        width[active] *= np.where(gained, 1.3, 0.6)
    return _draw_back(probe, u) if reach == 1 else u


def _around(probe: Probe, u: Floats, width: Floats, rng: np.random.Generator) -> Floats:
    """Return points (rows, tries, D) around rows and a little nearer, half of them changed in few inputs."""
    shape = len(u), TRIALS, u.shape[1]
    noise = rng.normal(size=shape)
    few = rng.random(shape) < 2 / max(probe.free.sum(), 2)
    few |= (np.arange(TRIALS) % 2 == 0)[:, None]
    free = np.where(probe.free, u, 0.0)
    radius = length(free)[:, None]
    tried = free[:, None, :] + np.where(few, noise, 0.0) * (width[:, None] * radius)[..., None]
    nearer = radius * (1 - width[:, None] * np.resize([0.5, 0.2, 0.05, 0.01], TRIALS))
    size = np.maximum(length(np.where(probe.free, tried, 0.0)), 1e-12)
    return probe.clip(np.where(probe.free, tried * (nearer / size)[..., None], u[:, None, :]))


def _draw_back(probe: Probe, u: Floats) -> Floats:
    """Return rows with single inputs drawn back towards where they stand, as long as the rows still fail."""
    free = np.flatnonzero(probe.free)
    for _ in range(len(free) + 1):
        tried = np.repeat(u[:, None, :], 3 * len(free), axis=1)
        for part, share in enumerate((0.0, 0.5, 0.9)):
            each = part * len(free) + np.arange(len(free))
            tried[:, each, free] *= share
        moved = _take(probe, u, tried, halvings=0)
        if (length(moved) >= (1 - ENOUGH) * length(u)).all():
            return moved
        u = moved
    return u
