"""Compiled steps of the fast engine: item by item, actor by actor, each handled by one thread from first to
last.

No sum crosses threads, so the bytes of the result are the same for any number of threads. The loops are
longer than elsewhere because a call inside them, or an array per vote, costs more than the arithmetic.

An item is a row of nine numbers: slope, two cuts, and the upper triangle of their covariance,
(beta, c1, c2, S00, S01, S02, S11, S12, S22). A binary item has c1 = c2.
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

LOGIT, PROBIT = 0, 1
ROOT_HALF = 1.0 / math.sqrt(2.0)
NORMAL = 1.0 / math.sqrt(2.0 * math.pi)
LONGEST = 0.7
"""The longest step of a slope, cut or point in one Newton step: far from the solution the quadratic
misleads.
"""
WIDEST = 1.5
"""Largest variance of the linear predictor for which the second-order expectation is used."""


@njit(inline="always", cache=True)
def logistic_terms(vote, a, b, va, vb):
    """Return gradients (ga, gb) and curvatures (wa, wb) of log P(vote) at cuts minus predictor a <= b,
    averaged over normal a, b with variances va, vb to second order. Logistic: P = F(a), F(b)(1 - F(a))(1 -
    e^(a-b)), 1 - F(b); the last factor of the middle one depends on the item alone and is added there.
    """
    ga = 0.0
    gb = 0.0
    wa = 0.0
    wb = 0.0
    if vote == 1:
        p = 1.0 / (1.0 + math.exp(-b))
        w = p * (1.0 - p)
        gb = 1.0 - p - 0.5 * vb * w * (1.0 - 2.0 * p)
        wb = w * (1.0 + 0.5 * vb * (1.0 - 6.0 * w))
        p = 1.0 / (1.0 + math.exp(-a))
        w = p * (1.0 - p)
        ga = -p - 0.5 * va * w * (1.0 - 2.0 * p)
        wa = w * (1.0 + 0.5 * va * (1.0 - 6.0 * w))
    elif vote == 0:
        p = 1.0 / (1.0 + math.exp(-a))
        w = p * (1.0 - p)
        ga = 1.0 - p - 0.5 * va * w * (1.0 - 2.0 * p)
        wa = w * (1.0 + 0.5 * va * (1.0 - 6.0 * w))
    else:
        p = 1.0 / (1.0 + math.exp(-b))
        w = p * (1.0 - p)
        gb = -p - 0.5 * vb * w * (1.0 - 2.0 * p)
        wb = w * (1.0 + 0.5 * vb * (1.0 - 6.0 * w))
    return ga, gb, wa, wb


@njit(inline="always", cache=True)
def normal_terms(vote, a, b):
    """As `logistic_terms` for the normal link; returns (ga, gb, wa, wb, wab), wab the cross curvature.

    Without the average over the predictor's variance: its expansion does not settle in the normal's steep
    tails.
    """
    if vote == 0:
        prob = 0.5 * math.erfc(-a * ROOT_HALF)
        ra, rb = 0.0, NORMAL * math.exp(-0.5 * a * a) / max(prob, 1e-300)
        a, b = 0.0, a
    elif vote == 2:
        prob = 0.5 * math.erfc(b * ROOT_HALF)
        ra, rb = NORMAL * math.exp(-0.5 * b * b) / max(prob, 1e-300), 0.0
        a, b = b, 0.0
    else:
        if a > 0.0:
            prob = 0.5 * (math.erfc(a * ROOT_HALF) - math.erfc(b * ROOT_HALF))
        else:
            prob = 0.5 * (math.erfc(-b * ROOT_HALF) - math.erfc(-a * ROOT_HALF))
        prob = max(prob, 1e-300)
        ra = NORMAL * math.exp(-0.5 * a * a) / prob
        rb = NORMAL * math.exp(-0.5 * b * b) / prob
    haa = a * ra - ra * ra
    hbb = -b * rb - rb * rb
    hab = ra * rb
    if vote == 0:
        return rb, 0.0, -hbb, 0.0, 0.0
    if vote == 2:
        return 0.0, -ra, 0.0, -haa, 0.0
    return -ra, rb, -haa, -hbb, -hab


@njit(parallel=True, cache=True)
def item_step(
    start, node, vote, binary, theta, variance, items, slope_precision, cut_precision, link, spread
):
    """One Newton step of each item's slope and cuts given the points (theta, variance); updates `items` in
    place.

    The target is the expected log likelihood plus the normal prior of slope and cuts; the inverse of its
    curvature becomes the item's covariance. `spread` 1 averages over the uncertainty of points and items, 0
    does not.
    """
    for j in prange(len(binary)):
        beta, c1, c2 = items[j, 0], items[j, 1], items[j, 2]
        s00, s01, s02, s11, s22 = items[j, 3], items[j, 4], items[j, 5], items[j, 6], items[j, 8]
        h00, h01, h02 = slope_precision, 0.0, 0.0
        h11, h12, h22 = cut_precision, 0.0, cut_precision
        g0, g1, g2 = -slope_precision * beta, -cut_precision * c1, -cut_precision * c2
        middle = 0
        for q in range(start[j], start[j + 1]):
            x = theta[node[q]]
            v = spread * variance[node[q]]
            common = v * (beta * beta + spread * s00) + spread * x * x * s00
            va = min(common + spread * (s11 - 2.0 * x * s01), WIDEST)
            vb = min(common + spread * (s22 - 2.0 * x * s02), WIDEST)
            y = vote[q]
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(y, c1 - beta * x, c2 - beta * x, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(y, c1 - beta * x, c2 - beta * x)
            if y == 1:
                middle += 1
            w = wa + wb + 2.0 * wab
            g0 -= x * (ga + gb) + w * beta * v
            g1 += ga
            g2 += gb
            h00 += w * (x * x + v)
            h01 -= x * (wa + wab)
            h02 -= x * (wb + wab)
            h11 += wa
            h12 += wab
            h22 += wb
        if link == LOGIT and middle > 0:
            gap = c2 - c1
            pull = 1.0 / math.expm1(gap)
            bend = middle * pull * (1.0 + pull)
            g1 -= middle * pull
            g2 += middle * pull
            h11 += bend
            h22 += bend
            h12 -= bend
        if binary[j]:
            g1 += g2 + cut_precision * c2
            h01 += h02
            h11 += h22 - cut_precision
            det = h00 * h11 - h01 * h01
            s00, s01, s11 = h11 / det, -h01 / det, h00 / det
            s02, s12, s22 = s01, s11, s11
            d0 = s00 * g0 + s01 * g1
            d1 = s01 * g0 + s11 * g1
            d2 = d1
        else:
            m00 = h11 * h22 - h12 * h12
            m01 = h02 * h12 - h01 * h22
            m02 = h01 * h12 - h02 * h11
            det = h00 * m00 + h01 * m01 + h02 * m02
            s00, s01, s02 = m00 / det, m01 / det, m02 / det
            s11 = (h00 * h22 - h02 * h02) / det
            s12 = (h01 * h02 - h00 * h12) / det
            s22 = (h00 * h11 - h01 * h01) / det
            d0 = s00 * g0 + s01 * g1 + s02 * g2
            d1 = s01 * g0 + s11 * g1 + s12 * g2
            d2 = s02 * g0 + s12 * g1 + s22 * g2
        longest = max(abs(d0), max(abs(d1), abs(d2)))
        scale = LONGEST / longest if longest > LONGEST else 1.0
        if not binary[j]:
            while c2 - c1 + scale * (d2 - d1) <= 0.2 * (c2 - c1):
                scale *= 0.5
        items[j, 0] = beta + scale * d0
        items[j, 1] = c1 + scale * d1
        items[j, 2] = c2 + scale * d2
        items[j, 3], items[j, 4], items[j, 5] = s00, s01, s02
        items[j, 6], items[j, 7], items[j, 8] = s11, s12, s22


@njit(parallel=True, cache=True)
def state_votes(start, item, vote, theta, variance, items, link, spread, out):
    """What the votes say of each node: gradient, precision, and sum of squared slopes, into `out` (N, 3)."""
    for i in prange(len(theta)):
        x = theta[i]
        v = spread * variance[i]
        gradient, precision, slopes = 0.0, 0.0, 0.0
        for q in range(start[i], start[i + 1]):
            row = items[item[q]]
            beta, s00, s01, s02 = row[0], spread * row[3], spread * row[4], spread * row[5]
            square = beta * beta + s00
            common = v * square + x * x * s00
            va = min(common + spread * row[6] - 2.0 * x * s01, WIDEST)
            vb = min(common + spread * row[8] - 2.0 * x * s02, WIDEST)
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(vote[q], row[1] - beta * x, row[2] - beta * x, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(vote[q], row[1] - beta * x, row[2] - beta * x)
            wa += wab
            wb += wab
            gradient -= beta * (ga + gb) + wa * (x * s00 - s01) + wb * (x * s00 - s02)
            precision += (wa + wb) * square
            slopes += beta * beta
        out[i, 0], out[i, 1], out[i, 2] = gradient, precision, slopes


@njit(cache=True)
def smooth(actor_start, time, theta, variance, covariance, said, walk, first, anchor, shrink):
    """One Newton step of each actor's path: a tridiagonal solve over its sessions, O(T), in place.

    Precision: what the votes `said`, plus 1/(walk * gap) between neighbours, 1/first on the first node,
    `anchor` on every node, and `shrink` times (2/walk + sum of squared slopes), which copies the published
    sampler's prior. Fills the nodes' variances and `covariance` with the node before. Returns the largest
    step.
    """
    largest = 0.0
    for i in range(len(actor_start) - 1):
        s, e = actor_start[i], actor_start[i + 1]
        length = e - s
        pivot = np.empty(length)
        step = np.empty(length)
        off = np.zeros(length)
        for t in range(length):
            ridge = anchor + (shrink * (said[s + t, 2] + 2.0 / walk) if shrink > 0.0 else 0.0)
            pivot[t] = said[s + t, 1] + ridge
            step[t] = said[s + t, 0] - ridge * theta[s + t]
        pivot[0] += 1.0 / first
        step[0] -= theta[s] / first
        for t in range(1, length):
            w = 1.0 / (walk * (time[s + t] - time[s + t - 1]))
            d = theta[s + t] - theta[s + t - 1]
            step[t] -= w * d
            step[t - 1] += w * d
            pivot[t] += w
            pivot[t - 1] += w
            off[t] = -w
        for t in range(1, length):
            m = off[t] / pivot[t - 1]
            pivot[t] -= m * off[t]
            step[t] -= m * step[t - 1]
        step[length - 1] /= pivot[length - 1]
        variance[s + length - 1] = 1.0 / pivot[length - 1]
        for t in range(length - 2, -1, -1):
            step[t] = (step[t] - off[t + 1] * step[t + 1]) / pivot[t]
            r = off[t + 1] / pivot[t]
            variance[s + t] = 1.0 / pivot[t] + r * r * variance[s + t + 1]
            covariance[s + t + 1] = -r * variance[s + t + 1]
        longest = 0.0
        for t in range(length):
            longest = max(longest, abs(step[t]))
        scale = LONGEST / longest if longest > LONGEST else 1.0
        for t in range(length):
            theta[s + t] += scale * step[t]
        largest = max(largest, scale * longest)
    return largest


@njit(inline="always", cache=True)
def log_probability(vote, a, b, link):
    """log P(vote) for cuts minus predictor a <= b; the vote is 0, 1 or 2."""
    if link == LOGIT:
        if vote == 0:
            return -math.log1p(math.exp(-a)) if a > -30.0 else a
        if vote == 2:
            return -math.log1p(math.exp(b)) if b < 30.0 else -b
        low = -math.log1p(math.exp(a)) if a < 30.0 else -a
        high = -math.log1p(math.exp(-b)) if b > -30.0 else b
        return low + high + math.log(-math.expm1(a - b))
    if vote == 0:
        return math.log(max(0.5 * math.erfc(-a * ROOT_HALF), 1e-300))
    if vote == 2:
        return math.log(max(0.5 * math.erfc(b * ROOT_HALF), 1e-300))
    if a > 0.0:
        return math.log(max(0.5 * (math.erfc(a * ROOT_HALF) - math.erfc(b * ROOT_HALF)), 1e-300))
    return math.log(max(0.5 * (math.erfc(-b * ROOT_HALF) - math.erfc(-a * ROOT_HALF)), 1e-300))


@njit(parallel=True, cache=True)
def item_log_likelihood(start, node, vote, theta, items, link, out):
    """Log likelihood of each item's votes at the points `theta` and the items' means, into `out` (J,)."""
    for j in prange(len(out)):
        beta, c1, c2 = items[j, 0], items[j, 1], items[j, 2]
        total = 0.0
        for q in range(start[j], start[j + 1]):
            predictor = beta * theta[node[q]]
            total += log_probability(vote[q], c1 - predictor, c2 - predictor, link)
        out[j] = total
