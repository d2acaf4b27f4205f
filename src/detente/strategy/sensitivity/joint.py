"""Inputs that are correlated: margins joined by a Gaussian copula, and rows to run for Shapley effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.sensitivity.designs import power_of_two

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXACT = 8
"""Up to so many inputs every subset is run; with more, random permutations."""
MOST = 1000
"""Columns that a Sobol sequence gives here; beyond, it is no better than chance."""


class Margin(Protocol):
    """What an input is drawn from: anything with quantiles, such as a frozen scipy distribution."""

    def ppf(self, q: Floats, /) -> Floats:
        """Return the quantiles at shares `q`."""


@dataclass(frozen=True, eq=False)
class Joint:
    """Inputs as quantiles of their margins, joined by the correlation (d, d) of their normal scores.

    Without margins, the inputs are the normal scores themselves. From a rank correlation r the correlation
    of normal scores is 2 sin(pi r / 6). Raises StrategyError for a matrix that is no correlation matrix of
    inputs that all vary on their own.

    >>> Joint(np.array([[1.0, 0.5], [0.5, 1.0]])).draw(4, seed=0).shape
    (4, 2)
    """

    correlation: Floats
    margins: Sequence[Margin] = field(default=())

    def __post_init__(self) -> None:
        raise_all(StrategyError, list(_no_correlation(np.asarray(self.correlation), len(self.margins))))

    @property
    def d(self) -> int:
        """Number of inputs."""
        return len(self.correlation)

    def draw(self, size: int, *, seed: int) -> Floats:
        """Return a random sample (size, d)."""
        scores = np.random.default_rng(seed).standard_normal((size, self.d))
        return self.values(scores @ np.linalg.cholesky(self.correlation).T)

    def values(self, scores: Floats) -> Floats:
        """Return the inputs (..., d) at normal scores (..., d)."""
        if not self.margins:
            return scores
        columns = [margin.ppf(ndtr(scores[..., j])) for j, margin in enumerate(self.margins)]
        return np.stack(columns, axis=-1)


@dataclass(frozen=True, eq=False)
class Conditional:
    """Rows to run for Shapley effects: `x` (size * sets * inner, d), and whose variance each `inner` tells.

    Rows of one outer draw follow one another. `order` (1 or size, sets, d) puts the inputs that are held
    first, `free` (sets,) counts those that are drawn anew `inner` times given the held ones.
    """

    x: Floats
    order: Ints
    free: Ints
    inner: int

    @property
    def exact(self) -> bool:
        """Whether every subset of inputs is run."""
        return len(self.order) == 1

    @property
    def rows(self) -> int:
        """Rows of one outer draw."""
        return len(self.free) * self.inner


def conditional(
    joint: Joint, *, size: int, seed: int, inner: int = 3, exact: bool | None = None
) -> Conditional:
    """Return the rows to run for `shapley`: for every set of inputs, `inner` draws of it given all others.

    Exact (the default up to 8 inputs): all 2^d - 1 sets at each of `size` outer draws, which stands for all
    permutations. Else one random permutation per outer draw, and the d sets it passes through. Song, Nelson
    and Staum (2016); all sets share outer and inner numbers, points of one scrambled Sobol sequence.

    Raises StrategyError where `size` is no power of two or `inner` below 2.

    >>> conditional(Joint(np.eye(3)), size=8, seed=0).x.shape
    (168, 3)
    """
    problems = list(power_of_two(size))
    if inner < 2:
        problems.append(Problem("inner", f"{inner} draws have no variance", "take 2 or more"))
    raise_all(StrategyError, problems)
    order, free = subsets(joint.d) if _all(joint.d, exact) else _permutations(joint.d, size, seed)
    base = _normal(size, (inner + 1) * joint.d, seed).reshape(size, inner + 1, joint.d)
    scores = np.empty((size, len(free), inner, joint.d))
    for place, count in enumerate(free.tolist()):
        held = order[:, place]
        scores[:, place] = _redrawn(joint.correlation, base, held, joint.d - count)
    return Conditional(joint.values(scores).reshape(-1, joint.d), order, free, inner)


def _all(d: int, exact: bool | None) -> bool:
    return d <= EXACT if exact is None else exact


def subsets(d: int) -> tuple[Ints, Ints]:
    """Return all sets of inputs but the empty one, behind those they leave out; the full set is last."""
    free = list(chain.from_iterable(combinations(range(d), count) for count in range(1, d + 1)))
    order = [[*(j for j in range(d) if j not in some), *some] for some in free]
    return np.array(order)[None], np.array([len(some) for some in free])


def _permutations(d: int, size: int, seed: int) -> tuple[Ints, Ints]:
    """Return a random order for each outer draw, in which the last 1, 2, ..., d inputs are drawn anew."""
    rng = np.random.default_rng([seed, size, d])
    order = rng.permuted(np.tile(np.arange(d), (size, 1)), axis=1)
    return np.repeat(order[:, None, :], d, axis=1), np.arange(1, d + 1)


def _normal(size: int, columns: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    if columns > MOST:
        return rng.standard_normal((size, columns))
    points: Floats = ndtri(qmc.Sobol(columns, scramble=True, seed=rng).random(size))
    return points


def _redrawn(correlation: Floats, base: Floats, order: Ints, held: int) -> Floats:
    """Return scores (size, inner, d) in which the first `held` of `order` (1 or size, d) are those of the
    outer draw, and the others are drawn given them.

    With the correlation matrix in that order and L its Cholesky factor, scores are L e; to keep the first
    of e, and to draw the others anew, is to draw from the conditional distribution.
    """
    size, _, d = base.shape
    places = np.broadcast_to(order, (size, d))
    factor = np.linalg.cholesky(correlation[order[:, :, None], order[:, None, :]])
    errors = np.take_along_axis(base, places[:, None, :], axis=2)
    mixed = errors[:, 1:].copy()
    mixed[:, :, :held] = errors[:, :1, :held]
    scores = np.empty_like(mixed)
    np.put_along_axis(scores, np.broadcast_to(places[:, None, :], mixed.shape), mixed @ factor.mT, axis=2)
    return scores


def _no_correlation(matrix: Floats, margins: int) -> Iterator[Problem]:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        yield Problem("correlation", f"has the shape {matrix.shape}", "give one row and column per input")
        return
    if margins and margins != len(matrix):
        yield Problem("margins", f"{margins} for {len(matrix)} inputs", "give one to each, or none")
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T):
        yield Problem("correlation", "is not symmetric and finite", "give the same number both ways")
    elif not np.allclose(np.diag(matrix), 1.0):
        yield Problem("correlation", "has a diagonal other than 1", "divide by the standard deviations")
    elif np.linalg.eigvalsh(matrix)[0] <= 1e-10:
        hint = "leave out inputs that follow from others, or shrink the correlations"
        yield Problem("correlation", "is not positive definite", hint)
