"""Moments of realignment: transitions in which more actors changed camp than those around them would have.

In quiet times the number that changes camp is taken for beta-binomial: any actor may move, and some move as
one, so that counts vary more than independent moves would (Williams 1975). How many move, and how much as
one, is not known; both are averaged over, by how well they account for the nearest other transitions. The
largest quarter of these enter only as being no smaller than the rest (censored), so that neighbouring
realignments neither hide one another nor pass for quiet. The p-value is the chance of so many movers or more
somewhere among as many quiet transitions as the series has (Šidák 1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln

from detente.measurement.bootstrap import LEVEL
from detente.measurement.networks.graph import Floats, Ints

AROUND = 16
"""So many of the nearest other transitions say what is quiet."""
LEAST = 8
"""With fewer transitions than this, a series cannot say."""
CENSORED = 4
"""Of the others, one in so many enters only as no smaller than the rest."""
SHARES = np.geomspace(0.001, 0.6, 32)
"""Shares of actors that may move in a quiet transition, of equal weight."""
AS_ONE = np.geomspace(0.005, 0.3, 12)
"""Correlations that there may be between the moves of two actors, of equal weight."""
TINY = 1e-300


@dataclass(frozen=True)
class Turns:
    """What share was expected to move in each transition, and how likely so large a share is somewhere in a
    quiet series (all (transitions,)); NaN where the series is too short to say.
    """

    low: Floats
    high: Floats
    p_value: Floats


def turns(movers: Ints, actors: Ints) -> Turns:
    """Return what to make of so many `movers` among `actors` in each transition (both (transitions,)).

    Transitions without actors say nothing and get NaN.

    >>> movers = np.array([3, 2, 4, 1, 2, 5, 3, 2, 40, 3, 1, 2, 4, 2, 3, 2])
    >>> np.flatnonzero(turns(movers, np.full(16, 150)).p_value < 0.05).tolist()
    [8]
    """
    told = np.full((3, len(movers)), np.nan)
    held = np.flatnonzero(actors > 0)
    if len(held) >= LEAST:
        tails = {n: _tail(n) for n in set(actors[held].tolist())}
        quiet = [tails[n] for n in actors[held].tolist()]
        for place, transition in enumerate(held):
            weight = _weights(place, movers[held], actors[held], quiet)
            chance = np.clip(quiet[place] @ weight, 0.0, 1.0)
            ends = (chance >= (1 + LEVEL) / 2).sum() - 1, (chance > (1 - LEVEL) / 2).sum() - 1
            told[:2, transition] = np.array(ends) / actors[transition]
            told[2, transition] = 1 - (1 - chance[movers[transition]]) ** len(held)
    return Turns(*told)


def _tail(n: int) -> Floats:
    """Return the chance of x = 0 ... n + 1 movers or more among n: (n + 2, models), for each model tried."""
    share, as_one = (each.ravel() for each in np.meshgrid(SHARES, AS_ONE, indexing="ij"))
    a, b = share * (1 / as_one - 1), (1 - share) * (1 / as_one - 1)
    x = np.arange(n)[:, None]
    steps = np.log((n - x) / (x + 1) * (a + x) / (b + n - x - 1))
    none = betaln(a, b + n) - betaln(a, b)
    exact = np.exp(none + np.vstack([np.zeros(len(a)), np.cumsum(steps, axis=0)]))
    return np.vstack([np.cumsum(exact[::-1], axis=0)[::-1], np.zeros(len(a))])


def _weights(place: int, movers: Ints, actors: Ints, tails: Sequence[Floats]) -> Floats:
    """Return how well each model accounts for the transitions nearest to one, adding up to one: (models,)."""
    away = np.abs(np.arange(len(movers)) - place)
    near = np.argsort(away, kind="stable")[1 : AROUND + 1]
    near = near[np.argsort(movers[near] / actors[near], kind="stable")]
    whole = len(near) - len(near) // CENSORED
    most = movers[near[whole - 1]] / actors[near[whole - 1]]
    told = np.zeros(len(SHARES) * len(AS_ONE))
    for other in near[:whole]:
        told += np.log(np.maximum(tails[other][movers[other]] - tails[other][movers[other] + 1], TINY))
    for other in near[whole:]:
        told += np.log(np.maximum(tails[other][int(np.ceil(most * actors[other] - 1e-9))], TINY))
    weight = np.exp(told - told.max())
    return np.asarray(weight / weight.sum())
