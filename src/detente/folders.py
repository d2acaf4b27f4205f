"""A result as a folder: tables, arrays, the case, and a manifest that says what it takes to make it again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import detente
from detente.errors import Problem, ResultError
from detente.files import at_home, sha256, unwritable
from detente.notebook import Shown
from detente.tabular import write_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMAT = 1
"""The version of what a result's folder holds."""
MANIFEST = "manifest.json"
PACKAGES = ("duckdb", "numba", "numpy", "pandas", "scikit-learn", "scipy", "xarray")
KINDS = (".py", ".csv", ".json", ".yaml", ".parquet", ".j2", ".css", ".js")
"""What a room's digest counts: its code, and the tables that ship with it."""


@dataclass(frozen=True, eq=False)
class Content:
    """What goes into the folder of a result.

    `made` says how to make it again: case, evidence, seed, draws and options; `about` what else a reader
    must know. `texts` are further files by their path in the folder.
    """

    kind: str
    summary: str
    tables: Mapping[str, pd.DataFrame]
    made: Mapping[str, Any]
    arrays: Mapping[str, xr.Dataset] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    """The table that a notebook shows."""


class Result(Shown):
    """What a verb of detente returns: it can be saved as a folder, and shows itself in a notebook."""

    @abstractmethod
    def content(self) -> Content:
        """Return all of it as tables, arrays and what it was made from."""

    def save(self, folder: str | Path) -> Path:
        """Write it as a folder that `detente.open` opens again, whole or not at all, and return where.

        Raises `ResultError` where other files lie there, or it does not know what it was made from, and
        `EvidenceError` where the folder cannot be written.
        """
        return write_folder(self.content(), Path(folder))


def write_folder(content: Content, folder: Path) -> Path:
    """Write a result's folder, whole or not at all; the folder of an earlier result makes way."""
    folder = at_home(folder).absolute()
    try:
        _check_free(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as held:
            made = Path(held) / "result"
            made.mkdir()
            _fill(content, made)
            _move(made, folder, aside=Path(held) / "earlier")
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _move(made: Path, folder: Path, *, aside: Path) -> None:
    """Put a folder where it belongs, and an earlier one back if that fails."""
    if folder.exists():
        folder.replace(aside)
    try:
        made.replace(folder)
    except OSError:
        if aside.exists():
            aside.replace(folder)
        raise


def _check_free(folder: Path) -> None:
    hint = "name a folder that is new, empty, or holds an earlier result"
    if folder.is_file():
        raise ResultError(Problem(str(folder), "is a file", hint))
    if not folder.is_dir() or (folder / MANIFEST).is_file() or not any(folder.iterdir()):
        return
    raise ResultError(Problem(str(folder), "holds other files, which would be lost", hint))


def _fill(content: Content, folder: Path) -> None:
    tables, arrays = {}, {}
    for name in ("tables", "arrays"):
        (folder / name).mkdir()
    for name, frame in content.tables.items():
        path, told = write_table(frame, folder / "tables" / name)
        tables[name] = {"file": path.relative_to(folder).as_posix(), **told}
    for name, data in content.arrays.items():
        path = folder / "arrays" / f"{name}.nc"
        arrays[name] = {"file": path.relative_to(folder).as_posix(), "empty": _write_arrays(data, path)}
    for name, text in content.texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for leftover in ("tables", "arrays"):
        if not any((folder / leftover).iterdir()):
            shutil.rmtree(folder / leftover)
    manifest = {
        "format": FORMAT,
        "kind": content.kind,
        "summary": content.summary,
        "shown": content.shown or next(iter(content.tables), ""),
        "made": {**content.made, "versions": versions(), "code": room_digests()},
        "about": dict(content.about),
        "tables": tables,
        "arrays": arrays,
        "files": {
            path.relative_to(folder).as_posix(): sha256(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    manifest = json.loads(json.dumps(manifest, default=str))
    text = json.dumps({**manifest, "seal": seal(manifest)}, indent=1, ensure_ascii=False)
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def _write_arrays(data: xr.Dataset, path: Path) -> dict[str, Any]:
    """Write arrays as netCDF 3; return those of no size, for which that form has no room."""
    none = [str(name) for name in data.variables if 0 in data[name].shape]
    kept = data.drop_vars(none)
    kept.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    return {
        name: {"dims": list(data[name].dims), "shape": list(data[name].shape), "dtype": str(data[name].dtype)}
        for name in none
    }


def seal(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a manifest says, its own seal left out."""
    held = {key: value for key, value in manifest.items() if key != "seal"}
    text = json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of detente, Python, and the packages that numbers come through."""
    return {
        "detente": detente.__version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in PACKAGES},
    }


@cache
def room_digests() -> dict[str, str]:
    """Return the SHA-256 of each room's code and tables, by path and content.

    >>> sorted(set(room_digests()) & {"evidence", "measurement", "simulation", "strategy"})
    ['evidence', 'measurement', 'simulation', 'strategy']
    """
    root = Path(detente.__file__).parent
    found: dict[str, Any] = {}
    for path in sorted(each for each in root.rglob("*") if each.suffix in KINDS and each.is_file()):
        parts = path.relative_to(root).parts
        total = found.setdefault(parts[0] if len(parts) > 1 else "foundation", hashlib.sha256())
        total.update("/".join(parts).encode() + b"\0")
        total.update(bytes.fromhex(sha256(path)))
    return {room: total.hexdigest() for room, total in found.items()}


@cache
def code_digest() -> str:
    """Return the SHA-256 of all code, tables and templates of this package: versions alone do not tell."""
    return hashlib.sha256(json.dumps(room_digests(), sort_keys=True).encode()).hexdigest()
