"""What a sample could have seen: the smallest effect that the test would have found, by injection.

Each trial picks other dates as its occasions, among changes from which the estimated effect is taken out, and
adds an effect there. As adding an effect moves the interval of the test by just as much, the smallest effect
that a trial finds is where its interval would leave zero out; no grid of effects is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.measurement.bootstrap import LEVEL
from detente.measurement.events.permutation import Choices, Exchange, choices

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TRIALS = 200
DRAWS = 999
BATCH = 10
TINY = 1e-3


@dataclass(frozen=True)
class Seen:
    """The smallest rise and the smallest fall that a share of trials finds; infinite where none would do.

    `low` and `high` bound the larger of the two: by the luck of so many trials, and by how well so few dates
    tell the spread of changes, taken as normal.
    """

    rise: float = np.inf
    fall: float = np.inf
    low: float = np.inf
    high: float = np.inf

    @property
    def either(self) -> float:
        """The smallest change that is found whichever way it goes."""
        return max(self.rise, self.fall)


def least_effects(
    change: Floats,
    weight: Floats,
    occasions: Bools,
    *,
    alpha: float,
    rng: np.random.Generator,
    power: float = 0.8,
    trials: int = TRIALS,
) -> Seen:
    """Return the smallest effects that a test at `alpha` finds with chance `power` at so many occasions.

    `change`, `weight`, `occasions`: by date, as `Exchange` takes them.

    >>> rng = np.random.default_rng(0)
    >>> seen = least_effects(rng.normal(size=40), np.ones(40), np.arange(40) < 10, alpha=0.05, rng=rng)
    >>> 0.8 < seen.rise < 1.2 and 0.8 < seen.fall < 1.2   # (1.96 + 0.84) times the standard error of 0.37
    True
    """
    number = int(occasions.sum())
    among = choices(len(change), number, draws=DRAWS, rng=rng)
    if among.finest > alpha:
        return Seen()
    estimate = Exchange(change, weight, occasions, among).estimate[0]
    quiet = change - np.where(occasions, estimate, 0.0)
    picked = rng.random((trials, len(change))).argsort(axis=1) < number
    low, high = _intervals(quiet, weight, picked, among, alpha)
    needed = np.maximum(-low, 0), np.maximum(high, 0)
    rise, fall = (float(np.quantile(each, power, method="higher")) for each in needed)
    either = max(rise, fall)
    if not 0 < either < np.inf:
        return Seen(rise, fall, either, either)
    deviate = float(ndtri((1 + LEVEL) / 2))
    luck = deviate * np.sqrt(power * (1 - power) / trials)
    ends = np.quantile(needed[int(fall > rise)], np.clip([power - luck, power + luck], 0, 1), method="higher")
    spread = deviate / np.sqrt(2 * (len(change) - 1))
    low, high = np.hypot(np.log(np.maximum(ends, either * TINY) / either), spread)
    return Seen(rise, fall, either * float(np.exp(-low)), either * float(np.exp(high)))


def _intervals(
    change: Floats, weight: Floats, picked: Bools, among: Choices, alpha: float
) -> tuple[Floats, Floats]:
    """Return the interval of each trial, a batch at a time, so that memory does not grow with them."""
    parts = [
        Exchange(change, weight, picked[start : start + BATCH], among).interval(alpha)
        for start in range(0, len(picked), BATCH)
    ]
    return np.concatenate([low for low, _ in parts]), np.concatenate([high for _, high in parts])
