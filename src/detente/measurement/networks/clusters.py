"""The camps that leave the least frustrated, in any number or at most k, and below what none can go.

Weak balance (Davis 1967), which is correlation clustering (Bansal, Blum & Chawla 2004) and minimum multicut:

1. Reduce the graph to cores (`multicut_reduction`).
2. In each core, find camps by annealing over labels (`moving`).
3. Bound each by cycles or triangles (`multicut`). What camps in any number leave is a bound for k camps too.
"""

from __future__ import annotations

import math
import time

import numpy as np

from detente.measurement.networks.balance import Answer
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, Solution, canonical, frustration
from detente.measurement.networks.moving import fitted, improve, settled
from detente.measurement.networks.multicut import PartitionSearch
from detente.measurement.networks.multicut_cycles import packed
from detente.measurement.networks.multicut_reduction import connected, reduced


def solve_free(graph: SignedGraph, *, k: int | None, effort: Effort) -> Solution:
    """Return at most `k` camps, three or more, or any number if None, and a bound of what any leave.

    The bound is the camps' own frustration, a proof, unless `effort.time_limit` cuts it short; for `k` it may
    also stay below, since not all that `k` camps cost more than any number is known to it.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [1, 1, -1])))
    >>> solution = solve_free(triangle, k=None, effort=Effort())
    >>> solution.frustration, solution.bound, solution.method
    (1, 1.0, 'reduction')
    """
    deadline = math.inf if effort.time_limit is None else time.monotonic() + effort.time_limit
    small = reduced(graph, k=k)
    answers: dict[int, Answer] = {}
    for i in sorted(range(len(small.cores)), key=lambda i: len(small.cores[i].weight)):
        answers[i] = _answer(small.cores[i], k, effort, deadline)
    found = [answers[i] for i in range(len(answers))]
    labels = small.labels([each.labels for each in found])
    if k is None:
        # No two are in one camp only because neither minds.
        labels = connected(graph, (labels[graph.first] == labels[graph.second]) & (graph.weight > 0))
    methods = dict.fromkeys(["reduction", *(each.method for each in found)])
    bound = small.lost + sum(each.bound for each in found)
    return Solution(canonical(labels), frustration(graph, labels), float(bound), ", ".join(methods))


def _answer(core: SignedGraph, k: int | None, effort: Effort, deadline: float) -> Answer:
    """Return camps and bound of a core, in units of what all its weights are multiples of."""
    unit = int(np.gcd.reduce(core.weight))
    units = SignedGraph(core.size, core.first, core.second, core.weight // unit)
    labels = _camps(units, k, effort.seed)
    if not effort.prove:
        bound, method = packed(units), "disjoint cycles"
    else:
        search = PartitionSearch(units, labels, limit=min(k or core.size, core.size), deadline=deadline)
        bound = search.bound()
        if bound < search.least:
            bound = max(bound, packed(units))
        labels = search.labels
        branches = f" in {search.branches} branches" if search.branches else ""
        method = f"{'triangles' if search.dense else 'cycles'}{branches}"
    return Answer(labels, unit * bound, method)


def _camps(graph: SignedGraph, k: int | None, seed: int) -> Ints:
    """Return camps: for `k`, the better of those found among `k` and of those joined from any number."""
    labels = improve(graph, k=k, seed=seed)
    if k is None or k >= graph.size:
        return labels
    free = improve(graph, seed=seed)
    if free.max() < k:
        return free
    joined = settled(graph, fitted(graph, free, k), limit=k)
    return min(labels, joined, key=lambda each: frustration(graph, each))
