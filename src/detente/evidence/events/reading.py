"""Files of events read as one table: who did what to whom on which day, and what could not be used."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Literal

import duckdb
import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean
from detente.evidence.events import counting, engines
from detente.evidence.events.accounting import Account, account_for
from detente.evidence.events.expression import Period
from detente.evidence.events.formats import LAYOUTS, Layout
from detente.evidence.events.loading import load, quoted
from detente.evidence.events.opening import Opened, UnknownLayoutError, check_there, open_file

MEMORY = "1GB"
SUFFIXES = (".zip", ".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq")


@dataclass(frozen=True)
class Options:
    """How events are read.

    `layout` is the name of a known one or one's own; without it each file is told by its start. Of an event
    that comes again under the same number the first is kept, unless `repeats` is "keep". `memory` bounds
    DuckDB; what does not fit goes to disk, in `folder` where one is named. Days after `today` are set aside.
    """

    layout: Layout | str | None = None
    repeats: Literal["drop", "keep"] = "drop"
    memory: str = MEMORY
    threads: int | None = None
    folder: Path | None = None
    today: date = field(default_factory=date.today)


@dataclass(frozen=True)
class Events:
    """Events as read, with an account of them; to be closed, or used as a context.

    The view `used` of `connection` has date, source, target, code, quad (1 to 4), goldstein, mentions
    and tone.
    """

    connection: duckdb.DuckDBPyConnection = field(repr=False)
    account: Account
    layouts: tuple[Layout, ...]
    _folder: tempfile.TemporaryDirectory[str] = field(repr=False)

    def __enter__(self) -> Events:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and remove what was kept on disk."""
        self.connection.close()
        self._folder.cleanup()

    def counts(
        self,
        period: Period = "week",
        *,
        since: counting.Day = None,
        until: counting.Day = None,
        engine: str | None = None,
    ) -> pd.DataFrame:
        """Return counts by dyad and period (`COUNTS`), from `since` to `until`, both included.

        Without `engine` DuckDB runs the shipped SQL; with the name of an engine or a URL of Ibis, the same
        expression runs there. Raises `EvidenceError` for an unknown period, or an engine that is not at hand.
        """
        query = counting.sql(period)
        chosen = f"SELECT * FROM used WHERE {_between(since, until)}"
        if engine is not None:
            return counting.tidy(self._elsewhere(chosen, period, engine))
        return counting.tidy(self._fetch(f"WITH events AS ({chosen}) {query}"))

    def frame(self, *, since: counting.Day = None, until: counting.Day = None) -> pd.DataFrame:
        """Return the events themselves, in order of day, source and target."""
        rows = self._fetch(
            f"SELECT * FROM used WHERE {_between(since, until)} ORDER BY date, source, target, code"
        )
        return rows.assign(**{name: rows[name].astype(object) for name in ("source", "target", "code")})

    def write(self, path: Path) -> None:
        """Write the events as Parquet."""
        self._fetch(f"COPY (SELECT * FROM used) TO {quoted(str(path))} (FORMAT parquet)")

    def _fetch(self, query: str) -> pd.DataFrame:
        with _told():
            frame: pd.DataFrame = self.connection.execute(query).df()
        return frame

    def _elsewhere(self, chosen: str, period: Period, engine: str) -> pd.DataFrame:
        path = Path(self._folder.name) / "events.parquet"
        backend = engines.connect(engine)
        self._fetch(f"COPY ({chosen}) TO {quoted(str(path))} (FORMAT parquet)")
        return engines.count_file(backend, path, period)


def read_events(paths: Sequence[Path | str], *, options: Options | None = None) -> Events:
    """Read files of events, or every file of events in a folder; see `Options`.

    Raises `EvidenceError` where a file is missing, empty, cut short or of no known layout, or none is named.
    """
    options = options or Options()
    layout = _layout(options.layout)
    folder = tempfile.TemporaryDirectory(prefix="detente-events-", dir=options.folder)
    connection = duckdb.connect(str(Path(folder.name) / "events.duckdb"))
    passed: list[str] = []
    try:
        with _told():
            _set_up(connection, options, folder.name)
            opened = _open(_files([Path(path) for path in paths]), Path(folder.name), layout, passed)
            loaded = load(connection, opened, Path(folder.name))
            account = account_for(
                connection, loaded, today=options.today, drop_repeats=options.repeats == "drop", passed=passed
            )
    except BaseException:
        connection.close()
        folder.cleanup()
        raise
    return Events(connection, account, tuple(loaded.layouts.values()), folder)


def _layout(given: Layout | str | None) -> Layout | None:
    if given is None or isinstance(given, Layout):
        return given
    if given not in LAYOUTS:
        hint = did_you_mean(given, LAYOUTS) or f"one of: {', '.join(LAYOUTS)}"
        raise EvidenceError(Problem("format", f"unknown layout {given!r}", hint))
    return LAYOUTS[given]


def _set_up(connection: duckdb.DuckDBPyConnection, options: Options, folder: str) -> None:
    connection.execute(f"SET temp_directory = {quoted(folder)}")
    try:
        connection.execute(f"SET memory_limit = {quoted(options.memory)}")
    except duckdb.Error as error:
        raise EvidenceError(Problem("memory", f"{options.memory!r} is no size", "write it as 1GB")) from error
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    if options.threads is not None:
        connection.execute(f"SET threads = {int(options.threads)}")


def _files(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Return the files that are named or lie in a folder that is, and whether it is in a folder."""
    found: list[tuple[Path, bool]] = []
    for path in paths:
        inside = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else []
        found += [(each, True) for each in inside if each.suffix.lower() in SUFFIXES]
        found += [] if path.is_dir() else [(path, False)]
    check_there([path for path, _ in found])
    return found


def _open(
    files: Iterable[tuple[Path, bool]], folder: Path, layout: Layout | None, passed: list[str]
) -> Iterator[Opened]:
    """Open files one after another; a file in a folder of no known layout is passed over and listed."""
    some = False
    for path, in_folder in files:
        try:
            for each in open_file(path, folder, layout=layout):
                some = True
                yield each
        except UnknownLayoutError:
            if not in_folder:
                raise
            passed.append(path.name)
    if not some:
        raise EvidenceError(
            Problem("events", f"there are none in {', '.join(passed)}", "name files of events")
        )


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn DuckDB's complaints of memory, disk and damaged files into ours."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        hint = "allow more memory, or more disk for what does not fit: --memory 4GB"
        raise EvidenceError(Problem("events", f"do not fit ({_first(error)})", hint)) from error
    except duckdb.Error as error:
        hint = "see whether the layout is that of the file: --format or --mapping; or get the file again"
        raise EvidenceError(Problem("events", f"cannot be read ({_first(error)})", hint)) from error


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _between(since: counting.Day, until: counting.Day) -> str:
    """Return the test of a day; a day that is none raises `EvidenceError`."""
    parts = ["TRUE"]
    for sign, day in ((">=", since), ("<=", until)):
        if day is not None:
            parts.append(f"date {sign} DATE '{as_day(day)}'")
    return " AND ".join(parts)


def as_day(given: date | str) -> date:
    """Return a day. Raises `EvidenceError` where it is none.

    >>> as_day("2014-03-27")
    datetime.date(2014, 3, 27)
    """
    try:
        return given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError as error:
        raise EvidenceError(Problem("day", f"{given!r} is no day", "write it as 2014-03-27")) from error
