"""Forecasts of readings as distributions: how likely an outcome was, and how far off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from detente.simulation.backtest.kernels import noisy_density, sample_crps

Floats = NDArray[np.float64]

CENTRAL = 0.80
"""The interval whose half-width is calibrated."""
LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class Scores:
    """One score per outcome (N,): `crps`, `log` (minus the log density: less is better), and `below`, the
    probability that had been given to less than the outcome.
    """

    crps: Floats
    log: Floats
    below: Floats


@dataclass(frozen=True, eq=False)
class Normal:
    """N normal forecasts."""

    mean: Floats
    sd: Floats

    @property
    def centre(self) -> Floats:
        """(N,) medians."""
        return self.mean

    @property
    def half(self) -> Floats:
        """(N,) half-widths of central intervals of 80 per cent."""
        return np.asarray(self.sd * ndtri((1 + CENTRAL) / 2))

    def score(self, outcome: Floats) -> Scores:
        """Return the scores of outcomes (N,)."""
        z = (outcome - self.mean) / self.sd
        log = 0.5 * z**2 + np.log(self.sd) + 0.5 * math.log(2 * math.pi)
        return Scores(crps_normal(self.mean, self.sd, outcome), log, ndtr(z))

    def sample(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return draws (draws, N), each forecast by itself."""
        return np.asarray(self.mean + self.sd * rng.standard_normal((draws, len(self.mean))))


@dataclass(frozen=True, eq=False)
class Sampled:
    """N forecasts by draws of positions (S, N), and of their readings.

    Readings have normal noise of variance `noise` (N,), and in a share of cases `wild_variance` more.
    """

    positions: Floats
    readings: Floats
    noise: Floats
    wild_share: float = 0.0
    wild_variance: float = 0.0

    @classmethod
    def of(cls, draws: Floats) -> Sampled:
        """Return forecasts by draws (S, N) of what is read itself, smoothed for their density by a normal
        kernel (Silverman 1986, eq. 3.31).
        """
        low, high = np.quantile(draws, [0.25, 0.75], axis=0)
        spread = np.minimum(draws.std(axis=0), (high - low) / 1.34)
        width = 0.9 * spread * len(draws) ** -0.2
        return cls(draws, draws, np.maximum(width, 1e-9) ** 2)

    @cached_property
    def _quantiles(self) -> Floats:
        return np.quantile(self.readings, [(1 - CENTRAL) / 2, 0.5, (1 + CENTRAL) / 2], axis=0)

    @property
    def centre(self) -> Floats:
        """(N,) medians of readings."""
        return np.asarray(self._quantiles[1])

    @property
    def half(self) -> Floats:
        """(N,) half-widths of central intervals of 80 per cent."""
        return np.asarray((self._quantiles[2] - self._quantiles[0]) / 2)

    def score(self, outcome: Floats) -> Scores:
        """Return the scores of outcomes (N,)."""
        size = len(outcome)
        crps, density, below = np.empty(size), np.empty(size), np.empty(size)
        sample_crps(self.readings, outcome, crps)
        noisy_density(
            self.positions, self.noise, self.wild_share, self.wild_variance, outcome, density, below
        )
        return Scores(crps, -np.log(np.maximum(density, LEAST)), below)


Predictive = Normal | Sampled


def crps_normal(mean: Floats, sd: Floats, outcome: Floats) -> Floats:
    """Return the continuous ranked probability score of normals (Gneiting & Raftery 2007, JASA 102:359).

    >>> crps_normal(np.zeros(1), np.ones(1), np.zeros(1)).round(4).tolist()
    [0.2337]
    """
    z = (outcome - mean) / sd
    density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return np.asarray(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi)))


def score_stretched(forecast: Predictive, outcome: Floats, factor: float) -> Scores:
    """Return the scores of a forecast stretched by `factor` about its median.

    Where F is the forecast, the stretched one is F(m + (y - m) / factor).

    >>> one, two = Normal(np.zeros(1), np.ones(1)), Normal(np.zeros(1), np.full(1, 2.0))
    >>> bool(np.isclose(score_stretched(one, np.ones(1), 2.0).log, two.score(np.ones(1)).log)[0])
    True
    """
    centre = forecast.centre
    found = forecast.score(centre + (outcome - centre) / factor)
    return Scores(factor * found.crps, found.log + math.log(factor), found.below)
