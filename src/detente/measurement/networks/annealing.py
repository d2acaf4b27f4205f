"""Two camps by simulated annealing: the partition found, quickly, on any graph; a proof comes from elsewhere.

Nodes are visited in turn; a switch to the other camp that raises frustration by g is made with probability
exp(-g / T) (Kirkpatrick, Gelatt & Vecchi 1983) while T falls from the size of a node's pull to below that of
an edge. Then nodes, and pairs of nodes with an edge between them, move while that helps. The amount of work
depends on the graph only, never on the clock, so that a seed gives the same camps on every machine.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

from detente.measurement.networks.graph import Ints, SignedGraph

Spins = NDArray[np.int8]

STARTS = 8
WORK = 200_000_000
"""About how many edges are looked at in all; fewer starts rather than short ones where that is little."""
SWEEPS = 400, 1500
"""What a start should have of visits to each node, and what it has at most."""
HIGH, COLD = 0.75, 0.15
"""Cooling runs from this quantile of the pulls on nodes to this part of the median weight of an edge."""


def anneal(
    graph: SignedGraph, *, seed: int = 0, starts: int | None = None, sweeps: int | None = None
) -> Ints:
    """Return the camps, 0 or 1 for each node, with the least frustration that a fixed amount of work found.

    The best of `starts` independent runs of `sweeps` visits to every node, the first of them among equals;
    how many of each follows from the size of the graph where it is not given. Node 0 is in camp 0.

    >>> from detente.measurement.networks.graph import merged
    >>> square, _ = merged(4, *(np.array(each) for each in ([0, 1, 2, 3], [1, 2, 3, 0], [1, -1, 1, -1])))
    >>> anneal(square).tolist()
    [0, 0, 1, 1]
    """
    if not len(graph.weight):
        return np.zeros(graph.size, dtype=np.int64)
    rows = graph.rows()
    hot, cold = _temperatures(graph)
    visits = WORK // (2 * len(graph.weight) + graph.size)
    starts = starts or int(np.clip(visits // SWEEPS[0], 1, STARTS))
    sweeps = sweeps or int(np.clip(visits // starts, 50, SWEEPS[1]))
    found: tuple[int, Spins] | None = None
    for stream in np.random.SeedSequence(seed).spawn(starts):
        state, scatter = stream.generate_state(2, np.uint64)
        spins = _scattered(graph.size, scatter)
        cost = _cool(*rows, spins, hot, cold, sweeps, state)
        if found is None or cost < found[0]:
            found = cost, spins
    assert found is not None
    return _labels(found[1])


def descend(graph: SignedGraph, labels: Ints) -> Ints:
    """Return camps no worse than `labels`, which no move of a node, nor of two with an edge, betters.

    >>> from detente.measurement.networks.graph import merged
    >>> pair, _ = merged(2, np.array([0]), np.array([1]), np.array([-3]))
    >>> descend(pair, np.array([0, 0])).tolist()
    [0, 1]
    """
    spins = np.where(labels == labels[:1], 1, -1).astype(np.int8)
    if len(graph.weight):
        _settle(*graph.rows(), spins)
    return _labels(spins)


def _temperatures(graph: SignedGraph) -> tuple[float, float]:
    """Return where cooling starts and ends; no maxima, since a few edges may outweigh all others."""
    squares = graph.weight.astype(float) ** 2
    pull = np.zeros(graph.size)
    np.add.at(pull, graph.first, squares)
    np.add.at(pull, graph.second, squares)
    cold = COLD * float(np.median(np.abs(graph.weight)))
    return max(float(np.sqrt(np.quantile(pull[pull > 0], HIGH))), 2 * cold), cold


def _labels(spins: Spins) -> Ints:
    labels: Ints = (spins != spins[:1]).astype(np.int64)
    return labels


@njit(cache=True)
def _next(state):
    """Return the state after this one, and a number in (0, 1]: SplitMix64 (Steele et al. 2014)."""
    state = uint64(state + uint64(0x9E3779B97F4A7C15))
    z = state
    z = uint64((z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9))
    z = uint64((z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB))
    z = z ^ (z >> uint64(31))
    return state, (np.float64(z >> uint64(11)) + 1.0) * 2.0**-53


@njit(cache=True)
def _scattered(size, state):
    """Return `size` spins at random."""
    spins = np.empty(size, dtype=np.int8)
    for v in range(size):
        state, draw = _next(state)
        spins[v] = 1 if draw > 0.5 else -1
    return spins


@njit(cache=True)
def _gains(starts, others, weight, spins):
    """Return what each node's switch would add to frustration, and the frustration now."""
    gains = np.zeros(len(spins), dtype=np.int64)
    twice = np.int64(0)
    for v in range(len(spins)):
        for k in range(starts[v], starts[v + 1]):
            held = weight[k] * spins[v] * spins[others[k]]
            gains[v] += held
            if held < 0:
                twice -= held
    return gains, twice // 2


@njit(cache=True)
def _switch(starts, others, weight, spins, gains, v):
    """Move node `v` to the other camp, and keep `gains` true."""
    spins[v] = -spins[v]
    gains[v] = -gains[v]
    for k in range(starts[v], starts[v + 1]):
        u = others[k]
        gains[u] += 2 * weight[k] * spins[v] * spins[u]


@njit(cache=True)
def _cool(starts, others, weight, spins, hot, cold, sweeps, state):
    """Anneal `spins` in place over `sweeps` visits to each node, and return the frustration left."""
    gains, cost = _gains(starts, others, weight, spins)
    best, kept = cost, spins.copy()
    for sweep in range(sweeps):
        heat = hot * (cold / hot) ** (sweep / max(1, sweeps - 1))
        for v in range(len(spins)):
            gain = gains[v]
            if gain > 0:
                if gain > 37.0 * heat:
                    continue
                state, draw = _next(state)
                if gain > -heat * np.log(draw):
                    continue
            cost += gain
            _switch(starts, others, weight, spins, gains, v)
        if cost < best:
            best = cost
            kept[:] = spins
    spins[:] = kept
    return _settle(starts, others, weight, spins)


@njit(cache=True)
def _settle(starts, others, weight, spins):
    """Move single nodes, and pairs with an edge, in place while that helps; return the frustration left."""
    gains, cost = _gains(starts, others, weight, spins)
    moving = True
    while moving:
        moving = False
        for v in range(len(spins)):
            if gains[v] < 0:
                cost += gains[v]
                _switch(starts, others, weight, spins, gains, v)
                moving = True
        for v in range(len(spins)):
            for k in range(starts[v], starts[v + 1]):
                u = others[k]
                both = gains[v] + gains[u] - 2 * weight[k] * spins[v] * spins[u]
                if both < 0:
                    cost += both
                    _switch(starts, others, weight, spins, gains, v)
                    _switch(starts, others, weight, spins, gains, u)
                    moving = True
    return cost
