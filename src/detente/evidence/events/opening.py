"""Files of events as they come: archives unpacked, and what their first line says of their layout."""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.events.formats import FORMS, LAYOUTS, TITLES, Layout
from detente.evidence.readers.frames import present

CHUNK = 1 << 20
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What reading an archive raises that is cut short, altered, locked, or packed in a way that is not known."""
LONGEST = 1 << 16
PARQUET = (".parquet", ".pq")
AGAIN = "get it again: detente events pull"
OTHER = f"if it is a table of your own, type --mapping MAPPING.yaml; layouts known: {', '.join(FORMS)}"
NUMBERED = ("gdelt2", "gdelt1", "gdelt1-backfile")


class UnknownLayoutError(EvidenceError):
    """A file that holds no events as far as its start tells."""


@dataclass(frozen=True)
class Opened:
    """A file to be read: `path` is where it lies, `name` what the user calls it.

    `columns` are its own, in order; `header` says whether its first line names them; `unpacked` that it came
    from an archive, and may be removed when it is read.
    """

    path: Path
    name: str
    layout: Layout
    columns: tuple[str, ...]
    header: bool
    unpacked: bool = False

    @property
    def is_parquet(self) -> bool:
        """Whether it is read as Parquet."""
        return self.path.suffix.lower() in PARQUET


def open_file(path: Path, folder: Path, *, layout: Layout | None = None) -> Iterator[Opened]:
    """Yield the files that `path` holds: itself, or what a zip archive unpacks into `folder`.

    Raises `EvidenceError` where it is missing, empty, cut short or of no known layout, or lacks a column.
    """
    present(path)
    if path.suffix.lower() != ".zip":
        yield _opened(path, str(path), layout)
        return
    for part in _unpacked(path, folder):
        yield replace(_opened(part, f"{path}/{part.name}", layout), unpacked=True)


def _unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """Yield the members of an archive one after another, each in a folder of its own."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and each.file_size]
            if not members:
                raise EvidenceError(Problem(str(path), "is an archive that holds no file", AGAIN))
            for member in members:
                _check_room(path, member.file_size, folder)
                target = Path(mkdtemp(dir=folder)) / Path(member.filename).name
                with archive.open(member) as packed, target.open("wb") as plain:
                    while chunk := packed.read(CHUNK):
                        plain.write(chunk)
                yield target
    except (*DAMAGED, OSError) as error:
        what = f"is no whole zip archive ({error}): it may be cut short"
        raise EvidenceError(Problem(str(path), what, AGAIN)) from error


def _check_room(path: Path, size: int, folder: Path) -> None:
    """Raise `EvidenceError` where a member of an archive would not fit on the disk."""
    free = shutil.disk_usage(folder).free
    if size > free:
        what = f"unpacks to {size:,} bytes, and {free:,} are free in {folder}"
        raise EvidenceError(Problem(str(path), what, "let TMPDIR name a folder on a larger disk"))


def _opened(path: Path, name: str, layout: Layout | None) -> Opened:
    if path.suffix.lower() in PARQUET:
        columns = _parquet_columns(path)
        return _by_header(path, name, columns, layout)
    with path.open("rb") as handle:
        first = handle.readline(LONGEST).rstrip(b"\r\n").decode("utf-8-sig", errors="replace")
    separator = layout.separator if layout else "\t"
    cells = tuple(cell.strip('"') if layout and layout.quote else cell for cell in first.split(separator))
    if layout is not None and layout.columns:
        return _numbered(path, name, cells, layout)
    if layout is not None or not _is_event(cells):
        return _by_header(path, name, cells, layout)
    known = [LAYOUTS[form] for form in (*NUMBERED, "icews-text")]
    found = next((each for each in known if len(each.columns) == len(cells)), None)
    if found is None:
        counts = ", ".join(f"{len(each.columns)} ({TITLES[each.name]})" for each in known)
        raise EvidenceError(Problem(name, f"has {len(cells)} columns; known are {counts}", OTHER))
    return Opened(path, name, found, found.columns, False)


def _is_event(cells: Sequence[str]) -> bool:
    """Return whether a first line is an event of a file without a header: numbers, or a day at its end."""
    if len(cells) == 4:
        return cells[3][:4].isdigit()
    return len(cells) > 4 and cells[0].isdigit() and cells[1].isdigit()


def _numbered(path: Path, name: str, cells: tuple[str, ...], layout: Layout) -> Opened:
    """Check that a file without a header is what it was said to be."""
    if not _is_event(cells):
        return _by_header(path, name, cells, layout)
    if len(cells) == len(layout.columns):
        return Opened(path, name, layout, layout.columns, False)
    like = next((form for form in FORMS if len(LAYOUTS[form].columns) == len(cells)), None)
    seems = f": it looks like {TITLES[like]}" if like else ""
    what = f"has {len(cells)} columns where {TITLES[layout.name]} has {len(layout.columns)}{seems}"
    hint = f"type --format {like}, or leave --format out" if like else OTHER
    raise EvidenceError(Problem(name, what, hint))


def _by_header(path: Path, name: str, columns: tuple[str, ...], layout: Layout | None) -> Opened:
    """Match the names of columns, whatever their case."""
    twice = sorted({column for column in columns if columns.count(column) > 1})
    raise_all(EvidenceError, [Problem(name, f"column {column!r} comes twice", OTHER) for column in twice])
    own = {column.casefold(): column for column in columns}
    candidates = [layout] if layout else [LAYOUTS[form] for form in ("gdelt2", "icews", "polecat")]
    found = next((each for each in candidates if all(used.casefold() in own for used in each.used)), None)
    if found is None:
        raise _unlike(name, columns, layout)
    return Opened(path, name, found, columns, True)


def _unlike(name: str, columns: Sequence[str], layout: Layout | None) -> EvidenceError:
    if layout is None:
        shown = ", ".join(columns[:8]) + (" …" if len(columns) > 8 else "")
        return UnknownLayoutError(
            Problem(name, f"is of no known layout; its first line has {len(columns)} cells: {shown}", OTHER)
        )
    own = {column.casefold() for column in columns}
    return EvidenceError(
        *(
            Problem(
                name,
                f"column {used!r} is missing",
                did_you_mean(used, columns) or f"its columns are: {', '.join(columns[:30])}",
            )
            for used in layout.used
            if used.casefold() not in own
        )
    )


def _parquet_columns(path: Path) -> tuple[str, ...]:
    with duckdb.connect() as connection:
        try:
            return tuple(connection.read_parquet(str(path)).columns)
        except duckdb.Error as error:
            what = f"is not Parquet that can be read ({str(error).splitlines()[0]})"
            raise EvidenceError(Problem(str(path), what, AGAIN)) from error


def check_there(paths: Sequence[Path]) -> None:
    """Raise `EvidenceError` with a problem for each path that is missing or empty, or where none is named."""
    if not paths:
        raise EvidenceError(
            Problem("events", "no file of events is named", "name files, or a folder that holds them")
        )
    problems: list[Problem] = []
    for path in paths:
        try:
            present(path)
        except EvidenceError as error:
            problems += error.problems
    raise_all(EvidenceError, problems)
