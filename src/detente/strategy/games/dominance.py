"""Actions that no belief makes worth playing, and best replies to each action of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from detente.strategy.games.bimatrix import PLAYERS, Bimatrix, bimatrix, scaled

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
STRICT = 1e-7
"""A dominating mixture earns more by this share of the span at least: more than linear programs round."""


@dataclass(frozen=True, eq=False)
class Dominance:
    """What is left when strictly dominated actions go, round by round, and by what each was dominated."""

    game: Bimatrix
    rows: Flags
    columns: Flags
    gone: tuple[tuple[int, str, str, Floats], ...]
    """Round, player, action, and the mixture (actions,) of the player's that earns more everywhere."""

    @property
    def left(self) -> Bimatrix:
        """The game of the actions that are left."""
        return self.game.part(self.rows, self.columns)

    def frame(self) -> pd.DataFrame:
        """Return a row for each action that is gone and each action of the mixture that dominates it."""
        return pd.DataFrame(
            [
                {"round": at, "player": player, "action": action, "by": name, "probability": float(chance)}
                for at, player, action, mixture in self.gone
                for name, chance in zip(self.game.names(PLAYERS.index(player)), mixture, strict=True)
                if chance > 0
            ],
            columns=["round", "player", "action", "by", "probability"],
        )


@dataclass(frozen=True, eq=False)
class Replies:
    """Best replies to pure actions: flags (rows, columns) of the row player's and of the column player's."""

    game: Bimatrix
    row: Flags
    column: Flags

    @property
    def both(self) -> Flags:
        """Cells where each plays a best reply to the other: equilibria in pure strategies."""
        return self.row & self.column

    def frame(self) -> pd.DataFrame:
        """Return a row for each player, action of the other, and best reply to it."""
        flags = (self.row.T, self.column)
        return pd.DataFrame(
            [
                {
                    "player": player,
                    "against": self.game.names(1 - at)[int(other)],
                    "reply": self.game.names(at)[int(own)],
                }
                for at, player in enumerate(PLAYERS)
                for other, own in np.argwhere(flags[at])
            ]
        )


def best_responses(
    a: ArrayLike, b: ArrayLike, *, rows: tuple[str, ...] = (), columns: tuple[str, ...] = ()
) -> Replies:
    """Return each player's best replies to every action of the other; ties are all best.

    Raises `StrategyError` as `bimatrix` does.

    >>> best_responses([[3, 0], [0, 2]], [[2, 0], [0, 3]]).both.tolist()
    [[True, False], [False, True]]
    """
    game = bimatrix(a, b, rows=rows, columns=columns)
    return Replies(game, game.a == game.a.max(axis=0), game.b == game.b.max(axis=1, keepdims=True))


def dominated(
    a: ArrayLike, b: ArrayLike, *, rows: tuple[str, ...] = (), columns: tuple[str, ...] = ()
) -> Dominance:
    """Return what is left when actions go that a mixture of others strictly dominates, until none does.

    Which actions are left does not depend on the order in which they go (Gilboa, Kalai and Zemel 1990), and
    no equilibrium is lost. Raises `StrategyError` as `bimatrix` does.

    >>> told = dominated([[3, 0], [0, 3], [1, 1]], [[1, 0], [0, 1], [0, 0]], rows=("up", "down", "middle"))
    >>> told.left.rows, told.frame()["by"].tolist()
    (('up', 'down'), ['up', 'down'])
    """
    return reduced(bimatrix(a, b, rows=rows, columns=columns))


def reduced(game: Bimatrix) -> Dominance:
    """Return what is left of a game when strictly dominated actions go."""
    payoffs = [scaled(game.a), scaled(game.b).T]
    keep = [np.ones(size, dtype=bool) for size in game.shape]
    gone: list[tuple[int, str, str, Floats]] = []
    at = 1
    while True:
        found = [
            (player, action, mixture)
            for player in (0, 1)
            for action, mixture in _worse(payoffs[player][np.ix_(keep[player], keep[1 - player])])
        ]
        if not found:
            return Dominance(game, keep[0], keep[1], tuple(gone))
        alive = [np.flatnonzero(flags) for flags in keep]
        for player, action, mixture in found:
            full = np.zeros(len(keep[player]))
            full[alive[player]] = mixture
            place = alive[player][action]
            gone.append((at, PLAYERS[player], game.names(player)[place], full))
            keep[player][place] = False
        at += 1


def _worse(own: Floats) -> list[tuple[int, Floats]]:
    """Return the strictly dominated actions of payoffs (own actions, others), each with what dominates it.

    An action that is a best reply to some action of the other is not dominated; of the rest, another pure
    action is tried before a mixture.
    """
    answers = (own == own.max(axis=0)).any(axis=1)
    found = []
    for action in np.flatnonzero(~answers):
        margins = (own - own[action]).min(axis=1)
        best = int(margins.argmax())
        mixture = np.eye(len(own))[best] if margins[best] > STRICT else _mixture(own, int(action))
        if mixture is not None:
            found.append((int(action), mixture))
    return found


def _mixture(own: Floats, action: int) -> Floats | None:
    """Return the mixture of other actions that beats `action` by most where it does so least, if it does."""
    others, against = own.shape
    ends = [(0.0, 0.0 if place == action else 1.0) for place in range(others)]
    told = linprog(
        np.append(np.zeros(others), -1.0),
        A_ub=np.hstack([-own.T, np.ones((against, 1))]), b_ub=-own[action],
        A_eq=np.append(np.ones(others), 0.0)[None, :], b_eq=[1.0],
        bounds=[*ends, (None, None)], method="highs",
    )  # fmt: skip
    if told.x is None or -told.fun <= STRICT:
        return None
    chances = np.where(told.x[:-1] > STRICT, told.x[:-1], 0.0)
    return np.asarray(chances / chances.sum())
