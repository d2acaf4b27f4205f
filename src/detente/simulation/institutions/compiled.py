"""A rule made ready for counting: every condition a sum of weights that must not be negative.

A vote is 1 (for), 0 (abstention, silence, absence) or -1 (against). A condition is a whole number for each
voter and way of voting; it holds where they add up to at least `need`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from detente.cases.rules import AllOf, AnyOf, AnyRule, Condition, Rule, Veto
from detente.errors import DetenteError, Problem, raise_all
from detente.simulation.institutions.voters import Ints, Voters

Bools = NDArray[np.bool_]
FOR, ABSTAIN, AGAINST = 0, 1, 2
_COUNTED = {"for": (1, 0, 0), "abstain": (0, 1, 0), "against": (0, 0, 1), "not_for": (0, 1, 1)}


@dataclass(frozen=True)
class Leaf:
    """One condition: `gain` (3, voters) is what each voter adds by voting for, abstaining, voting against."""

    gain: Ints
    need: int
    words: str


@dataclass(frozen=True)
class Node:
    """All of several parts, or any of them."""

    every: bool
    parts: tuple[Tree, ...]


Tree = Leaf | Node


@dataclass(frozen=True)
class Compiled:
    """A rule for certain voters."""

    voters: Voters
    tree: Tree
    title: str

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All conditions, in the order in which they are written."""
        return tuple(_leaves(self.tree))

    def passes(self, votes: NDArray[np.integer]) -> Bools:
        """Return whether decisions pass: votes (..., voters) of 1, 0 and -1 to (...).

        Raises `ValueError` where the last axis does not fit the voters.
        """
        votes = np.asarray(votes)
        if votes.shape[-1:] != (len(self.voters),):
            raise ValueError(f"votes have shape {votes.shape}, and there are {len(self.voters)} voters")
        sides = votes > 0, votes == 0, votes < 0
        sums = [
            sum(cast.astype(np.int64) @ gain for cast, gain in zip(sides, leaf.gain, strict=True))
            for leaf in self.leaves
        ]
        return self.judged(np.stack([np.asarray(each) for each in sums], axis=-1))

    def judged(self, sums: Ints) -> Bools:
        """Return what the sums of the conditions (..., leaves) decide."""
        met = sums >= np.array([leaf.need for leaf in self.leaves])
        return self.decided(np.moveaxis(met, -1, 0))

    def decided(self, met: Sequence[Bools] | Bools) -> Bools:
        """Return what conditions that are met or not decide together: one array for each leaf, in order."""
        return _decided(self.tree, iter(met))

    def polish(self) -> Ints:
        """Return the rule in reverse Polish notation: a leaf's number, or -(2 parts + every) - 1 for a node.

        >>> from detente.simulation.institutions.voters import voters
        >>> veto = {"title": "Both", "passes": {"all": [{"for": {"at_least": 1}}, {"veto": ["FRA"]}]}}
        >>> compiled(Rule.model_validate(veto), voters(["DEU", "FRA"])).polish().tolist()
        [0, 1, -6]
        """
        return np.array(list(_polish(self.tree, iter(range(len(self.leaves))))), dtype=np.int64)


def _leaves(tree: Tree) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    else:
        for part in tree.parts:
            yield from _leaves(part)


def _decided(tree: Tree, met: Iterator[Bools]) -> Bools:
    if isinstance(tree, Leaf):
        return np.asarray(next(met))
    parts = [_decided(part, met) for part in tree.parts]
    joined = np.logical_and.reduce(parts) if tree.every else np.logical_or.reduce(parts)
    return np.asarray(joined)


def _polish(tree: Tree, place: Iterator[int]) -> Iterator[int]:
    if isinstance(tree, Leaf):
        yield next(place)
    else:
        for part in tree.parts:
            yield from _polish(part, place)
        yield -(2 * len(tree.parts) + tree.every) - 1


def compiled(rule: Rule, voters: Voters) -> Compiled:
    """Return the rule for these voters.

    Raises `DetenteError` where a weight is not known, where someone with a veto does not vote, and where
    nothing can satisfy the rule: not even if all vote for.

    >>> from detente.simulation.institutions.voters import voters
    >>> majority = {"title": "Majority", "passes": {"for": {"more_than": "1/2", "among": "voting"}}}
    >>> rule = compiled(Rule.model_validate(majority), voters(["A", "B", "C"]))
    >>> rule.passes(np.array([[1, 0, 0], [1, -1, 0]])).tolist()
    [True, False]
    """
    raise_all(DetenteError, list(_strangers(rule.passes, voters)))
    made = Compiled(voters, _tree(rule.passes, voters), rule.title)
    if not bool(made.passes(np.ones(len(voters), dtype=np.int64))):
        unmet = [leaf.words for leaf in made.leaves if leaf.gain[FOR].sum() < leaf.need]
        what = f"nothing can pass, even if all {len(voters)} vote for: {'; '.join(unmet)}"
        raise DetenteError(Problem(f"rule {rule.title!r}", what, "lower the threshold, or add voters"))
    return made


def _strangers(rule: AnyRule, voters: Voters) -> Iterator[Problem]:
    if isinstance(rule, Veto):
        for actor in rule.veto:
            if actor not in voters.actors:
                hint = f"voters are {', '.join(voters.actors)}"
                yield Problem("rule", f"{actor} has a veto and no vote", hint)
    elif not isinstance(rule, Condition):
        for part in rule.all if isinstance(rule, AllOf) else rule.any:
            yield from _strangers(part, voters)


def _tree(rule: AnyRule, voters: Voters) -> Tree:
    match rule:
        case AllOf():
            return Node(True, tuple(_tree(part, voters) for part in rule.all))
        case AnyOf():
            return Node(False, tuple(_tree(part, voters) for part in rule.any))
        case Veto():
            held = np.isin(np.array(voters.actors), rule.veto).astype(np.int64)
            gain = np.stack([0 * held, 0 * held, -held])
            return Leaf(gain, 0, f"none of {', '.join(rule.veto)} against")
        case Condition():
            return _leaf(rule, voters)


def _leaf(condition: Condition, voters: Voters) -> Leaf:
    """Return a condition as sums: in whole numbers, 'at most' turned round, shares multiplied out."""
    threshold = condition.threshold
    weight = voters.weight(threshold.of)
    name, amount = threshold.bound
    counted = np.array(_COUNTED[condition.side])[:, None] * weight
    if isinstance(amount, Fraction):
        base = np.array([1, 0, 1] if threshold.among == "voting" else [1, 1, 1])[:, None] * weight
        counted, need = counted * amount.denominator - base * amount.numerator, 0
    else:
        need = amount * voters.units.get(threshold.of, 1)
    strict = name in ("more_than", "fewer_than")
    if name in ("at_most", "fewer_than"):
        counted, need = -counted, -need
    return Leaf(counted, need + strict, _in_words(condition))


def _in_words(condition: Condition) -> str:
    name, amount = condition.threshold.bound
    among = " of those voting" if condition.threshold.among == "voting" else ""
    of = "" if condition.threshold.of == "members" else f" of {condition.threshold.of}"
    side = condition.side.replace("_", " ")
    return f"{side} {name.replace('_', ' ')} {amount}{of}{among}"
