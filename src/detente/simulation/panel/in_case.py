"""The panel of a case: its blocs, its rival and ally, and the votes that its ideal points rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.blocs import SPELLS, memberships
from detente.simulation.panel.assembly import Surroundings, assemble
from detente.simulation.panel.covariates import usual_covariates
from detente.simulation.panel.data import Panel
from detente.simulation.panel.published import SMOOTHED, published_readings
from detente.simulation.panel.vintages import Question, Vintages

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence


@dataclass(frozen=True, eq=False)
class CasePanels:
    """Makes the panels of a case, as of any year.

    Blocs are those of the case that are not carved out of another, and those of the evidence named in
    `beside`, so that a rival's camp can be followed too.
    """

    case: Case
    evidence: Evidence
    beside: Sequence[str] = ()

    @cached_property
    def vintages(self) -> Vintages:
        """Readings by the year until which votes are used."""
        return Vintages(self.evidence, Question.of(self.case))

    @cached_property
    def around(self) -> Surroundings:
        """Blocs and covariates."""
        blocs = {
            bloc: memberships(self.case, bloc, evidence=self.evidence)
            for bloc, spec in self.case.blocs.items()
            if spec.of is None
        }
        others = {bloc: self.evidence.query(SPELLS, (bloc,)) for bloc in self.beside if bloc not in blocs}
        return Surroundings(
            {**blocs, **others},
            usual_covariates(rival=self.case.rival, ally=self.case.ally),
            influence=True,
        )

    def until(self, year: int) -> Panel:
        """Return the panel as it could have been made at the end of a year, from votes cast until then."""
        source = f"votes until the end of {year}"
        readings = self.vintages.until(year)
        return assemble(readings, self.evidence, self.around, source=source, until=year)

    def latest(self) -> Panel:
        """Return the panel of all votes."""
        readings = self.vintages.until(None)
        last = pd.to_datetime(self.vintages.chosen.votes["date"]).max()
        return assemble(readings, self.evidence, self.around, source=f"votes until {last:%Y-%m-%d}")

    def published(self, series: str = "ideal_point_fp") -> Panel:
        """Return the panel of a published series: it reaches further, and must not be scored or mixed."""
        readings = published_readings(self.evidence, series)
        return assemble(readings, self.evidence, self.around, source=f"{series}: {SMOOTHED}")
