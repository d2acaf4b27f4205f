"""The scoreboard: every model's forecasts of the same decisions, against the plain weighted mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.simulation.scoring.deu import Decided

Floats = NDArray[np.float64]
Forecast = Callable[[Decided], float]

LEVEL = 0.95
NEAR = 0.10
YARDSTICK = "weighted mean (capability and salience)"
COLUMNS = [
    "model", "issues", "mean_error", "mean_error_low", "mean_error_high", "worse_by", "worse_low",
    "worse_high", "root_mean_square", "median_error", "within_ten", "verdict",
]  # fmt: skip
"""Errors are in points of a scale of 0 to 100; `worse_by` is the mean error less the yardstick's."""


def forecasts(decided: Sequence[Decided], models: Mapping[str, Forecast]) -> pd.DataFrame:
    """Return one row for each issue: its outcome, and each model's forecast in a column, from 0 to 1."""
    rows = [
        {
            "issue": each.issue,
            "proposal": each.proposal,
            "outcome": each.outcome,
            **{name: forecast(each) for name, forecast in models.items()},
        }
        for each in decided
    ]
    return pd.DataFrame(rows)


def scoreboard(
    told: pd.DataFrame, *, yardstick: str = YARDSTICK, draws: int = 4000, seed: int = 0
) -> pd.DataFrame:
    """Return how far each model is off on the same issues, and how much further than the yardstick.

    Intervals are of 95 per cent, from a bootstrap over proposals, since issues of one proposal hang together.
    A model is called better or worse only where the interval of the difference leaves zero out. The first row
    is the best.
    """
    models = [name for name in told if name not in ("issue", "proposal", "outcome")]
    error = 100 * np.abs(told[models].to_numpy(dtype=float) - told[["outcome"]].to_numpy(dtype=float))
    weight = _redrawn(told["proposal"], draws, seed)
    drawn = weight @ error / weight.sum(axis=1, keepdims=True)
    base = models.index(yardstick)
    gap, drawn_gap = error.mean(axis=0) - error[:, base].mean(), drawn - drawn[:, [base]]
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    low, high = np.quantile(drawn, ends, axis=0)
    less, more = np.quantile(drawn_gap, ends, axis=0)
    ends_of_gap = zip(models, less, more, strict=True)
    board = pd.DataFrame(
        {
            "model": models, "issues": len(told), "mean_error": error.mean(axis=0), "mean_error_low": low,
            "mean_error_high": high, "worse_by": gap, "worse_low": less, "worse_high": more,
            "root_mean_square": np.sqrt((error**2).mean(axis=0)), "median_error": np.median(error, axis=0),
            "within_ten": (error <= 100 * NEAR + 1e-9).mean(axis=0),
            "verdict": [_verdict(name == yardstick, one, two) for name, one, two in ends_of_gap],
        }
    )  # fmt: skip
    return board[COLUMNS].sort_values(["mean_error", "model"], ignore_index=True)


def _redrawn(groups: pd.Series, draws: int, seed: int) -> Floats:
    """Return how often each issue counts in each draw of proposals: (draws, issues)."""
    place, names = pd.factorize(groups)
    drawn = np.random.default_rng(seed).integers(len(names), size=(draws, len(names)))
    times = np.stack([np.bincount(row, minlength=len(names)) for row in drawn])
    return np.asarray(times[:, place], dtype=float)


def _verdict(yardstick: bool, low: float, high: float) -> str:
    if yardstick:
        return "the yardstick"
    if low > 0:
        return "worse"
    return "better" if high < 0 else "cannot be told from it"
