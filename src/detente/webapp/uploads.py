"""An uploaded case: received within limits, checked like any other, and nothing of it left on disk."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from detente.cases.reading import ENDINGS, LARGEST, load_case
from detente.errors import CaseError, Problem
from detente.webapp.asked import QueryError
from detente.webapp.studying import Study, on

if TYPE_CHECKING:
    from starlette.requests import Request

    from detente.cases.schema import Case

FIELD = "case"
SECONDS = 30.0
"""For an upload to come whole."""
ODD = re.compile(r"[^A-Za-z0-9._-]+")


async def received(request: Request, beside: Study) -> tuple[Study, str]:
    """Return the study of an uploaded case, set up as the one `beside`, and what its file is called.

    Raises `QueryError` where no whole file came, and `CaseError` with every problem of the case, with lines.
    """
    await _whole(request)
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=LARGEST) as form:
            sent = form.get(FIELD)
            if not isinstance(sent, UploadFile):
                raise QueryError(_in_part())
            name, content = named(sent.filename or ""), await sent.read()
    except HTTPException as error:
        raise QueryError(_in_part()) from error
    return on(beside, checked(name, content)), name


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
    hint = f"send a form with the whole file in the field `{FIELD}`"
    return Problem("upload", "did not come whole, or holds no file", hint)


def named(sent: str) -> str:
    """Return a name for a file that is safe on any disk.

    >>> named("..\\\\..\\\\my case.yaml"), named("../../etc/passwd"), named("")
    ('my-case.yaml', 'passwd.yaml', 'case.yaml')
    """
    bare = ODD.sub("-", PurePosixPath(PureWindowsPath(sent).name).name).strip(".-")[-64:]
    return bare if bare.endswith(ENDINGS) and Path(bare).stem else f"{bare or 'case'}.yaml"


def checked(name: str, content: bytes) -> Case:
    """Return a case that was sent; raises `CaseError` with every problem, with lines."""
    with tempfile.TemporaryDirectory(prefix="detente-upload-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            case = load_case(path)
        except CaseError as error:
            where = [each.where.replace(str(path), name) for each in error.problems]
            raise CaseError(
                *(
                    Problem(place, each.what, each.hint)
                    for place, each in zip(where, error.problems, strict=True)
                )
            ) from None
    if case.data:
        hint = f"run `detente serve ./{name}`, beside the tables"
        raise CaseError(Problem(f"{name}: data", "an uploaded case cannot read files of this machine", hint))
    return case
