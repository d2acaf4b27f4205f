"""Readers of providers' files: one module each, with `read(folder) -> Tables`.

A reader is known by the name that a source of `sources.yaml` gives it; its module is imported when it is
first asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from detente.errors import EvidenceError, Problem, did_you_mean
from detente.evidence.sources import Registry
from detente.evidence.tables import Tables

Reader = Callable[[Path], Tables]


def names() -> tuple[str, ...]:
    """Return the names of all readers, in the order of the registry of sources.

    >>> "unga_votes" in names()
    True
    """
    return tuple(dict.fromkeys(source.reader for source in Registry.load().sources if source.reader))


def reader(name: str) -> Reader:
    """Import the reader of that name and return its `read`. Raises `EvidenceError` for an unknown name."""
    if name not in names():
        raise EvidenceError(Problem("", f"unknown reader {name!r}", did_you_mean(name, names())))
    return cast(Reader, importlib.import_module(f"{__name__}.{name}").read)
