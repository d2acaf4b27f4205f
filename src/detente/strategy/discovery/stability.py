"""How stable a box is: the same search in random halves of the runs, judged on the other halves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.discovery.peeling import within
from detente.strategy.discovery.trajectory import Trajectory, cuts_of, trajectory

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
MIDDLE = (0.025, 0.975)
"""Quantiles of an interval over resamples."""


@dataclass(frozen=True, eq=False)
class Stability:
    """How one box fared in resamples.

    `at_coverage` and `at_density` (inputs,): how often an input was restricted by the box that came nearest
    to the coverage, or the density, of the box in question; `chosen` (inputs,): whether that box restricts
    it. `coverage` and `density` (resamples,): of the box nearest in coverage, on the runs it was not
    searched on.
    """

    inputs: tuple[str, ...]
    chosen: Flags
    at_coverage: Floats
    at_density: Floats
    coverage: Floats
    density: Floats

    def frame(self) -> pd.DataFrame:
        """Return a row per input, those restricted most often first."""
        columns = {
            "input": self.inputs, "in_box": self.chosen,
            "at_coverage": self.at_coverage, "at_density": self.at_density,
        }  # fmt: skip
        told = pd.DataFrame(columns)
        by = ["at_coverage", "at_density"]
        return told.sort_values(by, ascending=False, kind="stable", ignore_index=True)

    def shares(self) -> pd.DataFrame:
        """Return coverage and density on runs left out of the search: mean, and 95 per cent of resamples."""
        rows = [
            (name, held.mean(), *np.quantile(held, MIDDLE))
            for name, held in (("coverage", self.coverage), ("density", self.density))
        ]
        return pd.DataFrame(rows, columns=["share", "mean", "low", "high"])


def stability(
    found: Trajectory, box: int, *, resamples: int = 100, share: float = 0.5, seed: int = 0
) -> Stability:
    """Return how the search that gave `found` fares in random subsamples, near the box in question.

    Bryant and Lempert (2010): which inputs a box restricts says more the more often they come up again. Each
    resample holds a share of the runs, each at most once. What its box covers among the runs left out is
    free of the optimism of a box judged on the runs that it was fitted to. Raises StrategyError where there
    is no such box, or a resample would hold too few runs of interest.

    >>> from detente.strategy.discovery.trajectory import prim
    >>> x = np.random.default_rng(0).random((400, 3))
    >>> found = prim(x, x[:, 0] > 0.6)
    >>> stability(found, found.choose().box, resamples=20).frame()["at_density"].round(1).tolist()[0]
    1.0
    """
    raise_all(StrategyError, _problems(found, box, resamples, share))
    held = found.sample
    n = len(held.y)
    order = np.argsort(held.x, axis=0, kind="stable").T.astype(np.int32)
    rng = np.random.default_rng([seed, n])
    targets = (float(found.coverage[box]), float(found.density[box]))
    count = round(share * n)
    told = [_once(found, order, _subsample(held.y, count, rng), targets) for _ in range(resamples)]
    return Stability(
        inputs=held.inputs,
        chosen=found.limits.restricted()[box],
        at_coverage=np.mean([each[0] for each in told], axis=0),
        at_density=np.mean([each[1] for each in told], axis=0),
        coverage=np.array([each[2] for each in told]),
        density=np.array([each[3] for each in told]),
    )


def _subsample(y: Flags, count: int, rng: np.random.Generator) -> Flags:
    """Return which rows are drawn, such that both parts hold runs of interest and others."""
    while True:
        member = np.zeros(len(y), dtype=bool)
        member[rng.permutation(len(y))[:count]] = True
        if 0 < y[member].sum() < count and y[~member].sum() > 0:
            return member


def _once(
    found: Trajectory, order: Rows, member: Flags, targets: tuple[float, float]
) -> tuple[Flags, Flags, float, float]:
    """Return what the boxes of a subsample restrict that are nearest to both targets, and the shares that the
    first has among the rows left out.
    """
    held = found.sample
    cuts, counts = cuts_of(held, within(order, member, int(member.sum())), found.peeling)
    part = replace(held, x=held.x[member], y=held.y[member])
    boxes = trajectory(part, cuts, counts, found.peeling)
    restricted = boxes.limits.restricted()
    first, second = _nearest(boxes.coverage, targets[0]), _nearest(boxes.density, targets[1])
    left = held.y[~member]
    inside = boxes.inside(first, held.x[~member])
    caught = int(left[inside].sum())
    covered = caught / int(left.sum())
    return restricted[first], restricted[second], covered, caught / max(int(inside.sum()), 1)


def _nearest(shares: Floats, target: float) -> int:
    """Return the place of the share nearest to a target, the last of equal ones."""
    away = np.abs(shares - target)
    return int(len(away) - 1 - np.argmin(away[::-1]))


def _problems(found: Trajectory, box: int, resamples: int, share: float) -> list[Problem]:
    problems = []
    if not 0 <= box < len(found.size):
        problems.append(Problem("box", f"there is no box {box}", f"boxes go from 0 to {len(found.size) - 1}"))
    if resamples < 2:
        problems.append(Problem("resamples", f"{resamples} tell nothing", "take 100"))
    if not 0.1 <= share <= 0.9:
        problems.append(Problem("share", f"{share:g} leaves too few runs on one side", "take 0.5"))
    if min(found.sample.hits, len(found.sample.y) - found.sample.hits) < 10:
        what = f"{found.sample.hits} of {len(found.sample.y)} runs are of interest"
        problems.append(Problem("y", what, "ten of each are the least to resample"))
    return problems
