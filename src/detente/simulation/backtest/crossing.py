"""Members on their bloc's side of the middle between two blocs, and those who are read on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, did_you_mean, raise_all
from detente.simulation.backtest.outcomes import CLEAR
from detente.simulation.panel.data import Panel

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Side:
    """Who of a bloc stands on its side at the origin, and what the middle is made of.

    `watched` (M,): columns of those members; `own`, `other` (N,): who makes up the two means.
    """

    bloc: str
    against: str
    actors: tuple[str, ...]
    watched: NDArray[np.int64]
    own: Bools
    other: Bools

    @property
    def who(self) -> tuple[str, ...]:
        """Names of those watched, with the pair: an actor may be watched for two."""
        return tuple(f"{self.actors[column]} ({self.bloc}, {self.against})" for column in self.watched)


def sides_now(panel: Panel, pairs: Sequence[tuple[str, str]]) -> Iterator[Side]:
    """Yield the sides of each pair at the end of the panel; none where one of the two has no clear reading.

    Raises SimulationError for names that are neither a bloc nor an actor of the panel.
    """
    known = [*panel.blocs, *panel.actors]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    raise_all(
        SimulationError,
        [
            Problem(f"sides: {name!r}", "is no bloc and no actor of the panel", did_you_mean(name, known))
            for name in names
            if name not in known
        ],
    )
    reading = np.where(panel.sd[-1] <= CLEAR, panel.reading[-1], np.nan)
    for bloc, against in pairs:
        own, other = _mask(panel, bloc), _mask(panel, against)
        if np.isnan(reading[own]).all() or np.isnan(reading[other]).all():
            continue
        near = own & ~np.isnan(reading) & ~_beyond(reading[None], own, other)[0]
        yield Side(bloc, against, panel.actors, np.flatnonzero(near), own, other)


def crossed(side: Side, readings: Floats) -> Bools:
    """Return who of those watched is beyond the middle, (S, M), in readings (S, N); NaN are not beyond."""
    return _beyond(readings, side.own, side.other)[:, side.watched]


def _beyond(readings: Floats, own: Bools, other: Bools) -> Bools:
    home = np.nanmean(readings[:, own], axis=1, keepdims=True)
    away = np.nanmean(readings[:, other], axis=1, keepdims=True)
    return np.asarray((readings - (home + away) / 2) * np.sign(away - home) > 0)


def _mask(panel: Panel, name: str) -> Bools:
    if name in panel.blocs:
        return np.asarray(panel.tables[0][-1][:, panel.blocs.index(name)] > 0)
    return np.asarray(np.array(panel.actors, object) == name)
