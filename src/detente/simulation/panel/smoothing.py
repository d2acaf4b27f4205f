"""Compiled smoother of the panel: what is known of every position, given all years.

It goes backwards over what the filter kept (see `kernels`).
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def smooth_panel(found, law, seen_since, mean, variance):
    """Into `mean`, `variance` (T, G, N): positions given all years, backwards (Kim 1994, J. Econom. 60:1).

    `seen_since` (N,): row of the first reading. Exact where the filter is Kalman's; with several tails, each
    counts as the filter had it.
    """
    years, scales, actors = mean.shape
    mean[:] = found.mean
    variance[:] = found.variance
    for i in range(actors):
        for t in range(years - 2, seen_since[i] - 1, -1):
            a, d = found.kept[t + 1, i], found.moved[t + 1, i]
            for g in range(scales):
                m, p = found.mean[t, g, i], found.variance[t, g, i]
                gap = mean[t + 1, g, i] - a * m - d
                first, second, third = 0.0, 0.0, 0.0
                for k in range(len(law.tail)):
                    w = found.tails[t + 1, g, i, k]
                    ahead = a * a * p + law.scale[g] * law.tail[k] + found.blur[t + 1, i]
                    back = p * a / ahead
                    first += w * back
                    second += w * back * back
                    third += w * back * back * (variance[t + 1, g, i] - ahead)
                mean[t, g, i] = m + first * gap
                variance[t, g, i] = max(p + third + (second - first * first) * gap * gap, 1e-12)
