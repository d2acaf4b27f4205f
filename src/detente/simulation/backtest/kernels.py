"""Compiled scores of forecasts that are samples of positions, read with noise."""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math

import numpy as np
from numba import njit

ROOT_TWO = math.sqrt(2.0)
TINY = 1e-300


@njit(cache=True, nogil=True)
def sample_crps(sample, outcome, out):
    """Into `out` (N,) the continuous ranked probability score of a sample (S, N), without its small-sample
    bias.

    E|x - y| - E|x - x'| / 2, the second mean over pairs of different draws (Ferro 2014, Q. J. R. Meteorol.
    Soc. 140:1917).
    """
    size = len(sample)
    for i in range(len(outcome)):
        column = np.sort(sample[:, i])
        near, pairs = 0.0, 0.0
        for s in range(size):
            near += abs(column[s] - outcome[i])
            pairs += (2.0 * s + 1.0 - size) * column[s]
        out[i] = near / size - pairs / (size * (size - 1.0))


@njit(cache=True, nogil=True)
def noisy_density(sample, noise, wild_share, wild_variance, outcome, density, below):
    """Into `density` and `below` (N,): how likely a reading is, and how likely one below it.

    A reading is a draw of the sample (S, N) with normal noise of variance `noise` (N,), and in a share of
    cases `wild_variance` more.
    """
    size = len(sample)
    for i in range(len(outcome)):
        near, low = 0.0, 0.0
        for case in range(2):
            share = wild_share if case == 1 else 1.0 - wild_share
            if share > 0.0:
                sd = math.sqrt(noise[i] + (wild_variance if case == 1 else 0.0))
                for s in range(size):
                    z = (outcome[i] - sample[s, i]) / sd
                    near += share * math.exp(-0.5 * z * z) / sd
                    low += share * 0.5 * math.erfc(-z / ROOT_TWO)
        density[i] = max(near / (size * math.sqrt(2.0 * math.pi)), TINY)
        below[i] = low / size
