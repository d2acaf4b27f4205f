"""Resampled games: what they say of a profile's regret, of its support, and of which supports come up."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from detente.strategy.games.bimatrix import TOLERANCE, scaled
from detente.strategy.games.paths import PLAYED, path

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Support = tuple[tuple[int, ...], tuple[int, ...]]


def support(x: Floats, y: Floats) -> Support:
    """Return which actions a profile plays.

    >>> support(np.array([0.5, 0.0, 0.5]), np.array([0.0, 1.0]))
    ((0, 2), (1,))
    """
    rows, columns = (np.flatnonzero(each > PLAYED).tolist() for each in (x, y))
    return tuple(rows), tuple(columns)


def regrets(a: Floats, b: Floats, x: Floats, y: Floats) -> Floats:
    """Return both players' regrets, (games, 2), over games (games, rows, columns): of one profile, (rows,)
    and (columns,), or of one in each game, (games, rows) and (games, columns)."""
    replies, answers = (a @ y[..., None])[..., 0], (x[..., None, :] @ b)[..., 0, :]
    got = np.stack([(replies * x).sum(axis=1), (answers * y).sum(axis=1)], axis=1)
    return np.asarray(np.stack([replies.max(axis=1), answers.max(axis=1)], axis=1) - got)


def carried(a: Floats, b: Floats, x: Floats, y: Floats) -> Flags:
    """Return in which games (games, rows, columns) the supports of a profile carry an equilibrium.

    Where supports differ in size, as they do in degenerate games alone: in which the profile itself is one.
    """
    rows, columns = x > PLAYED, y > PLAYED
    a, b = (each - each.min(axis=(1, 2), keepdims=True) for each in (a, b))
    apart = np.stack([np.ptp(each, axis=(1, 2)) for each in (a, b)], axis=1)
    spans = np.where(apart > 0, apart, 1.0)
    if rows.sum() != columns.sum():
        return np.asarray((regrets(a, b, x, y) <= TOLERANCE * spans).all(axis=1))
    of_x = _levelled(b.transpose(0, 2, 1), columns, rows)
    of_y = _levelled(a, rows, columns)
    chances = [
        (each >= -TOLERANCE).all(axis=1) & (np.abs(each.sum(axis=1) - 1) < TOLERANCE) for each in (of_x, of_y)
    ]
    return np.asarray(chances[0] & chances[1] & (regrets(a, b, of_x, of_y) <= TOLERANCE * spans).all(axis=1))


def _levelled(payoffs: Floats, own: Flags, played: Flags) -> Floats:
    """Return chances of what is `played` at which all `own` actions earn one value, by game."""
    games, size = len(payoffs), int(played.sum())
    left = np.zeros((games, size + 1, size + 1))
    left[:, :size, :size] = payoffs[:, own][:, :, played]
    left[:, :size, size], left[:, size, :size] = -1.0, 1.0
    right = np.append(np.zeros(size), 1.0)
    try:
        found = np.linalg.solve(left, np.broadcast_to(right[:, None], (games, size + 1, 1)))[..., 0]
    except np.linalg.LinAlgError:  # one singular game spoils the batch
        found = np.linalg.pinv(left) @ right
    chances = np.zeros((games, len(played)))
    chances[:, played] = found[:, :size]
    return chances


def supports(a: Floats, b: Floats) -> tuple[Counter[Support], int]:
    """Return how often each pair of supports comes up over games (games, rows, columns), and failures.

    One equilibrium of each game: the end of a path, the label dropped changing from game to game, so that no
    one label decides which equilibrium of several is seen.
    """
    labels = sum(a.shape[1:])
    seen: Counter[Support] = Counter()
    for game in range(len(a)):
        one, other = scaled(a[game]), scaled(b[game])
        tries = (path(one, other, label=(game + more) % labels) for more in range(labels))
        found = next((each for each in tries if each is not None), None)
        if found is not None:
            seen[support(*found)] += 1
    return seen, len(a) - seen.total()
