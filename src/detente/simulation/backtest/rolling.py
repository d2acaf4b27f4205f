"""Rolling origins: each year's forecasts, calibrated on what earlier ones had come to by then, and scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.simulation.backtest.blocs import summed
from detente.simulation.backtest.crossing import crossed
from detente.simulation.backtest.foretelling import CROSS, FALL, Foretold, Told
from detente.simulation.backtest.outcomes import Line, line_to, outcome
from detente.simulation.backtest.predictive import CENTRAL, score_stretched
from detente.simulation.panel.data import Panel

Floats = NDArray[np.float64]

LEAST_ORIGINS = 2
NARROWEST, WIDEST = 0.5, 3.0
FEW_CASES = 50
SCORES = [
    "model", "quantity", "origin", "horizon", "who", "outcome", "centre", "half", "factor", "crps", "log",
    "below", "crps_raw", "log_raw", "below_raw",
]  # fmt: skip
EVENTS = ["model", "event", "origin", "horizon", "who", "chance", "happened"]


@dataclass(frozen=True, eq=False)
class Backtest:
    """What was forecast and what came of it.

    `scores`: one row per model, quantity, origin, horizon and who; crps, log and below are of the calibrated
    forecast, those ending in `_raw` of the forecast as it was made. `events`: chances and whether it
    happened. `told` by origin is what was said. `factors`: by model, quantity and horizon, by how much a
    forecast made in the last year is to be stretched.
    """

    scores: pd.DataFrame
    events: pd.DataFrame
    told: Mapping[int, Told]
    factors: Mapping[tuple[str, str, int], float]


def scored(panels: Mapping[int, Panel], latest: Panel, told: Mapping[int, Told], *, first: int) -> Backtest:
    """Return what was `told` at each origin in `panels`, scored on `latest` from the origin `first` on.

    `panels` holds, by year, what was known at its end; origins before `first` only serve to calibrate later
    ones, each of which is compared with readings of its own vintage.
    """
    years = len(told[max(told)].forecasts[0].forecasts)
    rows: list[pd.DataFrame] = []
    events: list[pd.DataFrame] = []
    for origin in sorted(panels):
        if origin < first:
            continue
        factors = calibrated(panels, told, panels[origin])
        line = line_to(panels[origin], latest)
        for horizon in range(1, years + 1):
            came = came_true(panels[origin], latest, told[origin], year=origin + horizon, line=line)
            rows += list(_scored(told[origin], came, factors, (origin, horizon)))
            events += list(_happened(told[origin], came, (origin, horizon)))
    return Backtest(_joined(rows, SCORES), _joined(events, EVENTS), told, calibrated(panels, told, latest))


def came_true(
    earlier: Panel, later: Panel, told: Told, *, year: int, line: Line
) -> dict[str, dict[str, float]]:
    """Return what came true in `year`, by quantity or event and by who; nothing for who was not read."""

    reading, _ = outcome(earlier, later, year=year, line=line)
    member = earlier.tables[0][-1]
    found: dict[str, dict[str, float]] = {
        "position": dict(zip(earlier.actors, reading, strict=True)),
        "bloc mean": {},
        "bloc spread": {},
        FALL: {},
        CROSS: {},
    }
    for column, bloc in enumerate(earlier.blocs):
        for quantity, value in summed(reading, member[:, column] > 0).items():
            found[quantity][bloc] = float(value)
    for bloc, limit in told.falls.items():
        spread = found["bloc spread"][bloc]
        found[FALL][bloc] = float(spread > limit) if np.isfinite(spread) else np.nan
    for side in told.sides:
        if np.isnan(reading[side.own]).all() or np.isnan(reading[side.other]).all():
            continue
        over = np.where(np.isnan(reading[side.watched]), np.nan, crossed(side, reading[None])[0])
        found[CROSS] |= dict(zip(side.who, over, strict=True))
    return {what: {who: v for who, v in held.items() if np.isfinite(v)} for what, held in found.items()}


def calibrated(
    panels: Mapping[int, Panel], told: Mapping[int, Told], now: Panel
) -> dict[tuple[str, str, int], float]:
    """Return by model, quantity and horizon the factor by which intervals made now are stretched.

    It is the 80th percentile of outcomes' distances from the median over half-widths of intervals of 80 per
    cent, over earlier origins and what has come of them, as read now (see `stretched_by`). A horizon with
    fewer than LEAST_ORIGINS such origins takes the factor of the horizon before; the first, 1.
    """
    ratios: dict[tuple[str, str, int], list[Floats]] = {}
    for earlier in sorted(each for each in told if each < now.years[-1]):
        line = line_to(panels[earlier], now)
        years = len(told[earlier].forecasts[0].forecasts)
        for horizon in range(1, min(now.years[-1] - earlier, years) + 1):
            came = came_true(panels[earlier], now, told[earlier], year=earlier + horizon, line=line)
            for each in told[earlier].forecasts:
                ratio = _ratio(each, came[each.quantity], horizon)
                if len(ratio):
                    ratios.setdefault((each.model, each.quantity, horizon), []).append(ratio)
    return dict(_factors(ratios, told[max(told)]))


def _factors(
    ratios: Mapping[tuple[str, str, int], list[Floats]], told: Told
) -> Iterator[tuple[tuple[str, str, int], float]]:
    for each in told.forecasts:
        factor = 1.0
        for horizon in range(1, len(each.forecasts) + 1):
            held = ratios.get((each.model, each.quantity, horizon), [])
            if len(held) >= LEAST_ORIGINS:
                factor = stretched_by(np.concatenate(held))
            yield (each.model, each.quantity, horizon), factor


def stretched_by(ratios: Floats) -> float:
    """Return by how much intervals are to be stretched, given outcomes' distances over half-widths.

    Fewer than FEW_CASES may widen intervals, and not narrow them: a percentile of a few is off by much, and
    intervals that are too narrow do the greater harm.

    >>> stretched_by(np.full(20, 0.6)), stretched_by(np.full(20, 1.3)), stretched_by(np.full(200, 0.6))
    (1.0, 1.3, 0.6)
    """
    least = NARROWEST if len(ratios) >= FEW_CASES else 1.0
    return float(np.clip(np.quantile(ratios, CENTRAL), least, WIDEST))


def _ratio(told: Foretold, came: Mapping[str, float], horizon: int) -> Floats:
    forecast = told.forecasts[horizon - 1]
    value = np.array([came.get(who, np.nan) for who in told.who])
    ratio = np.abs(value - forecast.centre) / forecast.half
    return np.asarray(ratio[np.isfinite(ratio)])


def _scored(
    told: Told,
    came: Mapping[str, Mapping[str, float]],
    factors: Mapping[tuple[str, str, int], float],
    when: tuple[int, int],
) -> Iterator[pd.DataFrame]:
    origin, horizon = when
    for each in told.forecasts:
        forecast = each.forecasts[horizon - 1]
        value = np.array([came[each.quantity].get(who, np.nan) for who in each.who])
        there = np.isfinite(value)
        if not there.any():
            continue
        held = np.where(there, value, forecast.centre)
        factor = factors.get((each.model, each.quantity, horizon), 1.0)
        raw, told_apart = forecast.score(held), score_stretched(forecast, held, factor)
        frame = pd.DataFrame(
            {
                "model": each.model, "quantity": each.quantity, "origin": origin, "horizon": horizon,
                "who": list(each.who), "outcome": held, "centre": forecast.centre, "half": forecast.half,
                "factor": factor, "crps": told_apart.crps, "log": told_apart.log,
                "below": told_apart.below, "crps_raw": raw.crps, "log_raw": raw.log,
                "below_raw": raw.below,
            }
        )  # fmt: skip
        yield frame[there]


def _happened(
    told: Told, came: Mapping[str, Mapping[str, float]], when: tuple[int, int]
) -> Iterator[pd.DataFrame]:
    origin, horizon = when
    for each in told.events:
        value = np.array([came[each.event].get(who, np.nan) for who in each.who])
        frame = pd.DataFrame(
            {
                "model": each.model, "event": each.event, "origin": origin, "horizon": horizon,
                "who": list(each.who), "chance": each.chance[horizon - 1], "happened": value,
            }
        )  # fmt: skip
        yield frame[np.isfinite(value)]


def _joined(rows: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    held = [frame for frame in rows if len(frame)]
    return pd.concat(held, ignore_index=True)[columns] if held else pd.DataFrame(columns=columns)
