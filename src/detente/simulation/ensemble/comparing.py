"""Two sets of futures that share their luck: what differs, with intervals for paired draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, did_you_mean, raise_all
from detente.executors import How
from detente.simulation.ensemble.drawing import Drawn, Paired
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.gathering import gather
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.results import (
    KINDS,
    STATISTICS,
    Shape,
    Summary,
    line_rows,
    occasion_rows,
    quantile_frame,
    vote_rows,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NORMAL = 1.959963984540054
"""Half the width of a 95 per cent interval, in standard errors."""


@dataclass(frozen=True, eq=False)
class Comparison(Summary):
    """What differs between futures with and without a scenario, future by future."""

    def frame(self, kind: str) -> pd.DataFrame:
        """Return one kind as rows: the mean difference with the ends `low` and `high` of a 95 per cent
        interval for the number of futures, and quantiles of the difference over futures.

        Of `decisions`, `votes` and `lines`: how often before, after, and the difference with its interval.
        Raises `SimulationError` where there is no such kind.
        """
        if kind in KINDS:
            rows = quantile_frame(self.shape, self.gathered, kind)
            error = NORMAL * rows["sd"] / np.sqrt(max(self.draws - 1, 1))
            ends = {"low": rows["mean"] - error, "high": rows["mean"] + error}
            return rows.assign(**ends)[["time", *KINDS[kind], "mean", "low", "high", *STATISTICS[1:]]]
        counts = [self.shape.flags(each) for each in self.gathered.flags]
        if kind == "decisions":
            return occasion_rows(self.shape).assign(**self._shares([each["passed"] for each in counts]))
        if kind == "votes":
            cells = [each["votes"][self.shape.voters] for each in counts]
            return vote_rows(self.shape).assign(**self._shares(cells))
        if kind == "lines":
            return line_rows(self.shape).assign(**self._shares([each["crossed"].ravel() for each in counts]))
        known = [*KINDS, "decisions", "votes", "lines"]
        hint = did_you_mean(kind, known) or f"kinds are {', '.join(known)}"
        raise SimulationError(Problem("kind", f"there is no {kind!r}", hint))

    def _shares(self, counts: list[Ints]) -> dict[str, Floats]:
        """Return shares before and after, and their difference, from counts: before, after, after alone."""
        before, after, gained = counts
        difference, low, high = paired(gained, gained - after + before, self.draws)
        return {
            "before": before / self.draws, "after": after / self.draws, "difference": difference,
            "low": low, "high": high,
        }  # fmt: skip


def paired(gained: Ints, lost: Ints, draws: int) -> tuple[Floats, Floats, Floats]:
    """Return the difference of two shares of the same draws, and the ends of its 95 per cent interval.

    Agresti and Min (2005): half a draw more is counted as gained, and as lost, in the interval.

    >>> told = paired(np.array([30]), np.array([10]), 100)
    >>> [float(each[0].round(3)) for each in told]
    [0.2, 0.079, 0.313]
    """
    more, n = (gained + 0.5 - (lost + 0.5)) / (draws + 2), draws + 2
    error = NORMAL * np.sqrt(((gained + lost + 1) / n - more**2) / n)
    return (gained - lost) / draws, np.maximum(more - error, -1.0), np.minimum(more + error, 1.0)


def compare(
    base: Futures, scenario: Futures, *, draws: int = 1000, seed: int = 0, how: How | None = None
) -> Comparison:
    """Draw futures with and without a scenario, with the same luck, and return what differs.

    A scenario may change any number, membership, rule, shock or payment. Raises `SimulationError` where the
    two have not the same actors, issues, blocs, covariates, lines, steps and dates of ballots.

    >>> from dataclasses import replace
    >>> from detente.simulation.dynamics import Dynamics
    >>> from detente.simulation.ensemble.shocks import Shock
    >>> walk = Futures(dynamics=Dynamics(actors=("A",), issues=("aid",), start=0, sigma_own=0.1), steps=2)
    >>> blow = Shock(key="blow", step=2, shift={("A", "aid"): -0.5})
    >>> told = compare(walk, replace(walk, shocks=(blow,)), draws=100).frame("positions")
    >>> told["mean"].round(6).tolist()
    [0.0, 0.0, -0.5]
    """
    shape, other = Shape.of(base), Shape.of(scenario)
    raise_all(SimulationError, list(_apart(shape, other)))
    voters = shape.voters | other.voters
    source = Paired(Drawn(packed(base), seed), Drawn(packed(scenario), seed))
    both = Shape(shape.names, shape.times, shape.occasions, voters)
    return Comparison(both, gather(source, draws, how=how), seed, source.digest())


def _apart(one: Shape, other: Shape) -> Iterator[Problem]:
    """Yield what two sets of futures do not have in common."""
    pairs: list[tuple[str, object, object]] = [
        (f"{kind}s", one.names[kind], other.names[kind]) for kind in one.names
    ]
    pairs += [("times", list(one.times), list(other.times)), ("ballots", one.occasions, other.occasions)]
    for what, mine, yours in pairs:
        if mine != yours:
            hint = "let the scenario replace numbers of the baseline, and keep its names and dates"
            yield Problem(f"scenario: {what}", "are not those of the baseline", hint)
