"""The two camps that leave the least frustrated, and below what none can go (Harary's line index of balance).

1. Reduce the graph to cores (`detente.measurement.networks.reduction`).
2. In each core, find camps by annealing.
3. Bound each: by triangles if most pairs have an edge (`dense_search`), else by negative cycles (`integers`).

Aref, Mason & Wilson (2020) compare ways to the same end by integer programmes.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from detente.measurement.networks.annealing import anneal
from detente.measurement.networks.cycles import packed
from detente.measurement.networks.dense_search import MOST, bound_dense_two
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, Solution, canonical, frustration
from detente.measurement.networks.integers import Search
from detente.measurement.networks.reduction import reduced

CROWDED = 0.08
"""The part of pairs with an edge from which triangles of all pairs prove sooner than cycles; measured."""
GRACE = 1.0
"""Seconds for a first bound where time is up before there is any."""


@dataclass(frozen=True)
class Answer:
    """Camps of a core, below what frustration none can go, and how that is known."""

    labels: Ints
    bound: int
    method: str


def solve_two(graph: SignedGraph, effort: Effort) -> Solution:
    """Return two camps and a bound of what any two leave frustrated.

    The bound is the camps' own frustration, a proof, unless `effort.time_limit` cuts it short.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [1, 1, -1])))
    >>> solution = solve_two(triangle, Effort())
    >>> solution.frustration, solution.bound, solution.method
    (1, 1.0, 'reduction')
    """
    deadline = math.inf if effort.time_limit is None else time.monotonic() + effort.time_limit
    small = reduced(graph)
    answers: dict[int, Answer] = {}
    for k in sorted(range(len(small.cores)), key=lambda k: len(small.cores[k].weight)):
        answers[k] = _answer(small.cores[k], effort, deadline)
    found = [answers[k] for k in range(len(answers))]
    labels = small.labels([each.labels for each in found])
    methods = dict.fromkeys(["reduction", *(each.method for each in found)])
    bound = small.lost + sum(each.bound for each in found)
    return Solution(canonical(labels), frustration(graph, labels), float(bound), ", ".join(methods))


def _answer(core: SignedGraph, effort: Effort, deadline: float) -> Answer:
    """Return camps and bound of a core, in units of what all its weights are multiples of."""
    unit = int(np.gcd.reduce(core.weight))
    units = SignedGraph(core.size, core.first, core.second, core.weight // unit)
    labels = anneal(units, seed=effort.seed)
    if not effort.prove:
        found = Answer(labels, packed(units, labels), "disjoint cycles")
    elif core.size <= MOST and len(core.weight) > CROWDED * core.size * (core.size - 1) / 2:
        found = _by_triangles(units, labels, effort.seed, deadline)
    else:
        found = _by_cycles(units, labels, deadline)
    return Answer(found.labels, unit * found.bound, found.method)


def _by_triangles(graph: SignedGraph, labels: Ints, seed: int, deadline: float) -> Answer:
    found = bound_dense_two(graph, labels, deadline=deadline, seed=seed)
    labels = labels if found.labels is None else found.labels
    return Answer(labels, math.ceil(found.bound), found.method)


def _by_cycles(graph: SignedGraph, labels: Ints, deadline: float) -> Answer:
    search = Search(graph, labels, deadline=deadline)
    bound = search.bound()
    if not bound:
        bound = packed(graph, search.labels, deadline=time.monotonic() + GRACE)
    branches = f" in {search.branches} branches" if search.branches else ""
    return Answer(search.labels, bound, f"negative cycles{branches}")
