"""Random numbers by name, and draws from ranges.

A stream is named after what it is for, and never after its place in a list: neither another order of actors
nor one actor more changes what the others draw, and two futures that differ in one thing share the rest of
their luck.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the generator for what `names` say, the same for the same seed and names.

    >>> bool(stream(1, "vote", "A").random() == stream(1, "vote", "A").random())
    True
    """
    return np.random.default_rng([seed, *(crc32(name.encode()) for name in names)])


def triangle(u: Floats, low: Floats, top: Floats, high: Floats) -> Floats:
    """Return draws from a triangle for uniform numbers `u`; the value itself where the range has no width.

    >>> triangle(np.array([0.0, 0.5, 1.0]), np.array(0.0), np.array(0.5), np.array(1.0)).tolist()
    [0.0, 0.5, 1.0]
    """
    width = np.asarray(high - low, dtype=float)
    safe = np.where(width > 0, width, 1.0)
    turn = (top - low) / safe
    rising = low + np.sqrt(np.maximum(u * safe * (top - low), 0.0))
    falling = high - np.sqrt(np.maximum((1 - u) * safe * (high - top), 0.0))
    return np.where(width > 0, np.where(u < turn, rising, falling), top)
