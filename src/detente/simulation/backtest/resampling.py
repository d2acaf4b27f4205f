"""How far a mean of scores might be off: a bootstrap over blocks of origins and over actors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
DRAWS = 2000


def mean_interval(
    values: pd.DataFrame, *, block: int, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float, float]:
    """Return the mean of `values` (origin, who, value) and its interval of 95 per cent.

    Forecasts from neighbouring origins share their outcomes' years, and all forecasts of one actor share its
    habits: origins are drawn in circular blocks of `block` in a row (Politis & Romano 1992), and actors, as
    wholes, at the same time (two-way, Owen 2007, Ann. Appl. Stat. 1:386).

    >>> table = pd.DataFrame({"origin": [1, 2, 3], "who": "a", "value": [1.0, 1.0, 1.0]})
    >>> mean_interval(table, block=1)
    (1.0, 1.0, 1.0)
    """
    table = values.pivot(index="origin", columns="who", values="value").to_numpy(dtype=float)
    there = ~np.isnan(table)
    held = np.where(there, table, 0.0)
    rng = np.random.default_rng(seed)
    years = _blocks(len(table), min(block, len(table)), draws, rng)
    actors = _counts(rng.integers(table.shape[1], size=(draws, table.shape[1])), table.shape[1])
    total = np.einsum("do,oa,da->d", years, held, actors, optimize=True)
    number = np.einsum("do,oa,da->d", years, there.astype(float), actors, optimize=True)
    drawn = total[number > 0] / number[number > 0]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(held.sum() / there.sum()), float(low), float(high)


def _blocks(size: int, block: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return how often each of `size` origins counts, (draws, size)."""
    number = -(-size // block)
    starts = rng.integers(size, size=(draws, number))
    places = (starts[:, :, None] + np.arange(block)) % size
    return _counts(places.reshape(draws, -1)[:, :size], size)


def _counts(places: NDArray[np.int64], size: int) -> Floats:
    rows = np.arange(len(places))[:, None] * size
    return np.asarray(np.bincount((places + rows).ravel(), minlength=len(places) * size), float).reshape(
        len(places), size
    )
