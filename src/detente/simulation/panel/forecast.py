"""Futures of the panel: draws of every position in the years after the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all

if TYPE_CHECKING:
    from detente.simulation.panel.fit import PanelFit

Floats = NDArray[np.float64]
MOST_YEARS = 50


@dataclass(frozen=True, eq=False)
class Forecast:
    """Draws of positions in the H years after `year`.

    `positions` (H, S, N) without noise of readings. A reading of one of them has its own noise, and in a
    share `wild_share` of cases `wild_variance` more.
    """

    actors: tuple[str, ...]
    year: int
    positions: Floats
    wild_share: float
    wild_variance: float

    def readings(self, noise: Floats, rng: np.random.Generator) -> Floats:
        """Return draws of readings, (H, S, N), whose noise has variances `noise` (H, N)."""
        wild = self.wild_variance * (rng.random(self.positions.shape) < self.wild_share)
        spread = np.sqrt(noise[:, None, :] + wild)
        return np.asarray(self.positions + spread * rng.standard_normal(self.positions.shape))


def forecast(fit: PanelFit, *, years: int, draws: int, rng: np.random.Generator) -> Forecast:
    """Return futures under the fitted law, with what is not known of its parameters and of today's positions.

    Members stay members, partners stay partners, and covariates do not change.

    Raises SimulationError where there is nothing to draw.

    >>> forecast(fit, years=5, draws=1000, rng=np.random.default_rng(0))  # of `fit_panel`  # doctest: +SKIP
    """
    _check(years, draws)
    drawn = fit.estimate.draw(rng, draws)
    start, scale = fit.estimate.draw_actors(drawn, rng)
    size, actors = draws, len(fit.panel.actors)
    member, influence = (table[-1] for table in fit.panel.tables[:2])
    alpha = drawn.get("alpha", np.zeros((size, member.shape[1])))
    omega = drawn.get("omega", np.zeros((size, 1)))
    common = drawn.get("common", np.zeros((size, member.shape[1] + 1)))
    drift = drawn.get("drift", np.zeros((size, 1)))
    average = member / np.maximum(member.sum(axis=0), 1.0)
    pulled = alpha @ member.T + omega * influence.sum(axis=1)
    loads = np.column_stack((member, np.ones(actors)))
    x, out = start, np.empty((years, size, actors))
    for h in range(years):
        towards = (alpha * (x @ average)) @ member.T + omega * (x @ influence.T)
        shocks = (common * rng.standard_normal(common.shape)) @ loads.T + scale * own_shocks(
            drawn.get("dof"), scale.shape, rng
        )
        x = x - pulled * x + towards + drift + shocks
        out[h] = x
    wild = fit.layout.law(fit.z)[0]
    return Forecast(
        fit.panel.actors, fit.panel.years[-1], out, float(wild.wild_share[1:].sum()), float(wild.wild[-1])
    )


def own_shocks(dof: Floats | None, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return own shocks of scale 1: Student's where degrees of freedom (draws, 1) are given."""
    return rng.standard_normal(shape) if dof is None else rng.standard_t(dof, shape)


def _check(years: int, draws: int) -> None:
    problems = []
    if not 1 <= years <= MOST_YEARS:
        hint = f"give 1 to {MOST_YEARS}; further ahead, nothing is left of what is known today"
        problems.append(Problem("years", f"{years} years ahead", hint))
    if draws < 1:
        problems.append(Problem("draws", f"{draws} futures", "give at least 1"))
    raise_all(SimulationError, problems)
