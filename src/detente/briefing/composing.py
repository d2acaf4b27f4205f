"""From the material to the content of the page: answer, strip, sections and gaps, in their order."""

from __future__ import annotations

from collections.abc import Callable

from detente.briefing.answer import answer, strip
from detente.briefing.exhibits import Page, Section
from detente.briefing.gaps import gaps
from detente.briefing.material import Material
from detente.briefing.sections.bargaining import bargaining
from detente.briefing.sections.camps import camps
from detente.briefing.sections.changes import changes
from detente.briefing.sections.claims import claims
from detente.briefing.sections.decisions import decisions
from detente.briefing.sections.dependence import dependence
from detente.briefing.sections.forum import forum
from detente.briefing.sections.ideal_points import ideal_points
from detente.briefing.sections.occasions import occasions
from detente.briefing.sections.options import options
from detente.briefing.sections.projection import projection
from detente.briefing.sections.stance import stance
from detente.briefing.sections.threat import threat
from detente.briefing.sections.unity import unity
from detente.briefing.sections.weakest import weakest

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    unity,
    changes,
    ideal_points,
    camps,
    stance,
    weakest,
    dependence,
    threat,
    bargaining,
    forum,
    occasions,
    decisions,
    projection,
    options,
    claims,
)
"""The sections in the order of the page. To add one: a file in `sections/`, and its place here."""


def compose(material: Material) -> Page:
    """Return the content of the page; a section without evidence is left out, and the gaps say so."""
    sections = tuple(section for make in SECTIONS if (section := make(material)) is not None)
    return Page(answer(material), strip(material), sections, gaps(material))
