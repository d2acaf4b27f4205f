"""Matrix products that stay on one thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

ONE_THREAD = 500_000
"""Multiplications in one product, up to which linear algebra libraries use one thread."""


def multiply(left: Floats, right: Floats) -> Floats:
    """Return the matrix product of `left` (rows, r) and `right` (..., r, k), a few rows at a time.

    The same figures as `left @ right`. Products this small gain nothing from a second thread, and the
    threads of a linear algebra library cost several times what they save while they wait for one another;
    kept under the size at which they start, they stay out of the way.

    >>> multiply(np.ones((3, 2)), np.ones((2, 1))).ravel().tolist()
    [2.0, 2.0, 2.0]
    """
    rows, r = left.shape
    size = max(1, ONE_THREAD // max(1, r * right.shape[-1]))
    whole = rows - rows % size
    blocks = np.matmul(left[:whole].reshape(whole // size, size, r), right[..., None, :, :])
    joined = blocks.reshape(*right.shape[:-2], whole, right.shape[-1])
    if whole == rows:
        return np.asarray(joined)
    return np.concatenate([joined, np.matmul(left[whole:], right)], axis=-2)
