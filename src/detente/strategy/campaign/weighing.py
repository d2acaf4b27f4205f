"""Which portfolio holds up: robustness, regret, the front of objectives, and targets met, from a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.strategy.campaign.matrix import Campaign, Floats
from detente.strategy.campaign.payoffs import measured
from detente.strategy.campaign.sides import NOTHING
from detente.strategy.pathways.intervals import of_share
from detente.strategy.robustness.best import Best, best
from detente.strategy.robustness.comparing import Robustness, robustness
from detente.strategy.robustness.goals import Goals
from detente.strategy.robustness.metrics import Criteria
from detente.strategy.robustness.pareto import Front, pareto

TOLERANCE = 0.02
"""Points by which a portfolio must beat another on an objective to count as better there."""
SAME = 1e-9
"""Points below which two payoffs are the same."""
MET = ["portfolio", "objective", "target", "met", "low", "high", "always", "always_low", "always_high"]


@dataclass(frozen=True, eq=False)
class Weighed:
    """What holds up over futures and answers: `best` by mean regret, all metrics, and the front."""

    best: Best
    robustness: Robustness
    front: Front
    gambles: pd.DataFrame
    """By portfolio: mean points, the ends of the middle 80 per cent of futures, and how often it does worse
    than doing nothing would in the same future."""
    targets: pd.DataFrame
    """By portfolio and objective that has a target: how often it is `met` over futures and answers, and in
    what share of futures `always`, whatever the answer; both with 95 per cent intervals."""
    alike: bool
    """Whether all portfolios come to the same points in every future, so that nothing tells them apart."""


def weigh(found: Campaign, *, resamples: int = 1000) -> Weighed:
    """Return what holds up of a campaign's portfolios; every answer of the other side weighs the same."""
    points = found.payoffs[..., 0].transpose(0, 2, 1)
    names = found.rows
    return Weighed(
        best=best(points, portfolios=names, resamples=resamples, seed=found.seed),
        robustness=robustness(
            points, criteria=Criteria(threshold=0.0), portfolios=names, resamples=resamples, seed=found.seed
        ),
        front=_front(found, resamples),
        gambles=_gambles(points, names),
        targets=pd.DataFrame(_targets(found), columns=MET),
        alike=bool(np.ptp(points, axis=0).max() <= SAME),
    )


def _front(found: Campaign, resamples: int) -> Front:
    """Return the front of the objectives that differ at all; where none does, of the first alone."""
    means = found.points.mean(axis=1).transpose(0, 2, 1)
    vary = [place for place in range(means.shape[1]) if np.ptp(means[:, place]) > SAME] or [0]
    told = found.ledgers[0].names
    goals = Goals(
        directions=("max",) * len(vary), names=tuple(told[place] for place in vary), tolerance=TOLERANCE
    )
    return pareto(means[:, vary], goals=goals, portfolios=found.rows, resamples=resamples, seed=found.seed)


def _gambles(points: Floats, names: tuple[str, ...]) -> pd.DataFrame:
    by_future = points.mean(axis=2)
    still = by_future[names.index(NOTHING)]
    low, high = np.quantile(by_future, [0.1, 0.9], axis=1)
    worse = (by_future < still - SAME).mean(axis=1)
    return pd.DataFrame(
        {"portfolio": names, "points": by_future.mean(axis=1), "p10": low, "p90": high, "worse": worse}
    )


def _targets(found: Campaign) -> Iterator[tuple[object, ...]]:
    """Yield how often each portfolio meets each target.

    Intervals are Wilson's for as many trials as there are futures. `met` is a mean of shares over answers,
    which varies less from future to future than a yes or no does: its interval is rather too wide.
    """
    told = measured(found.side, found.prepared.case)
    for name, want in found.side.player.objectives.items():
        if want.target is None or name not in told:
            continue
        values = found.outcomes[..., found.measures.index(told[name])]
        meets = values >= want.target - SAME if want.want == "more" else values <= want.target + SAME
        number = np.array(float(values.shape[2]))
        for row, portfolio in enumerate(found.rows):
            shares = meets[row].mean(), meets[row].all(axis=0).mean()
            ends = [float(end) for share in shares for end in of_share(np.rint(share * number), number)]
            yield portfolio, name, want.target, *ends
