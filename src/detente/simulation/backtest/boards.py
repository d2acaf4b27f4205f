"""The tables of a backtest, and the plan that they follow; light, so that what ships can be read at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from detente import files
from detente.errors import Problem
from detente.simulation.panel.data import SINCE

MODEL, YARDSTICK = "panel", "random walk"
"""Names of the model that is judged and of the one that it has to beat."""
FEWEST_YEARS = 5
"""Years of readings that the first origin needs."""
MOST_AHEAD = 15
TABLES = ("scoreboard", "events", "covariates", "defaults", "factors")


@dataclass(frozen=True)
class Plan:
    """Which years are origins, from `calibrate` on, scored from `first` on; `horizon` years ahead; `seed`.

    >>> [each.where for each in Plan(first=1990, horizon=0).problems()]
    ['first', 'horizon']
    """

    first: int = 2005
    calibrate: int = 1998
    horizon: int = 5
    seed: int = 0

    def problems(self, last: int | None = None) -> Iterator[Problem]:
        """Yield what is wrong with the plan, where readings end in the year `last`."""
        begin = SINCE + FEWEST_YEARS
        if self.calibrate < begin:
            hint = f"give {begin} or later: the panel begins in {SINCE}"
            yield Problem("calibrate", f"{self.calibrate} is too early", hint)
        if self.first < self.calibrate:
            hint = f"give {self.calibrate} or later, or calibrate from an earlier year"
            yield Problem(
                "first", f"{self.first} is before {self.calibrate}, the first that calibrates", hint
            )
        if last is not None and self.first >= last:
            what = f"forecasts of {self.first} have nothing to be scored on: readings end in {last}"
            yield Problem("first", what, f"give {last - 1} or earlier")
        if not 1 <= self.horizon <= MOST_AHEAD:
            yield Problem("horizon", f"{self.horizon} years ahead", f"give 1 to {MOST_AHEAD}")


@dataclass(frozen=True, eq=False)
class Boards:
    """The tables of a backtest.

    `scores`: every model beside the random walk, by quantity and horizon (`scoreboard.BOARD`); `events`:
    chances of events (`scoreboard.EVENT_BOARD`); `covariates`: which would have helped (`covariates.HELP`);
    `defaults`: panel or random walk, and why (`scoreboard.DEFAULTS`); `factors` by quantity and horizon: by
    which intervals of the panel made in the last year are to be stretched. `last` origin scored, `source` of
    what was scored on; `basis`: shipped, kept, or computed now.
    """

    scores: pd.DataFrame
    events: pd.DataFrame
    covariates: pd.DataFrame
    defaults: pd.DataFrame
    factors: pd.DataFrame
    plan: Plan
    last: int
    source: str
    basis: str = "computed now"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name; `plan` has one row, of the plan, the last origin and the source."""
        held = (self.scores, self.events, self.covariates, self.defaults, self.factors)
        about = pd.DataFrame([{**asdict(self.plan), "last": self.last, "source": self.source}])
        return {**dict(zip(TABLES, held, strict=True)), "plan": about}

    @classmethod
    def of_tables(cls, tables: Mapping[str, pd.DataFrame]) -> Boards:
        """Return the boards of their tables."""
        about = tables["plan"].to_dict("records")[0]
        last, source = int(about.pop("last")), str(about.pop("source"))
        plan = Plan(**{str(name): int(value) for name, value in about.items()})
        scores, events, covariates, defaults, factors = (tables[name] for name in TABLES)
        return cls(scores, events, covariates, defaults, factors, plan, last, source)

    def write(self, folder: Path) -> list[Path]:
        """Write every table into a folder as CSV; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, frame in self.tables().items():
            paths.append(folder / f"{name}.csv")
            files.write_text(paths[-1], frame.to_csv(index=False, lineterminator="\n"))
        return paths

    def walks(self, quantity: str = "position") -> dict[int, bool]:
        """Return by horizon whether the random walk is the default."""
        rows = self.defaults[self.defaults["quantity"] == quantity]
        return {
            int(h): str(name) == YARDSTICK for h, name in zip(rows["horizon"], rows["default"], strict=True)
        }

    def stretches(self, quantity: str = "position") -> dict[int, float]:
        """Return by horizon the factor by which intervals of the panel are to be stretched."""
        rows = self.factors[self.factors["quantity"] == quantity]
        return {int(h): float(factor) for h, factor in zip(rows["horizon"], rows["factor"], strict=True)}
