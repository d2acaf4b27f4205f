"""Outcomes without bargaining: weighted means and medians of positions, and the Condorcet winner.

On the largest record of decisions with known positions and outcomes, no bargaining model forecasts better
than the weighted mean (Thomson, Stokman, Achen and König 2006; Arregui and Perarnau 2014), so that it is the
yardstick of all others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CLOSE = 1e-12


def compromise(position: Floats, weight: Floats) -> Floats:
    """Return the weighted mean of positions on each issue (issues,); the plain mean where nobody has weight.

    Also called the compromise model (Van den Bos 1991), and close to the Nash bargaining solution (Achen
    2006). `position` and `weight`, capability times salience, are (..., actors, issues).

    >>> compromise(np.array([[0.0], [1.0]]), np.array([[3.0], [1.0]])).tolist()
    [0.25]
    """
    total = weight.sum(axis=-2)
    nobody = total <= 0
    held = np.where(nobody[..., None, :], 1.0, weight)
    return np.asarray((position * held).sum(axis=-2) / held.sum(axis=-2))


def median(position: Floats, weight: Floats) -> Floats:
    """Return the weighted median of positions on each issue (issues,): half of the weight on either side.

    Where the weight splits evenly between two positions, the point midway between them. `position` and
    `weight` are (actors, issues). The plain median where nobody has weight.

    >>> median(np.array([[0.0], [0.4], [1.0]]), np.ones((3, 1))).tolist()
    [0.4]
    """
    found = []
    for place, share in zip(position.T, weight.T, strict=True):
        held = np.maximum(share, 0.0) if share.sum() > 0 else np.ones(len(share))
        order = np.argsort(place, kind="stable")
        reached = np.cumsum(held[order]) / held.sum()
        low = int(np.argmax(reached >= 0.5 - CLOSE))
        high = int(np.argmax(reached > 0.5 + CLOSE))
        found.append((place[order[low]] + place[order[high]]) / 2)
    return np.array(found)


def condorcet(position: Floats, salience: Floats, capability: Floats) -> tuple[int | None, Floats]:
    """Return the actor whose position beats or ties all others by weighted votes, and the votes (n, n).

    Between two positions, each actor casts its whole weight, capability times its salience over all issues,
    for the nearer one; distances are weighted by its salience, and equally near is no vote. `votes[a, b]` is
    what is cast for a's position less what is cast for b's. None where every position is beaten by another:
    a cycle, which cannot be on one issue. Of several winners, the first.

    >>> condorcet(np.array([[0.0], [0.4], [1.0]]), np.ones((3, 1)), np.ones(3))[0]
    1
    """
    gap = np.abs(position[:, None, :] - position[None, :, :])
    far = (salience[:, None, :] * gap).sum(axis=-1)
    nearer = far[:, None, :] - far[:, :, None]
    weight = capability * salience.sum(axis=-1)
    cast = np.where(np.abs(nearer) > CLOSE, np.sign(nearer), 0.0)
    votes = (weight[:, None, None] * cast).sum(axis=0)
    beaten = (votes < -CLOSE * max(float(weight.sum()), 1.0)).any(axis=1)
    return (None if beaten.all() else int(np.argmin(beaten))), votes
