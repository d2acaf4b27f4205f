"""Streams of luck by name, and tables of quantiles to turn random words into shocks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from detente.simulation.ensemble.luck import FINE, LANES, OCTAVES, draw_words

Floats = NDArray[np.float64]
Streams = NDArray[np.uint64]
STEP = 256
"""Where degrees of freedom differ between draws, 1 / dof is rounded to the nearest of so many parts of 1."""


def streams(names: Iterable[tuple[str, ...]]) -> Streams:
    """Return the numbers of streams by their names, each name of one or more parts.

    >>> streams([("own", "DEU", "budget")]).tolist()
    [10205920443016837167]
    """
    digests = (blake2b("\x1f".join(parts).encode(), digest_size=8).digest() for parts in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


@cache
def quantile_table(dof: float) -> Floats:
    """Return quantiles of a standard normal, or of Student's t, at chances from 2**-33 to a half.

    (PLACES + 1,). Places lie evenly within octaves of the chance, so that what is interpolated between them
    is off by less than 1e-5 of itself, or of 1.

    >>> table = quantile_table(float("inf"))
    >>> len(table), float(table[-1]), round(float(table[0]), 2)
    (4097, 0.0, -6.34)
    """
    octaves = 2.0 ** np.arange(-1, OCTAVES - 1)[:, None]
    words = (octaves * (1 + np.arange(1 << FINE) / (1 << FINE))).ravel()
    chances = np.append(words, 2.0 ** (OCTAVES - 1)) * 2.0**-32
    table = np.asarray(ndtri(chances) if np.isinf(dof) else stdtrit(dof, chances))
    table[-1] = 0.0
    table.setflags(write=False)
    return table


def quantile_tables(dof: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return tables (tables, PLACES + 1), the first for a normal, and the table of each draw's dof."""
    kept = np.array(dof, dtype=float)
    if len(np.unique(kept)) > 1:
        kept = STEP / np.maximum(np.rint(STEP / kept), 1e-300)
        kept = np.where(np.rint(STEP / np.asarray(dof)) == 0, np.inf, kept)
    different = [np.inf, *(each for each in np.unique(kept).tolist() if np.isfinite(each))]
    which = np.searchsorted(np.array(different[1:]), kept) + 1
    return np.stack([quantile_table(each) for each in different]), np.where(np.isinf(kept), 0, which)


def uniforms(seed: int, first: int, futures: int, wanted: Streams) -> Floats:
    """Return numbers in (0, 1) that are drawn once in a future, (streams, futures), from future `first` on.

    >>> whole, part = uniforms(1, 0, 40, streams([("a",)])), uniforms(1, 32, 8, streams([("a",)]))
    >>> whole.shape, bool((whole[:, 32:] == part).all())
    ((1, 40), True)
    """
    found = np.empty((len(wanted), -(-futures // LANES) * LANES))
    words = np.empty((4, len(wanted), LANES), dtype=np.uint32)
    every = np.ones(len(wanted), dtype=np.bool_)
    for start in range(0, futures, LANES):
        draw_words(np.uint64(seed), np.uint64(first + start), np.uint64(0), wanted, every, words)
        found[:, start : start + LANES] = (words[0] + 0.5) / 2.0**32
    return found[:, :futures]
