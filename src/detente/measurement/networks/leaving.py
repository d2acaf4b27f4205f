"""Who would leave together: what two nodes save by parting from the core at once, and who goes with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.measurement.networks.graph import Effort, Ints
from detente.measurement.networks.margins import Margin, Stand, descents, first_best, margin, proven

CONFIRMED = 20
"""So many pairs, those that save most, are searched in full; the others by descents from what is known."""


@dataclass(frozen=True)
class Pair:
    """Two nodes, what it costs that both leave, and what they save by it: alone plus alone, less joint."""

    first: int
    second: int
    margin: Margin
    saving: int


def pairs(base: Stand, nodes: Sequence[int], alone: Sequence[Margin], effort: Effort) -> list[Pair]:
    """Return every two of `nodes`, all in the core's camp, those that save most by leaving together first.

    `alone` are the margins of the nodes. Pairs that would leave no core are left out. With `effort.prove`,
    the pairs searched in full get bounds as far as the time goes.
    """
    known = dict(zip(nodes, alone, strict=True))
    found = [
        _pair(known, a, b, _screened(base, a, b, known))
        for a, b in combinations(nodes, 2)
        if not np.isin(base.core, (a, b)).all()
    ]
    found.sort(key=_order)
    best, others = found[:CONFIRMED], found[CONFIRMED:]
    groups = [(each.first, each.second) for each in best]
    full = [
        margin(base, group, seed=effort.seed, near=[each.margin.apart.labels])
        for group, each in zip(groups, best, strict=True)
    ]
    told = proven(base, groups, full, effort)
    return sorted(
        [*(_pair(known, *group, each) for group, each in zip(groups, told, strict=True)), *others], key=_order
    )


def followers(base: Stand, leaving: int, found: Margin, among: Ints) -> Ints:
    """Return who of `among` sits with the core while `leaving` does, and goes to its camp where it leaves."""
    parted = found.apart.labels
    stood = (base.best.labels[among] == 0) & (parted[among] == parted[leaving]) & (among != leaving)
    return np.asarray(among[stood])


def _screened(base: Stand, a: int, b: int, known: dict[int, Margin]) -> Margin:
    """Return the joint margin by descents from the camps as they are, and from those with one of them out."""
    parted, _ = base.terms([a, b])
    starts = [base.best.labels, known[a].apart.labels, known[b].apart.labels]
    return Margin(first_best(base.graph, parted, descents(base, parted, starts)), base.best)


def _pair(known: dict[int, Margin], a: int, b: int, joint: Margin) -> Pair:
    return Pair(a, b, joint, known[a].value + known[b].value - joint.value)


def _order(pair: Pair) -> tuple[int, int, int]:
    return -pair.saving, pair.first, pair.second
