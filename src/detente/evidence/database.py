"""One DuckDB file made from the shipped facts and the files in the ledger, built aside and moved into place.

The database is derived: it can be deleted at any time and is built again from what it was read from. The
ledger says what belongs in it. `refresh` brings the two into line: inputs that are the same stay, the
others are read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb

from detente import files
from detente.evidence import filling
from detente.evidence.ledger import Ledger, alone, digest_of
from detente.evidence.progress import Event, Report, silent
from detente.evidence.settling import settle
from detente.evidence.tables import SCHEMA

SCHEMA_VERSION = 1
NAME = "evidence.duckdb"
HEADER = 3 * 4096
REBUILD = "type: detente data rebuild"

Unit = tuple[str, str | None, str]
"""An input as the database knows it: origin, source (None for the shipped facts), digest of its files."""


class DamagedError(Exception):
    """A database file that cannot be trusted."""


@dataclass(frozen=True)
class Contents:
    """What a database says of itself."""

    digest: str
    made_by: str
    units: frozenset[Unit]


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to a database file.

    The file is attached to an instance of its own: DuckDB shares one instance for each path in a process, and
    would go on to show the old file after a new one was moved into its place.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"ATTACH '{_escaped(path)}' AS evidence (READ_ONLY)")
        connection.execute("USE evidence")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def look(path: Path) -> tuple[duckdb.DuckDBPyConnection, Contents]:
    """Return a read-only connection to a database, and what it says of itself.

    Raises `DamagedError` where the file is cut short, corrupt or not ours.
    """
    try:
        connection = connect(path)
        try:
            sizes = connection.execute(
                "SELECT block_size * total_blocks FROM pragma_database_size() "
                "WHERE database_name = 'evidence'"
            ).fetchone()
            if sizes is None or path.stat().st_size < HEADER + sizes[0]:
                raise DamagedError("it is shorter than it says")
            meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
            rows = connection.execute("SELECT origin, source, path, sha256 FROM inputs").fetchall()
            return connection, Contents(meta["digest"], meta["made_by"], _units(rows))
        except BaseException:
            connection.close()
            raise
    except (duckdb.Error, OSError, KeyError) as error:
        raise DamagedError(str(error).splitlines()[0]) from error


def examine(path: Path) -> Contents:
    """Return what a database says of itself. Raises `DamagedError` as `look` does."""
    connection, contents = look(path)
    connection.close()
    return contents


def _units(rows: list[tuple[str, str | None, str, str]]) -> frozenset[Unit]:
    lines: dict[tuple[str, str | None], list[str]] = {}
    for origin, source, name, digest in rows:
        lines.setdefault((origin, source), []).append(f"{name} {digest}")
    return frozenset((*unit, digest_of(found)) for unit, found in lines.items())


@cache
def _shipped_hashes(stamp: tuple[tuple[str, int, int], ...]) -> tuple[str, ...]:
    return tuple(
        f"{Path(path).parent.name}/{Path(path).name} {files.sha256(Path(path))}" for path, _, _ in stamp
    )


def shipped_unit() -> Unit | None:
    """Return the shipped facts as a unit; None where there are none."""
    stats = [(path, path.stat()) for _, path in filling.shipped_files()]
    lines = _shipped_hashes(tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats))
    return ("shipped", None, digest_of(lines)) if lines else None


def wanted_units(ledger: Ledger) -> frozenset[Unit]:
    """Return the units that belong in the database."""
    shipped = shipped_unit()
    taken = {(item.origin, item.source, item.key) for item in ledger.inputs}
    return frozenset(taken | ({shipped} if shipped else set()))


def digest(ledger: Ledger) -> str:
    """Return the digest of the evidence: the shipped facts, and the hash of every pulled or imported file."""
    units = (f"{origin} {source} {key}" for origin, source, key in wanted_units(ledger))
    return digest_of([f"schema {SCHEMA_VERSION}", *units])


@cache
def made_by() -> str:
    """Return the digest of the code and label tables that make the database: an upgrade makes it anew."""
    here = Path(__file__).parent
    apart = {"facts", "compiling", "__pycache__"}
    paths = [
        path
        for path in sorted(here.rglob("*"))
        if path.is_file() and not apart & set(path.relative_to(here).parts)
    ]
    return digest_of(f"{path.relative_to(here)} {files.sha256(path)}" for path in paths)


def is_fresh(contents: Contents, folder: Path) -> bool:
    """Return whether a database holds what the ledger of its folder and the shipped facts say."""
    return contents.made_by == made_by() and contents.units == wanted_units(Ledger.load(folder))


def refresh(
    folder: Path,
    *,
    change: Callable[[Ledger], Ledger] = lambda ledger: ledger,
    whole: bool = False,
    report: Report = silent,
) -> Path:
    """Bring the database of a cache folder in line with its ledger after `change`, and return its path.

    Only inputs that changed are read; all are where `whole` is set, the file is damaged or detente itself
    changed. On any error the database and the ledger stay as they were. Raises `EvidenceError` where an
    input cannot be read, or the folder cannot be written.
    """
    with alone(folder, "evidence", report):
        _sweep(folder)
        before = Ledger.load(folder)
        ledger = _without_faults(change(before), folder, report)
        path = folder / NAME
        present = None if whole else _present(path, report)
        wanted = wanted_units(ledger)
        if present == wanted:
            if ledger != before:
                ledger.save(folder)
            return path
        with _writing(path), files.replacing(path) as part:
            if present is not None:
                shutil.copyfile(path, part)
            with contextlib.closing(duckdb.connect(str(part))) as connection:
                _write(connection, _Plan(folder, ledger, present, wanted), report)
            if ledger != before:
                ledger.save(folder)
    return path


@dataclass(frozen=True)
class _Plan:
    """What a build starts from and comes to."""

    folder: Path
    ledger: Ledger
    present: frozenset[Unit] | None
    wanted: frozenset[Unit]


def _present(path: Path, report: Report) -> frozenset[Unit] | None:
    """Return the units of a database that can be built upon; None where it must be made anew."""
    if not path.exists():
        return None
    try:
        contents = examine(path)
    except DamagedError as error:
        report(
            Event(
                "warning",
                f"the evidence database is damaged ({error}); it is built again from the kept files",
            )
        )
        return None
    return contents.units if contents.made_by == made_by() else None


def _without_faults(ledger: Ledger, folder: Path, report: Report) -> Ledger:
    for item in ledger.inputs:
        faults = item.faults(folder)
        if faults:
            again = (
                f"detente data pull {item.source}" if item.origin == "pulled" else "detente data import FILE"
            )
            report(
                Event(
                    "warning", f"{item.source} is left out: {'; '.join(faults)}; type: {again}", item.source
                )
            )
            ledger = ledger.without(item.source)
    return ledger


def _sweep(folder: Path) -> None:
    """Remove what a killed run left behind; the lock says that no run is under way."""
    for leftover in folder.glob(f".{NAME}.*.part*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn DuckDB's own complaint about a full disk or a forbidden folder into ours."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error)
        known = [code for code in errno.errorcode if os.strerror(code) in said]
        if not known and not isinstance(error, duckdb.IOException | duckdb.FatalException):
            raise
        reason = OSError(known[0], os.strerror(known[0])) if known else OSError(said)
        raise files.unwritable(path, reason) from error


def _write(connection: duckdb.DuckDBPyConnection, plan: _Plan, report: Report) -> None:
    from detente.evidence.reading import (
        fill_books,
        precedence,
        read,
    )  # a database at hand opens without readers

    if plan.present is None:
        filling.create_tables(connection)
    present = plan.present or frozenset()
    connection.execute("BEGIN")
    changed: set[str] = set()
    for origin, source, _ in present - plan.wanted:
        filling.drop(connection, origin, source)
        changed |= set(SCHEMA)
    new = plan.wanted - present
    if any(origin == "shipped" for origin, _, _ in new):
        report(Event("step", "reading the shipped facts"))
        changed |= filling.fill_shipped(connection)
    for item in plan.ledger.inputs:
        if (item.origin, item.source, item.key) in new:
            report(Event("step", f"reading {item.source}", item.source))
            changed |= filling.fill(connection, item, read(item, plan.folder))
    report(Event("step", "settling what several sources state"))
    settle(connection, precedence=precedence(), changed=changed)
    fill_books(connection, plan.ledger, plan.folder)
    _sign(connection, plan.ledger)
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT")


def _sign(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    meta = {"schema": str(SCHEMA_VERSION), "made_by": made_by(), "digest": digest(ledger), "made_at": now}
    connection.execute("DELETE FROM meta")
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [list(pair) for pair in meta.items()])
