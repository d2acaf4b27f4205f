"""Kernels of agreement in roll calls: how alike the members of a bloc act, and how alike two actors vote.

Votes are coded yes 0, abstain 1, no 2 and -1 for whatever is missing (absent, not a member). Kernels know no
names: arrays in, arrays out, NaN where a figure is not defined.
"""

from __future__ import annotations

from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.measurement.linear import multiply

Floats = NDArray[np.floating]
Codes = NDArray[np.integer]
Measure = Literal["s", "kappa", "pi"]

CHOICES = 3
FURTHEST = CHOICES - 1


def agreement_index(counts: NDArray[np.number]) -> Floats:
    """Return the agreement index of each roll call: 1 where all act alike, 0 where they split in three.

    AI = (max(Y, A, N) - (Y + A + N - max(Y, A, N)) / 2) / (Y + A + N) (Hix, Noury and Roland 2005).
    `counts` has shape (..., 3): how many voted yes, abstained, voted no. NaN where nobody voted.

    >>> agreement_index(np.array([[5, 0, 0], [2, 2, 2], [3, 1, 0]])).round(3).tolist()
    [1.0, 0.0, 0.625]
    """
    present = counts.sum(axis=-1)
    most = counts.max(axis=-1)
    return _ratio(1.5 * most - 0.5 * present, present)


def rice(counts: NDArray[np.number]) -> Floats:
    """Return Rice's index of each roll call, `|Y - N| / (Y + N)` (Rice 1925); abstentions do not enter.

    `counts` has shape (..., 3). NaN where nobody voted yes or no.

    >>> rice(np.array([[3, 0, 1], [2, 9, 0]])).tolist()
    [0.5, 1.0]
    """
    return _ratio(np.abs(counts[..., 0] - counts[..., 2]), counts[..., 0] + counts[..., 2])


def unanimous(counts: NDArray[np.number]) -> Floats:
    """Return 1 where all who were present acted alike, 0 where they did not, NaN where nobody was present.

    >>> unanimous(np.array([[0, 4, 0], [3, 1, 0]])).tolist()
    [1.0, 0.0]
    """
    present = counts.sum(axis=-1)
    return _ratio(counts.max(axis=-1) == present, present > 0)


def majority(counts: NDArray[np.number]) -> Codes:
    """Return the code that more than half of those present chose, or -1 where no code has such a majority.

    >>> majority(np.array([[3, 1, 1], [2, 2, 0], [0, 0, 0]])).tolist()
    [0, -1, -1]
    """
    ahead = 2 * counts.max(axis=-1) > counts.sum(axis=-1)
    return np.asarray(np.where(ahead, counts.argmax(axis=-1), -1))


def tally(votes: Codes) -> NDArray[np.int64]:
    """Return how many actors chose each code: votes (actors, roll calls) to counts (roll calls, 3).

    >>> tally(np.array([[0, 2], [0, -1]])).tolist()
    [[2, 0, 0], [0, 0, 1]]
    """
    return np.stack([(votes == code).sum(axis=0) for code in range(CHOICES)], axis=-1)


def pair_tables(votes: Codes, *, weights: Floats | None = None) -> Floats:
    """Return the 3 x 3 table of joint votes of every pair over the roll calls that both attended.

    `votes` is (n, r); `weights` (..., r) counts each roll call that often, one table for each leading index.
    The result is (..., n, n, 3, 3), from a single matrix product: with E the (3n, r) indicators, E diag(w)
    E'.

    >>> pair_tables(np.array([[0, 2, 1], [0, 0, -1]]))[0, 1].tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    n = len(votes)
    cast = np.concatenate([votes == code for code in range(CHOICES)]).astype(float)
    weighted = cast if weights is None else weights[..., None, :] * cast
    joint = multiply(weighted.reshape(prod(weighted.shape[:-1]), votes.shape[1]), cast.T)
    tables = joint.reshape(*weighted.shape[:-2], CHOICES, n, CHOICES, n)
    return np.asarray(np.moveaxis(tables, (-4, -2), (-2, -1)))


def distances(power: int = 2) -> Floats:
    """Return the 3 x 3 distances between codes, `|k - l|**power`: 1 for absolute, 2 for squared.

    >>> distances(2)[0].tolist()
    [0.0, 1.0, 4.0]
    """
    code = np.arange(CHOICES)
    return np.asarray(np.abs(code[:, None] - code[None, :]).astype(float) ** power)


def s_score(tables: Floats, *, power: int = 2) -> Floats:
    """Return S = 1 - 2 sum(d) / (n d_max), from -1 to 1 (Signorino and Ritter 1999).

    `tables` is (..., 3, 3); `power` 1 takes absolute, 2 squared distances. NaN without a common roll call.

    >>> float(s_score(np.array([[2.0, 0, 2], [0, 0, 0], [0, 0, 0]])))
    0.0
    """
    apart = distances(power)
    return 1 - 2 * _ratio((tables * apart).sum(axis=(-2, -1)), tables.sum(axis=(-2, -1)) * apart.max())


def kappa(tables: Floats, *, power: int = 2) -> Floats:
    """Return Cohen's weighted κ = 1 - D_observed / D_expected, expected from each actor's own margins.

    Cohen (1968); for similarity in votes, Häge (2011). NaN where no disagreement is expected.

    >>> float(kappa(np.diag([3.0, 1, 2])))
    1.0
    """
    return _corrected(tables, tables.sum(axis=-1), tables.sum(axis=-2), power)


def pi(tables: Floats, *, power: int = 2) -> Floats:
    """Return Scott's weighted π = 1 - D_observed / D_expected, expected from the pooled margins of the two.

    Scott (1955); for similarity in votes, Häge (2011). NaN where no disagreement is expected.

    >>> float(pi(np.array([[1.0, 0, 1], [0, 0, 0], [1, 0, 1]])))
    0.0
    """
    pooled = (tables.sum(axis=-1) + tables.sum(axis=-2)) / 2
    return _corrected(tables, pooled, pooled, power)


def pair_sums(first: Codes, second: Codes) -> Floats:
    """Return what S, κ and π with squared distances need of each pair and roll call: (5, pairs, roll calls).

    Over common roll calls: 1, x² + y², xy, x, y. Sums of these over any weighting of roll calls give all
    three measures (`from_sums`), which is why a bootstrap over roll calls is one matrix product. `first` and
    `second` are (pairs, roll calls); where either is missing, all five are zero.

    >>> pair_sums(np.array([[0, 2, 1]]), np.array([[1, 2, -1]]))[:, 0, :].tolist()
    [[1.0, 1.0, 0.0], [1.0, 8.0, 0.0], [0.0, 4.0, 0.0], [0.0, 2.0, 0.0], [1.0, 2.0, 0.0]]
    """
    common = (first >= 0) & (second >= 0)
    x, y = first * common, second * common
    return np.stack([common, x * x + y * y, x * y, x, y]).astype(np.float32)


def from_sums(sums: Floats, measure: Measure) -> Floats:
    """Return S, κ or π with squared distances from the sums of `pair_sums`, whose first axis has length 5.

    >>> sums = pair_sums(np.array([[0, 2, 1, 1]]), np.array([[2, 2, 1, 1]])).sum(axis=-1)
    >>> from_sums(sums, "s").tolist()
    [0.5]
    """
    common, squares, products, x, y = sums
    observed = squares - 2 * products
    if measure == "s":
        return 1 - 2 * _ratio(observed, common * FURTHEST**2)
    if measure == "kappa":
        return 1 - _ratio(observed, squares - 2 * _ratio(x * y, common))
    return 1 - _ratio(observed, squares - _ratio((x + y) ** 2, 2 * common))


def _corrected(tables: Floats, first: Floats, second: Floats, power: int) -> Floats:
    apart = distances(power)
    n = tables.sum(axis=(-2, -1))
    expected = _ratio(np.einsum("...k,kl,...l->...", first, apart, second), n)
    return 1 - _ratio((tables * apart).sum(axis=(-2, -1)), expected)


def _ratio(above: NDArray[np.generic], below: NDArray[np.generic]) -> Floats:
    """Return above / below, NaN where `below`, a sum of integers, is zero up to rounding."""
    top, bottom = np.asarray(above, dtype=_precision(above)), np.asarray(below, dtype=_precision(below))
    undefined = bottom < (1e-2 if bottom.dtype == np.float32 else 1e-9)
    if not undefined.any():
        return np.asarray(top / bottom)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(undefined, np.nan, top / bottom).astype(bottom.dtype)


def _precision(values: NDArray[np.generic]) -> type[np.floating]:
    return np.float32 if np.asarray(values).dtype == np.float32 else np.float64
