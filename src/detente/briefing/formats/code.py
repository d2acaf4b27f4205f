"""Which code made a brief: a digest of what this package is written in, for versions alone do not tell."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import detente

KINDS = (".py", ".j2", ".css", ".js")


@cache
def code_digest() -> str:
    """Return the SHA-256 of all code and templates of this package, by path and content."""
    root = Path(detente.__file__).parent
    total = hashlib.sha256()
    for path in sorted(each for each in root.rglob("*") if each.suffix in KINDS and each.is_file()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
