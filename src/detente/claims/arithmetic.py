"""Intervals of sums, means, shares and rank correlations, from figures that carry intervals of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from scipy.stats import t as student

from detente.measurement.bootstrap import LEVEL
from detente.simulation.institutions.power import interval_of

Ends = tuple[float, float, float]
NORMAL = 1.6448536269514722
"""Quantile of the normal distribution for central intervals of `LEVEL`."""
LEAST_PAIRS = 6
"""Fewest actors that a correlation is computed over."""


def combined(weights: Sequence[float], figures: Sequence[Ends]) -> Ends:
    """Return a weighted sum of independent figures (value, low, high), with its interval.

    Squares of the distances to the ends add up, on either side (MOVER: Zou and Donner, 2008, Statistics in
    Medicine 27, 1693–1702): low = sum − √Σ (c v − lower end of c v)², high likewise.

    >>> value, low, high = combined((1, -1), [(0.9, 0.87, 0.93), (0.8, 0.76, 0.84)])
    >>> round(value, 3), round(low, 3), round(high, 3)
    (0.1, 0.05, 0.15)
    """
    c, held = np.asarray(weights, float), np.asarray(figures, float)
    terms = c[:, None] * held
    low, high = np.sort(terms[:, 1:], axis=1).T
    value = terms[:, 0].sum()
    below, above = np.sqrt(((terms[:, 0] - low) ** 2).sum()), np.sqrt(((high - terms[:, 0]) ** 2).sum())
    return float(value), float(value - below), float(value + above)


def folded(figure: Ends) -> Ends:
    """Return how far from zero a figure is: an interval that holds zero begins there.

    >>> folded((-0.2, -0.5, 0.1)), folded((-0.2, -0.3, -0.1))
    ((0.2, 0.0, 0.5), (0.2, 0.1, 0.3))
    """
    value, low, high = figure
    ends = sorted((abs(low), abs(high)))
    return abs(value), 0.0 if low <= 0 <= high else ends[0], ends[1]


def mean_of(values: ArrayLike) -> Ends:
    """Return the mean of three values or more with Student's interval for it.

    Raises `ValueError` for fewer: two values tell nothing of how much others differ.

    >>> [round(each, 2) for each in mean_of([1.0, 2.0, 3.0])]
    [2.0, 0.31, 3.69]
    """
    held = np.asarray(values, float)
    if len(held) < 3:
        raise ValueError(f"{len(held)} values have no interval for their mean")
    reach = student.ppf((1 + LEVEL) / 2, len(held) - 1) * held.std(ddof=1) / np.sqrt(len(held))
    return float(held.mean()), float(held.mean() - reach), float(held.mean() + reach)


def rank_correlation(x: ArrayLike, y: ArrayLike) -> Ends:
    """Return Spearman's correlation, with the interval of Bonett and Wright (2000, Psychometrika 65, 23–28).

    atanh r ± z √((1 + r²/2)/(n − 3)). Raises `ValueError` for fewer than `LEAST_PAIRS` pairs, and where all
    values of a side are alike.

    >>> [round(each, 2) for each in rank_correlation(range(10), [0, 2, 1, 3, 5, 4, 6, 8, 7, 9])]
    [0.96, 0.85, 0.99]
    """
    one, other = (rankdata(each) for each in (x, y))
    if len(one) < LEAST_PAIRS or np.ptp(one) == 0 or np.ptp(other) == 0:
        raise ValueError(f"no correlation over {len(one)} pairs")
    r = float(np.clip(np.corrcoef(one, other)[0, 1], -1, 1))
    if abs(r) > 1 - 1e-12:
        return r, r, r
    reach = NORMAL * np.sqrt((1 + r * r / 2) / (len(one) - 3))
    middle = np.arctanh(r)
    return r, float(np.tanh(middle - reach)), float(np.tanh(middle + reach))


def share_of(held: NDArray[np.bool_]) -> Ends:
    """Return the share of futures in which something holds, with Wilson's interval of 95 per cent.

    >>> [round(each, 3) for each in share_of(np.array([True] * 60 + [False] * 40))]
    [0.6, 0.502, 0.691]
    """
    share, low, high = interval_of(np.array([held.sum()]), len(held))
    return float(share[0]), float(low[0]), float(high[0])
