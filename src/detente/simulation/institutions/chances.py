"""How likely a decision is to pass, and who is then pivotal, where support is uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import DetenteError, Problem
from detente.simulation.institutions.coalitions import critical
from detente.simulation.institutions.compiled import Compiled
from detente.simulation.institutions.power import interval_of

Floats = NDArray[np.float64]
MOST_STATES = 400_000
"""More sums than this are not followed: support is then drawn."""

DRAWS = 100_000
CHUNK = 8192


@dataclass(frozen=True)
class Chance:
    """The probability that a decision passes; `low` and `high` differ from it where it was drawn."""

    passes: float
    low: float
    high: float
    how: str
    critical: pd.DataFrame
    """actor, alone: how often the actor's vote alone decides (given the others as they fall)."""


def chance(
    rule: Compiled, support: Floats, abstention: Floats | None = None, *, draws: int = DRAWS, seed: int = 0
) -> Chance:
    """Return how likely a decision is to pass, if each voter is for, abstains or is against on its own.

    `support` and `abstention` (voters,) are probabilities; what is left is against. Exact where the sums of
    the conditions take few values, else from `draws` with an interval; who is critical is always drawn.
    Raises `DetenteError` where a probability is below 0, above 1, or the two add up to more than 1.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> unanimity = Rule.model_validate({"title": "All", "passes": {"not_for": {"at_most": 0}}})
    >>> rule = compiled(unanimity, voters(["A", "B"]))
    >>> round(chance(rule, np.array([0.9, 0.5]), draws=1000).passes, 6)
    0.45
    """
    half = np.zeros(len(rule.voters)) if abstention is None else np.asarray(abstention, dtype=float)
    ways = np.stack([np.asarray(support, dtype=float), half, 1 - np.asarray(support, dtype=float) - half])
    _check(rule, ways)
    drawn = _draws(rule, ways, draws, seed)
    told = from_draws(rule, drawn)
    exact = _exactly(rule, ways)
    if exact is None:
        return told
    return Chance(exact, exact, exact, "counted over all outcomes, voters independent", told.critical)


def from_draws(rule: Compiled, votes: NDArray[np.integer]) -> Chance:
    """Return how likely a decision is to pass over drawn votes (draws, voters) of 1, 0, -1, however they hang
    together.
    """
    passed, alone = 0, np.zeros(len(rule.voters))
    for start in range(0, len(votes), CHUNK):
        part = np.asarray(votes[start : start + CHUNK], dtype=np.int64)
        passed += int(rule.passes(part).sum())
        alone += critical(rule, part).sum(axis=0)
    share, low, high = (float(each) for each in interval_of(np.array(passed), len(votes)))
    table = pd.DataFrame({"actor": rule.voters.actors, "alone": alone / len(votes)})
    return Chance(share, low, high, f"{len(votes):,} draws", table)


def _check(rule: Compiled, ways: Floats) -> None:
    wrong = [
        actor
        for actor, column in zip(rule.voters.actors, ways.T, strict=True)
        if not (np.isfinite(column).all() and (column > -1e-12).all())
    ]
    if wrong:
        what = f"no probabilities from 0 to 1 for {', '.join(wrong)}"
        raise DetenteError(Problem("support", what, "support and abstention add up to at most 1"))


def _draws(rule: Compiled, ways: Floats, draws: int, seed: int) -> NDArray[np.int64]:
    u = np.random.default_rng(seed).random((draws, len(rule.voters)))
    return np.where(u < ways[0], 1, np.where(u < ways[0] + ways[1], 0, -1)).astype(np.int64)


def _exactly(rule: Compiled, ways: Floats) -> float | None:
    """Return the probability from the distribution of all conditions' sums, or None where it is too wide."""
    gains = np.stack([leaf.gain for leaf in rule.leaves])
    sums = np.zeros((1, len(gains)), dtype=np.int64)
    weight: Floats = np.ones(1)
    for voter in range(len(rule.voters)):
        likely = [way for way in range(3) if ways[way, voter] > 0]
        if len(sums) * len(likely) > MOST_STATES:
            return None
        spread = np.concatenate([sums + gains[:, way, voter] for way in likely])
        mass = np.concatenate([weight * ways[way, voter] for way in likely])
        sums, place = np.unique(spread.astype(np.int64), axis=0, return_inverse=True)
        weight = np.asarray(np.bincount(place.ravel(), weights=mass), dtype=float)
    return float(weight[rule.judged(sums)].sum())
