"""Compiled moves of the sampler: items, paths, and shifts of whole sessions, each with its
Metropolis-Hastings test.

Proposals are normals fitted at the present value (iterated weighted least squares: Gamerman 1997, Stat.
Comput. 7:57), so there is nothing to tune. Noise comes in as arrays: what is drawn does not depend on the
number of threads.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from detente.measurement.idealpoints.kernels import LOGIT, log_probability, normal_terms

TINY = 1e-100
"""Probabilities are multiplied until their product is this small; one logarithm then serves many votes."""


@njit(inline="always", cache=True)
def _terms(vote, a, b, link):
    """Gradients, curvatures and probability of one vote; of a logistic middle vote without the item's own
    factor.
    """
    if link != LOGIT:
        ga, gb, wa, wb, wab = normal_terms(vote, a, b)
        return ga, gb, wa, wb, wab, math.exp(log_probability(vote, a, b, link))
    if vote == 0:
        p = 1.0 / (1.0 + math.exp(-a))
        return 1.0 - p, 0.0, p * (1.0 - p), 0.0, 0.0, p
    if vote == 2:
        p = 1.0 / (1.0 + math.exp(b))
        return 0.0, p - 1.0, 0.0, p * (1.0 - p), 0.0, p
    p = 1.0 / (1.0 + math.exp(a))
    r = 1.0 / (1.0 + math.exp(-b))
    return p - 1.0, 1.0 - r, p * (1.0 - p), r * (1.0 - r), 0.0, p * r


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
        ga, gb, wa, wb, wab, chance = _terms(vote[q], c1 - beta * x, c2 - beta * x, link)
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


@njit(inline="always", cache=True)
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


@njit(inline="always", cache=True)
def _node_quadratic(lo, hi, item, vote, x, items, link):
    """Log likelihood of one node's votes at x (up to items' own factors), its gradient and its negative
    second derivative.
    """
    value, gradient, precision, product = 0.0, 0.0, 0.0, 1.0
    for q in range(lo, hi):
        beta, c1, c2 = items[item[q], 0], items[item[q], 1], items[item[q], 2]
        ga, gb, wa, wb, wab, chance = _terms(vote[q], c1 - beta * x, c2 - beta * x, link)
        product *= max(chance, TINY)
        if product < TINY:
            value += math.log(product)
            product = 1.0
        gradient -= beta * (ga + gb)
        precision += (wa + wb + 2.0 * wab) * beta * beta
    return value + math.log(product), gradient, precision


@njit(parallel=True, cache=True)
def move_paths(
    start, item, vote, actor_start, until, theta, items, own, coupling, link, length, offset, noise, dice,
    accepted,
):  # fmt: skip
    """One move of every actor's path, up to its node `until` (A,), in stretches of `length` sessions, given
    the items; in place.

    own (N,), coupling (N,): the path prior's precision of each node and with the next one.
    """
    for i in prange(len(actor_start) - 1):
        s, e = actor_start[i], actor_start[i + 1]
        lo, stop = s, until[i]
        hi = min(stop, s + 1 + (offset + i) % length)
        while lo < stop:
            size = hi - lo
            low, off, step = np.empty(size), np.zeros(size), np.empty(size)
            low2, off2, step2 = np.empty(size), np.zeros(size), np.empty(size)
            there = np.empty(size)
            left = coupling[lo - 1] * theta[lo - 1] if lo > s else 0.0
            right = coupling[hi - 1] * theta[hi] if hi < e else 0.0
            now, then, forward, backward = 0.0, 0.0, 0.0, 0.0
            for t in range(size):
                n = lo + t
                value, gradient, precision = _node_quadratic(
                    start[n], start[n + 1], item, vote, theta[n], items, link
                )
                now += value
                low[t] = precision + own[n]
                step[t] = gradient + precision * theta[n]
            step[0] -= left
            step[size - 1] -= right
            forward = _band(low, off, step, coupling, lo, size)
            for t in range(size - 1, -1, -1):
                there[t] = (noise[lo + t] - (off[t + 1] * there[t + 1] if t < size - 1 else 0.0)) / low[t]
                forward -= 0.5 * noise[lo + t] ** 2
            for t in range(size):
                there[t] += step[t]
            for t in range(size):
                n = lo + t
                value, gradient, precision = _node_quadratic(
                    start[n], start[n + 1], item, vote, there[t], items, link
                )
                then += value
                low2[t] = precision + own[n]
                step2[t] = gradient + precision * there[t]
            step2[0] -= left
            step2[size - 1] -= right
            backward = _band(low2, off2, step2, coupling, lo, size)
            for t in range(size):
                gap = theta[lo + t] - step2[t]
                r = low2[t] * gap
                if t < size - 1:
                    r += off2[t + 1] * (theta[lo + t + 1] - step2[t + 1])
                backward -= 0.5 * r * r
            now += _path_prior(theta[lo:hi], own, coupling, lo, size, left, right)
            then += _path_prior(there, own, coupling, lo, size, left, right)
            if dice[lo] < then - now + backward - forward:
                for t in range(size):
                    theta[lo + t] = there[t]
                    accepted[lo + t] += 1.0
            lo = hi
            hi = min(stop, lo + length)


@njit(inline="always", cache=True)
def _path_prior(path, own, coupling, lo, size, left, right):
    value = -left * path[0] - right * path[size - 1]
    for t in range(size):
        value -= 0.5 * own[lo + t] * path[t] ** 2
        if t < size - 1:
            value -= coupling[lo + t] * path[t] * path[t + 1]
    return value


@njit(inline="always", cache=True)
def _band(low, off, step, coupling, lo, size):
    """Cholesky factor of a tridiagonal matrix in place (diagonal `low`, below it `off`) and solution in
    `step`.

    Returns the sum of the log diagonal.
    """
    total = 0.0
    for t in range(size):
        if t > 0:
            off[t] = coupling[lo + t - 1] / low[t - 1]
            low[t] -= off[t] ** 2
        low[t] = math.sqrt(low[t])
        total += math.log(low[t])
        step[t] = (step[t] - (off[t] * step[t - 1] if t > 0 else 0.0)) / low[t]
    for t in range(size - 1, -1, -1):
        step[t] = (step[t] - (off[t + 1] * step[t + 1] if t < size - 1 else 0.0)) / low[t]
    return total


@njit(parallel=True, cache=True)
def group_terms(which, start, node, vote, session, theta, items, link, growing, value, pull, bend):
    """What votes on the items `which` say of shifts of whole sessions: log likelihood (R,), and by session
    (R, T) the first and negative second derivative with respect to cut minus predictor, times the predictor
    where `growing`.
    """
    for r in prange(len(which)):
        j = which[r]
        beta, c1, c2 = items[j, 0], items[j, 1], items[j, 2]
        total, product, middle = 0.0, 1.0, 0
        pull[r] = 0.0
        bend[r] = 0.0
        for q in range(start[j], start[j + 1]):
            x = beta * theta[node[q]]
            ga, gb, wa, wb, wab, chance = _terms(vote[q], c1 - x, c2 - x, link)
            product *= max(chance, TINY)
            if product < TINY:
                total += math.log(product)
                product = 1.0
            middle += vote[q] == 1
            t = session[node[q]]
            weight = x if growing else 1.0
            pull[r, t] += weight * (ga + gb)
            bend[r, t] += weight * weight * (wa + wb + 2.0 * wab)
        total += math.log(product)
        if middle > 0 and link == LOGIT:
            total += middle * math.log(-math.expm1(c1 - c2))
        value[r] = total
