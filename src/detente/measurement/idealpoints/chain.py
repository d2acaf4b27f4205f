"""Compiled moves of the sampler: paths with their Metropolis-Hastings test, and what votes say of shifts of
whole sessions.

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
def likelihood_terms(vote, a, b, link):
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


@njit(inline="always", cache=True)
def _node_quadratic(lo, hi, item, vote, x, items, link):
    """Log likelihood of one node's votes at x (up to items' own factors), its gradient and its negative
    second derivative.
    """
    value, gradient, precision, product = 0.0, 0.0, 0.0, 1.0
    for q in range(lo, hi):
        beta, c1, c2 = items[item[q], 0], items[item[q], 1], items[item[q], 2]
        ga, gb, wa, wb, wab, chance = likelihood_terms(vote[q], c1 - beta * x, c2 - beta * x, link)
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
            ga, gb, wa, wb, wab, chance = likelihood_terms(vote[q], c1 - x, c2 - x, link)
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
