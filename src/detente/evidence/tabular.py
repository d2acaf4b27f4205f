"""A user's own table, from CSV or Parquet to a typed table by its mapping."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.cells import Cells
from detente.evidence.mapping import WITH_VOTES, Mapping
from detente.evidence.tables import SCHEMA, Tables

MAPPING = "mapping.json"
RAGGED = "fill or remove cells so that each row has as many; put text that holds the separator in quotes"


def read_import(folder: Path) -> Tables:
    """Read an import again from the folder that keeps it."""
    mapping = Mapping.load(folder / MAPPING)
    path = next(path for path in sorted(folder.iterdir()) if path.name != MAPPING)
    return read_table(path, mapping)[0]


def read_table(path: Path, mapping: Mapping) -> tuple[Tables, int]:
    """Return the typed table of a file, and how many rows it has.

    Raises `EvidenceError` with all faults: columns that are not there, labels that name no actor, actors
    that did not exist on the day, unknown vote words, unreadable dates, numbers that are not finite, keys
    that come twice.
    """
    frame, lines = read_rows(path, separator=mapping.separator)
    problems = [
        Problem(
            path.name,
            f"has no column {column!r}",
            did_you_mean(column, frame.columns) or f"its columns are: {', '.join(map(str, frame.columns))}",
        )
        for column in mapping.columns.values()
        if column not in frame.columns
    ]
    raise_all(EvidenceError, problems)
    cells = Cells(path.name, lines, mapping, Gazetteer.load(seats=mapping.table == "votes"))
    typed = cells.typed(frame)
    raise_all(EvidenceError, cells.problems)
    if mapping.table == "votes":
        calls, votes = _split_votes(typed)
        return Tables(
            roll_calls=calls, votes=votes, unresolved=cells.unresolved, set_aside=cells.set_aside
        ), len(frame)
    found = {mapping.table: typed, "unresolved": cells.unresolved, "set_aside": cells.set_aside}
    return Tables(**found), len(frame)


def _split_votes(typed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the roll calls that a table of votes names, and the votes."""
    calls = typed.drop_duplicates("roll_call").drop(columns=["actor", "vote"]).assign(important=None)
    calls["kind"] = calls["kind"].fillna("resolution")
    names = [column.name for column in SCHEMA["roll_calls"]]
    return calls[names].reset_index(drop=True), typed.drop(columns=list(WITH_VOTES))


def read_rows(path: Path, *, separator: str | None = None) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the cells of a file as text, and the line of each row.

    Raises `EvidenceError` where it is neither CSV nor Parquet, cannot be read, is ragged or holds no rows.
    """
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        hint = "save the table as CSV or Parquet; unpack archives first"
        raise EvidenceError(Problem(str(path), "is neither CSV nor Parquet by its name", hint))
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            text = csv.reader(handle, delimiter=separator or _separator(path), strict=True)
            header = [name.strip() for name in next(text, [])]
            rows, lines, ragged, line = [], [], [], text.line_num + 1
            for row in text:
                if row and len(row) != len(header):
                    what = f"has {len(row)} cells, the header {len(header)}"
                    ragged.append(Problem(f"{path.name}:{line}", what, RAGGED))
                elif row:
                    rows.append(row)
                    lines.append(line)
                line = text.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise EvidenceError(
            Problem(path.name, f"cannot be read ({error})", "save it as CSV in UTF-8")
        ) from error
    twice = [
        Problem(f"{path.name}:1", f"column {name!r} comes twice", "give each column a name of its own")
        for name in set(header)
        if header.count(name) > 1
    ]
    raise_all(EvidenceError, [*twice, *ragged])
    if not rows:
        raise EvidenceError(Problem(path.name, "holds no rows", "is it the right file?"))
    return pd.DataFrame(rows, columns=header, dtype=object), np.array(lines)


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header = handle.readline(1 << 16)
    return max(",;\t", key=header.count)


def _parquet(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    try:
        with duckdb.connect(":memory:") as connection:
            frame = connection.execute(
                "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)", [str(path)]
            ).df()
    except duckdb.Error as error:
        what = f"is not a Parquet file that can be read ({str(error).splitlines()[0]})"
        raise EvidenceError(Problem(path.name, what, "write it again, or save it as CSV in UTF-8")) from error
    return frame.astype(object), np.arange(1, len(frame) + 1)
