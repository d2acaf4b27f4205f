"""What is wanted of portfolios: objectives, which way each is better, and what they weigh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, did_you_mean, raise_all
from detente.strategy.naming import named

Floats = NDArray[np.float64]
SIGNS = {"max": 1.0, "min": -1.0}
MIRRORED = -0.999
"""Objectives that are correlated like this over portfolios say the same thing with opposite signs."""


@dataclass(frozen=True)
class Goals:
    """Objectives: `max` or `min` of each; from what difference on one is better; what each weighs."""

    directions: tuple[str, ...]
    names: tuple[str, ...] = ()
    tolerance: float | tuple[float, ...] = 0.0
    """In units of the objective; one number for all, or one for each."""
    weights: tuple[float, ...] = ()
    """What a unit of each counts for beside the others: sizes, the sign is in `directions`."""

    def titles(self, count: int) -> tuple[str, ...]:
        """Return the names of objectives, or their numbers."""
        return named(self.names, count, kind="objective")


def weighed(objectives: ArrayLike, *, goals: Goals) -> Floats:
    """Return payoffs (portfolios[, futures]) from objectives (portfolios, objectives[, futures]): the mean of
    objectives by the goals' weights, each with the sign of its direction.

    What is not finite stays so. Raises `StrategyError` as `checked` does.

    >>> weighed([[0.9, 5.0], [0.8, 3.0]], goals=Goals(("max", "min"), weights=(3.0, 1.0))).round(3).tolist()
    [-0.575, -0.15]
    """
    given = np.array(objectives, dtype=float)
    signs, _ = checked(goals, given.shape[1] if given.ndim > 1 else 0)
    weights = np.array(goals.weights or (1.0,) * len(signs))
    return np.asarray(np.moveaxis(given, 1, -1) @ (signs * weights / weights.sum()))


def checked(goals: Goals, count: int) -> tuple[Floats, Floats]:
    """Return signs and tolerances of `count` objectives.

    Raises `StrategyError` where directions, names, tolerances or weights are not one for each, a direction is
    neither `max` nor `min`, an objective is named twice or wanted both ways, tolerances are negative, and
    weights are negative, not finite or sum to zero.
    """
    problems = list(_problems(goals, count))
    raise_all(StrategyError, problems)
    tolerance = np.broadcast_to(np.array(goals.tolerance, dtype=float), (count,))
    return np.array([SIGNS[each] for each in goals.directions]), tolerance


def _problems(goals: Goals, count: int) -> Iterator[Problem]:
    tolerance, weights = np.atleast_1d(goals.tolerance).astype(float), np.array(goals.weights, dtype=float)
    lengths = {
        "directions": len(goals.directions),
        "names": len(goals.names) or count,
        "weights": len(weights) or count,
        "tolerance": len(tolerance) if len(tolerance) > 1 else count,
    }
    for what, length in lengths.items():
        if length != count:
            yield Problem(what, f"{length} for {count} objectives", "give one for each objective")
    for each in goals.directions:
        if each not in SIGNS:
            yield Problem(
                "directions", f"there is no {each!r}", did_you_mean(each, SIGNS) or "type max or min"
            )
    for one, other in combinations(range(min(len(goals.names), len(goals.directions))), 2):
        if goals.names[one] == goals.names[other]:
            both = goals.directions[one] != goals.directions[other]
            what = f"{goals.names[one]!r} is {'wanted both large and small' if both else 'given twice'}"
            yield Problem("objectives", what, "keep it once, with the direction that is meant")
    if not (tolerance >= 0).all():
        yield Problem("tolerance", "is negative or missing", "give a difference of 0 or more")
    if weights.size and not (np.isfinite(weights).all() and (weights >= 0).all()):
        yield Problem("weights", "are negative or not finite", "give sizes; let the direction carry the sign")
    elif weights.size and not weights.sum():
        yield Problem("weights", "sum to zero: no objective counts", "give one of them a weight above 0")


def contradictions(means: Floats, goals: Goals, signs: Floats) -> Iterator[str]:
    """Yield what objectives say of each other: the same thing with opposite signs, or the same twice.

    Raises `StrategyError` where two hold the same numbers and are wanted in opposite directions.
    """
    titles = goals.titles(len(signs))
    for one, other in combinations(range(len(signs)), 2):
        same = len(means) > 1 and np.ptp(means[:, one]) > 0 and (means[:, one] == means[:, other]).all()
        if same and signs[one] != signs[other]:
            what = f"{titles[one]!r} and {titles[other]!r} hold the same numbers, one wanted large, one small"
            raise StrategyError(Problem("objectives", what, "leave one out, or turn its direction"))
        if same:
            yield f"{titles[one]} and {titles[other]} hold the same numbers: they count twice"
        elif _mirrored(means[:, one] * signs[one], means[:, other] * signs[other]):
            yield f"{titles[one]} and {titles[other]} contradict each other: one gains what the other loses"


def _mirrored(one: Floats, other: Floats) -> bool:
    """Return whether two objectives run against each other over three portfolios or more."""
    if len(one) < 3 or not np.ptp(one) or not np.ptp(other):
        return False
    return bool(np.corrcoef(one, other)[0, 1] < MIRRORED)
