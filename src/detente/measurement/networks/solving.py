"""The one way to camps of a signed graph, whatever their number."""

from __future__ import annotations

import numpy as np

from detente.measurement.networks.graph import Effort, SignedGraph, Solution, frustration

MOST_WEIGHT = 2**58
"""Of all edges together, so that sums of a few of them stay exact in 64 bits."""


def solve(graph: SignedGraph, *, k: int | None, effort: Effort) -> Solution:
    """Return the partition into at most `k` camps, any number if None, that leaves the least frustrated.

    With a bound of what any such partition leaves; `Solution.proven` says whether they meet. The same camps
    for the same `effort.seed`, unless a proof that finds better ones is cut short by `effort.time_limit`.
    Raises ValueError if `k` is below 1 or the weights add up to 2**58.

    >>> from detente.measurement.networks.graph import merged
    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [-1, -1, -1])))
    >>> [solve(triangle, k=k, effort=Effort()).frustration for k in (1, 2)]
    [3, 1]
    """
    if k is not None and k < 1:
        raise ValueError(f"a partition has at least one camp, not {k}")
    if graph.total >= MOST_WEIGHT:
        raise ValueError("the weights of the edges add up to 2**58 or more: state them in a larger unit")
    if k == 1:
        labels = np.zeros(graph.size, dtype=np.int64)
        lost = frustration(graph, labels)
        return Solution(labels, lost, float(lost), "one camp")
    if k == 2:
        from detente.measurement.networks.balance import solve_two

        return solve_two(graph, effort)
    from detente.measurement.networks.clusters import solve_free

    return solve_free(graph, k=None if k is None or k >= graph.size else k, effort=effort)
