"""The view of claims: each sentence that was published, made testable, and what the evidence says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.briefing.material import Found, material_of
from detente.briefing.sections.claims import claims
from detente.webapp.views.telling import sections_of, told

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def data(study: Study, _name: str) -> dict[str, Any] | None:
    """Return the claims of the case with their verdicts and evidence; None where it has none."""
    if not study.case.claims:
        return None
    material = material_of(study.case, study.evidence, Found(study.measure(), audit=study.audit()))
    return told(sections_of(material, (claims,)))
