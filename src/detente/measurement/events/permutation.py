"""The test: were changes at some dates unlike those at others? By exchanging the dates, with an interval.

Dates that take up separate stretches of a series whose memory is short are all but exchangeable where
nothing happens on them: any of them could have been the occasions. The statistic is the difference of the
weighted means, over its standard error (Welch), so that unequal spread does not pass for a difference (Chung
and Romano 2013, "Exact and asymptotically robust permutation tests", Annals of Statistics 41). With few dates
it is exact over all choices; else over random ones, the actual choice included (Phipson and Smyth 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_SPREAD = 3
"""Fewer dates on either side have no spread worth dividing by: the plain difference is compared."""
TIE = 1e-9
HALVINGS = 16
DOUBLINGS = 12


@dataclass(frozen=True)
class Choices:
    """Ways to choose which of the dates are the occasions: (choices, dates), true where chosen."""

    chosen: Bools
    exact: bool
    """Whether these are all; else they are random, and the actual choice counts as one more."""

    @property
    def finest(self) -> float:
        """The smallest p-value that can come out."""
        return 1 / (len(self.chosen) + (not self.exact))


def choices(dates: int, occasions: int, *, draws: int, rng: np.random.Generator) -> Choices:
    """Return all ways to choose so many occasions among the dates, or `draws` random ones of more.

    >>> choices(4, 2, draws=10, rng=np.random.default_rng(0)).chosen.shape
    (6, 4)
    """
    if comb(dates, occasions) <= draws:
        every = np.array(list(combinations(range(dates), occasions)), dtype=np.int64).reshape(-1, occasions)
        chosen = np.zeros((len(every), dates), dtype=bool)
        np.put_along_axis(chosen, every, True, axis=1)
        return Choices(chosen, exact=True)
    order = rng.random((draws, dates)).argsort(axis=1)
    return Choices(order < occasions, exact=False)


@dataclass(frozen=True)
class _Sums:
    """Sums over chosen dates of weights h, changes d and what an effect at the occasions s moves in them.

    Shapes: (occasions, choices), or (1, choices) where the occasions play no part.
    """

    h: Floats
    hh: Floats
    hd: Floats
    hhd: Floats
    hhdd: Floats
    hs: Floats
    hhs: Floats
    hhds: Floats

    def moments(self, effect: Floats) -> tuple[Floats, Floats]:
        """Return the weighted mean of the changes less an effect, and the square of its standard error."""
        mean = (self.hd - effect * self.hs) / self.h
        cross = self.hhd - effect * self.hhs
        square = self.hhdd - 2 * effect * self.hhds + effect**2 * self.hhs
        return mean, np.maximum(square - 2 * mean * cross + mean**2 * self.hh, 0.0) / self.h**2


def _summed(chosen: Bools, change: Floats, weight: Floats, occasions: Bools) -> _Sums:
    z = chosen.T.astype(float)
    square = weight**2
    alone = np.stack([weight, square, weight * change, square * change, square * change**2])
    h, hh, hd, hhd, hhdd = (alone @ z)[:, None, :]
    beside = ((occasions * each) @ z for each in (weight, square, square * change))
    return _Sums(h, hh, hd, hhd, hhdd, *beside)


class Exchange:
    """Changes at dates, with one or several choices of which of them were occasions, ready to be tested.

    `change`, `weight`: (dates,), weights above zero; `occasions`: (cases, dates), as many occasions in each
    case; `among`: the choices that stand for what chance would do.

    >>> change = np.array([1.0, 1.2, 0.9, 1.1, 0.1, -0.1, 0.2, -0.2, 0.0, 0.1])
    >>> actual = np.arange(10)[None] < 4
    >>> among = choices(10, 4, draws=999, rng=np.random.default_rng(0))
    >>> test = Exchange(change, np.ones(10), actual, among)
    >>> round(float(test.estimate[0]), 3), round(float(test.p_values()[0]) * 210)
    (1.033, 1)
    """

    def __init__(self, change: ArrayLike, weight: ArrayLike, occasions: ArrayLike, among: Choices) -> None:
        change, weight = np.asarray(change, dtype=float), np.asarray(weight, dtype=float)
        actual = np.atleast_2d(np.asarray(occasions, dtype=bool))
        chosen = np.concatenate([among.chosen, actual])
        self._among = among
        self._inside = _summed(chosen, change, weight, actual)
        self._outside = _summed(~chosen, change, weight, actual)
        number = int(actual[0].sum())
        sizes = number, len(change) - number
        self._spread = tuple(size / (size - 1) for size in sizes) if min(sizes) >= LEAST_SPREAD else None
        self._own = np.arange(len(actual)), len(among.chosen) + np.arange(len(actual))
        inside, outside = (part.moments(np.zeros((len(actual), 1))) for part in (self._inside, self._outside))
        self.estimate: Floats = (inside[0] - outside[0])[self._own]
        """How much larger the mean change is at occasions than at the other dates, by case."""
        self.usual: Floats = outside[0][self._own]
        """The mean change at the other dates."""

    def _statistic(self, effect: Floats) -> Floats:
        """Return how unlike the two sides are, without the effect: (cases, choices and occasions)."""
        (inside, one), (outside, two) = (
            part.moments(effect[:, None]) for part in (self._inside, self._outside)
        )
        apart = np.abs(inside - outside)
        if self._spread is None:
            return apart
        error = np.sqrt(one * self._spread[0] + two * self._spread[1])
        told = np.divide(apart, error, out=np.full(apart.shape, np.inf), where=error > TIE)
        return np.where(apart > TIE, told, 0.0)

    def p_values(self, effect: Floats | float = 0.0) -> Floats:
        """Return the chance, by case, of a difference as large where the effect at occasions is as stated."""
        told = self._statistic(np.broadcast_to(np.asarray(effect, dtype=float), self.estimate.shape))
        number = len(self._among.chosen)
        as_large = (told[:, :number] >= told[self._own][:, None] * (1 - TIE)).sum(axis=1)
        more = not self._among.exact
        found: Floats = (as_large + more) / (number + more)
        return found

    def interval(self, alpha: float) -> tuple[Floats, Floats]:
        """Return, by case, the effects that a test at `alpha` does not reject; endless if it rejects none."""
        scale = np.maximum(np.abs(self.estimate), self._about_an_error())
        return self._bound(-scale, alpha), self._bound(scale, alpha)

    def _about_an_error(self) -> Floats:
        """Return a first step from the estimate: about a standard error, by case."""
        zero = np.zeros((len(self.estimate), 1))
        one, two = (part.moments(zero)[1][self._own] for part in (self._inside, self._outside))
        found: Floats = np.maximum(np.sqrt(one + two), 1e-3)
        return found

    def _bound(self, step: Floats, alpha: float) -> Floats:
        near, far = self.estimate.copy(), self.estimate + step
        for _ in range(DOUBLINGS):
            held = self.p_values(far) > alpha
            if not held.any():
                break
            near, far = np.where(held, far, near), np.where(held, far + (far - self.estimate), far)
        endless = self.p_values(far) > alpha
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            held = self.p_values(middle) > alpha
            near, far = np.where(held, middle, near), np.where(held, far, middle)
        return np.where(endless, np.sign(step) * np.inf, far)
