"""Compiled loops that fill a session's front in the plane: cross terms of votes, of items, and of the front.

As `curvature` and `blocks` for one dimension; rows of items and of points are those of `planekernels`.
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

from numba import njit, prange

from detente.measurement.idealpoints.kernels import LOGIT, logistic_terms, normal_terms
from detente.measurement.idealpoints.planekernels import predictor_variance


@njit(parallel=True, cache=True)
def cross_terms(start, node, vote, binary, theta, variance, items, link, spread, residual, out):
    """Cross precision of each vote's point (2) with its item's slopes and cuts (4), row by row: `out` (n, 8).

    -d2 log P / dx_k db_l = w x_l b_k + residual * g [k = l], -d2 log P / dx_k dc = -b_k w_c. With `residual`
    0 the curvature is the expected one, which is positive definite.
    """
    for j in prange(len(binary)):
        row = items[j]
        for q in range(start[j], start[j + 1]):
            n = node[q]
            mean = row[0] * theta[n, 0] + row[1] * theta[n, 1]
            va, vb = predictor_variance(theta[n, 0], theta[n, 1], variance[n], row, spread)
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(vote[q], row[2] - mean, row[3] - mean, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(vote[q], row[2] - mean, row[3] - mean)
            ua, ub = wa + wab, wb + wab
            for k in range(2):
                for m in range(2):
                    out[q, 4 * k + m] = (ua + ub) * theta[n, m] * row[k]
                out[q, 4 * k + k] += residual * (ga + gb)
                out[q, 4 * k + 2] = -row[k] * (ua + ub if binary[j] else ua)
                out[q, 4 * k + 3] = 0.0 if binary[j] else -row[k] * ub


@njit(parallel=True, cache=True)
def item_blocks(items, start, node, row, cross, root, table, half):
    """Cross precision of items of one session with its points, into `table` (items, 4, 2 nodes), and the same
    times the root of the item's covariance into `half`.
    """
    for i in prange(len(items)):
        j = items[i]
        for q in range(start[j], start[j + 1]):
            at = 2 * row[node[q]]
            for k in range(4):
                table[i, k, at] += cross[q, k]
                table[i, k, at + 1] += cross[q, 4 + k]
        for n in range(table.shape[2]):
            for k in range(4):
                total = 0.0
                for m in range(k, 4):
                    total += table[i, m, n] * root[j, m, k]
                half[i, k, n] = total


@njit(cache=True)
def fill_plane(
    matrix, place, nodes, own, after, coupling, votes, node, item, rank, width, cross, starting, precision
):
    """Add to a front's matrix its points, the walk onward, and recurring items: prior and votes.

    Coordinate k of point n is variable 2n + k; parameter k of the recurring item of rank r is 2N + 4r + k.
    """
    size = 2 * len(after)
    for n in nodes:
        for k in range(2):
            at = place[2 * n + k]
            matrix[at, at] += own[n, 2 * k]
            matrix[at, place[2 * n + 1 - k]] += own[n, 1]
            if after[n] >= 0:
                onward = place[2 * after[n] + k]
                matrix[at, onward] += coupling[n]
                matrix[onward, at] += coupling[n]
    for q in votes:
        first = size + 4 * rank[item[q]]
        for k in range(2):
            at = place[2 * node[q] + k]
            for m in range(width[item[q]]):
                column = place[first + m]
                matrix[at, column] += cross[q, 4 * k + m]
                matrix[column, at] += cross[q, 4 * k + m]
    for j in starting:
        first = size + 4 * rank[j]
        for k in range(width[j]):
            for m in range(width[j]):
                matrix[place[first + k], place[first + m]] += precision[j, k, m]
