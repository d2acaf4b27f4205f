"""Camps that ship with detente: those of the shipped cases, filed under all that they depend on but the data.

Used where the evidence has no votes, or the very file of votes that they were computed from: camps and
margins take minutes to prove, and come out the same. `snapshots/camps.json` names the file.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

import pandas as pd

from detente.measurement import camp_frames
from detente.measurement.ballots import Evidence
from detente.measurement.networks.periods import periods
from detente.measurement.shipped import FOLDER, SHIPPED, clipped, dated, same_votes
from detente.measurement.unity import Setting

METHOD = 1
"""Version of the method: raise it whenever camps would come out otherwise on the same ties."""

ABOUT = "camps.json"
WHOLE = ("camp", "next_camp", "rank")
TRUTH = ("proven", "in_camp", "new", "gone")
TEXTS = {
    "camp_flows": ("actors",), "realignments": ("movers", "lasting", "roles"),
    "detachment": ("followers",),
}  # fmt: skip
"""Columns of text that may be empty."""


IMPLIED = ("start", "end", "name", "mark", "source", "basis")
"""Columns that follow from others, and are not stored; the days of a period are stored with the periods."""


def stored(table: str) -> list[str]:
    """Return the columns of a shipped table: the key, and what does not follow from the rest."""
    kept = ("start", "end") if table == "camp_periods" else ()
    implied = set(IMPLIED) - set(kept)
    return ["key", *(column for column in camp_frames.FRAMES[table] if column not in implied)]


def file_of(table: str) -> str:
    """Return the name of the file that holds a table."""
    return f"camps_{table.removeprefix('camp_')}.csv"


def question(setting: Setting) -> str:
    """Return all that the camps of a case depend on, besides data, seed and method, as text."""
    case = setting.case
    spec = case.camps
    assert spec is not None
    spans = periods(case)
    issues = {layer.issue for layer in spec.layers.values() if layer.by == "votes" and layer.issue}
    layers = {
        key: layer.model_dump(mode="json", exclude={"title", "reason", "issue"})
        for key, layer in spec.layers.items()
    }
    tagged = {key: case.issues[key].model_dump(mode="json", exclude={"title"}) for key in sorted(issues)}
    asked = {
        "layers": [*layers.items()], "issues": tagged,
        "periods": [[span.key, str(span.start), str(min(span.end, case.as_of))] for span in spans],
        "blocs": {
            bloc: [clipped(dated(setting.spells[bloc]), span) for span in spans]
            for bloc in spec.blocs or tuple(case.blocs)
        },
        "core": {bloc: sorted(core) for bloc, core in sorted(spec.core.items())},
        "show": [*spec.show], "shown": [case.ally, case.rival, str(case.as_of)], "k": spec.k,
    }  # fmt: skip
    return json.dumps(asked, sort_keys=True)


def key(setting: Setting) -> str:
    """Return what the camps of a case are filed under."""
    return hashlib.sha256(f"{METHOD} {question(setting)}".encode()).hexdigest()[:10]


@cache
def about() -> dict[str, Any]:
    """Return what the shipped camps rest on, nothing where none ship."""
    path = FOLDER / ABOUT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def answer(setting: Setting, evidence: Evidence) -> bool:
    """Return whether what ships answers the case: the same question, and no other votes at hand."""
    return key(setting) in about().get("keys", ()) and same_votes(evidence, about())


def read(setting: Setting, evidence: Evidence) -> dict[str, pd.DataFrame] | None:
    """Return the shipped camps of a case, or None where none ship for it or the evidence has other votes."""
    if not answer(setting, evidence):
        return None
    mine = key(setting)
    return {name: _table(name, mine) for name in camp_frames.FRAMES}


def _table(name: str, mine: str) -> pd.DataFrame:
    frame, columns = _read(name), camp_frames.FRAMES[name]
    found = frame[frame["key"] == mine]
    if "start" in columns and name != "camp_periods":
        days = _read("camp_periods")[["key", "period", "start", "end"]]
        found = found.merge(days, on=["key", "period"], how="left")
    if "name" in columns:
        found = found.assign(name=[f"camp {camp}" for camp in found["camp"]])
    if "core" in columns:
        found = found.assign(core=found.groupby(["bloc", "period"])["core"].transform("first"))
    found = found.assign(mark="estimated", source=about()["source"], basis=SHIPPED)
    return found[columns].reset_index(drop=True)


@cache
def _read(name: str) -> pd.DataFrame:
    columns = stored(name)
    days: list[str] = [column for column in ("start", "end") if column in columns]
    words = dict.fromkeys(("key", *TEXTS.get(name, ())), object)
    frame = pd.read_csv(
        FOLDER / file_of(name), dtype=words, keep_default_na=False, na_values=[""], parse_dates=days
    )
    whole = {column: "Int64" for column in WHOLE if column in columns}
    truth = {column: "bool" for column in TRUTH if column in columns}
    found = frame.astype({**whole, **truth})
    for column in TEXTS.get(name, ()):
        found[column] = frame[column].fillna("")
    for column in (each for each in ("period", "next") if each in columns):
        found[column] = pd.Series([_period(each) for each in frame[column]], index=frame.index)
    return found


def _period(word: object) -> object:
    """Return a period as the tables have it: a year as a number."""
    return int(str(word)) if str(word).isdecimal() else str(word)
