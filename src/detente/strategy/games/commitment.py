"""What it is worth to bind oneself first: the leader commits, the follower sees it and replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from detente.errors import Problem, StrategyError, did_you_mean
from detente.strategy.games.bimatrix import PLAYERS, Bimatrix, bimatrix, span
from detente.strategy.games.nash import Equilibria, solved

Floats = NDArray[np.float64]
Leader = Literal["row", "column"]
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Committed:
    """A leader's strategy (its actions,), the follower's reply, and what both get."""

    kind: str
    strategy: Floats
    reply: int
    leads: float
    follows: float


@dataclass(frozen=True, eq=False)
class Commitment:
    """Ways to commit, beside the equilibria of choosing at once. `game` has the leader's actions as rows."""

    game: Bimatrix
    leader: Leader
    ways: tuple[Committed, ...]
    nash: Equilibria

    def way(self, kind: str) -> Committed:
        """Return one way to commit: `mixed`, `pure` or `pure, ties against the leader`."""
        return next(each for each in self.ways if each.kind == kind)

    @property
    def at_once(self) -> tuple[float, float]:
        """The leader's payoff in the worst and in the best equilibrium found of choosing at once."""
        found = self.nash.payoffs[:, 0]
        return (float(found.min()), float(found.max())) if len(found) else (np.nan, np.nan)

    def frame(self) -> pd.DataFrame:
        """Return a row for each way to commit: both payoffs, the reply, and what it is worth to the leader
        over the worst and the best equilibrium of choosing at once, be they all there are or those found.
        """
        worst, best = self.at_once
        return pd.DataFrame(
            [
                {
                    "leader": self.leader, "kind": each.kind, "reply": self.game.columns[each.reply],
                    "payoff": each.leads, "follower_payoff": each.follows,
                    "over_worst": each.leads - worst, "over_best": each.leads - best,
                    "all_equilibria": self.nash.complete,
                }
                for each in self.ways
            ]
        )  # fmt: skip

    def strategies(self) -> pd.DataFrame:
        """Return a row for each way to commit and action that the leader plays, with its chance."""
        parts = [self.game.strategy_rows(row=each.strategy).assign(kind=each.kind) for each in self.ways]
        return pd.concat(parts, ignore_index=True)[["kind", "action", "probability"]]


def commitment(
    a: ArrayLike,
    b: ArrayLike,
    *,
    leader: Leader = "row",
    rows: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
) -> Commitment:
    """Return what the leader gets by committing to one action or to a mixture, and its worth.

    `mixed` is the strong Stackelberg equilibrium: for each reply, the mixture that is best for the leader
    among those to which it is a best reply (Conitzer and Sandholm 2006), one linear program each. Ties go to
    the leader, who could break them by a hair; for pure commitment both ways are told. `mixed` is never
    below an equilibrium of choosing at once (von Stengel and Zamir 2010). Raises `StrategyError` as
    `bimatrix` does.

    >>> told = commitment([[2, 4], [1, 3]], [[1, 0], [0, 1]])
    >>> told.frame()[["kind", "payoff"]].round(6).values.tolist()
    [['mixed', 3.5], ['pure', 3.0], ['pure, ties against the leader', 3.0]]
    >>> told.way("mixed").strategy.round(6).tolist(), told.at_once
    ([0.5, 0.5], (2.0, 2.0))
    """
    if leader not in PLAYERS:
        hint = did_you_mean(leader, PLAYERS) or "type 'row' or 'column'"
        raise StrategyError(Problem("leader", f"there is no player {leader!r}", hint))
    game = bimatrix(a, b, rows=rows, columns=columns)
    led = game if leader == "row" else game.turned()
    ways = (_mixed(led), _pure(led, kind="pure", sign=1.0))
    last = _pure(led, kind="pure, ties against the leader", sign=-1.0)
    return Commitment(led, leader, (*ways, last), solved(led))


def _pure(game: Bimatrix, *, kind: str, sign: float) -> Committed:
    """Return the best action to commit to; the follower breaks ties by `sign` times the leader's payoff."""
    ties = game.b >= game.b.max(axis=1, keepdims=True) - SAME * span(game.b)
    replies = np.where(ties, sign * game.a, -np.inf).argmax(axis=1)
    leads = game.a[np.arange(len(replies)), replies]
    row = int(leads.argmax())
    reply = int(replies[row])
    return Committed(kind, np.eye(len(replies))[row], reply, float(leads[row]), float(game.b[row, reply]))


def _mixed(game: Bimatrix) -> Committed:
    """Return the best mixture to commit to, over all replies that some mixture makes best."""
    found = [(reply, _induced(game, reply)) for reply in range(game.shape[1])]
    ways = [
        Committed("mixed", x, reply, float(x @ game.a[:, reply]), float(x @ game.b[:, reply]))
        for reply, x in found
        if x is not None
    ]
    # A pure commitment is a mixture: it stands in where rounding leaves its program without a solution.
    return max([*ways, _pure(game, kind="mixed", sign=1.0)], key=lambda way: way.leads)


def _induced(game: Bimatrix, reply: int) -> Floats | None:
    """Return the leader's best mixture to which `reply` is a best reply, or None where there is none."""
    one, other = game.scaled()
    m, n = game.shape
    told = linprog(
        -one[:, reply],
        A_ub=(other - other[:, [reply]]).T, b_ub=np.zeros(n),
        A_eq=np.ones((1, m)), b_eq=[1.0], bounds=(0.0, 1.0), method="highs",
    )  # fmt: skip
    return None if told.x is None else np.asarray(told.x / told.x.sum())
