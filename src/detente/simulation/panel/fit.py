"""Fit of the panel: parameters at the maximum of their posterior, uncertain by its curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from detente.errors import Problem, SimulationError, did_you_mean, raise_all
from detente.posterior import Posterior
from detente.simulation.panel.data import Panel
from detente.simulation.panel.estimate import Estimate
from detente.simulation.panel.kernels import Data, Filtered, filter_panel
from detente.simulation.panel.layout import Layout, Spec, lay_out
from detente.simulation.panel.smoothing import smooth_panel

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]

DIFFERENCE = 1e-4
CURVED = 0.05
ROUGH = 0.2
"""Steps, in prior sds, of the slope, of the curvature, and of the curvature where the search begins."""
NEWTON = 3
FLATTEST = 0.25
"""Least curvature of the posterior in any direction, in those of the prior; the prior alone has 1."""


@dataclass(frozen=True, eq=False)
class PanelFit(Posterior):
    """Parameters of a panel, and where its actors stood.

    `z` (slots,) and `covariance` (slots, slots) are on the working scale of `layout`; `likelihood` is the log
    likelihood at `z`, given first readings. `converged` says whether the search came to rest.
    """

    panel: Panel
    spec: Spec
    layout: Layout
    z: Floats
    covariance: Floats
    likelihood: float
    converged: bool
    evaluations: int

    @cached_property
    def estimate(self) -> Estimate:
        """What is known at the end, apart from the data."""
        found = self.filtered
        share = np.exp(found.share - found.share.max(axis=0))
        return Estimate(
            layout=self.layout,
            z=self.z,
            covariance=self.covariance,
            actors=self.panel.actors,
            blocs=self.panel.blocs,
            covariates=self.panel.covariates,
            year=self.panel.years[-1],
            mean=found.mean[-1],
            sd=np.sqrt(found.variance[-1]),
            share=share / share.sum(axis=0),
            source=self.panel.source,
        )

    def to_datatree(self, *, draws: int = 1000, rng: np.random.Generator | None = None) -> xr.DataTree:
        """Return draws with names: groups posterior and prior (see `Estimate.to_datatree`), and the panel.

        observed_data holds `reading` (year, actor), NaN where an actor did not vote, constant_data its `sd`.
        """
        import xarray as xr

        panel, cells = self.panel, ("year", "actor")
        coords = {"year": list(panel.years), "actor": list(panel.actors)}
        tree = self.estimate.to_datatree(draws=draws, rng=rng)
        tree["observed_data"] = xr.DataTree(xr.Dataset({"reading": (cells, panel.reading)}, coords=coords))
        tree["constant_data"] = xr.DataTree(xr.Dataset({"sd": (cells, panel.sd)}, coords=coords))
        return tree

    def parameters(self) -> pd.DataFrame:
        """Return parameters with their intervals of 90 per cent: part, name, estimate, low, high, mark."""
        return self.estimate.parameters()

    @cached_property
    def filtered(self) -> Filtered:
        """What is known after each year of that year and those before."""
        law, beta, drift = self.layout.law(self.z)
        found: Filtered = filter_panel(filter_data(self.panel, beta, drift), law, True)
        return found

    def smoothed(self) -> pd.DataFrame:
        """Return where actors stood, given all years: actor, year, mean, sd, mark; from the first reading
        on.
        """
        found, law = self.filtered, self.layout.law(self.z)[0]
        mean, variance = np.empty_like(found.mean), np.empty_like(found.mean)
        smooth_panel(found, law, self.panel.first, mean, variance)
        return self._framed(mean, variance)

    def known(self) -> pd.DataFrame:
        """Return where actors stood as far as each year could know: actor, year, mean, sd, mark."""
        return self._framed(self.filtered.mean, self.filtered.variance)

    def _framed(self, mean: Floats, variance: Floats) -> pd.DataFrame:
        centre, spread = over_scales(mean, variance, self.filtered.share)
        years, actors = np.array(self.panel.years), np.array(self.panel.actors, object)
        since = np.arange(len(years))[:, None] >= self.panel.first
        row, column = np.nonzero(since)
        return pd.DataFrame(
            {
                "actor": actors[column],
                "year": years[row],
                "mean": centre[row, column],
                "sd": np.sqrt(spread[row, column]),
                "mark": "estimated",
            }
        )


def fit_panel(panel: Panel, spec: Spec | None = None, *, uncertain: bool = True) -> PanelFit:
    """Return the parameters of the panel at the maximum of their posterior, with Laplace's covariance.

    x_t = x_{t-1} + d + sum_b alpha_b (m_b - x_{t-1}) + omega sum_j W_ij (x_j - x_i) + beta' dz_t + u_t + e_t,
    reading_t = x_t + noise, sd of the noise known. Without `uncertain` the parameters are taken as exact,
    which saves half the time.

    Raises SimulationError for covariates that the panel lacks, and where there are fewer than three years.

    >>> fit_panel(panel, Spec(), uncertain=False).parameters  # of `CasePanels.until`  # doctest: +SKIP
    """
    spec = spec or Spec()
    _check(panel, spec)
    listening = bool(panel.tables[1].any())
    layout = lay_out(spec, panel.blocs, panel.covariates, influence=listening)
    free = np.array([slot.prior.sd > 0 for slot in layout.slots])
    cost = _cost(panel, layout, free)
    found = _search(cost, int(free.sum()))
    z = np.zeros(len(free))
    z[free] = found.x
    covariance = np.zeros((len(free), len(free)))
    if uncertain:
        covariance[np.ix_(free, free)] = _inverse(_curvature(cost, found.x, float(found.fun)))
    covariance += 1e-12 * np.eye(len(free))
    return PanelFit(
        panel=panel,
        spec=spec,
        layout=layout,
        z=z,
        covariance=covariance,
        likelihood=-float(found.fun) + 0.5 * float(found.x @ found.x),
        converged=bool(found.success),
        evaluations=int(found.nfev),
    )


@dataclass(frozen=True)
class Effect:
    """What one covariate adds, all else as fitted: move per unit of change, its sd, and what the log
    posterior gains by it.
    """

    beta: float
    sd: float
    gain: float


def covariate_effect(fit: PanelFit, name: str, *, change: Floats) -> Effect:
    """Return the effect of a covariate whose changes are `change` (T, N), with all other parameters held.

    Newton's method on the log posterior of beta alone. Raises SimulationError for changes of another shape.
    """
    if change.shape != fit.panel.reading.shape:
        hint = f"give {fit.panel.reading.shape}, years by actors"
        raise SimulationError(Problem(f"changes of {name}", f"have shape {change.shape}", hint))
    panel = replace(fit.panel, covariates=(name,), change=change[:, :, None])
    listening = bool(panel.tables[1].any())
    layout = lay_out(replace(fit.spec, covariates=None), panel.blocs, (name,), influence=listening)
    place = next(number for number, slot in enumerate(layout.slots) if slot.part == "beta")
    held = fit.z[[number for number, slot in enumerate(fit.layout.slots) if slot.part != "beta"]]
    cost = _cost(panel, layout, np.ones(len(layout.slots), dtype=bool))

    def along(x: float) -> float:
        return cost(np.insert(held, place, x))

    x, curved, base = 0.0, 1.0, along(0.0)
    for _ in range(NEWTON):
        here, up, down = along(x), along(x + CURVED), along(x - CURVED)
        curved = max((up + down - 2 * here) / CURVED**2, FLATTEST)
        x -= (up - down) / (2 * CURVED) / curved
    sd = layout.slots[place].prior.sd
    return Effect(sd * x, sd / float(np.sqrt(curved)), base - along(x))


def _check(panel: Panel, spec: Spec) -> None:
    problems = [
        Problem(f"covariate {name!r}", "is not in the panel", did_you_mean(name, panel.covariates))
        for name in spec.covariates or ()
        if name not in panel.covariates
    ]
    if len(panel.years) < 3:
        hint = "a law of motion needs three or more"
        problems.append(Problem("years", f"the panel has {len(panel.years)}", hint))
    raise_all(SimulationError, problems)


def filter_data(panel: Panel, beta: Floats, drift: float) -> Data:
    """Return the panel as the filter wants it: fresh arrays of one layout, so that one compilation serves."""
    member, influence, change = panel.tables
    year, actor, partner = np.nonzero(influence)
    listened = np.bincount(year * len(panel.actors) + actor, minlength=panel.reading.size)
    start = np.concatenate(([0], np.cumsum(listened))).astype(np.int64)
    rows = np.arange(panel.reading.size).reshape(panel.reading.shape)
    return Data(
        reading=np.array(panel.reading, order="C"),
        noise=np.array(np.where(np.isnan(panel.reading), 1.0, panel.sd) ** 2, order="C"),
        member=np.array(member, order="C"),
        drive=np.array(change @ beta + drift, order="C"),
        start=np.column_stack((start[rows], start[rows[:, -1] + 1])),
        partner=partner.astype(np.int64),
        weight=influence[year, actor, partner],
    )


def _cost(panel: Panel, layout: Layout, free: NDArray[np.bool_]) -> Callable[[Floats], float]:
    data = filter_data(panel, np.zeros(len(panel.covariates)), 0.0)
    change = panel.tables[2]

    def cost(x: Floats) -> float:
        z = np.zeros(len(free))
        z[free] = x
        law, beta, drift = layout.law(z)
        held = data._replace(drive=np.array(change @ beta + drift, order="C"))
        found = filter_panel(held, law, False).likelihood
        return 0.5 * float(x @ x) - (found if np.isfinite(found) else -1e10)

    return cost


def _search(cost: Callable[[Floats], float], size: int) -> OptimizeResult:
    """Return the minimum, searched for in units in which the cost curves alike in every direction."""
    base = cost(np.zeros(size))
    around = np.array([cost(step) + cost(-step) for step in ROUGH * np.eye(size)])
    curved = (around - 2 * base) / ROUGH**2
    unit = 1 / np.sqrt(np.maximum(curved, 1.0))
    found = minimize(
        lambda w: cost(unit * w),
        np.zeros(size),
        method="L-BFGS-B",
        options={"eps": DIFFERENCE, "ftol": 1e-9, "gtol": 0.01, "maxiter": 100},
    )
    found.x = unit * found.x
    return found


def _curvature(cost: Callable[[Floats], float], x: Floats, base: float) -> Floats:
    """Return second derivatives by central differences."""
    size = len(x)
    steps = CURVED * np.eye(size)
    single = np.array([[cost(x + step), cost(x - step)] for step in steps])
    out = np.diag(single.sum(axis=1) - 2 * base)
    for a in range(size):
        for b in range(a):
            both = cost(x + steps[a] + steps[b]) + cost(x - steps[a] - steps[b])
            out[a, b] = out[b, a] = 0.5 * (both + 2 * base - single[a].sum() - single[b].sum())
    return out / CURVED**2


def _inverse(curvature: Floats) -> Floats:
    value, vector = np.linalg.eigh(curvature)
    return np.asarray((vector / np.maximum(value, FLATTEST)) @ vector.T)


def over_scales(mean: Floats, variance: Floats, log_share: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance over scales: from (..., G, N) and logs of shares (G, N) to (..., N)."""
    share = np.exp(log_share - log_share.max(axis=0))
    share /= share.sum(axis=0)
    centre = (share * mean).sum(axis=-2)
    return centre, (share * (variance + mean**2)).sum(axis=-2) - centre**2
