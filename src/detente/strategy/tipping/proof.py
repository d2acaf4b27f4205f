"""Proof that nothing breaks nearer, where it is known which way each input works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.tipping.plain import evenly
from detente.strategy.tipping.rays import length
from detente.strategy.tipping.space import Bools, Floats, Probe

WITHIN = 0.99
"""A route is proven to be the nearest once nothing breaks within this share of its distance."""
BOXES = 512


@dataclass(frozen=True, eq=False)
class Proof:
    """Within `free` nothing breaks; `nearer` (rows, D) breaks that came up on the way."""

    free: float
    nearer: Floats


def worse(probe: Probe, monotone: Floats, rng: np.random.Generator) -> Floats:
    """Return for each input (D,) which way leads to a break, 1 or -1, from which way it moves the outcome.

    Raises `StrategyError` where the model contradicts what is said of it, at any of 64 places.
    """
    if monotone.shape != probe.low.shape or not np.isin(monotone, (-1, 1)).all():
        hint = "give 1 (a rise raises the outcome) or -1 for each input, or leave it out"
        raise StrategyError(Problem("monotone", "says nothing of some inputs", hint))
    way = monotone if probe.limit.above else -monotone
    one, other = evenly(probe, 64, rng), evenly(probe, 64, rng)
    before = probe.margin(one)
    problems = []
    for i, name in enumerate(probe.space.names):
        moved = one.copy()
        moved[:, i] = other[:, i]
        gain = (probe.margin(moved) - before) * (moved[:, i] - one[:, i]) * way[i]
        if (gain > 1e-9 * np.maximum(np.abs(before), 1.0)).any():
            rises = "rises" if monotone[i] > 0 else "falls"
            what = f"the outcome {rises} with it by what is said, and does the reverse somewhere"
            problems.append(
                Problem(f"monotone: {name}", what, "leave `monotone` out: nothing is proven then")
            )
    raise_all(StrategyError, problems)
    return way


def prove(probe: Probe, way: Floats, distance: float, budget: int) -> Proof:
    """Return a distance within which nothing breaks, at most `WITHIN` of `distance`, by branch and bound.

    Changes the good way only lengthen a break, so that boxes of sizes of changes the bad way are enough. The
    far corner of a box is its worst point, cut to what is shorter than the distance: where it does not break,
    nothing in the box does; otherwise the box is halved, those nearest to 0 first.
    """
    most = np.where(way > 0, probe.high, -probe.low)
    switch = probe.space.switch
    low, high = np.zeros((1, len(most))), most[None].astype(float)
    nearer: list[Floats] = []
    last = probe.runs + budget
    target = WITHIN * distance
    while len(low) and probe.runs < last:
        order = np.argsort(length(low), kind="stable")
        low, high = low[order], high[order]
        now, low_left, high_left = low[:BOXES], low[BOXES:], high[BOXES:]
        corner = _cut(now, high[:BOXES], target, switch)
        open_ = probe.breaks(corner * way)
        now, corner = now[open_], corner[open_]
        fails = probe.breaks(now * way)
        nearer.extend(now[fails] * way)
        if fails.any():
            target = min(target, WITHIN * float(length(now[fails]).min()))
        low, high = _halved(now[~fails], corner[~fails], switch)
        low, high = np.concatenate([low, low_left]), np.concatenate([high, high_left])
        near = length(low) < target
        low, high = low[near], high[near]
    free = min(float(length(low).min()), target) if len(low) else target
    return Proof(free, np.array(nearer).reshape(-1, len(most)))


def _cut(low: Floats, high: Floats, target: float, switch: Bools) -> Floats:
    """Return far corners without what lies beyond the distance in any one input."""
    if not np.isfinite(target):
        return high
    room = np.sqrt(np.maximum(target**2 - (low * low).sum(axis=1, keepdims=True) + low * low, 0.0))
    return np.where(switch, np.where(high <= room, high, low), np.minimum(high, room))


def _halved(low: Floats, high: Floats, switch: Bools) -> tuple[Floats, Floats]:
    """Return both halves of boxes, cut at their longest side; a switch has two values, and no middle."""
    rows = np.arange(len(low))
    side = (high - low).argmax(axis=1) if len(low) else np.zeros(0, dtype=int)
    middle = (low[rows, side] + high[rows, side]) / 2
    left, right = high.copy(), low.copy()
    left[rows, side] = np.where(switch[side], low[rows, side], middle)
    right[rows, side] = np.where(switch[side], high[rows, side], middle)
    wide = (high - low).max(axis=1, initial=0.0) > 0
    return np.concatenate([low[wide], right[wide]]), np.concatenate([left[wide], high[wide]])
