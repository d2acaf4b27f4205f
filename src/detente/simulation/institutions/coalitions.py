"""Who wins, who is critical, and who is pivotal, given how the voters vote or how far each is in favour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import DetenteError, Problem, did_you_mean, raise_all
from detente.simulation.institutions.compiled import Bools, Compiled

Floats = NDArray[np.float64]
Votes = NDArray[np.int64]
WAYS = {"for": 1, "abstain": 0, "against": -1}
"""How votes are written, and what they count as; whoever is not named is silent, which is 0."""

MOST_COALITIONS = 100_000


def cast(rule: Compiled, votes: Mapping[str, str]) -> Votes:
    """Return votes as numbers, (voters,): 1 for, 0 abstain or silent, -1 against.

    Raises `DetenteError` with everyone who has no vote, and every word that is no way of voting.
    """
    problems = [
        Problem("votes", f"{actor} does not vote", did_you_mean(actor, rule.voters.actors))
        for actor in votes
        if actor not in rule.voters.actors
    ]
    problems += [
        Problem(
            "votes", f"{actor} votes {way!r}", did_you_mean(str(way), WAYS) or "write for, abstain or against"
        )
        for actor, way in votes.items()
        if way not in WAYS
    ]
    raise_all(DetenteError, problems)
    return np.array([WAYS[votes.get(actor, "abstain")] for actor in rule.voters.actors], dtype=np.int64)


def critical(rule: Compiled, votes: Votes) -> Bools:
    """Return who alone would turn the outcome by voting the other way: votes (..., voters), of same shape.

    In a decision that passes, those whose vote against would stop it; in one that fails, those whose vote for
    would carry it.
    """
    votes = np.asarray(votes)
    passes = rule.passes(votes)
    found = np.zeros(votes.shape, dtype=bool)
    for voter in range(votes.shape[-1]):
        other = votes.copy()
        other[..., voter] = np.where(passes, -1, 1)
        found[..., voter] = rule.passes(other) != passes
    return found


def pivots(rule: Compiled, support: Floats) -> Bools:
    """Return who turns the outcome when voters join in order of support, the most in favour first.

    `support` is (..., voters), higher more in favour; the result has the same shape. Of voters in equal
    support, all who stand where the outcome turns are pivotal. Without a threshold that support must pass,
    this is the voter whom any proposal has to win over.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> majority = Rule.model_validate({"title": "Most", "passes": {"for": {"more_than": "1/2"}}})
    >>> rule = compiled(majority, voters(["A", "B", "C"]))
    >>> pivots(rule, np.array([0.9, 0.2, 0.6])).tolist()
    [False, False, True]
    """
    support = np.asarray(support, dtype=float)
    flat = support.reshape(-1, support.shape[-1])
    found = np.zeros(flat.shape, dtype=bool)
    # The level of support down to which everyone must join: bisected over the voters' own levels.
    levels = -np.sort(-flat, axis=1)
    low, high = np.zeros(len(flat), dtype=np.int64), np.full(len(flat), flat.shape[1])
    rows = np.arange(len(flat))
    while (high - low > 1).any():
        middle = (low + high) // 2
        joined = np.where(flat >= levels[rows, middle - 1][:, None], 1, -1)
        won = rule.passes(joined)
        open_ = high - low > 1
        high, low = np.where(won & open_, middle, high), np.where(~won & open_, middle, low)
    found = flat == levels[rows, high - 1][:, None]
    return np.asarray(found.reshape(support.shape))


def minimal_winning(rule: Compiled, *, most: int = MOST_COALITIONS) -> tuple[list[tuple[str, ...]], bool]:
    """Return coalitions that win and lose with any one member gone, and whether these are all of them.

    The search follows voters in order of how many conditions their weight serves, and stops at `most`.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> rule = {"title": "Two of three", "passes": {"for": {"at_least": 2}}}
    >>> minimal_winning(compiled(Rule.model_validate(rule), voters(["A", "B", "C"])))
    ([('A', 'B'), ('A', 'C'), ('B', 'C')], True)
    """
    found: list[tuple[str, ...]] = []
    for coalition in _minimal(rule):
        if len(found) == most:
            return sorted(found), False
        found.append(coalition)
    return sorted(found), True


def _minimal(rule: Compiled) -> Iterator[tuple[str, ...]]:
    number = len(rule.voters)
    gain = np.stack([leaf.gain[0] - leaf.gain[2] for leaf in rule.leaves])
    order = np.lexsort((np.arange(number), -(gain / np.maximum(gain.sum(axis=1), 1)[:, None]).sum(axis=0)))
    stack: list[tuple[int, NDArray[np.int64]]] = [(0, np.full(number, -1, dtype=np.int64))]
    while stack:
        depth, votes = stack.pop()
        if bool(rule.passes(votes)):
            inside = np.flatnonzero(votes > 0)
            fewer = np.tile(votes, (len(inside), 1))
            fewer[np.arange(len(inside)), inside] = -1
            if not rule.passes(fewer).any():
                yield tuple(rule.voters.actors[voter] for voter in inside)
            continue
        if depth == number:
            continue
        rest = votes.copy()
        rest[order[depth:]] = 1
        if not bool(rule.passes(rest)):
            continue
        joined = votes.copy()
        joined[order[depth]] = 1
        stack.append((depth + 1, votes))
        stack.append((depth + 1, joined))


def power_to_stop(rule: Compiled) -> pd.DataFrame:
    """Return who can stop a decision alone: actor, and whether it has a veto.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> unanimity = Rule.model_validate({"title": "All", "passes": {"against": {"at_most": 0}}})
    >>> power_to_stop(compiled(unanimity, voters(["A", "B"])))["veto"].tolist()
    [True, True]
    """
    number = len(rule.voters)
    votes = np.ones((number, number), dtype=np.int64) - 2 * np.eye(number, dtype=np.int64)
    return pd.DataFrame({"actor": rule.voters.actors, "veto": ~rule.passes(votes)})
