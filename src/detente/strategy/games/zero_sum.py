"""What a player can secure where one's gain is the other's loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from detente.errors import Problem, StrategyError
from detente.strategy.games.bimatrix import Bimatrix, bimatrix, scaled, span

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ZeroSum:
    """The value of a game to the row player, and strategies that secure it: (rows,) and (columns,).

    `gap` is the distance between what the two strategies secure, as a share of the span of payoffs.
    """

    game: Bimatrix
    value: float
    row: Floats
    column: Floats
    gap: float

    def frame(self) -> pd.DataFrame:
        """Return a row for each player and action that is played, with its chance."""
        return self.game.strategy_rows(row=self.row, column=self.column)


def zero_sum(a: ArrayLike, *, rows: tuple[str, ...] = (), columns: tuple[str, ...] = ()) -> ZeroSum:
    """Return value and maximin strategies of the game in which the column player loses payoffs `a`.

    One linear program for each player (von Neumann 1928; Dantzig 1951), by HiGHS. Raises `StrategyError` as
    `bimatrix` does.

    >>> told = zero_sum([[1, -1], [-1, 1]])
    >>> abs(round(told.value, 9)), told.row.round(9).tolist()
    (0.0, [0.5, 0.5])
    """
    paid = np.array(a, dtype=float)
    game = bimatrix(paid, -paid, rows=rows, columns=columns)
    row, column = secured(game.a), secured(-game.a.T)
    low, high = float((row @ game.a).min()), float((game.a @ column).max())
    return ZeroSum(game, (low + high) / 2, row, column, (high - low) / span(game.a))


def secured(payoffs: Floats) -> Floats:
    """Return the mixture of actions (rows of payoffs) whose worst case is best."""
    m, n = payoffs.shape
    unit = scaled(payoffs)
    told = linprog(
        np.append(np.zeros(m), -1.0),
        A_ub=np.hstack([-unit.T, np.ones((n, 1))]), b_ub=np.zeros(n),
        A_eq=np.append(np.ones(m), 0.0)[None, :], b_eq=[1.0],
        bounds=[(0.0, 1.0)] * m + [(None, None)], method="highs",
    )  # fmt: skip
    if told.x is None:
        raise StrategyError(Problem("payoffs", f"the linear program failed: {told.message}"))
    return np.asarray(told.x[:-1] / told.x[:-1].sum())
