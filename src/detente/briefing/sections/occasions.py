"""Before and after the occasions of the forum: what passed between actors, and what would have been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.briefing.exhibits import Section
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.sections import occasions_figures as figures
from detente.briefing.sections import occasions_sentences as say
from detente.measurement.events.series import BOUNDS, UNITS
from detente.numbers import Number

if TYPE_CHECKING:
    from detente.cases.events_study import EventStudy

HOW = (
    "The other dates are all that fit into the same series without sharing a {per} with an occasion or with "
    "one another; exchanging them with the occasions shows what chance would do. p-values allow for the "
    "tests made, {number} in number ({correction}). Thaw or chill is said where the corrected p is at most "
    "0.05; none seen only where a change that matters would have been seen; else it cannot be told. A {per} "
    "without events is missing, and not zero."
)
CORRECTIONS = {"holm": "Holm", "bh": "Benjamini and Hochberg"}


def occasions(material: Material) -> Section | None:
    """Return the section on what changed around occasions, or None where no events are at hand."""
    spec, study = material.case.event_study, material.measures.event_study
    if spec is None or study.empty or not study["events"].sum():
        return None
    scale = UNITS[spec.measure]
    exhibits = (
        figures.changed(material, spec, scale=scale),
        figures.verdict_table(material, spec),
        figures.timeline(material, spec, scale=scale),
    )
    return Section(
        "occasions",
        title_of(material, spec),
        paragraphs(material, spec),
        tuple(each for each in exhibits if each is not None),
        notes(material, spec),
    )


def paragraphs(material: Material, spec: EventStudy) -> tuple[tuple[Sentence, ...], ...]:
    """Return what is said: what the events cover, and the verdicts."""
    measured, study = material.measures, material.measures.event_study
    pairs = {key: say.between(pair, material.names) for key, pair in spec.dyads.items()}
    told = (
        (say.basis_sentence(spec, measured.event_dates, measured.event_series),),
        (
            *say.verdicts(study, pairs, spec),
            say.none_sentence(study, pairs, spec),
            *say.untold_sentences(study, pairs, matters(spec), spec),
            say.shifts_sentence(measured.event_shifts, pairs, UNITS[spec.measure]),
        ),
    )
    found = (tuple(each for each in part if each is not None) for part in told)
    return tuple(part for part in found if part)


def title_of(material: Material, spec: EventStudy) -> str:
    """Return the title of the section: the case's own, or before and after the forum."""
    forum = material.case.forum
    return spec.title or f"Before and after the {forum.name if forum is not None else 'occasions'}"


def matters(spec: EventStudy) -> Number:
    """Return the change that matters: the case's own, or from one end of the scale to the other."""
    unit = say.UNITS[spec.measure]
    if spec.matters is None:
        return Number(BOUNDS[spec.measure], unit, "assumed", method="from one end of the scale to the other")
    return Number(spec.matters, unit, "assumed", method=" ".join((spec.reason or "").split()))


def notes(material: Material, spec: EventStudy) -> tuple[str, ...]:
    """Return how the study is made, what the scale means, and what the case says of it."""
    number = int(material.measures.event_study["tests"].max())
    how = HOW.format(per=spec.per, number=number, correction=CORRECTIONS[spec.correction])
    own = [" ".join(text.split()) for text in (spec.reason, spec.note) if text]
    return (f"{say.SCALES[spec.measure]} {how}", *([" ".join(own)] if own else []))
