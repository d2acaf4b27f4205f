"""Influence: actors move towards those they listen to, without a vote being taken.

Friedkin and Johnsen (1990, 1999): x' = L W x + (I - L) x0, each with a share 1 - L of its first position that
it never gives up; W rows add up to one. With several issues that hang together, x' = L W x M' + (I - L) x0
(Friedkin, Proskurnikov, Tempo and Parsegov 2016). With L = 0 nobody moves, with L = I it is DeGroot's (1974).
Bounded confidence: everyone listens only to those within reach (Hegselmann and Krause 2002), or two meet at
random (Deffuant, Neau, Amblard and Weisbuch 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CLOSE = 1e-12
NEAR = 1e-9


@dataclass(frozen=True)
class Settled:
    """Positions in the end (actors, issues), after how many steps, and whether they came to rest."""

    position: Floats
    steps: int
    settled: bool


def friedkin_johnsen(
    position: Floats, influence: Floats, openness: Floats, *, logic: Floats | None = None, most: int = 100_000
) -> Settled:
    """Return where positions settle: the closed form where it exists, else step by step.

    `position` is (actors, issues), `influence` (actors, actors) with rows that add up to one, `openness`
    (actors,) from 0 to 1, `logic` (issues, issues) how issues hang together. The closed form
    (I - L W)^-1 (I - L) x0 needs somebody who is not wholly open within reach of everyone. `steps` counts
    those to come within 1e-12 of rest. Raises `ValueError` where rows do not add up to one or openness leaves
    0 to 1.

    >>> weights = np.array([[0.5, 0.5], [0.5, 0.5]])
    >>> friedkin_johnsen(np.array([[0.0], [1.0]]), weights, np.array([1.0, 0.0])).position.tolist()
    [[1.0], [1.0]]
    """
    _check(influence, openness)
    start = np.asarray(position, dtype=float)
    pull = openness[:, None] * influence
    kept = (1 - openness)[:, None] * start
    turned = np.eye(start.shape[1]) if logic is None else np.asarray(logic, dtype=float).T
    now, steps, settled = start, 0, False
    while steps < most and not settled:
        then = pull @ now @ turned + kept
        settled = bool(np.abs(then - now).max(initial=0.0) <= CLOSE)
        now, steps = then, steps + 1
    closed = _closed(pull, kept, turned) if settled else None
    return Settled(now if closed is None else closed, steps, settled)


def _closed(pull: Floats, kept: Floats, turned: Floats) -> Floats | None:
    """Return the fixed point by one linear solution, None where it is not the only one."""
    size = kept.size
    system = np.eye(size) - np.kron(pull, turned.T)
    if np.linalg.cond(system) > 1e12:
        return None
    return np.asarray(np.linalg.solve(system, kept.ravel()).reshape(kept.shape))


def degroot_weights(influence: Floats) -> Floats:
    """Return what each actor's first position counts in the consensus: the left Perron vector, (actors,).

    Raises `ValueError` where rows do not add up to one, or where actors form groups that come to no common
    view.

    >>> degroot_weights(np.array([[0.5, 0.5, 0], [0.25, 0.5, 0.25], [0, 0.5, 0.5]])).round(6).tolist()
    [0.25, 0.5, 0.25]
    """
    _check(influence, np.ones(len(influence)))
    values, vectors = np.linalg.eig(influence.T)
    stays = np.flatnonzero(np.abs(np.abs(values) - 1) < NEAR)
    if len(stays) != 1:
        raise ValueError("influence splits into groups that come to no common view, or goes round in a cycle")
    found = np.real(vectors[:, stays[0]])
    return np.asarray(found / found.sum())


def bounded_confidence(position: Floats, reach: float, *, most: int = 10_000) -> Settled:
    """Return where positions settle if each takes the mean of all within `reach` (Hegselmann, Krause 2002).

    `position` is (actors, issues), distance Euclidean, `reach` included up to rounding.

    >>> bounded_confidence(np.array([[0.0], [1.0], [2.0]]), 1.0).position.ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    now = np.asarray(position, dtype=float)
    for steps in range(most):
        gap = np.sqrt(((now[:, None, :] - now[None, :, :]) ** 2).sum(axis=-1))
        heard = (gap <= reach + NEAR).astype(float)
        then = heard @ now / heard.sum(axis=1, keepdims=True)
        if np.abs(then - now).max(initial=0.0) <= CLOSE:
            return Settled(now, steps, True)
        now = then
    return Settled(now, most, False)


def deffuant(
    position: Floats, reach: float, *, rate: float = 0.5, meetings: int = 100_000, seed: int = 0
) -> Settled:
    """Return positions after `meetings` of two at random: within `reach`, each moves by `rate` to the other.

    Deffuant and others (2000). `position` is (actors, issues), distance Euclidean. The mean of all positions
    stays as it is. `settled` says whether no two who differ are still within reach.

    >>> deffuant(np.array([[0.1], [0.2], [0.9]]), 0.3, meetings=1000).position.ravel().round(6).tolist()
    [0.15, 0.15, 0.9]
    """
    now = np.array(position, dtype=float)
    if len(now) < 2:
        return Settled(now, 0, True)
    rng = np.random.default_rng(seed)
    first = rng.integers(len(now), size=meetings)
    second = (first + rng.integers(1, len(now), size=meetings)) % len(now)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        gap = now[other] - now[one]
        if 0 < (gap @ gap) ** 0.5 <= reach + NEAR:
            now[one] += rate * gap
            now[other] -= rate * gap
    apart = np.sqrt(((now[:, None, :] - now[None, :, :]) ** 2).sum(axis=-1))
    return Settled(now, meetings, bool(((apart < 1e-6) | (apart > reach)).all()))


def _check(influence: Floats, openness: Floats) -> None:
    if not np.allclose(influence.sum(axis=1), 1, atol=1e-8) or (influence < 0).any():
        raise ValueError("rows of influence must add up to one, and none of it be negative")
    if ((openness < 0) | (openness > 1)).any():
        raise ValueError("openness lies from 0 to 1")
