"""Lines of the record: each holds a digest of what it says, and of the line before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.record.forecasts import Forecast

FIRST = "0" * 64
"""What the first line says of the one before it."""
BODY = ("sealed", "case", "data", "version", "forecasts")
KEYS = {"seq", "previous", "content", *BODY}
SAVED = "put back a copy of the file, or move it aside and begin a new one"


@dataclass(frozen=True)
class Entry:
    """One line: its number from 1, the digests of the line before, of its content and of itself; the day on
    which it was sealed, the case and its digest, digests of the data, the version of the code, and forecasts.
    """

    seq: int
    previous: str
    content: str
    digest: str
    sealed: date
    case: Mapping[str, str]
    data: Mapping[str, str]
    version: str
    forecasts: tuple[Forecast, ...]


def canonical(held: Mapping[str, Any]) -> str:
    """Return JSON that is the same text for the same content.

    >>> canonical({"b": 0.10, "a": [1.0]})
    '{"a":[1.0],"b":0.1}'
    """
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def line_of(body: Mapping[str, Any], *, seq: int, previous: str) -> str:
    """Return the line that holds some content, after a line with this digest."""
    return canonical({**body, "seq": seq, "previous": previous, "content": digest_of(canonical(body))})


def read_chain(path: Path) -> tuple[list[Entry], str]:
    """Return every line of a record, checked, and its text; nothing where there is no file.

    Raises `SimulationError` that names each line that is cut off, altered, or does not follow the one before.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return [], ""
    except (OSError, UnicodeDecodeError) as error:
        raise SimulationError(Problem(str(path), f"cannot be read ({error})", SAVED)) from error
    lines = text.split("\n")
    problems: list[Problem] = []
    if lines.pop():
        lines.append(text.rsplit("\n", 1)[-1])
        problems.append(Problem(f"{path}:{len(lines)}", "the last line is cut off", SAVED))
    entries: list[Entry] = []
    previous = FIRST
    for number, line in enumerate(lines, start=1):
        cut_off = bool(problems) and number == len(lines)
        entry = None if cut_off else _entry(line)
        found = [] if cut_off else list(_broken(line, entry, entries[-1:], (number, previous)))
        problems += [Problem(f"{path}:{number}", what, SAVED) for what in found]
        previous = digest_of(line)
        if entry is not None:
            entries.append(entry)
    raise_all(SimulationError, problems)
    return entries, text


def entry_of(line: str) -> Entry:
    """Return what a line holds; raises `KeyError`, `TypeError`, `ValueError` where it is none of a record."""
    held = json.loads(line)
    if set(held) != KEYS or canonical(held) != line:
        raise ValueError("is not as it was written")
    return Entry(
        seq=int(held["seq"]), previous=str(held["previous"]), content=str(held["content"]),
        digest=digest_of(line), sealed=date.fromisoformat(held["sealed"]), case=dict(held["case"]),
        data=dict(held["data"]), version=str(held["version"]),
        forecasts=tuple(Forecast.read(row) for row in held["forecasts"]),
    )  # fmt: skip


def _entry(line: str) -> Entry | None:
    try:
        return entry_of(line)
    except (ValueError, TypeError, KeyError):
        return None


def _broken(line: str, entry: Entry | None, before: Sequence[Entry], place: tuple[int, str]) -> Iterator[str]:
    """Yield what is wrong with a line at a place: its number, and the digest of the line before it."""
    number, previous = place
    if entry is None:
        yield "is no line of a record, or was altered"
        return
    body = {name: value for name, value in json.loads(line).items() if name in BODY}
    if entry.content != digest_of(canonical(body)):
        yield "its content was altered"
    if entry.seq != number or entry.previous != previous:
        yield "does not follow from the line before it: one of them was altered, moved or taken out"
    if before and entry.sealed < before[-1].sealed:
        yield f"is of {entry.sealed}, and the line before it of {before[-1].sealed}"
