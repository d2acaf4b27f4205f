"""A fit without its panel: what is known of the law and of today's positions, as tables that can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError
from detente.posterior import Posterior
from detente.simulation.panel.estimate import Estimate
from detente.simulation.panel.layout import Layout, Prior, Slot

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]
Tables = Mapping[str, pd.DataFrame]

TABLES = {
    "fit": ["year", "source", "blocs"],
    "parameters": ["place", "part", "name", "kind", "centre", "prior_sd", "z"],
    "covariance": ["row", "column", "value"],
    "positions": ["actor", "scale", "mean", "sd", "share"],
    "members": ["bloc", "actor"],
}
DECIMALS = 5
BETWEEN = ", "
CHANGE = "change of "


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of the law, per year, and of positions in the last year; S draws, N actors, B blocs.

    `start` (S, N) positions, `scale` (S, N) of own shocks (their sd where dof is infinite); `alpha` (S, B)
    pulls to means of blocs, some below nothing; `omega` (S, 1) influence; `drift` (S, 1) of all; `common`
    (S, B + 1) sds of shocks common to each bloc and, last, to all; `dof` (S,), infinite for normal shocks.
    """

    start: Floats
    scale: Floats
    alpha: Floats
    omega: Floats
    drift: Floats
    common: Floats
    dof: Floats


@dataclass(frozen=True, eq=False)
class StoredFit(Posterior):
    """The law of motion per year and where `actors` stood in `year`, without the votes behind it.

    `member` (actors, blocs) is 1 for members at the end of `year`. `walks` and `stretches` say by horizon, in
    years, whether the backtest leaves positions to the random walk, and by what factor intervals of the law
    are to be widened; both are empty where nothing was scored.

    >>> prior = Prior(float(np.log(0.1)), 1.0)
    >>> layout = Layout((Slot("own", "sd of own shock", "log", prior),), 0, 0)
    >>> one = np.ones((1, 1))
    >>> walk = Estimate(layout, z=np.zeros(1), covariance=1e-8 * one, actors=("A",), blocs=(), covariates=(),
    ...                 year=2019, mean=0.5 * one, sd=0.1 * one, share=one, source="made up")
    >>> drawn = StoredFit(walk, np.zeros((1, 0))).draw(np.random.default_rng(0), 3)
    >>> drawn.start.shape, drawn.scale.round(2)[0].tolist(), drawn.dof.tolist()
    ((3, 1), [0.1], [inf, inf, inf])
    """

    estimate: Estimate
    member: Floats
    walks: Mapping[int, bool] = field(default_factory=dict)
    stretches: Mapping[int, float] = field(default_factory=dict)

    @property
    def actors(self) -> tuple[str, ...]:
        """Whose positions are known."""
        return self.estimate.actors

    @property
    def blocs(self) -> tuple[str, ...]:
        """The blocs that pull and shake."""
        return self.estimate.blocs

    @property
    def year(self) -> int:
        """The last year of the panel: positions are those at its end."""
        return self.estimate.year

    @property
    def source(self) -> str:
        """What the readings were."""
        return self.estimate.source

    def draw(self, rng: np.random.Generator, draws: int) -> Drawn:
        """Return draws of the law and of positions, together: who moves much is known less well."""
        drawn = self.estimate.draw(rng, draws)
        start, scale = self.estimate.draw_actors(drawn, rng)
        blocs = len(self.blocs)
        return Drawn(
            start=start,
            scale=scale,
            alpha=drawn.get("alpha", np.zeros((draws, blocs))),
            omega=drawn.get("omega", np.zeros((draws, 1))),
            drift=drawn.get("drift", np.zeros((draws, 1))),
            common=drawn.get("common", np.zeros((draws, blocs + 1))),
            dof=drawn["dof"][:, 0] if "dof" in drawn else np.full(draws, np.inf),
        )

    def to_datatree(self, *, draws: int = 1000, rng: np.random.Generator | None = None) -> xr.DataTree:
        """Return draws with names: groups posterior and prior; see `Estimate.to_datatree`."""
        return self.estimate.to_datatree(draws=draws, rng=rng)

    def default_is_walk(self, horizon: int) -> bool:
        """Return whether the random walk is the better calibrated so many years ahead.

        Further ahead than was scored, the furthest that was; the law where nothing was.
        """
        return self.walks[self._scored(horizon)] if self.walks else False

    def stretch(self, horizon: int) -> float:
        """Return the factor by which intervals of positions so many years ahead are to be widened.

        Further ahead than was scored, that of the furthest that was; 1 where nothing was.
        """
        return self.stretches[self._scored(horizon)] if self.stretches else 1.0

    def _scored(self, horizon: int) -> int:
        if horizon < 1:
            raise SimulationError(Problem("horizon", f"{horizon} years ahead", "give at least 1"))
        return min(horizon, max(self.walks or self.stretches))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the fit as tables, with the columns of TABLES, rounded to DECIMALS."""
        est = self.estimate
        slots = [
            (place, slot.part, slot.name, slot.kind, slot.prior.centre, slot.prior.sd, est.z[place])
            for place, slot in enumerate(est.layout.slots)
        ]
        row, column = np.tril_indices(len(slots))
        scale, actor = np.indices(est.mean.shape)
        held, bloc = np.nonzero(self.member)
        names = np.array(est.actors, object)
        rows: dict[str, Iterable[tuple[object, ...]]] = {
            "fit": [(est.year, est.source, BETWEEN.join(est.blocs))],
            "parameters": slots,
            "covariance": zip(row, column, est.covariance[row, column], strict=True),
            "positions": zip(
                names[actor.T.ravel()],
                scale.T.ravel(),
                *(table.T.ravel() for table in (est.mean, est.sd, est.share)),
                strict=True,
            ),
            "members": sorted((est.blocs[b], str(a)) for b, a in zip(bloc, names[held], strict=True)),
        }
        return {
            name: pd.DataFrame(rows[name], columns=columns).round(DECIMALS)
            for name, columns in TABLES.items()
        }

    @classmethod
    def of_tables(cls, tables: Tables) -> StoredFit:
        """Return the fit of its tables. Raises SimulationError where they are not those of a fit."""
        try:
            return _read(tables)
        except (KeyError, ValueError, IndexError, TypeError) as error:
            hint = "fit the panel again"
            raise SimulationError(Problem("stored fit", f"cannot be read ({error!r})", hint)) from error


def _read(tables: Tables) -> StoredFit:
    about, told, rows = tables["fit"].iloc[0], tables["parameters"], tables["covariance"]
    told = told.sort_values("place")
    slots = tuple(
        Slot(part, name, kind, Prior(centre, sd))
        for part, name, kind, centre, sd in zip(
            *(told[name].tolist() for name in TABLES["parameters"][1:-1]), strict=True
        )
    )
    covariance = np.zeros((len(slots), len(slots)))
    row, column = rows["row"].to_numpy(int), rows["column"].to_numpy(int)
    covariance[row, column] = covariance[column, row] = rows["value"].to_numpy(float)
    blocs = tuple(each for each in str(about["blocs"]).split(BETWEEN) if each)
    covariates = tuple(slot.name.removeprefix(CHANGE) for slot in slots if slot.part == "beta")
    wide = tables["positions"].pivot(index="scale", columns="actor", values=["mean", "sd", "share"])
    actors = tuple(map(str, wide["mean"].columns))
    share = wide["share"].to_numpy(float)
    estimate = Estimate(
        layout=Layout(slots, len(blocs), len(covariates)),
        z=told["z"].to_numpy(float),
        covariance=covariance + 10.0**-DECIMALS * np.eye(len(slots)),
        actors=actors,
        blocs=blocs,
        covariates=covariates,
        year=int(about["year"]),
        mean=wide["mean"].to_numpy(float),
        sd=wide["sd"].to_numpy(float),
        share=share / share.sum(axis=0),
        source=str(about["source"]),
    )
    pairs = set(tables["members"][["bloc", "actor"]].itertuples(index=False, name=None))
    member = np.array([[float((bloc, actor) in pairs) for bloc in blocs] for actor in actors])
    return StoredFit(estimate, member.reshape(len(actors), len(blocs)))
