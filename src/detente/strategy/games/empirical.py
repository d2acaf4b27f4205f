"""A game whose payoffs are simulated: its equilibria, how far off they may be, and how firm they are.

The mean of payoffs over futures is a game that is known up to an error, and its equilibria are equilibria
of that game only. Futures are shared by all cells, so that they are resampled as wholes and errors that
cells have in common fall out of every comparison (Wiedenbeck, Cassell and Wellman 2014).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.games import resampling
from detente.strategy.games.bimatrix import PLAYERS, Bimatrix, bimatrix
from detente.strategy.games.nash import Equilibria, solved
from detente.strategy.paired import LEVEL, resampled, usable, widening

Floats = NDArray[np.float64]
ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


@dataclass(frozen=True, eq=False)
class Margins:
    """How far the mean game may be from the true one, 95 per cent, for both players at once: (2,) each.

    `epsilon` is the largest error of any payoff, so that every equilibrium of the mean game is a 2-epsilon
    equilibrium of the true one, and the other way round (Tuyls and others 2020). `paired` bounds the same
    regret directly, by the largest error of a difference between two actions of a player: what futures have
    in common falls out, and it is never above 2 epsilon.
    """

    epsilon: Floats
    paired: Floats

    def frame(self) -> pd.DataFrame:
        """Return a row for each player."""
        return pd.DataFrame(
            {
                "player": PLAYERS,
                "epsilon": self.epsilon,
                "two_epsilon": 2 * self.epsilon,
                "paired": self.paired,
            }
        )


@dataclass(frozen=True, eq=False)
class Empirical:
    """Equilibria of the mean of simulated games, and what resampled futures say of them."""

    equilibria: Equilibria
    bounds: Floats
    """Upper ends, 95 per cent, of each player's regret in the true game, in its payoffs: (equilibria, 2)."""
    either: Floats
    """The same of the larger of the two, each as a share of the span of its player's payoffs."""
    payoffs: Floats
    """Ends, 95 per cent, of both players' payoffs: (equilibria, 2 players, 2 ends)."""
    persists: Floats
    """The share of resampled games in which the same supports carry an equilibrium: (equilibria,)."""
    supports: Counter[resampling.Support]
    """How often each pair of supports came up where one equilibrium of each resampled game was found."""
    failed: int
    """Resampled games of which no equilibrium was found."""
    margins: Margins
    futures: int
    quarantined: tuple[str, ...]

    @property
    def mean(self) -> Bimatrix:
        """The game of mean payoffs."""
        return self.equilibria.game

    def frame(self) -> pd.DataFrame:
        """Return a row for each equilibrium and player: payoff with its interval, regret bound, firmness."""
        told = self.equilibria.payoffs
        found = self._came_up()
        return pd.DataFrame(
            [
                {
                    "equilibrium": at + 1, "player": name, "payoff": told[at, player],
                    "low": self.payoffs[at, player, 0], "high": self.payoffs[at, player, 1],
                    "regret_bound": self.bounds[at, player], "either_bound": self.either[at],
                    "persists": self.persists[at], "came_up": found[at],
                }
                for at in range(len(told))
                for player, name in enumerate(PLAYERS)
            ]
        )  # fmt: skip

    def supports_frame(self) -> pd.DataFrame:
        """Return a row for each pair of supports that came up, the commonest first, with its share."""
        total = max(self.supports.total(), 1)
        ordered = sorted(self.supports.items(), key=lambda each: (-each[1], each[0]))
        return pd.DataFrame(
            [
                {
                    "rows": tuple(self.mean.rows[at] for at in rows),
                    "columns": tuple(self.mean.columns[at] for at in columns),
                    "share": count / total,
                }
                for (rows, columns), count in ordered
            ],
            columns=["rows", "columns", "share"],
        )

    def actions_frame(self) -> pd.DataFrame:
        """Return a row for each player and action: the share of resampled games in which it was played."""
        total = max(self.supports.total(), 1)
        return pd.DataFrame(
            [
                {"player": name, "action": action, "share": played / total}
                for player, name in enumerate(PLAYERS)
                for at, action in enumerate(self.mean.names(player))
                for played in [sum(n for pair, n in self.supports.items() if at in pair[player])]
            ]
        )

    def _came_up(self) -> list[float]:
        pairs = zip(self.equilibria.rows, self.equilibria.columns, strict=True)
        total = max(self.supports.total(), 1)
        return [self.supports[resampling.support(x, y)] / total for x, y in pairs]


def empirical(
    payoffs: ArrayLike,
    *,
    rows: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    futures: tuple[str, ...] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Empirical:
    """Return the game of mean payoffs, (rows, columns, futures, 2 players), with what is not known of it.

    Regret bounds are percentiles over resampled futures, widened for few of them (`widening`). A bound holds
    for one equilibrium; `margins` hold for all at once. A future with a payoff that is not finite is left out
    for all cells and named. Raises `StrategyError` where fewer than two futures are left, and as `bimatrix`
    does.

    >>> luck = np.random.default_rng(1).normal(size=(1, 1, 50, 2))
    >>> truth = np.array([[[3.0, 2], [0, 0]], [[0, 0], [2, 3]]])
    >>> told = empirical(truth[:, :, None, :] + 0.1 * luck)
    >>> told.frame()["persists"].tolist(), told.margins.paired.round(6).tolist()
    ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.0])
    """
    given = np.array(payoffs, dtype=float)
    if given.ndim != 4 or given.shape[3] != 2:
        hint = "give payoffs as (rows, columns, futures, 2 players)"
        raise StrategyError(Problem("payoffs", f"are of shape {given.shape}", hint))
    kept = usable(given, axis=2, futures=futures)
    number = len(kept.futures)
    mean = kept.payoffs.mean(axis=0)
    found = solved(bimatrix(mean[..., 0], mean[..., 1], rows=rows, columns=columns))
    counts = resampled(number, resamples=resamples, seed=seed, name="game")
    flat = kept.payoffs.reshape(number, -1)
    games = ((counts / number) @ flat).reshape(resamples, *mean.shape)
    wide = mean + widening(number) * (games - mean)
    bounds, either, ends = _bounds(found, wide)
    one, other = (np.ascontiguousarray(games[..., player]) for player in (0, 1))
    profiles = list(zip(found.rows, found.columns, strict=True))
    seen, failed = resampling.supports(one, other)
    return Empirical(
        found, bounds, either, ends,
        np.array([resampling.carried(one, other, x, y).mean() for x, y in profiles]),
        seen, failed, _margins(wide - mean, found.game), number, kept.quarantined,
    )  # fmt: skip


def _bounds(found: Equilibria, games: Floats) -> tuple[Floats, Floats, Floats]:
    """Return for each equilibrium regret bounds of both and of either player, and ends of payoffs."""
    a, b = games[..., 0], games[..., 1]
    spans = np.array(found.game.spans)
    bounds, either, ends = np.empty((len(found), 2)), np.empty(len(found)), np.empty((len(found), 2, 2))
    for at, (x, y) in enumerate(zip(found.rows, found.columns, strict=True)):
        lost = resampling.regrets(a, b, x, y)
        bounds[at] = np.quantile(lost, LEVEL, axis=0)
        either[at] = np.quantile((lost / spans).max(axis=1), LEVEL)
        got = np.stack([(a @ y) @ x, (b @ y) @ x], axis=1)
        ends[at] = np.quantile(got, ENDS, axis=0).T
    return np.maximum(bounds, 0.0), np.maximum(either, 0.0), ends


def _margins(errors: Floats, game: Bimatrix) -> Margins:
    """Return margins for both players from errors (games, rows, columns, 2): each as a share of its span."""
    spans = np.array(game.spans)
    largest = np.abs(errors).max(axis=(1, 2)) / spans
    apart = np.stack([np.ptp(errors[..., 0], axis=1).max(axis=1),
                      np.ptp(errors[..., 1], axis=2).max(axis=1)], axis=1) / spans  # fmt: skip
    epsilon, paired = (float(np.quantile(each.max(axis=1), LEVEL)) for each in (largest, apart))
    return Margins(epsilon * spans, paired * spans)
