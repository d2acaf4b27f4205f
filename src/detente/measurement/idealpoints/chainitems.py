"""Compiled moves of items in the sampler, each with its Metropolis-Hastings test: fitted normals and random
walks.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from detente.measurement.idealpoints.chain import TINY, likelihood_terms
from detente.measurement.idealpoints.kernels import LOGIT, log_probability


@njit(cache=True)
def _item_quadratic(lo, hi, node, vote, theta, point, binary, precision, link, gradient, curve):
    """Log posterior of one item at `point` (slope, c1, c2); fills its gradient and negative Hessian."""
    beta, c1, c2 = point[0], point[1], point[2]
    gradient[0], gradient[1], gradient[2] = -precision[0] * beta, -precision[1] * c1, -precision[1] * c2
    curve[:] = 0.0
    curve[0, 0], curve[1, 1], curve[2, 2] = precision[0], precision[1], precision[1]
    value = -0.5 * (precision[0] * beta * beta + precision[1] * c1 * c1)
    if not binary:
        value -= 0.5 * precision[1] * c2 * c2
    middle = 0
    product = 1.0
    for q in range(lo, hi):
        x = theta[node[q]]
        ga, gb, wa, wb, wab, chance = likelihood_terms(vote[q], c1 - beta * x, c2 - beta * x, link)
        product *= max(chance, TINY)
        if product < TINY:
            value += math.log(product)
            product = 1.0
        middle += vote[q] == 1
        gradient[0] -= x * (ga + gb)
        gradient[1] += ga
        gradient[2] += gb
        curve[0, 0] += (wa + wb + 2.0 * wab) * x * x
        curve[0, 1] -= x * (wa + wab)
        curve[0, 2] -= x * (wb + wab)
        curve[1, 1] += wa
        curve[1, 2] += wab
        curve[2, 2] += wb
    value += math.log(product)
    if link == LOGIT and middle > 0:
        pull = 1.0 / math.expm1(c2 - c1)
        value -= middle * math.log1p(pull)
        bend = middle * pull * (1.0 + pull)
        gradient[1] -= middle * pull
        gradient[2] += middle * pull
        curve[1, 1] += bend
        curve[2, 2] += bend
        curve[1, 2] -= bend
    if binary:
        gradient[1] += gradient[2] + precision[1] * c2
        gradient[2] = 0.0
        curve[0, 1] += curve[0, 2]
        curve[1, 1] += curve[2, 2] - precision[1]
        curve[0, 2], curve[1, 2], curve[2, 2] = 0.0, 0.0, 1.0
    return value


@njit(inline="always", cache=True)
def _root3(curve, low):
    """Cholesky factor of a 3 x 3 matrix given by its upper triangle; returns the sum of the log diagonal."""
    low[0, 0] = math.sqrt(curve[0, 0])
    low[1, 0] = curve[0, 1] / low[0, 0]
    low[2, 0] = curve[0, 2] / low[0, 0]
    low[1, 1] = math.sqrt(max(curve[1, 1] - low[1, 0] ** 2, 1e-12))
    low[2, 1] = (curve[1, 2] - low[2, 0] * low[1, 0]) / low[1, 1]
    low[2, 2] = math.sqrt(max(curve[2, 2] - low[2, 0] ** 2 - low[2, 1] ** 2, 1e-12))
    return math.log(low[0, 0]) + math.log(low[1, 1]) + math.log(low[2, 2])


@njit(inline="always", cache=True)
def _forth(low, gradient, out):
    """Solve L L' out = gradient."""
    y0 = gradient[0] / low[0, 0]
    y1 = (gradient[1] - low[1, 0] * y0) / low[1, 1]
    y2 = (gradient[2] - low[2, 0] * y0 - low[2, 1] * y1) / low[2, 2]
    out[2] = y2 / low[2, 2]
    out[1] = (y1 - low[2, 1] * out[2]) / low[1, 1]
    out[0] = (y0 - low[1, 0] * out[1] - low[2, 0] * out[2]) / low[0, 0]


@njit(parallel=True, cache=True)
def move_items(start, node, vote, binary, theta, items, precision, link, noise, dice, accepted):
    """One Metropolis-Hastings move of every item's slope and cuts (J, 3) given the points, in place."""
    for j in prange(len(binary)):
        gradient, step = np.empty(3), np.empty(3)
        curve, low, low2 = np.empty((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
        lo, hi = start[j], start[j + 1]
        here = items[j].copy()
        now = _item_quadratic(lo, hi, node, vote, theta, here, binary[j], precision, link, gradient, curve)
        now_det = _root3(curve, low)
        _forth(low, gradient, step)
        z0, z1, z2 = noise[j, 0], noise[j, 1], (0.0 if binary[j] else noise[j, 2])
        there = np.empty(3)
        e2 = z2 / low[2, 2]
        e1 = (z1 - low[2, 1] * e2) / low[1, 1]
        e0 = (z0 - low[1, 0] * e1 - low[2, 0] * e2) / low[0, 0]
        there[0], there[1], there[2] = here[0] + step[0] + e0, here[1] + step[1] + e1, here[2] + step[2] + e2
        if binary[j]:
            there[2] = there[1]
        elif there[2] - there[1] < 1e-6:
            continue
        then = _item_quadratic(lo, hi, node, vote, theta, there, binary[j], precision, link, gradient, curve)
        then_det = _root3(curve, low2)
        _forth(low2, gradient, step)
        back = np.empty(3)
        for k in range(3):
            back[k] = here[k] - there[k] - step[k]
        if binary[j]:
            back[2] = 0.0
        r0 = low2[0, 0] * back[0] + low2[1, 0] * back[1] + low2[2, 0] * back[2]
        r1 = low2[1, 1] * back[1] + low2[2, 1] * back[2]
        r2 = low2[2, 2] * back[2]
        forward = now_det - 0.5 * (z0 * z0 + z1 * z1 + z2 * z2)
        backward = then_det - 0.5 * (r0 * r0 + r1 * r1 + r2 * r2)
        if dice[j] < then - now + backward - forward:
            items[j] = there
            accepted[j] += 1.0


@njit(parallel=True, cache=True)
def walk_items(which, start, node, vote, binary, theta, items, step, precision, link, noise, dice, accepted):
    """Random-walk moves of the items `which`, one after another for each: `step` (J, 3, 3) times noise
    (rounds, W, 3). They free items that `move_items` leaves stuck.
    """
    for w in prange(len(which)):
        j = which[w]
        lo, hi = start[j], start[j + 1]
        there = np.empty(3)
        now = _item_value(lo, hi, node, vote, theta, items[j], binary[j], precision, link)
        for r in range(len(noise)):
            for k in range(3):
                there[k] = items[j, k]
                for m in range(k + 1):
                    there[k] += step[j, k, m] * noise[r, w, m]
            if binary[j]:
                there[2] = there[1]
            elif there[2] - there[1] < 1e-6:
                continue
            then = _item_value(lo, hi, node, vote, theta, there, binary[j], precision, link)
            if dice[r, w] < then - now:
                items[j] = there
                now = then
                accepted[j] += 1.0


@njit(cache=True)
def _item_value(lo, hi, node, vote, theta, point, binary, precision, link):
    """Log posterior of one item at `point` (slope, c1, c2)."""
    beta, c1, c2 = point[0], point[1], point[2]
    value = -0.5 * (precision[0] * beta * beta + precision[1] * c1 * c1)
    if not binary:
        value -= 0.5 * precision[1] * c2 * c2
    product = 1.0
    middle = 0
    for q in range(lo, hi):
        x = beta * theta[node[q]]
        if link != LOGIT:
            value += log_probability(vote[q], c1 - x, c2 - x, link)
            continue
        if vote[q] == 0:
            chance = 1.0 / (1.0 + math.exp(x - c1))
        elif vote[q] == 2:
            chance = 1.0 / (1.0 + math.exp(c2 - x))
        else:
            chance = 1.0 / ((1.0 + math.exp(c1 - x)) * (1.0 + math.exp(x - c2)))
            middle += 1
        product *= max(chance, TINY)
        if product < TINY:
            value += math.log(product)
            product = 1.0
    value += math.log(product)
    if middle > 0 and link == LOGIT:
        value -= middle * math.log1p(1.0 / math.expm1(c2 - c1))
    return value
