"""The view of the what-if: what was projected for the case as it is, beside its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.briefing.material import Found, material_of
from detente.briefing.sections.projection import projection
from detente.webapp.views.telling import rows, sections_of, told

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def data(study: Study, _name: str) -> dict[str, Any] | None:
    """Return the section on the future, with the scenarios that the case brings along."""
    if study.case.projection is None:
        return None
    ahead = study.prospects()
    material = material_of(study.case, study.evidence, Found(study.measure(), prospects=ahead))
    found = told(sections_of(material, (projection,)))
    return found and {**found, "missing": rows(ahead.missing)}
