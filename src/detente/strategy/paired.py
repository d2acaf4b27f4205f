"""What paired comparisons rest on: a future without a number goes for all, and the others are redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from detente.errors import Problem, StrategyError, raise_all
from detente.simulation.drawing import stream
from detente.strategy.naming import misnamed, named

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVEL = 0.95
FEWEST = 2
RESAMPLES = 100


@dataclass(frozen=True, eq=False)
class Usable:
    """Payoffs with `futures` on the first axis, without those in which a number is missing for anybody."""

    payoffs: Floats
    futures: tuple[str, ...]
    quarantined: tuple[str, ...]
    kept: Ints
    """The places of `futures` among all that were given."""


def usable(payoffs: Floats, *, axis: int, futures: Sequence[str] = ()) -> Usable:
    """Return payoffs with futures, which lie on `axis`, moved to the front and incomplete ones taken out.

    A future in which any payoff is not finite is taken out for all, or comparisons would not be paired: it is
    named in `quarantined`. Raises `StrategyError` where fewer than two futures are left, and where names do
    not match.

    >>> usable(np.array([[1.0, np.nan, 3.0], [4.0, 5.0, 6.0]]), axis=1).quarantined
    ('future 2',)
    """
    moved = np.moveaxis(payoffs, axis, 0)
    raise_all(StrategyError, list(misnamed(futures, len(moved), kind="future")))
    names = named(futures, len(moved), kind="future")
    good = np.asarray(np.isfinite(moved).reshape(len(moved), -1).all(axis=1))
    if good.sum() < FEWEST:
        what = f"{int((~good).sum())} of {len(moved)} have payoffs that are not finite; {good.sum()} left"
        never = ~np.isfinite(moved).any(axis=0)
        hint = "at least two complete futures are needed: leave out what fails in all of them"
        if never.any() and len(moved):
            hint += f" (first place without any number: {tuple(map(int, np.argwhere(never)[0] + 1))})"
        raise StrategyError(Problem("futures", what, hint))
    kept = tuple(name for name, flag in zip(names, good, strict=True) if flag)
    lost = tuple(name for name, flag in zip(names, good, strict=True) if not flag)
    return Usable(moved[good], kept, lost, np.flatnonzero(good))


def left_out(quarantined: tuple[str, ...]) -> str:
    """Return a note on futures that were left out: how many, and the first ten by name.

    >>> left_out(("future 2",))
    'left out for all, for a number that is not finite: 1 future (future 2)'
    """
    count = len(quarantined)
    told = ", ".join(quarantined[:10]) + (", ..." if count > 10 else "")
    return f"left out for all, for a number that is not finite: {count} future{'s' * (count > 1)} ({told})"


def resampled(futures: int, *, resamples: int, seed: int, name: str) -> Ints:
    """Return how often each future is drawn in each resample, (resamples, futures), with replacement.

    Raises `StrategyError` where there are fewer than 100 resamples: no interval could be read off them.

    >>> resampled(3, resamples=100, seed=0, name="doc").sum(axis=1).tolist() == [3] * 100
    True
    """
    if resamples < RESAMPLES:
        hint = f"draw {RESAMPLES} at least; 1000 are usual"
        raise StrategyError(Problem("resamples", f"{resamples} are too few for an interval", hint))
    even = np.full(futures, 1.0 / futures)
    return stream(seed, "resampling", name).multinomial(futures, even, size=resamples)


def widening(futures: int) -> float:
    """Return by how much resampled deviations are widened for few futures.

    A resample spreads by (n - 1) / n of the variance and knows nothing of Student's tails: both are put back
    (Hesterberg 2015). 1.06 for 30 futures, 1.003 for 500.

    >>> round(widening(30), 3)
    1.061
    """
    side = (1.0 + LEVEL) / 2
    return float(np.sqrt(futures / (futures - 1)) * t.ppf(side, futures - 1) / norm.ppf(side))
