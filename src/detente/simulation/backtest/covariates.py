"""Which covariates help: what each would have added to forecasts, known in time or as if foreseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.simulation.backtest.boards import MODEL
from detente.simulation.backtest.foretelling import Foretold, Told
from detente.simulation.backtest.outcomes import line_to, outcome
from detente.simulation.backtest.predictive import Sampled
from detente.simulation.backtest.scoreboard import compared
from detente.simulation.panel.data import Panel
from detente.simulation.panel.estimate import LEVEL
from detente.simulation.panel.fit import PanelFit, covariate_effect

Floats = NDArray[np.float64]

KNOWN, FORESEEN = "the year before", "as if foreseen"
"""The change of the year before, known at the origin; the change of the year itself, had it been known."""
UNTOUCHED = "changed in no forecast"
GAPS = ["origin", "horizon", "who", "value"]
HELP = [
    "covariate", "change", "effect", "low", "high", "gain", "actors", "horizon", "forecasts", "crps_less",
    "less_low", "less_high", "verdict",
]  # fmt: skip
"""`effect`: move per unit of change, with its interval of 90 per cent; `gain` in log posterior; `crps_less`:
CRPS less that without the covariate, on forecasts that it touches.
"""


def covariate_board(
    panels: Mapping[int, Panel], latest: Panel, told: Mapping[int, Told], *, first: int, seed: int = 0
) -> pd.DataFrame:
    """Return HELP: one row per covariate of the panels, way of knowing its change, and horizon.

    Each is fitted by itself at each origin, all else as MODEL has it; forecasts are MODEL's, moved by it.
    """
    rows: list[dict[str, object]] = []
    fit = told[max(told)].fit
    whole = replace(fit, panel=_bare(latest)) if _alike(fit, latest) else None
    for place, name in enumerate(latest.covariates):
        for change in (KNOWN, FORESEEN):
            moved = pd.DataFrame(_moved(panels, latest, told, (place, change), first), columns=GAPS)
            about = _effect(whole or fit, latest if whole else panels[max(told)], place, change)
            for horizon in range(1, len(_positions(told[max(told)])) + 1):
                part = moved.loc[moved["horizon"] == horizon, ["origin", "who", "value"]]
                found = _row(part, horizon=horizon, seed=seed)
                rows.append({"covariate": name, "change": change, **about, "horizon": horizon, **found})
    return pd.DataFrame(rows, columns=HELP)


def _row(gaps: pd.DataFrame, *, horizon: int, seed: int) -> dict[str, object]:
    if gaps.empty:
        return {"forecasts": 0, "verdict": UNTOUCHED}
    less, low, high, verdict = compared(gaps, horizon=horizon, seed=seed)
    told = {"crps_less": less, "less_low": low, "less_high": high, "verdict": verdict}
    return {"forecasts": len(gaps), **told}


def _alike(fit: PanelFit, latest: Panel) -> bool:
    """Whether the parameters of the last origin fit the latest panel: the same blocs."""
    return fit.panel.blocs == latest.blocs


def _bare(panel: Panel) -> Panel:
    return replace(panel, covariates=(), change=None)


def _effect(fit: PanelFit, panel: Panel, place: int, change: str) -> dict[str, object]:
    table = _shifted(panel, place, change)
    bare = replace(fit, panel=_bare(panel))
    found = covariate_effect(bare, panel.covariates[place], change=table)
    reach = ndtri((1 + LEVEL) / 2) * found.sd
    return {
        "effect": found.beta,
        "low": found.beta - reach,
        "high": found.beta + reach,
        "gain": found.gain,
        "actors": int((table != 0).any(axis=0).sum()),
    }


def _shifted(panel: Panel, place: int, change: str) -> Floats:
    """Return changes (T, N) in the year in which they would move positions."""
    table = panel.tables[2][:, :, place]
    if change == FORESEEN:
        return table
    return np.concatenate((np.zeros((1, table.shape[1])), table[:-1]))


def _moved(
    panels: Mapping[int, Panel],
    latest: Panel,
    told: Mapping[int, Told],
    what: tuple[int, str],
    first: int,
) -> Iterator[dict[str, object]]:
    """Yield what a covariate changes of the CRPS, for forecasts that it moves."""
    place, change = what
    for origin, said in told.items():
        if origin < first:
            continue
        panel = panels[origin]
        fit = replace(said.fit, panel=_bare(panel))
        beta = covariate_effect(fit, panel.covariates[place], change=_shifted(panel, place, change)).beta
        line = line_to(panel, latest)
        forecasts = _positions(said)
        for horizon, forecast in enumerate(forecasts, start=1):
            reading, _ = outcome(panel, latest, year=origin + horizon, line=line)
            move = beta * _passed(panel, latest, what, horizon)
            touched = np.isfinite(reading) & (move != 0)
            if touched.any():
                value = _gap(forecast, reading, move, touched)
                for who, gap in zip(np.array(panel.actors, object)[touched], value, strict=True):
                    yield {"origin": origin, "horizon": horizon, "who": who, "value": gap}


def _positions(said: Told) -> tuple[Sampled, ...]:
    held: Foretold = next(
        each for each in said.forecasts if each.model == MODEL and each.quantity == "position"
    )
    return tuple(each for each in held.forecasts if isinstance(each, Sampled))


def _passed(panel: Panel, latest: Panel, what: tuple[int, str], horizon: int) -> Floats:
    """Return the changes (N,) that have come to bear after so many years."""
    place, change = what
    if change == KNOWN:
        return np.asarray(panel.tables[2][-1, :, place])
    row = latest.years.index(panel.years[-1])
    total = latest.tables[2][row + 1 : row + 1 + horizon, :, place].sum(axis=0)
    column = {actor: number for number, actor in enumerate(latest.actors)}
    return np.array([total[column[actor]] if actor in column else 0.0 for actor in panel.actors])


def _gap(forecast: Sampled, reading: Floats, move: Floats, touched: NDArray[np.bool_]) -> Floats:
    held = replace(
        forecast,
        positions=np.ascontiguousarray(forecast.positions[:, touched]),
        readings=np.ascontiguousarray(forecast.readings[:, touched]),
        noise=forecast.noise[touched],
    )
    with_it = held.score(reading[touched] - move[touched]).crps
    return np.asarray(with_it - held.score(reading[touched]).crps)
