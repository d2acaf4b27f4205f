"""Metrics of robustness of McPhail and others (2018) and of Herman and others (2015), over all resamples.

Payoffs are better the larger they are. A state is a future, or a future with a counter-portfolio; all weigh
the same. A regret is what the best portfolio gets in the same state, less what this one gets. Quantiles
interpolate linearly between states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.strategy.robustness.order_statistics import drawn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METRICS = {
    "maximin": 1, "maximax": 1, "hurwicz": 1, "laplace": 1,
    "minimax_regret": -1, "regret_90": -1, "mean_variance": 1, "undesirable_deviations": -1,
    "skewness": 1, "peakedness": 1, "starr": 1,
    "regret_1": -1, "regret_2": -1, "satisficing_1": 1, "satisficing_2": 1,
}  # fmt: skip
"""Every metric, and whether more of it is better (1) or less (-1)."""

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
EXTREMES = frozenset({"maximin", "maximax", "hurwicz", "minimax_regret"})
"""Metrics that hang on single states: their resampled intervals say how much, and cover nothing."""


@dataclass(frozen=True)
class Criteria:
    """What some metrics ask for: what they lack is left out, and named."""

    optimism: float = 0.5
    """Hurwicz: the weight of the best state, 0 to 1; the worst gets the rest."""
    threshold: float | None = None
    """The payoff that is good enough: Starr's criterion, satisficing I and II."""
    base: str | None = None
    """The future that is expected: regret I."""
    distances: tuple[float, ...] = ()
    """How far each future is from the one that is expected, in units of the caller's: satisficing II."""
    relative: bool = False
    """Regrets I and II as shares of what they are compared with, as first published; else in payoffs, which
    need no natural zero."""


@dataclass(frozen=True, eq=False)
class Ordered:
    """Numbers of states sorted for each portfolio, with the futures that they belong to."""

    values: Floats
    owner: NDArray[np.int32]

    @classmethod
    def of(cls, table: Floats) -> Ordered:
        """Sort a table (futures, counters, portfolios)."""
        flat = table.reshape(-1, table.shape[2]).T
        order = flat.argsort(axis=1, kind="stable")
        return cls(np.take_along_axis(flat, order, axis=1), (order // table.shape[1]).astype(np.int32))

    def quantiles(self, counts: Ints, q: tuple[float, ...]) -> Floats:
        """Return quantiles of drawn states: (resamples, portfolios, quantiles)."""
        return self.read(counts, q, half=0)[0]

    def read(self, counts: Ints, q: tuple[float, ...], *, half: int) -> tuple[Floats, Floats]:
        """Return quantiles of drawn states, and the sum of the smallest `half` of them."""
        states = self.values.shape[1]
        places = np.array(q) * (states - 1)
        low = np.floor(places).astype(np.int64)
        ranks = np.unique(np.concatenate([low, np.minimum(low + 1, states - 1)]))
        at, sums = drawn(self.values, self.owner, counts.astype(np.int32), ranks, half)
        ends = [np.searchsorted(ranks, each) for each in (low, np.minimum(low + 1, states - 1))]
        return at[..., ends[0]] + (places - low) * (at[..., ends[1]] - at[..., ends[0]]), sums


@dataclass(frozen=True, eq=False)
class States:
    """Payoffs (futures, counters, portfolios), and what is asked of them."""

    payoffs: Floats
    criteria: Criteria
    base: int | None = None
    distances: Floats | None = None

    @cached_property
    def regrets(self) -> Floats:
        """What the best portfolio gets more in the same state."""
        return np.asarray(self.payoffs.max(axis=2, keepdims=True) - self.payoffs)

    @cached_property
    def meets(self) -> Floats:
        """1 where the threshold is met."""
        return np.asarray(self.payoffs >= np.float64(self.criteria.threshold or 0.0), dtype=float)

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield the metrics that cannot be told, each with what it lacks."""
        if self.criteria.threshold is None:
            yield from ((each, "no threshold") for each in ("starr", "satisficing_1", "satisficing_2"))
        elif self.distances is None:
            yield "satisficing_2", "no distances of futures"
        if self.base is None:
            yield "regret_1", "no base future"


def measured(states: States, counts: Ints) -> dict[str, Floats]:
    """Return every metric that can be told, (resamples, portfolios), where futures are drawn `counts` times.

    >>> told = measured(States(np.array([[[10.0, 4]], [[1, 4]], [[5, 4]]]), Criteria()), np.ones((1, 3), int))
    >>> told["maximin"].tolist(), told["minimax_regret"].tolist()
    ([[1.0, 4.0]], [[3.0, 6.0]])
    """
    told = {**_of_payoffs(states, counts), **_of_regrets(states, counts)}
    if states.criteria.threshold is not None:
        told |= _of_threshold(states, counts)
    return {name: told[name] for name in METRICS if name in told}


def _of_payoffs(states: States, counts: Ints) -> dict[str, Floats]:
    payoffs = Ordered.of(states.payoffs)
    number = payoffs.values.shape[1]
    at, lower = payoffs.read(counts, (0.0, *QUANTILES, 1.0), half=number // 2)
    worst, q10, q25, q50, q75, q90, best = (at[..., place] for place in range(at.shape[2]))
    middle = states.payoffs.mean(axis=(0, 1))
    off = states.payoffs - middle
    shift, square = (_mean(each, counts) for each in (off, off**2))
    mean, sd = middle + shift, np.sqrt(np.maximum(square - shift**2, 0.0))
    optimism = states.criteria.optimism
    return {
        "maximin": worst,
        "maximax": best,
        "hurwicz": optimism * best + (1 - optimism) * worst,
        "laplace": mean,
        "mean_variance": (mean + 1) / (sd + 1),
        "undesirable_deviations": (q50 * (number // 2) - lower) / number,
        "skewness": _ratio((q90 + q10) / 2 - q50, (q90 - q10) / 2),
        "peakedness": _ratio(q90 - q10, q75 - q25),
    }


def _of_regrets(states: States, counts: Ints) -> dict[str, Floats]:
    at = Ordered.of(states.regrets).quantiles(counts, (0.9, 1.0))
    told = {"minimax_regret": at[..., 1], "regret_90": at[..., 0], "regret_2": at[..., 0]}
    if states.criteria.relative:
        best = np.abs(states.payoffs.max(axis=2, keepdims=True))
        told["regret_2"] = Ordered.of(_ratio(states.regrets, best)).quantiles(counts, (0.9,))[..., 0]
    if states.base is not None:
        base = states.payoffs[[states.base]]
        off = np.abs(states.payoffs - base)
        if states.criteria.relative:
            off = _ratio(off, np.abs(base))
        told["regret_1"] = Ordered.of(off).quantiles(counts, (0.9,))[..., 0]
    return told


def _of_threshold(states: States, counts: Ints) -> dict[str, Floats]:
    always = states.meets.min(axis=1, keepdims=True)
    told = {"starr": _mean(states.meets, counts), "satisficing_1": _mean(always, counts)}
    if states.distances is not None:
        far = states.distances.max()
        fails = np.where(always[:, 0] > 0, far, states.distances[:, None])
        told["satisficing_2"] = Ordered.of(fails[:, None]).quantiles(counts, (0.0,))[..., 0]
    return told


def _mean(table: Floats, counts: Ints) -> Floats:
    """Return means over drawn states of a table (futures, counters, portfolios): (resamples, portfolios)."""
    return np.asarray(counts @ table.mean(axis=1) / counts.sum(axis=1, keepdims=True))


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return the quotient, and NaN where there is none."""
    above, below = np.broadcast_arrays(above, below)
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))
