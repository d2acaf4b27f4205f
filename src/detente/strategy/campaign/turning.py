"""What would change an advice: how else objectives would have to weigh for another portfolio to lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.strategy.campaign.matrix import Campaign, Floats

FACTORS = np.array([0.0, 0.25, 0.5, 2 / 3, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0])
"""How many times as much an objective is made to weigh."""


@dataclass(frozen=True, eq=False)
class Turning:
    """By objective, the weights nearest to those of the case at which another portfolio leads."""

    rows: pd.DataFrame
    """objective, side ("less" or "more"), factor, portfolio; a side on which nothing changes has no row."""


def turning(found: Campaign) -> Turning:
    """Return at what weights another portfolio would have the least mean regret.

    Weights are multiplied one by one, by up to four and down to nothing; the others stay.
    """
    names = found.ledgers[0].names
    mean = found.points
    now = _leader(mean.sum(axis=3))
    rows = []
    for place, name in enumerate(names):
        if np.ptp(mean[..., place]) == 0:
            continue
        for side, factors in (("less", FACTORS[FACTORS < 1][::-1]), ("more", FACTORS[FACTORS > 1])):
            for factor in factors:
                then = _leader(mean.sum(axis=3) + (factor - 1) * mean[..., place])
                if then != now:
                    rows.append((name, side, float(factor), found.rows[then]))
                    break
    return Turning(pd.DataFrame(rows, columns=["objective", "side", "factor", "portfolio"]))


def _leader(points: Floats) -> int:
    """Return the portfolio with the least mean regret, of points (portfolios, answers, futures)."""
    regret = (points.max(axis=0, keepdims=True) - points).mean(axis=(1, 2))
    return int(regret.argmin())
