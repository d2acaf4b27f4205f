"""The parameters of the panel in the form that its filter wants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Law(NamedTuple):
    """The parameters, as the filter wants them.

    scale, scale_share (G,): variances of own shocks, and how common they are among actors; tail, tail_share
    (K,): factors of these variances, year by year; wild, wild_share (O,): variances added to readings; alpha
    (B,); omega; common (B + 1,): sds of shocks common to a bloc and, last, to all; trust: degrees of freedom
    of the weights by which outliers count less for common shocks, 0 for equal weights.
    """

    scale: Floats
    scale_share: Floats
    tail: Floats
    tail_share: Floats
    wild: Floats
    wild_share: Floats
    alpha: Floats
    omega: float
    common: Floats
    trust: float
