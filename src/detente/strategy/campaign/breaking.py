"""The smallest change that breaks a case's alliance, and what drives it: searched on a surrogate, checked in
the model.

A run of the model is futures drawn anew, milliseconds each, and a search takes tens of thousands. A Gaussian
process stands in for the model, fitted to runs spread over the knobs; each route that the search finds on it
is followed in the model itself until it really breaks, the runs join the others, and the search begins again
(active learning of limit states: Echard, Gayton and Lemaire 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

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
from detente.strategy.tipping.rays import length
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
FURTHER = np.array([1.0, 1.1, 1.3, 1.7])
"""How far along a route of the surrogate the model is asked, in parts of its distance."""
ALIKE = 0.95
"""Cosine of the angle between two directions from which on they are taken for one route."""


@dataclass(frozen=True, eq=False)
class Breaking:
    """What breaks one thing: `found` with routes that break in the model itself, after `checked` runs of it.

    Of `found`, `worst` is the worst outcome of all these runs, and `checked` how many of those that were
    spread over the knobs lie nearer than the nearest route: none of them breaks. `off` is by how much the
    surrogate was off at its routes, at worst, in units of the measure. `settled` says whether the last search
    came within one per cent of the one before. In `lost` futures at most numbers grew beyond bounds.
    """

    key: str
    title: str
    found: Tipping
    checked: int
    off: float
    settled: bool
    lost: int = 0

    def frame(self, titles: dict[str, str]) -> pd.DataFrame:
        """Return a row for each route and knob that takes part in it, knobs in words."""
        rows = self.found.frame()
        rows = rows[rows["share"] >= 0.01]
        told = rows.assign(title=[titles.get(key, key) for key in rows["input"]], broken=self.key)
        return told[["broken", "route", "distance", "low", "high", "input", "title", "change", "share"]]

    def row(self) -> dict[str, object]:
        """Return what was found in one row, with the outcome as it is and at worst."""
        return {
            "broken": self.key, "title": self.title, "routes": len(self.found.routes),
            "distance": self.found.distance, "as_it_is": self.found.base, "worst": self.found.worst,
            "runs": self.checked, "off": self.off, "settled": self.settled, "lost": self.lost,
        }  # fmt: skip


class Asked:
    """The model's runs for one break: turns of the knobs (rows, knobs), margins and outcomes (rows,)."""

    def __init__(self, held: Stressed, limit: Limit, column: int) -> None:
        self.held, self.limit, self.column = held, limit, column
        self.x, self.outcome = np.empty((0, len(held.names))), np.empty(0)
        self.lost = 0

    def margins(self, x: Floats) -> Floats:
        """Run the model at rows of turns, and return how far from a break each is."""
        told = self.held.means(x)
        self.x = np.concatenate([self.x, x])
        self.outcome = np.concatenate([self.outcome, told.mean[:, self.column]])
        self.lost = max(self.lost, int(told.lost.max(initial=0)))
        return self.limit.margin(told.mean[:, self.column])

    def nearest(self) -> Floats | None:
        """Return the shortest turn of all that broke, None where none did."""
        failing = self.x[self.limit.margin(self.outcome) < 0]
        return failing[length(failing).argmin()] if len(failing) else None


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
    still = np.zeros((1, len(held.names)))
    error = float(held.means(still).error[0, column])
    asked = Asked(held, Limit(threshold, above=spec.above is not None, error=error), column)
    asked.margins(_spread(held))
    found, off, settled = _searched(asked)
    return Breaking(key, spec.title, found, len(asked.x), off, settled, asked.lost)


def _spread(held: Stressed) -> Floats:
    """Return the knobs as they are, each at its ends, and turns spread evenly over all of them."""
    size = len(held.names)
    ends = np.concatenate([np.eye(size), np.diag(held.low)[held.low < 0]])
    points = qmc.Sobol(size, seed=np.random.default_rng([held.seed, size])).random(SPREAD)
    return np.concatenate([np.zeros((1, size)), ends, held.low + points * (1 - held.low)])


def _searched(asked: Asked) -> tuple[Tipping, float, bool]:
    """Return what breaks in the model, how far off the surrogate was, and whether the search had settled."""
    spread, off = len(asked.x), 0.0
    routes: tuple[Route, ...] = ()
    if asked.limit.margin(asked.outcome[:1])[0] < 0:
        routes = (_already(asked),)
    if routes or not np.ptp(asked.outcome):
        return _told(asked, routes, spread), off, True
    settled = False
    for _ in range(ROUNDS):
        before, runs = (routes[0].distance if routes else np.inf), len(asked.x)
        found = _surrogate(asked)
        if not found.routes:
            # What the surrogate holds to be the worst of all may break in the model.
            asked.margins(found.worst_at[None])
        routes, off = _followed(asked, found.routes)
        now = routes[0].distance if routes else np.inf
        settled = bool(now == before or abs(now - before) <= CLOSE * before)
        if settled or len(asked.x) == runs:
            break
    return _told(asked, routes, spread), off, settled


def _surrogate(asked: Asked) -> Tipping:
    """Return what the search finds on a Gaussian process through the runs so far.

    On one thread of linear algebra, so that sums do not hang on the number of threads. As things stand, the
    model itself has spoken.
    """
    held = asked.held
    with threadpool_limits(1):
        process = _process(asked.x, asked.outcome)

        def outcome(rows: Floats) -> Floats:
            return np.asarray(np.where(rows.any(axis=1), process.predict(rows), asked.outcome[0]))

        return nearest(outcome, space=held.space, limit=asked.limit, effort=Effort(seed=held.seed))


def _process(x: Floats, y: Floats) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(np.full(x.shape[1], 2.0), (0.2, 50.0))
    kernel += WhiteKernel(1e-3, (1e-6, 1e-1))
    process = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=0, random_state=0)
    with catch_warnings():
        # A knob without any effect has no length, and its scale ends at the bound: that is as it should be.
        simplefilter("ignore", ConvergenceWarning)
        return process.fit(x, y)


def _followed(asked: Asked, routes: Sequence[Route]) -> tuple[tuple[Route, ...], float]:
    """Return the routes as the model has them, nearest first, and how far off the surrogate was.

    Where a run broke nearer than any route, the way to it is followed as well: what has been seen to break is
    never left out.
    """
    told, off = [], 0.0
    for route in routes[:MOST_ROUTES]:
        if route.distance > 0:
            followed, gap = _along(asked, route)
            off = max(off, gap)
            told += [followed] if followed else []
    seen = asked.nearest()
    nearest_ = min((each.distance for each in told), default=np.inf)
    if seen is not None and float(length(seen)) < (1 - CLOSE) * nearest_:
        told.append(_drawn_in(asked, seen / length(seen), 0.0, float(length(seen))))
    kept: list[Route] = []
    for each in sorted(told, key=lambda route: route.distance):
        if all(each.cosines @ other.cosines < ALIKE for other in kept):
            kept.append(each)
    return tuple(kept), off


def _along(asked: Asked, route: Route) -> tuple[Route | None, float]:
    """Return a route of the surrogate at the nearest point where the model breaks on its way, None where that
    is nowhere near, and how far off the surrogate was.
    """
    way, space = route.change / route.distance, asked.held.space
    ends = np.where(way > 0, space.highest, space.lowest)
    furthest = float((ends[way != 0] / way[way != 0]).min())
    steps = np.clip(route.distance * FURTHER, 0.0, furthest)
    margins = asked.margins(steps[:, None] * way)
    off = float(abs(margins[0]))
    if not (margins < 0).any():
        return None, off
    last = int(np.argmax(margins < 0))
    found = _drawn_in(asked, way, steps[last - 1] if last else 0.0, float(steps[last]))
    ends = np.sort(found.distance * np.array([route.low, route.high]) / route.distance)
    return replace(found, low=float(ends[0]), high=float(ends[1])), off


def _drawn_in(asked: Asked, way: Floats, low: float, high: float) -> Route:
    """Return the route that breaks at `high` along a way and does not at `low`, drawn in by halving."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        breaks = asked.margins(middle * way[None])[0] < 0
        low, high = (low, middle) if breaks else (middle, high)
    at = np.flatnonzero(np.isclose(length(asked.x - high * way), 0.0, atol=1e-9))
    outcome = float(asked.outcome[at[-1]])
    point = asked.held.space.plain(high * way[None])[0]
    return Route(high, high, high, point, high * way, way, outcome)


def _already(asked: Asked) -> Route:
    """Return the route of what is broken as it stands."""
    still = np.zeros(len(asked.held.names))
    return Route(0.0, 0.0, 0.0, asked.held.space.base, still, still, float(asked.outcome[0]))


def _told(asked: Asked, routes: tuple[Route, ...], spread: int) -> Tipping:
    """Return what the model has said, of which the first so many runs were spread over the knobs."""
    margin, space = asked.limit.margin(asked.outcome), asked.held.space
    far = length(asked.x[:spread])
    inside = int((far < (routes[0].distance if routes else np.inf)).sum())
    worst = int(margin.argmin())
    return Tipping(
        space, routes, base=float(asked.outcome[0]), worst=float(asked.outcome[worst]),
        worst_at=space.plain(asked.x[[worst]])[0], runs=len(asked.x), lost=0,
        plain=float(far[margin[:spread] < 0].min(initial=np.inf)), free=0.0, proven=False,
        checked=inside, missed=float(1 - 0.05 ** (1 / max(inside, 1))),
    )  # fmt: skip


def drivers(held: Stressed, *, base: int = DESIGN) -> Indices:
    """Return Sobol indices of every measure over the knobs, each taken to be equally likely anywhere between
    its ends, with intervals.
    """
    bounds = np.stack([held.low, np.ones(len(held.names))], axis=1)
    x = saltelli(bounds, size=base, seed=held.seed)
    outputs = tuple(label(each) for each in held.measures)
    return sobol(held.means(x).mean, inputs=held.names, outputs=outputs, seed=held.seed)
