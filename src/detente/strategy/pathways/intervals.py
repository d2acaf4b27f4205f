"""Intervals of means and shares over futures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from detente.strategy.discovery.boxes import wilson

Floats = NDArray[np.float64]
LEVEL = 0.95


def of_mean(values: Floats, comparisons: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return means over futures (F, ...) and the ends of their intervals, which hold for so many at once.

    The chance that any of them is wrong is at most 5 per cent (Student; Bonferroni).

    >>> [round(float(end), 3) for end in of_mean(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    mean = values.mean(axis=0)
    width = stdtrit(len(values) - 1, 1 - (1 - LEVEL) / (2 * comparisons))
    reach = width * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean, mean - reach, mean + reach


def of_share(count: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Return shares, missing where there is nothing to count, and the ends of their intervals (Wilson 1927).

    >>> [round(float(end), 3) for end in of_share(np.array(8.0), np.array(10.0))]
    [0.8, 0.49, 0.943]
    """
    low, high = wilson(count.astype(np.int64), n.astype(np.int64))
    some = n > 0
    return count / np.where(some, n, np.nan), np.where(some, low, 0.0), np.where(some, high, 1.0)
