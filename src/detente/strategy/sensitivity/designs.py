"""Rows to run for Sobol indices: two samples of all inputs, and every input taken from the other one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import qmc

from detente.errors import Problem, StrategyError, raise_all

Floats = NDArray[np.float64]


def saltelli(bounds: ArrayLike, *, size: int, seed: int, second: bool = False) -> Floats:
    """Return the rows to run for `sobol`: (size * step, inputs), a scrambled Sobol sequence inside `bounds`.

    `bounds` is (inputs, 2), the lower and upper end of each. Rows of one base sample follow one another,
    step = inputs + 2 of them: A; A with input 1 from B, ..., A with the last input from B; B. With `second`,
    step = 2 inputs + 2: before B come B with input 1 from A, ..., B with the last input from A. This is
    SALib's order. Saltelli (2002); Saltelli and others (2010).

    Raises StrategyError for bounds that are reversed, equal or not finite, and a size that is not a power
    of two.

    >>> saltelli([(0, 1), (0, 10)], size=2, seed=1).shape
    (8, 2)
    """
    ends = np.asarray(bounds, dtype=np.float64)
    raise_all(StrategyError, list(_unfit(ends, size)))
    d = len(ends)
    base = qmc.scale(
        qmc.Sobol(2 * d, scramble=True, seed=np.random.default_rng(seed)).random(size),
        np.tile(ends[:, 0], 2),
        np.tile(ends[:, 1], 2),
    )
    one, other = base[:, :d], base[:, d:]
    step = rows_of(d, second=second)
    rows = np.repeat(one[:, None, :], step, axis=1)
    own = np.arange(d)
    rows[:, own + 1, own] = other
    rows[:, d + 1 :] = other[:, None, :]
    if second:
        rows[:, own + d + 1, own] = one
    return rows.reshape(size * step, d)


def rows_of(inputs: int, *, second: bool) -> int:
    """Return the number of rows of one base sample.

    >>> rows_of(12, second=True)
    26
    """
    return 2 * inputs + 2 if second else inputs + 2


def power_of_two(size: int) -> Iterator[Problem]:
    """Yield the problem with a size for which a Sobol sequence is not balanced.

    >>> [problem.hint for problem in power_of_two(1000)]
    ['take 512 or 1024']
    """
    if size < 2 or size & (size - 1):
        below = 1 << max(size, 2).bit_length() - 1
        hint = f"take {below} or {2 * below}" if size > 2 else "take a power of two, such as 1024"
        yield Problem("size", f"{size} is no power of two, so that the sequence is not balanced", hint)


def _unfit(ends: Floats, size: int) -> Iterator[Problem]:
    yield from power_of_two(size)
    if ends.ndim != 2 or ends.shape[-1] != 2 or not len(ends):
        yield Problem("bounds", f"have the shape {ends.shape}", "give a lower and an upper end per input")
        return
    for place, (low, high) in enumerate(ends.tolist(), start=1):
        where = f"bounds: input {place}"
        if not np.isfinite([low, high]).all():
            yield Problem(where, f"{low} to {high} is not finite", "give two finite ends")
        elif low > high:
            yield Problem(where, f"{low:g} to {high:g} is reversed", f"write ({high:g}, {low:g})")
        elif low == high:
            yield Problem(where, f"is constant at {low:g}", "leave out an input that does not vary")
