"""From a file to a `Case`, or to every problem in it at once."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import CaseError, Problem, did_you_mean, raise_all
from detente.files import at_home

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.cases.yamltext import Document

LARGEST = 1_000_000
ENDINGS = (".yaml", ".yml", ".json")


def library() -> Path:
    """Return the folder of the cases that ship with detente."""
    return Path(str(resources.files("detente.cases"))) / "library"


def shipped_cases() -> tuple[str, ...]:
    """Return the names of the cases that ship with detente.

    >>> "atlantic" in shipped_cases()
    True
    """
    return tuple(sorted(path.stem for path in library().glob("*.yaml")))


def load_case(name_or_path: str | Path) -> Case:
    """Return the case of this name (shipped) or at this path, checked.

    Raises `CaseError` with every problem of the file at once, in order of lines.

    >>> load_case("atlantic").rival
    'RUS'
    """
    path = _find(name_or_path)
    shown = path.name if path.parent == library() else str(path)
    return _check(_parse(path, shown), path, shown)


def case_digest(case: Case) -> str:
    """Return the SHA-256 of the case's canonical JSON: of what it says, whatever its layout and comments.

    >>> case = load_case("atlantic")
    >>> len(case_digest(case)), case_digest(case) == case_digest(load_case("atlantic"))
    (64, True)
    """
    canonical = json.dumps(
        case.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def case_text(case: Case) -> str:
    """Return a case as JSON that `load_case` reads as the same case: what it says, less what is left out."""
    held = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def _find(name_or_path: str | Path) -> Path:
    path = at_home(name_or_path)
    bare = isinstance(name_or_path, str) and path.name == name_or_path and path.suffix not in ENDINGS
    if bare and name_or_path in shipped_cases():
        return library() / f"{name_or_path}.yaml"
    word = str(name_or_path)
    word = word if word.strip() else repr(word)
    try:
        if path.is_dir():
            inside = sorted(each.name for each in path.iterdir() if each.suffix in ENDINGS)
            hint = (
                f"name the file in it: {', '.join(inside[:5])}" if inside else "it holds no case; name a file"
            )
            raise CaseError(Problem(word, "is a folder, not a case file", hint))
        if path.exists():
            return path
        raise CaseError(_not_found(word, path, bare=bare))
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise CaseError(_unread(word, error)) from error


def _unread(shown: str, error: OSError) -> Problem:
    return Problem(shown, f"cannot be read ({error.strerror})", "check the path and your rights to it")


def _not_found(word: str, path: Path, *, bare: bool) -> Problem:
    ships = f"cases that ship: {', '.join(shipped_cases())}"
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    files = [name for name in beside if name.endswith(ENDINGS)]
    if bare:
        guess = did_you_mean(word, [*shipped_cases(), *files])
        hint = f"{guess} {ships}; your own goes by its path, as in ./mine.yaml"
        return Problem(word, "no case of this name", hint.strip())
    guess = did_you_mean(path.name, files) or did_you_mean(path.stem, shipped_cases())
    return Problem(word, "no such file", f"{guess} {ships}".strip())


def _parse(path: Path, shown: str) -> Document:
    from detente.cases.yamltext import parse

    try:
        with path.open("rb") as handle:
            raw = handle.read(LARGEST + 1)
    except OSError as error:
        raise CaseError(_unread(shown, error)) from error
    if len(raw) > LARGEST:
        raise CaseError(
            Problem(shown, "is larger than 1 MB", "a case names data, it does not hold them: see `data:`")
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CaseError(Problem(f"{shown}:{line}", "is not UTF-8 text", "save the file as UTF-8")) from error
    document = parse(text)
    if document.whole and not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "is not a section of keys"
        raise CaseError(Problem(shown, what, "`detente new NAME` writes a starter case to begin from"))
    return document


def _check(document: Document, path: Path, shown: str) -> Case:
    """Return the case where the document is one; raise every problem otherwise, in order of lines."""
    from pydantic import ValidationError

    from detente.cases.complaints import complaints, spoken
    from detente.cases.migrating import migrated, newer
    from detente.cases.references import broken
    from detente.cases.schema import Case

    later = newer(document.data)
    if later is not None:  # what else it says cannot be judged
        raise CaseError(Problem(f"{shown}:{document.line(('detente',))}", *later))
    data, written_for = migrated(document.data)
    found = [(flaw.line, flaw.what, flaw.hint) for flaw in document.flaws]
    if document.whole:
        try:
            case = Case.model_validate(data, context={"file": path, "written_for": written_for})
        except ValidationError as error:
            for place, what, hint in complaints(list(error.errors(include_url=False)), data):
                found.append((document.line(place), what, hint))
            for each in broken(data):
                found.append((document.line(each.path), f"{spoken(each.path)}: {each.what}", each.hint))
            found = found or [(1, str(each["msg"]), "") for each in error.errors(include_url=False)]
    found.sort(key=lambda each: each[0])
    raise_all(
        CaseError, [Problem(f"{shown}:{line}", what, hint) for line, what, hint in dict.fromkeys(found)]
    )
    return case
