"""The evidence as one frozen handle: what is known, by whom it is said, and what could not be used."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd

from detente import files
from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence import database
from detente.evidence.actors import Gazetteer
from detente.evidence.progress import Event, Report, silent

Day = date | str | None


class _Link:
    """The connection of one handle, opened when first asked for; a handle that travels opens its own anew."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._lock = threading.Lock()
        self._connection = connection

    def __reduce__(self) -> tuple[type[_Link], tuple[()]]:
        return _Link, ()

    @contextlib.contextmanager
    def cursor(self, path: Path, digest: str) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._lock:
            if self._connection is None:
                self._connection = _opened_again(path, digest)
            cursor = self._connection.cursor()
        try:
            cursor.execute("USE evidence")
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _opened_again(path: Path, digest: str) -> duckdb.DuckDBPyConnection:
    connection, contents = database.look(path)
    if contents.digest != digest:
        connection.close()
        raise EvidenceError(
            Problem(str(path), "has changed since it was opened", "open it again: open_evidence()")
        )
    return connection


@dataclass(frozen=True)
class Evidence:
    """A read-only view of one evidence database; usable in threads, and as a context manager that closes it.

    `digest` names the evidence: the shipped facts and the hash of every pulled or imported file.
    """

    path: Path
    digest: str
    _link: _Link = field(default_factory=_Link, repr=False, compare=False)

    def __enter__(self) -> Evidence:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a later question opens it again."""
        self._link.close()

    def query(self, sql: str, params: Sequence[object] | dict[str, object] = ()) -> pd.DataFrame:
        """Return the answer to a query in SQL; dates come as datetime64, text as plain str.

        Raises `EvidenceError` where the query is wrong or the database damaged.
        """
        try:
            with self._link.cursor(self.path, self.digest) as cursor:
                frame: pd.DataFrame = cursor.execute(sql, params or None).df()
        except (
            database.DamagedError,
            duckdb.IOException,
            duckdb.FatalException,
            duckdb.InternalException,
            duckdb.SerializationException,
        ) as error:
            what = f"is damaged ({str(error).splitlines()[0]})"
            hint = f"{database.REBUILD}; it is made again from the files that are kept"
            raise EvidenceError(Problem(str(self.path), what, hint)) from error
        except duckdb.Error as error:
            raise EvidenceError(
                Problem("query", str(error), "detente data status lists tables and columns")
            ) from error
        text = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
        return frame.astype(dict.fromkeys(text, object))

    @property
    def gazetteer(self) -> Gazetteer:
        """All actors, and what each label means."""
        return Gazetteer.load()

    @property
    def actors(self) -> Gazetteer:
        """The same as `gazetteer`."""
        return self.gazetteer

    def members(self, bloc: str, on: date | str) -> tuple[str, ...]:
        """Return the members of a bloc on a day, by code.

        Raises `EvidenceError` where no such bloc is known.
        """
        found = self.memberships(bloc)
        day = pd.Timestamp(on)
        within = (found["start"] <= day) & (found["end"].isna() | (found["end"] > day))
        return tuple(sorted(set(found.loc[within, "actor"])))

    def memberships(self, bloc: str) -> pd.DataFrame:
        """Return who belongs to a bloc from when until when.

        Raises `EvidenceError` where no such bloc is known.
        """
        self._known("memberships", "bloc", (bloc,))
        return self.query("SELECT * FROM memberships WHERE bloc = ? ORDER BY start, actor", [bloc])

    def votes(
        self,
        *,
        start: Day = None,
        end: Day = None,
        issues: Sequence[str] = (),
        resolutions: Sequence[str] = (),
        actors: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return votes from `start` to `end` (both included), on roll calls of `issues` or `resolutions`.

        Where both are given, either suffices; where neither is, all roll calls count. Columns: roll_call,
        date, session, resolution, actor, vote.
        """
        return self.query(
            """
            SELECT roll_call, date, session, resolution, actor, vote
            FROM votes JOIN roll_calls USING (roll_call)
            WHERE ($start IS NULL OR date >= CAST($start AS DATE))
                AND ($end IS NULL OR date <= CAST($end AS DATE))
                AND (len($actors) = 0 OR actor IN (SELECT unnest($actors)))
                AND ((len($issues) = 0 AND len($resolutions) = 0)
                    OR resolution IN (SELECT unnest($resolutions))
                    OR roll_call IN (
                        SELECT roll_call FROM roll_call_issues WHERE issue IN (SELECT unnest($issues))
                    ))
            ORDER BY date, roll_call, actor
            """,
            {
                "start": start and str(start),
                "end": end and str(end),
                "issues": list(issues),
                "resolutions": list(resolutions),
                "actors": list(actors),
            },
        )

    def indicators(self, *names: str, actors: Sequence[str] = ()) -> pd.DataFrame:
        """Return the indicators of these names; all without names.

        Raises `EvidenceError` for an unknown name.
        """
        self._known("indicators", "name", names)
        return self._chosen("indicators", {"name": names, "actor": actors}, "name, actor, date")

    def ties(self, *kinds: str, actors: Sequence[str] = (), targets: Sequence[str] = ()) -> pd.DataFrame:
        """Return the ties of these kinds; all without kinds. Raises `EvidenceError` for an unknown kind."""
        self._known("ties", "kind", kinds)
        return self._chosen(
            "ties", {"kind": kinds, "actor": actors, "target": targets}, "kind, actor, target, date"
        )

    def facts(self, topic: str) -> pd.DataFrame:
        """Return the facts on a topic. Raises `EvidenceError` where there is none."""
        self._known("facts", "topic", (topic,))
        return self._chosen("facts", {"topic": (topic,)}, "date, actor, key")

    def sources(self) -> pd.DataFrame:
        """Return the sources of the evidence:

        who, under which terms, which hash, how many rows, and how it came.
        """
        return self.query("SELECT * FROM sources ORDER BY id, origin")

    def unresolved(self) -> pd.DataFrame:
        """Return the labels that name no known actor: source, label, rows, reason."""
        return self.query(
            "SELECT source, origin, label, rows, reason FROM unresolved ORDER BY rows DESC, source, label"
        )

    def set_aside(self) -> pd.DataFrame:
        """Return what else was not used: source, label, rows, reason."""
        return self.query(
            "SELECT source, origin, label, rows, reason FROM set_aside ORDER BY rows DESC, source, label"
        )

    def _chosen(self, table: str, wanted: dict[str, Sequence[str]], order: str) -> pd.DataFrame:
        tests = [f"(len(${name}) = 0 OR {name} IN (SELECT unnest(${name})))" for name in wanted]
        chosen: dict[str, object] = {name: list(words) for name, words in wanted.items()}
        return self.query(f"SELECT * FROM {table} WHERE {' AND '.join(tests)} ORDER BY {order}", chosen)

    def _known(self, table: str, column: str, words: Sequence[str]) -> None:
        if not words:
            return
        known = self.query(f"SELECT DISTINCT {column} FROM {table} ORDER BY 1")[column].tolist()
        problems = [
            Problem(
                f"{table}.{column}",
                f"the evidence holds no {word!r}",
                did_you_mean(word, known)
                or "detente data status lists what there is; detente data pull gets more",
            )
            for word in words
            if word not in known
        ]
        raise_all(EvidenceError, problems)


def open_evidence(
    path: Path | None = None, *, folder: Path | None = None, report: Report = silent
) -> Evidence:
    """Open the evidence in the user's cache, or in the cache `folder`, or the database at `path` as it is.

    The database in the cache is built on first use from the shipped facts, and brought in line where the
    shipped facts, a pulled file or detente itself changed since, or where it is damaged; `report` is told.
    Raises `EvidenceError` where it cannot be built, or `path` is not an evidence database.
    """
    if path is not None:
        try:
            connection, contents = database.look(path)
        except database.DamagedError as error:
            hint = "leave the path out to use the evidence in the cache"
            raise EvidenceError(Problem(str(path), f"is not an evidence database ({error})", hint)) from error
        return Evidence(path, contents.digest, _Link(connection))
    folder = folder or files.cache_folder()
    target = folder / database.NAME
    fresh = _open_fresh(target)
    if fresh is None:
        report(Event("step", f"{'updating' if target.exists() else 'building'} the evidence database"))
        database.refresh(folder, report=report)
        connection, contents = database.look(target)
        fresh = Evidence(target, contents.digest, _Link(connection))
    return fresh


def _open_fresh(target: Path) -> Evidence | None:
    """Return a handle where the database is there, sound and up to date."""
    if not target.exists():
        return None
    try:
        connection, contents = database.look(target)
    except database.DamagedError:
        return None
    if database.is_fresh(contents, target.parent):
        return Evidence(target, contents.digest, _Link(connection))
    connection.close()
    return None
