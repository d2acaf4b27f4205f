"""From evidence to a panel: readings, members, suppliers and changes of covariates, year by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all
from detente.measurement.blocs import members
from detente.simulation.panel.covariates import Covariate, stack, suppliers
from detente.simulation.panel.data import ASIDE, SINCE, Panel, shares
from detente.simulation.panel.readings import WIDEST

if TYPE_CHECKING:
    from detente.evidence import Evidence

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a panel holds besides readings: blocs, by spells of membership (actor, start, end), covariates,
    and the year it begins. `influence` adds suppliers of arms as those who are listened to.
    """

    blocs: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    covariates: tuple[Covariate, ...] = ()
    since: int = SINCE
    influence: bool = False


def assemble(
    readings: pd.DataFrame, evidence: Evidence, around: Surroundings, *, source: str, until: int | None = None
) -> Panel:
    """Return the panel of `readings` (actor, year, reading, sd) from `around.since` to `until`.

    Covariates and suppliers are read up to the last year and no further; members are those of the last day
    of each year. Readings with a standard error above WIDEST, and unknown changes, are set aside and counted.

    Raises SimulationError where no reading is left, and for cells that are wrong.
    """
    inside = readings["year"].between(around.since, until if until is not None else readings["year"].max())
    held = readings[inside]
    wide = held[~(held["sd"] <= WIDEST)]
    held = held[held["sd"] <= WIDEST]
    _check(held, around, until)
    years = range(int(held["year"].min()), int(until or held["year"].max()) + 1)
    table = held.pivot(index="year", columns="actor", values=["reading", "sd"]).reindex(list(years))
    actors = tuple(map(str, table["reading"].columns))
    reading = table["reading"].to_numpy(dtype=float)
    changes = {each.name: each.changes(evidence, actors, years) for each in around.covariates}
    rows = [*_wide_rows(wide), *_change_rows(changes)]
    return Panel(
        actors=actors,
        years=tuple(years),
        reading=reading,
        sd=table["sd"].to_numpy(dtype=float),
        source=source,
        blocs=tuple(around.blocs),
        covariates=tuple(changes),
        member=_members(around.blocs, actors, years),
        influence=_listened(evidence, actors, years, reading) if around.influence else None,
        change=stack(changes) if changes else None,
        set_aside=pd.DataFrame(rows, columns=ASIDE),
    )


def _check(held: pd.DataFrame, around: Surroundings, until: int | None) -> None:
    problems = []
    if held.empty:
        span = f"from {around.since} to {until or 'the last year'}"
        problems.append(Problem("readings", f"there are none {span}", "detente data pull unga_votes"))
    twice = held[held.duplicated(["actor", "year"])]
    for actor, year in twice[["actor", "year"]].head(8).itertuples(index=False):
        problems.append(Problem(f"{actor}, {year}", "has more than one reading", "give one per year"))
    raise_all(SimulationError, problems)


def _members(blocs: Mapping[str, pd.DataFrame], actors: Sequence[str], years: Sequence[int]) -> Floats:
    out = np.zeros((len(years), len(actors), len(blocs)))
    for column, spells in enumerate(blocs.values()):
        for row, year in enumerate(years):
            out[row, :, column] = np.isin(actors, members(spells, date(year, 12, 31)))
    return out


def _listened(evidence: Evidence, actors: Sequence[str], years: Sequence[int], reading: Floats) -> Floats:
    weights = suppliers(evidence, actors, years)
    known = np.cumsum(~np.isnan(reading), axis=0) > 0
    weights[0] = 0.0
    weights[1:] *= known[:-1, None, :]
    return shares(weights)


def _wide_rows(wide: pd.DataFrame) -> Iterator[tuple[str, int, str]]:
    if len(wide):
        worst = wide.sort_values("sd", ascending=False).head(4)
        examples = ", ".join(f"{row.actor} {row.year}" for row in worst.itertuples())
        yield (
            f"readings with a standard error above {WIDEST:g}: too few votes, or all alike",
            len(wide),
            examples,
        )


def _change_rows(changes: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, int, str]]:
    for name, frame in changes.items():
        known = frame.notna()
        ends = int(frame.index[known.any(axis=1)].max()) if known.to_numpy().any() else None
        until = f"known until {ends}" if ends is not None else "known for nobody"
        said = f"changes of {name}, taken as none ({until}, for {int(known.any().sum())} actors)"
        yield said, int((~known).to_numpy().sum()), ", ".join(map(str, frame.columns[~known.any()][:4]))
