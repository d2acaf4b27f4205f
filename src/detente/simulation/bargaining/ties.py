"""Compiled: the best of several, with ties broken by rule and not by rounding."""

from __future__ import annotations

from numba import njit

from detente.simulation.bargaining.spatial_utility import TIE


@njit(cache=True)
def first_best(value, count):
    """Index of the first largest of `count` values, which is KTAB's choice."""
    best = 0
    for m in range(1, count):
        if value[m] > value[best]:
            best = m
    return best


@njit(cache=True)
def least_move(value, move, count, scale):
    """Index of the largest value; among those within 1e-12 of it the smallest own move, then the first.

    The tolerance is relative to `scale`, the size of the terms that were compared.
    """
    least = value[first_best(value, count)] - TIE * scale
    best = -1
    for m in range(count):
        if value[m] >= least and (best < 0 or move[m] < move[best] - TIE):
            best = m
    return best
