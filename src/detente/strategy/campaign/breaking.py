"""The smallest change that breaks a case's alliance, and what drives it: searched on a surrogate, checked in
the model.

A run of the model is futures drawn anew, milliseconds each, and a search takes tens of thousands. A Gaussian
process stands in for the model, fitted to runs spread over the knobs; each route that the search finds on it
is followed in the model itself until it really breaks, the runs join the others, and the search begins again
(active learning of limit states: Echard, Gayton and Lemaire 2011).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc
from threadpoolctl import threadpool_limits

from detente.errors import Problem, StrategyError, did_you_mean
from detente.simulation.ensemble.measures import label
from detente.strategy.campaign.stress import Stressed, column_of
from detente.strategy.sensitivity.designs import saltelli
from detente.strategy.sensitivity.indices import Indices, sobol
from detente.strategy.tipping.results import Route, Tipping
from detente.strategy.tipping.searching import nearest
from detente.strategy.tipping.space import Effort, Limit

if TYPE_CHECKING:
    from detente.cases.strategies import Stress

Floats = NDArray[np.float64]
SPREAD = 256
"""Runs of the model over all knobs, before the first search."""
ROUNDS = 4
"""Searches, each with the runs of those before."""
HALVINGS = 12
CLOSE = 0.01
"""A search that comes within this share of the one before ends them."""
DESIGN = 64
"""Base rows of the design for Sobol indices."""
MOST_ROUTES = 4


@dataclass(frozen=True, eq=False)
class Breaking:
    """What breaks one thing: `found` with routes that break in the model itself, after `checked` runs.

    `off` is by how much the surrogate was off at its routes, at worst, in units of the measure. `settled`
    says whether the last search came within one per cent of the one before.
    """

    key: str
    title: str
    found: Tipping
    checked: int
    off: float
    settled: bool

    def frame(self, titles: dict[str, str]) -> pd.DataFrame:
        """Return a row for each route and knob that takes part in it, knobs in words."""
        rows = self.found.frame()
        rows = rows[rows["share"] >= 0.01]
        told = rows.assign(title=[titles.get(key, key) for key in rows["input"]], broken=self.key)
        return told[["broken", "route", "distance", "low", "high", "input", "title", "change", "share"]]


def breaking(held: Stressed, stress: Stress, key: str) -> Breaking:
    """Return the smallest turns of the knobs that break what `key` names, and every separate route found.

    A distance of 1 is one knob turned as far as is plausible. Raises `StrategyError` where the case names no
    such break.
    """
    if key not in stress.breaks:
        hint = did_you_mean(key, stress.breaks) or f"there are {', '.join(stress.breaks)}"
        raise StrategyError(Problem(f"break {key!r}", "is not named", hint))
    spec, column = stress.breaks[key], column_of(stress, key)
    threshold = spec.below if spec.below is not None else spec.above
    assert threshold is not None
    x = _spread(held)
    means, errors = held.means(x)
    y = means[:, column]
    limit = Limit(threshold, above=spec.above is not None, error=float(errors[0, column]))
    found, settled, off = _surrogate(held, x, y, limit), False, 0.0
    routes: tuple[Route, ...] = ()
    runs = len(x)
    for _ in range(ROUNDS):
        before = routes[0].distance if routes else np.inf
        routes, more, off = _followed(held, found, limit, column)
        runs += len(more[0])
        x, y = np.concatenate([x, more[0]]), np.concatenate([y, more[1]])
        now = routes[0].distance if routes else np.inf
        settled = bool(now == before or abs(now - before) <= CLOSE * before)
        if settled or not len(more[0]):
            break
        found = _surrogate(held, x, y, limit)
    told = replace(found, routes=routes, base=float(y[0]), runs=runs, proven=False)
    return Breaking(key, spec.title, told, runs, off, settled)


def _spread(held: Stressed) -> Floats:
    """Return the knobs as they are, each at its ends, and turns spread evenly over all of them."""
    size = len(held.names)
    ends = np.concatenate([np.eye(size), np.diag(held.low)[held.low < 0]])
    points = qmc.Sobol(size, seed=np.random.default_rng([held.seed, size])).random(SPREAD)
    return np.concatenate([np.zeros((1, size)), ends, held.low + points * (1 - held.low)])


def _surrogate(held: Stressed, x: Floats, y: Floats, limit: Limit) -> Tipping:
    """Return what the search finds on a Gaussian process through the runs so far.

    On one thread of linear algebra, so that sums do not hang on the number of threads.
    """
    with threadpool_limits(1):
        process = _process(x, y)
        return nearest(
            lambda rows: np.asarray(process.predict(rows)),
            space=held.space,
            limit=limit,
            effort=Effort(seed=held.seed),
        )


def _process(x: Floats, y: Floats) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(np.full(x.shape[1], 2.0), (0.2, 50.0))
    kernel += WhiteKernel(1e-3, (1e-6, 1e-1))
    process = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=0, random_state=0)
    return process.fit(x, y)


def _followed(
    held: Stressed, found: Tipping, limit: Limit, column: int
) -> tuple[tuple[Route, ...], tuple[Floats, Floats], float]:
    """Return the routes as the model has them, with the runs that this took, and how far off they were.

    Along the direction of each route, the nearest point at which the model breaks is sought by halving; a
    route that does not break in the model anywhere within the bounds is dropped.
    """
    space, routes, off = held.space, [], 0.0
    rows: list[Floats] = []
    seen: list[Floats] = []

    def ask(points: Floats) -> Floats:
        values = held.means(points)[0][:, column]
        rows.append(points)
        seen.append(values)
        return limit.margin(values)

    for route in found.routes[:MOST_ROUTES]:
        if route.distance == 0:
            routes.append(route)
            continue
        way = route.change / route.distance
        furthest = min(
            (space.highest if step > 0 else space.lowest)[i] / step for i, step in enumerate(way) if step
        )
        steps = np.clip(route.distance * np.array([1.0, 1.1, 1.3, 1.7]), 0.0, furthest)
        margins = ask(steps[:, None] * way)
        off = max(off, float(abs(margins[0])))
        if not (margins < 0).any():
            continue
        last = int(np.argmax(margins < 0))
        low, high = (steps[last - 1] if last else 0.0), float(steps[last])
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if ask(middle * way[None])[0] < 0 else (middle, high)
        outcome = held.means(high * way[None])[0][0, column]
        ends = sorted((high * route.low / route.distance, high * route.high / route.distance))
        routes.append(
            replace(route, distance=high, low=ends[0], high=ends[1], point=space.plain(high * way[None])[0],
                    change=high * way, outcome=float(outcome))
        )  # fmt: skip
    size = len(held.names)
    told = tuple(sorted(routes, key=lambda each: each.distance))
    more = np.concatenate(rows) if rows else np.empty((0, size))
    return told, (more, np.concatenate(seen) if seen else np.empty(0)), off


def drivers(held: Stressed, *, base: int = DESIGN) -> Indices:
    """Return Sobol indices of every measure over the knobs, each taken to be equally likely anywhere between
    its ends, with intervals.
    """
    bounds = np.stack([held.low, np.ones(len(held.names))], axis=1)
    x = saltelli(bounds, size=base, seed=held.seed)
    outputs = tuple(label(each) for each in held.measures)
    return sobol(held.means(x)[0], inputs=held.names, outputs=outputs, seed=held.seed)
