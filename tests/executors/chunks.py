"""Chunks of work for tests, in a module of their own, so that workers load nothing else."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Draw:
    """Some random numbers; `trace` is a folder in which each try leaves a file, and which some wait for."""

    number: int
    rows: int = 300
    trace: str = ""
    slow: float = 0.0
    dies: int = 0
    waits: bool = False


def moments(chunk: Draw) -> dict[str, NDArray[np.float64]]:
    """Return sums and products of a chunk's numbers."""
    if chunk.trace:
        tries = len(list(Path(chunk.trace).glob(f"{chunk.number}-*")))
        (Path(chunk.trace) / f"{chunk.number}-{tries}").touch()
        if tries < chunk.dies:
            os._exit(9)
    while chunk.waits and not (Path(chunk.trace) / "go").exists():
        time.sleep(0.01)
    time.sleep(chunk.slow)
    values = np.random.default_rng([7, chunk.number]).normal(size=(chunk.rows, 40))
    return {"sum": values.sum(axis=0), "product": values.T @ values, "count": np.array(chunk.rows)}


def fails(chunk: Draw) -> dict[str, NDArray[np.float64]]:
    """Raise for the third chunk."""
    if chunk.number == 3:
        raise ZeroDivisionError("no capability at all")
    return moments(chunk)


def large(chunk: int) -> dict[str, NDArray[np.int64]]:
    """Return far more than a pipe takes at once."""
    return {"value": np.full(1_000_000, chunk)}
