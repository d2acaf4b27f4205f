"""A signed, weighted graph as arrays, and what a partition of it into camps leaves frustrated.

Kernels of this package take and return such graphs and integer labels; names of actors live one layer up, in
`detente.measurement.networks.ties`. Weights are whole numbers of a unit that the layer above states, so that
a lower bound less than one unit below a partition's frustration is a proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SignedGraph:
    """An undirected graph of `size` nodes: `first[e] < second[e]`, each pair once, `weight[e]` not zero."""

    size: int
    first: Ints
    second: Ints
    weight: Ints

    @property
    def total(self) -> int:
        """The weight of all edges, whatever their sign."""
        return int(np.abs(self.weight).sum())

    def matrix(self) -> Ints:
        """Return the symmetric (size, size) matrix of weights, zero where there is no edge."""
        found = np.zeros((self.size, self.size), dtype=np.int64)
        found[self.first, self.second] = self.weight
        return found + found.T

    def components(self) -> Ints:
        """Return which nodes edges connect, however far: (size,) numbers by size, and -1 without an edge.

        >>> merged(4, *(np.array(each) for each in ([1], [2], [-3])))[0].components().tolist()
        [-1, 0, 0, -1]
        """
        held = np.zeros(self.size, dtype=bool)
        held[self.first] = held[self.second] = True
        links = sparse.coo_array(
            (np.ones(len(self.weight)), (self.first, self.second)), shape=(self.size, self.size)
        )
        found = np.full(self.size, -1, dtype=np.int64)
        if held.any():
            part = connected_components(links, directed=False)[1].astype(np.int64)
            found[held] = canonical(part[held])
        return found

    def rows(self) -> tuple[Ints, Ints, Ints]:
        """Return the edges by node, both ways: where each node's edges start, the other ends, the weights."""
        ends = np.concatenate([self.first, self.second]), np.concatenate([self.second, self.first])
        both = sparse.csr_array((np.tile(self.weight, 2), ends), shape=(self.size, self.size))
        return both.indptr.astype(np.int64), both.indices.astype(np.int64), both.data.astype(np.int64)


def merged(size: int, first: Ints, second: Ints, weight: Ints) -> tuple[SignedGraph, int]:
    """Return the graph with parallel edges added up, and the frustration that no partition can avoid.

    Edges between the same two nodes become one of their sum; the smaller of what speaks for and what speaks
    against is lost whatever the camps. Edges of a node to itself cost nothing if positive, and their weight
    if negative. Sums of zero vanish.

    >>> graph, lost = merged(3, *(np.array(each) for each in ([0, 1, 2], [1, 0, 2], [5, -2, -3])))
    >>> graph.weight.tolist(), lost
    ([3], 5)
    """
    loops = first == second
    lost = int(-np.minimum(weight[loops], 0).sum())
    low, high, weight = np.minimum(first, second)[~loops], np.maximum(first, second)[~loops], weight[~loops]
    pair, place = np.unique(low * size + high, return_inverse=True)
    plus, minus = np.zeros(len(pair), dtype=np.int64), np.zeros(len(pair), dtype=np.int64)
    np.add.at(plus, place, np.maximum(weight, 0))
    np.add.at(minus, place, np.maximum(-weight, 0))
    lost += int(np.minimum(plus, minus).sum())
    held = plus != minus
    pair, summed = pair[held], (plus - minus)[held]
    return SignedGraph(size, pair // size, pair % size, summed), lost


def frustration(graph: SignedGraph, labels: Ints) -> int:
    """Return the weight of positive edges across camps and of negative ones within them.

    For two camps, the line index of balance (Harary 1959); for more, that of weak balance (Davis 1967).
    `labels` (size,) are camps as whole numbers.

    >>> triangle, _ = merged(3, *(np.array(each) for each in ([0, 0, 1], [1, 2, 2], [1, 1, -1])))
    >>> frustration(triangle, np.array([0, 0, 1]))
    1
    """
    apart = labels[graph.first] != labels[graph.second]
    return int(np.abs(graph.weight[apart == (graph.weight > 0)]).sum())


def canonical(labels: Ints) -> Ints:
    """Return the same partition with camps numbered by size, the largest 0; among equals, by first member.

    >>> canonical(np.array([7, 7, 2, 9, 2, 2])).tolist()
    [1, 1, 0, 2, 0, 0]
    """
    _, start, place, count = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(count), dtype=np.int64)
    rank[np.lexsort((start, -count))] = np.arange(len(count))
    return rank[place]


def contracted(graph: SignedGraph, groups: Ints) -> tuple[SignedGraph, int]:
    """Return the graph with each group of nodes as one node, and the frustration within groups.

    `groups` (size,) are 0, 1, ...; a partition of the groups costs what it leaves in the new graph, and this.
    """
    return merged(int(groups.max()) + 1, groups[graph.first], groups[graph.second], graph.weight)


@dataclass(frozen=True)
class Effort:
    """How much work an answer may cost. Only `time_limit`, seconds of wall clock, makes it machine-bound."""

    time_limit: float | None = 60.0
    seed: int = 0
    prove: bool = True
    """Whether to look for a bound at all; without it, the bound is what is cheap to have."""


@dataclass(frozen=True)
class Solution:
    """A partition, what it leaves frustrated, and below what no partition can go."""

    labels: Ints
    """(size,) canonical labels of camps."""
    frustration: int
    bound: float
    """No partition leaves less than this; at most `frustration`."""
    method: str
    """What gave the bound, in a few words."""

    @property
    def proven(self) -> bool:
        """Whether no partition can be better: weights are whole, so that a gap below one is none."""
        return self.frustration - self.bound < 1 - 1e-6

    @property
    def gap(self) -> float:
        """The part of the frustration that could at most be saved: 0 where the partition is proven best."""
        return 0.0 if self.proven else (self.frustration - self.bound) / self.frustration
