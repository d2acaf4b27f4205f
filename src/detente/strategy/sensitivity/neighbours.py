"""Shapley effects from a sample alone: variances given other inputs are those among nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.naming import misnamed, named
from detente.strategy.sensitivity.effects import Effects, Local, as_effects, by_orders, by_sets, summed
from detente.strategy.sensitivity.estimates import blocks
from detente.strategy.sensitivity.joint import subsets
from detente.strategy.sensitivity.nearest import chain_variances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ALL = 6
"""Up to so many inputs neighbours are sought in every subset; with more, along random permutations."""
TOGETHER = 32
"""Points of one permutation."""
TIE = 1e-9
"""Random shares of a standard deviation by which points that tie are told apart."""


@dataclass(frozen=True)
class Neighbourhood:
    """How variances are taken from a sample: among `count` nearest neighbours (a point is its own first) of
    at most `points` points, and again in each of `halves` random halves of the sample.

    `noise` says that the output hangs on chance besides the inputs: the variance among nearest neighbours
    in all inputs is then set aside as unexplained.
    """

    count: int = 3
    points: int = 8192
    noise: bool = False
    halves: int = 20


def shapley_of_sample(
    x: Floats,
    y: Floats,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    near: Neighbourhood | None = None,
    seed: int = 0,
) -> Effects:
    """Return Shapley effects of outputs `y` (n,) or (n, outputs) on inputs `x` (n, d) of a given sample.

    Broto, Bachoc and Depecker (2020): c(u) = E[Var(Y | all inputs but u)] is the mean variance of Y among
    points that are nearest in all inputs but u, each divided by its standard deviation. Effects follow from
    c of all subsets; with more than 6 inputs, of those that random permutations pass through, each at 32
    points. Where many inputs are held, neighbours are not near and c is too large, so that effects of a
    small sample are drawn towards equal ones. Intervals: 1.96 standard errors, from the spread over random
    halves of the sample, which is that of the whole sample over samples (a bootstrap would see points as
    their own neighbours).

    Rows whose output is not finite are left out and counted. Raises StrategyError for inputs that are
    constant or not finite, and for samples too small.

    >>> x = np.random.default_rng(0).standard_normal((1000, 2))
    >>> shapley_of_sample(x, x @ np.array([1.0, 2.0])).effect.value.round(1).tolist()
    [[0.2, 0.8]]
    """
    near = near or Neighbourhood()
    table = np.asarray(x, dtype=np.float64)
    raise_all(StrategyError, [*_unfit(table, len(y), near), *_misnamed(inputs, table)])
    held = blocks(y, rows=1, names=outputs)
    values = held.y[:, 0]
    if len(values) < 4 * near.count:
        what = f"{len(values)} rows with finite outputs for {near.count} neighbours"
        raise StrategyError(Problem("y", what, f"{4 * near.count} are the least"))
    rng = np.random.default_rng([seed, *table.shape])
    points = (table[held.whole] - table.mean(axis=0)) / table.std(axis=0)
    points += TIE * rng.random(points.shape)
    parts = [np.arange(len(values))]
    parts += [rng.permutation(len(values))[: len(values) // 2] for _ in range(near.halves)]
    told = [_once(points[part], values[part], near, rng) for part in parts]
    effect, left, variance = (np.concatenate(each) for each in zip(*told, strict=True))
    return as_effects((effect, left, variance), held, named(inputs, table.shape[1], kind="input"))


def _once(
    x: Floats, y: Floats, near: Neighbourhood, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Return effects (1, outputs, d), what is unexplained and variances (1, outputs) in one sample."""
    local = (_by_sets if x.shape[1] <= ALL else _by_permutations)(x, y, near, rng)
    return summed(local, np.full((1, len(local.gain)), 1 / len(local.gain)))


def _by_sets(x: Floats, y: Floats, near: Neighbourhood, rng: np.random.Generator) -> Local:
    chosen = np.sort(rng.permutation(len(x))[: near.points])
    d = x.shape[1]
    order, free = subsets(d)
    cost = np.empty((len(chosen), len(free), y.shape[1]))
    for place, count in enumerate(free[:-1].tolist()):
        cost[:, place] = _variances(x[:, order[0, place, : d - count]], y, chosen, near.count)
    nothing = _variances(x, y, chosen, near.count) if near.noise else np.zeros((len(chosen), y.shape[1]))
    gain, last = by_sets(cost, order[0], free)
    return Local(gain - nothing[:, None] / d, last, y[chosen], y[chosen] ** 2, nothing)


def _by_permutations(x: Floats, y: Floats, near: Neighbourhood, rng: np.random.Generator) -> Local:
    d, count = x.shape[1], max(near.points // TOGETHER, 2)
    order = rng.permuted(np.tile(np.arange(d), (count, 1)), axis=1)
    chosen = rng.integers(len(x), size=(count, min(TOGETHER, len(x))))
    chains = [chain_variances(x, y, some, each, near.count) for some, each in zip(chosen, order, strict=True)]
    told = np.array(chains)
    nothing = told[:, -1] if near.noise else np.zeros_like(told[:, -1])
    cost = np.concatenate([told[:, -2::-1], np.zeros_like(told[:, :1])], axis=1)
    gain, last = by_orders(cost, order)
    np.subtract.at(gain, (np.arange(count), order[:, -1]), nothing)
    mean, square = y[chosen].mean(axis=1), (y[chosen] ** 2).mean(axis=1)
    return Local(gain, last, mean, square, nothing, chosen.shape[1])


def _variances(x: Floats, y: Floats, chosen: Ints, count: int) -> Floats:
    """Return the variance of `y` among the points nearest to each chosen one."""
    _, near = KDTree(x).query(x[chosen], k=count)
    return np.asarray(y[near].var(axis=1, ddof=1))


def _misnamed(inputs: Sequence[str], x: Floats) -> Iterator[Problem]:
    if x.ndim == 2:
        yield from misnamed(inputs, x.shape[1], kind="input")


def _unfit(x: Floats, rows: int, near: Neighbourhood) -> Iterator[Problem]:
    if x.ndim != 2 or not x.size:
        yield Problem("x", f"has the shape {x.shape}", "give one row per run, one column per input")
        return
    if len(x) != rows:
        yield Problem("y", f"{rows} rows for {len(x)} of x", "give the output of every row")
    if near.count < 2:
        yield Problem("near", f"{near.count} neighbours have no variance", "take 2 or more")
    if not np.isfinite(x).all():
        yield Problem("x", "holds inputs that are not finite", "leave out those rows, and say how many")
        return
    for place in np.flatnonzero(np.ptp(x, axis=0) == 0).tolist():
        yield Problem(f"x: input {place + 1}", "is constant", "leave out an input that does not vary")
