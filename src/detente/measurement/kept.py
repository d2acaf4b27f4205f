"""Results kept between runs: tables filed under all that they depend on; lost or damaged, made again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd

import detente
from detente import files
from detente.digests import code_of as code_of
from detente.errors import EvidenceError
from detente.measurement.ballots import Evidence

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.measurement.measures import Measures

MOST = 24
"""How many results are kept; the one not asked for longest goes first."""

FOLDER = "measures"
TYPES = "types of columns"

Frames = dict[str, pd.DataFrame]


def key(*parts: object) -> str:
    """Return what a result is filed under: the digest of what it depends on, of version and code included."""
    code = code_of(Path(__file__).parent)
    text = json.dumps([detente.__version__, code, *parts], separators=(",", ":"), default=str)
    return hashed(text.encode())[:24]


def hashed(content: bytes) -> str:
    """Return the digest of any bytes."""
    return hashlib.sha256(content).hexdigest()


def content(frames: Mapping[str, pd.DataFrame]) -> list[tuple[str, list[str], int, str]]:
    """Return what tells tables from others: names, columns, rows, and a digest of their cells.

    >>> one, other = (pd.DataFrame({"value": [each, 2.0]}) for each in (0.5, 0.25))
    >>> content({"a": one}) == content({"a": one.copy()}), content({"a": one}) == content({"a": other})
    (True, False)
    """
    found = []
    for name, frame in sorted(frames.items()):
        digest = ""
        if len(frame):
            cells = pd.util.hash_pandas_object(frame, index=False).to_numpy(np.uint64)
            digest = hashed(cells.tobytes())
        found.append((name, [str(column) for column in frame.columns], len(frame), digest))
    return found


@dataclass(frozen=True)
class Inputs:
    """What results further on are made from: a case, its evidence, and what was measured of it."""

    case: Case
    evidence: Evidence
    measures: Measures

    def key(self, what: str, rooms: Sequence[str], *rest: object) -> str:
        """Return what a result is filed under that code of these rooms makes of this and of the `rest`."""
        held = {each.name: getattr(self.measures, each.name) for each in fields(self.measures)}
        frames = {name: frame for name, frame in held.items() if isinstance(frame, pd.DataFrame)}
        code = [code_of(Path(detente.__file__).parent / room) for room in rooms]
        return key(what, code, self.case.model_dump_json(), self.evidence.digest, content(frames), rest)


def folder_for(evidence: Evidence, kind: str = FOLDER) -> Path | None:
    """Return where results of a kind are kept: in the cache, for the evidence in the cache alone."""
    path, home = getattr(evidence, "path", None), files.cache_folder()
    return home / kind if path is not None and Path(path).parent == home else None


def recalled(folder: Path | None, name: str) -> Frames | None:
    """Return the tables kept in `folder` under `name`, or None where there are none that can be read."""
    return None if folder is None else _read(_file(folder, name))


def forget(folder: Path, name: str) -> None:
    """Drop what is kept in `folder` under `name`, if anything."""
    _file(folder, name).unlink(missing_ok=True)


def remembered(
    folder: Path | None, name: str, make: Callable[[], Mapping[str, pd.DataFrame]], *, most: int = MOST
) -> Frames:
    """Return the tables kept in `folder` under `name`, or make them and keep them among the last `most`.

    Either way they come out of the same file, so that they are the same to the last bit. A folder that cannot
    be written or a file that cannot be read costs time and nothing else.
    """
    if (found := recalled(folder, name)) is not None:
        return found
    target = _file(folder, name) if folder is not None else None
    made = dict(make())
    if target is not None:
        with (
            contextlib.suppress(EvidenceError, OSError, duckdb.Error),
            files.replacing(target) as part,
            duckdb.connect(part) as connection,
        ):
            _fill(connection, made)
            connection.execute("CHECKPOINT")
        if (found := _read(target)) is not None:
            _drop_oldest(target.parent, most)
            return found
    with duckdb.connect(":memory:") as connection:
        _fill(connection, made)
        return _frames(connection)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.duckdb"


def _fill(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pd.DataFrame]) -> None:
    types = {
        name: {str(column): str(kind) for column, kind in frame.dtypes.items()}
        for name, frame in frames.items()
    }
    connection.execute(f'CREATE TABLE "{TYPES}" (types VARCHAR)')
    connection.execute(f'INSERT INTO "{TYPES}" VALUES (?)', [json.dumps(types)])
    for name, frame in frames.items():
        connection.register("made", frame.reset_index(drop=True).rename_axis(None))
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM made')
        connection.unregister("made")


def _frames(connection: duckdb.DuckDBPyConnection) -> Frames:
    stated = connection.execute(f'SELECT types FROM "{TYPES}"').fetchall()
    found = {}
    for name, types in json.loads(stated[0][0]).items():
        frame = connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').df()
        found[name] = frame[list(types)].astype(types)
    return found


def _read(target: Path) -> Frames | None:
    """Return the tables of a file, or None where it is not there or cannot be read."""
    if not target.is_file():
        return None
    try:
        with duckdb.connect(target, read_only=True) as connection:
            found = _frames(connection)
    except (duckdb.Error, OSError, ValueError, KeyError, IndexError, TypeError):
        return None
    with contextlib.suppress(OSError):
        os.utime(target)
    return found


def _drop_oldest(folder: Path, most: int) -> None:
    with contextlib.suppress(OSError):
        held = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime_ns)
        for path in held[:-most]:
            path.unlink(missing_ok=True)
