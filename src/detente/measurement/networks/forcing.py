"""Networks in which some nodes must share a camp and others must keep out of it, as plain networks.

Nodes that stand together become one node. Those apart from it: of two camps there is only one other, so their
ties change sign and they join it too (switching; Zaslavsky 1982), which loses nothing; of more camps, a
negative edge heavier than all that they have at stake keeps them off. Solvers then need no constraints, and
their bounds hold for the question asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.measurement.networks.descent import anchored
from detente.measurement.networks.graph import Ints, SignedGraph, contracted, merged

NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Terms:
    """What is asked of camps: nodes `together`, one at the least, share one, and none of `apart` is in it."""

    together: Ints
    apart: Ints


@dataclass(frozen=True)
class Forced:
    """A graph that stands for another one under terms: partitions of it cost what they do in the other."""

    graph: SignedGraph
    """Its node 0 is those that stand together."""
    node: Ints
    """(the other's size,) the node of `graph` that each node went into."""
    switched: NDArray[np.bool_]
    """(the other's size,) which nodes are in the other one of two camps than their node of `graph`."""
    offset: int
    """What any partition leaves frustrated beside what it does in `graph`."""

    def labels(self, found: Ints) -> Ints:
        """Return labels under the constraints for labels of `graph`; those that stand together are camp 0."""
        return np.where(self.switched, 1, anchored(found, 0)[self.node])


def force(graph: SignedGraph, terms: Terms, *, k: int | None) -> Forced:
    """Return a graph whose best partition into k camps, or any number, is that of `graph` under `terms`.

    >>> pair, _ = merged(2, np.array([0]), np.array([1]), np.array([5]))
    >>> forced = force(pair, Terms(np.array([0]), np.array([1])), k=2)
    >>> forced.offset, forced.labels(np.zeros(1, np.int64)).tolist()
    (5, [0, 1])
    """
    if k == 2:
        return _joined(graph, np.concatenate([terms.together, terms.apart]), switched=terms.apart)
    forced = _joined(graph, terms.together, switched=NOBODY)
    bare, off = forced.graph, forced.node[terms.apart]
    stake = np.zeros(bare.size, dtype=np.int64)
    np.add.at(stake, bare.first, np.abs(bare.weight))
    np.add.at(stake, bare.second, np.abs(bare.weight))
    held, lost = merged(
        bare.size,
        np.concatenate([bare.first, np.zeros_like(off)]),
        np.concatenate([bare.second, off]),
        np.concatenate([bare.weight, -(stake[off] + 1)]),
    )
    return replace(forced, graph=held, offset=forced.offset + lost)


def _joined(graph: SignedGraph, members: Ints, *, switched: Ints) -> Forced:
    """Return `graph` with `members` as node 0, the ties of the `switched` with all others reversed."""
    turned = np.isin(np.arange(graph.size), switched)
    sign = np.where(turned[graph.first] != turned[graph.second], -1, 1)
    node = np.zeros(graph.size, dtype=np.int64)
    rest = ~np.isin(np.arange(graph.size), members)
    node[rest] = np.arange(1, rest.sum() + 1)
    held, lost = contracted(replace(graph, weight=graph.weight * sign), node)
    return Forced(held, node, turned, lost)
