"""A document as text: opened, decoded, markup and invisible characters taken out, all of it told."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from detente.errors import Problem, ReadingError
from detente.reading.markup import Stripped, strip_html, strip_invisible, strip_markdown

Kind = Literal["text", "markdown", "html"]

LIMIT = 10_000_000
"""Bytes of the largest document that is read."""
KINDS: dict[str, Kind] = {
    "": "text", ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".xml": "html",
}  # fmt: skip
OTHERS = {
    b"%PDF": ("a PDF", "pdftotext -layout {0}.pdf {0}.txt"),
    b"PK\x03\x04": ("an office document or an archive", "pandoc {0}.docx -t plain -o {0}.txt"),
    b"{\\rtf": ("rich text", "pandoc {0}.rtf -t plain -o {0}.txt"),
    b"\xd0\xcf\x11\xe0": ("an old office document", "libreoffice --convert-to txt {0}.doc"),
}
"""How files that are not text begin, what they are, and the command that makes text of them."""


@dataclass(frozen=True)
class Document:
    """A document as it was read: `text` without markup; `starts` says which line of the file is where."""

    name: str
    kind: Kind
    sha256: str
    text: str
    starts: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()

    def line(self, offset: int) -> int:
        """Return the line of the file, from 1, on which the character at `offset` of the text stands."""
        place = bisect_right(self.starts, offset, key=lambda start: start[0]) - 1
        if place < 0:
            return 1
        begun, line = self.starts[place]
        return line + (0 if self.kind == "html" else self.text.count("\n", begun, offset))


def open_document(path: str | Path) -> Document:
    """Return the document in a file of text, Markdown or HTML.

    Raises `ReadingError` where it cannot be read, is larger than `LIMIT`, or is no text.

    >>> open_document("article.txt").line(0)  # doctest: +SKIP
    """
    path = Path(path)
    held = _bytes(path)
    kind = _kind(path, held)
    decoded, told = _decoded(path, held)
    stripped = _stripped(decoded, kind)
    notes = [told] if told else []
    if stripped.hidden:
        notes.append(
            f"{stripped.hidden:,} characters that no reader sees (scripts, styles, hidden parts) left out"
        )
    if stripped.invisible:
        notes.append(f"{stripped.invisible:,} invisible or control characters taken out")
    if stripped.unfinished:
        notes.append(f"the last {stripped.unfinished:,} characters are an unfinished tag, and were not read")
    if not stripped.text.strip():
        raise ReadingError(Problem(path.name, "holds no text", "nothing can be drafted from it"))
    digest = hashlib.sha256(held).hexdigest()
    return Document(path.name, kind, digest, stripped.text, stripped.starts, tuple(notes))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            held = handle.read(LIMIT + 1)
    except OSError as error:
        hint = "name a file of text, Markdown or HTML"
        raise ReadingError(Problem(str(path), f"cannot be read ({error.strerror})", hint)) from error
    if len(held) > LIMIT:
        hint = "split it: each part becomes a draft of its own"
        raise ReadingError(
            Problem(str(path), f"is larger than {LIMIT / 1e6:.0f} MB, the most that is read", hint)
        )
    return held


def _kind(path: Path, held: bytes) -> Kind:
    for begins, (what, command) in OTHERS.items():
        if held.startswith(begins):
            raise ReadingError(
                Problem(
                    str(path), f"is {what}, not text", f"make text of it first: {command.format(path.stem)}"
                )
            )
    suffix = path.suffix.casefold()
    if suffix not in KINDS:
        hint = f"read are {', '.join(each for each in KINDS if each)}; rename it if it is plain text"
        raise ReadingError(Problem(str(path), f"is of a kind that is not read ({suffix})", hint))
    begins = held[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return "html" if begins.startswith((b"<!doctype html", b"<html")) else KINDS[suffix]


def _decoded(path: Path, held: bytes) -> tuple[str, str]:
    """Return the text, and what had to be done to read it."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encoding = next((name for mark, name in marks.items() if held.startswith(mark)), "utf-8-sig")
    told = "read as UTF-16" if encoding == "utf-16" else ""
    try:
        text = held.decode(encoding)
    except UnicodeDecodeError:
        text = held.decode("cp1252", errors="replace")
        told = "not UTF-8: read as Windows-1252, letters may be wrong"
    if "\x00" in text:
        raise ReadingError(
            Problem(str(path), "holds NUL bytes: it is not text", "name a file of text, Markdown or HTML")
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), told


def _stripped(source: str, kind: Kind) -> Stripped:
    if kind == "html":
        return strip_html(source)
    plain, invisible = strip_invisible(source)
    if kind == "markdown":
        found = strip_markdown(plain)
        return Stripped(found.text, found.starts, found.hidden, found.invisible + invisible, found.unfinished)
    return Stripped(plain, ((0, 1),), invisible=invisible)
