"""The answer first: a few plain sentences that follow the numbers, and a strip of key figures."""

from __future__ import annotations

import pandas as pd

from detente.briefing.exhibits import KeyFigure
from detente.briefing.material import Material
from detente.briefing.prose import Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, rows, where
from detente.briefing.sections import camps, claims, decisions, options, projection, stance, unity
from detente.briefing.sections.unity_figures import ALLY, MEASURE

TOLD = 3
YEAR = 365
LATE = 2
"""Years between the last roll calls and the day of the brief beyond which the answer says so."""


def answer(material: Material) -> tuple[Sentence, ...]:
    """Return the sentences of the answer, those without evidence left out; the first needs no figure."""
    beside = unity.beside_ally(material)
    told = (
        headline(material),
        _general(material),
        *(_rival(material, issue) for issue in material.rival_issues),
        _sides(material, beside),
        _lowest(material),
        _joined(*decisions.in_answer(material)),
        projection.in_answer(material),
        options.in_answer(material),
        claims.in_answer(material),
        _rests_on(material),
    )
    found = tuple(each for each in told if each is not None)
    return found or (
        sentence("The evidence at hand does not answer the question; what is missing is listed below."),
    )


def headline(material: Material) -> Sentence | None:
    """Return the answer in one sentence of words: on the rival, in general, and where least so."""
    names, rival = material.names, material.names.in_text(material.case.rival)
    members, _ = stance.groups(material)
    lowest = [names.in_text(str(actor)) for actor in members.sort_values("value")["actor"].head(TOLD)]
    votes = [vote for issue in material.rival_issues for vote in rows(_votes(material, issue))]
    row = _latest(material)
    clauses: list[tuple[Part, ...]] = []
    if votes:
        united = all(vote["unanimous"] == 1 for vote in votes)
        clauses.append(
            ("on ", rival, ", ", names.members(main_bloc(material)), " vote as one" if united else " split")
        )
    if row is not None:
        often = unity.how_often(float(row["value"]))
        subject = (" they",) if clauses else (", ", names.members(main_bloc(material)))
        clauses.append(("in general", *subject, f" {often} vote alike"))
    if len(lowest) == TOLD:
        clear = stance.is_apart(members)
        first: tuple[Part, ...] = (lowest[0], " stands furthest from the rest")
        open_order: tuple[Part, ...] = (
            "among the weakest links are ",
            *listed(lowest),
            ", in an order that is open",
        )
        clauses.append(first if clear else open_order)
    parts = [part for place, clause in enumerate(clauses) for part in (*(("; ",) if place else ()), *clause)]
    return sentence(*parts, ".") if parts else None


def _sides(material: Material, bloc: str | None) -> Sentence | None:
    """Return how often a bloc votes with the ally, and into which camps the ties themselves put members."""
    told = (unity.with_ally(material, bloc) if bloc else None, camps.in_answer(material))
    return _joined(*told)


def _joined(*told: Sentence | None) -> Sentence | None:
    found = [each for each in told if each is not None]
    return Sentence(tuple(part for each in found for part in (*each.parts, " "))[:-1]) if found else None


def _lowest(material: Material) -> Sentence | None:
    members, reference = stance.groups(material)
    if material.case.stance is None:
        return None
    told = (
        stance.spread_sentence(
            members, reference, title=material.case.stance.title, source=material.membership
        ),
        stance.lowest_sentence(members, material.names),
    )
    return _joined(*told)


def _latest(material: Material) -> Row | None:
    asked = {"bloc": main_bloc(material), "measure": MEASURE, "issue": material.general}
    return unity.latest(material.measures.cohesion, material.windows, **asked)


def _votes(material: Material, issue: str) -> pd.DataFrame:
    return where(material.measures.roll_calls, bloc=main_bloc(material), issue=issue)


def _general(material: Material) -> Sentence | None:
    asked = {"bloc": main_bloc(material), "measure": MEASURE, "issue": material.general}
    now = _latest(material)
    then = unity.earliest(material.measures.cohesion, material.windows, **asked)
    return unity.general_sentence(now, then, material.names) if now else None


def _rival(material: Material, issue: str) -> Sentence | None:
    asked = {"bloc": main_bloc(material), "measure": MEASURE, "issue": issue}
    row = unity.latest(material.measures.cohesion, material.windows, **asked)
    told = unity.rival_sentence(_votes(material, issue), issue, material.names)
    few = unity.few_sentence(row, material.names) if row else None
    return Sentence((*told.parts, " ", *few.parts)) if told and few else told


def main_bloc(material: Material) -> str:
    """Return the bloc that the case names first."""
    return next(iter(material.case.blocs))


def _rests_on(material: Material) -> Sentence | None:
    told = stance.carried_sentence(material.measures.leave_one_out, material.names)
    last = late_end(material)
    if last is None:
        return told
    apart = ", the votes on the rival apart" if material.rival_issues else ""
    late = sentence("The roll calls at hand end in ", Label(str(last.year)), f"{apart}.")
    return Sentence((*told.parts, " ", *late.parts)) if told else late


def late_end(material: Material) -> pd.Timestamp | None:
    """Return the last day on which votes in general were measured, where the brief's is much later."""
    measured = where(material.measures.cohesion, issue=material.general).dropna(subset=["value"])
    if measured.empty:
        return None
    last = pd.Timestamp(measured["end"].max())
    return last if (pd.Timestamp(material.case.as_of) - last).days >= YEAR * LATE else None


def strip(material: Material) -> tuple[KeyFigure, ...]:
    """Return the key figures under the answer: general unity, the ally, the lowest member."""
    found = [_from_votes(material, main_bloc(material), MEASURE, "agreement index")]
    found.append(_from_votes(material, main_bloc(material), "unanimous", "of votes unanimous"))
    beside = unity.beside_ally(material)
    if beside and material.case.ally:
        ally = material.names.in_text(material.case.ally).text
        found.append(_from_votes(material, beside, ALLY, f"of votes with {ally}"))
    members, _ = stance.groups(material)
    for row in rows(members.sort_values("value", kind="stable").head(1)):
        place = stance.placed(row, material.names)
        found.append(
            KeyFigure(place, f"{material.names.actor(row['actor'])}, lowest member on the scale")
            if place
            else None
        )
    return tuple(each for each in found if each is not None)


def _from_votes(material: Material, bloc: str, measure: str, what: str) -> KeyFigure | None:
    names = material.names
    asked = {"bloc": bloc, "measure": measure, "issue": material.general}
    row = unity.latest(material.measures.cohesion, material.windows, **asked)
    figure = unity.cited(row, names) if row else None
    if row is None or figure is None:
        return None
    return KeyFigure(figure, f"{what}: {names.members(bloc).text}, {names.title('windows', row['window'])}")
