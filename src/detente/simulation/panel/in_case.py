"""The panel of a case: its blocs, its rival and ally, and the votes that its ideal points rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from detente.measurement.blocs import SPELLS, memberships
from detente.simulation.panel.assembly import Surroundings, assemble
from detente.simulation.panel.covariates import usual_covariates
from detente.simulation.panel.data import Panel
from detente.simulation.panel.fit import fit_panel
from detente.simulation.panel.layout import Spec
from detente.simulation.panel.published import SMOOTHED, published_readings
from detente.simulation.panel.stored import StoredFit
from detente.simulation.panel.vintages import Question, Vintages

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence


def whole_year(day: date) -> int:
    """Return the last year that has ended by the evening of a day.

    >>> whole_year(date(2019, 12, 31)), whole_year(date(2020, 1, 14)), whole_year(date(2020, 12, 30))
    (2019, 2019, 2019)
    """
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


@dataclass(frozen=True, eq=False)
class CasePanels:
    """Makes the panels of a case, as of any year.

    Blocs are those of the case that are not carved out of another, and those of the evidence named in
    `beside`, so that a rival's camp can be followed too. Vintages may be `shared` among cases that ask for
    the same votes.
    """

    case: Case
    evidence: Evidence
    beside: Sequence[str] = ()
    shared: Vintages | None = None

    @cached_property
    def vintages(self) -> Vintages:
        """Readings by the year until which votes are used."""
        return self.shared or Vintages(self.evidence, Question.of(self.case))

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
        """Return the panel of all votes that the case may know: of full years, where it ends before them."""
        return self._known(self.around)

    def bare(self) -> Panel:
        """Return the latest panel with blocs alone, which is all that the law without covariates rests on."""
        return self._known(Surroundings(self.around.blocs))

    def fitted(self) -> StoredFit:
        """Return the law, without covariates, and today's positions, ready to be stored."""
        panel = self.bare()
        fit = fit_panel(panel, Spec(covariates=()))
        return StoredFit(fit.estimate, panel.tables[0][-1])

    def _known(self, around: Surroundings) -> Panel:
        last = self.vintages.last
        year = whole_year(self.case.as_of) if self.case.as_of < last else None
        source = f"votes until {last:%Y-%m-%d}" if year is None else f"votes until the end of {year}"
        return assemble(self.vintages.until(year), self.evidence, around, source=source, until=year)

    def published(self, series: str = "ideal_point_fp") -> Panel:
        """Return the panel of a published series: it reaches further, and must not be scored or mixed."""
        readings = published_readings(self.evidence, series)
        return assemble(readings, self.evidence, self.around, source=f"{series}: {SMOOTHED}")
