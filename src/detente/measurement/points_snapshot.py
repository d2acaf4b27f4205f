"""Makes the ideal points that ship with detente, from all roll calls: see `shipped_points`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from detente import files
from detente.cases import load_case, shipped_cases
from detente.evidence import Evidence
from detente.evidence.actors import Gazetteer
from detente.measurement import casting, paths, positions, shipped_points
from detente.measurement.blocs import groups, memberships
from detente.measurement.located import Located, Place
from detente.measurement.shipped import FOLDER

DECIMALS = 4
SEED = 0


@dataclass(frozen=True)
class Snapshot:
    """What ships: tables by file name, and what they rest on."""

    tables: Mapping[str, pd.DataFrame]
    about: Mapping[str, object]

    def write(self) -> None:
        """Write it into the package."""
        for name, frame in self.tables.items():
            files.write_text(FOLDER / name, frame.to_csv(index=False, lineterminator="\n"))
        text = json.dumps(self.about, indent=2, ensure_ascii=False) + "\n"
        files.write_text(FOLDER / shipped_points.ABOUT, text)


def computed(evidence: Evidence) -> Snapshot:
    """Return the points of all roll calls, and what the shipped cases show of them.

    All shipped cases ask for the same points, so that they are estimated once.
    """
    places = [_place(name, evidence) for name in shipped_cases()]
    places = [place for place in places if place.case.ideal_points is not None]
    chosen = casting.choose(places[0].case, evidence)
    result = positions.fit(places[0], chosen)
    parts: dict[str, list[pd.DataFrame]] = {table: [] for table in shipped_points.TABLES}
    for place in places:
        located = positions.locate_drawn(place, chosen, result)
        for table, rows in _filed(place, located).items():
            parts[table].append(rows)
    searched = {
        row[0]
        for place in places
        for row in shipped_points.asked(place.case, place.roster(located.points, located.calendar))[
            "change_points"
        ]
    }
    tables = {
        shipped_points.POINTS: _rounded(located.points),
        shipped_points.SESSIONS: located.calendar,
        **{f"{table}.csv": _tidy(pd.concat(found)) for table, found in parts.items()},
    }
    return Snapshot(tables, {**_about(evidence, places[0], chosen, located), "searched": sorted(searched)})


def _place(name: str, evidence: Evidence) -> Place:
    case = load_case(name)
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    joined = casting.heirs(Gazetteer.load())
    return Place(case, spells, groups(case, spells), joined, positions.MOST_DRAWS, SEED)


def _filed(place: Place, located: Located) -> dict[str, pd.DataFrame]:
    """Return the tables of one case, each row under its key."""
    roster = place.roster(located.points, located.calendar)
    found = {}
    for table, rows in shipped_points.asked(place.case, roster).items():
        keys = {row[1]: row[0] for row in rows}
        frame = located.drawn[table]
        found[table] = frame.assign(key=frame.iloc[:, 0].map(keys))[shipped_points.stored(table)]
    return found


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    figures = [str(name) for name in frame if pd.api.types.is_float_dtype(frame[name]) and name != "votes"]
    whole = {name: "int64" for name in ("votes", "members") if name in frame}
    return frame.assign(**{name: frame[name].round(DECIMALS) + 0.0 for name in figures}).astype(whole)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows rounded, each once, in an order that does not depend on the cases."""
    by = ["key", "session"]
    return _rounded(frame).drop_duplicates(by).sort_values(by, ignore_index=True)


def _about(evidence: Evidence, place: Place, chosen: casting.Chosen, located: Located) -> dict[str, object]:
    """Return what the estimate rests on: inputs by digest, settings, and the words that go with it."""
    sources = evidence.sources()
    row = sources[sources["id"] == chosen.source].iloc[0]
    spec = place.case.ideal_points
    assert spec is not None
    last = pd.to_datetime(chosen.votes["date"]).max()
    return {
        "method": paths.METHOD,
        "source": chosen.source,
        "vintage": row["vintage"],
        "sha256": row["sha256"],
        "roll_calls": int(chosen.calendar["roll_calls"].sum()),
        "until": str(last.date()),
        "positive": spec.positive,
        "prior": spec.prior,
        "absent": spec.absent,
        "seed": SEED,
        "draws": place.draws,
        "notes": located.notes,
    }
