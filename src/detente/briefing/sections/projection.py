"""Where a case is going: unity, alignment and decisions ahead, scenarios, and whether to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.briefing.exhibits import Section
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import rows, where
from detente.briefing.sections import projection_numbers as numbers
from detente.briefing.sections import projection_sentences as say
from detente.briefing.sections.projection_figures import figures, whole_blocs
from detente.briefing.sections.projection_scores import board, said_of
from detente.briefing.sections.projection_tables import crossed, files
from detente.briefing.sections.projection_why import members_shown

if TYPE_CHECKING:
    from detente.simulation.projection.prospects import Prospects

SEALED = (
    "What is said here of decisions, lines and spreads can turn out wrong, and is meant to be held against "
    "what comes: the command that writes a brief seals it in the forecast record, and detente score "
    "forecasts grades it."
)


def projection(material: Material) -> Section | None:
    """Return the section on the future, or None where the case asks for none."""
    asked, ahead = material.case.projection, material.prospects
    if asked is None or ahead is None or ahead.cohesion.empty:
        return None
    told = (" ".join(each.split()) for each in (asked.reason, asked.note or "") if each)
    return Section(
        "projection",
        asked.title,
        paragraphs(material, ahead),
        (*figures(material, ahead), *board(ahead), *files(material, ahead)),
        (" ".join(told), SEALED),
    )


def paragraphs(material: Material, ahead: Prospects) -> tuple[tuple[Sentence, ...], ...]:
    """Return what is told of the future: what is drawn, unity, decisions, lines, scenarios, and the past."""
    names = material.names
    now, then = (numbers.at(ahead.cohesion, last=last) for last in (False, True))
    told = (
        (
            say.opening(ahead.draws, ahead.cohesion["time"], len(ahead.assumed)),
            say.meaning(estimated="estimated" in set(ahead.cohesion["mark"])),
        ),
        said_of(ahead),
        tuple(say.spread_sentence(bloc, now, then, names) for bloc in whole_blocs(material)),
        tuple(say.decision_sentence(held) for _, held in ahead.decisions.groupby("decision", sort=False)),
        tuple(_lines(material, ahead)),
        *((each,) for each in _scenarios(material, ahead)),
        tuple(say.why_sentence(parts, names) for _, _, parts in members_shown(material, ahead)),
    )
    kept = (tuple(each for each in part if each is not None) for part in told)
    return tuple(each for each in kept if each)


def in_answer(material: Material) -> Sentence | None:
    """Return what the answer says of the future: the main bloc's spread on the first item followed."""
    asked, ahead = material.case.projection, material.prospects
    blocs = whole_blocs(material)
    if asked is None or ahead is None or ahead.cohesion.empty or not blocs:
        return None
    now, then = (where(numbers.at(ahead.cohesion, last=last), item=asked.items[0]) for last in (False, True))
    return say.spread_sentence(blocs[0], now, then, material.names)


def _lines(material: Material, ahead: Prospects) -> Iterator[Sentence | None]:
    """Yield what is said of each line."""
    found = crossed(ahead)
    for line in dict.fromkeys(ahead.crossings["line"]):
        if len(found):
            yield say.crossing_sentence(where(found, line=line), material.names)
        yield say.beyond_sentence(where(ahead.crossings, line=line), material.names)


def _scenarios(material: Material, ahead: Prospects) -> Iterator[Sentence]:
    """Yield what each scenario changes, of blocs that are not carved out of others."""
    held = ahead.differences
    kept = held[(held["kind"] != "cohesion") | held["name"].isin(whole_blocs(material))]
    for row in rows(ahead.scenarios):
        part = where(kept, scenario=row["scenario"])
        yield say.scenario_sentence(str(row["title"]), part, material.names)
