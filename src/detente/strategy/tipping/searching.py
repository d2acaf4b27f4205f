"""The search for the nearest break and every separate route to it: the verb of this package."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.tipping.descent import approach, refine
from detente.strategy.tipping.plain import evenly, within
from detente.strategy.tipping.proof import Proof, prove, worse
from detente.strategy.tipping.rays import length, reaches, shrink
from detente.strategy.tipping.results import Route, Tipping
from detente.strategy.tipping.routes import apart, joined, merged, unexplained
from detente.strategy.tipping.space import Effort, Floats, Limit, Model, Probe, Space

NORMAL = 1.959963984540054
POOL = 1 / 16
"""Failing points that are taken to the edge of failure, as a share of the first sample."""
IDLE = 2
"""Rounds without a new route after which no other is begun."""
CLOSE = 0.1
"""How far around is looked the second time, in parts of the first."""
CHECKS = 8
LEVELS = 6
"""Samples of what comes nearest to a break, each from the one before, where the first sample has none."""
INSIDE = 0.995
"""Checked is what is nearer than this share of the distance: the route itself is just past the edge."""


def nearest(
    model: Model,
    *,
    space: Space,
    limit: Limit,
    effort: Effort | None = None,
    monotone: NDArray[np.int64] | None = None,
) -> Tipping:
    """Return the smallest change of inputs that breaks, and every separate route to a break that was found.

    `model` takes inputs (rows, D) and returns outcomes (rows,); if it is random, the same futures must be
    behind every row. Sampled are the whole space, few inputs at a time and, where nothing breaks, ever more
    of what comes nearest (subset simulation: Au and Beck 2001). What breaks is drawn in along rays, and from
    there the nearest point around is sought (first-order reliability method, see `descent`). Failing points
    that are joined to no route found so far start the next round. At last, points nearer than the nearest
    route are checked at random.

    `monotone` (D,) says of every input whether a rise raises (1) or lowers (-1) the outcome; then it is also
    proven how near a break can be, which takes as many runs again. Raises `StrategyError` where the
    model gives no numbers, or contradicts `monotone`.

    >>> square = Space(base=np.zeros(2), low=-np.ones(2), high=np.ones(2), scale=np.ones(2))
    >>> found = nearest(lambda x: x @ np.array([3.0, 4.0]), space=square, limit=Limit(2.5, above=True))
    >>> [round(float(value), 3) for value in (found.distance, *found.routes[0].cosines)]
    [0.5, 0.6, 0.8]
    """
    effort = effort or Effort()
    _check(effort)
    probe = Probe(model, space, limit)
    rng = np.random.default_rng([effort.seed, 0])
    still = np.zeros((1, len(space.base)))
    base = float(probe.margin(still)[0])
    if not np.isfinite(base):
        raise StrategyError(Problem("model", "gives no number without any change", "look at its inputs"))
    if base < 0:
        return _told(probe, still, base, plain=0.0, proof=Proof(0.0, still[:0]), checked=(0, 0.0))
    way = None if monotone is None else worse(probe, np.asarray(monotone), rng)
    pool, plain = _explore(probe, effort, rng)
    points = _search(probe, pool, still[:0], effort, rng)
    proof = Proof(0.0, still[:0])
    if way is not None:
        distance = float(length(points[0])) if len(points) else np.inf
        proof = prove(probe, way, distance, effort.runs)
        if len(proof.nearer):
            points = _search(probe, proof.nearer, points, effort, rng)
    if not len(points) and probe.worst < 0:
        # A break that was only brushed, by a difference or a check of `monotone`, is one all the same.
        points = _search(probe, probe.worst_at[None], points, effort, rng)
    points, checked = _inside(probe, points, effort, rng)
    return _told(probe, points, base, plain=plain, proof=proof, checked=checked)


def _check(effort: Effort) -> None:
    raise_all(
        StrategyError,
        [
            Problem(f"effort: {name}", f"{value}", "give 1 or more")
            for name, value in vars(effort).items()
            if name != "seed" and value < 1
        ],
    )


def _explore(probe: Probe, effort: Effort, rng: np.random.Generator) -> tuple[Floats, float]:
    """Return failing points, and the distance of the nearest in the plain sample among them."""
    plain = evenly(probe, effort.sample, rng)
    few = np.where(rng.random(plain[::2].shape) < rng.random((len(plain[::2]), 1)), plain[::2], 0.0)
    u = np.concatenate([plain, few, _corners(probe)])
    margin = probe.margin(u)
    first = length(plain[margin[: len(plain)] < 0])
    start = np.concatenate([np.zeros((1, u.shape[1])), _flips(probe)])
    if not (margin < 0).any():
        u, margin = _dig(probe, u, margin, rng)
        start = np.concatenate([start, u[np.argsort(margin, kind="stable")[:16]]])
    reached = approach(probe, start)
    u = np.concatenate([u[margin < 0], reached[probe.breaks(reached)]])
    return u, float(first.min()) if len(first) else np.inf


def _corners(probe: Probe) -> Floats:
    """Return changes of one input to either end, and of two where there are not too many."""
    inputs = len(probe.low)
    one = np.concatenate([np.diag(probe.low), np.diag(probe.high)])
    pairs = [(i, j) for i, j in combinations(range(len(one)), 2) if (i - j) % inputs]
    two = [one[i] + one[j] for i, j in pairs] if inputs <= 24 else []
    return np.concatenate([one, np.array(two).reshape(-1, inputs)])


def _flips(probe: Probe) -> Floats:
    """Return changes of one switch, of two, or, with at most six switches, of any."""
    switches = np.flatnonzero(probe.space.switch)
    other = np.where(probe.low < 0, probe.low, probe.high)
    most = len(switches) if len(switches) <= 6 else 2
    rows = []
    for number in range(1, most + 1):
        for some in combinations(switches, number):
            row = np.zeros(len(other))
            row[list(some)] = other[list(some)]
            rows.append(row)
    return np.array(rows).reshape(-1, len(other))


def _dig(probe: Probe, u: Floats, margin: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return what comes nearest to a break, from samples around the nearest of the last sample."""
    for _ in range(LEVELS):
        best = np.argsort(margin, kind="stable")[: max(len(u) // 20, 32)]
        u, margin = u[best], margin[best]
        shape = 1024, u.shape[1]
        moved = u[rng.integers(len(u), size=1024)]
        moves = rng.random(shape) < 0.5
        noise = 0.15 * (probe.high - probe.low) * rng.normal(size=shape)
        moved = probe.clip(np.where(moves & probe.free, moved + noise, moved))
        flips = probe.space.switch & (rng.random(shape) < 0.1)
        moved = np.where(flips, probe.low + probe.high - moved, moved)
        u, margin = np.concatenate([u, moved]), np.concatenate([margin, probe.margin(moved)])
        if (margin < 0).any():
            break
    return u, margin


def _search(probe: Probe, pool: Floats, known: Floats, effort: Effort, rng: np.random.Generator) -> Floats:
    """Return the nearest point of every route (routes, D), nearest first: those known and those of a pool.

    A first route is always followed, however many runs it took to come upon it.
    """
    pool = pool[np.argsort(length(pool), kind="stable")]
    edge = shrink(probe, _mixed(pool, effort, rng)) if len(pool) else pool
    idle = 0
    while idle < IDLE:
        edge = unexplained(probe, edge, known)
        if not len(edge) or (len(known) and probe.runs > effort.runs):
            break
        found, edge = apart(probe, edge, effort.starts)
        found = _unflip(probe, found)
        if probe.free.any():
            found = _refined(probe, shrink(probe, found), rng)
        before = len(known)
        known = merged(probe, np.concatenate([known, _unflip(probe, found)]))
        idle = 0 if len(known) > before else idle + 1
    return np.asarray(known)


def _refined(probe: Probe, u: Floats, rng: np.random.Generator) -> Floats:
    """Return the nearest points around failing ones, and closer around where that has led over a ridge."""
    found = refine(probe, u, rng)
    over = [not joined(probe, u[i : i + 1], found[i], downhill=True)[0] for i in range(len(u))]
    return np.concatenate([found, refine(probe, u[over], rng, CLOSE)]) if any(over) else found


def _mixed(pool: Floats, effort: Effort, rng: np.random.Generator) -> Floats:
    """Return the nearest points of a pool, and as many from all over it."""
    half = max(int(POOL * effort.sample) // 2, effort.starts)
    if len(pool) <= 2 * half:
        return pool
    rest = half + rng.choice(len(pool) - half, size=half, replace=False)
    return np.asarray(pool[np.concatenate([np.arange(half), np.sort(rest)])])


def _unflip(probe: Probe, u: Floats) -> Floats:
    """Return rows with switches where they were, wherever the rows break without."""
    u = u.copy()
    for switch in np.flatnonzero(probe.space.switch):
        back = u.copy()
        back[:, switch] = 0.0
        u = np.asarray(np.where(probe.breaks(back)[:, None], back, u))
    return u


def _inside(
    probe: Probe, points: Floats, effort: Effort, rng: np.random.Generator
) -> tuple[Floats, tuple[int, float]]:
    """Return routes after a check of what is nearer: how many were checked, and what share may be missed."""
    for _ in range(CHECKS):
        radius = INSIDE * float(length(points[0])) if len(points) else probe.reach
        u = within(probe, radius, effort.check, rng)
        fails = probe.breaks(u)
        if not fails.any():
            return points, (len(u), float(1 - 0.05 ** (1 / max(len(u), 1))))
        points = _search(probe, u[fails], points, effort, rng)
    return points, (len(u), float(fails.mean()))


def _told(
    probe: Probe, points: Floats, base: float, *, plain: float, proof: Proof, checked: tuple[int, float]
) -> Tipping:
    """Return what was found."""
    routes = tuple(_route(probe, u) for u in points)
    nearest_ = routes[0].distance if routes else np.inf
    proven = nearest_ == 0 or proof.free >= 0.99 * nearest_ * (1 - 1e-12)
    return Tipping(
        probe.space, routes, probe.outcome(base), probe.outcome(probe.worst),
        probe.space.plain(probe.worst_at[None])[0], probe.runs, probe.lost, plain, proof.free,
        bool(proven), *checked,
    )  # fmt: skip


def _route(probe: Probe, u: Floats) -> Route:
    """Return a route from its nearest point, with the distances for the ends of the outcome's interval."""
    distance = float(length(u))
    reach = NORMAL * probe.limit.error
    low, high = (reaches(probe, u, by) if reach else distance for by in (reach, -reach))
    outcome = probe.outcome(float(probe.margin(u[None])[0]))
    cosines = u / distance if distance else u
    return Route(distance, low, high, probe.space.plain(u[None])[0], u, cosines, outcome)
