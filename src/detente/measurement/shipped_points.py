"""Ideal points that ship with detente: all roll calls, used where the evidence has no votes, or fewer.

`snapshots/ideal_points.csv` holds every actor's points; paths, distances and shifts of blocs rest on joint
draws, which are not shipped, so that they are filed under who is behind them (`Roster.key`) and there for the
shipped cases and those that ask the same.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.measurement import casting, paths
from detente.measurement.ballots import Evidence
from detente.measurement.located import PART, Located, Place
from detente.measurement.missing import PULL_VOTES, Missing
from detente.measurement.shipped import FOLDER, SHIPPED

if TYPE_CHECKING:
    from detente.cases.schema import Case

POINTS = "ideal_points.csv"
SESSIONS = "ideal_point_sessions.csv"
ABOUT = "ideal_points.json"
TABLES = {"bloc_paths": paths.PATH, "distances": paths.DISTANCE, "change_points": paths.CHANGE}
PARTS = {"bloc_paths": "path", "distances": "distance", "change_points": "shifts"}
"""What the tables are called in `missing`."""

NAMED = ("series", "kind", "comparison")
"""Columns that belong to the case, not to what is shipped."""


def stored(table: str) -> list[str]:
    """Return the columns of a shipped table: the key, and what is not in the question."""
    return ["key", *(name for name in TABLES[table] if name not in NAMED)]


@cache
def read(file: str) -> pd.DataFrame:
    """Return one shipped file."""
    dates = ["middle"] if file == SESSIONS else None
    return pd.read_csv(
        FOLDER / file, dtype={"key": object, "actor": object}, keep_default_na=False, na_values=[""],
        parse_dates=dates,
    )  # fmt: skip


@cache
def about() -> dict[str, Any]:
    """Return what the shipped estimates rest on: digest of the inputs, settings, and words."""
    found: dict[str, Any] = json.loads((FOLDER / ABOUT).read_text(encoding="utf-8"))
    return found


def usual(case: Case) -> bool:
    """Return whether the case asks for what ships: all roll calls, the usual prior, up to the last vote."""
    spec = case.ideal_points
    assert spec is not None
    issue = case.issues[spec.issue] if spec.issue else None
    chosen = issue is not None and bool(issue.codes or issue.resolutions)
    narrowed = chosen or spec.important or spec.final_only or spec.since or spec.until
    settings = (spec.prior, spec.absent) == (about()["prior"], about()["absent"])
    return not narrowed and settings and str(case.as_of) >= about()["until"]


def preferred(case: Case, evidence: Evidence) -> bool:
    """Return whether the shipped points are to be used: the evidence has no votes, or fewer roll calls."""
    held = casting.at_hand(case, evidence)
    return not held or (usual(case) and held < int(about()["roll_calls"]))


def located(place: Place) -> tuple[Located | None, tuple[Missing, ...]]:
    """Return the shipped points of the case, and what is not shipped for it."""
    if not usual(place.case):
        why = "the evidence has no roll calls, and the estimates that ship are of all of them, as usual"
        return None, (Missing(PART, "all", why, PULL_VOTES),)
    points, calendar = read(POINTS), read(SESSIONS)
    sign = _sign(points, place.positive)
    if sign is None:
        why = f"{place.positive!r} never voted, so that it cannot fix the sign"
        return None, (Missing(PART, "positive", why, "name an actor that votes"),)
    points = turned(points, sign, ("mean",))
    roster = place.roster(points, calendar)
    drawn, untold = _looked_up(place.case, roster, sign)
    why = "it is not among the estimates that ship, and needs joint draws for an interval"
    notes = [(str(what), str(text)) for what, text in about()["notes"]]
    missing = tuple(Missing(PART, name, why, PULL_VOTES) for name in untold)
    return Located(points, calendar, drawn, about()["source"], SHIPPED, notes), missing


def _sign(points: pd.DataFrame, positive: str) -> int | None:
    own = points.loc[points["actor"] == positive, "mean"]
    return None if own.empty else 1 if own.mean() >= points["mean"].mean() else -1


def turned(frame: pd.DataFrame, sign: int, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table with the scale's other end positive where `sign` is -1: the interval's ends change
    places.
    """
    if sign == 1:
        return frame
    return frame.assign(**{name: -frame[name] for name in columns}, low=-frame["high"], high=-frame["low"])


def _looked_up(case: Case, roster: paths.Roster, sign: int) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the shipped tables of what the case asks, and the names of what is not shipped."""
    signed = {
        "bloc_paths": ("mean",), "distances": ("value",), "change_points": ("before", "after", "shift"),
    }  # fmt: skip
    found, untold = {}, []
    for table, rows in asked(case, roster).items():
        wanted = pd.DataFrame(rows, columns=["key", *[name for name in NAMED if name in TABLES[table]]])
        held = turned(read(f"{table}.csv"), sign, signed[table])
        found[table] = wanted.merge(held, on="key")[TABLES[table]]
        filed = set(about()["searched"] if table == "change_points" else held["key"])
        untold += [f"{PARTS[table]} of {row[1]}" for row in rows if row[0] not in filed]
    return found, untold


def asked(case: Case, roster: paths.Roster) -> dict[str, list[tuple[str, ...]]]:
    """Return what the case asks in each table: key and name, and for paths the kind."""
    series = paths.shown(case)
    return {
        "bloc_paths": [
            (roster.key("path", name), name, kind) for name, kind in series.items() if kind == "bloc"
        ],
        "distances": [(roster.key("distance", *sides), key) for key, sides in paths.compared(case).items()],
        "change_points": [(roster.key("shifts", name), name) for name in series],
    }
