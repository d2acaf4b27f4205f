"""The file of forecasts: appended to and never changed, whole or not at all, by one process at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from detente.errors import EvidenceError, Problem, SimulationError, raise_all
from detente.files import at_home, write_text
from detente.simulation.record.chain import FIRST, Entry, canonical, digest_of, entry_of, line_of, read_chain
from detente.simulation.record.forecasts import Forecast, problems_of

PLACE = "DETENTE_RECORD"
WAIT = 60.0
"""Seconds to wait for another process that is sealing."""
COLUMNS = ("seq", "sealed", "case", "key", "question", "kind", "due")


def record_file() -> Path:
    """Return the file of the record: `DETENTE_RECORD`, or one in the user's folder for data."""
    chosen = os.environ.get(PLACE)
    if chosen:
        return at_home(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("detente", appauthor=False)) / "forecasts.jsonl"


@dataclass(frozen=True)
class Sealed:
    """A forecast and the line in which it was sealed."""

    entry: Entry
    forecast: Forecast


@dataclass(frozen=True)
class Record:
    """A record of forecasts: one line of JSON for each time that some were sealed.

    Each line holds the digest of the line before it, so that none can be altered, moved or taken out later
    without a trace. The last lines can be cut off, or the whole be written anew: whoever holds the digest of
    a line (`Entry.digest`), such as a reader of the brief that it was printed in, can tell.

    >>> import tempfile
    >>> record = Record(Path(tempfile.mkdtemp()) / "forecasts.jsonl")
    >>> lapse = Forecast(key="lapse", question="Do sanctions lapse?", due=date(2027, 1, 31), chance=0.1)
    >>> entry = record.seal([lapse], on=date(2026, 7, 1), case=("atlantic", "ab12"), digests={})
    >>> entry.seq, [each.forecast.key for each in record.due(date(2027, 2, 1))]
    (1, ['lapse'])
    """

    path: Path

    def entries(self) -> list[Entry]:
        """Return every line; raises `SimulationError` where the chain is broken, as `verify` does."""
        return read_chain(self.path)[0]

    def verify(self) -> str:
        """Return the digest of the last line, which stands for all of them; 64 zeros for none.

        Raises `SimulationError` that names each line that is cut off, altered, or does not follow.
        """
        entries = self.entries()
        return entries[-1].digest if entries else FIRST

    def seal(
        self,
        forecasts: Sequence[Forecast],
        *,
        on: date,
        case: tuple[str, str],
        digests: Mapping[str, str],
    ) -> Entry:
        """Append forecasts with their day, the case (name, digest) and the digests of its data, as one line.

        What was sealed on the same day with the same content is not sealed again: its line is returned. The
        line is written whole or not at all, and other processes wait for their turn. Raises `SimulationError`
        with everything that is wrong with the forecasts, and where the record is broken or of a later day.
        """
        raise_all(SimulationError, list(_problems(forecasts, on)))
        body: dict[str, Any] = {
            "sealed": on.isoformat(),
            "case": {"name": case[0], "digest": case[1]},
            "data": dict(digests),
            "version": _version(),
            "forecasts": [each.row() for each in sorted(forecasts, key=lambda each: (each.key, each.due))],
        }
        content = digest_of(canonical(body))
        with self._alone():
            entries, text = read_chain(self.path)
            for entry in entries:
                if entry.sealed == on and entry.content == content:
                    return entry
            if entries and on < entries[-1].sealed:
                what = f"forecasts of {on} come after those of {entries[-1].sealed}"
                raise SimulationError(Problem(str(self.path), what, "seal forecasts on their day"))
            previous = entries[-1].digest if entries else FIRST
            line = line_of(body, seq=len(entries) + 1, previous=previous)
            write_text(self.path, f"{text}{line}\n")
        return entry_of(line)

    def forecasts(self) -> list[Sealed]:
        """Return every forecast with its line, in the order in which they were sealed."""
        return [Sealed(entry, forecast) for entry in self.entries() for forecast in entry.forecasts]

    def due(self, on: date) -> list[Sealed]:
        """Return the forecasts whose outcome is known on a day."""
        return [each for each in self.forecasts() if each.forecast.due <= on]

    def frame(self) -> pd.DataFrame:
        """Return a row for each forecast: seq, sealed, case, key, question, kind, due."""
        return sealed_rows(self.forecasts())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the record for this process alone."""
        lock = self.path.with_name(f"{self.path.name}.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=WAIT):
                yield
        except Timeout as error:
            what = f"another process has been sealing for {WAIT:.0f} seconds"
            raise SimulationError(Problem(str(self.path), what, "wait for it to end")) from error
        except (OSError, EvidenceError) as error:
            what = (
                error.problems[0].what if isinstance(error, EvidenceError) else f"cannot be written ({error})"
            )
            hint = f"name a file that you may write to: {PLACE}=FILE; nothing was changed"
            raise SimulationError(Problem(str(self.path), what, hint)) from error


def sealed_rows(sealed: Sequence[Sealed]) -> pd.DataFrame:
    """Return a row for each forecast: seq, sealed, case, key, question, kind, due."""
    rows = [
        (e.seq, e.sealed, e.case["name"], f.key, f.question, f.kind, f.due)
        for e, f in ((each.entry, each.forecast) for each in sealed)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _problems(forecasts: Sequence[Forecast], on: date) -> Iterator[Problem]:
    if not forecasts:
        yield Problem("forecasts", "there are none to seal", "give at least one")
    seen: set[tuple[str, date]] = set()
    for each in forecasts:
        yield from problems_of(each, on)
        if (each.key, each.due) in seen:
            yield Problem(f"forecast {each.key!r}", f"is given twice for {each.due}", "give it once")
        seen.add((each.key, each.due))


def _version() -> str:
    try:
        return version("detente")
    except PackageNotFoundError:
        return "unknown"
