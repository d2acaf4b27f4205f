"""Shapley effects: what each input drives of an output's variance, also where inputs are correlated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.naming import misnamed, named
from detente.strategy.sensitivity.estimates import Estimate, Outputs, blocks, estimate, over, weights
from detente.strategy.sensitivity.joint import Conditional

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Effects:
    """Shapley effects (outputs, inputs) with intervals; they and `unexplained` (outputs,) sum to 1.

    `dropped` of `size` draws had a run whose output was not finite, `failed` runs in all, and are in no
    estimate. Outputs in `constant` do not vary; their effects are NaN.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    effect: Estimate
    unexplained: Estimate
    variance: Floats
    constant: tuple[str, ...]
    size: int
    dropped: int
    failed: int

    def frame(self) -> pd.DataFrame:
        """Return rows of output, input, value, low, high."""
        rows = pd.MultiIndex.from_product([self.outputs, self.inputs], names=["output", "input"])
        held = self.effect
        told = rows.to_frame(index=False)
        return told.assign(value=held.value.ravel(), low=held.low.ravel(), high=held.high.ravel())


@dataclass(frozen=True, eq=False)
class Local:
    """What each of n draws tells: sums over sets of conditional variances, and the output itself.

    `gain` (n, d, outputs) is the draw's term of each effect, save the variance of the output times `last`
    (n, d); `mean` and `square` (n, outputs) are of the output, centred, over `rows` rows per draw;
    `nothing` (n, outputs) is the variance that is left when all inputs are held.
    """

    gain: Floats
    last: Floats
    mean: Floats
    square: Floats
    nothing: Floats
    rows: int = 1


def shapley(
    y: Floats,
    design: Conditional,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    resamples: int = 100,
    seed: int = 0,
) -> Effects:
    """Return Shapley effects of outputs `y` (rows,) or (rows, outputs) of the rows that `conditional` gave.

    Owen (2014), with the cost of Song, Nelson and Staum (2016), c(u) = E[Var(Y | all inputs but u)]:

        effect_i = mean over permutations of [c(those before i, and i) - c(those before i)] / Var(Y)

    Every c is a mean over outer draws of the variance of inner ones. Effects sum to 1 also where inputs are
    correlated, and none is below 0 but by chance. Intervals: 1.96 standard errors over `resamples` bootstrap
    resamples of outer draws. An outer draw with an output that is not finite is left out and counted.

    Raises StrategyError for rows that do not fit the design.

    >>> from detente.strategy.sensitivity.joint import Joint, conditional
    >>> design = conditional(Joint(np.array([[1.0, 0.5], [0.5, 1.0]])), size=1024, seed=0)
    >>> shapley(design.x @ np.array([1.0, 2.0]), design).effect.value.round(1).tolist()
    [[0.3, 0.7]]
    """
    d = design.x.shape[1]
    problems = list(misnamed(inputs, d, kind="input"))
    if len(y) != len(design.x):
        what = f"{len(y)} rows for {len(design.x)} of the design"
        problems.append(Problem("y", what, "give the output of every row, NaN where a run failed"))
    if problems:
        raise StrategyError(*problems)
    held = blocks(y, rows=design.rows, names=outputs)
    order = design.order if design.exact else design.order[held.whole]
    runs = held.y.reshape(len(held.y), len(design.free), design.inner, -1)
    cost = runs.var(axis=2, ddof=1)
    full = runs[:, -1]
    gain, last = by_sets(cost, order[0], design.free) if design.exact else by_orders(cost, order[:, 0])
    local = Local(
        gain, last, full.mean(axis=1), (full**2).mean(axis=1), np.zeros_like(cost[:, 0]), design.inner
    )
    draws = summed(local, weights(len(runs), resamples, seed))
    return as_effects(draws, held, named(inputs, d, kind="input"))


def as_effects(draws: tuple[Floats, Floats, Floats], held: Outputs, inputs: tuple[str, ...]) -> Effects:
    """Return the effects that `summed` gave, the first of its draws with intervals from the others."""
    effect, left, variance = draws
    effect[:, held.flat] = np.nan
    left[:, held.flat] = np.nan
    return Effects(
        inputs=inputs,
        outputs=held.names,
        effect=estimate(effect),
        unexplained=estimate(left),
        variance=variance[0],
        constant=held.constant,
        size=len(held.whole),
        dropped=held.dropped,
        failed=held.failed,
    )


def by_sets(cost: Floats, order: Ints, free: Ints) -> tuple[Floats, Floats]:
    """Return `gain` and `last` of the costs (n, sets, outputs) of all sets but the empty one.

    In a share 1 / (d C(d - 1, |u|)) of permutations, those before i are the set u. `order` and `free` are
    those of a design with every subset; its last set is the full one, whose cost is the variance.

    >>> by_sets(np.ones((1, 1, 1)), np.array([[0]]), np.array([1]))[1].tolist()
    [[1.0]]
    """
    d = order.shape[-1]
    member = np.zeros((len(free), d), dtype=bool)
    for row, (some, count) in enumerate(zip(order, free, strict=True)):
        member[row, some[d - count :]] = True
    within = np.array([1 / (d * comb(d - 1, count - 1)) for count in free.tolist()])
    without = np.array([1 / (d * comb(d - 1, count)) if count < d else 0.0 for count in free.tolist()])
    share = np.where(member, within[:, None], -without[:, None])
    gain = np.einsum("nso,sd->ndo", cost[:, :-1], share[:-1], optimize=True)
    return gain, np.broadcast_to(share[-1], (len(cost), d))


def by_orders(cost: Floats, order: Ints) -> tuple[Floats, Floats]:
    """Return `gain` and `last` of costs (n, d, outputs) of the last 1, 2, ..., d inputs of `order` (n, d).

    >>> by_orders(np.array([[[0.25], [1.0]]]), np.array([[0, 1]]))[0].ravel().tolist()
    [-0.25, 0.25]
    """
    n, d, count = cost.shape
    below = np.concatenate([np.zeros((n, 1, count)), cost[:, :-1]], axis=1)
    above = cost.copy()
    above[:, -1] = 0.0
    came = order[:, ::-1]
    gain = np.empty_like(cost)
    np.put_along_axis(gain, np.broadcast_to(came[:, :, None], gain.shape), above - below, axis=1)
    last = np.zeros((n, d))
    last[np.arange(n), came[:, -1]] = 1.0
    return gain, last


def summed(local: Local, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Return effects (resamples, outputs, d), what is unexplained and variances (resamples, outputs), for
    weights `w` (resamples, n) of the draws.

    >>> one = np.ones((4, 1))
    >>> local = Local(np.zeros((4, 1, 1)), one, one * [[-1.0], [1.0], [-1.0], [1.0]], one, 0 * one)
    >>> summed(local, np.full((1, 4), 0.25))[0].ravel().tolist()
    [1.0]
    """
    n, d, count = local.gain.shape
    rows = n * local.rows
    mean, square = w @ local.mean, w @ local.square
    variance = (square - mean**2) * rows / (rows - 1)
    gain = (w @ local.gain.reshape(n, -1)).reshape(len(w), d, count)
    last = (w @ local.last)[:, :, None]
    effect = over((gain + last * variance[:, None, :]).transpose(0, 2, 1), variance[:, :, None])
    return effect, over(w @ local.nothing, variance), variance
