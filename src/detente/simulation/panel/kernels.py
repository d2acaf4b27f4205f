"""Compiled filter of the panel: what is known of every actor's position, year after year.

Own shocks and readings are mixtures of normals: an actor's scale is one of G, a shock's tail one of K, a
reading sound or wild. Each scale keeps one normal per actor; tails and wildness are collapsed to it by their
first two moments after each reading (Harrison & Stevens 1976, JRSS B 38:205). Means of blocs and of partners
enter at their filtered values, which are known far better than any one position, so that actors are filtered
one by one. With one scale, one tail and sound readings, and no pull, this is the Kalman filter.
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.simulation.panel.shocks import common_shock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST = 4.0
"""Variance of an actor's position before its first reading, on a scale where all of them have variance 1."""
TINY = 1e-300


class Data(NamedTuple):
    """What is observed: T years, N actors, B blocs.

    reading (T, N), NaN where there is none; noise (T, N), variances of readings; member (T, N, B), 1 for
    members of the year; drive (T, N), what covariates add. Whom actor i listens to in year t, and how much:
    partner and weight at start[t, i] : start[t, i + 1].
    """

    reading: Floats
    noise: Floats
    member: Floats
    drive: Floats
    start: Ints
    partner: Ints
    weight: Floats


class Filtered(NamedTuple):
    """What the filter found.

    likelihood: log, given each actor's first reading; mean, variance (T, G, N); share (G, N): of each scale,
    in logs; kept, moved (T, N): a step is kept * position + moved; tails (T, G, N, K): how likely each tail
    was; blur (T, N): variance of what was common to an actor.
    """

    likelihood: float
    mean: Floats
    variance: Floats
    share: Floats
    kept: Floats
    moved: Floats
    tails: Floats
    blur: Floats


@njit(cache=True, nogil=True)
def pull(data, t, alpha, omega, mean, seen, kept, moved):
    """Into `kept` and `moved` (N,): a step without shocks is kept * position + moved."""
    member = data.member[t]
    actors, blocs = member.shape
    for i in range(actors):
        kept[i] = 1.0
        moved[i] = data.drive[t, i]
    for b in range(blocs):
        total, count = 0.0, 0
        for i in range(actors):
            if seen[i] and member[i, b] > 0.0:
                total += mean[i]
                count += 1
        if count > 1:
            for i in range(actors):
                if seen[i] and member[i, b] > 0.0:
                    kept[i] -= alpha[b] * (1.0 - 1.0 / count)
                    moved[i] += alpha[b] * (total - mean[i]) / count
    if omega != 0.0:
        for i in range(actors):
            for at in range(data.start[t, i], data.start[t, i + 1]):
                if seen[data.partner[at]]:
                    kept[i] -= omega * data.weight[at]
                    moved[i] += omega * data.weight[at] * mean[data.partner[at]]


@njit(cache=True, nogil=True)
def usual_tail(law):
    """Mean factor of an own shock's variance."""
    total = 0.0
    for k in range(len(law.tail)):
        total += law.tail[k] * law.tail_share[k]
    return total


@njit(cache=True, nogil=True)
def highest(log_share, i):
    """Largest of an actor's log shares."""
    top = log_share[0, i]
    for g in range(1, len(log_share)):
        top = max(top, log_share[g, i])
    return top


@njit(cache=True, nogil=True)
def expect(law, mean, variance, log_share, kept, moved, noise, residual, spread, reading, seen):
    """Into `residual` and `spread` (N,): how far readings are from what was expected, over all scales."""
    usual = usual_tail(law)
    for i in range(len(seen)):
        residual[i] = math.nan
        if seen[i] and not math.isnan(reading[i]):
            top = highest(log_share, i)
            total, first, second = 0.0, 0.0, 0.0
            for g in range(len(law.scale)):
                w = math.exp(log_share[g, i] - top)
                m = kept[i] * mean[g, i] + moved[i]
                total += w
                first += w * m
                second += w * (m * m + kept[i] ** 2 * variance[g, i] + usual * law.scale[g])
            residual[i] = reading[i] - first / total
            spread[i] = second / total - (first / total) ** 2 + noise[i]


@njit(cache=True, nogil=True)
def learn(law, m, prior, scale, y, noise, blur, tails):
    """Return mean, variance and log likelihood of one position after its reading, under one scale.

    `m`, `prior`: expected mean and variance before the own shock; fills `tails` (K,).
    """
    total, first, second = TINY, TINY * m, TINY * m * m
    e = y - m
    for k in range(len(law.tail)):
        p = prior + scale * law.tail[k]
        tails[k] = 0.0
        for o in range(len(law.wild)):
            s = p + noise + law.wild[o]
            w = law.tail_share[k] * law.wild_share[o] * math.exp(-0.5 * e * e / s) / math.sqrt(s)
            gain = p / s
            mk = m + gain * e
            total += w
            first += w * mk
            second += w * (p * (1.0 - gain) + (1.0 - gain) ** 2 * blur + mk * mk)
            tails[k] += w
    mean = first / total
    for k in range(len(law.tail)):
        tails[k] = tails[k] / (total - TINY) if total > 2.0 * TINY else law.tail_share[k]
    return mean, max(second / total - mean * mean, 1e-12), math.log(total) - 0.5 * math.log(2.0 * math.pi)


@njit(cache=True, nogil=True)
def step(data, law, t, mean, variance, log_share, seen, out):
    """Carry all actors from year t - 1 to t, in place; return what common shocks add to the likelihood."""
    kept, moved, tails, blur = out.kept[t], out.moved[t], out.tails[t], out.blur[t]
    residual, spread, shift = np.empty(len(seen)), np.empty(len(seen)), np.empty(len(seen))
    centre = centres(mean, log_share)
    pull(data, t, law.alpha, law.omega, centre, seen, kept, moved)
    expect(
        law, mean, variance, log_share, kept, moved, data.noise[t], residual, spread, data.reading[t], seen
    )
    added = common_shock(residual, spread, data.member[t], law.common, law.trust, shift, blur)
    for i in range(len(seen)):
        moved[i] += shift[i]
    usual = usual_tail(law)
    for i in range(len(seen)):
        y, noise = data.reading[t, i], data.noise[t, i]
        for g in range(len(law.scale)):
            m, p = kept[i] * mean[g, i] + moved[i], kept[i] ** 2 * variance[g, i]
            if not seen[i]:
                if not math.isnan(y):
                    gain = FIRST / (FIRST + noise)
                    mean[g, i], variance[g, i] = gain * y, FIRST * (1.0 - gain)
            elif math.isnan(y):
                mean[g, i], variance[g, i] = m, p + law.scale[g] * usual + blur[i]
                for k in range(len(law.tail)):
                    tails[g, i, k] = law.tail_share[k]
            else:
                mean[g, i], variance[g, i], found = learn(
                    law, m, p, law.scale[g], y, noise, blur[i], tails[g, i]
                )
                log_share[g, i] += found
        seen[i] |= not math.isnan(y)
    return added


@njit(cache=True, nogil=True)
def centres(mean, log_share):
    """Means (N,) of positions over scales."""
    out = np.empty(mean.shape[1])
    for i in range(len(out)):
        top = highest(log_share, i)
        total, first = 0.0, 0.0
        for g in range(len(mean)):
            w = math.exp(log_share[g, i] - top)
            total += w
            first += w * mean[g, i]
        out[i] = first / total
    return out


@njit(cache=True, nogil=True)
def filter_panel(data, law, keep):
    """Return what is known of every position after each year, and the likelihood; `keep` paths, or only the
    end.
    """
    years, actors = data.reading.shape
    scales, tails, length = len(law.scale), len(law.tail), years if keep else 1
    path_mean, path_variance = np.empty((length, scales, actors)), np.empty((length, scales, actors))
    mean, variance = np.zeros((scales, actors)), np.full((scales, actors), FIRST)
    log_share = np.empty((scales, actors))
    for g in range(scales):
        for i in range(actors):
            log_share[g, i] = math.log(law.scale_share[g])
    out = Filtered(
        0.0, path_mean, path_variance, log_share, np.ones((years, actors)), np.zeros((years, actors)),
        np.zeros((years, scales, actors, tails)), np.zeros((years, actors)),
    )  # fmt: skip
    seen = np.zeros(actors, np.bool_)
    likelihood = 0.0
    for t in range(years):
        likelihood += step(data, law, t, mean, variance, log_share, seen, out)
        path_mean[t if keep else 0] = mean
        path_variance[t if keep else 0] = variance
    for i in range(actors):
        top = highest(log_share, i)
        total = 0.0
        for g in range(scales):
            total += math.exp(log_share[g, i] - top)
        likelihood += top + math.log(total)
    return Filtered(likelihood, path_mean, path_variance, log_share, out.kept, out.moved, out.tails, out.blur)
