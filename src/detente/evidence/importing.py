"""A user's own CSV or Parquet file into a typed table, by a short mapping; every fault has its line."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from detente import files
from detente.errors import EvidenceError, Problem, did_you_mean
from detente.evidence.database import connect, refresh
from detente.evidence.ledger import Input, InputFile, Ledger, hashed, keep
from detente.evidence.mapping import Mapping
from detente.evidence.progress import Report, silent
from detente.evidence.sources import Registry
from detente.evidence.tables import SCHEMA
from detente.evidence.tabular import MAPPING, read_table

MAX_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Account:
    """What became of the rows of an imported file.

    `used` of `read` rows are in the database; `unresolved` and `set_aside` list the others (label, rows,
    reason).
    """

    source: str
    table: str
    read: int
    used: int
    unresolved: pd.DataFrame
    set_aside: pd.DataFrame


def import_file(
    path: Path,
    mapping: AnyMapping[str, Any] | Path,
    *,
    folder: Path | None = None,
    report: Report = silent,
) -> Account:
    """Import a CSV or Parquet file by a mapping, in place of an earlier import of the same id.

    The file and its mapping are kept in the cache, so that the database can be built again without the
    original. Raises `EvidenceError` with all faults of the mapping, or all faults of the file.

    >>> import_file(Path("lng.csv"), Path("lng.yaml"))  # doctest: +SKIP
    """
    folder = folder or files.cache_folder()
    told = Mapping.read(mapping, stem=path.stem)
    if told.id in Registry.load():
        hint = f"give it another id under source, or type: detente data import {path} --as {told.id}"
        raise EvidenceError(Problem("mapping: source.id", f"{told.id!r} is a registered source", hint))
    _check_size(path)
    with tempfile.TemporaryDirectory() as made:
        saved = Path(made) / MAPPING
        told.save(saved)
        item = Input(told.id, "imported", "", (_taken(path, path.name), _taken(saved, MAPPING)))
        known = Ledger.load(folder).find(told.id)
        if known is None or known.key != item.key:
            read_table(path, told)
        keep(folder, item, {path.name: path, MAPPING: saved})
    database = refresh(folder, change=lambda ledger: ledger.with_input(item), report=report)
    return _account(database, item, told.table)


def import_as(path: Path, source_id: str, *, folder: Path | None = None, report: Report = silent) -> Account:
    """Take a provider's own file, got by hand, as (one of) the files of a registered source.

    Raises `EvidenceError` where the source is unknown, has several files and none of this name, or lacks
    the others.

    >>> import_as(Path("ga_voting.csv"), "undl_votes")  # doctest: +SKIP
    """
    folder = folder or files.cache_folder()
    source = Registry.load()[source_id]
    _check_size(path)
    names = [file.name for file in source.files]
    if not names:
        raise EvidenceError(
            Problem(source_id, "is compiled by hand and has no files", "import it with a mapping")
        )
    name = names[0] if len(names) == 1 else path.name
    if name not in names:
        hint = did_you_mean(name, names) or f"name the file as the source does, one of: {', '.join(names)}"
        raise EvidenceError(Problem(str(path), f"{source_id} has several files, none called {name!r}", hint))
    before = Ledger.load(folder).find(source_id)
    others = tuple(file for file in before.files if file.name != name) if before else ()
    lacking = set(names) - {name} - {file.name for file in others}
    if lacking:
        raise EvidenceError(
            Problem(source_id, f"{', '.join(sorted(lacking))} would be missing", source.how_to_get())
        )
    where = {file.name: before.folder(folder) / file.name for file in others} if before else {}
    item = Input(source_id, "pulled", source.reader or "", (*others, _taken(path, name)))
    keep(folder, item, where | {name: path})
    database = refresh(folder, change=lambda ledger: ledger.with_input(item), report=report)
    return _account(database, item, "")


def forget(source_id: str, *, folder: Path | None = None, report: Report = silent) -> None:
    """Take an imported or pulled source out of the database; what it had displaced comes back.

    Copies of imported files are deleted, kept versions of pulled files stay. Raises `EvidenceError` where the
    source is not in use.

    >>> forget("lng")  # doctest: +SKIP
    """
    folder = folder or files.cache_folder()
    known = Ledger.load(folder).sources
    if source_id not in known:
        hint = did_you_mean(source_id, known) or f"in use: {', '.join(known) or 'none'}"
        raise EvidenceError(Problem(source_id, "is neither imported nor pulled", hint))
    refresh(folder, change=lambda ledger: ledger.without(source_id), report=report)
    if source_id not in Registry.load():
        shutil.rmtree(folder / "files" / source_id, ignore_errors=True)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise EvidenceError(
            Problem(str(path), f"cannot be read ({error.strerror})", "check the path")
        ) from error
    if not path.is_file():
        raise EvidenceError(Problem(str(path), "is not a file", "name one CSV or Parquet file"))
    if size > MAX_BYTES:
        raise EvidenceError(Problem(str(path), f"is larger than {MAX_BYTES} bytes", "import it in parts"))


def _taken(path: Path, name: str) -> InputFile:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return InputFile(name, hashed(path), path.stat().st_size, taken_from=str(path), taken_at=now)


def _account(database: Path, item: Input, table: str) -> Account:
    """Return what became of the rows of `item` in `table`; in all tables where none is named."""
    each = [table] if table else list(SCHEMA)
    counts = " + ".join(
        f"(SELECT count(*) FROM {name} WHERE source = $source AND origin = $origin)" for name in each
    )
    mine = "FROM {book} WHERE source = $source AND origin = $origin"
    which = {"source": item.source, "origin": item.origin}
    with connect(database) as connection:
        used = connection.execute(f"SELECT {counts}", which).fetchall()[0][0]
        unresolved = connection.execute(
            f"SELECT label, rows, reason {mine.format(book='unresolved')}", which
        ).df()
        aside = connection.execute(
            f"SELECT label, rows, reason {mine.format(book='set_aside')} "
            "AND (stage = 'reading' OR list_contains($tables, label))",
            which | {"tables": each},
        ).df()
    read = used + int(unresolved["rows"].sum()) + int(aside["rows"].sum())
    return Account(item.source, table, read, used, unresolved, aside)
