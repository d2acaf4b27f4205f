"""Files over https: resumed where they broke off, held to a size, never trusted before their hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import Request

from detente import files, transport
from detente.errors import EvidenceError, Problem
from detente.evidence.progress import Event, Report

CHUNK = 1 << 18
REDIRECTS = 5
PATIENCE = transport.Patience(connect=15, read=60)
ELSEWHERE = frozenset({301, 302, 303, 307, 308})
MOVED = "the provider may have moved it"
AGAIN = "try again: what has arrived is kept, and the download goes on from there"


@dataclass(frozen=True)
class Fetched:
    """A file that arrived whole: where it lies, and the server's tag of its version."""

    path: Path
    etag: str


def is_allowed(url: str) -> bool:
    """Return whether detente would fetch from an address: https, or http on this machine.

    >>> is_allowed("https://example.org/a.csv"), is_allowed("http://example.org/a.csv"), is_allowed("file:///etc/passwd")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in transport.LOOPBACK)


def fetch(url: str, part: Path, *, limit: int, report: Report, source: str = "") -> Fetched:
    """Download `url` into `part`, going on from what `part` holds where the server says the file is the same.

    Raises `EvidenceError` where the server cannot be reached or refuses, the file is larger than `limit`
    bytes, the connection breaks off, or the disk is full; `part` stays, so that the next call resumes.
    """
    note = part.with_name(part.name + ".json")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        have, etag = _begun(url, part, note)
        answer = _get(url, have, etag)
        if answer.status == 416:  # nothing is left to send, or the file is another now
            answer.close()
            part.unlink(missing_ok=True)
            answer, have = _get(url, 0, ""), 0
        with answer:
            _check(answer, url)
            have = have if answer.status == 206 else 0
            etag = "" if answer.packed else answer.headers.get("ETag", "")
            note.write_text(json.dumps({"url": url, "etag": etag}), encoding="utf-8")
            _receive(answer, part, _Bounds(have, limit, url, source), report)
        note.unlink(missing_ok=True)
    except OSError as error:
        raise files.unwritable(part, error) from error
    return Fetched(part, etag)


@dataclass(frozen=True)
class _Bounds:
    have: int
    limit: int
    url: str
    source: str


def _begun(url: str, part: Path, note: Path) -> tuple[int, str]:
    """Return how many bytes of this very address are there, and the tag they came with; else start anew."""
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
        if told["url"] == url and _can_resume(told["etag"]):
            return part.stat().st_size, str(told["etag"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    part.unlink(missing_ok=True)
    return 0, ""


def _can_resume(etag: object) -> bool:
    """Return whether a tag stands for the very bytes of a file, and may be sent back as it is."""
    return isinstance(etag, str) and etag != "" and etag.isascii() and etag.isprintable() and etag[:2] != "W/"


def _get(url: str, have: int, etag: str) -> transport.Answer:
    """Return the answer at the end of all redirects, each of them checked; cookies go along."""
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": etag}
    cookies = CookieJar()
    for _ in range(REDIRECTS + 1):
        if not is_allowed(url):
            what, hint = "is not an https address", "nothing was fetched; check the registry"
            raise EvidenceError(Problem(transport.printable(url), what, hint))
        answer = _ask(url, headers, cookies)
        if answer.status not in ELSEWHERE or "Location" not in answer.headers:
            return answer
        answer.close()
        url = _next(url, answer.headers["Location"])
    what, hint = f"redirects more than {REDIRECTS} times", "get the file with a browser"
    raise EvidenceError(Problem(transport.printable(url), what, hint))


def _ask(url: str, headers: dict[str, str], cookies: CookieJar) -> transport.Answer:
    request = Request(url)
    cookies.add_cookie_header(request)
    try:
        answer = transport.ask(url, patience=PATIENCE, headers=headers | request.unredirected_hdrs)
    except transport.TransportError as error:
        what = f"cannot be fetched ({error})"
        raise EvidenceError(Problem(transport.printable(url), what, error.fix or AGAIN)) from error
    cookies.extract_cookies(answer.response, request)
    return answer


def _next(url: str, location: str) -> str:
    """Return where a redirect leads; its letters may be any, though a header should have none but ASCII."""
    try:
        return urljoin(url, location.encode("latin-1").decode("utf-8", errors="replace"))
    except ValueError as error:
        what = f"redirects to what is no address ({transport.printable(str(error))})"
        raise EvidenceError(Problem(transport.printable(url), what, MOVED)) from error


def _check(answer: transport.Answer, url: str) -> None:
    if answer.status not in (200, 206):
        hint = MOVED if answer.status in (404, 410) else AGAIN
        raise EvidenceError(Problem(url, f"the server answers {answer.status} {answer.reason}", hint))


def _receive(answer: transport.Answer, part: Path, bounds: _Bounds, report: Report) -> None:
    length = answer.length
    total = None if length is None else bounds.have + length
    if total is not None and total > bounds.limit:
        raise _too_large(bounds)
    done = bounds.have
    with part.open("ab" if bounds.have else "wb") as handle:
        try:
            for piece in answer.pieces(CHUNK):
                done += len(piece)
                if done > bounds.limit:
                    raise _too_large(bounds)
                handle.write(piece)
                report(Event("bytes", part.name.removesuffix(".part"), bounds.source, done, total))
        except transport.TransportError as error:
            arrived = f"{done} bytes" if total is None else f"{done} of {total} bytes"
            what = f"broke off after {arrived} ({error})"
            raise EvidenceError(Problem(bounds.url, what, error.fix or AGAIN)) from error


def _too_large(bounds: _Bounds) -> EvidenceError:
    hint = "get it with a browser if it is meant to be so large, and use DETENTE_MIRROR"
    return EvidenceError(Problem(bounds.url, f"is larger than {bounds.limit} bytes", hint))
