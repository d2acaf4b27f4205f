"""Scores of single forecasts; less is better."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from detente.simulation.record.forecasts import Quantiles

Floats = NDArray[np.float64]
LEAST = 0.001
"""For the log score, chances are kept this far from 0 and 1: so much a thousand futures can tell."""


def brier(chance: float, *, happened: bool) -> float:
    """Return the squared distance from what came, 0 to 1 (Brier 1950).

    >>> brier(0.8, happened=True), brier(0.5, happened=False)
    (0.03999999999999998, 0.25)
    """
    return (chance - happened) ** 2


def log_score(chance: float, *, happened: bool) -> float:
    """Return minus the logarithm of the chance that was given to what came (Good 1952).

    >>> round(log_score(0.8, happened=True), 3), round(log_score(0.0, happened=True), 3)
    (0.223, 6.908)
    """
    given = chance if happened else 1 - chance
    return -math.log(min(max(given, LEAST), 1 - LEAST))


def quantile_crps(quantiles: Quantiles, value: float) -> float:
    """Return the continuous ranked probability score, as far as quantiles tell it.

    Twice the mean loss 2 w_k (1{y <= q_k} - t_k) (q_k - y) over levels t_k, each with the share w_k of 0 to 1
    that is nearer to it than to its neighbours; it is proper for the quantiles that were stated, and comes to
    the score itself as levels grow dense (Gneiting & Raftery 2007; Bracher et al. 2021).

    >>> round(quantile_crps(((0.5, 2.0),), 5.0), 6)
    3.0
    """
    levels, values = (np.array(each) for each in zip(*quantiles, strict=True))
    ends = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    loss = ((value <= values) - levels) * (values - value)
    return float(2 * (np.diff(ends) * loss).sum())


def central(quantiles: Quantiles) -> dict[float, tuple[float, float]]:
    """Return the ends of every central interval that quantiles hold, by its level.

    >>> central(((0.1, -1.0), (0.5, 0.0), (0.9, 2.0)))
    {0.8: (-1.0, 2.0)}
    """
    held = {round(level, 6): value for level, value in quantiles}
    return {
        round(1 - 2 * level, 6): (value, held[round(1 - level, 6)])
        for level, value in held.items()
        if level < 0.5 and round(1 - level, 6) in held
    }


def jeffreys(won: float, n: float) -> tuple[float, float]:
    """Return the ends of a share's interval of 95 per cent (Brown, Cai & DasGupta 2001, Stat. Sci. 16:101).

    >>> [round(end, 3) for end in jeffreys(0, 10)], [round(end, 3) for end in jeffreys(5, 10)]
    ([0.0, 0.217], [0.224, 0.776])
    """
    low = 0.0 if won <= 0 else float(betaincinv(won + 0.5, n - won + 0.5, 0.025))
    high = 1.0 if won >= n else float(betaincinv(won + 0.5, n - won + 0.5, 0.975))
    return low, high
