"""Whole objects as arrays, so that they can be sent, kept and taken back; nothing else is made of a file."""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from detente.executors.calling import Result

NAME = "object"
ARRAYS = {
    ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"), ("numpy._core.numeric", "_frombuffer"),
}  # fmt: skip
"""What arrays are made of when they are read."""


def packed(value: object, *, known: Mapping[str, object]) -> Result:
    """Return an object as one array of bytes, without what both sides know, by name.

    >>> held = {"case": object()}
    >>> told = packed((1.5, held["case"]), known=held)
    >>> unpacked(told, known=held) == (1.5, held["case"])
    True
    """
    held = io.BytesIO()
    pickler = pickle.Pickler(held, protocol=5)
    names = {id(each): name for name, each in known.items()}
    pickler.persistent_id = lambda each: names.get(id(each))  # type: ignore[method-assign]
    pickler.dump(value)
    return {NAME: np.frombuffer(held.getvalue(), dtype=np.uint8)}


def unpacked(result: Result, *, known: Mapping[str, object]) -> Any:
    """Return an object that was packed.

    Raises `pickle.UnpicklingError` where it holds anything but arrays, collections, numbers, texts, and
    dataclasses and named tuples of detente.
    """
    return _Reader(io.BytesIO(result[NAME].tobytes()), known).load()


class _Reader(pickle.Unpickler):
    def __init__(self, held: io.BytesIO, known: Mapping[str, object]) -> None:
        super().__init__(held)
        self.known = known

    def persistent_load(self, name: str) -> object:
        return self.known[name]

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in ARRAYS:
            return getattr(importlib.import_module(module), name)
        if module.startswith("detente.") and name.isidentifier():
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and (is_dataclass(found) or hasattr(found, "_fields")):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not what results are made of")
