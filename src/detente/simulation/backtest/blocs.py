"""Means and spreads of blocs, as forecast and as they came: members are those of the origin's last year."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.simulation.backtest.outcomes import CLEAR
from detente.simulation.backtest.predictive import Normal
from detente.simulation.panel.data import Panel

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 4
"""Least number of members with a reading."""
QUANTITIES = ("bloc mean", "bloc spread")


@dataclass(frozen=True, eq=False)
class Series:
    """One series of a bloc until the origin (T,), NaN where fewer than FEWEST members have readings."""

    values: Floats

    def forecasts(self, horizon: int) -> dict[str, Normal]:
        """Return what the rules say of the series itself, under the names of their models; nothing where the
        series is too short.
        """
        values = self.values
        if len(values) <= horizon + 2 or np.isnan(values[-1]):
            return {}
        changes = values[horizon:] - values[:-horizon]
        if (~np.isnan(changes)).sum() < 2:
            return {}
        yearly = float(np.nanmean(np.diff(values)))
        away = values - np.nanmean(values)
        rate = float(np.clip(np.nanmean(away[1:] * away[:-1]) / np.nanmean(away**2), 0.0, 0.999))
        told = {
            "random walk": (values[-1], changes),
            "random walk with drift": (values[-1] + horizon * yearly, changes - horizon * yearly),
            "AR(1)": (
                values[-1] - (1 - rate**horizon) * away[-1],
                away[horizon:] - rate**horizon * away[:-horizon],
            ),
            "mean so far": (np.nanmean(values), away),
        }
        return {name: _normal(centre, errors) for name, (centre, errors) in told.items()}

    @property
    def usual_change(self) -> float:
        """Standard deviation of the change from one year to the next."""
        return float(np.nanstd(np.diff(self.values)))


def _normal(centre: float, errors: Floats) -> Normal:
    return Normal(np.array([centre]), np.sqrt(np.array([np.nanmean(errors**2)])))


def summed(readings: Floats, inside: Bools) -> dict[str, Floats]:
    """Return mean and spread (standard deviation) over members of readings (..., N), NaN left out."""
    held = readings[..., inside]
    enough = (~np.isnan(held)).sum(axis=-1) >= FEWEST
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        told = {"bloc mean": np.nanmean(held, axis=-1), "bloc spread": np.nanstd(held, axis=-1)}
    return {name: np.where(enough, values, np.nan) for name, values in told.items()}


def series(panel: Panel, inside: Bools) -> dict[str, Series]:
    """Return the series of a bloc with today's members."""
    clear = np.where(panel.sd <= CLEAR, panel.reading, np.nan)
    return {name: Series(values) for name, values in summed(clear, inside).items()}
