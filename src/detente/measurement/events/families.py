"""Many tests at once: p-values corrected for how many there are."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Correction = Literal["holm", "bh"]


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected by Holm: the chance of even one false finding is kept (Holm 1979).

    Those that are not a number are no tests: they stay so and do not count.

    >>> holm([0.01, 0.04, 0.03, np.nan]).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    stepped = p[order] * np.arange(len(order), 0, -1)
    return _placed(p, order, np.maximum.accumulate(stepped))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return p-values corrected by Benjamini and Hochberg (1995): the share of false findings is kept.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, np.nan]).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    stepped = p[order] * len(order) / np.arange(1, len(order) + 1)
    return _placed(p, order, np.minimum.accumulate(stepped[::-1])[::-1])


def _placed(p: Floats, order: NDArray[np.intp], corrected: Floats) -> Floats:
    found = np.full(len(p), np.nan)
    found[order] = np.minimum(corrected, 1.0)
    return found
