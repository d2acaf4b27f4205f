"""Who is critical, given how the voters vote, and who is pivotal, given how far each is in favour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.simulation.institutions.compiled import Bools, Compiled

Floats = NDArray[np.float64]
Votes = NDArray[np.int64]


def critical(rule: Compiled, votes: Votes) -> Bools:
    """Return who alone would turn the outcome by voting the other way: votes (..., voters), of same shape.

    In a decision that passes, those whose vote against would stop it; in one that fails, those whose vote for
    would carry it.
    """
    votes = np.asarray(votes)
    passes = rule.passes(votes)
    found = np.zeros(votes.shape, dtype=bool)
    for voter in range(votes.shape[-1]):
        other = votes.copy()
        other[..., voter] = np.where(passes, -1, 1)
        found[..., voter] = rule.passes(other) != passes
    return found


def pivots(rule: Compiled, support: Floats) -> Bools:
    """Return who turns the outcome when voters join in order of support, the most in favour first.

    `support` is (..., voters), higher more in favour; the result has the same shape. Of voters in equal
    support, all who stand where the outcome turns are pivotal. Without a threshold that support must pass,
    this is the voter whom any proposal has to win over.
    """
    support = np.asarray(support, dtype=float)
    flat = support.reshape(-1, support.shape[-1])
    found = np.zeros(flat.shape, dtype=bool)
    # The level of support down to which everyone must join: bisected over the voters' own levels.
    levels = -np.sort(-flat, axis=1)
    low, high = np.zeros(len(flat), dtype=np.int64), np.full(len(flat), flat.shape[1])
    rows = np.arange(len(flat))
    while (high - low > 1).any():
        middle = (low + high) // 2
        joined = np.where(flat >= levels[rows, middle - 1][:, None], 1, -1)
        won = rule.passes(joined)
        open_ = high - low > 1
        high, low = np.where(won & open_, middle, high), np.where(~won & open_, middle, low)
    found = flat == levels[rows, high - 1][:, None]
    return np.asarray(found.reshape(support.shape))
