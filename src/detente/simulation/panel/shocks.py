"""Compiled search for shocks common to blocs and to all, among what readings were off by."""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math

import numpy as np
from numba import njit

ROUNDS = 3
"""How often the weights of residuals are renewed in finding a common shock."""


@njit(cache=True, nogil=True)
def common_shock(residual, variance, member, sd, trust, shift, blur):
    """Into `shift` (N,) the most likely common shock, into `blur` its variance; return its log weight.

    Laplace's approximation over standard normal shocks v with loadings member * sd; exact for trust 0.
    Residuals are NaN where there is none.
    """
    actors, blocs = member.shape
    shift[:] = 0.0
    blur[:] = 0.0
    size = blocs + 1
    load = np.zeros((actors, size))
    none = True
    for a in range(size):
        none &= sd[a] == 0.0
        for i in range(actors):
            load[i, a] = sd[a] * (member[i, a] if a < blocs else 1.0)
    if none:
        return 0.0
    v = np.zeros(size)
    root = np.zeros((size, size))
    for _ in range(ROUNDS if trust > 0.0 else 1):
        weigh(residual, variance, load, trust, shift, root, v)
        factor(root)
        solve_lower(root, v)
        solve_upper(root, v)
        for i in range(actors):
            shift[i] = 0.0
            for a in range(size):
                shift[i] += load[i, a] * v[a]
    weight = 0.0
    for a in range(size):
        weight -= 0.5 * v[a] * v[a] + math.log(root[a, a])
    for i in range(actors):
        solve_lower(root, load[i])
        for a in range(size):
            blur[i] += load[i, a] ** 2
    return weight


@njit(cache=True, nogil=True)
def weigh(residual, variance, load, trust, shift, curvature, slope):
    """Into `curvature` (Q, Q; lower triangle) and `slope` (Q,) what residuals say of standard normal shocks,
    whose last value moves actors by `shift`: outliers count less where `trust` is above 0.
    """
    size = len(slope)
    for a in range(size):
        slope[a] = 0.0
        for b in range(size):
            curvature[a, b] = 1.0 if a == b else 0.0
    for i in range(len(residual)):
        if not math.isnan(residual[i]):
            weight = 1.0 / variance[i]
            if trust > 0.0:
                weight *= (trust + 1.0) / (trust + (residual[i] - shift[i]) ** 2 / variance[i])
            for a in range(size):
                if load[i, a] != 0.0:
                    slope[a] += weight * load[i, a] * residual[i]
                    for b in range(a + 1):
                        curvature[a, b] += weight * load[i, a] * load[i, b]


@njit(cache=True, nogil=True)
def factor(table):
    """Turn the lower triangle of a positive definite table into its Cholesky factor, in place."""
    for a in range(len(table)):
        for b in range(a + 1):
            left = table[a, b]
            for c in range(b):
                left -= table[a, c] * table[b, c]
            table[a, b] = math.sqrt(left) if a == b else left / table[b, b]


@njit(cache=True, nogil=True)
def solve_lower(root, v):
    """Solve root x = v for a lower triangle, in place."""
    for a in range(len(v)):
        for c in range(a):
            v[a] -= root[a, c] * v[c]
        v[a] /= root[a, a]


@njit(cache=True, nogil=True)
def solve_upper(root, v):
    """Solve root' x = v for a lower triangle, in place."""
    for a in range(len(v) - 1, -1, -1):
        for c in range(a + 1, len(v)):
            v[a] -= root[c, a] * v[c]
        v[a] /= root[a, a]
