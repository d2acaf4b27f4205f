"""What a forecast has to beat: rules that know nothing but the readings themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.simulation.panel.data import Panel
from detente.simulation.panel.fit import fit_panel, over_scales
from detente.simulation.panel.layout import Spec

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Normals:
    """Normal forecasts of H years: mean and variance (H, N).

    `noisy` says whether the variance holds the noise of a reading already, as where it was taken from
    changes between readings.
    """

    mean: Floats
    variance: Floats
    noisy: bool


def last_reading(panel: Panel, years: int) -> Normals:
    """The last reading stays, give or take past changes over as many years."""
    now = latest(panel.reading)
    errors = [panel.reading[h:] - panel.reading[:-h] for h in range(1, years + 1)]
    return _with_errors(np.tile(now, (years, 1)), errors)


def random_walk(panel: Panel, years: int) -> Normals:
    """The position walks: last year's as the Kalman filter has it, each year's shock of one variance."""
    mean, variance, shock = _walk(panel)
    ahead = np.arange(1, years + 1)[:, None]
    return Normals(np.tile(mean, (years, 1)), variance + ahead * shock, noisy=False)


def drifting_walk(panel: Panel, years: int) -> Normals:
    """The position walks and goes on as it went since its first reading, (last - first) / years."""
    mean, variance, shock = _walk(panel)
    ahead = np.arange(1, years + 1)[:, None]
    column = np.arange(panel.reading.shape[1])
    passed = np.maximum(panel.reading.shape[0] - 1 - panel.first, 1)
    drift = (mean - panel.reading[panel.first, column]) / passed
    return Normals(mean + ahead * drift, variance + ahead * shock + ahead**2 * shock / passed, noisy=False)


def autoregression(panel: Panel, years: int) -> Normals:
    """The position returns to the actor's mean, by a rate that all share.

    The rate is the autocovariance at two years over that at one, both free of the noise of readings; what is
    noise in today's deviation follows from the variance.
    """
    reading = panel.reading
    centre = np.nanmean(reading, axis=0)
    away = reading - centre
    products = [away[lag:] * away[: len(away) - lag] for lag in range(3)]
    lags = [float(np.nansum(each) / max((~np.isnan(each)).sum(), 1)) for each in products]
    rate = float(np.clip(lags[2] / lags[1], 0.0, 0.999)) if lags[1] > 0 else 0.0
    trust = float(np.clip(lags[1] / rate / lags[0], 0.0, 1.0)) if rate > 0 else 0.0
    now = trust * latest(away)
    powers = rate ** np.arange(1, years + 1)
    errors = [away[h:] - trust * powers[h - 1] * away[:-h] for h in range(1, years + 1)]
    return _with_errors(centre + powers[:, None] * now, errors)


def bloc_mean(panel: Panel, years: int) -> Normals:
    """Everybody is where the mean of its blocs was last read; who is in none, where the mean of all was."""
    member = panel.tables[0]
    centre = np.stack([_bloc_means(row, inside) for row, inside in zip(panel.reading, member, strict=True)])
    errors = [panel.reading[h:] - centre[:-h] for h in range(1, years + 1)]
    return _with_errors(np.tile(centre[-1], (years, 1)), errors)


BASELINES: Mapping[str, Callable[[Panel, int], Normals]] = {
    "random walk": random_walk,
    "last reading": last_reading,
    "random walk with drift": drifting_walk,
    "AR(1)": autoregression,
    "bloc mean": bloc_mean,
}
"""The first is the yardstick."""


def latest(table: Floats) -> Floats:
    """Return the last value in each column (T, N) that is there.

    >>> latest(np.array([[1.0, 2.0], [np.nan, 3.0]])).tolist()
    [1.0, 3.0]
    """
    there = ~np.isnan(table)
    row = len(table) - 1 - there[::-1].argmax(axis=0)
    return np.asarray(table[row, np.arange(table.shape[1])])


def _walk(panel: Panel) -> tuple[Floats, Floats, float]:
    found = fit_panel(panel, Spec.walk(), uncertain=False)
    filtered = found.filtered
    mean, variance = over_scales(filtered.mean[-1], filtered.variance[-1], filtered.share)
    return mean, variance, float(found.layout.law(found.z)[0].scale[0])


def _with_errors(mean: Floats, errors: list[Floats]) -> Normals:
    """Give forecasts the mean square of past errors of all actors over as many years, or over the most years
    that the panel has errors for.
    """
    square: list[float] = []
    for error in errors:
        held = error[~np.isnan(error)]
        square.append(float((held**2).mean()) if len(held) else square[-1] if square else 1.0)
    return Normals(mean, np.broadcast_to(np.array(square)[:, None], mean.shape).copy(), noisy=True)


def _bloc_means(reading: Floats, member: Floats) -> Floats:
    there = ~np.isnan(reading)
    inside = member * there[:, None]
    count = inside.sum(axis=0)
    held = count > 0
    centre = (inside * np.nan_to_num(reading)[:, None]).sum(axis=0)[held] / count[held]
    belongs = member[:, held]
    number = belongs.sum(axis=1)
    means = belongs @ centre / np.maximum(number, 1)
    return np.asarray(np.where(number > 0, means, reading[there].mean()))
