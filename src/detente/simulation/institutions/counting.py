"""Counts of coalitions by size and weight, from which power indices follow exactly.

A coalition votes for, everyone else against. Where every weight takes few values, coalitions are counted by
generating functions over all sums at once (Mann and Shapley 1962; Brams and Affuso 1976 for Banzhaf);
otherwise, for few voters, one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.simulation.institutions.compiled import AGAINST, FOR, Bools, Compiled
from detente.simulation.institutions.voters import Ints

MOST_CELLS = 30_000_000
"""More sums than this are not tabulated: 240 MB."""

MOST_COUNTED = 62
"""Coalitions of more voters do not fit 64 bits."""


@dataclass(frozen=True)
class Swings:
    """How often each voter turns a losing coalition into a winning one, by the size of what it joins."""

    by_size: Ints
    """(voters, voters): row i, column s: coalitions of s others that lose, and win with i."""
    winning: int
    """How many coalitions win."""


def binary(rule: Compiled) -> tuple[Ints, Ints]:
    """Return the rule as thresholds for a coalition that votes for against all others: weights (leaves,
    voters) that a member adds, and what they must reach.
    """
    gain = np.stack([leaf.gain[FOR] - leaf.gain[AGAINST] for leaf in rule.leaves])
    need = np.array([leaf.need - int(leaf.gain[AGAINST].sum()) for leaf in rule.leaves])
    return gain, need


def axes(gain: Ints) -> tuple[Ints, NDArray[np.int64], Ints]:
    """Return the different weights behind several conditions, in their smallest whole units.

    Conditions on the same weight share an axis: the axes (axes, voters), and for each leaf its axis and by
    what the axis is multiplied. The first axis counts heads.
    """
    kept = [np.ones(gain.shape[1], dtype=np.int64)]
    place, unit = [], []
    for row in gain:
        step = max(int(np.gcd.reduce(row)), 1)
        reduced = row // step
        known = next((at for at, each in enumerate(kept) if np.array_equal(each, reduced)), len(kept))
        if known == len(kept):
            kept.append(reduced)
        place.append(known)
        unit.append(step)
    return np.stack(kept), np.array(place), np.array(unit)


def cells(weights: Ints) -> int:
    """Return how many different sums there can be over all axes."""
    found = 1
    for total in weights.sum(axis=1):
        found *= int(total) + 1
    return found


def by_sums(rule: Compiled) -> Swings:
    """Return the swings from the number of coalitions with each size and sums: exact, to 62 voters."""
    gain, need = binary(rule)
    weights, place, unit = axes(gain)
    number = len(rule.voters)
    shape = tuple(int(total) + 1 for total in weights.sum(axis=1))
    coalitions = np.zeros(shape, dtype=np.int64)
    coalitions[(0,) * len(shape)] = 1
    for voter in range(number):
        _shift_add(coalitions, weights[:, voter], 1)
    wins = _wins(rule, shape, place, unit, need)
    found = np.zeros((number, number), dtype=np.int64)
    _, like = np.unique(weights, axis=1, return_inverse=True)
    for kind in range(int(like.max()) + 1):
        alike = np.flatnonzero(like.ravel() == kind)
        without = coalitions.copy()
        _unshift(without, weights[:, alike[0]])
        found[alike] = _swings_of(without, wins, weights[:, alike[0]])[:number]
    return Swings(found, int(coalitions[wins].sum()))


def _wins(rule: Compiled, shape: tuple[int, ...], place: Ints, unit: Ints, need: Ints) -> Bools:
    """Return which sums win, over the whole grid of `shape`."""
    met = []
    for at, step, least in zip(place, unit, need, strict=True):
        along = np.arange(shape[at]) * step >= least
        met.append(
            np.broadcast_to(along.reshape([-1 if axis == at else 1 for axis in range(len(shape))]), shape)
        )
    return rule.decided(met)


def _moved(shape: tuple[int, ...], step: Ints) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return where sums land when a voter joins, and where they come from."""
    into = tuple(slice(int(by), None) for by in step)
    out = tuple(slice(0, size - int(by)) for size, by in zip(shape, step, strict=True))
    return into, out


def _shift_add(counts: Ints, step: Ints, size: int) -> None:
    """Add a voter: each coalition stays as it is, or the voter joins."""
    into, out = _moved(counts.shape, size * step)
    counts[into] += counts[out].copy()


def _unshift(counts: Ints, step: Ints) -> None:
    """Take a voter out again, one size of coalition after the other."""
    into, out = _moved(counts.shape[1:], step[1:])
    for size in range(1, counts.shape[0]):
        joined: tuple[int | slice, ...] = (size, *into)
        before: tuple[int | slice, ...] = (size - 1, *out)
        counts[joined] -= counts[before]


def _swings_of(without: Ints, wins: Bools, step: Ints) -> Ints:
    """Return by size the coalitions without a voter that lose, and win with it."""
    into, out = _moved(wins.shape, step)
    turned = wins[into] & ~wins[out]
    rows = np.where(turned, without[out], 0)
    return np.asarray(rows.reshape(rows.shape[0], -1).sum(axis=1))


def one_by_one(rule: Compiled) -> Swings:
    """Return the swings by looking at every coalition: for weights of any size, and few voters."""
    from detente.simulation.institutions.enumerating import count_winners

    gain, need = binary(rule)
    number = len(rule.voters)
    total, held = count_winners(gain, need, rule.polish(), number)
    found = np.zeros((number, number), dtype=np.int64)
    for size in range(number):
        # Winners of size + 1 with i, less those of `size` without i: what i turns, as no winner is spoilt.
        found[:, size] = held[:, size + 1] - (total[size] - held[:, size])
    return Swings(found, int(total.sum()))
