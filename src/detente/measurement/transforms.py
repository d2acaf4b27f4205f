"""Kernels that bring a measurement to a scale on which a straight line makes sense, and back."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Transform = Literal["none", "log1p", "sqrt", "logit", "asinh"]

EDGE = 0.005
"""Shares enter the logit no nearer to 0 or 1 than this."""

FULL = {"percent": 100.0, "share": 1.0}
"""What a share of everything is, by unit."""


def transformed(values: Floats, kind: Transform, *, unit: str) -> Floats:
    """Return `values` on the scale of `kind`; NaN where it does not reach them (a root of less than zero).

    >>> transformed(np.array([50.0, 0.0]), "logit", unit="percent").round(2).tolist()
    [0.0, -5.29]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if kind == "log1p":
            return np.where(values > -1, np.log1p(values), np.nan)
        if kind == "sqrt":
            return np.sqrt(values)
        if kind == "asinh":
            return np.arcsinh(values)
        if kind == "logit":
            share = np.clip(values / FULL[unit], EDGE, 1 - EDGE)
            return np.log(share / (1 - share))
    return values


def restored(values: Floats, kind: Transform, *, unit: str) -> Floats:
    """Return `values` from the scale of `kind` in their own unit again.

    >>> score = transformed(np.array([30.0]), "logit", unit="percent")
    >>> restored(score, "logit", unit="percent").round(6).tolist()
    [30.0]
    """
    if kind == "log1p":
        return np.expm1(values)
    if kind == "sqrt":
        return np.sign(values) * values**2
    if kind == "asinh":
        return np.sinh(values)
    if kind == "logit":
        return FULL[unit] / (1 + np.exp(-values))
    return values


def slope(values: Floats, kind: Transform, *, unit: str) -> Floats:
    """Return the derivative of the transform at `values`, to carry a standard error over (delta method).

    Finite: roots are taken at no less than 1e-6, shares at no less than `EDGE` from either end.

    >>> slope(np.array([50.0]), "logit", unit="percent").tolist()
    [0.04]
    """
    if kind == "log1p":
        return 1 / np.maximum(1 + values, 1e-6)
    if kind == "sqrt":
        return 0.5 / np.sqrt(np.maximum(values, 1e-6))
    if kind == "asinh":
        return 1 / np.sqrt(1 + values**2)
    if kind == "logit":
        share = np.clip(values / FULL[unit], EDGE, 1 - EDGE)
        return 1 / (share * (1 - share) * FULL[unit])
    return np.ones_like(values)
