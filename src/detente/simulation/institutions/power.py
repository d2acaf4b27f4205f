"""Power that a rule gives its voters before anyone knows what they want: Shapley-Shubik and Banzhaf.

Both ask how often a voter is decisive: over all orders in which voters could come to agree (Shapley and
Shubik 1954), or over all coalitions (Penrose 1946; Banzhaf 1965).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.simulation.institutions import counting
from detente.simulation.institutions.compiled import Compiled

FEW = 27
"""Up to so many voters, every coalition is looked at where sums cannot be tabulated: some seconds at most."""

LEVEL = 0.95
NORMAL = 1.959963984540054
CHUNK = 4096


@dataclass(frozen=True)
class Power:
    """Power indices of a rule: `table` has a row for each voter, `how` says how they were found.

    Columns: actor, shapley_shubik, banzhaf (normalised to add up to 1), banzhaf_absolute (Penrose's measure),
    swings; and where they were sampled, the ends of 95 per cent intervals.
    """

    table: pd.DataFrame
    how: str
    exact: bool
    passing: float
    """The share of all coalitions that win (Coleman's power of a collectivity to act)."""


def power(rule: Compiled, *, samples: int = 200_000, seed: int = 0) -> Power:
    """Return the power of every voter: exact where coalitions can be counted, else sampled with intervals.

    Exact for up to 62 voters whose weights take few values (`counting.MOST_CELLS` sums), and up to 27 voters
    with any weights; otherwise `samples` random orders and coalitions are drawn from `seed`.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> rule = {"title": "Quota", "passes": {"for": {"at_least": 3, "of": "votes"}}}
    >>> parties = voters(["A", "B", "C"], {"votes": {"A": 2, "B": 1, "C": 1}})
    >>> power(compiled(Rule.model_validate(rule), parties)).table["shapley_shubik"].round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    number = len(rule.voters)
    sums = counting.cells(counting.axes(counting.binary(rule)[0])[0])
    if number <= counting.MOST_COUNTED and sums <= counting.MOST_CELLS:
        return _exact(rule, counting.by_sums(rule), f"counted over {sums:,} sums of weights")
    if number <= FEW:
        return _exact(rule, counting.one_by_one(rule), f"counted over {2**number:,} coalitions")
    return _sampled(rule, samples, seed)


def _exact(rule: Compiled, swings: counting.Swings, how: str) -> Power:
    number = len(rule.voters)
    orders = [factorial(size) * factorial(number - 1 - size) for size in range(number)]
    shapley = [
        sum(int(count) * order for count, order in zip(row, orders, strict=True)) / factorial(number)
        for row in swings.by_size
    ]
    turned = swings.by_size.sum(axis=1)
    table = pd.DataFrame(
        {
            "actor": rule.voters.actors,
            "shapley_shubik": shapley,
            "banzhaf": turned / max(int(turned.sum()), 1),
            "banzhaf_absolute": turned / 2.0 ** (number - 1),
            "swings": turned,
        }
    )
    return Power(table, how, True, swings.winning / 2.0**number)


def _sampled(rule: Compiled, samples: int, seed: int) -> Power:
    """Return power over random orders, and over random coalitions; each voter's share is a frequency."""
    number = len(rule.voters)
    streams = np.random.SeedSequence(seed).spawn(2)
    orders, coalitions = (np.random.default_rng(stream) for stream in streams)
    pivots = np.zeros(number, dtype=np.int64)
    turned = np.zeros(number, dtype=np.int64)
    winning = 0
    for start in range(0, samples, CHUNK):
        size = min(CHUNK, samples - start)
        pivots += np.bincount(_pivots(rule, orders, size), minlength=number)
        joined = coalitions.random((size, number)) < 0.5
        wins = _won(rule, joined)
        winning += int(wins.sum())
        for voter in range(number):
            other = joined.copy()
            other[:, voter] = ~other[:, voter]
            turned[voter] += int((_won(rule, other) != wins).sum())
    shapley, low, high = interval_of(pivots, samples)
    penrose, penrose_low, penrose_high = interval_of(turned, samples)
    table = pd.DataFrame(
        {
            "actor": rule.voters.actors,
            "shapley_shubik": shapley, "shapley_shubik_low": low, "shapley_shubik_high": high,
            "banzhaf": penrose / max(penrose.sum(), 1e-300),
            "banzhaf_absolute": penrose, "banzhaf_absolute_low": penrose_low,
            "banzhaf_absolute_high": penrose_high,
        }
    )  # fmt: skip
    how = f"sampled: {samples:,} random orders and coalitions, seed {seed}"
    return Power(table, how, False, winning / samples)


def _won(rule: Compiled, joined: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return rule.passes(np.where(joined, 1, -1))


def _pivots(rule: Compiled, rng: np.random.Generator, size: int) -> NDArray[np.int64]:
    """Return who turns the outcome in each of `size` random orders, by halving: rules are monotone."""
    number = len(rule.voters)
    rank = rng.random((size, number)).argsort(axis=1).argsort(axis=1)
    low, high = np.zeros(size, dtype=np.int64), np.full(size, number)
    while (high - low > 1).any():
        middle = (low + high) // 2
        won = _won(rule, rank < middle[:, None])
        high, low = np.where(won & (middle > low), middle, high), np.where(won, low, middle)
    return np.asarray((rank == (high - 1)[:, None]).argmax(axis=1))


def interval_of(count: NDArray[np.int64], n: int) -> tuple[NDArray[np.float64], ...]:
    """Return a frequency and the ends of Wilson's interval for it."""
    share = count / n
    centre = (share + NORMAL**2 / (2 * n)) / (1 + NORMAL**2 / n)
    half = NORMAL * np.sqrt(share * (1 - share) / n + NORMAL**2 / (4 * n * n)) / (1 + NORMAL**2 / n)
    return share, np.where(count == 0, 0.0, centre - half), np.where(count == n, 1.0, centre + half)
