"""Boxes of inputs: their limits, what they hold, and which of them to take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.discovery.samples import Sample

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
NORMAL = 1.959963984540054
"""Half the width of a 95 per cent interval, in standard errors."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Limits of boxes: `low` and `high` (boxes, d), infinite where there is none, and for each categorical
    input (by its place) which of its categories a box holds (boxes, categories).
    """

    low: Floats
    high: Floats
    allowed: Mapping[int, Flags]

    def restricted(self) -> Flags:
        """Return which inputs each box restricts (boxes, d)."""
        told = np.isfinite(self.low) | np.isfinite(self.high)
        for column, held in self.allowed.items():
            told[:, column] = ~held.all(axis=1)
        return told

    def at(self, places: Ints) -> Limits:
        """Return the limits of some boxes."""
        held = {column: flags[places] for column, flags in self.allowed.items()}
        return Limits(self.low[places], self.high[places], held)


@dataclass(frozen=True)
class Choice:
    """A box, by its place, and whether it reaches the coverage and density that were asked for."""

    box: int
    reached: bool
    coverage: float
    density: float


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes with the runs that lie in each (boxes,) and those among them that are of interest (boxes,).

    `coverage` is the share of all runs of interest that a box holds, `density` their share among its runs,
    `mass` its share of all runs.
    """

    sample: Sample
    limits: Limits
    size: Ints
    hits: Ints

    @property
    def coverage(self) -> Floats:
        """Share of the runs of interest that lie in each box."""
        return self.hits / self.sample.hits

    @property
    def density(self) -> Floats:
        """Share of each box's runs that are of interest."""
        return self.hits / np.maximum(self.size, 1)

    @property
    def mass(self) -> Floats:
        """Share of all runs that lie in each box."""
        return self.size / len(self.sample.y)

    def frame(self) -> pd.DataFrame:
        """Return a row per box: coverage and density with Wilson intervals, mass, and counts.

        Intervals hold for a box that was given beforehand; see `stability` for one that was searched for.
        """
        inside, found = wilson(self.hits, self.sample.hits), wilson(self.hits, self.size)
        columns = {
            "box": np.arange(len(self.size)),
            "coverage": self.coverage, "coverage_low": inside[0], "coverage_high": inside[1],
            "density": self.density, "density_low": found[0], "density_high": found[1],
            "mass": self.mass, "restricted": self.limits.restricted().sum(axis=1),
            "size": self.size, "hits": self.hits,
        }  # fmt: skip
        return pd.DataFrame(columns)

    def box(self, place: int) -> pd.DataFrame:
        """Return a row per restricted input of a box: low, high, values (of a category), and quasi-p-values.

        Where a side has no limit, its end is that of the sample, and its quasi-p-value NaN. The quasi-p-value
        of a limit is the chance to find as many runs of interest in the box, or more, if they came as often
        as in the box without this limit (Bryant and Lempert 2010): large where the limit tells little. It is
        no test, since the limit was chosen on the same runs. Raises StrategyError where there is no box.
        """
        self._check(place)
        rows = [self._row(place, int(column)) for column in np.flatnonzero(self.limits.restricted()[place])]
        columns = ["input", "low", "high", "values", "p_low", "p_high"]
        return pd.DataFrame(rows, columns=columns)

    def inside(self, place: int, x: ArrayLike | None = None) -> Flags:
        """Return which rows of `x` (n, d), or of the sample, lie in a box.

        Raises StrategyError where there is no box, or `x` has other inputs.
        """
        self._check(place)
        table = self.sample.x if x is None else np.asarray(x, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != len(self.sample.inputs):
            hint = f"give a column for each of {', '.join(self.sample.inputs)}"
            raise StrategyError(Problem("x", f"has the shape {table.shape}", hint))
        held: Flags = outside(self.limits, place, self.sample, table) == 0
        return held

    def without(self, place: int) -> Sample:
        """Return the runs outside a box, in which `search` looks for the next one.

        Raises StrategyError where there is no box, or none of the runs outside is of interest.
        """
        left = ~self.inside(place)
        if not self.sample.y[left].any():
            what = f"no run of interest is outside box {place}"
            raise StrategyError(Problem("box", what, "there is nothing left to search for"))
        return replace(self.sample, x=self.sample.x[left], y=self.sample.y[left])

    def choose(self, *, coverage: float = 0.75, density: float = 0.75) -> Choice:
        """Return the box to take: of those that reach both shares, the one that restricts the fewest inputs.

        Of several such, the one with the largest harmonic mean of coverage and density. Where none reaches
        both, the one that falls least short of the share it misses most.
        """
        raise_all(StrategyError, list(_no_share(coverage=coverage, density=density)))
        short = np.maximum(coverage - self.coverage, density - self.density)
        mean = 2 * self.coverage * self.density / np.maximum(self.coverage + self.density, 1e-300)
        reached = short <= 1e-12
        few = self.limits.restricted().sum(axis=1)
        keys = (-mean, few, ~reached) if reached.any() else (-mean, few, short)
        best = int(np.lexsort(keys)[0])
        return Choice(best, bool(reached[best]), float(self.coverage[best]), float(self.density[best]))

    def _check(self, place: int) -> None:
        if not 0 <= place < len(self.size):
            hint = f"boxes go from 0 to {len(self.size) - 1}"
            raise StrategyError(Problem("box", f"there is no box {place}", hint))

    def _row(self, place: int, column: int) -> tuple[object, ...]:
        name, values = self.sample.inputs[column], self.sample.x[:, column]
        if column in self.limits.allowed:
            held = self.sample.categories[column][self.limits.allowed[column][place]]
            return name, np.nan, np.nan, tuple(held.tolist()), self._chance(place, column, 0), np.nan
        low, high = self.limits.low[place, column], self.limits.high[place, column]
        ends = (max(low, values.min()), min(high, values.max()))
        chances = (self._chance(place, column, 0), self._chance(place, column, 1))
        return name, *ends, (), *chances

    def _chance(self, place: int, column: int, side: int) -> float:
        """Return the quasi-p-value of one limit, NaN where there is none."""
        alone = self.limits.at(np.array([place]))
        if column in alone.allowed:
            alone.allowed[column][:] = True
        else:
            ends = (alone.low, alone.high)[side]
            if not np.isfinite(ends[0, column]):
                return float("nan")
            ends[0, column] = -np.inf if side == 0 else np.inf
        held = outside(alone, 0, self.sample, self.sample.x) == 0
        share = self.sample.y[held].mean()
        return float(binom.sf(self.hits[place] - 1, self.size[place], share))


def outside(limits: Limits, place: int, sample: Sample, x: Floats) -> Ints:
    """Return how many inputs of each row of `x` (n, d) lie outside a box."""
    count = np.zeros(len(x), dtype=np.int64)
    for column in np.flatnonzero(limits.restricted()[place]).tolist():
        count += out_of(limits, place, sample, column, x[:, column])
    return count


def out_of(limits: Limits, place: int, sample: Sample, column: int, values: Floats) -> Flags:
    """Return which values of one input lie outside a box."""
    if column in limits.allowed:
        held = sample.categories[column][limits.allowed[column][place]]
        return ~np.isin(values, held)
    beyond: Flags = (values < limits.low[place, column]) | (values > limits.high[place, column])
    return beyond


def wilson(part: Ints, whole: Ints | int) -> tuple[Floats, Floats]:
    """Return the ends of the 95 per cent interval of a share (Wilson 1927).

    >>> low, high = wilson(np.array([67]), 87)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.671, 0.846)
    """
    count = np.maximum(np.asarray(whole, dtype=np.float64), 1.0)
    share, z = part / count, NORMAL**2 / count
    centre = (share + z / 2) / (1 + z)
    half = NORMAL * np.sqrt(share * (1 - share) / count + z / (4 * count)) / (1 + z)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def _no_share(**shares: float) -> Iterator[Problem]:
    for name, share in shares.items():
        if not 0 < share <= 1:
            yield Problem(name, f"{share:g} is no share", "give a number above 0, and up to 1")
