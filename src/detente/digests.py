"""Digests of values and of code, the same in every process and on every machine."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np


def digest(*values: object) -> str:
    """Return the SHA-256 of values, in hexadecimal: by what they hold, never by where they lie in memory.

    Arrays count with their type and shape, tables with their labels and cells, dataclasses with their name
    and those fields that are compared (`field(compare=False)` marks what changes nothing), functions with
    their name only. What is none of these, a number, text or a collection counts as it is pickled.

    >>> digest(1, "a") == digest(1, "a"), digest(1) == digest(1.0)
    (True, False)
    """
    made = hashlib.sha256()
    for part in _parts(values):
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)
    return made.hexdigest()


@cache
def code_of(room: Path) -> str:
    """Return the digest of a room's own code: a result does not outlive the method that made it."""
    made = hashlib.sha256()
    for path in sorted(each for each in room.rglob("*") if each.suffix in (".py", ".yaml")):
        made.update(path.read_bytes())
    return made.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """Yield what stands for a value, piece by piece; the kind first, so that no two kinds look alike."""
    yield type(value).__qualname__.encode()
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        yield repr(value).encode()
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield f"{value.dtype.str}{value.shape}".encode()
        yield value.tobytes()
    elif isinstance(value, Mapping):
        yield from _all(sorted(value.items(), key=lambda item: repr(item[0])))
    elif isinstance(value, tuple | list):
        yield from _all(value)
    elif isinstance(value, set | frozenset):
        yield from _all(sorted(digest(each) for each in value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _all([(each.name, getattr(value, each.name)) for each in fields(value) if each.compare])
    elif type(value).__module__.partition(".")[0] == "pandas":
        held = value.reset_index()  # of a series or a frame
        yield from _all([(str(name), str(held[name].dtype), held[name].tolist()) for name in held])
    elif isinstance(value, partial):
        yield from _all([value.func, value.args, value.keywords])
    elif callable(value) and hasattr(value, "__qualname__"):
        yield f"{value.__module__}.{value.__qualname__}".encode()
        yield from _parts(getattr(value, "__self__", None))
    else:
        yield pickle.dumps(value, protocol=5)


def _all(values: Any) -> Iterator[bytes]:
    yield str(len(values)).encode()
    for value in values:
        yield from _parts(value)
