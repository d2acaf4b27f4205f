"""Whether a portfolio can be called best: only where its regret differs from every other's, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.paired import LEVEL, resampled, widening
from detente.strategy.robustness.prepared import Prepared, prepared

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FEW = 10
"""Fewer futures than this name nobody: their resamples are too much alike."""
SAME = 1e-12


@dataclass(frozen=True, eq=False)
class Best:
    """The portfolio with the least mean regret, and those that cannot be told apart from it.

    `over` (portfolios,) is how much more regret each has than the leader, `ends` (portfolios, 2) their 95 per
    cent intervals: each holds for that portfolio against all others at once.
    """

    portfolios: tuple[str, ...]
    leader: int
    regret: Floats
    regret_ends: Floats
    over: Floats
    ends: Floats
    futures: int
    quarantined: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def apart(self) -> Flags:
        """Which portfolios have more regret than the leader beyond doubt."""
        return np.asarray((self.ends[:, 0] > 0) & (self.futures >= FEW))

    @property
    def together(self) -> tuple[str, ...]:
        """The leader and all that cannot be told apart from it."""
        return tuple(name for name, apart in zip(self.portfolios, self.apart, strict=True) if not apart)

    @property
    def portfolio(self) -> str | None:
        """The best portfolio, or None where it cannot be told from another, or there is no other."""
        return self.together[0] if len(self.together) == 1 < len(self.portfolios) else None

    def frame(self) -> pd.DataFrame:
        """Return a row for each portfolio, the least regret first."""
        rows = pd.DataFrame(
            {
                "portfolio": self.portfolios,
                "regret": self.regret,
                "low": self.regret_ends[:, 0],
                "high": self.regret_ends[:, 1],
                "over_leader": self.over,
                "over_low": self.ends[:, 0],
                "over_high": self.ends[:, 1],
                "told_apart": self.apart,
            }
        )
        return rows.sort_values("regret", kind="stable", ignore_index=True)


def best(
    payoffs: ArrayLike,
    *,
    against: tuple[float, ...] = (),
    portfolios: tuple[str, ...] = (),
    futures: tuple[str, ...] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Best:
    """Return which portfolio has the least mean regret, by name only where that is beyond doubt.

    Payoffs are (portfolios, futures[, counter-portfolios]), better the larger; `against` weighs the
    counter-portfolios, equally unless told. Differences are paired by future. The leader is chosen on the
    same futures, so that each portfolio is held against all others at once (the largest absolute t over
    resamples, as Dunnett's for equal variances, and each in turn the one compared, as in Hsu's
    comparisons with the best): the one that is truly best is told apart from the leader in 1 of 40
    ensembles at most. Raises `StrategyError` as `prepared` does, and where weights are not as many as
    counter-portfolios, negative or all 0.

    >>> luck = np.random.default_rng(0).normal(size=(1, 200))
    >>> told = best(luck + [[0.0], [0.3]] + 0.1 * np.random.default_rng(1).normal(size=(2, 200)))
    >>> told.portfolio, told.together
    ('portfolio 2', ('portfolio 2',))
    """
    table = prepared(payoffs, portfolios=portfolios, futures=futures)
    mixed = _against(table, against)
    regrets = (table.payoffs.max(axis=2, keepdims=True) - table.payoffs).transpose(0, 2, 1) @ mixed
    number = len(regrets)
    counts = resampled(number, resamples=resamples, seed=seed, name="best")
    mean = regrets.mean(axis=0)
    wide = mean + widening(number) * (counts @ regrets / number - mean)
    leader = int(mean.argmin())
    over = mean - mean[leader]
    errors = _errors(regrets)
    half = _largest(wide - mean, errors) * errors[:, leader]
    side = (1 - LEVEL) / 2
    ends = np.quantile(wide, (side, 1 - side), axis=0).T
    return Best(
        table.portfolios, leader, mean, ends, over, np.stack([over - half, over + half], axis=1),
        number, table.quarantined, (*table.notes(), *_notes(number)),
    )  # fmt: skip


def _against(table: Prepared, weights: tuple[float, ...]) -> Floats:
    counters = table.payoffs.shape[1]
    given = np.array(weights or (1.0,) * counters, dtype=float)
    if len(given) != counters:
        what, hint = f"{len(given)} weights for {counters} counter-portfolios", "give one weight for each"
        raise StrategyError(Problem("against", what, hint))
    if not np.isfinite(given).all() or (given < 0).any() or not given.sum():
        what = "weights are negative, not finite, or sum to zero"
        raise StrategyError(Problem("against", what, "give numbers of 0 or more, one of them above 0"))
    return np.asarray(given / given.sum())


def _errors(regrets: Floats) -> Floats:
    """Return standard errors of differences of mean regrets, paired by future: (portfolios, portfolios)."""
    off = regrets - regrets.mean(axis=0)
    squares = np.stack([((off - off[:, [at]]) ** 2).sum(axis=0) for at in range(off.shape[1])])
    errors = np.sqrt(squares / (len(off) - 1) / len(off))
    # A difference that is the same in every future has no error, but for rounding.
    return np.asarray(np.where(errors <= SAME * np.abs(regrets).max(), 0.0, errors))


def _largest(off: Floats, scale: Floats) -> Floats:
    """Return the 95 per cent points, over resamples, of each portfolio's largest |t| against any other."""
    apart = np.abs(off[:, :, None] - off[:, None, :])
    t = np.divide(apart, scale, out=np.zeros_like(apart), where=scale > 0)
    return np.asarray(np.quantile(t.max(axis=2), LEVEL, axis=0))


def _notes(futures: int) -> Iterator[str]:
    if futures < FEW:
        yield f"{futures} futures are too few to tell portfolios apart: {FEW} at least"
