"""An uploaded case: received within limits, checked like any other, and nothing of it left on disk."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from detente.cases.reading import ENDINGS, LARGEST, load_case
from detente.errors import CaseError, Problem
from detente.study import Study
from detente.webapp.asked import QueryError

if TYPE_CHECKING:
    from starlette.requests import Request

FIELD = "case"
ODD = re.compile(r"[^A-Za-z0-9._-]+")


async def received(request: Request, *, seed: int, draws: int) -> tuple[Study, str]:
    """Return the study of an uploaded case, and what its file is called.

    Raises `QueryError` where no whole file came, and `CaseError` with every problem of the case, with lines.
    """
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=LARGEST) as form:
            sent = form.get(FIELD)
            if not isinstance(sent, UploadFile) or not _is_whole(request, await sent.read()):
                raise QueryError(_in_part())
            await sent.seek(0)
            name, content = named(sent.filename or ""), await sent.read()
    except MultiPartException as error:
        raise QueryError(_in_part()) from error
    except Exception as error:
        if type(error).__name__ == "HTTPException":
            raise QueryError(_in_part()) from error
        raise
    return checked(name, content, seed=seed, draws=draws), name


def _is_whole(_request: Request, content: bytes) -> bool:
    return bool(content)


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


def checked(name: str, content: bytes, *, seed: int, draws: int) -> Study:
    """Return the study of a case that was sent; raises `CaseError` with every problem, with lines."""
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
    return Study(case, seed, draws)
