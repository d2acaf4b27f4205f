"""Camps: who stands with whom by the ties themselves, how far from balance, and who could be parted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.briefing.exhibits import Section
from detente.briefing.material import Material
from detente.briefing.prose import Part, Sentence
from detente.briefing.reading import where
from detente.briefing.sections import camps_detachment as part
from detente.briefing.sections import camps_figures as figures
from detente.briefing.sections import camps_holds as hold
from detente.briefing.sections import camps_ladder as ladder
from detente.briefing.sections import camps_sentences as say
from detente.briefing.sections import stance, unity
from detente.briefing.sections.camps_reading import Camps, camps_of

if TYPE_CHECKING:
    from detente.cases import Case
    from detente.cases.networks import AnyLayer

TITLE = "Camps: who really stands with whom"

Told = tuple[Sentence | None, ...]


def camps(material: Material) -> Section | None:
    """Return the section on camps, or None where none were measured."""
    found = camps_of(material)
    if found is None:
        return None
    rungs = part.rungs_of(material, found)
    exhibits = (
        figures.on_the_map(material, found),
        figures.over_time(material, found),
        figures.moments(material, found),
        figures.balance(found),
        figures.pair_by_pair(material, found),
        ladder.rungs(material, found, rungs) if rungs else None,
        hold.holds(material, found, rungs) if rungs else None,
    )
    told = (
        _divided(material, found),
        _detached(material, found, rungs) if rungs else (),
        _limits(material, found, rungs),
    )
    paragraphs = (tuple(each for each in part if each is not None) for part in told)
    return Section(
        "camps",
        title_of(material.case),
        tuple(each for each in paragraphs if each),
        tuple(each for each in exhibits if each is not None),
        notes(material, found),
    )


def _divided(material: Material, found: Camps) -> Told:
    return (
        say.balance_sentence(found),
        say.trend_sentence(found),
        say.sides_sentence(found),
        in_bloc(material, found),
        say.realigned_sentence(material.measures.realignments, found),
    )


def in_bloc(material: Material, found: Camps, *, opening: tuple[Part, ...] = ()) -> Sentence | None:
    """Return the sentence on how many of the main bloc stand in one camp, beside ally and rival."""
    powers = material.case.ally, material.case.rival
    return say.bloc_sentence(found, *powers, opening=opening)


def in_answer(material: Material) -> Sentence | None:
    """Return what the answer says of camps, or None where none were measured."""
    found = camps_of(material)
    if found is None:
        return None
    opening = ("By the ties themselves and not by treaty, in ", found.label(found.latest), ", ")
    return in_bloc(material, found, opening=opening)


def _detached(material: Material, found: Camps, rungs: part.Rungs) -> Told:
    measured, names = material.measures, material.names
    lowest = hold.lowest(material, rungs)[:1]
    return (
        part.least_sentence(rungs, names),
        part.chance_sentence(rungs, names),
        part.outside_sentence(rungs, names),
        part.change_sentence(rungs, names),
        *(hold.holds_sentence(material, found, rungs, actor) for actor in lowest),
        part.together_sentence(measured.leaving_together, rungs, names),
    )


def _limits(material: Material, found: Camps, rungs: part.Rungs | None) -> Told:
    """Return what votes can say and what not, beside the votes on the rival and the scale of stance."""
    measured, names, bloc = material.measures, material.names, next(iter(material.case.blocs))
    on_rival = measured.roll_calls[measured.roll_calls["issue"].isin(material.rival_issues)]
    general = say.votes_sentence(found, on_rival, issue=_issue(material))
    if general is None:
        return ()
    beside = [
        unity.rival_sentence(where(measured.roll_calls, bloc=bloc, issue=issue), issue, names)
        for issue in material.rival_issues
    ]
    placed, _ = stance.groups(material)
    return (general, *beside, part.stance_sentence(rungs, placed, names) if rungs else None)


def _issue(material: Material) -> str:
    """Return the title of the issue whose votes make the camps; empty where all votes count."""
    asked = material.case.camps
    keys = {layer.issue for layer in asked.layers.values() if layer.by == "votes"} if asked else set()
    key = keys.pop() if len(keys) == 1 else None
    return material.names.title("issues", key) if key and key != material.general else ""


def title_of(case: Case) -> str:
    """Return the title of the section: the case's own, where it gives one."""
    asked = case.camps
    return asked.title if asked and "title" in asked.model_fields_set else TITLE


def notes(material: Material, found: Camps) -> tuple[str, ...]:
    """Return what the camps rest on, how they are made, and why so."""
    asked = material.case.camps
    basis = [f"Camps come from {key}." for key in dict.fromkeys(found.periods["basis"].dropna())]
    how = (
        "Ties bind where two agree more than by chance and divide where they agree less; camps are the "
        "division that leaves the least weight of ties against it. A camp is matched from period to period "
        "by its members."
    )
    layers = (
        ["Ties: " + "; ".join(_layer(key, each) for key, each in asked.layers.items()) + "."] if asked else []
    )
    given = [" ".join(text.split()) for text in (asked.reason, asked.note) if text] if asked else []
    return tuple(text for text in (" ".join([*basis, how, *layers]), " ".join(given)) if text)


def _layer(key: str, layer: AnyLayer) -> str:
    """Return what a layer is called, how much it counts, and whether it divides."""
    told = [f"weight {layer.weight:g}"] if layer.weight != 1 else []
    told += ["more of it divides"] if layer.sign < 0 else []
    return (layer.title or key.replace("_", " ")) + (f" ({', '.join(told)})" if told else "")
