"""What comes of holding a portfolio, and of switching to another at some time, in every future."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.pathways.intervals import Floats, of_mean

LEAST = 20
"""Futures without which nothing can be held out."""


@dataclass(frozen=True, eq=False)
class Switching:
    """Payoffs `total` (F, T, P, P) in future f of holding portfolio a before time t and b from then on; on
    the diagonal, of holding a throughout, the same for all t.

    Raises `StrategyError` where the shape is another. Futures with a missing number are left out (`lost`).

    >>> periods = np.ones((20, 3, 2)) * [1.0, 2.0]
    >>> made = Switching.of_periods(periods, cost=np.array([[0.0, 0.5], [0.5, 0.0]]))
    >>> made.total[0, :, 0, 1]  # switch from the first to the second at 0, 1, 2
    array([5.5, 4.5, 3.5])
    """

    total: Floats

    def __post_init__(self) -> None:
        shape = np.shape(self.total)
        if len(shape) != 4 or shape[2] != shape[3] or 0 in shape:
            what = f"has shape {shape}, not (futures, times, portfolios, portfolios)"
            raise StrategyError(Problem("payoffs", what, "see `Switching`"))
        if shape[2] < 2:
            raise StrategyError(
                Problem("payoffs", "one portfolio only", "give two or more to switch between")
            )
        held = np.einsum("ftaa->fta", np.asarray(self.total, dtype=float))
        if not np.allclose(held, held[:, :1], rtol=1e-9, atol=1e-9, equal_nan=True):
            hint = "the diagonal is the payoff of holding a portfolio throughout"
            raise StrategyError(Problem("payoffs", "holding a portfolio differs by time of switching", hint))

    @classmethod
    def of_periods(
        cls, payoff: Floats, *, cost: Floats | None = None, weights: Floats | None = None
    ) -> Switching:
        """Return what adds up from payoffs (F, T, P) of each period, with costs (P, P) of a switch and
        weights (T,) of periods: where a portfolio does in a period what it would had it always been held.
        """
        payoff = np.asarray(payoff, dtype=float)
        if payoff.ndim != 3:
            what = f"has shape {payoff.shape}, not (futures, times, portfolios)"
            raise StrategyError(Problem("payoffs", what, "give the payoff of each period"))
        _, times, portfolios = payoff.shape
        weights = np.ones(times) if weights is None else np.asarray(weights, dtype=float)
        cost = np.zeros((portfolios, portfolios)) if cost is None else np.asarray(cost, dtype=float)
        weighted = payoff * weights[:, None]
        after = weighted[:, ::-1].cumsum(axis=1)[:, ::-1]
        held = after[:, :1]
        charge = np.where(np.eye(portfolios, dtype=bool), 0.0, cost) * weights[:, None, None]
        total = (held - after)[:, :, :, None] + after[:, :, None, :] - charge
        each = np.arange(portfolios)
        total[:, :, each, each] = held
        return cls(total)

    @property
    def held(self) -> Floats:
        """Return payoffs (F, P) of holding each portfolio throughout."""
        return np.asarray(np.einsum("faa->fa", self.total[:, 0]))

    def pick(self, futures: NDArray[np.intp]) -> Switching:
        """Return some of the futures."""
        return Switching(self.total[futures])

    def at(self, time: NDArray[np.int64]) -> Floats:
        """Return payoffs (F, P, P) of switching at a time of each future's own (F,); T is never."""
        times = self.total.shape[1]
        rows = np.arange(len(time))
        taken = self.total[rows, np.minimum(time, times - 1)]
        return np.asarray(np.where((time < times)[:, None, None], taken, self.held[:, :, None]))

    def best(self) -> int:
        """Return the portfolio that is best on average if held throughout."""
        return int(self.held.mean(axis=0).argmax())

    def foresight(self) -> tuple[float, float, float]:
        """Return by how much perfect foresight of one switch beats the best held, with its interval."""
        ahead = self.total.reshape(len(self.total), -1).max(axis=1) - self.held[:, self.best()]
        mean, low, high = of_mean(ahead)
        return float(mean), float(low), float(high)


def clean(payoffs: Switching, signposts: Floats) -> tuple[Switching, Floats, int]:
    """Return the futures without a missing number, their signposts (F, T, K), and how many others there were.

    Raises `StrategyError` where futures or times do not match, or too few futures are left.
    """
    signposts = np.asarray(signposts, dtype=float)
    if signposts.ndim != 3 or signposts.shape[:2] != payoffs.total.shape[:2]:
        what = f"have shape {signposts.shape} beside payoffs of {payoffs.total.shape[:2]} (futures, times)"
        raise StrategyError(Problem("signposts", what, "give (futures, times, signposts)"))
    whole = np.asarray(np.isfinite(payoffs.total).all(axis=(1, 2, 3)))
    whole &= np.isfinite(signposts).all(axis=(1, 2))
    kept = np.flatnonzero(whole)
    if len(kept) < LEAST:
        what = f"{len(kept)} futures without a missing number"
        raise StrategyError(Problem("payoffs", what, f"give {LEAST} or more: half of them are held out"))
    return payoffs.pick(kept), signposts[kept], len(whole) - len(kept)


def halves(futures: int, share: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which futures rules are found on, and which are held out, drawn at random."""
    if not 0 < share < 1:
        raise StrategyError(Problem("held_out", f"{share:g} of futures", "give a share between 0 and 1"))
    order = np.random.default_rng([seed, futures]).permutation(futures)
    out = min(max(round(share * futures), 2), futures - 2)
    return np.sort(order[out:]), np.sort(order[:out])
