"""Views of what was measured: unity, camps, stance, dependence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.briefing.material import Found, material_of
from detente.briefing.sections.camps import camps
from detente.briefing.sections.changes import changes
from detente.briefing.sections.dependence import dependence
from detente.briefing.sections.ideal_points import ideal_points
from detente.briefing.sections.stance import stance
from detente.briefing.sections.threat import threat
from detente.briefing.sections.unity import unity
from detente.briefing.sections.weakest import weakest
from detente.webapp.views.telling import Maker, rows, sections_of, told

if TYPE_CHECKING:
    from detente.webapp.studying import Study

MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "unity": (unity, changes, weakest),
    "camps": (camps, ideal_points),
    "stance": (stance,),
    "dependence": (dependence, threat),
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "unity": ("cohesion", "agreement", "comparison", "roll calls", "weakest", "changes"),
    "camps": ("camps", "ideal points", "ties"),
    "stance": ("stance",),
    "dependence": ("dependence", "threat"),
}
"""Parts of the measures, and which gaps belong to which view."""


def data(study: Study, name: str) -> dict[str, Any] | None:
    """Return the sections of a view with every number of their text, and what could not be measured."""
    measures = study.measure()
    found = told(sections_of(material_of(study.case, study.evidence, Found(measures)), MAKERS[name]))
    return found and {**found, "missing": gaps(measures.missing, PARTS[name])}


def gaps(frame: pd.DataFrame, parts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what could not be measured, of some parts."""
    held = frame["part"].astype(str).str.replace("_", " ")
    return rows(frame[held.isin(parts)])
