"""Where they stand in general, and where they are going: ideal points of blocs, ally, rival and members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.exhibits import Section
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Sentence
from detente.briefing.reading import where
from detente.briefing.sections import ideal_point_figures as figures
from detente.briefing.sections import ideal_point_sentences as say
from detente.briefing.sections import stance

if TYPE_CHECKING:
    from detente.cases import Case

TITLE = "Where they stand in general, and where they are going"
IDENTIFICATION = "identification"


def ideal_points(material: Material) -> Section | None:
    """Return the section on ideal points, or None where none were estimated."""
    measured, names = material.measures, material.names
    paths = measured.bloc_paths.dropna(subset=["mean"])
    if paths.empty:
        return None
    bloc = next(iter(material.case.blocs))
    drawn = (
        figures.trajectories(material),
        figures.sides(material),
        figures.spread(material),
        figures.members(material),
        figures.changes(material),
        figures.published(material),
    )
    asked = material.case.ideal_points
    issue = names.title("issues", asked.issue) if asked and asked.issue else ""
    told = (
        _standing(paths, bloc, names, issue),
        _moving(material, paths),
        _members(material),
        (say.published_sentence(measured.published, names),),
    )
    paragraphs = (tuple(each for each in part if each is not None) for part in told)
    return Section(
        "ideal_points",
        title_of(material.case),
        tuple(part for part in paragraphs if part),
        tuple(each for each in drawn if each is not None),
        notes(material),
    )


Told = tuple[Sentence | None, ...]


def _standing(paths: pd.DataFrame, bloc: str, names: Names, issue: str) -> Told:
    return (
        say.place_sentence(paths, bloc, names, issue=issue),
        say.side_sentence(paths, bloc, names),
        say.moved_sentence(paths, bloc, names),
    )


def _moving(material: Material, paths: pd.DataFrame) -> Told:
    case, measured, names = material.case, material.measures, material.names
    bloc = next(iter(case.blocs))
    apart = [
        say.distance_sentence(part, str(part["title"].iloc[0]))
        for _, part in measured.distances.groupby("comparison", sort=False)
    ]
    told = [bloc, *(actor for actor in (case.ally, case.rival) if actor)]
    return (
        *apart,
        say.spread_sentence(paths, bloc, names),
        say.change_sentence(measured.change_points, told, names),
    )


def _members(material: Material) -> Told:
    names, bloc = material.names, next(iter(material.case.blocs))
    members, rival = figures.latest_members(material)
    if rival is None or members.empty:
        return ()
    nearest = str(say.nearest(members, rival)["actor"].iloc[0])
    placed, _ = stance.groups(material)
    return (
        say.nearest_sentence(members, rival, bloc, names),
        say.not_stance_sentence(nearest, placed, names),
    )


def title_of(case: Case) -> str:
    """Return the title of the section: the case's own, where it gives one."""
    asked = case.ideal_points
    return asked.title if asked and "title" in asked.model_fields_set else TITLE


def notes(material: Material) -> tuple[str, ...]:
    """Return what the reader must know: what the estimates rest on, how the scale is fixed, and why so."""
    asked, told = material.case.ideal_points, material.measures.ideal_point_notes
    basis = [f"Places come from {key}." for key in dict.fromkeys(material.measures.bloc_paths["basis"])]
    fixed = [
        f"Sign and scale: {_named(text, material)}." for text in where(told, what=IDENTIFICATION)["text"]
    ]
    given = [" ".join(text.split()) for text in (asked.reason, asked.note) if text] if asked else []
    return tuple(part for part in (" ".join([*basis, *fixed]), " ".join(given)) if part)


def _named(identification: str, material: Material) -> str:
    """Return the words of the identification with the name of the actor whose side is positive."""
    asked = material.case.ideal_points
    if asked is None or not identification.startswith(asked.positive):
        return identification
    name = material.names.in_text(asked.positive).text
    return f"{name}{identification.removeprefix(asked.positive)}"
