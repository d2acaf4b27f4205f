"""What is uploaded: a case, tables for one, or both; received within limits, and checked like any other.

A case alone is read and leaves nothing on disk. Tables lie in a folder of their session, with evidence of its
own, which goes with it; the user's evidence stays as it is.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from detente.cases.reading import ENDINGS, LARGEST, load_case
from detente.cases.schema import OwnTable
from detente.errors import CaseError, DetenteError, Problem, raise_all
from detente.evidence.branching import branch
from detente.webapp.asked import QueryError
from detente.webapp.studying import Study, on
from detente.webapp.workshop import TABLES

if TYPE_CHECKING:
    from starlette.requests import Request

    from detente.cases.schema import Case
    from detente.webapp.sessions import Session

CASE, TABLE = "case", "table"
"""The fields of the form."""
MOST_TABLES = 16
DATA = (".csv", ".tsv", ".txt", ".parquet", ".pq")
SECONDS = 120.0
"""For an upload to come whole."""
ODD = re.compile(r"[^A-Za-z0-9._-]+")
Row = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A study of what came, what its case is called, the folder that its tables lie in, and what became of
    the rows of each: title, read, used, and what was not (label, rows, reason).
    """

    study: Study
    name: str
    folder: Path | None = None
    tables: tuple[Row, ...] = ()


async def received(request: Request, beside: Session) -> Upload:
    """Return what came, set up as the session `beside`; tables without a case join the case of that session.

    Raises `QueryError` where no whole file came, and `DetenteError` with every problem of the case or of a
    table, with lines.
    """
    await _whole(request)
    try:
        async with request.form(max_files=1 + MOST_TABLES, max_fields=4, max_part_size=LARGEST) as form:
            folder = Path(tempfile.mkdtemp(prefix="detente-upload-"))
            try:
                sent = await _kept(form, folder)
                made = await asyncio.to_thread(_made, sent, folder, beside)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    except (HTTPException, FormParserError) as error:
        raise QueryError(_in_part()) from error
    if made.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    return made


async def _whole(request: Request) -> None:
    """Read the body to its end; raises `QueryError` where it does not come, or is no form with an end."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    try:
        body = await asyncio.wait_for(request.body(), SECONDS)
    except TimeoutError as error:
        raise QueryError(_in_part()) from error
    end = b"--" + options.get(b"boundary", b"") + b"--"
    if kind != b"multipart/form-data" or len(end) == 4 or not body.rstrip().endswith(end):
        raise QueryError(_in_part())


def _in_part() -> Problem:
    hint = f"send a form with whole files: one in the field `{CASE}`, tables and mappings in `{TABLE}`"
    return Problem("upload", "did not come whole, or holds no file", hint)


async def _kept(form: FormData, folder: Path) -> dict[str, list[str]]:
    """Write files into a folder, under names that are safe; return the names by field."""
    found: dict[str, list[str]] = {CASE: [], TABLE: []}
    for field, names in found.items():
        for sent in form.getlist(field):
            if not isinstance(sent, UploadFile) or not (sent.filename or (field == CASE and sent.size)):
                continue
            name = named(sent.filename or "") if field == CASE else bare(sent.filename or "")
            if name in (*found[CASE], *found[TABLE]):
                raise QueryError(Problem(name, "came twice", "give each file a name of its own"))
            names.append(name)
            await asyncio.to_thread(_copy, sent, folder / name)
    if not any(found.values()):
        raise QueryError(_in_part())
    return found


def _copy(sent: UploadFile, target: Path) -> None:
    with target.open("wb") as handle:
        shutil.copyfileobj(sent.file, handle)


def bare(sent: str) -> str:
    """Return a file's name, with letters that are safe on any disk.

    >>> bare("..\\\\..\\\\my table.csv"), bare("../../etc/passwd")
    ('my-table.csv', 'passwd')
    """
    return ODD.sub("-", PurePosixPath(PureWindowsPath(sent).name).name).strip(".-")[-64:] or "file"


def named(sent: str) -> str:
    """Return a name for the file of a case.

    >>> named("..\\\\..\\\\my case.yaml"), named("../../etc/passwd"), named("")
    ('my-case.yaml', 'passwd.yaml', 'case.yaml')
    """
    name = bare(sent) if sent else "case"
    return name if name.endswith(ENDINGS) and Path(name).stem else f"{name}.yaml"


def _made(sent: Mapping[str, Sequence[str]], folder: Path, beside: Session) -> Upload:
    """Return the study of what came, checked to its last row."""
    name = sent[CASE][0] if sent[CASE] else beside.name
    try:
        case = load_case(folder / name) if sent[CASE] else beside.case
        if beside.folder is not None and not sent[CASE]:
            hint = "choose its file and all its tables at once"
            raise CaseError(Problem(name, "is an uploaded case with tables of its own", hint))
        tables = _joined(case if sent[CASE] else None, sent[TABLE], folder)
        if not sent[TABLE]:
            return Upload(on(beside.study, case), name)
        case = case.model_copy(update={"data": (*_absolute(case), *tables)})
        study = replace(cast(Any, on(beside.study, case)), cache=branch(folder / "evidence"))
        rows = beside.bench.ask(study, TABLES, beside.tell)
    except DetenteError as error:
        raise _from_outside(error, folder) from None
    return Upload(study, name, folder, tuple(rows))


def _absolute(case: Case) -> list[OwnTable]:
    """Return the tables that a case names, by paths that hold wherever the case lies."""
    return [
        OwnTable(path=str(path), mapping=mapping if isinstance(mapping, dict) else str(mapping))
        for path, mapping in case.tables()
    ]


def _joined(case: Case | None, names: Sequence[str], folder: Path) -> list[OwnTable]:
    """Return the tables that came and that an uploaded case does not name, each with the mapping of its name.

    Raises `CaseError` for files that the case names and that did not come, for tables without a mapping, and
    for files that are neither.
    """
    own = list(case.data) if case else []
    named_ = [each.path for each in own] + [each.mapping for each in own if isinstance(each.mapping, str)]
    lacking = sorted({path for path in named_ if path not in names})
    problems = [
        Problem(
            f"data: {path}", "is named by the case and did not come", "choose it as well; no other folder"
        )
        for path in lacking
    ]
    mappings = {Path(name).stem: name for name in names if name.endswith(ENDINGS)}
    found, used = [], set(named_)
    for name in (each for each in names if each not in used and each.endswith(DATA)):
        mapping = mappings.get(Path(name).stem)
        if mapping is None:
            hint = f"choose {Path(name).stem}.yaml as well, which says what its columns are"
            problems.append(Problem(name, "came without a mapping", hint))
            continue
        used |= {name, mapping}
        found.append(OwnTable(path=str(folder / name), mapping=str(folder / mapping)))
    hint = f"tables end in {', '.join(DATA)}, and a mapping has the name of its table"
    problems += [Problem(name, "is no table, and no mapping of one", hint) for name in names
                 if name not in used and not any(each.where == name for each in problems)]  # fmt: skip
    raise_all(CaseError, problems)
    return found


def _from_outside(error: DetenteError, folder: Path) -> DetenteError:
    """Return the same problems with files as the reader knows them."""

    def told(text: str) -> str:
        return text.replace(f"{folder}/", "")

    return CaseError(*(Problem(told(p.where), told(p.what), told(p.hint)) for p in error.problems))
