"""Sell-by dates: when a portfolio no longer does what it is for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.pathways.intervals import Floats, of_share

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SellBy:
    """The first time (P,) by which a portfolio has failed its target in more than a share of futures.

    `low` and `high` are the ends of its interval: the first times at which the interval of that share reaches
    above, and lies above, what is accepted. Infinite where it does not come to that. `failed` (T, P, 3) is
    the share of futures in which it has failed by each time, with its interval. `lost` futures had a missing
    number.
    """

    date: Floats
    low: Floats
    high: Floats
    failed: Floats
    lost: int

    def frame(self) -> pd.DataFrame:
        """Return one row for each portfolio: `portfolio`, `date`, `low`, `high`, and `failed` at the end."""
        columns = {"date": self.date, "low": self.low, "high": self.high, "failed": self.failed[-1, :, 0]}
        return pd.DataFrame(columns).rename_axis("portfolio").reset_index()


def sell_by(outcome: Floats, *, target: float, share: float = 0.1, above: bool = True) -> SellBy:
    """Return until when portfolios hold: outcomes (F, T, P) must stay at or `above` the target (or below it).

    An adaptation tipping point and its date, as in Kwadijk et al. (2010) and Haasnoot et al. (2013). Raises
    `StrategyError` where the shape is another or the share is no share.

    >>> falling = np.linspace(1.0, 0.0, 11) + np.linspace(-0.1, 0.1, 50)[:, None]
    >>> sell_by(falling[..., None], target=0.55, share=0.5).date
    array([5.])
    """
    outcome = np.asarray(outcome, dtype=float)
    if outcome.ndim != 3 or 0 in outcome.shape:
        what = f"has shape {outcome.shape}, not (futures, times, portfolios)"
        raise StrategyError(Problem("outcome", what, "give one number for each"))
    if not 0 <= share < 1:
        raise StrategyError(Problem("share", f"{share:g} of futures", "give a share from 0 to below 1"))
    whole = np.isfinite(outcome).all(axis=(1, 2))
    kept = outcome[whole]
    if not len(kept):
        raise StrategyError(Problem("outcome", "has a missing number in every future", "look at the model"))
    fails = kept < target if above else kept > target
    failed = np.logical_or.accumulate(fails, axis=1).sum(axis=0).astype(float)
    shares = np.stack(of_share(failed, np.full(failed.shape, float(len(kept)))), axis=-1)
    date, high, low = (_first(shares[..., end] > share) for end in (0, 1, 2))
    return SellBy(date, low, high, shares, int((~whole).sum()))


def _first(reached: Bools) -> Floats:
    """Return the first time (P,) at which something is so (T, P), infinite if it never is."""
    return np.where(reached.any(axis=0), reached.argmax(axis=0).astype(float), np.inf)
