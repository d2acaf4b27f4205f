"""Answers as they are sent: JSON with its ETag, files, and what is said of everything that went wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from detente.errors import CaseError, DetenteError, Problem
from detente.webapp import answering
from detente.webapp.asked import QueryError
from detente.webapp.security import TooLargeError, too_large
from detente.webapp.sessions import GoneError
from detente.webapp.streams import BusyError, busy
from detente.webapp.views import VIEWS

if TYPE_CHECKING:
    from starlette.requests import Request

JSON = "application/json"
YAML = "application/yaml; charset=utf-8"
STATUS = {QueryError: 400, GoneError: 410, CaseError: 422}


def told_as_json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON."""
    return Response(answering.as_bytes(content), status, headers, JSON)


def refusal(problems: tuple[Problem, ...], status: int) -> Response:
    """Return what is wrong, as JSON."""
    return told_as_json({"errors": [vars(each) for each in problems]}, status)


def _handle(_request: Request, error: Exception) -> Response:
    """Return the answer to what a handler raised."""
    if isinstance(error, DetenteError):
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return refusal(error.problems, status)
    if isinstance(error, BusyError):
        return told_as_json({"errors": [busy()]}, 503, {"retry-after": "1"})
    if isinstance(error, TooLargeError):
        return refusal((too_large(),), 413)
    if isinstance(error, ClientDisconnect):
        return refusal((Problem("upload", "came in part", "send the file again"),), 400)
    if isinstance(error, HTTPException):
        hint = "views are " + ", ".join(f"/view/{name}" for name in VIEWS)
        return refusal((Problem("address", error.detail.lower(), hint),), error.status_code)
    hint = "the server goes on; its terminal says more"
    return refusal((Problem("server", "a fault of detente's own", hint),), 500)


HANDLERS: dict[Any, Callable[[Request, Exception], Response]] = dict.fromkeys(
    (DetenteError, BusyError, TooLargeError, ClientDisconnect, HTTPException, Exception), _handle
)


def tagged(request: Request, body: bytes, kind: str, name: str = "") -> Response:
    """Return a body with its ETag, or 304 where the client has it already; with a name, as a file."""
    headers = {"etag": answering.etag(body), "cache-control": "private, no-cache"}
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, kind)


def zipped(tables: dict[str, str]) -> bytes:
    """Return files zipped, the same bytes for the same files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for key, text in sorted(tables.items()):
            packed.writestr(zipfile.ZipInfo(f"{key}.csv"), text)
    return held.getvalue()
