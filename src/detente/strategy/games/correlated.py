"""What two players can reach when somebody both trust draws a cell and tells each its part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from detente.errors import Problem, StrategyError
from detente.strategy.games.bimatrix import Bimatrix, bimatrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Correlated:
    """Chances (rows, columns) of cells that nobody gains from leaving, once told; the best for `weights`."""

    game: Bimatrix
    chances: Floats
    weights: tuple[float, float]

    @property
    def payoffs(self) -> tuple[float, float]:
        """What both players get."""
        return float((self.chances * self.game.a).sum()), float((self.chances * self.game.b).sum())

    @property
    def welfare(self) -> float:
        """Both payoffs, weighted, summed up."""
        return float(np.dot(self.weights, self.payoffs))

    @property
    def gain(self) -> float:
        """The most that a player gains by another action than it was told, as a share of its span."""
        gains = []
        for chances, own, span in zip(
            (self.chances, self.chances.T), (self.game.a, self.game.b.T), self.game.spans, strict=True
        ):
            earned = chances @ own.T
            gains.append(float((earned - np.diagonal(earned)[:, None]).max(axis=1).sum() / span))
        return max(gains)

    def frame(self) -> pd.DataFrame:
        """Return a row for each cell that may be drawn, with its chance and both payoffs."""
        cells = np.argwhere(self.chances > 0)
        at = (cells[:, 0], cells[:, 1])
        return pd.DataFrame(
            {
                "row": [self.game.rows[each] for each in at[0]],
                "column": [self.game.columns[each] for each in at[1]],
                "probability": self.chances[at],
                "payoff_row": self.game.a[at],
                "payoff_column": self.game.b[at],
            }
        )


def correlated(
    a: ArrayLike,
    b: ArrayLike,
    *,
    rows: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    weights: tuple[float, float] = (1.0, 1.0),
) -> Correlated:
    """Return the correlated equilibrium (Aumann 1974) with the largest weighted sum of payoffs, by HiGHS.

    Payoffs of two players are on scales of their own: equal `weights` sum up what is not always comparable.
    Raises `StrategyError` as `bimatrix` does, and where weights are negative, not finite or all 0.

    >>> told = correlated([[6, 2], [7, 0]], [[6, 7], [2, 0]])
    >>> told.chances.round(6).tolist(), round(told.welfare, 6)
    ([[0.5, 0.25], [0.25, 0.0]], 10.5)
    """
    if not np.isfinite(weights).all() or min(weights) < 0 or not sum(weights):
        what = f"{weights} weigh nobody, or somebody by less than nothing"
        raise StrategyError(Problem("weights", what, "give two numbers of 0 or more, one of them above 0"))
    game = bimatrix(a, b, rows=rows, columns=columns)
    one, other = game.scaled()
    rules = np.vstack([_gains(one, turned=False), _gains(other.T, turned=True)])
    goal = weights[0] * game.a + weights[1] * game.b
    goal = (goal - goal.min()) / (float(np.ptp(goal)) or 1.0)
    at = np.nonzero(rules)
    told = linprog(
        -goal.ravel(),
        A_ub=coo_array((rules[at], at), shape=rules.shape).tocsr(), b_ub=np.zeros(len(rules)),
        A_eq=np.ones((1, goal.size)), b_eq=[1.0], bounds=(0.0, 1.0), method="highs",
    )  # fmt: skip
    if told.x is None:
        raise StrategyError(Problem("payoffs", f"the linear program failed: {told.message}"))
    return Correlated(game, np.asarray((told.x / told.x.sum()).reshape(game.shape)), weights)


def _gains(own: Floats, *, turned: bool) -> Floats:
    """Return what a player gains by action `other` where it was told `told`, for every pair and cell.

    (pairs, cells), for payoffs (own actions, others); `turned` where the player chooses columns.
    """
    m, n = own.shape
    told, other = np.nonzero(~np.eye(m, dtype=bool))
    gains = np.zeros((len(told), m, n))
    gains[np.arange(len(told)), told] = own[other] - own[told]
    return np.asarray((gains.transpose(0, 2, 1) if turned else gains).reshape(len(told), m * n))
