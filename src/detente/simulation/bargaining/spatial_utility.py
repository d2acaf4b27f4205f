"""Compiled: how far every position is from every actor's ideal, what it is worth to the actor, and the
risk it takes.

Matrices of actors by positions are (N, P): P is N rounded up to whole vectors, and what stands beyond N is
never read. Every sum runs in the order of the actors, so that the bytes hang neither on threads nor on the
machine. Kernels write into their last argument: to make an array costs more than to fill it.
"""

# numba ships no types for its decorators, hence the untyped-decorator exemption for this module in
# pyproject.toml.
from __future__ import annotations

import math

import numpy as np
from numba import njit

VECTOR = 8
"""Matrices are padded to whole vectors of this many numbers: the rest of a loop costs as much as a vector."""
TIE = 1e-12
"""Relative difference below which two numbers count as equal."""
OWN = np.int64(-1)
"""In place of an observer: every actor by its own attitude to risk."""


@njit(inline="always", cache=True)
def padded(count):
    """Return `count` rounded up to whole vectors."""
    return (count + VECTOR - 1) // VECTOR * VECTOR


@njit(cache=True, error_model="numpy")
def distances(ideal, places, salience, column, out):
    """Distance (N, P) of actor a's ideal to place b, by what a cares about; the places are positions or
    offers.

    d_ab = sqrt(sum_d (s_ad (ideal_ad - x_bd))^2 / sum_d s_ad^2), from ideals and saliences (N, D) and places
    (M, D); 0 throughout for an actor that cares about nothing. `column` (D, P) is scratch, P >= M.
    """
    issues = places.shape[1]
    lanes = padded(len(places))
    for b in range(len(places)):
        for d in range(issues):
            column[d, b] = places[b, d]
    for a in range(len(ideal)):
        norm = 0.0
        for d in range(issues):
            norm += salience[a, d] * salience[a, d]
        for b in range(lanes):
            out[a, b] = 0.0
        if norm > 0.0:
            for d in range(issues):
                care, at = salience[a, d], ideal[a, d]
                for b in range(lanes):
                    gap = (at - column[d, b]) * care
                    out[a, b] += gap * gap
            for b in range(lanes):
                out[a, b] = math.sqrt(out[a, b] / norm)


@njit(inline="always", cache=True)
def worth(distance, risk):
    """Utility u = (1 - d)(1 + R d), and (1 - d)(1 + R) beyond d = 1."""
    return (1.0 - distance) * (1.0 + min(distance, 1.0) * risk)


@njit(cache=True, error_model="numpy")
def worths(distance, risk, observer, rules, out):
    """Utility of every position to every actor as an observer believes, from distances (N, P) and risk (N,).

    The observer h takes actor i's risk to be R^h_i = (own R_h + others R_i) / (own + others). With `OWN`,
    every actor's own.
    """
    for a in range(len(risk)):
        taste = risk[a]
        if observer >= 0:
            taste = rules.own_share * risk[observer] + rules.other_share * taste
            taste /= rules.own_share + rules.other_share
        for b in range(distance.shape[1]):
            out[a, b] = worth(distance[a, b], taste)


@njit(cache=True, error_model="numpy")
def risks(chance, rules, out):
    """Risk R_i by how likely i's own position is to win, 0 where all are alike (KTAB divides 0 by 0).

    R_i = (k p_i - (h top + (k - h) low)) / (m (top - low)) with (k, h, m) `rules.risk_scale`: (1, 0, 1)
    for the range [0, 1], (3, 1, 2) for [-1/2, 1], (2, 1, 1) for [-1, 1]. KTAB lets rounding lead out of
    the range.
    """
    k, h, m = rules.risk_scale
    low, top = chance[0], chance[0]
    for i in range(len(out)):
        low = min(low, chance[i])
        top = max(top, chance[i])
    for i in range(len(out)):
        out[i] = 0.0
        if top - low > TIE * top:
            out[i] = (k * chance[i] - (h * top + (k - h) * low)) / (m * (top - low))
            if not rules.ktab:
                out[i] = min(max(out[i], -h / m), (k - h) / m)
