"""Compiled: random numbers by counter, so that each hangs only on the seed, the run, the turn and the actor.

Philox4x32-10 of Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11,
doi:10.1145/2063384.2063405).
"""

from __future__ import annotations

import numpy as np
from numba import njit

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
FIRST, SECOND = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_FIRST, WEYL_SECOND = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
ROUNDS = 10


@njit(cache=True, error_model="numpy", inline="always")  # loops over many counters then run side by side
def philox(counter, key):
    """Return four random words of 32 bits for a counter of four and a key of two, all as unsigned 64-bit."""
    a, b, c, d = counter
    left, right = key
    for _ in range(ROUNDS):
        high, other = FIRST * a, SECOND * c
        a, b, c, d = (other >> HALF) ^ b ^ left, other & LOW, (high >> HALF) ^ d ^ right, high & LOW
        left = (left + WEYL_FIRST) & LOW
        right = (right + WEYL_SECOND) & LOW
    return a, b, c, d


@njit(cache=True, error_model="numpy")
def uniform(seed, run, turn, actor):
    """Return a number in [0, 1) for a seed and a run (unsigned 64-bit), a turn and an actor."""
    counter = run & LOW, run >> HALF, np.uint64(turn), np.uint64(actor)
    high, low, _, _ = philox(counter, (seed & LOW, seed >> HALF))
    return (float(high >> np.uint64(5)) * 67108864.0 + float(low >> np.uint64(6))) / 9007199254740992.0
