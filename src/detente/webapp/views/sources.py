"""The view of sources: citation, licence and hash of each, and how the numbers were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.briefing.gaps import gaps
from detente.briefing.material import Found, material_of
from detente.briefing.output import as_csv
from detente.briefing.sources import source_table
from detente.briefing.writing import made_from
from detente.webapp.views import FILES
from detente.webapp.views.telling import table

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def data(study: Study, _name: str) -> dict[str, Any]:
    """Return the table of sources, what the numbers were made from, and what could not be said."""
    material = material_of(study.case, study.evidence, Found(study.measure()))
    listed = source_table(material)
    section = {"key": "sources", "title": listed.title, "paragraphs": [], "exhibits": [table(listed)],
               "notes": [" ".join(each.split()) for each in study.case.notes]}  # fmt: skip
    missing = [{"part": "", "what": each.what, "why": "", "hint": each.mend} for each in gaps(material)]
    return {
        "sections": [section],
        "numbers": [],
        "made": made_from(material, seed=study.seed),
        "missing": missing,
        FILES: {listed.key: as_csv(listed.frame)},
    }
