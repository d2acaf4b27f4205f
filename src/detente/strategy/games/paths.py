"""Some equilibria of a game that is too large to enumerate: pure ones, ends of paths, and of a program.

A path of Lemke and Howson (1964) starts at any of the players' actions and ends at an equilibrium
(`detente.strategy.games.pivoting`). Its numbers are floats: where paths are cut off or end at what is no
equilibrium, the mixed-integer program of Sandholm, Gilpin and Conitzer (2005) finds one by another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from detente.strategy.games.pivoting import walk

Floats = NDArray[np.float64]
Profile = tuple[Floats, Floats]
MOST_PIVOTS = 20_000
PLAYED = 1e-9
NODES = 20_000


def path(a: Floats, b: Floats, *, label: int) -> Profile | None:
    """Return where the path ends that drops `label` (rows first, then columns), or None where it does not.

    >>> x, y = path(np.array([[3.0, 3], [2, 5], [0, 6]]), np.array([[3.0, 2], [2, 6], [3, 1]]), label=0)
    >>> x.tolist(), y.tolist()
    ([1.0, 0.0, 0.0], [1.0, 0.0])
    """
    x, y, ended = walk(_above_zero(a), _above_zero(b), label, MOST_PIVOTS)
    return (x, y) if ended and np.isfinite(x).all() and np.isfinite(y).all() else None


def paths(a: Floats, b: Floats) -> Iterator[Profile]:
    """Yield where the paths from every label end."""
    for label in range(sum(a.shape)):
        found = path(a, b, label=label)
        if found is not None:
            yield found


def _above_zero(payoffs: Floats) -> Floats:
    """Return payoffs moved so that the least is 1, where it is below: equilibria stay what they are."""
    return payoffs + max(1.0 - float(payoffs.min()), 0.0)


def pure(a: Floats, b: Floats) -> Iterator[Profile]:
    """Yield all equilibria in pure strategies: cells where each plays a best reply to the other."""
    m, n = a.shape
    for row, column in np.argwhere((a == a.max(axis=0)) & (b == b.max(axis=1, keepdims=True))):
        yield np.eye(m)[row], np.eye(n)[column]


def program(a: Floats, b: Floats) -> Profile | None:
    """Return an equilibrium of payoffs between 1 and 2 by mixed-integer programming, or None.

    Each action has a chance p, a loss r = value - payoff >= 0 and a switch s: p <= 1 - s and r <= s, so that
    what is played loses nothing.

    >>> x, y = program(np.array([[2.0, 1], [1, 2]]), np.array([[1.0, 2], [2, 1]]))
    >>> x.round(6).tolist(), y.round(6).tolist()
    ([0.5, 0.5], [0.5, 0.5])
    """
    m, n = a.shape
    all_of = m + n
    zero, one = np.zeros((all_of, all_of)), np.eye(all_of)
    earns = np.block([[np.zeros((m, m)), a], [b.T, np.zeros((n, n))]])
    value = np.zeros((all_of, 2))
    value[:m, 0], value[m:, 1] = 1.0, 1.0
    rules = [
        LinearConstraint(np.hstack([-earns, zero, value]), 0.0, np.inf),
        LinearConstraint(np.hstack([-earns, -one, value]), -np.inf, 0.0),
        LinearConstraint(np.hstack([one, one, np.zeros_like(value)]), -np.inf, 1.0),
        LinearConstraint(np.hstack([value.T, np.zeros((2, all_of + 2))]), 1.0, 1.0),
    ]
    told: Any = milp(
        np.zeros(2 * all_of + 2),
        constraints=rules,
        integrality=np.repeat([0, 1, 0], [all_of, all_of, 2]),
        bounds=Bounds(0.0, np.repeat([1.0, 2.0], [2 * all_of, 2])),
        options={"node_limit": NODES},
    )
    if told.x is None:
        return None
    return polished(a, b, (told.x[:m], told.x[m:all_of]), played=1e-5)


def polished(a: Floats, b: Floats, profile: Profile, *, played: float = PLAYED) -> Profile:
    """Return the profile on the same supports that makes all that is played earn one value."""
    x, y = profile
    rows, columns = x > played, y > played
    return _levelled(b[np.ix_(rows, columns)].T, rows), _levelled(a[np.ix_(rows, columns)], columns)


def _levelled(payoffs: Floats, played: NDArray[np.bool_]) -> Floats:
    """Return chances of what is `played` at which all rows of payoffs (the other's actions) earn the same."""
    k, size = payoffs.shape
    left = np.block([[payoffs, -np.ones((k, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
    right = np.concatenate([np.zeros(k), [1.0]])
    chances = np.zeros(len(played))
    chances[played] = np.maximum(np.linalg.lstsq(left, right, rcond=None)[0][:-1], 0.0)
    total = chances.sum()
    return np.asarray(chances / total if total > 0 else played / played.sum())
