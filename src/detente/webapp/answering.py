"""From a view to the bytes that are sent: made once, kept in memory and between runs, filtered by `show`."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import detente
from detente import files
from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.measurement import kept
from detente.webapp.asked import OF_CLIENT, QueryError
from detente.webapp.views import FILES, NAMES, View

if TYPE_CHECKING:
    from detente.webapp.sessions import Session

Row = dict[str, Any]
Pairs = Sequence[tuple[str, str]]
FOLDER = "views"
CONTROLS, BASELINE = "controls", "baseline"
"""What is kept of the what-if besides: its controls, and the answer to none of them moved."""
MOST = 96
"""Views kept on disk; the one not asked for longest goes first."""


def as_bytes(content: Any) -> bytes:
    """Return JSON as it is sent: the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def etag(body: bytes) -> str:
    """Return the ETag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def query_of(view: View, pairs: Pairs) -> dict[str, str]:
    """Return the parameters of a view, in order of names; raises `QueryError` with all that there are not."""
    names = (*NAMES, *view.names)
    problems, found = [], dict[str, str]()
    for name, value in pairs:
        if name in OF_CLIENT:
            continue
        if name.split(".")[0] not in names:
            hint = did_you_mean(name, names) or f"parameters of this view are {', '.join(names)}"
            what = "is no parameter" if name else "a parameter has no name"
            problems.append(Problem(name or "address", what, hint))
        elif name in found:
            problems.append(Problem(name, "is given twice", "give it once"))
        found[name] = value
    raise_all(QueryError, problems)
    return dict(sorted(found.items()))


def csv_of(answer: Row) -> dict[str, str]:
    """Return the tables of a what-if as CSV by name."""
    import pandas as pd

    names = ("cohesion", "decisions", "crossings")
    return {name: pd.DataFrame(answer[name]).to_csv(index=False, lineterminator="\n") for name in names}


def whole(session: Session, view: View) -> bytes:
    """Return all that the page is sent of a view, from memory, from the cache, or made now."""

    def make() -> bytes:
        found = _recalled(session, view)
        return as_bytes({key: value for key, value in found.items() if key != FILES})

    return session.wholes.get(view.name, make)


def files_of(session: Session, view: View) -> dict[str, str]:
    """Return the tables of a view as CSV by key; they are read when asked for, and not held."""
    found: dict[str, str] = _recalled(session, view).get(FILES, {})
    return found


def body(session: Session, view: View, query: Mapping[str, str]) -> bytes:
    """Return a view's JSON as bytes; raises `QueryError` where an address asks for what the view has not."""
    held = whole(session, view)
    if "show" in query or (view.moved and query):
        found = json.loads(held)
        found |= view.asked(found, query)
        if "show" in query:
            found["sections"] = _picked(found["sections"], query["show"].split(","))
        held = as_bytes(found)
    return b'{"request":' + as_bytes(dict(query)) + b"," + held[1:]


def _picked(sections: list[Row], wanted: Sequence[str]) -> list[Row]:
    """Return the sections and exhibits that are wanted by key."""
    known = [key for each in sections for key in (each["key"], *(held["key"] for held in each["exhibits"]))]
    problems = [
        Problem("show", f"there is no {key!r}", did_you_mean(key, known) or f"there are {', '.join(known)}")
        for key in wanted
        if key not in known
    ]
    raise_all(QueryError, problems)
    kept_ = []
    for section in sections:
        exhibits = [each for each in section["exhibits"] if each["key"] in wanted]
        if section["key"] in wanted:
            kept_.append(section)
        elif exhibits:
            kept_.append({**section, "paragraphs": [], "exhibits": exhibits})
    return kept_


def _made(session: Session, view: View) -> Row:
    """Return a view with its head: whether there is anything to see, and if not, what it would take."""
    case, found = session.case, session.bench.ask(session.study, view.name, session.tell)
    head = {
        "view": view.name,
        "title": view.title,
        "question": view.question,
        "case": {"name": case.name, "title": case.title, "as_of": f"{case.as_of:%Y-%m-%d}"},
        "available": found is not None,
    }
    if found is not None:
        return {**head, **found}
    why = f"This case says nothing of it: it would take {view.absent}."
    hint = "`detente schema` explains every section of a case"
    return {**head, "why": why, "hint": hint, "sections": [], "numbers": []}


def _recalled(session: Session, view: View) -> Row:
    return recalled(session, view.name, lambda: _made(session, view))


def recalled(session: Session, what: str, make: Callable[[], Row]) -> Row:
    """Return a view, or something else by name, from the cache, or make it.

    It is from the cache where it was made from the same case, evidence, seed, draws and code.
    """
    evidence, study = session.study.evidence, session.study
    beside = kept.folder_for(evidence, FOLDER)
    if beside is None or study.case.data:
        return make()
    code = kept.code_of(Path(detente.__file__).parent)
    name = kept.key(
        FOLDER, code, what, study.case.model_dump_json(), evidence.digest, study.seed, study.draws
    )
    target = beside / f"{name}.json"
    return _read(target) or _written(target, make)


def _read(target: Path) -> Row | None:
    try:
        found = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    with contextlib.suppress(OSError):
        target.touch()
    return found if isinstance(found, dict) and found else None


def _written(target: Path, make: Callable[[], Row]) -> Row:
    made = make()
    with contextlib.suppress(EvidenceError, OSError):
        files.write_text(target, as_bytes(made).decode())
        held = sorted(target.parent.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in held[:-MOST]:
            path.unlink(missing_ok=True)
    return made
