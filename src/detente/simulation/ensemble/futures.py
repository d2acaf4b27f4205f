"""What is drawn: the dynamics, what drives them, ballots and shocks, over how many steps; and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.dynamics import Dynamics
from detente.simulation.ensemble.ballots import Ballot, Payment
from detente.simulation.ensemble.checks import covariate_problems, problems_of, spread
from detente.simulation.ensemble.shocks import Shock

Floats = NDArray[np.float64]
NOTHING: Any = 0.0
NO_END: Any = np.inf
DAYS = 30.4375
"""In a month, for steps of no whole number of months."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Covariates:
    """What drives positions from outside: C covariates of N actors over T steps.

    `start` (N, C) with sd `start_sd` (N, C); `path` (T, N, C): change in each step; `spread` (N, C): sd of a
    random walk around it; levels stay from `low` to `high` (C,). A single number is the same everywhere.
    `drivers` says what each counts as: dependence, threat, domestic, or anything else.
    """

    start: Floats
    start_sd: Floats = NOTHING
    path: Floats = NOTHING
    spread: Floats = NOTHING
    low: Floats = -NO_END
    high: Floats = NO_END
    drivers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A point on an issue that an actor crosses, from the side on which its mean position starts."""

    key: str
    issue: str
    at: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Futures:
    """Everything that futures are drawn from; a scenario is the same with some of it replaced.

    Time runs in `steps` from the day `begins`; every `every` steps are recorded, and the start. Raises
    `SimulationError` with everything that does not fit, by name: actors, issues, covariates or ballots that
    there are not, voters who are no actors, steps outside the window, cells that are no number, a path that
    ends early.

    >>> still = Dynamics(actors=("A", "B"), issues=("budget",), start=np.array([[0.0], [1.0]]))
    >>> Futures(dynamics=still, steps=4, begins=date(2026, 1, 1)).times.strftime("%Y-%m").tolist()
    ['2026-01', '2026-07', '2027-01', '2027-07', '2028-01']
    """

    dynamics: Dynamics
    covariates: Covariates | None = None
    ballots: tuple[Ballot, ...] = ()
    shocks: tuple[Shock, ...] = ()
    payments: tuple[Payment, ...] = ()
    lines: tuple[Line, ...] = ()
    steps: int = 20
    every: int = 1
    begins: date = date(2000, 1, 1)

    def __post_init__(self) -> None:
        raise_all(SimulationError, list(problems_of(self)))
        given = self.covariates or Covariates(start=NOTHING)
        if self.covariates is None and self.dynamics.covariates:
            what = f"{', '.join(self.dynamics.covariates)} move positions, and nothing is said of them"
            raise SimulationError(Problem("covariates", what, "give `covariates`, with their start"))
        held = spread(self, given)
        raise_all(SimulationError, list(covariate_problems(self, held)))
        drivers = given.drivers or ("other",) * len(self.dynamics.covariates)
        if len(drivers) != len(self.dynamics.covariates):
            what = f"{len(drivers)} are given for {len(self.dynamics.covariates)} covariates"
            raise SimulationError(Problem("covariates: drivers", what, "give one for each"))
        object.__setattr__(self, "covariates", Covariates(**held, drivers=tuple(drivers)))

    @property
    def times(self) -> pd.DatetimeIndex:
        """The days of the records: the start, and the ends of the steps that are recorded."""
        return pd.DatetimeIndex(ends_of(self.begins, self.dynamics.years, self.steps)[:: self.every])

    def step_on(self, day: date) -> int:
        """Return the step in which a day lies.

        >>> still = Dynamics(actors=("A",), issues=("budget",), start=0)
        >>> Futures(dynamics=still, begins=date(2026, 1, 1)).step_on(date(2026, 9, 1))
        2

        Raises `SimulationError` where it lies outside the window.
        """
        ends = ends_of(self.begins, self.dynamics.years, self.steps)
        found = sum(end <= pd.Timestamp(day) for end in ends)
        if not 1 <= found <= self.steps:
            what = f"lies outside the window from {ends[0]:%Y-%m-%d} to {ends[-1]:%Y-%m-%d}"
            raise SimulationError(Problem(str(day), what, "choose a day inside, or more steps"))
        return found


def ends_of(begins: date, years: float, steps: int) -> list[pd.Timestamp]:
    """Return the day on which steps of so many years begin, and those on which each of them ends.

    >>> [str(day.date()) for day in ends_of(date(2026, 1, 1), 0.5, 2)]
    ['2026-01-01', '2026-07-01', '2027-01-01']
    """
    return list(_ends_of(begins, years, steps))


@lru_cache(maxsize=16)
def _ends_of(begins: date, years: float, steps: int) -> tuple[pd.Timestamp, ...]:
    first, found = pd.Timestamp(begins), []
    for step in range(steps + 1):
        months = 12 * years * step
        days = round(DAYS * (months - int(months)))
        found.append(first + pd.DateOffset(months=int(months)) + pd.Timedelta(days=days))
    return tuple(found)
