"""Stance on the rival: one latent position behind thin measurements, what carries it and who is pulled.

The model is that of `detente.measurement.factor`: a straight line from position to measurement, normal noise,
missing values left missing. Votes and ranks are treated as continuous, which is a simplification: the
distance from abstaining to yes counts as much as that from no to abstaining, and the line may run past either
end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement import factor
from detente.measurement.bootstrap import LEVEL
from detente.measurement.factor import Floats, Positions
from detente.measurement.missing import Missing
from detente.measurement.stance_draws import SOURCE, StanceDraws
from detente.measurement.transforms import Transform, restored

if TYPE_CHECKING:
    from detente.cases.schema import Case

STANCE = ["actor", "group", "value", "sd", "low", "high", "interval", "measurements", "mark", "source"]
LOADINGS = [
    "measurement", "title", "loading", "low", "high", "explained", "explained_low", "explained_high",
    "information", "actors", "assumed", "direction", "as_expected", "first", "last", "unit", "interval",
    "mark", "source",
]  # fmt: skip
LEFT_OUT = ["left_out", "actor", "value", "low", "high", "shift", "correlation", "interval", "mark"]
PULLS = [
    "actor",
    "measurement",
    "observed",
    "typical",
    "expected",
    "pull",
    "unit",
    "date",
    "mark",
    "source",
    "locator",
]


@dataclass(frozen=True)
class Stance:
    """Where actors stand, and on what that rests; all tables tidy."""

    stance: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=STANCE))
    loadings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LOADINGS))
    leave_one_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEFT_OUT))
    contributions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PULLS))
    drawn: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Draws of the positions, one column for each actor."""
    missing: tuple[Missing, ...] = ()
    draws: StanceDraws | None = None


@dataclass(frozen=True)
class Matrix:
    """Scores of actors by measurement, standardised; NaN where missing. Errors are in the same units."""

    actors: tuple[str, ...]
    measurements: tuple[str, ...]
    scores: Floats
    errors: Floats
    centre: Floats
    scale: Floats

    def without(self, column: int) -> tuple[Floats, Floats]:
        """Return scores and errors with one measurement left out."""
        return np.delete(self.scores, column, axis=1), np.delete(self.errors, column, axis=1)


def usable(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Missing]]:
    """Return the cells of measurements that tell actors apart, and the others with the reason."""
    missing = []
    for key, part in cells.groupby("measurement"):
        if len(part) < factor.LEAST_ACTORS:
            why = f"only {len(part)} of those placed have a value, and {factor.LEAST_ACTORS} are needed"
            missing.append(Missing("stance", str(key), why, "widen its dates, or leave it out of the case"))
        elif part["score"].nunique() < 2:
            missing.append(
                Missing("stance", str(key), "it is the same for all who are placed", "leave it out")
            )
    return cells[~cells["measurement"].isin([row.what for row in missing])], missing


def matrix(cells: pd.DataFrame, *, order: tuple[str, ...]) -> Matrix:
    """Return the cells as a matrix, measurements in the order of the case."""
    kept = [key for key in order if key in set(cells["measurement"])]
    wide = cells.pivot(index="actor", columns="measurement", values="score")[kept].sort_index()
    errors = cells.pivot(index="actor", columns="measurement", values="error")[kept].sort_index()
    scores, centre, scale = factor.standardise(wide.to_numpy(dtype=float))
    spread = np.nan_to_num(errors.to_numpy(dtype=float)) / scale
    return Matrix(tuple(wide.index), tuple(kept), scores, spread, centre, scale)


def place(case: Case, cells: pd.DataFrame, *, groups: Mapping[str, str], seed: int, draws: int) -> Stance:
    """Return the stance of everyone with at least one usable measurement."""
    assert case.stance is not None
    kept, missing = usable(cells)
    if kept["measurement"].nunique() < factor.LEAST_ACTORS:
        why = f"only {kept['measurement'].nunique()} measurements have values, and one position needs three"
        return Stance(
            missing=(*missing, Missing("stance", case.stance.title, why, "add measurements to the case"))
        )
    table = matrix(kept, order=tuple(case.stance.measurements))
    if case.stance.positive not in table.actors:
        why = f"{case.stance.positive}, whose side is positive, has no value"
        return Stance(
            missing=(*missing, Missing("stance", case.stance.title, why, "choose another `positive`"))
        )
    told = factor.estimate(table.scores, table.errors, draws=draws, rng=np.random.default_rng([seed, 1]))
    up = 1.0 if told.mean[:, table.actors.index(case.stance.positive)].mean() >= 0 else -1.0
    told = turned(told, up)
    drawn = factor.draw_positions(told, rng=np.random.default_rng([seed, 2]))
    nowhere = sorted(set(groups) - set(table.actors))
    if nowhere:
        missing.append(Missing("stance", ", ".join(nowhere), "no measurement has a value for them"))
    frame = _stance(table, told, drawn, groups)
    missing += _unsettled(case.stance.positive, frame)
    return Stance(
        stance=frame,
        loadings=_loadings(case, table, told, kept),
        leave_one_out=_left_out(table, told, seed=seed, draws=draws),
        contributions=_contributions(case, table, told, kept),
        drawn=pd.DataFrame(drawn, columns=list(table.actors)),
        missing=tuple(missing),
        draws=StanceDraws(table.actors, table.measurements, table.scores, table.errors, drawn, told),
    )


def turned(told: Positions, sign: float) -> Positions:
    """Return the same positions with up and down exchanged where `sign` is -1."""
    return Positions(
        told.mean * sign,
        told.variance,
        told.pull * sign,
        told.intercepts,
        told.loadings * sign,
        told.residual,
    )


def _unsettled(anchor: str, frame: pd.DataFrame) -> list[Missing]:
    row = frame.set_index("actor").loc[anchor]
    if row["low"] > 0:
        return []
    why = f"{anchor}, whose side is positive, may stand below zero, so that up and down may be exchanged"
    return [
        Missing(
            "stance", "direction of the scale", why, "choose a `positive` that the measurements place clearly"
        )
    ]


def _stance(table: Matrix, told: Positions, drawn: Floats, groups: Mapping[str, str]) -> pd.DataFrame:
    low, high = _ends(drawn)
    frame = pd.DataFrame(
        {
            "actor": table.actors,
            "group": [groups.get(actor, "other") for actor in table.actors],
            "value": told.mean.mean(axis=0),
            "sd": np.sqrt(told.variance.mean(axis=0) + told.mean.var(axis=0)),
            "low": low,
            "high": high,
            "interval": "parameters and noise",
            "measurements": (~np.isnan(table.scores)).sum(axis=1),
            "mark": "estimated",
            "source": SOURCE,
        }
    )
    return frame.sort_values("value", ignore_index=True)[STANCE]


def information(table: Matrix, told: Positions) -> Floats:
    """Return the share of what is known about positions that each measurement gives: its dominance.

    b_m² / (s_m + se_im²) is what a value adds to the precision of a position; summed over actors, out of all.
    """
    seen = ~np.isnan(table.scores)
    precision = seen * told.loadings[:, None, :] ** 2 / (told.residual[:, None, :] + table.errors**2)
    by_measurement = precision.sum(axis=1)
    return np.asarray((by_measurement / by_measurement.sum(axis=1, keepdims=True)).mean(axis=0))


def _loadings(case: Case, table: Matrix, told: Positions, cells: pd.DataFrame) -> pd.DataFrame:
    assert case.stance is not None
    seen = ~np.isnan(table.scores)
    noise = (table.errors**2 * seen).sum(axis=0) / seen.sum(axis=0)
    explained = told.loadings**2 / (told.loadings**2 + told.residual + noise)
    low, high = _ends(told.loadings)
    explained_low, explained_high = _ends(explained)
    by = cells.groupby("measurement")
    first, last, unit = by["date"].min(), by["date"].max(), by["unit"].first()
    assumed = (cells["mark"] == "assumed").groupby(cells["measurement"]).sum()
    keys = list(table.measurements)
    specs = [case.stance.measurements[key] for key in keys]
    loading = told.loadings.mean(axis=0)
    return pd.DataFrame(
        {
            "measurement": keys,
            "title": [spec.title for spec in specs],
            "loading": loading,
            "low": low,
            "high": high,
            "explained": explained.mean(axis=0),
            "explained_low": explained_low,
            "explained_high": explained_high,
            "information": information(table, told),
            "actors": seen.sum(axis=0),
            "assumed": assumed[keys].to_numpy(),
            "direction": [spec.direction for spec in specs],
            "as_expected": np.sign(loading) == [spec.direction for spec in specs],
            "first": first[keys].to_numpy(),
            "last": last[keys].to_numpy(),
            "unit": unit[keys].to_numpy(),
            "interval": "parameters and noise",
            "mark": "estimated",
            "source": SOURCE,
        }
    )[LOADINGS]


def _left_out(table: Matrix, told: Positions, *, seed: int, draws: int) -> pd.DataFrame:
    """Return where each actor stands without one measurement, the scale turned to agree with the whole."""
    full = told.mean.mean(axis=0)
    parts = []
    for column, key in enumerate(table.measurements):
        scores, errors = table.without(column)
        again = factor.estimate(scores, errors, draws=draws, rng=np.random.default_rng([seed, 1]))
        held = np.asarray(~np.isnan(scores).all(axis=1))
        alike = np.corrcoef(full[held], again.mean.mean(axis=0)[held])[0, 1]
        again = turned(again, -1.0 if alike < 0 else 1.0)
        value = again.mean.mean(axis=0)
        low, high = _ends(factor.draw_positions(again, rng=np.random.default_rng([seed, 2])))
        columns = {
            "left_out": key, "actor": table.actors, "value": value, "low": low, "high": high,
            "shift": value - full, "correlation": abs(float(alike)), "interval": "parameters and noise",
            "mark": "estimated",
        }  # fmt: skip
        parts.append(pd.DataFrame(columns).loc[held])
    return pd.concat(parts, ignore_index=True)[LEFT_OUT]


def _ends(drawn: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high


def _contributions(case: Case, table: Matrix, told: Positions, cells: pd.DataFrame) -> pd.DataFrame:
    """Return what each measurement adds to an actor's position (they add up to it), and what was expected.

    `typical` is what an actor in the middle of the scale shows, `expected` what the actor's other
    measurements lead to expect of it; both in the measurement's own unit.
    """
    assert case.stance is not None
    expected = _expected(told, table)
    typical = told.intercepts.mean(axis=0)
    pull = told.pull.mean(axis=0)
    row = {actor: k for k, actor in enumerate(table.actors)}
    column = {key: k for k, key in enumerate(table.measurements)}
    at = [(row[actor], column[key]) for actor, key in zip(cells["actor"], cells["measurement"], strict=True)]
    i, m = np.array(at).T
    frame = cells.rename(columns={"value": "observed"}).assign(
        pull=pull[i, m], raw_expected=expected[i, m], raw_typical=typical[m], column=m
    )
    parts = [_in_own_unit(case, part, table) for _, part in frame.groupby("column")]
    return pd.concat(parts).sort_values(["actor", "measurement"], ignore_index=True)[PULLS]


def _in_own_unit(case: Case, part: pd.DataFrame, table: Matrix) -> pd.DataFrame:
    """Return the rows of one measurement with what is typical and expected in its own unit."""
    assert case.stance is not None
    k, unit = int(part["column"].iloc[0]), str(part["unit"].iloc[0])
    spec = case.stance.measurements[table.measurements[k]]
    kind: Transform = spec.transform if spec.by == "ties" or spec.by == "indicators" else "none"
    back = {
        name: restored(table.centre[k] + table.scale[k] * part[f"raw_{name}"].to_numpy(), kind, unit=unit)
        for name in ("expected", "typical")
    }
    return part.assign(**back)


def _expected(told: Positions, table: Matrix) -> Floats:
    """Return what each measurement should be, by the position that the actor's others give alone."""
    seen = ~np.isnan(table.scores)
    weight = seen * told.loadings[:, None, :] ** 2 / (told.residual[:, None, :] + table.errors**2)
    precision = 1 / told.variance
    rest = (told.mean * precision)[..., None] - told.pull * precision[..., None]
    position = rest / (precision[..., None] - weight)
    return np.asarray((told.intercepts[:, None, :] + told.loadings[:, None, :] * position).mean(axis=0))
