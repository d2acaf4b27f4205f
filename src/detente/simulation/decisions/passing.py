"""How likely a decision is to pass in each draw of what is uncertain, exactly where its rule is one sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.simulation.decisions.support import Stands, Strengths, cast
from detente.simulation.drawing import stream
from detente.simulation.institutions.compiled import Compiled

Floats = NDArray[np.float64]
MOST_SUMS = 4000
"""A rule whose sum takes more values than this is not followed exactly."""

VOTES = 200
"""So many votes are held in each draw where they have to be drawn."""

FEWER = 250
"""So many draws have votes held in them."""


def passing(rule: Compiled, stand: Stands, held: Strengths, *, seed: int) -> tuple[Floats, str]:
    """Return the chance that the decision passes in each draw, and how it was found.

    Members vote on their own, given the draw. Exact where the rule is one condition whose sum takes at most
    4,000 values; else the share of `VOTES` votes in which it passes, in the first 250 draws.
    """
    exact = by_sums(rule, stand.yes, stand.against)
    if exact is not None:
        return exact, f"counted over all votes in each of {len(exact):,} draws"
    draws = min(len(stand.yes), FEWER)
    noise = strays(rule.voters.actors, (draws, VOTES), seed=seed)
    margin = stand.margin[:draws, None] + held.doubt[:draws, None] * noise
    passed = rule.passes(cast(margin, held.abstention[:draws, None]))
    return passed.mean(axis=1), f"{VOTES} votes in each of {draws:,} draws"


def strays(actors: tuple[str, ...], shape: tuple[int, ...], *, seed: int) -> Floats:
    """Return standard normal numbers (*shape, actors), how votes stray: each actor has a stream of its own,
    the same in every decision.
    """
    return np.stack([stream(seed, "vote", actor).standard_normal(shape) for actor in actors], axis=-1)


def by_sums(rule: Compiled, yes: Floats, against: Floats) -> Floats | None:
    """Return the chance that a rule of one condition holds in each draw, (draws,), by the distribution of its
    sum; None where it has several, or too many sums.

    `yes` and `against` (draws, voters) are chances; what is left abstains.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> unanimity = Rule.model_validate({"title": "All", "passes": {"not_for": {"at_most": 0}}})
    >>> rule = compiled(unanimity, voters(["A", "B"]))
    >>> by_sums(rule, np.array([[0.9, 0.5]]), np.array([[0.1, 0.5]])).round(6).tolist()
    [0.45]
    """
    if len(rule.leaves) != 1:
        return None
    gain, need = rule.leaves[0].gain, rule.leaves[0].need
    least = gain.min(axis=0)
    reach = gain - least
    total = int(reach.max(axis=0).sum())
    if total > MOST_SUMS:
        return None
    ways = (yes, np.clip(1 - yes - against, 0, 1), against)
    mass = np.zeros((len(yes), total + 1))
    mass[:, 0] = 1.0
    for voter in range(len(rule.voters)):
        then = np.zeros_like(mass)
        for way, step in zip(ways, reach[:, voter], strict=True):
            then[:, step:] += mass[:, : total + 1 - step] * way[:, voter, None]
        mass = then
    enough = max(0, int(need - least.sum()))
    return np.asarray(np.minimum(mass[:, enough:].sum(axis=1), 1.0))
