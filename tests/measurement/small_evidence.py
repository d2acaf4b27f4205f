"""A small evidence in memory and a small case, for tests to fill."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd

from detente.cases import Case
from detente.evidence import Gazetteer
from detente.evidence.tables import SCHEMA

VOTES = {"y": "yes", "a": "abstain", "n": "no", "x": "absent"}


class SmallEvidence:
    """The tables of the evidence in memory, with what a test puts into them."""

    digest = "small"

    def __init__(self) -> None:
        self._database = duckdb.connect(":memory:")
        self._database.execute("ATTACH ':memory:' AS evidence; USE evidence")
        for table, columns in SCHEMA.items():
            stated = [f'"{column.name}" {column.type}' for column in columns]
            self._database.execute(f"CREATE TABLE {table} ({', '.join(stated)}, origin VARCHAR)")

    @property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer.load()

    def query(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> pd.DataFrame:
        given = params if isinstance(params, Mapping) else list(params)
        frame: pd.DataFrame = self._database.execute(sql, given).df()
        text = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
        return frame.astype(dict.fromkeys(text, object))

    def put(self, table: str, *rows: Mapping[str, object]) -> SmallEvidence:
        """Insert rows; columns that are left out are empty, source and origin are filled in."""
        for row in rows:
            whole = {"source": "test", "origin": "pulled", **row}
            names = ", ".join(f'"{name}"' for name in whole)
            marks = ", ".join("?" for _ in whole)
            self._database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(whole.values()))
        return self

    def roll_call(self, number: int, day: str, votes: Mapping[str, str], **more: object) -> SmallEvidence:
        """Hold one roll call; votes are y, a, n or x by actor; `issue` tags it."""
        name, issue = f"test:{number}", more.pop("issue", None)
        about = {
            "roll_call": name,
            "body": "UNGA",
            "date": day,
            "session": int(day[:4]),
            "kind": "resolution",
        }
        self.put("roll_calls", {**about, **more})
        self.put(
            "votes", *({"roll_call": name, "actor": who, "vote": VOTES[how]} for who, how in votes.items())
        )
        if issue is not None:
            self.put("roll_call_issues", {"roll_call": name, "issue": issue})
        return self

    def members(
        self, bloc: str, *actors: str, start: str = "1950-01-01", end: str | None = None
    ) -> SmallEvidence:
        """Let actors join a bloc."""
        return self.put(
            "memberships", *({"actor": who, "bloc": bloc, "start": start, "end": end} for who in actors)
        )

    def tie(self, kind: str, target: str, values: Mapping[str, float], **more: object) -> SmallEvidence:
        """State a tie of each actor to a target."""
        stated = {"date": "2010-01-01", "unit": "percent", "kind": kind, "target": target, **more}
        return self.put("ties", *({"actor": who, "value": value, **stated} for who, value in values.items()))


def make_case(**parts: Any) -> Case:
    """Return a small case, with the parts that a test gives in place of the usual ones."""
    usual: dict[str, Any] = {
        "detente": 1,
        "title": "Small",
        "question": "How united?",
        "as_of": "2015-06-01",
        "rival": "RUS",
        "ally": "USA",
        "blocs": {"NATO": {"title": "NATO", "members": "evidence"}},
        "issues": {"all": {"title": "All"}},
        "windows": {"tens": {"title": "Tens", "since": "2010-01-01", "until": "2014-12-31"}},
    }
    return Case.model_validate_json(json.dumps({**usual, **parts}))


def at(frame: pd.DataFrame, row: object, column: str) -> Any:
    """Return one cell of a frame."""
    return frame[column].to_dict()[row]
