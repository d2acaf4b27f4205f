"""What came of futures, with names: by actor, bloc, covariate, decision and line, at each recorded time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, did_you_mean
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.gathering import QUANTILES, Gathered
from detente.simulation.institutions.power import interval_of

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STATISTICS = ("mean", "sd", *(f"p{round(100 * share)}" for share in QUANTILES), "resolution")
KINDS: Mapping[str, tuple[str, ...]] = {
    "positions": ("actor", "issue"),
    "blocs": ("bloc", "issue"),
    "spreads": ("bloc", "issue"),
    "covariates": ("actor", "covariate"),
}
"""What has quantiles, each by time and these: positions, blocs' means, the standard deviation within blocs
(cohesion: the less, the closer), and covariates, such as dependence, threat or burden.
"""


@dataclass(frozen=True, eq=False)
class Shape:
    """How rows of numbers and of flags follow one another, with their names."""

    names: Mapping[str, tuple[str, ...]]
    times: pd.DatetimeIndex
    occasions: tuple[tuple[str, int], ...]
    """Ballots and steps, in the order in which they come up."""
    voters: NDArray[np.bool_]
    """(occasions, actors): who votes."""

    @classmethod
    def of(cls, futures: Futures) -> Shape:
        """Return the shape of some futures."""
        dynamics = futures.dynamics
        rows = sorted((step, place) for place, b in enumerate(futures.ballots) for step in b.steps)
        held = [set(futures.ballots[place].rule_at(step).voters.actors) for step, place in rows]
        names = {
            "actor": dynamics.actors,
            "issue": dynamics.issues,
            "bloc": dynamics.blocs,
            "covariate": dynamics.covariates,
            "line": tuple(line.key for line in futures.lines),
        }
        return cls(
            names,
            futures.times,
            tuple((futures.ballots[place].key, step) for step, place in rows),
            np.array([[actor in each for actor in dynamics.actors] for each in held], dtype=np.bool_).reshape(
                len(rows), len(dynamics.actors)
            ),
        )

    def tables(self, rows: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield rows (..., rows) by kind, with time and names as last axes."""
        lead, start = rows.shape[:-1], 0
        by_time = rows.reshape(*lead, len(self.times), -1)
        for kind, axes in KINDS.items():
            shape = tuple(len(self.names[axis]) for axis in axes)
            size = int(np.prod(shape))
            yield kind, by_time[..., start : start + size].reshape(*lead, len(self.times), *shape)
            start += size

    def flags(self, rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return flags or counts (..., rows) as passed (..., occasions), votes (..., occasions, actors), and
        beyond and crossed (..., times, lines, actors).
        """
        many, actors, lines = len(self.occasions), len(self.names["actor"]), len(self.names["line"])
        lead, voted = rows.shape[:-1], many * (1 + actors)
        crossings = rows[..., voted:].reshape(*lead, 2, len(self.times), lines, actors)
        return {
            "passed": rows[..., :many],
            "votes": rows[..., many:voted].reshape(*lead, many, actors),
            "beyond": crossings[..., 0, :, :, :],
            "crossed": crossings[..., 1, :, :, :],
        }

    def coordinates(self, *axes: str) -> dict[str, Any]:
        """Return names along axes."""
        return {axis: list(self.names[axis]) for axis in axes}


@dataclass(frozen=True, eq=False)
class Summary:
    """What was gathered of many futures, or of the differences between pairs of them, with names.

    `digest` stands for everything that the futures hang on.
    """

    shape: Shape
    gathered: Gathered
    seed: int
    digest: str

    @property
    def draws(self) -> int:
        """How many futures, or pairs of them, were drawn."""
        return self.gathered.draws

    @cached_property
    def data(self) -> xr.Dataset:
        """For each kind of `KINDS` its quantiles (quantile, time, ...), `_mean`, `_sd` and `_resolution`
        (time, ...): by how much a quantile may be off, 0 where it is exact.
        """
        import xarray as xr

        held: dict[str, Any] = {}
        told = self.gathered
        parts = {"": told.quantiles.T, "_mean": told.mean, "_sd": told.sd, "_resolution": told.resolution}
        for suffix, rows in parts.items():
            lead = ("quantile",) if rows.ndim == 2 else ()
            for kind, table in self.shape.tables(np.ascontiguousarray(rows)):
                held[kind + suffix] = ((*lead, "time", *KINDS[kind]), table)
        names = self.shape.coordinates("actor", "issue", "bloc", "covariate")
        return xr.Dataset(held, coords={"quantile": list(QUANTILES), "time": self.shape.times, **names})


@dataclass(frozen=True, eq=False)
class Ensemble(Summary):
    """What came of many futures; `trajectories` holds the positions of the first of them, if asked for.

    (future, time, actor, issue).
    """

    trajectories: xr.DataArray | None = None

    def frame(self, kind: str) -> pd.DataFrame:
        """Return one kind as rows of time, names, mean, sd, quantiles and resolution.

        Kinds are those of `KINDS`, and `decisions`, `votes` and `lines`, whose shares carry the ends of 95
        per cent intervals for the number of futures. Raises `SimulationError` for any other.
        """
        makers = {"decisions": self._decisions, "votes": self._votes, "lines": self._lines}
        if kind in makers:
            return makers[kind]()
        if kind not in KINDS:
            hint = did_you_mean(kind, [*KINDS, *makers]) or f"kinds are {', '.join([*KINDS, *makers])}"
            raise SimulationError(Problem("kind", f"there is no {kind!r}", hint))
        return quantile_frame(self.shape, self.gathered, kind)

    def _decisions(self) -> pd.DataFrame:
        rows = occasion_rows(self.shape)
        return rows.assign(**_share(self.shape.flags(self.gathered.flags[0])["passed"], self.draws, "passes"))

    def _votes(self) -> pd.DataFrame:
        return vote_rows(self.shape).assign(
            **_share(self.shape.flags(self.gathered.flags[0])["votes"][self.shape.voters], self.draws, "yes")
        )

    def _lines(self) -> pd.DataFrame:
        counts = self.shape.flags(self.gathered.flags[0])
        rows = line_rows(self.shape).assign(**_share(counts["beyond"].ravel(), self.draws, "beyond"))
        return rows.assign(**_share(counts["crossed"].ravel(), self.draws, "crossed"))


def _share(count: Ints, draws: int, name: str) -> dict[str, Floats]:
    share, low, high = interval_of(count, draws)
    return {name: share, f"{name}_low": low, f"{name}_high": high}


def quantile_frame(shape: Shape, gathered: Gathered, kind: str) -> pd.DataFrame:
    """Return one kind as rows."""
    rows = np.concatenate(
        [np.stack([gathered.mean, gathered.sd]), gathered.quantiles.T, gathered.resolution[None]]
    )
    table = dict(shape.tables(rows))[kind]
    axes = [list(shape.names[axis]) for axis in KINDS[kind]]
    index = pd.MultiIndex.from_product([shape.times, *axes], names=["time", *KINDS[kind]])
    return pd.DataFrame(table.reshape(len(STATISTICS), -1).T, index=index, columns=STATISTICS).reset_index()


def occasion_rows(shape: Shape) -> pd.DataFrame:
    """Return a row for each time that a ballot comes up."""
    return pd.DataFrame(shape.occasions, columns=["decision", "step"])


def vote_rows(shape: Shape) -> pd.DataFrame:
    """Return a row for each voter and time that a ballot comes up."""
    occasion, actor = np.nonzero(shape.voters)
    names = np.array(shape.names["actor"], dtype=object)
    return occasion_rows(shape).iloc[occasion].reset_index(drop=True).assign(actor=names[actor])


def line_rows(shape: Shape) -> pd.DataFrame:
    """Return a row for each time, line and actor."""
    axes: list[Any] = [shape.times, list(shape.names["line"]), list(shape.names["actor"])]
    index = pd.MultiIndex.from_product(axes, names=["time", "line", "actor"])
    return pd.DataFrame(index=index).reset_index()
