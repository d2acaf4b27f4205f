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
_HALF_OF_ALL = np.uint32(1 << 31)


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
def place_words(words, place, found):
    """Write each word's place in a table of quantiles, and the way from there to the next, from 0 to 1."""
    for lane in range(LANES):
        word = np.int64(words[lane])
        bits = np.float64(float((word ^ -(word >> _SIGN)) & _REST) + 0.5).view(np.int64)
        place[lane] = (bits >> _SHIFT) - _FIRST
        found[lane] = float(bits & _FRACTION) * _UNIT


@njit(**INNER)
def mirror(words, found):
    """Turn the sign of what was found for chances above a half."""
    for lane in range(LANES):
        found[lane] = found[lane] if words[lane] < _HALF_OF_ALL else -found[lane]


@njit(**INNER)
def quantiles_of(words, tables, which, place, found):
    """Write the quantile of each word's chance, (word + 1/2) / 2**32, into found (LANES,); place is scratch.

    tables (tables, PLACES + 1) hold quantiles of chances up to a half, `which` (LANES,) is the table of each
    lane; what lies above a half is mirrored. Three loops, as only the one in the middle goes one by one.
    """
    place_words(words, place, found)
    for lane in range(LANES):
        below, above = tables[which[lane], place[lane]], tables[which[lane], place[lane] + 1]
        found[lane] = below + (above - below) * found[lane]
    mirror(words, found)


@njit(**INNER)
def normals_of(words, table, place, found):
    """Write the quantile of each word's chance by one table (PLACES + 1,) for all lanes, as above."""
    place_words(words, place, found)
    for lane in range(LANES):
        below = table[place[lane]]
        found[lane] = below + (table[place[lane] + 1] - below) * found[lane]
    mirror(words, found)
