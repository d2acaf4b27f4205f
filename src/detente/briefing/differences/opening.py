"""A brief as it lies on disk, opened for comparison: its folder, or its JSON twin."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from detente.briefing.formats.content import TWIN, outline
from detente.briefing.formats.making import MANIFEST
from detente.errors import EvidenceError, Problem, raise_all
from detente.files import sha256
from detente.moulds import misfits

WRITE = "write one: detente brief CASE -o DIR"
MADE = ("case", "evidence", "seed", "draws", "code", "versions")
NUMBER = ("what", "unit", "shown", "value", "low", "high", "mark", "source", "section")


@dataclass(frozen=True)
class Held:
    """What a brief says, and what it was made from; `files` has the hashes of its files where known."""

    place: str
    made: Mapping[str, Any]
    numbers: tuple[Mapping[str, Any], ...]
    outline: Mapping[str, Any]
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def case(self) -> str:
        """The name of the case."""
        return str(self.made["case"]["name"])


def open_briefs(paths: Sequence[str | Path], *, across: bool = False) -> tuple[Held, ...]:
    """Return the briefs that lie there: folders, JSON twins, or any file of a brief's folder.

    Raises `EvidenceError` with everything that is wrong with any: no brief, not whole, written by an earlier
    or a later version; and where they are of cases of different names, unless `across`.

    >>> before, after = open_briefs(["before", "after"])  # doctest: +SKIP
    """
    found: list[Held] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(_opened(Path(path)))
        except EvidenceError as error:
            problems.extend(error.problems)
    raise_all(EvidenceError, problems)
    names = list(dict.fromkeys(each.case for each in found))
    if len(names) > 1 and not across:
        what = f"are briefs of different cases: {', '.join(names)}"
        where = " and ".join(each.place for each in found)
        raise EvidenceError(Problem(where, what, "compare them all the same: add --across"))
    return tuple(found)


def _opened(path: Path) -> Held:
    if path.is_dir():
        return _whole(path, _folder)
    if not path.exists():
        raise EvidenceError(Problem(str(path), "is not there", WRITE))
    if path.suffix == ".json" and path.name not in ("manifest.json", "numbers.json"):
        return _whole(path, _twin)
    return _whole(path.parent, _folder)


def _whole(path: Path, read: Any) -> Held:
    """Return what `read` finds; raise `EvidenceError` where a part is missing or of another kind."""
    try:
        held: Held = read(path)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        what = f"is no whole brief ({type(error).__name__}: {str(error)[:80]})"
        raise EvidenceError(Problem(str(path), what, WRITE)) from None
    return held


def _folder(folder: Path) -> Held:
    if not (folder / "manifest.json").is_file():
        raise EvidenceError(Problem(str(folder), "is no folder of a brief: it has no manifest.json", WRITE))
    made = _json(folder / "manifest.json")
    _check_version(folder, made.get("manifest", 1), MANIFEST)
    beside = folder / "numbers.json"
    if not beside.is_file():
        raise EvidenceError(Problem(str(folder), "has no numbers.json", WRITE))
    altered = sha256(beside) != made["files"]["numbers.json"]
    notes = (f"{beside} is not as its manifest says: it was changed after it was written",) if altered else ()
    return _held(folder, made, _json(beside)["numbers"], made["outline"], made["files"], notes)


def _twin(path: Path) -> Held:
    content = _json(path)
    if "detente_brief" not in content:
        raise EvidenceError(Problem(str(path), "is not the JSON twin of a brief", f"{WRITE} --format json"))
    _check_version(path, content["detente_brief"], TWIN)
    _check_version(path, content["made"].get("manifest", 1), MANIFEST)
    return _held(path, content["made"], content["numbers"], outline(content), {}, ())


def _held(
    place: Path,
    made: Mapping[str, Any],
    numbers: Sequence[Mapping[str, Any]],
    told: Mapping[str, Any],
    files: Mapping[str, str],
    notes: tuple[str, ...],
) -> Held:
    from detente.briefing.differences.form import Brief

    kept = {key: made[key] for key in MADE}
    found = {"made": kept, "numbers": list(numbers), "outline": told, "files": files}
    wrong = misfits(Brief, found, where=str(place), hint=WRITE)
    raise_all(EvidenceError, [replace(each, what=f"is no whole brief ({each.what})") for each in wrong])
    listed = tuple({key: each[key] for key in NUMBER} for each in numbers)
    return Held(str(place), kept, listed, told, files, notes)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else "not JSON"
        raise EvidenceError(Problem(str(path), f"cannot be read ({why})", WRITE)) from None
    if not isinstance(found, dict):
        raise EvidenceError(Problem(str(path), "holds no brief", WRITE))
    return found


def _check_version(place: Path, found: Any, ours: int) -> None:
    if found == ours:
        return
    if isinstance(found, int) and found < ours:
        hint = "write it again with this version: detente brief CASE -o DIR"
        raise EvidenceError(
            Problem(str(place), "was written by an earlier version, and lacks its outline", hint)
        )
    raise EvidenceError(Problem(str(place), "was written by a later version", "upgrade detente"))
