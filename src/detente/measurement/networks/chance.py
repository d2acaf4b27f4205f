"""Kernels of agreement beyond chance, where chance follows each actor's whole record of votes."""

from __future__ import annotations

import numpy as np

from detente.measurement import agreement
from detente.measurement.agreement import Codes, Floats, Measure

MEASURES = {"pi": agreement.pi, "kappa": agreement.kappa, "s": agreement.s_score}


def common(tables: Floats, *, measure: Measure, power: int) -> Floats:
    """Return π, κ or S of every pair (n, n) over the roll calls that both attended."""
    return MEASURES[measure](tables, power=power)


def record(
    codes: Codes, tables: Floats, *, measure: Measure, power: int, weights: Floats | None = None
) -> Floats:
    """Return π or κ of every pair (n, n), expected disagreement from all votes of the two.

    1 - D_observed / D_expected, observed over common roll calls. With p the share of each vote in an actor's
    record, κ expects the distance of a draw from p_a and one from p_b; π, of two draws from their mean. A
    pair that always agrees then has 1, unless neither ever varies, which is NaN; so is a pair without a
    common roll call. `codes` is (n, r), `tables` what `agreement.pair_tables` makes of them. `weights`
    (..., r) counts each roll call that often, as it must have for `tables`, and leads to (..., n, n).

    >>> codes = np.array([[0, 0, 0, 2], [0, 0, 0, -1]])
    >>> float(record(codes, agreement.pair_tables(codes), measure="pi", power=2)[0, 1])
    1.0
    """
    apart = agreement.distances(power)
    cast = np.stack([codes == code for code in range(agreement.CHOICES)], axis=-1).astype(float)
    held = np.ones(codes.shape[1]) if weights is None else weights
    votes = np.tensordot(held, cast, axes=(-1, 1))
    shares = votes / np.maximum(votes.sum(axis=-1, keepdims=True), 1e-300)
    expected = shares @ apart @ np.swapaxes(shares, -1, -2)
    if measure == "pi":
        own = np.diagonal(expected, axis1=-2, axis2=-1)
        expected = (own[..., :, None] + own[..., None, :] + 2 * expected) / 4
    common_calls = tables.sum(axis=(-2, -1))
    defined = (common_calls > 0) & (expected > 1e-12)
    chance = np.where(defined, common_calls * expected, 1.0)
    return np.where(defined, 1 - (tables * apart).sum(axis=(-2, -1)) / chance, np.nan)


def last_common(codes: Codes) -> np.ndarray:
    """Return the column of the last roll call that both of each pair attended (n, n); -1 where there is none.

    >>> last_common(np.array([[0, 1, -1], [0, -1, 2]]))[0, 1]
    np.int64(0)
    """
    present = codes >= 0
    found = np.full((len(codes), len(codes)), -1, dtype=np.int64)
    for column in reversed(range(codes.shape[1])):
        there = present[:, column]
        found[(found < 0) & there[:, None] & there[None, :]] = column
        if (found >= 0).all():
            break
    return found
