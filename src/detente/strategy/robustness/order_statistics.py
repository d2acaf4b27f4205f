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
    for resample in range(counts.shape[0]):
        for portfolio in range(portfolios):
            passed, wanted, total = 0, 0, 0.0
            for state in range(states):
                many = counts[resample, owner[portfolio, state]]
                if many == 0:
                    continue
                value = values[portfolio, state]
                if passed < half:
                    total += value * min(many, half - passed)
                passed += many
                while wanted < ranks.size and ranks[wanted] < passed:
                    at[resample, portfolio, wanted] = value
                    wanted += 1
                if wanted == ranks.size and passed >= half:
                    break
            sums[resample, portfolio] = total
    return at, sums
