"""Portfolios compared by every metric of robustness: values, ranks, how firm both are, and who agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.strategy.paired import LEVEL, resampled
from detente.strategy.robustness.metrics import EXTREMES, METRICS, Criteria, States, measured
from detente.strategy.robustness.prepared import asked, prepared

Floats = NDArray[np.float64]
ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
SAME = 1e-12
"""Values closer than this share of the largest are equal: they differ by the order of sums."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """Metrics (metrics, portfolios) with 95 per cent intervals over resampled futures, paired.

    `ranks` count from 1, equal values share the better one; `best` is how often a portfolio comes first under
    resampling, ties shared. `agreement` is Kendall's tau-b between metrics (metrics, metrics).
    """

    metrics: tuple[str, ...]
    portfolios: tuple[str, ...]
    values: Floats
    ends: Floats
    ranks: Floats
    rank_ends: Floats
    best: Floats
    agreement: Floats
    agreement_ends: Floats
    futures: int
    quarantined: tuple[str, ...]
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row for each metric and portfolio, with whether the interval hangs on single states."""
        names = pd.MultiIndex.from_product([self.metrics, self.portfolios], names=["metric", "portfolio"])
        rows = names.to_frame(index=False)
        return rows.assign(
            value=self.values.ravel(), low=self.ends[..., 0].ravel(), high=self.ends[..., 1].ravel(),
            rank=self.ranks.ravel(), rank_low=self.rank_ends[..., 0].ravel(),
            rank_high=self.rank_ends[..., 1].ravel(), best=self.best.ravel(),
            larger_is_better=rows["metric"].map(METRICS) > 0, of_extremes=rows["metric"].isin(EXTREMES),
        )  # fmt: skip

    def agreement_frame(self) -> pd.DataFrame:
        """Return a row for each pair of metrics: how far they put portfolios in the same order."""
        one, other = np.triu_indices(len(self.metrics), 1)
        return pd.DataFrame(
            {
                "metric": [self.metrics[at] for at in one],
                "other": [self.metrics[at] for at in other],
                "tau": self.agreement[one, other],
                "low": self.agreement_ends[one, other, 0],
                "high": self.agreement_ends[one, other, 1],
            }
        )


def robustness(
    payoffs: ArrayLike,
    *,
    criteria: Criteria | None = None,
    portfolios: tuple[str, ...] = (),
    futures: tuple[str, ...] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Robustness:
    """Return all metrics of robustness of payoffs (portfolios, futures[, counter-portfolios]).

    Payoffs are better the larger they are. What `criteria` lack leaves metrics out, which `notes` say. A
    future with a payoff that is not finite is left out for all. Resampling draws whole futures, so that
    portfolios stay paired. Raises `StrategyError` as `prepared` and `asked` do.

    >>> table = [[10, 1, 5], [4, 4, 4], [7, 0, 8]]
    >>> told = robustness(table, criteria=Criteria(threshold=4), portfolios=("a", "b", "c"))
    >>> told.frame().query("metric == 'starr'")["value"].round(3).tolist()
    [0.667, 1.0, 0.667]
    """
    table = prepared(payoffs, portfolios=portfolios, futures=futures)
    states = asked(table, criteria or Criteria())
    number = len(table.futures)
    counts = resampled(number, resamples=resamples, seed=seed, name="robustness")
    told = measured(states, np.ones((1, number), dtype=np.int64))
    again = measured(states, counts)
    metrics = tuple(told)
    values = np.stack([told[name] for name in metrics], axis=1)
    redrawn = np.stack([again[name] for name in metrics], axis=1)
    signs = np.array([METRICS[name] for name in metrics])[:, None]
    order, orders = _signs(values * signs), _signs(redrawn * signs)
    rank, ranks = _ranks(order, values), _ranks(orders, redrawn)
    return Robustness(
        metrics, table.portfolios, values[0], _ends(redrawn),
        rank[0], _ends(ranks),
        _firsts(ranks), _tau(order)[0], _ends(_tau(orders)),
        number, table.quarantined, (*table.notes(), *_notes(states, told)),
    )  # fmt: skip


def _signs(values: Floats) -> Floats:
    """Return the sign of what each portfolio is better by: (resamples, metrics, one, other)."""
    apart = values[..., :, None] - values[..., None, :]
    largest = np.nanmax(np.abs(values), axis=2, initial=0.0)[..., None, None]
    return np.asarray(np.where(np.abs(apart) <= SAME * largest, 0.0, np.sign(apart)))


def _ranks(signs: Floats, values: Floats) -> Floats:
    """Return ranks from 1; none where there is no value."""
    return np.asarray(np.where(np.isnan(values), np.nan, 1.0 + (signs < 0).sum(axis=3)))


def _firsts(ranks: Floats) -> Floats:
    """Return how often each portfolio comes first, ties shared: (metrics, portfolios)."""
    first = ranks == 1
    return np.asarray((first / np.maximum(first.sum(axis=2, keepdims=True), 1)).mean(axis=0))


def _tau(signs: Floats) -> Floats:
    """Return Kendall's tau-b between metrics from signs of pairs: (resamples, metrics, metrics)."""
    pairs = np.nan_to_num(signs).reshape(*signs.shape[:2], -1)
    common = pairs @ pairs.transpose(0, 2, 1)
    own = np.sqrt(np.diagonal(common, axis1=1, axis2=2))
    scale = own[:, :, None] * own[:, None, :]
    tau = np.divide(common, scale, out=np.full(common.shape, np.nan), where=scale > 0)
    return np.asarray(tau.clip(-1.0, 1.0))


def _ends(redrawn: Floats) -> Floats:
    """Return the ends of intervals over resamples, the first axis, as a last one; NaN where any is."""
    return np.moveaxis(np.quantile(redrawn, ENDS, axis=0), 0, -1)


def _notes(states: States, told: dict[str, Floats]) -> Iterator[str]:
    for name, why in states.missing():
        yield f"{name} left out: {why}"
    for name, values in told.items():
        lacking = int(np.isnan(values).sum())
        if lacking:
            yield f"{name} is not defined for {lacking} portfolios: it divides by a spread or payoff of 0"
    if (told["laplace"] < -1).any():
        yield "mean_variance: mean payoffs below -1 make it prefer spread; shift payoffs to be positive"
