"""All extreme equilibria of a small game, from the vertices of both players' best-response polytopes.

x >= 0 with B'x <= 1, and y >= 0 with A y <= 1, for payoffs above 0, bound one polytope for each player. A
vertex is labelled with the actions that its player leaves out and with those that are best replies to it.
Two vertices that carry all labels between them are an equilibrium once they are scaled to add up to 1, and
every equilibrium mixes such pairs (Mangasarian 1964; von Stengel 2002). Where a vertex has more labels than
dimensions the game is degenerate, and equilibria come in components: the connected parts of the graph of
pairs (Avis, Rosenberg, Savani and von Stengel 2010).

Labels are read off all constraints that bind, not off the facets that Qhull names: it cuts a degenerate facet
into simplices, each with some of its labels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
BINDING = 1e-9
PLACES = 8
"""Vertices that agree to so many places are one."""
BLOCK = 2048


def extreme(a: Floats, b: Floats) -> tuple[Floats, Floats, Ints, bool]:
    """Return all extreme equilibria of payoffs (rows, columns) between 1 and 2.

    Strategies (equilibria, rows) and (equilibria, columns), the component that each belongs to, and whether
    the game is degenerate. Raises `scipy.spatial.QhullError` where Qhull gives up.

    >>> x, y, component, degenerate = extreme(np.array([[2.0, 1], [1, 2]]), np.array([[2.0, 1], [1, 2]]))
    >>> x.tolist(), component.tolist(), degenerate
    ([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]], [0, 1, 2], False)
    """
    m, n = a.shape
    x, y = vertices(b), vertices(a.T)
    of_x, of_y = labels(x, b), np.roll(labels(y, a.T), m, axis=1)
    one, other = _complete(of_x, of_y)
    degenerate = bool((of_x.sum(axis=1) > m).any() or (of_y.sum(axis=1) > n).any())
    return _chances(x[one]), _chances(y[other]), _components(one, other), degenerate


def vertices(payoffs: Floats) -> Floats:
    """Return the vertices of {x >= 0, payoffs' x <= 1}, but for the origin: (vertices, actions).

    By duality the facets of the hull of as many points as constraints, seen from a point inside.

    >>> vertices(np.array([[2.0, 1], [1, 2]])).round(3).tolist()
    [[0.0, 0.5], [0.333, 0.333], [0.5, 0.0]]
    """
    m = payoffs.shape[0]
    if m == 1:
        return np.array([[1.0 / payoffs.max()]])
    inside = 0.5 / payoffs.sum(axis=0).max()
    slack = 1.0 - inside * payoffs.sum(axis=0)
    facets = ConvexHull(np.vstack([-np.eye(m) / inside, (payoffs / slack).T])).equations
    found = inside - facets[:, :-1] / facets[:, -1:]
    found = np.where(found < BINDING, 0.0, found)
    _, first = np.unique(found.round(PLACES), axis=0, return_index=True)
    return np.asarray(found[first][found[first].any(axis=1)])


def labels(x: Floats, payoffs: Floats) -> Flags:
    """Return which constraints bind at each vertex: (vertices, own actions left out, then best replies)."""
    return np.hstack([x < BINDING, 1.0 - x @ payoffs < BINDING])


def _complete(of_x: Flags, of_y: Flags) -> tuple[Ints, Ints]:
    """Return the pairs of vertices that lack no label between them."""
    lacks, lacking = (~of_x).astype(np.float32), (~of_y).astype(np.float32).T
    pairs = [
        np.argwhere(lacks[start : start + BLOCK] @ lacking < 0.5) + np.array([start, 0])
        for start in range(0, len(lacks), BLOCK)
    ]
    both = np.vstack(pairs).astype(np.int64)
    return both[:, 0], both[:, 1]


def _components(one: Ints, other: Ints) -> Ints:
    """Return which connected part of the graph each pair of vertices lies in, numbered as they appear."""
    if not len(one):
        return one
    ends = (int(one.max()) + 1, int(other.max()) + 1)
    graph = coo_array((np.ones(len(one)), (one, ends[0] + other)), shape=(sum(ends), sum(ends)))
    part = connected_components(graph, directed=False)[1][one]
    first, place = np.unique(part, return_index=True)
    return np.asarray(np.argsort(np.argsort(place))[np.searchsorted(first, part)], dtype=np.int64)


def _chances(x: Floats) -> Floats:
    return np.asarray(x / x.sum(axis=1, keepdims=True))
