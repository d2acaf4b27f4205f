"""Rows into tables: the tables made, a reader's frames and the shipped facts checked and inserted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from detente import files
from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.ledger import Input, Origin
from detente.evidence.tables import SCHEMA, VOTES, Column, Tables

FACTS = Path(__file__).with_name("facts")

ORIGIN = Column("origin", "VARCHAR", "how the row came: shipped, pulled or imported")

BOOKS: dict[str, tuple[Column, ...]] = {
    "actors": (
        Column("code", "VARCHAR", "ISO 3166 alpha-3 where there is one"),
        Column("name", "VARCHAR", "name in English"),
        Column("kind", "VARCHAR", "state, territory or organisation"),
        Column("start", "DATE", "first day it existed", optional=True),
        Column("end", "DATE", "first day it no longer existed", optional=True),
        Column("continues", "VARCHAR", "whose place it took, by code", optional=True),
    ),
    "sources": (
        Column("id", "VARCHAR", "id in the registry, or of the import"),
        Column("title", "VARCHAR", "what it is"),
        Column("provider", "VARCHAR", "who made it"),
        Column("citation", "VARCHAR", "how to cite it"),
        Column("licence", "VARCHAR", "under which terms"),
        Column("licence_basis", "VARCHAR", "stated, or general knowledge"),
        Column("url", "VARCHAR", "where it is described", optional=True),
        Column("vintage", "VARCHAR", "which release"),
        Column("sha256", "VARCHAR", "of its file; of all its files together where there are several"),
        Column("rows", "BIGINT", "rows in use"),
        ORIGIN,
    ),
    "inputs": (
        Column("origin", "VARCHAR", "shipped, pulled or imported"),
        Column(
            "source",
            "VARCHAR",
            "id of the source; empty for shipped files, which hold several",
            optional=True,
        ),
        Column("path", "VARCHAR", "file, as its source names it"),
        Column("sha256", "VARCHAR", "of the file"),
        Column("bytes", "BIGINT", "size of the file"),
        Column("reader", "VARCHAR", "what read it", optional=True),
        Column("read_at", "TIMESTAMP", "when, in UTC"),
    ),
    "unresolved": (
        Column("source", "VARCHAR", "id of the source"),
        Column("origin", "VARCHAR", "shipped, pulled or imported"),
        Column("label", "VARCHAR", "label that names no known actor"),
        Column("rows", "BIGINT", "rows with that label"),
        Column("reason", "VARCHAR", "why it names none", optional=True),
    ),
    "set_aside": (
        Column("source", "VARCHAR", "id of the source"),
        Column("origin", "VARCHAR", "shipped, pulled or imported"),
        Column("label", "VARCHAR", "which rows"),
        Column("rows", "BIGINT", "how many"),
        Column("reason", "VARCHAR", "why they are not used", optional=True),
        Column("stage", "VARCHAR", "reading, or settling what several sources state"),
    ),
    "meta": (
        Column("key", "VARCHAR", "schema, made_by, digest or made_at"),
        Column("value", "VARCHAR", "its value"),
    ),
}
"""Tables that the database keeps itself."""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make all tables, and in the schema `beaten` one for the rows of each that lost to another source."""
    connection.execute("CREATE SCHEMA beaten")
    for name, columns in SCHEMA.items():
        defined = _definitions((*columns, ORIGIN))
        check = f", CHECK (vote IN ({_quoted(VOTES)}))" if name == "votes" else ""
        connection.execute(f"CREATE TABLE {name} ({defined}{check})")
        connection.execute(f"CREATE TABLE beaten.{name} ({defined}, cause VARCHAR NOT NULL)")
    connection.execute("CREATE TABLE beaten.adopted (keeper VARCHAR, loser VARCHAR, important BOOLEAN)")
    for name, columns in BOOKS.items():
        connection.execute(f"CREATE TABLE {name} ({_definitions(columns)})")


def _definitions(columns: tuple[Column, ...]) -> str:
    return ", ".join(
        f'"{column.name}" {column.type}{"" if column.optional else " NOT NULL"}' for column in columns
    )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def shipped_files() -> tuple[tuple[str, Path], ...]:
    """Return each shipped fact file as (table it fills, path)."""
    return tuple((path.parent.name, path) for path in sorted(FACTS.glob("*/*.csv")))


def drop(connection: duckdb.DuckDBPyConnection, origin: str, source: str | None) -> None:
    """Delete what came from one input: all shipped rows where `source` is None."""
    beaten = [f"beaten.{table}" for table in SCHEMA]
    for table in (*SCHEMA, *beaten, "unresolved", "set_aside", "inputs"):
        connection.execute(
            f"DELETE FROM {table} WHERE origin = ? AND (? IS NULL OR source = ?)", [origin, source, source]
        )


def fill_shipped(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Read the shipped fact files into the tables, and return which tables were filled."""
    for table, path in shipped_files():
        where = f"{table}/{path.name}"
        if table not in SCHEMA:
            raise EvidenceError(Problem(where, f"no table is called {table!r}", did_you_mean(table, SCHEMA)))
        columns = SCHEMA[table]
        types = ", ".join(f"'{column.name}': '{column.type}'" for column in columns)
        names = ", ".join(f'"{column.name}"' for column in columns)
        read = (
            f"INSERT INTO {table} ({names}, origin) SELECT {names}, 'shipped' FROM read_csv(?, "
            f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
            f"dateformat = '%Y-%m-%d', columns = {{{types}}})"
        )
        header = path.read_text(encoding="utf-8").split("\n", 1)[0].strip().split(",")
        _check_columns(where, header, columns)
        try:
            connection.execute(read, [str(path)])
        except (
            duckdb.InvalidInputException,
            duckdb.ConversionException,
            duckdb.ConstraintException,
        ) as error:
            raise EvidenceError(Problem(where, f"is not as the table wants it: {error}")) from error
        _record(connection, "shipped", None, (where, files.sha256(path), path.stat().st_size, ""))
    return {table for table, _ in shipped_files()}


def fill(connection: duckdb.DuckDBPyConnection, item: Input, tables: Tables) -> set[str]:
    """Insert what a reader read from `item`, and return which tables were filled.

    Raises `EvidenceError` where a frame lacks a column, holds a value of another type, or an infinite number.
    """
    for table, frame in tables.filled().items():
        _insert(connection, item, table, frame)
    for book, frame in (("unresolved", tables.unresolved), ("set_aside", tables.set_aside)):
        stage = ", 'reading'" if book == "set_aside" else ""
        if len(frame):
            into = f"INSERT INTO {book} SELECT ?, ?, coalesce(label, ''), rows, reason{stage} FROM incoming"
            insert(connection, frame[["label", "rows", "reason"]], into, [item.source, item.origin])
    for file in item.files:
        _record(connection, item.origin, item.source, (file.name, file.sha256, file.bytes, item.reader))
    return set(tables.filled())


def _insert(connection: duckdb.DuckDBPyConnection, item: Input, table: str, frame: pd.DataFrame) -> None:
    where, columns = f"{item.source} → {table}", SCHEMA[table]
    _check_columns(where, list(frame.columns), columns)
    numbers = [column.name for column in columns if column.type == "DOUBLE"]
    if any(np.isinf(pd.to_numeric(frame[name])).any() for name in numbers):
        raise EvidenceError(Problem(where, "holds an infinite number"))
    casts = ", ".join(f'CAST("{column.name}" AS {column.type})' for column in columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    into = f"INSERT INTO {table} ({names}, origin) SELECT {casts}, ? FROM incoming"
    try:
        insert(connection, frame, into, [item.origin])
    except (duckdb.ConversionException, duckdb.ConstraintException, duckdb.BinderException) as error:
        raise EvidenceError(Problem(where, f"is not as the table wants it: {error}")) from error


def insert(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, into: str, params: Sequence[object] = ()
) -> None:
    """Run an insertion that selects from `frame` under the name `incoming`."""
    connection.register("incoming", _plain(frame))
    connection.execute(into, list(params))
    connection.unregister("incoming")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with columns that are wholly empty as text, since DuckDB would guess a number."""
    hollow = {
        str(name): pd.Series([None] * len(frame), dtype=object) for name in frame if frame[name].isna().all()
    }
    return frame.reset_index(drop=True).assign(**hollow) if hollow else frame


def _check_columns(where: str, found: list[str], columns: tuple[Column, ...]) -> None:
    wanted = [column.name for column in columns]
    missing = [Problem(where, f"column {name!r} is missing") for name in wanted if name not in found]
    extra = [
        Problem(where, f"column {name!r} is not in the table", did_you_mean(name, wanted))
        for name in found
        if name not in wanted
    ]
    raise_all(EvidenceError, [*missing, *extra])


def _record(
    connection: duckdb.DuckDBPyConnection, origin: Origin, source: str | None, file: tuple[str, str, int, str]
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute("INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?)", [origin, source, *file, now])
