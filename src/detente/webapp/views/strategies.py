"""The view of strategies: portfolios, regret, games, and what would break it, for each side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.briefing.material import Found, material_of
from detente.briefing.output import as_csv
from detente.briefing.sections.options import options
from detente.webapp.views import FILES
from detente.webapp.views.telling import rows, sections_of, told

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def data(study: Study, _name: str) -> dict[str, Any] | None:
    """Return the section on each side's options, and all its tables by name; None without strategies."""
    if study.case.strategies is None or study.case.projection is None:
        return None
    found = study.options()
    material = material_of(study.case, study.evidence, Found(study.measure(), options=found))
    section = told(sections_of(material, (options,))) or {"sections": [], "numbers": [], FILES: {}}
    held = {
        name: frame
        for name, frame in found.tables().items()
        if name not in ("about", "missing") and not frame.empty
    }
    return {
        **section,
        "tables": {name: rows(frame) for name, frame in held.items()},
        "draws": found.draws,
        "seed": found.seed,
        "missing": rows(found.missing),
        FILES: {**section[FILES], **{name: as_csv(frame) for name, frame in held.items()}},
    }
