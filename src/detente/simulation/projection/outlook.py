"""What comes of a case's futures, with names: by year, actor, bloc, decision and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.cases.reading import case_digest, case_text
from detente.errors import Problem, SimulationError
from detente.evidence.inputs import inputs_of
from detente.files import write_text
from detente.folders import Content, Result
from detente.notebook import Shown
from detente.simulation.ensemble.comparing import Comparison, compare
from detente.simulation.ensemble.results import Ensemble
from detente.simulation.ensemble.running import draw
from detente.simulation.ensemble.why import explain
from detente.simulation.projection.preparing import Known, Prepared, prepare
from detente.simulation.projection.rows import SOURCES, named, source_of

if TYPE_CHECKING:
    from datetime import date

    import xarray as xr

    from detente.cases.schema import Case
    from detente.executors import How

WHY_DRAWS = 256
"""Futures from which changes are taken apart."""


@dataclass(frozen=True, eq=False)
class Outlook(Result):
    """Futures of a case, or of a scenario of it: tables by `frame`, arrays by `data`.

    Tables: `positions` by actor and item, `blocs` (means), `cohesion` (the standard deviation among members:
    the less, the more united), `exposure` (drivers by actor: dependence, threat, pressure, burden),
    `decisions` (how often each passes, on each of its days), `votes`, and `crossings` (how often a member is
    beyond a line, and has been by then). A member that `starts_beyond` a line stands on the other side than
    its bloc at the start; what it crosses to is the bloc's side.
    """

    prepared: Prepared
    ensemble: Ensemble
    scenario: str = ""

    @property
    def case(self) -> Case:
        """The case, with the scenario laid over it."""
        return self.prepared.case

    @property
    def draws(self) -> int:
        """How many futures were drawn."""
        return self.ensemble.draws

    @property
    def digest(self) -> str:
        """The digest of everything that the futures hang on, their seed and number included."""
        return f"{self.ensemble.digest}-{self.draws}"

    @property
    def data(self) -> xr.Dataset:
        """Quantiles, means and standard deviations by time and name."""
        return self.ensemble.data

    @property
    def trajectories(self) -> xr.DataArray | None:
        """Positions (future, time, actor, issue) of the first futures, if they were asked for."""
        return self.ensemble.trajectories

    def frame(self, table: str) -> pd.DataFrame:
        """Return one of the tables of `SOURCES`; raises `SimulationError` where there is no such table."""
        return named(self.prepared, self.ensemble.frame(source_of(table)), table)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, and what is `missing`."""
        missing = pd.DataFrame([vars(each) for each in self.prepared.missing])
        return {**{table: self.frame(table) for table in SOURCES}, "missing": missing}

    def content(self) -> Content:
        """Return all of it for a folder."""
        case, steps, many = self.case, len(self.prepared.calendar.days) - 1, self.trajectories
        assert case.projection is not None
        until = None if steps == 2 * case.projection.years else self.prepared.calendar.days[-1].isoformat()
        kept = {} if many is None else {"trajectories": many.to_dataset(name="trajectories")}
        options = {
            "scenario": self.scenario,
            "until": until,
            "trajectories": 0 if many is None else len(many),
        }
        made = {**made_of(self.prepared), "seed": self.ensemble.seed, "draws": self.draws, "options": options}
        return Content(
            "outlook",
            repr(self),
            self.frames(),
            {**made, "futures": self.digest},
            arrays={"data": self.data, **kept},
            texts={f"case/{case.name}.json": case_text(case)},
            shown="cohesion",
        )

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how far apart the members of blocs are, and how sure that is."""
        sure = "Standard deviation among members: p5 to p95 hold 90 % of futures; the less, the more united."
        return repr(self), sure, self.frame("cohesion")

    def against(self, base: Outlook, *, how: How | None = None) -> Difference:
        """Return what is otherwise than in `base`, future by future, with the same luck.

        Raises `SimulationError` where the two were not drawn alike, or have other actors, items or days.
        """
        if (self.draws, self.ensemble.seed) != (base.draws, base.ensemble.seed):
            hint = "draw both with the same `draws` and `seed`"
            raise SimulationError(Problem("scenario", "was drawn otherwise than the baseline", hint))
        found = compare(
            base.prepared.futures,
            self.prepared.futures,
            draws=self.draws,
            seed=self.ensemble.seed,
            how=how,
        )
        return Difference(self.prepared, found, self.scenario)

    def why(self, *, base: Outlook | None = None, draws: int = WHY_DRAWS) -> pd.DataFrame:
        """Return each driver's part in the mean change of actors and blocs from the start to the end.

        With `base`, in the difference from it at the end. Shapley's value over bloc pull, influence,
        dependence, threat, domestic and shock; the rest is `other`.
        """
        return explain(
            self.prepared.futures,
            base=base.prepared.futures if base else None,
            draws=draws,
            seed=self.ensemble.seed,
        )

    def write(self, folder: Path) -> list[Path]:
        """Write every table as CSV into `folder`, and what is missing; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for table, frame in self.frames().items():
            path = folder / f"{table}.csv"
            write_text(path, frame.to_csv(index=False, lineterminator="\n"))
            written.append(path)
        return written

    def __repr__(self) -> str:
        under = f" under {self.scenario!r}" if self.scenario else ""
        times = self.prepared.futures.times
        return (
            f"{self.draws:,} futures of {self.case.name!r}{under}, {times[0]:%Y-%m-%d} to "
            f"{times[-1]:%Y-%m-%d}: {', '.join(SOURCES)}"
        )


def made_of(prepared: Prepared) -> dict[str, Any]:
    """Return what futures were made from: the case, the evidence, how it was measured, and the fit."""
    measures = prepared.known.measures
    return {
        "case": {"name": prepared.case.name, "digest": case_digest(prepared.case)},
        "evidence": inputs_of(prepared.known.evidence),
        "measured": {"seed": measures.seed, "draws": measures.draws},
        "fitted": prepared.known.fit is not None,
    }


@dataclass(frozen=True, eq=False)
class Difference(Shown):
    """What is otherwise in a scenario than in its baseline: the tables of `Outlook`, paired."""

    prepared: Prepared
    comparison: Comparison
    scenario: str

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return by how much members of blocs are further apart than in the baseline."""
        title = f"{self.scenario or 'This'} against its baseline: how much further apart members are"
        return title, "low and high: 95 % intervals for the number of futures.", self.frame("cohesion")

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table of differences with 95 per cent intervals for the number of futures.

        Of `decisions`, `votes` and `crossings`, `before` and `after` as well.
        """
        return named(self.prepared, self.comparison.frame(source_of(table)), table)


def outlook(
    case: Case,
    known: Known,
    *,
    scenario: str = "",
    until: date | None = None,
    draws: int = 1000,
    seed: int = 0,
    how: How | None = None,
    trajectories: int = 0,
) -> Outlook:
    """Return the futures of a case that has any scenario laid over it already, as `scenario` names it."""
    prepared = prepare(case, known, until=until, seed=seed)
    found = draw(prepared.futures, draws=draws, seed=seed, how=how, trajectories=trajectories)
    return Outlook(prepared, found, scenario)
