"""Compiled: random numbers that hang on the seed, the future, the step and the name of what they are for.

Neither the number of threads, nor how futures are cut into chunks, nor what else a scenario holds changes
them, so that two scenarios share their luck. All loops run over `LANES` futures side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from detente.simulation.bargaining.counter_random import HALF, LOW, philox

INNER: Any = {"cache": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For functions that are called from compiled code alone: it takes less time to compile them."""

LANES = 64
WORDS = 4
"""Random words of one call: they serve so many steps one after another."""

FINE = 7
"""Each octave of chances has 2**FINE places in a table of quantiles."""

OCTAVES = 32
PLACES = OCTAVES << FINE
_SIGN, _REST = np.int64(31), np.int64(0x7FFFFFFF)
_SHIFT, _FRACTION = np.int64(52 - FINE), np.int64((1 << (52 - FINE)) - 1)
_FIRST = np.int64(1022 << FINE)
_UNIT = 2.0 ** (FINE - 52)
_HIGH = np.uint64(16)


@njit(cache=True, error_model="numpy")
def draw_words(seed, first, turn, streams, wanted, words):
    """Write 4 words of 32 bits for each stream and lane into words (4, streams, LANES).

    The counter is future, turn (of four steps; 0 is for what is drawn once) and stream; streams that are not
    `wanted` (streams,) are left as they are.
    """
    key = seed & LOW, seed >> HALF
    for s in range(len(streams)):
        if not wanted[s]:
            continue
        low, high = streams[s] & LOW, streams[s] >> HALF
        one, two, three, four = words[0, s], words[1, s], words[2, s], words[3, s]
        for lane in range(LANES):
            future = first + np.uint64(lane)
            upper = (((future >> HALF) << _HIGH) | turn) & LOW
            a, b, c, d = philox((future & LOW, upper, low, high), key)
            one[lane], two[lane] = np.uint32(a), np.uint32(b)
            three[lane], four[lane] = np.uint32(c), np.uint32(d)


@njit(**INNER)
def quantiles_of(words, table, which, found):
    """Write the quantile of each word's chance (word + 1/2) / 2**32 into `found` (LANES,).

    `table` (tables, PLACES + 1) has quantiles of chances up to a half, `which` (LANES,) the table of each
    lane; what lies above a half is mirrored.
    """
    for lane in range(LANES):
        word = np.int64(words[lane])
        bits = np.float64(float((word ^ -(word >> _SIGN)) & _REST) + 0.5).view(np.int64)
        place = (bits >> _SHIFT) - _FIRST
        below, above = table[which[lane], place], table[which[lane], place + 1]
        value = below + (above - below) * (float(bits & _FRACTION) * _UNIT)
        found[lane] = value if word >> _SIGN == 0 else -value


@njit(**INNER)
def normals_of(words, table, found):
    """Write the quantile of each word's chance by one table (PLACES + 1,) for all lanes, as above."""
    for lane in range(LANES):
        word = np.int64(words[lane])
        bits = np.float64(float((word ^ -(word >> _SIGN)) & _REST) + 0.5).view(np.int64)
        place = (bits >> _SHIFT) - _FIRST
        below = table[place]
        value = below + (table[place + 1] - below) * (float(bits & _FRACTION) * _UNIT)
        found[lane] = value if word >> _SIGN == 0 else -value
