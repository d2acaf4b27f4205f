"""A study as the page needs it: `detente.study.Study` is one. What it is made into is one as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.cases.schema import Case
    from detente.claims.audit import Audit
    from detente.evidence import Event, Evidence
    from detente.measurement.measures import Measures
    from detente.simulation.outcomes import Outcomes
    from detente.simulation.projection.prospects import Prospects
    from detente.strategy.campaign.options import Options


class Study(Protocol):
    """A case with the evidence at hand, and what can be asked of them; a dataclass."""

    @property
    def case(self) -> Case:
        """The case."""

    @property
    def seed(self) -> int:
        """The seed of all that is drawn."""

    @property
    def draws(self) -> int:
        """Bootstrap draws behind each interval."""

    @property
    def evidence(self) -> Evidence:
        """The evidence, opened when first asked for."""

    def measure(self) -> Measures:
        """Return what was measured."""

    def simulate(self) -> Outcomes:
        """Return what comes of the agenda."""

    def prospects(self) -> Prospects:
        """Return what is told of the future."""

    def options(self) -> Options:
        """Return what each side can do."""

    def audit(self) -> Audit:
        """Return the claims with their verdicts."""


def on(study: Study, case: Case) -> Study:
    """Return a study of another case, with the same seed and draws."""
    return cast(Study, replace(cast(Any, study), case=case))


def telling(study: Study, report: Callable[[Event], None]) -> Study:
    """Return the same study, with nothing worked out yet, which tells what it does."""
    return cast(Study, replace(cast(Any, study), report=report))


def silent(_event: Event) -> None:
    """Tell nobody."""
