"""Order statistics of resampled futures, read off numbers that are sorted once."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def drawn(values, owner, counts, ranks, half):
    """Return what stands at `ranks` among drawn values, and the sum of the smallest `half` of them.

    values (portfolios, states) ascending, and the future that each belongs to, `owner` (portfolios, states);
    counts (resamples, futures) say how often a future is drawn; ranks (ranks,) from 0, ascending.
    Returns (resamples, portfolios, ranks) and (resamples, portfolios).
    """
    portfolios, states = values.shape
    at = np.empty((counts.shape[0], portfolios, ranks.size))
    sums = np.zeros((counts.shape[0], portfolios))
    for portfolio in range(portfolios):
        numbers, owners = values[portfolio], owner[portfolio]
        for resample in range(counts.shape[0]):
            often = counts[resample]
            passed, wanted, summed = 0, 0, 0.0
            for state in range(states):
                many = often[owners[state]]
                if passed < half:
                    summed += numbers[state] * min(many, half - passed)
                passed += many
                while wanted < ranks.size and ranks[wanted] < passed:
                    at[resample, portfolio, wanted] = numbers[state]
                    wanted += 1
            sums[resample, portfolio] = summed
    return at, sums
