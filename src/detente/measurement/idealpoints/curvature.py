"""Compiled gradient and curvature of the expected log likelihood under a joint normal of points and items."""

from __future__ import annotations

from numba import njit, prange

from detente.measurement.idealpoints.kernels import LOGIT, WIDEST, logistic_terms, normal_terms


@njit(parallel=True, cache=True)
def vote_terms(
    start, node, vote, binary, theta, variance, items, cross, prior, link, residual, per_vote, per_item
):
    """Gradient and precision of each vote and item, averaged over normal points and items to second order.

    `cross` (n, 3): covariance of the vote's point with slope and cuts; `prior`: precisions of slopes and
    cuts. per_vote (n, 5): precision of the point, its cross terms with slope, c1, c2, and the point's
    gradient. per_item (J, 9): gradient (3) and precision (6, upper triangle) of slope, c1, c2, the prior
    included. Of a binary item the second cut is tied to the first: its terms are added there, and its own row
    is left alone.

    The precision is the expected one: the residual's part, of mean zero under the model, is dropped, which
    keeps it positive definite.
    """
    for j in prange(len(binary)):
        beta, c1, c2 = items[j, 0], items[j, 1], items[j, 2]
        s00, s01, s02, s11, s22 = items[j, 3], items[j, 4], items[j, 5], items[j, 6], items[j, 8]
        h00, h01, h02, h11, h12, h22 = prior[0], 0.0, 0.0, prior[1], 0.0, prior[1]
        g0, g1, g2 = -prior[0] * beta, -prior[1] * c1, -prior[1] * c2
        middle = 0
        for q in range(start[j], start[j + 1]):
            x = theta[node[q]]
            v = variance[node[q]]
            k0, k1, k2 = cross[q, 0], cross[q, 1], cross[q, 2]
            mean = beta * x + k0
            common = v * (beta * beta + s00) + x * x * s00 + 2.0 * x * beta * k0
            va = max(0.0, min(common + s11 - 2.0 * x * s01 - 2.0 * beta * k1, WIDEST))
            vb = max(0.0, min(common + s22 - 2.0 * x * s02 - 2.0 * beta * k2, WIDEST))
            wab = 0.0
            if link == LOGIT:
                ga, gb, wa, wb = logistic_terms(vote[q], c1 - mean, c2 - mean, va, vb)
            else:
                ga, gb, wa, wb, wab = normal_terms(vote[q], c1 - mean, c2 - mean)
            if vote[q] == 1:
                middle += 1
            ua = wa + wab
            ub = wb + wab
            w = ua + ub
            g0 += ua * (k1 - x * k0 - beta * v) + ub * (k2 - x * k0 - beta * v) - x * (ga + gb)
            g1 += ga
            g2 += gb
            h00 += w * (x * x + v)
            h01 -= x * ua
            h02 -= x * ub
            h11 += wa
            h12 += wab
            h22 += wb
            per_vote[q, 0] = w * (beta * beta + s00)
            per_vote[q, 1] = w * mean + residual * (ga + gb)
            per_vote[q, 2] = -beta * ua
            per_vote[q, 3] = -beta * ub
            per_vote[q, 4] = (
                ua * (s01 - x * s00 - beta * k0) + ub * (s02 - x * s00 - beta * k0) - beta * (ga + gb)
            )
            if binary[j]:
                per_vote[q, 2] += per_vote[q, 3]
                per_vote[q, 3] = 0.0
        if link == LOGIT and middle > 0:
            e = 1.0 / (2.718281828459045 ** (c2 - c1) - 1.0)
            bend = middle * e * (1.0 + e)
            g1 -= middle * e
            g2 += middle * e
            h11 += bend
            h22 += bend
            h12 -= bend
        if binary[j]:
            g1 += g2 + prior[1] * c2
            g2 = 0.0
            h01 += h02
            h11 += h22 - prior[1]
            h02, h12, h22 = 0.0, 0.0, 1.0
        per_item[j, 0], per_item[j, 1], per_item[j, 2] = g0, g1, g2
        per_item[j, 3], per_item[j, 4], per_item[j, 5] = h00, h01, h02
        per_item[j, 6], per_item[j, 7], per_item[j, 8] = h11, h12, h22
