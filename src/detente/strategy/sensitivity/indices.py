"""Sobol indices of many outputs at once, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.naming import misnamed
from detente.strategy.sensitivity.designs import rows_of
from detente.strategy.sensitivity.estimates import Estimate, blocks, estimate, over, weights

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Indices:
    """Sobol indices: `first` and `total` (outputs, inputs), `second` (outputs, pairs), with intervals.

    `variance` (outputs,) is what the indices are shares of. `dropped` of `size` base samples had a run whose
    output was not finite, `failed` runs in all, and are in no estimate. Outputs in `constant` do not vary;
    their indices are NaN.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    first: Estimate
    total: Estimate
    second: Estimate | None
    pairs: tuple[tuple[str, str], ...]
    variance: Floats
    constant: tuple[str, ...]
    size: int
    dropped: int
    failed: int

    def frame(self) -> pd.DataFrame:
        """Return rows of output, index (first, total, second), input, other, value, low, high."""
        alone = [(name, "") for name in self.inputs]
        parts = [
            self._part("first", self.first, alone),
            self._part("total", self.total, alone),
            *([self._part("second", self.second, self.pairs)] if self.second else []),
        ]
        return pd.concat(parts, ignore_index=True)

    def _part(self, index: str, held: Estimate, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
        rows = pd.MultiIndex.from_product([self.outputs, range(len(pairs))]).to_frame(index=False)
        rows.columns = pd.Index(["output", "place"])
        names = np.array(pairs, dtype=object).reshape(-1, 2)[rows["place"]]
        told = rows[["output"]].assign(index=index, input=names[:, 0], other=names[:, 1])
        return told.assign(value=held.value.ravel(), low=held.low.ravel(), high=held.high.ravel())


def sobol(
    y: Floats,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str] = (),
    second: bool = False,
    resamples: int = 100,
    seed: int = 0,
) -> Indices:
    """Return Sobol indices of outputs `y` (rows,) or (rows, outputs) of the rows that `saltelli` gave.

    With A, B and A_j (A with input j from B), y centred and V the variance of both samples:

        first_j = mean(B (A_j - A)) / V                          Saltelli and others (2010)
        total_j = mean((A - A_j)²) / 2V                          Jansen (1999)
        second_jk = mean(B_j A_k - A B) / V - first_j - first_k  Saltelli (2002)

    Intervals: 1.96 standard errors over `resamples` bootstrap resamples of base samples; rather too wide,
    since points of a Sobol sequence are more even than chance. Base samples with an output that is not
    finite are left out and counted. Raises StrategyError for rows that do not fit.

    >>> from detente.strategy.sensitivity.designs import saltelli
    >>> x = saltelli([(0, 1)] * 2, size=1024, seed=1)
    >>> sobol(x[:, 0] + 2 * x[:, 1], inputs=("a", "b")).first.value.round(2).tolist()
    [[0.2, 0.8]]
    """
    problems = list(misnamed(inputs, len(inputs), kind="input"))
    if not inputs:
        problems.append(Problem("inputs", "there are none", "name the inputs, in the order of columns"))
    if resamples < 0:
        problems.append(Problem("resamples", f"{resamples} is below 0", "take 100, or 0 for no intervals"))
    if problems:
        raise StrategyError(*problems)
    held = blocks(y, rows=rows_of(len(inputs), second=second), names=outputs)
    parts = _shares(held.y, weights(len(held.y), resamples, seed), len(inputs), second)
    parts[1][:, held.flat] = np.nan
    first, total, both = (estimate(part) for part in _split(parts[1], len(inputs)))
    return Indices(
        inputs=tuple(inputs),
        outputs=held.names,
        first=first,
        total=total,
        second=both if second else None,
        pairs=tuple(combinations(inputs, 2)) if second else (),
        variance=parts[0],
        constant=held.constant,
        size=len(held.whole),
        dropped=held.dropped,
        failed=held.failed,
    )


def _split(shares: Floats, d: int) -> tuple[Floats, Floats, Floats]:
    return shares[..., :d], shares[..., d : 2 * d], shares[..., 2 * d :]


def _shares(y: Floats, w: Floats, d: int, second: bool) -> tuple[Floats, Floats]:
    """Return variances (outputs,) and shares (resamples + 1, outputs, first and total and second).

    Every index is a ratio of weighted means over base samples, so that all resamples of an output are one
    product of its terms with the matrix of weights.
    """
    size, _, count = y.shape
    pairs = np.triu_indices(d, 1) if second else (np.empty(0, np.intp),) * 2
    terms = np.empty((2 * d + len(pairs[0]) + 3, size))
    shares = np.empty((len(w), count, len(terms) - 3))
    variances = np.empty(count)
    for output in range(count):
        _terms(np.ascontiguousarray(y[:, :, output].T), terms, d, pairs)
        means = terms @ w.T
        mean, square, product = means[-3:]
        variance = square - mean**2
        variances[output] = variance[0]
        told = over(means[:-3], variance)
        told[2 * d :] -= over(product, variance) + told[pairs[0]] + told[pairs[1]]
        shares[:, output] = told.T
    return variances, shares


def _terms(y: Floats, out: Floats, d: int, pairs: tuple[Ints, Ints]) -> None:
    """Fill `out` (terms, size) from one output (rows of a base sample, size)."""
    one, mixed, other = y[0], y[1 : d + 1], y[-1]
    np.subtract(mixed, one, out=out[d : 2 * d])
    np.multiply(out[d : 2 * d], other, out=out[:d])
    np.square(out[d : 2 * d], out=out[d : 2 * d])
    out[d : 2 * d] *= 0.5
    if len(pairs[0]):
        np.multiply(y[d + 1 + pairs[0]], y[1 + pairs[1]], out=out[2 * d : -3])
    out[-3] = (one + other) / 2
    out[-2] = (one**2 + other**2) / 2
    out[-1] = one * other
