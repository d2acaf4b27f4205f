"""Games for tests and benchmarks: random and degenerate ones, poker, simulated ones with a known truth."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KINDS = 10
NOISE, COMMON = 0.3, 0.5


def hard(rng: np.random.Generator, kind: int, *, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return a game of one of ten kinds: generic, with ties, of no or equal interest, badly scaled, flat."""
    a, b = rng.random(shape), rng.random(shape)
    few = rng.integers(0, 3, (2, *shape)).astype(float)
    flat = np.repeat(a[:1], shape[0], axis=0)
    sunk = rng.random((shape[0], 1)) @ rng.random((1, shape[1]))
    games = (
        (a, b), (few[0], few[1]), (np.sign(few[0]), np.sign(few[1])), (a, -a), (a, a), (a * 1e9, b * 1e-9),
        (np.ones(shape), b), (flat + 1e-10 * a, b), (a.round(1), b.round(1)), (sunk, 1e6 + few[0]),
    )  # fmt: skip
    return games[kind % KINDS]


def simulated(size: int, futures: int, *, seed: int) -> tuple[Floats, Floats]:
    """Return a true game (size, size, 2) and payoffs (size, size, futures, 2) around it, half of the noise
    shared by all cells of a future."""
    rng = np.random.default_rng([seed, size, futures])
    truth = rng.random((size, size, 2))
    shared = rng.standard_normal((1, 1, futures, 2))
    own = rng.standard_normal((size, size, futures, 2))
    return truth, truth[:, :, None] + NOISE * (np.sqrt(COMMON) * shared + np.sqrt(1 - COMMON) * own)


def kuhn() -> Floats:
    """Return what player 1 of Kuhn's poker wins on average, (27, 64) pure strategies, an ante and a bet of 1.

    Player 1 bets, or checks and then folds or calls a bet, with each of three cards; player 2 bets or checks
    after a check, and calls or folds after a bet.
    """
    first = list(product(("bet", "fold", "call"), repeat=3))
    replies = [(bets, calls) for bets in (False, True) for calls in (False, True)]
    second = list(product(replies, repeat=3))
    deals = list(permutations(range(3), 2))
    return np.array(
        [[np.mean([_won(one[a], other[b], a > b) for a, b in deals]) for other in second] for one in first]
    )


def _won(act: str, reply: tuple[bool, bool], better: bool) -> int:
    """Return what player 1 wins in one deal; the reply says whether 2 bets after a check, calls a bet."""
    bets, calls = reply
    sign = 1 if better else -1
    if act == "bet":
        return 2 * sign if calls else 1
    if not bets:
        return sign
    return 2 * sign if act == "call" else -1
