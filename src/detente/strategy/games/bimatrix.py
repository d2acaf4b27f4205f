"""A game of two players in normal form: what each gets where the one plays a row and the other a column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.naming import misnamed, named

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PLAYERS = ("row", "column")
LARGEST = 1e150
TOLERANCE = 1e-8
"""What an equilibrium may leave on the table, as a share of the span of its player's payoffs."""


@dataclass(frozen=True, eq=False)
class Bimatrix:
    """Payoffs (rows, columns) of the row player, `a`, and of the column player, `b`, and what actions are
    called."""

    a: Floats
    b: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """How many actions each player has."""
        return len(self.rows), len(self.columns)

    @property
    def spans(self) -> tuple[float, float]:
        """The distance from the smallest to the largest payoff of each player; 1 where all are equal."""
        return span(self.a), span(self.b)

    def names(self, player: int) -> tuple[str, ...]:
        """Return the actions of player 0 (row) or 1 (column)."""
        return self.columns if player else self.rows

    def turned(self) -> Bimatrix:
        """Return the same game with the players' places exchanged."""
        return Bimatrix(self.b.T.copy(), self.a.T.copy(), self.columns, self.rows)

    def part(self, rows: Flags, columns: Flags) -> Bimatrix:
        """Return the game of the actions that are flagged."""
        cells = np.ix_(rows, columns)
        return Bimatrix(self.a[cells], self.b[cells], _kept(self.rows, rows), _kept(self.columns, columns))

    def scaled(self) -> tuple[Floats, Floats]:
        """Return both players' payoffs moved and stretched to 1 to 2: equilibria stay what they are."""
        return scaled(self.a), scaled(self.b)

    def payoffs(self, x: Floats, y: Floats) -> Floats:
        """Return what both get, (profiles, 2), where x (profiles, rows) meets y (profiles, columns)."""
        return np.asarray(np.stack([((x @ each) * y).sum(axis=1) for each in (self.a, self.b)], axis=1))

    def regrets(self, x: Floats, y: Floats) -> Floats:
        """Return what each player would gain by its best reply, (profiles, 2), as a share of its span."""
        a, b = self.scaled()
        replies, answers = y @ a.T, x @ b
        gains = [
            replies.max(axis=1) - (x * replies).sum(axis=1),
            answers.max(axis=1) - (answers * y).sum(axis=1),
        ]
        return np.asarray(np.maximum(np.stack(gains, axis=1), 0.0))

    def strategy_rows(self, **profiles: Floats) -> pd.DataFrame:
        """Return rows of player, action and probability, for `row` and `column` strategies that are given."""
        return pd.DataFrame(
            [
                {"player": player, "action": name, "probability": float(chance)}
                for player, chances in profiles.items()
                for name, chance in zip(self.names(PLAYERS.index(player)), chances, strict=True)
                if chance > 0
            ],
            columns=["player", "action", "probability"],
        )


def span(payoffs: Floats) -> float:
    """Return the distance from the smallest payoff to the largest, or 1 where all are equal."""
    return float(np.ptp(payoffs)) or 1.0


def scaled(payoffs: Floats) -> Floats:
    """Return payoffs moved and stretched to lie between 1 and 2."""
    return np.asarray(1.0 + (payoffs - payoffs.min()) / span(payoffs))


def bimatrix(
    a: ArrayLike, b: ArrayLike, *, rows: tuple[str, ...] = (), columns: tuple[str, ...] = ()
) -> Bimatrix:
    """Return the game with payoffs `a` and `b`, both (rows, columns); actions without names are numbered.

    Raises `StrategyError` where payoffs are no tables of one shape, where one is not finite or beyond 1e150,
    and where names are not as many as actions or come twice.

    >>> bimatrix([[2, 4], [1, 3]], [[1, 0], [0, 1]]).rows
    ('row 1', 'row 2')
    """
    one, other = np.array(a, dtype=float), np.array(b, dtype=float)
    if one.ndim != 2 or one.shape != other.shape or not one.size:
        what = f"are of shapes {one.shape} and {other.shape}"
        hint = "give both players' payoffs for the same rows and columns, one of each at least"
        raise StrategyError(Problem("payoffs", what, hint))
    problems = [
        problem
        for names, count, kind in zip((rows, columns), one.shape, PLAYERS, strict=True)
        for problem in misnamed(names, count, kind=kind)
    ]
    for player, payoffs in zip(PLAYERS, (one, other), strict=True):
        wrong = int((~np.isfinite(payoffs)).sum())
        if wrong:
            what = f"{wrong} of the {player} player's payoffs are not finite"
            problems.append(Problem("payoffs", what, "leave out the futures they come from, and say so"))
        elif np.abs(payoffs).max() > LARGEST:
            what = f"one of the {player} player's is beyond {LARGEST:g}"
            problems.append(Problem("payoffs", what, "give them in larger units"))
    raise_all(StrategyError, problems)
    m, n = one.shape
    return Bimatrix(one, other, named(rows, m, kind="row"), named(columns, n, kind="column"))


def _kept(names: tuple[str, ...], flags: Flags) -> tuple[str, ...]:
    return tuple(name for name, flag in zip(names, flags, strict=True) if flag)
