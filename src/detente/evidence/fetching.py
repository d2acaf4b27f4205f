"""Files over HTTP:

https only, resumed where they broke off, held to a size, never trusted before their hash.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from detente import files
from detente.errors import EvidenceError, Problem
from detente.evidence.progress import Event, Report

CHUNK = 1 << 18
REDIRECTS = 5
TIMEOUT = (15, 60)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
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
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def fetch(url: str, part: Path, *, limit: int, report: Report, source: str = "") -> Fetched:
    """Download `url` into `part`, going on from what `part` holds where the server says the file is the same.

    Raises `EvidenceError` where the server cannot be reached or refuses, the file is larger than `limit`
    bytes, the connection breaks off, or the disk is full; `part` stays, so that the next call resumes.
    """
    note = part.with_name(part.name + ".json")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        have, etag = _begun(url, part, note)
        with requests.Session() as session:
            answer = _get(session, url, have, etag)
            with answer:
                if answer.status_code == 416:  # nothing is left to send, or the file is another now
                    part.unlink(missing_ok=True)
                    answer.close()
                    answer, have = _get(session, url, 0, ""), 0
                _check(answer, url)
                have = have if answer.status_code == 206 else 0
                etag = answer.headers.get("ETag", "")
                note.write_text(json.dumps({"url": url, "etag": etag}), encoding="utf-8")
                _receive(answer, part, _Bounds(have, limit, url, source), report)
        note.unlink(missing_ok=True)
    except requests.RequestException as error:
        raise EvidenceError(Problem(url, f"cannot be fetched ({_cause(error)})", AGAIN)) from error
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
        if told["url"] == url and told["etag"] and not told["etag"].startswith("W/"):
            return part.stat().st_size, str(told["etag"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    part.unlink(missing_ok=True)
    return 0, ""


def _get(session: requests.Session, url: str, have: int, etag: str) -> requests.Response:
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": etag}
    for _ in range(REDIRECTS + 1):
        if not is_allowed(url):
            raise EvidenceError(
                Problem(url, "is not an https address", "nothing was fetched; check the registry")
            )
        answer = session.get(url, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=False)
        if not answer.is_redirect:
            return answer
        url = urljoin(url, answer.headers["Location"])
        answer.close()
    raise EvidenceError(Problem(url, f"redirects more than {REDIRECTS} times", "get the file with a browser"))


def _check(answer: requests.Response, url: str) -> None:
    if answer.status_code not in (200, 206):
        hint = "the provider may have moved it" if answer.status_code in (404, 410) else AGAIN
        raise EvidenceError(Problem(url, f"the server answers {answer.status_code} {answer.reason}", hint))


def _receive(answer: requests.Response, part: Path, bounds: _Bounds, report: Report) -> None:
    length = answer.headers.get("Content-Length", "")
    total = bounds.have + int(length) if length.isdigit() else None
    if total is not None and total > bounds.limit:
        raise _too_large(bounds)
    done = bounds.have
    with part.open("ab" if bounds.have else "wb") as handle:
        for chunk in answer.iter_content(CHUNK):
            done += len(chunk)
            if done > bounds.limit:
                raise _too_large(bounds)
            handle.write(chunk)
            report(Event("bytes", part.name.removesuffix(".part"), bounds.source, done, total))
    if total is not None and done < total:
        raise EvidenceError(Problem(bounds.url, f"broke off after {done} of {total} bytes", AGAIN))


def _too_large(bounds: _Bounds) -> EvidenceError:
    hint = "get it with a browser if it is meant to be so large, and use DETENTE_MIRROR"
    return EvidenceError(Problem(bounds.url, f"is larger than {bounds.limit} bytes", hint))


def _cause(error: requests.RequestException) -> str:
    cause: BaseException = error
    while cause.__context__ is not None:
        cause = cause.__context__
    return str(cause) or type(cause).__name__
