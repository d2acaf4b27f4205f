"""The cheapest set of voters whose change of vote turns a decision, and what it costs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from detente.errors import DetenteError, Problem
from detente.simulation.institutions.compiled import Compiled, Leaf, Tree

Floats = NDArray[np.float64]
MOST_WAYS = 4096
MOST_REPAIRS = 100


@dataclass(frozen=True)
class Flip:
    """Who would have to change, to what, and at what cost; `votes` are 1, 0 and -1 after the change."""

    actors: tuple[str, ...]
    votes: NDArray[np.int64]
    cost: float


def cheapest_flip(
    rule: Compiled, votes: NDArray[np.int64], costs: Floats, *, abstaining: Floats | None = None
) -> Flip | None:
    """Return the cheapest change of votes that turns the outcome, or None where no change allowed can.

    `votes` (voters,) are 1, 0 and -1; `costs` (voters,) what it takes to move each to the other side,
    infinite for those who cannot be moved; `abstaining` what it takes to make each abstain, not allowed if
    left out. One whole-number programme for each way in which the rule can turn (at most 4,096); among
    equally cheap changes, one by fewer voters. Raises `DetenteError` where a cost is negative or no number.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> majority = Rule.model_validate({"title": "Most", "passes": {"for": {"more_than": "1/2"}}})
    >>> rule = compiled(majority, voters(["A", "B", "C"]))
    >>> cheapest_flip(rule, np.array([1, 1, -1]), np.array([3.0, 2.0, 1.0])).actors
    ('B',)
    """
    votes = np.asarray(votes, dtype=np.int64)
    full = np.asarray(costs, dtype=float)
    halves = np.full(len(votes), np.inf) if abstaining is None else np.asarray(abstaining, dtype=float)
    bad = [
        actor
        for actor, one, other in zip(rule.voters.actors, full, halves, strict=True)
        if not (one >= 0 and other >= 0)
    ]
    if bad:
        what = f"no cost of 0 or more for {', '.join(bad)}"
        raise DetenteError(Problem("costs", what, "give one for each voter; infinite if it cannot be moved"))
    passes = bool(rule.passes(votes))
    price = _prices(votes, full, halves, passes=passes)
    found = [
        _solved(rule, votes, price, wanted, met=not passes)
        for wanted in itertools.islice(_ways(rule.tree, not passes), MOST_WAYS)
    ]
    told = [each for each in found if each is not None]
    return min(told, key=lambda each: (each.cost, len(each.actors), each.actors), default=None)


def _prices(votes: NDArray[np.int64], full: Floats, halves: Floats, *, passes: bool) -> Floats:
    """Return what each way of voting costs each voter (3, voters): 0 as it votes, else infinite or paid."""
    side = -1 if passes else 1
    price = np.full((3, len(votes)), np.inf)
    price[1] = halves
    price[1 - side] = full
    price[1 - votes, np.arange(len(votes))] = 0.0
    return price


def _ways(tree: Tree, met: bool) -> Iterator[tuple[Leaf, ...]]:
    """Yield the sets of conditions that, all met, make the tree true; or all missed, make it false."""
    if isinstance(tree, Leaf):
        yield (tree,)
    elif tree.every == met:
        for parts in itertools.product(*(tuple(_ways(part, met)) for part in tree.parts)):
            yield tuple(itertools.chain.from_iterable(parts))
    else:
        for part in tree.parts:
            yield from _ways(part, met)


def _solved(
    rule: Compiled, votes: NDArray[np.int64], price: Floats, wanted: tuple[Leaf, ...], *, met: bool
) -> Flip | None:
    """Return the cheapest votes that meet, or miss, all of `wanted`: a zero-one variable a voter and way.

    The programme works with a tolerance, so that its answer is checked in whole numbers. Where it does not
    turn the outcome after all, somebody must go further than in that answer, as rules are monotone: that is
    added as a constraint, and the programme is solved again.
    """
    rows, low = _conditions(wanted, met=met)
    ways = np.array([1, 0, -1])
    for _ in range(MOST_REPAIRS):
        chosen = _programme(price, np.array(rows), np.array(low))
        if chosen is None:
            return None
        if bool(rule.passes(chosen)) == met:
            changed = np.flatnonzero(chosen != votes)
            cost = float(sum(price[1 - chosen[place], place] for place in changed))
            return Flip(tuple(rule.voters.actors[place] for place in changed), chosen, cost)
        further = ways[:, None] > chosen if met else ways[:, None] < chosen
        rows.append(further.astype(float).ravel())
        low.append(1.0)
    return None


def _conditions(wanted: tuple[Leaf, ...], *, met: bool) -> tuple[list[Floats], list[float]]:
    """Return conditions as rows over (ways, voters), and what each must reach."""
    rows, low = [], []
    for leaf in wanted:
        scale = max(float(np.abs(leaf.gain).max()), 1.0)
        rows.append((1 if met else -1) * leaf.gain.ravel() / scale)
        low.append((leaf.need if met else 1 - leaf.need) / scale)
    return rows, low


def _programme(price: Floats, rows: Floats, low: Floats) -> NDArray[np.int64] | None:
    number = price.shape[1]
    allowed = np.isfinite(price)
    dearest = price[allowed].max(initial=0.0) or 1.0
    changes = np.where(price > 0, 1e-7 / number, 0.0)
    answer = milp(
        (np.where(allowed, price, 0.0) / dearest + changes).ravel(),
        constraints=[
            LinearConstraint(np.tile(np.eye(number), 3), 1, 1),
            LinearConstraint(rows, low, np.inf),
        ],
        integrality=np.ones(3 * number),
        bounds=Bounds(0, allowed.ravel().astype(float)),
        options={"mip_rel_gap": 0.0},
    )
    return None if answer.x is None else np.array([1, 0, -1])[answer.x.reshape(3, number).argmax(axis=0)]
