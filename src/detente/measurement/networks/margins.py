"""How firmly the core of a bloc holds a node: what it costs to part them, less what it costs to keep them.

With C the core and m a node, let B be the least frustration of partitions in which C \\ {m} share a camp that
m is not in, and J the least of those in which m is. The margin is B - J: positive where the node sits with
the core, zero where it could as well not, negative where it does not, and then what forcing it in would cost.
Anchoring on a core keeps the answer from being that the anchor itself is the cheapest to part.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from detente.measurement.networks.annealing import anneal
from detente.measurement.networks.descent import Rows, settled
from detente.measurement.networks.forcing import NOBODY, Terms, force
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, frustration
from detente.measurement.networks.moving import improve

STARTS, SWEEPS = 8, 400
"""How often, and how long, two camps are annealed for a margin, beside descents from camps nearly right."""
FREE_STARTS = 1
"""The same where the number of camps is another, and one search takes far longer."""


@dataclass(frozen=True)
class Best:
    """The best camps found under some terms, and below what frustration none can go."""

    labels: Ints
    """(size,) camps; that of those who stand together is 0."""
    frustration: int
    bound: float = -math.inf

    @property
    def proven(self) -> bool:
        """Whether no camps under the terms can be better."""
        return self.frustration - self.bound < 1 - 1e-6


@dataclass(frozen=True)
class Stand:
    """A network, the core that members are measured against, and the best camps that keep it whole."""

    graph: SignedGraph
    core: Ints
    k: int | None
    best: Best

    @cached_property
    def rows(self) -> Rows:
        """The graph's edges by node."""
        return self.graph.rows()

    def terms(self, leaving: Sequence[int]) -> tuple[Terms, Terms]:
        """Return what parts all of `leaving` from the rest of the core, and what keeps them with it."""
        nodes = np.array(leaving, dtype=np.int64)
        rest = self.core[~np.isin(self.core, nodes)]
        return Terms(rest, nodes), Terms(np.concatenate([rest, nodes]), NOBODY)


@dataclass(frozen=True)
class Margin:
    """What parting some nodes from the core costs beyond keeping them with it."""

    apart: Best
    joined: Best

    @property
    def value(self) -> int:
        return self.apart.frustration - self.joined.frustration

    @property
    def bound(self) -> float:
        """The margin is at least this: the least that parting can cost, less camps that do not part."""
        return self.apart.bound - self.joined.frustration

    @property
    def proven(self) -> bool:
        """Whether neither side can be bettered."""
        return self.apart.proven and self.joined.proven


def firmest(weights: Ints) -> Ints:
    """Return the places of the half of the members that hold together most firmly, in order.

    One at a time, the member with the least total weight to those that remain is peeled off (of equals, the
    last), until half of them remain, two at the least. `weights` (n, n) is the symmetric matrix of ties.

    >>> firmest(np.array([[0, 5, 1, -4], [5, 0, 2, 0], [1, 2, 0, 0], [-4, 0, 0, 0]])).tolist()
    [0, 1]
    """
    left = np.arange(len(weights))
    while len(left) > max(2, (len(weights) + 1) // 2):
        total = weights[np.ix_(left, left)].sum(axis=1)
        left = np.delete(left, len(left) - 1 - int(np.argmin(total[::-1])))
    return left


def stand(
    graph: SignedGraph, core: Ints, *, labels: Ints, k: int | None, effort: Effort, bound: float = -math.inf
) -> Stand:
    """Return the best camps that keep `core` whole, with `labels` (size,) as a start.

    `bound` is known to hold for any camps. Raises `ValueError` for fewer than two camps.
    """
    if k is not None and k < 2:
        raise ValueError("nobody can leave the only camp: k is 2 or more, or free")
    terms = Terms(core, NOBODY)
    forced = force(graph, terms, k=k)
    near = settled(graph.rows(), labels, k=k, together=core, apart=NOBODY)
    full = anneal(forced.graph, seed=effort.seed) if k == 2 else improve(forced.graph, k=k, seed=effort.seed)
    best = replace(first_best(graph, terms, [near, forced.labels(full)]), bound=bound)
    return Stand(graph, core, k, certified(Stand(graph, core, k, best), terms, best, effort))


def margins(base: Stand, nodes: Sequence[int], *, seed: int = 0) -> tuple[Stand, list[Margin]]:
    """Return the margin of each node as the heuristics find it, and the camps they are measured from.

    Where a search comes upon better camps that keep the core whole than those of `base`, all is measured
    again from there.
    """
    while True:
        found = [margin(base, [node], seed=seed) for node in nodes]
        sides = [best for each in found for best in (each.apart, each.joined)]
        whole = [best for best in sides if not best.labels[base.core].any()]
        least = min([base.best, *whole], key=lambda best: best.frustration)
        if least.frustration == base.best.frustration:
            return base, found
        base = replace(base, best=replace(least, bound=base.best.bound))


def margin(base: Stand, leaving: Sequence[int], *, seed: int = 0, near: Sequence[Ints] = ()) -> Margin:
    """Return what it costs to part all the nodes `leaving` from the core beyond keeping them all.

    A side on which `base` has the nodes already needs no search. `near` are further camps to start from.
    """
    inside = base.best.labels[np.array(leaving, dtype=np.int64)] == 0
    starts = [base.best.labels, *near]
    parted, kept = base.terms(leaving)
    return Margin(
        search(base, parted, starts, seed=seed) if inside.any() else base.best,
        base.best if inside.all() else search(base, kept, starts, seed=seed),
    )


def search(base: Stand, terms: Terms, starts: Sequence[Ints], *, seed: int) -> Best:
    """Return the best camps under `terms`, by descent from each start and by the full heuristic.

    Of equals, the first: camps stay as near to the first start as they can.
    """
    forced = force(base.graph, terms, k=base.k)
    full = (
        anneal(forced.graph, seed=seed, starts=STARTS, sweeps=SWEEPS)
        if base.k == 2
        else improve(forced.graph, k=base.k, seed=seed, starts=FREE_STARTS)
    )
    return first_best(base.graph, terms, [*descents(base, terms, starts), forced.labels(full)])


def descents(base: Stand, terms: Terms, starts: Sequence[Ints]) -> list[Ints]:
    """Return camps under `terms` by descent from each of `starts`."""
    return [
        settled(base.rows, labels, k=base.k, together=terms.together, apart=terms.apart) for labels in starts
    ]


def first_best(graph: SignedGraph, terms: Terms, tried: Sequence[Ints]) -> Best:
    """Return the first of the best of `tried` camps; the first of them keeps the terms, others that do not
    are passed over.
    """
    kept = [labels for labels in tried if labels[terms.apart].all()]
    costs = [frustration(graph, labels) for labels in kept]
    least = int(np.argmin(costs))
    return Best(kept[least], costs[least])


def proven(
    base: Stand, groups: Sequence[Sequence[int]], found: Sequence[Margin], effort: Effort
) -> list[Margin]:
    """Return the margins of `groups` with bounds; `effort.time_limit` is for all of them together.

    What `base` itself leaves is taken with the bound it has.
    """
    start, told = time.monotonic(), []
    for place, (leaving, each) in enumerate(zip(groups, found, strict=True)):
        share = effort
        if effort.time_limit is not None:
            left = max(0.0, start + effort.time_limit - time.monotonic())
            share = replace(effort, time_limit=left / (len(groups) - place))
        sides = zip(base.terms(leaving), (each.apart, each.joined), strict=True)
        told.append(
            Margin(
                *(best if best is base.best else certified(base, terms, best, share) for terms, best in sides)
            )
        )
    return told


def certified(base: Stand, terms: Terms, best: Best, effort: Effort) -> Best:
    """Return `best` with a bound, bettered if the proof betters it; as it is if no proof is asked for."""
    if best.proven or not effort.prove:
        return best
    from detente.measurement.networks.solving import solve

    forced = force(base.graph, terms, k=base.k)
    solution = solve(forced.graph, k=base.k, effort=effort)
    found = first_best(base.graph, terms, [best.labels, forced.labels(solution.labels)])
    return replace(found, bound=max(best.bound, solution.bound + forced.offset))
