"""The exchange model: two actors trade what each cares less about (Stokman and Van Oosten 1994).

Where two actors stand on opposite sides of the expected outcome on two issues, and one cares relatively more
about the first and the other about the second, each can move towards the other on the issue it cares less
about, and both gain. The exchange rate gives both the same gain. Exchanges are made one after the other, the
one that gains most first; a position that was traded away is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detente.simulation.bargaining.averages import compromise

Floats = NDArray[np.float64]
CLOSE = 1e-12


@dataclass(frozen=True)
class Exchange:
    """One trade: `first` gives way on issue `gives`, `second` on issue `gets`; both gain `gain`."""

    first: int
    second: int
    gives: int
    gets: int
    shift_given: float
    shift_got: float
    """How far the expected outcome moves on each issue."""
    gain: float


@dataclass(frozen=True)
class Trades:
    """Positions after all trades (actors, issues), the outcome (issues,), and the trades in order."""

    position: Floats
    outcome: Floats
    made: tuple[Exchange, ...]


def exchange(position: Floats, capability: Floats, salience: Floats) -> Trades:
    """Return what is left of positions when all trades that gain are made, one after the other.

    `position` and `salience` are (actors, issues), `capability` (actors,). With one issue there is nothing to
    trade.

    >>> where = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> trades = exchange(where, np.ones(2), np.array([[0.2, 0.8], [0.8, 0.2]]))
    >>> trades.outcome.round(3).tolist()
    [1.0, 0.0]
    """
    where = np.array(position, dtype=float)
    free = np.ones(where.shape, dtype=bool)
    made: list[Exchange] = []
    while True:
        best = max(possible(where, capability, salience, free), key=_order, default=None)
        if best is None:
            break
        i, j, p, q = best.first, best.second, best.gives, best.gets
        weight = capability[:, None] * salience
        total = weight.sum(axis=0)
        where[i, p] += np.sign(where[j, p] - where[i, p]) * best.shift_given * total[p] / weight[i, p]
        where[j, q] += np.sign(where[i, q] - where[j, q]) * best.shift_got * total[q] / weight[j, q]
        free[i, p] = free[j, q] = False
        made.append(best)
    return Trades(where, compromise(where, capability[:, None] * salience), tuple(made))


def possible(
    position: Floats, capability: Floats, salience: Floats, free: NDArray[np.bool_] | None = None
) -> Iterator[Exchange]:
    """Yield every trade between two actors over two issues from which both gain.

    `free` (actors, issues) says which positions may still be traded away; all if left out.
    """
    weight = capability[:, None] * salience
    side = np.sign(position - compromise(position, weight))
    total = weight.sum(axis=0)
    open_ = np.ones(position.shape, dtype=bool) if free is None else free
    for i, j in combinations(range(len(position)), 2):
        opposed = np.flatnonzero(side[i] * side[j] < 0)
        for one, two in combinations(opposed, 2):
            found = _trade(i, j, int(one), int(two), position, weight, salience, total)
            if found is not None and open_[found.first, found.gives] and open_[found.second, found.gets]:
                yield found


def _trade(
    i: int, j: int, one: int, two: int, position: Floats, weight: Floats, salience: Floats, total: Floats
) -> Exchange | None:
    """Return the trade of i and j over two issues at the rate that gives both the same gain."""
    lean = salience[i, one] * salience[j, two] - salience[j, one] * salience[i, two]
    if abs(lean) <= CLOSE:
        return None
    p, q = (one, two) if lean < 0 else (two, one)
    most_given = abs(position[i, p] - position[j, p]) * weight[i, p] / total[p]
    most_got = abs(position[i, q] - position[j, q]) * weight[j, q] / total[q]
    rate = (salience[i, p] + salience[j, p]) / (salience[i, q] + salience[j, q])
    given = min(most_given, most_got / rate)
    gain = given * rate * salience[i, q] - given * salience[i, p]
    if gain <= CLOSE:
        return None
    return Exchange(i, j, p, q, float(given), float(given * rate), float(gain))


def _order(trade: Exchange) -> tuple[float, int, int, int, int]:
    """Return what trades are ranked by: gain, and of equals the first actors and issues."""
    return (round(trade.gain, 12), -trade.first, -trade.second, -trade.gives, -trade.gets)
