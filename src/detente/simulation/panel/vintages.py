"""Readings as they could have been made at the end of a year, from votes cast until then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from detente.errors import Problem, SimulationError
from detente.measurement import casting, kept

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.idealpoints.choosing import Selected, Selection

METHOD = 1
"""Version of the method: raise it whenever readings would come out otherwise on the same votes."""
FOLDER = "vintages"
MOST = 120
"""How many vintages are kept: those of a few questions, each of some thirty years."""


@dataclass(frozen=True)
class Question:
    """Which votes are read, and how: as in a case's `ideal_points`. `positive` fixes the sign."""

    positive: str
    prior: str = "default"
    absent: Literal["missing", "abstain"] = "missing"
    issues: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    important: bool = False
    final_only: bool = False

    @classmethod
    def of(cls, case: Case) -> Question:
        """Return what the case asks. Raises SimulationError where it asks for no ideal points."""
        spec = case.ideal_points
        if spec is None:
            hint = "add `ideal_points: {positive: ...}`; `detente schema` explains it"
            raise SimulationError(Problem("ideal_points", "the case asks for none", hint))
        issue = case.issues[spec.issue] if spec.issue else None
        return cls(
            positive=spec.positive,
            prior=spec.prior,
            absent=spec.absent,
            issues=issue.codes if issue else (),
            resolutions=issue.resolutions if issue else (),
            important=spec.important,
            final_only=spec.final_only,
        )

    @property
    def selection(self) -> Selection:
        """The choice of votes."""
        from detente.measurement.idealpoints.choosing import Selection

        return Selection(
            issues=self.issues,
            resolutions=self.resolutions,
            important=self.important,
            final_only=self.final_only,
        )


@dataclass(frozen=True, eq=False)
class Vintages:
    """Makes readings from votes until the end of any year, once, and keeps them between runs."""

    evidence: Evidence
    question: Question
    _held: dict[int | None, pd.DataFrame] = field(default_factory=dict, repr=False)

    @cached_property
    def chosen(self) -> Selected:
        """All votes that the question asks for."""
        from detente.measurement.idealpoints.choosing import select_votes

        return select_votes(self.evidence, self.question.selection)

    def until(self, year: int | None) -> pd.DataFrame:
        """Return readings from votes cast until the end of `year`, from all votes for None.

        Columns: actor, session, reading, sd, votes, year. Raises MeasurementError where no vote is left.
        """
        if year not in self._held:
            name = kept.key("readings", METHOD, self.evidence.digest, self.question, year)
            found = kept.remembered(
                self._folder,
                name,
                lambda: {"readings": make_readings(self.chosen, self.question, until=year)},
                most=MOST,
            )
            self._held[year] = found["readings"]
        return self._held[year]

    @cached_property
    def last(self) -> date:
        """The day of the last vote."""
        day: date = pd.to_datetime(self.chosen.votes["date"]).max().date()
        return day

    @property
    def _folder(self) -> Path | None:
        return kept.folder_for(self.evidence, FOLDER)


def make_readings(chosen: Selected, question: Question, *, until: int | None) -> pd.DataFrame:
    """Return readings from those of the chosen votes that were cast by the end of the year `until`.

    Raises MeasurementError where there are none.
    """
    from detente.evidence.actors import Gazetteer
    from detente.measurement.idealpoints import Spec, ideal_points
    from detente.simulation.panel.readings import session_readings

    votes, links = chosen.votes, chosen.links
    if until is not None:
        votes = votes[pd.to_datetime(votes["date"]) <= pd.Timestamp(date(until, 12, 31))]
        held = set(votes["roll_call"])
        links = links[links["earlier"].isin(held) & links["later"].isin(held)]
    joined = casting.heirs(Gazetteer.load())
    spec = Spec(prior=question.prior, absent=question.absent, links=links if len(links) else None)
    positive = joined.get(question.positive, question.positive)
    found = session_readings(ideal_points(votes, positive=positive, draws=0, spec=spec))
    years = casting.calendar(votes).set_index("session")["year"]
    return found.assign(year=found["session"].map(years).astype("int64"))
