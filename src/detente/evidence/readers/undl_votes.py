"""Roll calls of the General Assembly from 1946 to this day: the full table of the UN Digital Library.

One row for each member in each vote (record 4060887), more than a million rows with long titles: DuckDB holds
each distinct text once. Absences are recorded (X). An emergency or special session counts under the regular
session of its season. Subjects become issues.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames
from detente.evidence.readers.ballots import LETTERS, Ballots, checked, normal_resolution, session_of
from detente.evidence.tables import Tables

SOURCE = "undl_votes"
COLUMNS = (
    "undl_id",
    "ms_code",
    "ms_name",
    "ms_vote",
    "date",
    "session",
    "resolution",
    "title",
    "agenda_title",
    "subjects",
    "total_yes",
    "total_no",
    "total_abstentions",
    "undl_link",
)
TOTALS = {"total_yes": "yes", "total_no": "no", "total_abstentions": "abstain"}
CAST = {"id": "undl_id", "code": "ms_code", "name": "ms_name", "word": "ms_vote"}
SPARE = ("session", "resolution", "title", "agenda_title", "subjects", *TOTALS, "undl_link")
FILE = "read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', encoding = '{encoding}')"


def read(folder: Path) -> Tables:
    """Return roll calls, subjects and votes.

    Raises `EvidenceError` where the file is missing or corrupt, lacks a column, or holds dates that are none,
    or votes that are doubled, unknown or untimely.
    """
    path = _file(folder)
    calls, cast = _load(path)
    calls = _dated(calls, cast, path)
    votes, unresolved, unsaid = _votes(cast, calls, path)
    return Tables(
        roll_calls=_roll_calls(calls),
        roll_call_issues=_subjects(calls),
        votes=frames.stamped(votes, source=SOURCE),
        unresolved=unresolved,
        set_aside=frames.tally(unsaid, _differing(calls, votes)),
    )


def _file(folder: Path) -> Path:
    found = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise EvidenceError(Problem(str(folder), f"holds several tables: {names}", "keep the latest"))
    return frames.present(found[0] if found else folder / "ga_voting.csv")


def _load(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row for each roll call, and one for each vote, indexed by its place in the file from 0."""
    frames.require(frames.header(path), COLUMNS, path)
    failures: list[Exception] = []
    for encoding in ("utf-8", "latin-1"):
        try:
            with duckdb.connect() as connection:
                source = FILE.format(encoding=encoding)
                return _load_calls(connection, source, path), _load_votes(connection, source, path)
        except duckdb.Error as error:
            failures.append(error)
    raise frames.corrupt(path, failures[0]) from failures[0]


def _load_calls(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> pd.DataFrame:
    spare = ", ".join(f'min("{name}") AS "{name}"' for name in SPARE)
    return connection.execute(
        f"SELECT trim(undl_id) AS id, min(date) AS date, count(DISTINCT date) AS dates, {spare} "
        f"FROM {source} GROUP BY ALL ORDER BY id",
        [str(path)],
    ).df()


def _load_votes(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> pd.DataFrame:
    """Return who cast which vote as categories: each distinct text is held once."""
    columns = ", ".join(f'upper(trim("{column}")) AS {name}' for name, column in CAST.items())
    connection.execute(f"CREATE TEMP TABLE votes AS SELECT {columns} FROM {source}", [str(path)])
    for name in CAST:
        distinct = f"SELECT DISTINCT {name} FROM votes WHERE {name} <> '' ORDER BY ALL"
        connection.execute(f"CREATE TYPE {name}_of AS ENUM ({distinct})")
    typed = ", ".join(f"nullif({name}, '')::{name}_of AS {name}" for name in CAST)
    return connection.execute(f"SELECT {typed} FROM votes ORDER BY rowid").df()


def _dated(calls: pd.DataFrame, cast: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return `calls` with their days. Raises `EvidenceError` for votes of no roll call or on two days."""
    frames.reject(cast, "id", cast["id"].isna(), path, "is no undl_id")
    days = pd.to_datetime(calls["date"], format="%Y-%m-%d", errors="coerce")
    problems = [
        Problem(f"{path}, undl_id {row.id}", f"{row.date!r} is no date", "write it as 2022-03-02")
        for row in calls[days.isna()].itertuples()
    ]
    problems += [
        Problem(
            f"{path}, undl_id {row.id}", f"has votes on {row.dates} days", "keep one date for each roll call"
        )
        for row in calls[calls["dates"] > 1].itertuples()
    ]
    raise_all(EvidenceError, problems)
    return calls.assign(date=days, roll_call="undl:" + calls["id"].astype(object))


def _votes(
    cast: pd.DataFrame, calls: pd.DataFrame, path: Path
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, int, str]]:
    seats = Gazetteer.load(seats=True)
    names = cast["name"].cat.categories
    known = seats.resolve_many(pd.Series(names, dtype=object)).notna().to_numpy()
    by_name = cast["name"].isin(names[known])
    places = pd.Index(calls["id"]).get_indexer(cast["id"].astype(object))
    rows = pd.DataFrame(
        {
            "roll_call": calls["roll_call"].to_numpy()[places],
            "label": cast["name"]
            .astype(object)
            .where(by_name | cast["code"].isna(), cast["code"].astype(object)),
            "word": cast["word"].astype(object),
            "date": calls["date"].to_numpy()[places],
        }
    )
    said = rows["word"].notna()
    votes, unresolved = checked(Ballots(rows[said], path, LETTERS), seats)
    unsaid = ("rows without a vote", int((~said).sum()), "the column ms_vote is empty")
    return votes, unresolved, unsaid


def _roll_calls(calls: pd.DataFrame) -> pd.DataFrame:
    stated = pd.to_numeric(calls["session"], errors="coerce")
    return frames.stamped(
        calls[["roll_call", "date"]].assign(
            body="UNGA",
            session=stated.where(stated.notna(), calls["date"].map(session_of)),
            resolution=calls["resolution"].map(normal_resolution, na_action="ignore"),
            title=calls["title"].where(calls["title"].notna(), calls["agenda_title"]),
            kind="resolution",
            important=None,
        ),
        source=SOURCE,
        locator=calls["undl_link"].astype(object),
    )


def _subjects(calls: pd.DataFrame) -> pd.DataFrame:
    terms = calls["subjects"].fillna("").str.split(r"\s*[|;]\s*", regex=True)
    long = pd.DataFrame({"roll_call": calls["roll_call"], "issue": terms}).explode("issue")
    return frames.stamped(long[long["issue"] != ""].drop_duplicates(), source=SOURCE)


def _differing(calls: pd.DataFrame, votes: pd.DataFrame) -> tuple[str, int, str]:
    """Return a line for `tally` that counts roll calls whose stated totals are not those of their votes."""
    counted = votes.groupby(["roll_call", "vote"]).size().unstack(fill_value=0)
    counted = counted.reindex(index=calls["roll_call"], columns=list(TOTALS.values()), fill_value=0)
    stated = calls[list(TOTALS)].apply(pd.to_numeric, errors="coerce").to_numpy()
    differ = ((stated != counted.to_numpy()) & ~np.isnan(stated)).any(axis=1)
    return "roll calls whose totals differ", int(differ.sum()), "kept as the members' votes stand"
