"""Tests on futures: how likely a quantity stays beyond a line, and what levers do for their owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numba import get_num_threads
from numpy.typing import NDArray

from detente.cases.claims_readings import Line
from detente.cases.projection import ALIGNMENT
from detente.claims.arithmetic import share_of
from detente.claims.figures import Figure, UntoldError, as_rows
from detente.numbers import Mark
from detente.simulation.ensemble.drawing import Drawn, by_future
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.results import Shape

if TYPE_CHECKING:
    from detente.cases.claims import ProjectionTest, StrategyTest
    from detente.cases.strategies import Measure
    from detente.simulation.projection.preparing import Prepared
    from detente.strategy.campaign.matrix import Campaign

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DAYS_A_YEAR = 365.25
LATE = 1.0 / 24
"""Part of a year by which the last day may lie beyond the years asked for: half-years differ in days."""
ENDS = (0.05, 0.95)
"""Quantiles over futures between which the effect of levers lies."""
NET, COST = "points", "cost"
POINTS = "points of objectives"
CHANCE = (
    "share of futures, which differ in positions, chance and every assumed size; the interval of 95 per cent "
    "is for their number alone"
)
EFFECT = (
    "mean over futures and the other side’s answers, and nine tenths of futures, which differ in chance and "
    "every assumed size; against nothing new in the same futures"
)


@dataclass(frozen=True, eq=False)
class Paths:
    """Futures in full: each kind of number (futures, times, ...), and whether each occasion passed."""

    shape: Shape
    tables: Mapping[str, Floats]
    passed: Bools
    members: Mapping[str, tuple[str, ...]]
    draws: int

    def years(self) -> Floats:
        """Return the years from the start to each time."""
        days = (self.shape.times - self.shape.times[0]).days
        return np.asarray(days, dtype=float) / DAYS_A_YEAR


def paths(prepared: Prepared, *, draws: int, seed: int) -> Paths:
    """Return the futures of a case, path by path; the same bytes for a seed, whatever the threads."""
    futures = prepared.futures
    shape, source, threads = Shape.of(futures), Drawn(packed(futures), seed), get_num_threads()
    with ThreadPoolExecutor(threads) as pool:
        chunk = source.chunk(pool, threads, first=0, count=max(draws, LANES))
    tables = dict(shape.tables(chunk.futures(draws).astype(float)))
    passed = shape.flags(by_future(chunk.flags[0], draws))["passed"]
    return Paths(shape, tables, np.asarray(passed, bool), prepared.names.members, draws)


def projection(test: ProjectionTest, found: Paths) -> Figure:
    """Return the probability that a quantity stays beyond a line, at every time up to the years asked for."""
    years = found.years()
    most = years[-1] if test.years is None else test.years
    if most > years[-1] + LATE:
        raise UntoldError(
            f"futures reach {years[-1]:.1f} years ahead, not {most:g}", "more years in `projection:`"
        )
    value, low, high = share_of(_stays(test.quantity, test.stays, found, most))
    mark: Mark = "estimated" if test.quantity.item == ALIGNMENT else "assumed"
    begun, ended = found.shape.times[0], found.shape.times[years <= most + LATE][-1]
    rows = as_rows(
        [{"what": f"futures from {begun:%Y-%m-%d} to {ended:%Y-%m-%d}", "date": begun, "value": value,
          "low": low, "high": high, "unit": "share", "mark": mark, "source": "case",
          "locator": f"{found.draws} futures"}]
    )  # fmt: skip
    return Figure(
        value, low, high, "share", mark, CHANCE, found.draws, "futures", begun.date(), rows,
        "nothing of it has come about yet",
    )  # fmt: skip


def _stays(quantity: Measure, line: Line, found: Paths, most: float) -> Bools:
    """Return in which futures (futures,) it stays beyond the line at every time."""
    if quantity.passes is not None:
        rows = [place for place, (key, _) in enumerate(found.shape.occasions) if key == quantity.passes]
        steps = [found.shape.occasions[row][1] for row in rows]
        inside = [row for row, step in zip(rows, steps, strict=True) if found.years()[step] <= most + LATE]
        if not inside:
            raise UntoldError(f"{quantity.passes} does not come up in time", "a longer window")
        values = found.passed[:, inside].mean(axis=1, keepdims=True)
    else:
        values = _series(quantity, found)[:, found.years() <= most + LATE]
    if not np.isfinite(values).all():
        raise UntoldError("numbers grow beyond bounds in some futures", "sizes that are not far too large")
    return np.asarray(np.vectorize(line.met, otypes=[bool])(values).all(axis=1))


def _series(quantity: Measure, found: Paths) -> Floats:
    """Return a quantity by future and time."""
    kind, axes = _where(quantity)
    names = found.shape.names
    if kind == "covariates" and axes[0][1] in found.members:
        inside = [
            names["actor"].index(actor) for actor in found.members[axes[0][1]] if actor in names["actor"]
        ]
        column = _place(found, *axes[1])
        return np.asarray(found.tables[kind][:, :, inside, column].mean(axis=2))
    first, second = (_place(found, *axis) for axis in axes)
    return np.asarray(found.tables[kind][:, :, first, second])


def _where(quantity: Measure) -> tuple[str, tuple[tuple[str, str], tuple[str, str]]]:
    if quantity.driver is not None:
        return "covariates", (("actor", str(quantity.of)), ("covariate", quantity.driver))
    item = ("issue", str(quantity.item))
    if quantity.cohesion is not None:
        return "spreads", (("bloc", quantity.cohesion), item)
    if quantity.mean is not None:
        return "blocs", (("bloc", quantity.mean), item)
    return "positions", (("actor", str(quantity.position)), item)


def _place(found: Paths, axis: str, name: str) -> int:
    if name not in found.shape.names[axis]:
        raise UntoldError(f"futures have no {axis} {name}", f"{name} in the agenda and in `projection:`")
    return found.shape.names[axis].index(name)


def campaigns(
    prepared: Prepared, tests: Iterable[StrategyTest], *, draws: int, seed: int
) -> dict[tuple[str, str], Campaign]:
    """Return, by player and opponent, the campaign in which every set of levers asked for is played."""
    from detente.strategy.campaign.matrix import campaign
    from detente.strategy.campaign.sides import NOTHING, side

    asked: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for test in tests:
        held = asked.setdefault(sides_of(prepared, test), {NOTHING: ()})
        held[portfolio(test)] = test.levers
    found = {}
    for (player, other), portfolios in asked.items():
        own = replace(side(prepared.case, player), portfolios=portfolios)
        found[player, other] = campaign(prepared, own, side(prepared.case, other), draws=draws, seed=seed)
    return found


def sides_of(prepared: Prepared, test: StrategyTest) -> tuple[str, str]:
    """Return the player of a test and whose answers count."""
    from detente.strategy.campaign.sides import opponent

    return test.player, test.against or opponent(prepared.case, test.player)


def portfolio(test: StrategyTest) -> str:
    """Return what the levers of a test are filed under."""
    return " + ".join(test.levers)


def strategy(test: StrategyTest, found: Campaign) -> Figure:
    """Return what levers do in points, against nothing new, over futures and the other side's answers."""
    names = [*found.ledgers[0].names]
    gain = (found.points[found.rows.index(portfolio(test))] - found.points[0]).mean(axis=0)
    told = {**{name: gain[:, place] for place, name in enumerate(names)}, NET: gain.sum(axis=1)}
    if test.objective == COST:
        told[COST] = -told[COST]
    value, low, high = _spread(told[test.objective])
    rows = [_row(name, values, found) for name, values in told.items() if name == NET or values.any()]
    return Figure(
        value, low, high, POINTS, "assumed", EFFECT, len(found.kept), "futures",
        found.prepared.futures.times[0].date(), as_rows(rows), cost=abs(float(told[COST].mean())),
    )  # fmt: skip


def _spread(values: Floats) -> tuple[float, float, float]:
    mean, (low, high) = float(values.mean()), np.quantile(values, ENDS)
    return mean, float(min(low, mean)), float(max(high, mean))


def _row(name: str, values: Floats, found: Campaign) -> dict[str, object]:
    wants = found.side.player.objectives
    title = wants[name].title if name in wants else {NET: "all less cost", COST: "cost"}[name]
    value, low, high = _spread(values)
    when = pd.Timestamp(found.prepared.case.as_of)
    return {"actor": found.side.key, "what": title, "date": when, "value": value, "low": low, "high": high,
            "unit": POINTS, "mark": "assumed", "source": "case",
            "locator": "strategies: levers and objectives"}  # fmt: skip
