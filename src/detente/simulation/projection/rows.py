"""Rows of the engine as tables of a case: titles and marks added, fillers taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.cases.projection import ALIGNMENT
from detente.errors import Problem, SimulationError, did_you_mean
from detente.simulation.projection.law import YEAR

if TYPE_CHECKING:
    from detente.simulation.projection.preparing import Prepared

SOURCES = {
    "positions": "positions",
    "blocs": "blocs",
    "cohesion": "spreads",
    "exposure": "covariates",
    "decisions": "decisions",
    "votes": "votes",
    "crossings": "lines",
}
"""Tables, and what the engine calls them."""


def source_of(table: str) -> str:
    """Return what the engine calls a table; raises `SimulationError` where there is no such table."""
    if table not in SOURCES:
        hint = did_you_mean(table, SOURCES) or f"tables are {', '.join(SOURCES)}"
        raise SimulationError(Problem("table", f"there is no {table!r}", hint))
    return SOURCES[table]


def named(prepared: Prepared, rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the engine's rows as a case's table: titles and marks added, fillers taken out."""
    makers = {"exposure": _exposure, "decisions": _dated, "votes": _dated, "crossings": _watched}
    return makers.get(table, _placed)(prepared, rows).reset_index(drop=True)


def _placed(prepared: Prepared, rows: pd.DataFrame) -> pd.DataFrame:
    """Positions, means and spreads: on an item, those who really are on it."""
    told = rows.rename(columns={"issue": "item"})
    told = told.assign(mark=np.where(told["item"] == ALIGNMENT, "estimated", "assumed"))
    if "actor" not in told:
        return told
    cells = zip(told["actor"], told["item"], strict=True)
    return _kept(told, (actor in prepared.on[item] for actor, item in cells))


def _kept(rows: pd.DataFrame, wanted: Iterable[bool]) -> pd.DataFrame:
    """Return the rows that are wanted, of which there may be none."""
    return rows[np.fromiter(wanted, dtype=bool, count=len(rows))]


def _exposure(prepared: Prepared, rows: pd.DataFrame) -> pd.DataFrame:
    """Levels of drivers, of those of whom they are known."""
    known = {level.key: level for level in prepared.levels}
    there = {
        (actor, key)
        for key, level in known.items()
        for actor, sure in zip(prepared.names.actors, level.known, strict=True)
        if sure
    }
    told = rows[rows["covariate"] != YEAR].rename(columns={"covariate": "driver"})
    told = _kept(told, (each in there for each in zip(told["actor"], told["driver"], strict=True)))
    titles, kinds = ([getattr(known[key], name) for key in told["driver"]] for name in ("title", "kind"))
    return told.assign(title=titles, kind=kinds)


def _dated(prepared: Prepared, rows: pd.DataFrame) -> pd.DataFrame:
    """Decisions and votes, with the half-year in which they come up."""
    days, decisions = prepared.calendar.days, prepared.case.decisions
    return rows.assign(
        title=[decisions[key].title for key in rows["decision"]],
        begins=pd.to_datetime([days[step - 1] for step in rows["step"]]),
        ends=pd.to_datetime([days[step] for step in rows["step"]]),
    )


def _watched(prepared: Prepared, rows: pd.DataFrame) -> pd.DataFrame:
    """Crossings of lines, of the members who are watched."""
    assert prepared.case.projection is not None
    lines = prepared.case.projection.lines
    watched = {
        (key, actor)
        for key, line in lines.items()
        for actor in prepared.names.members.get(line.watch, ())
        if actor in prepared.on.get(line.item, ())
    }
    told = _kept(rows, (each in watched for each in zip(rows["line"], rows["actor"], strict=True)))
    far = set(_starting_beyond(prepared))
    return told.assign(
        title=[lines[key].title for key in told["line"]],
        starts_beyond=[each in far for each in zip(told["line"], told["actor"], strict=True)],
    )


def _starting_beyond(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Yield lines and actors who start on the other side than the mean of the bloc that is watched."""
    assert prepared.case.projection is not None
    names = prepared.futures.dynamics
    mean = names.start.mean(axis=0)
    for line in prepared.futures.lines:
        gap = mean[:, names.issues.index(line.issue)] - line.at
        watched = prepared.names.members.get(prepared.case.projection.lines[line.key].watch, ())
        inside = [actor in watched for actor in names.actors]
        if any(inside):
            side = np.sign(gap[inside].mean())
            yield from ((line.key, actor) for actor, each in zip(names.actors, gap, strict=True)
                        if side * each < 0)  # fmt: skip
