"""Ideal points in a case: where blocs and actors stand by session, how far apart, and when they moved.

The votes of the evidence are used where it has them; else estimates that ship with detente, where they were
made for the same question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.errors import MeasurementError
from detente.measurement import casting, comparing, kept, paths, shipped_points
from detente.measurement.ballots import Evidence
from detente.measurement.located import PART, Located, Place
from detente.measurement.missing import PULL_VOTES, Missing, as_frame
from detente.measurement.shipped import LIVE
from detente.measurement.wording import fit_notes, general_notes

if TYPE_CHECKING:
    from detente.measurement.idealpoints import IdealPoints

MARKED = ["mark", "source", "basis"]
FRAMES: Mapping[str, list[str]] = {
    "ideal_points": [
        "actor", "group", "session", "year", "mean", "sd", "low", "high", "votes", *MARKED,
    ],
    "bloc_paths": [
        "series", "kind", "session", "year", "mean", "low", "high", "spread", "spread_low", "spread_high",
        "members", *MARKED,
    ],
    "distances": ["comparison", "title", "session", "year", "value", "low", "high", *MARKED],
    "change_points": ["series", "year", "before", "after", "shift", "low", "high", "probability", *MARKED],
    "published": comparing.PUBLISHED,
    "ideal_point_notes": ["what", "text"],
}  # fmt: skip
"""The tables of ideal points in `Measures`, and their columns."""

WHOLE = ("session", "year", "votes", "members", "n")
"""Columns of whole numbers; the year of `published` is one where it is there."""

MOST_DRAWS = 400


def empty(table: str) -> pd.DataFrame:
    """Return one of the tables of `FRAMES` without rows.

    >>> list(empty("ideal_point_notes"))
    ['what', 'text']
    """
    return pd.DataFrame(columns=FRAMES[table])


@dataclass(frozen=True)
class Positions:
    """The tables of `FRAMES`, and what could not be told."""

    tables: Mapping[str, pd.DataFrame] = field(
        default_factory=lambda: {table: empty(table) for table in FRAMES}
    )
    missing: tuple[Missing, ...] = ()


def locate(place: Place, evidence: Evidence) -> Positions:
    """Return where the case's actors stand; without rows where it does not ask.

    What was estimated is kept under `detente.files.cache_folder()`, filed under all that it depends on. Votes
    that cannot be used are named in `missing`.
    """
    if place.case.ideal_points is None:
        return Positions()
    if not shipped_points.preferred(place.case, evidence):
        found = kept.remembered(
            kept.folder_for(evidence), _key(place, evidence), lambda: _as_frames(_estimate(place, evidence))
        )
        return _from_frames(found)
    located, missing = shipped_points.located(place)
    if located is None:
        return Positions(missing=missing)
    return Positions(assemble(place, evidence, located), missing)


def _key(place: Place, evidence: Evidence) -> str:
    parts = place.case.model_dump_json(
        include={"ideal_points", "issues", "blocs", "compare", "ally", "rival", "reference", "as_of"}
    )
    return kept.key("ideal points", parts, evidence.digest, place.seed, place.draws)


def _as_frames(positions: Positions) -> dict[str, pd.DataFrame]:
    return {**positions.tables, "missing": as_frame(positions.missing)}


def _from_frames(frames: Mapping[str, pd.DataFrame]) -> Positions:
    missing = tuple(Missing(*map(str, row)) for row in frames["missing"].itertuples(index=False))
    return Positions({name: frames[name] for name in FRAMES}, missing)


def _estimate(place: Place, evidence: Evidence) -> Positions:
    try:
        chosen = casting.choose(place.case, evidence)
        result = fit(place, chosen)
    except MeasurementError as error:
        rows = [Missing(PART, each.where, each.what, each.hint or PULL_VOTES) for each in error.problems]
        return Positions(missing=tuple(rows))
    return Positions(assemble(place, evidence, locate_drawn(place, chosen, result)))


def fit(place: Place, chosen: casting.Chosen) -> IdealPoints:
    """Return the ideal points of the chosen votes, as the case wants them estimated."""
    from detente.measurement.idealpoints import Spec, ideal_points

    spec = place.case.ideal_points
    assert spec is not None
    draws = min(place.draws, MOST_DRAWS)
    rng = np.random.default_rng(place.seed)
    how = Spec(prior=spec.prior, absent=spec.absent, links=chosen.links if len(chosen.links) else None)
    return ideal_points(chosen.votes, positive=place.positive, draws=draws, rng=rng, spec=how)


def locate_drawn(place: Place, chosen: casting.Chosen, result: IdealPoints) -> Located:
    """Return points, paths, distances and shifts of an estimate."""
    points = result.table()[["actor", "session", "mean", "sd", "low", "high", "votes"]]
    calendar = chosen.calendar[chosen.calendar["session"].isin(points["session"])].reset_index(drop=True)
    roster = place.roster(points, calendar)
    assert result.draws is not None
    cube = result.draws.transpose("actor", "session", "draw").sel(
        actor=list(roster.actors), session=list(roster.sessions)
    )
    drawn = paths.Drawn(roster, cube.to_numpy().astype(float))
    case = place.case
    tables = {
        "bloc_paths": drawn.bloc_paths(case),
        "distances": drawn.distances(case),
        "change_points": drawn.change_points(case),
    }
    return Located(points, calendar, tables, chosen.source, LIVE, fit_notes(result, chosen))


def assemble(place: Place, evidence: Evidence, located: Located) -> dict[str, pd.DataFrame]:
    """Return the tables of `FRAMES`: marked, with years, in the order of the case."""
    case, points = place.case, located.points
    spec = case.ideal_points
    assert spec is not None
    roster = place.roster(points, located.calendar)
    singles = paths.actor_paths(case, roster, points)
    groups = {place.joined.get(actor, actor): group for actor, group in place.groups.items()}
    order = {name: number for number, name in enumerate(paths.shown(case))}
    titles = {key: each.title for key, each in case.compare.items()}
    every = [part for part in (located.drawn["bloc_paths"], singles) if len(part)]
    drawn = {
        "ideal_points": points.assign(group=points["actor"].map(groups).fillna("other")),
        "bloc_paths": pd.concat(every) if every else singles,
        "distances": located.drawn["distances"].assign(
            title=located.drawn["distances"]["comparison"].map(titles)
        ),
        "change_points": located.drawn["change_points"],
    }
    tables = {name: _finished(frame, located, name) for name, frame in drawn.items()}
    by_series = tables["bloc_paths"]["series"].map(order)
    tables["bloc_paths"] = tables["bloc_paths"].iloc[np.lexsort((tables["bloc_paths"]["session"], by_series))]
    series = comparing.published_series(evidence, spec.published or (), joined=place.joined)
    tables["published"] = comparing.compare(tables["ideal_points"], series)
    words = [*located.notes, *general_notes(place.joined, tables, series), ("basis", located.basis)]
    tables["ideal_point_notes"] = pd.DataFrame(words, columns=FRAMES["ideal_point_notes"])
    return {name: frame.reset_index(drop=True) for name, frame in tables.items()}


def _finished(frame: pd.DataFrame, located: Located, table: str) -> pd.DataFrame:
    """Return a table with years and marks, in the columns of `FRAMES`, whole numbers as such."""
    years = dict(zip(located.calendar["session"], located.calendar["year"], strict=True))
    told = frame.assign(
        year=frame["session"].map(years), mark="estimated", source=located.source, basis=located.basis
    )
    told = told[FRAMES[table]]
    whole = {name: "int64" for name in WHOLE if name in told}
    return told.astype(whole)
