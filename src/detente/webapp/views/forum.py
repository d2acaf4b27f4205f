"""The view of the forum: who expects what, who will be disappointed, and by what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.briefing.material import Found, material_of
from detente.briefing.sections.bargaining import bargaining
from detente.briefing.sections.forum import forum
from detente.briefing.sections.occasions import occasions
from detente.webapp.views.beliefs import beliefs
from detente.webapp.views.telling import rows, sections_of, told

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def data(study: Study, _name: str) -> dict[str, Any] | None:
    """Return the sections on the agenda and on meetings, with expectations and the beliefs behind them."""
    if study.case.agenda is None:
        return None
    outcomes = study.simulate()
    material = material_of(study.case, study.evidence, Found(study.measure(), outcomes=outcomes))
    found = told(sections_of(material, (forum, bargaining, occasions)))
    held = {"forum": rows(outcomes.forum), "beliefs": beliefs(study), "missing": rows(outcomes.missing)}
    return found and {**found, **held}
