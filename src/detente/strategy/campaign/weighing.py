"""Which portfolio holds up: robustness, regret and the front of objectives, from a campaign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.strategy.campaign.matrix import Campaign, Floats
from detente.strategy.campaign.sides import NOTHING
from detente.strategy.robustness.best import Best, best
from detente.strategy.robustness.comparing import Robustness, robustness
from detente.strategy.robustness.goals import Goals
from detente.strategy.robustness.metrics import Criteria
from detente.strategy.robustness.pareto import Front, pareto

TOLERANCE = 0.02
"""Points by which a portfolio must beat another on an objective to count as better there."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """What holds up over futures and answers: `best` by mean regret, all metrics, and the front."""

    best: Best
    robustness: Robustness
    front: Front
    gambles: pd.DataFrame
    """By portfolio: mean points, the ends of the middle 80 per cent of futures, and how often it does worse
    than doing nothing would in the same future."""


def weigh(found: Campaign, *, resamples: int = 1000) -> Weighed:
    """Return what holds up of a campaign's portfolios; every answer of the other side weighs the same."""
    points = found.payoffs[..., 0].transpose(0, 2, 1)
    names = found.rows
    means = found.points.mean(axis=1).transpose(0, 2, 1)
    vary = [place for place in range(means.shape[1]) if np.ptp(means[:, place]) > 0]
    told = found.ledgers[0].names
    goals = Goals(
        directions=("max",) * len(vary), names=tuple(told[place] for place in vary), tolerance=TOLERANCE
    )
    return Weighed(
        best=best(points, portfolios=names, resamples=resamples, seed=found.seed),
        robustness=robustness(
            points, criteria=Criteria(threshold=0.0), portfolios=names, resamples=resamples, seed=found.seed
        ),
        front=pareto(means[:, vary], goals=goals, portfolios=names, resamples=resamples, seed=found.seed),
        gambles=_gambles(points, names),
    )


def _gambles(points: Floats, names: tuple[str, ...]) -> pd.DataFrame:
    by_future = points.mean(axis=2)
    still = by_future[names.index(NOTHING)]
    low, high = np.quantile(by_future, [0.1, 0.9], axis=1)
    worse = (by_future < still - 1e-12).mean(axis=1)
    return pd.DataFrame(
        {"portfolio": names, "points": by_future.mean(axis=1), "p10": low, "p90": high, "worse": worse}
    )
