"""Readers of providers' files: one module each, with `read(folder) -> Tables`.

`READERS` names them all; a module is imported when it is first called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import cast

from detente.errors import EvidenceError, Problem, did_you_mean
from detente.evidence.tables import Tables

Reader = Callable[[Path], Tables]

NAMES = (
    "unga_votes",
    "unga_ideal_points",
    "ukraine_votes",
    "undl_votes",
    "opinion",
    "energy",
    "trade_russia",
    "ukraine_support",
    "populism",
    "vdem",
    "military",
    "arms",
    "cow_atop",
    "macro",
    "sanctions",
    "events",
)


def reader(name: str) -> Reader:
    """Import the reader of that name and return its `read`. Raises `EvidenceError` for an unknown name."""
    if name not in NAMES:
        raise EvidenceError(Problem("", f"unknown reader {name!r}", did_you_mean(name, NAMES)))
    return cast(Reader, importlib.import_module(f"{__name__}.{name}").read)


def _read(name: str, folder: Path) -> Tables:
    return reader(name)(folder)


READERS = MappingProxyType({name: cast(Reader, partial(_read, name)) for name in NAMES})
"""A function from a folder to `Tables`, for each reader by name."""
