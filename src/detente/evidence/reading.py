"""From the files of one input to typed tables, and the books that the database keeps of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from detente.errors import DetenteError, EvidenceError, Problem
from detente.evidence import readers
from detente.evidence.actors import Gazetteer
from detente.evidence.filling import BOOKS, insert
from detente.evidence.ledger import Input, Ledger, digest_of
from detente.evidence.mapping import Mapping
from detente.evidence.sources import Registry, Source
from detente.evidence.tables import SCHEMA, Tables
from detente.evidence.tabular import MAPPING, read_import

UNREADABLE = (
    *(duckdb.Error, csv.Error, ValueError, LookupError, TypeError, AttributeError),
    *(OSError, EOFError, ArithmeticError, RecursionError),
)
"""What readers may raise of a file that is not what they know."""


def read(item: Input, folder: Path) -> Tables:
    """Read one input by its reader, or by the mapping it was imported with.

    Raises `EvidenceError` where the files are not what the reader expects.
    """
    where = item.folder(folder)
    if not item.reader:
        return read_import(where)
    try:
        return readers.reader(item.reader)(where)
    except DetenteError:
        raise
    except UNREADABLE as error:
        names = ", ".join(file.name for file in item.files)
        vintage = Registry.load()[item.source].vintage
        hint = f"the files may be another release than {vintage!r}, or cut short: get them again"
        raise EvidenceError(
            Problem(item.source, f"{names} cannot be read: {type(error).__name__}: {error}", hint)
        ) from error


def precedence() -> tuple[str, ...]:
    """Return the ids of registered sources, the preferred first."""
    return Registry.load().ids


def fill_books(connection: duckdb.DuckDBPyConnection, ledger: Ledger, folder: Path) -> None:
    """Fill the tables of actors and sources anew.

    Raises `EvidenceError` where rows name a source that is neither registered nor imported.
    """
    actors = [
        (actor.code, actor.name, actor.kind, actor.start, actor.end, actor.continues)
        for actor in Gazetteer.load().actors.values()
    ]
    _replace(connection, "actors", actors)
    rows = " UNION ALL ".join(f"SELECT source, origin FROM {table}" for table in SCHEMA)
    counted = connection.execute(f"SELECT source, origin, count(*) FROM ({rows}) GROUP BY ALL").fetchall()
    counts = {(source, origin): count for source, origin, count in counted}
    counts = {(item.source, str(item.origin)): 0 for item in ledger.inputs} | counts
    known = _known(ledger, folder)
    unknown = [
        Problem(source, f"{count} rows name it, and no such source is registered", "add it to sources.yaml")
        for (source, _), count in counts.items()
        if source not in known
    ]
    if unknown:
        raise EvidenceError(*unknown)
    described = []
    for (source, origin), count in sorted(counts.items()):
        about = known[source]
        described.append(
            (
                *(source, about.title, about.provider, about.citation, about.licence, about.licence_basis),
                *(about.url, about.vintage, _hash(connection, ledger, source, origin), count, origin),
            )
        )
    _replace(connection, "sources", described)


def _known(ledger: Ledger, folder: Path) -> dict[str, Source]:
    registered = {source.id: source for source in Registry.load().sources}
    imported = {
        item.source: Mapping.load(item.folder(folder) / MAPPING).as_source()
        for item in ledger.inputs
        if item.origin == "imported"
    }
    return registered | imported


def _hash(connection: duckdb.DuckDBPyConnection, ledger: Ledger, source: str, origin: str) -> str:
    item = ledger.find(source)
    if item is not None and item.origin == origin:
        data = [file for file in item.files if file.name != MAPPING]
        return data[0].sha256 if len(data) == 1 else item.key
    found = connection.execute("SELECT path, sha256 FROM inputs WHERE origin = ?", [origin]).fetchall()
    return digest_of(f"{path} {sha256}" for path, sha256 in found)


def _replace(connection: duckdb.DuckDBPyConnection, book: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection.execute(f"DELETE FROM {book}")
    if rows:
        names = [column.name for column in BOOKS[book]]
        frame = pd.DataFrame(rows, columns=names, dtype=object)
        casts = ", ".join(f'CAST("{column.name}" AS {column.type})' for column in BOOKS[book])
        insert(connection, frame, f"INSERT INTO {book} SELECT {casts} FROM incoming")
