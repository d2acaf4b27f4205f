"""All equilibria of a small game, some of a larger one: each checked, none alone as if it were the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import QhullError

from detente.strategy.games.bimatrix import PLAYERS, TOLERANCE, Bimatrix, bimatrix
from detente.strategy.games.dominance import reduced
from detente.strategy.games.paths import PLAYED, Profile, paths, polished, program, pure
from detente.strategy.games.vertices import extreme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LARGEST = 12
"""Up to so many actions each, all are enumerated: in a second, and three times that for each action more."""
PLACES = 7


@dataclass(frozen=True, eq=False)
class Equilibria:
    """Equilibria of a game: `rows` (equilibria, rows) and `columns` (equilibria, columns) are what is played.

    Where the game is degenerate they are the extreme ones; those of one `component` are joined by others.
    """

    game: Bimatrix
    rows: Floats
    columns: Floats
    component: Ints | None
    """Which connected set each belongs to; None where not all were enumerated."""
    complete: bool
    degenerate: bool | None
    """None where it was not found out."""
    how: str

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def payoffs(self) -> Floats:
        """What both players get in each: (equilibria, 2)."""
        return self.game.payoffs(self.rows, self.columns)

    @property
    def regrets(self) -> Floats:
        """What each player could still gain, as a share of the span of its payoffs: (equilibria, 2)."""
        return self.game.regrets(self.rows, self.columns)

    def frame(self) -> pd.DataFrame:
        """Return a row for each equilibrium, player and action that is played: its chance, and what the
        player gets there and could still gain. `component` is empty where not all were enumerated."""
        payoffs, regrets = self.payoffs, self.regrets
        part = np.full(len(self), np.nan) if self.component is None else self.component + 1.0
        parts = [
            self.game.strategy_rows(row=self.rows[at], column=self.columns[at]).assign(
                equilibrium=at + 1, component=part[at]
            )
            for at in range(len(self))
        ]
        heads = ["equilibrium", "component", "player", "action", "probability", "payoff", "regret"]
        if not parts:
            return pd.DataFrame(columns=heads)
        rows = pd.concat(parts, ignore_index=True)
        cells = (rows["equilibrium"].to_numpy() - 1, rows["player"].map(PLAYERS.index).to_numpy())
        return rows.assign(payoff=payoffs[cells], regret=regrets[cells])[heads]


def equilibria(
    a: ArrayLike, b: ArrayLike, *, rows: tuple[str, ...] = (), columns: tuple[str, ...] = ()
) -> Equilibria:
    """Return the Nash equilibria of the game with payoffs `a` and `b`, (rows, columns): all of them up to
    `LARGEST` actions each.

    Strictly dominated actions are taken out of a larger game first. Where it stays larger, the pure
    equilibria and the ends of the paths of Lemke and Howson are returned, `complete` is False, and `how`
    says so. Every equilibrium leaves less than 1e-8 of the span of a player's payoffs on the table; what
    does not is left out. Raises `StrategyError` as `bimatrix` does.

    >>> told = equilibria([[3, 0], [0, 2]], [[2, 0], [0, 3]], rows=("opera", "match"))
    >>> len(told), told.complete, told.degenerate
    (3, True, False)
    >>> told.frame().query("player == 'row' and equilibrium == 3")["probability"].round(2).tolist()
    [0.6, 0.4]
    """
    return solved(bimatrix(a, b, rows=rows, columns=columns))


def solved(game: Bimatrix) -> Equilibria:
    """Return the equilibria of a game, as `equilibria` does."""
    if max(game.shape) <= LARGEST:
        return _of(game)
    left = reduced(game)
    small = _of(left.left)
    if not left.gone:
        return small
    x, y = np.zeros((len(small), game.shape[0])), np.zeros((len(small), game.shape[1]))
    x[:, left.rows], y[:, left.columns] = small.rows, small.columns
    how = f"{small.how}; {len(left.gone)} dominated actions of {_size(game)} left out"
    return Equilibria(game, x, y, small.component, small.complete, small.degenerate, how)


def _of(game: Bimatrix) -> Equilibria:
    if max(game.shape) > LARGEST:
        return _searched(game, f"{_size(game)} is too large to enumerate")
    return _enumerated(game) or _searched(game, "enumeration failed")


def _size(game: Bimatrix) -> str:
    return f"{game.shape[0]} × {game.shape[1]}"


def _enumerated(game: Bimatrix) -> Equilibria | None:
    """Return all equilibria of a small game, or None where that failed."""
    try:
        x, y, component, degenerate = extreme(*game.scaled())
    except QhullError:
        return None
    good = game.regrets(x, y).max(axis=1, initial=0.0) < TOLERANCE
    if not good.any():
        return None
    x, y, component = x[good], y[good], component[good]
    at = _order(x, y)
    how = f"all of {_size(game)} enumerated"
    if not good.all():
        how = f"{how}, {int((~good).sum())} beyond the tolerance left out"
    return Equilibria(game, x[at], y[at], _renumbered(component[at]), bool(good.all()), degenerate, how)


def _searched(game: Bimatrix, why: str) -> Equilibria:
    """Return what pure strategies, all paths, and at last a program find."""
    scaled = game.scaled()
    found = _checked(game, [*pure(game.a, game.b), *paths(*scaled)])
    how = f"{why}: pure strategies and paths of Lemke and Howson from all {sum(game.shape)} actions"
    if not found:
        last = program(*scaled)
        found, how = _checked(game, [last] if last else []), f"{how}, then a mixed-integer program"
    x = np.array([each[0] for each in found]).reshape(-1, game.shape[0])
    y = np.array([each[1] for each in found]).reshape(-1, game.shape[1])
    at = _order(x, y)
    uneven = ((x > PLAYED).sum(axis=1) != (y > PLAYED).sum(axis=1)).any()
    return Equilibria(game, x[at], y[at], None, False, True if uneven else None, f"{how}; there may be more")


def _checked(game: Bimatrix, profiles: Iterable[Profile]) -> list[Profile]:
    """Return those profiles that are equilibria, levelled once where they are not at first, each once."""
    found: dict[bytes, Profile] = {}
    for profile in profiles:
        for x, y in _tries(game, profile):
            if game.regrets(x[None, :], y[None, :]).max() < TOLERANCE:
                found.setdefault((np.concatenate([x, y]).round(PLACES) + 0.0).tobytes(), (x, y))
                break
    return list(found.values())


def _tries(game: Bimatrix, profile: Profile) -> Iterator[Profile]:
    yield profile
    yield polished(*game.scaled(), profile)


def _order(x: Floats, y: Floats) -> Ints:
    """Return equilibria in order: those in which least is mixed first, then by their first actions."""
    mixed = (x > PLAYED).sum(axis=1) + (y > PLAYED).sum(axis=1)
    keys = np.hstack([-y[:, ::-1], -x[:, ::-1]]).round(PLACES)
    return np.lexsort([*keys.T, mixed])


def _renumbered(component: Ints) -> Ints:
    """Return components numbered as they appear."""
    _, first, place = np.unique(component, return_index=True, return_inverse=True)
    return np.asarray(first.argsort().argsort()[place], dtype=np.int64)
