"""Compiled steps of the fit in the plane: item by item, actor by actor, each handled by one thread from first
to last.

As in `kernels`, no sum crosses threads, so the bytes are the same for any number of threads, and loops are
long because a call or an array per vote costs more than the arithmetic. A vote's predictor is b0 x0 + b1 x1.

An item is a row of fourteen numbers: two slopes, two cuts, and the upper triangle of their covariance,
(b0, b1, c1, c2, S00, S01, S02, S03, S11, S12, S13, S22, S23, S33). A binary item has c1 = c2. The covariance
of a point is a row (V00, V01, V11).
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from detente.measurement.idealpoints.kernels import (
    LOGIT,
    LONGEST,
    WIDEST,
    log_probability,
    logistic_terms,
    normal_terms,
)


@njit(inline="always", cache=True)
def predictor_variance(x0, x1, v, row, spread):
    """Variance of the predictor, and of its distance to either cut, for independent point and item."""
    b0, b1 = row[0], row[1]
    s00, s01, s11 = spread * row[4], spread * row[5], spread * row[8]
    v00, v01, v11 = spread * v[0], spread * v[1], spread * v[2]
    common = v00 * (b0 * b0 + s00) + 2.0 * v01 * (b0 * b1 + s01) + v11 * (b1 * b1 + s11)
    common += x0 * x0 * s00 + 2.0 * x0 * x1 * s01 + x1 * x1 * s11
    va = common + spread * (row[11] - 2.0 * (x0 * row[6] + x1 * row[9]))
    vb = common + spread * (row[13] - 2.0 * (x0 * row[7] + x1 * row[10]))
    return max(0.0, min(va, WIDEST)), max(0.0, min(vb, WIDEST))


@njit(inline="always", cache=True)
def _middle(count, gap):
    """Pull and bend of the factor 1 - e^(c1 - c2) that `count` logistic middle votes add to the cuts."""
    pull = 1.0 / math.expm1(gap)
    return count * pull, count * pull * (1.0 + pull)


@njit(cache=True)
def _invert(matrix, size, inverse):
    """Write the inverse of the leading block of a positive definite matrix of at most 4 x 4, by Cholesky."""
    low = np.zeros((4, 4))
    for i in range(size):
        for k in range(i + 1):
            total = matrix[k, i]
            for m in range(k):
                total -= low[i, m] * low[k, m]
            low[i, k] = math.sqrt(max(total, 1e-12)) if i == k else total / low[k, k]
    root = np.zeros((4, 4))
    for k in range(size):
        root[k, k] = 1.0 / low[k, k]
        for i in range(k + 1, size):
            total = 0.0
            for m in range(k, i):
                total -= low[i, m] * root[m, k]
            root[i, k] = total / low[i, i]
    for i in range(size):
        for k in range(size):
            total = 0.0
            for m in range(max(i, k), size):
                total += root[m, i] * root[m, k]
            inverse[i, k] = total


@njit(parallel=True, cache=True)
def item_terms(start, node, vote, binary, theta, variance, items, prior, link, spread, out):
    """Gradient (4) and precision (10, upper triangle) of every item's slopes and cuts, prior included: `out`
    (J, 14).

    Averaged over the normals of points and items to second order (`spread` 1) or at their means (0). Of a
    binary item the second cut is tied to the first: its terms are added there, and its own row is left alone.
    """
    for j in prange(len(binary)):
        row = items[j]
        b0, b1, c1, c2 = row[0], row[1], row[2], row[3]
        h00, h01, h02, h03 = prior[0], 0.0, 0.0, 0.0
        h11, h12, h13 = prior[0], 0.0, 0.0
        h22, h23, h33 = prior[1], 0.0, prior[1]
        g0, g1, g2, g3 = -prior[0] * b0, -prior[0] * b1, -prior[1] * c1, -prior[1] * c2
        middle = 0
        for q in range(start[j], start[j + 1]):
            n = node[q]
            x0, x1 = theta[n, 0], theta[n, 1]
            va, vb = predictor_variance(x0, x1, variance[n], row, spread)
            v00, v01, v11 = spread * variance[n, 0], spread * variance[n, 1], spread * variance[n, 2]
            mean = b0 * x0 + b1 * x1
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(vote[q], c1 - mean, c2 - mean, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(vote[q], c1 - mean, c2 - mean)
            middle += vote[q] == 1
            ua, ub = wa + wab, wb + wab
            w = ua + ub
            g0 -= x0 * (ga + gb) + w * (b0 * v00 + b1 * v01)
            g1 -= x1 * (ga + gb) + w * (b0 * v01 + b1 * v11)
            g2 += ga
            g3 += gb
            h00 += w * (x0 * x0 + v00)
            h01 += w * (x0 * x1 + v01)
            h11 += w * (x1 * x1 + v11)
            h02 -= x0 * ua
            h03 -= x0 * ub
            h12 -= x1 * ua
            h13 -= x1 * ub
            h22 += wa
            h23 += wab
            h33 += wb
        if link == LOGIT and middle > 0:
            pull, bend = _middle(middle, c2 - c1)
            g2 -= pull
            g3 += pull
            h22 += bend
            h33 += bend
            h23 -= bend
        if binary[j]:
            g2 += g3 + prior[1] * c2
            h02 += h03
            h12 += h13
            h22 += h33 - prior[1]
            g3, h03, h13, h23, h33 = 0.0, 0.0, 0.0, 0.0, 1.0
        out[j, 0], out[j, 1], out[j, 2], out[j, 3] = g0, g1, g2, g3
        out[j, 4], out[j, 5], out[j, 6], out[j, 7] = h00, h01, h02, h03
        out[j, 8], out[j, 9], out[j, 10] = h11, h12, h13
        out[j, 11], out[j, 12], out[j, 13] = h22, h23, h33


@njit(parallel=True, cache=True)
def item_move(binary, terms, items):
    """Move every item by one Newton step (4 x 4) of its `terms`; its covariance is the inverse curvature."""
    for j in prange(len(binary)):
        curve, inverse, step = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros(4)
        place = 4
        for i in range(4):
            for k in range(i, 4):
                curve[i, k] = terms[j, place]
                place += 1
        size = 3 if binary[j] else 4
        _invert(curve, size, inverse)
        for i in range(size):
            for k in range(size):
                step[i] += inverse[i, k] * terms[j, k]
        if binary[j]:
            step[3] = step[2]
            for i in range(3):
                inverse[i, 3] = inverse[i, 2]
            inverse[3, 3] = inverse[2, 2]
        longest = np.abs(step).max()
        scale = LONGEST / longest if longest > LONGEST else 1.0
        gap = items[j, 3] - items[j, 2]
        if not binary[j]:
            while gap + scale * (step[3] - step[2]) <= 0.2 * gap:
                scale *= 0.5
        place = 4
        for i in range(4):
            items[j, i] += scale * step[i]
            for k in range(i, 4):
                items[j, place] = inverse[i, k]
                place += 1


@njit(parallel=True, cache=True)
def point_terms(start, item, vote, theta, variance, items, link, spread, out):
    """What the votes say of each point: gradient (2) and precision (3, upper triangle), into `out` (N, 5)."""
    for i in prange(len(theta)):
        x0, x1 = theta[i, 0], theta[i, 1]
        g0, g1, h00, h01, h11 = 0.0, 0.0, 0.0, 0.0, 0.0
        for q in range(start[i], start[i + 1]):
            row = items[item[q]]
            va, vb = predictor_variance(x0, x1, variance[i], row, spread)
            b0, b1 = row[0], row[1]
            mean = b0 * x0 + b1 * x1
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(vote[q], row[2] - mean, row[3] - mean, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(vote[q], row[2] - mean, row[3] - mean)
            ua, ub = wa + wab, wb + wab
            w = ua + ub
            s0 = w * (row[4] * x0 + row[5] * x1) - ua * row[6] - ub * row[7]
            s1 = w * (row[5] * x0 + row[8] * x1) - ua * row[9] - ub * row[10]
            g0 -= b0 * (ga + gb) + spread * s0
            g1 -= b1 * (ga + gb) + spread * s1
            h00 += w * (b0 * b0 + spread * row[4])
            h01 += w * (b0 * b1 + spread * row[5])
            h11 += w * (b1 * b1 + spread * row[8])
        out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4] = g0, g1, h00, h01, h11


@njit(cache=True)
def smooth(actor_start, time, theta, variance, onward, said, walk, first, anchor):
    """One Newton step of each actor's path: a block-tridiagonal solve, 2 x 2 blocks over sessions, in place.

    Precision: what the votes `said`, plus 1/(walk * gap) between neighbours in either dimension, 1/first on
    the first point and `anchor` on every one. Fills covariances of points, and in `onward` (N, 3) the
    symmetric part of the covariance with the point before. Returns the largest step.
    """
    largest = 0.0
    for i in range(len(actor_start) - 1):
        s, e = actor_start[i], actor_start[i + 1]
        length = e - s
        pivot, step, off = np.empty((length, 3)), np.empty((length, 2)), np.zeros(length)
        for t in range(length):
            own = anchor + (1.0 / first if t == 0 else 0.0)
            for k in range(2):
                step[t, k] = said[s + t, k] - own * theta[s + t, k]
            pivot[t, 0] = said[s + t, 2] + own
            pivot[t, 1] = said[s + t, 3]
            pivot[t, 2] = said[s + t, 4] + own
        for t in range(1, length):
            w = 1.0 / (walk * (time[s + t] - time[s + t - 1]))
            off[t] = w
            for k in range(2):
                d = theta[s + t, k] - theta[s + t - 1, k]
                step[t, k] -= w * d
                step[t - 1, k] += w * d
                pivot[t, 2 * k] += w
                pivot[t - 1, 2 * k] += w
        # From here on `pivot` holds the inverse of each pivot block.
        for t in range(length):
            if t > 0:
                w = off[t]
                for k in range(3):
                    pivot[t, k] -= w * w * pivot[t - 1, k]
                step[t, 0] += w * (pivot[t - 1, 0] * step[t - 1, 0] + pivot[t - 1, 1] * step[t - 1, 1])
                step[t, 1] += w * (pivot[t - 1, 1] * step[t - 1, 0] + pivot[t - 1, 2] * step[t - 1, 1])
            det = pivot[t, 0] * pivot[t, 2] - pivot[t, 1] * pivot[t, 1]
            p00, p01, p11 = pivot[t, 2] / det, -pivot[t, 1] / det, pivot[t, 0] / det
            pivot[t, 0], pivot[t, 1], pivot[t, 2] = p00, p01, p11
        longest = 0.0
        for t in range(length - 1, -1, -1):
            p00, p01, p11 = pivot[t, 0], pivot[t, 1], pivot[t, 2]
            r0, r1 = step[t, 0], step[t, 1]
            variance[s + t, 0], variance[s + t, 1], variance[s + t, 2] = p00, p01, p11
            if t < length - 1:
                w = off[t + 1]
                r0 += w * step[t + 1, 0]
                r1 += w * step[t + 1, 1]
                n00, n01, n11 = variance[s + t + 1, 0], variance[s + t + 1, 1], variance[s + t + 1, 2]
                m00, m01 = w * (p00 * n00 + p01 * n01), w * (p00 * n01 + p01 * n11)
                m10, m11 = w * (p01 * n00 + p11 * n01), w * (p01 * n01 + p11 * n11)
                onward[s + t + 1, 0] = m00
                onward[s + t + 1, 1] = 0.5 * (m01 + m10)
                onward[s + t + 1, 2] = m11
                variance[s + t, 0] += w * (m00 * p00 + m01 * p01)
                variance[s + t, 1] += w * (m00 * p01 + m01 * p11)
                variance[s + t, 2] += w * (m10 * p01 + m11 * p11)
            step[t, 0] = p00 * r0 + p01 * r1
            step[t, 1] = p01 * r0 + p11 * r1
            longest = max(longest, max(abs(step[t, 0]), abs(step[t, 1])))
        scale = LONGEST / longest if longest > LONGEST else 1.0
        for t in range(length):
            theta[s + t, 0] += scale * step[t, 0]
            theta[s + t, 1] += scale * step[t, 1]
        largest = max(largest, scale * longest)
    return largest


@njit(parallel=True, cache=True)
def log_likelihood(start, node, vote, theta, items, link, out):
    """Log likelihood of each item's votes at the points `theta` and the items' means, into `out` (J,)."""
    for j in prange(len(out)):
        total = 0.0
        for q in range(start[j], start[j + 1]):
            mean = items[j, 0] * theta[node[q], 0] + items[j, 1] * theta[node[q], 1]
            total += log_probability(vote[q], items[j, 2] - mean, items[j, 3] - mean, link)
        out[j] = total
