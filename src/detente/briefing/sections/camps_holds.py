"""What holds a member in its bloc: its ties by whom they are with, and the largest of them singly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from detente.briefing.charts import pulls
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.prose import Part, Sentence, listed, sentence
from detente.briefing.reading import rows, said, where
from detente.briefing.sections.camps_detachment import Rungs
from detente.briefing.sections.camps_reading import Camps, as_text
from detente.briefing.sections.camps_sentences import LITTLE

WHOM = 2
"""Of how many members it is shown what holds them in."""
KEEP, PULL = 6, 3
"""How many of the largest ties on either side are shown singly."""
CORE, MEMBERS, CAMP, BEYOND = "The core", "Other members", "Others in its camp", "Other camps"
NOTHING = 0.005
"""What is less than this is not drawn for want of weight."""
ALONG = "Others going along"
"""What it spares that others would move too: no tie of the member itself."""
IN_TEXT = {
    CORE: "the core of the bloc",
    MEMBERS: "other members",
    CAMP: "others in its camp",
    BEYOND: "other camps",
}
"""The groups of those whom a member has ties with, as they stand in a sentence."""
NAMED = 3
"""How many of the largest ties a sentence names."""
HOLDS = (
    Column("member", "Member"),
    Column("name", "Ties with"),
    Column("pull", "Holds in", "index"),
    Column("note", "Ties"),
    Column("mark", "Mark"),
)


@dataclass(frozen=True)
class Held:
    """What holds one member in: `groups` and `single` have `name`, `pull`, `note`, `mark` and `source`.

    The groups add up to all ties of the member; `single` are the largest ties on either side.
    """

    actor: str
    groups: pd.DataFrame
    single: pd.DataFrame


def lowest(material: Material, rungs: Rungs) -> list[str]:
    """Return the members with the core of whom it is known what holds them, the least firmly held first."""
    known = set(where(as_text(material.measures.holds), bloc=rungs.bloc, period=rungs.period)["actor"])
    return [actor for actor in rungs.inside["actor"] if actor in known]


def held(material: Material, camps: Camps, rungs: Rungs, actor: str) -> Held:
    """Return what holds a member in."""
    ties = where(as_text(material.measures.holds), bloc=rungs.bloc, period=rungs.period, actor=actor)
    groups = _groups(material, camps, rungs)
    lone = ties["other"].isna()
    group = [groups.get(str(each), BEYOND) for each in ties["other"]]
    ties = ties.assign(group=pd.Series(group, index=ties.index).mask(lone, ALONG))
    total = ties.groupby("group")["contribution"].agg(["sum", "count"]).reset_index()
    total = total[(total["group"] != ALONG) | (total["sum"].abs() > NOTHING)]
    total = total.sort_values(["sum", "group"], ascending=[False, True], kind="stable")
    vouched = {"mark": said(rows(ties)[0], "mark"), "source": ", ".join(sorted(set(ties["source"].dropna())))}
    by_group = pd.DataFrame(
        {
            "name": total["group"],
            "pull": total["sum"],
            "note": [str(count) if count > 1 else "single" for count in total["count"]],
        }
    )
    return Held(actor, by_group.assign(**vouched), _largest(material, ties[~lone]))


def _groups(material: Material, camps: Camps, rungs: Rungs) -> Mapping[str, str]:
    """Return the group of each actor: ally and rival alone, core, members, camp; nothing for other camps."""
    home = [camps.camp_of(actor) for actor in rungs.core]
    inside = [camp for camp in home if camp is not None]
    camp = max(set(inside), key=inside.count) if inside else camps.home
    belong = where(material.measures.members, bloc=rungs.bloc)["actor"]
    found = {str(actor): CAMP for actor in where(camps.now, camp=camp)["actor"]}
    found |= dict.fromkeys(belong, MEMBERS) | dict.fromkeys(rungs.core, CORE)
    powers = (actor for actor in (material.case.ally, material.case.rival) if actor)
    return found | {actor: material.names.actor(actor) for actor in powers}


def _largest(material: Material, ties: pd.DataFrame) -> pd.DataFrame:
    """Return the largest single ties on either side, those that hold in most first."""
    asked = material.case.camps
    titles = {key: each.title or key for key, each in asked.layers.items()} if asked else {}
    ranked = ties.sort_values(["contribution", "other"], ascending=[False, True], kind="stable")
    top = ranked[ranked["contribution"] > 0].head(KEEP)
    low = ranked[ranked["contribution"] < 0].tail(PULL)
    shown = pd.concat([top, low])
    several = ties["layer"].nunique() > 1
    layers = [titles.get(layer, str(layer).replace("_", " ")) for layer in shown["layer"]]
    names = [material.names.actor(str(other)) for other in shown["other"]]
    told = [f"{name} ({layer})" if several else name for name, layer in zip(names, layers, strict=True)]
    return shown.assign(name=told, note=layers).rename(columns={"contribution": "pull"})


def holds_sentence(material: Material, camps: Camps, rungs: Rungs, actor: str) -> Sentence | None:
    """Say what holds a member in most, what pulls it out most, and with whom its largest ties are."""
    names, told = material.names, held(material, camps, rungs, actor)
    little = LITTLE * float(told.groups["pull"].abs().sum())
    own = told.groups[told.groups["name"] != ALONG]
    inward, outward = (own[own["pull"] * sign > little]["name"] for sign in (1, -1))
    if inward.empty:
        return sentence("No group of ties holds ", names.in_text(actor), " in.")
    parts: list[Part] = ["What holds ", names.in_text(actor), " in most is its "]
    parts += _tie(str(inward.iloc[0]), material, camps, holds=True)
    if len(outward):
        parts += [
            "; what pulls it out most is its ",
            *_tie(str(outward.iloc[-1]), material, camps, holds=False),
        ]
    others = {
        sign: [names.in_text(str(other)) for other in told.single[told.single["pull"] * sign > 0]["other"]]
        for sign in (1, -1)
    }
    singly = [(others[1][:NAMED], "hold it most"), (others[-1][::-1][:NAMED], "pull it out most")]
    clauses = [("those with ", *listed(who), f" {verb}") for who, verb in singly if who]
    return sentence(*parts, *(("; of single ties, ", *listed(clauses)) if clauses else ()), ".")


def _tie(group: str, material: Material, camps: Camps, *, holds: bool) -> tuple[Part, ...]:
    """Return what a member has with a group: agreement, or disagreement where that holds or pulls it so."""
    names = material.names
    power = next(
        (
            actor
            for actor in (material.case.ally, material.case.rival)
            if actor and names.actor(actor) == group
        ),
        None,
    )
    near = camps.camp_of(power) == camps.home if power else group != BEYOND
    word = "agreement with " if near == holds else "disagreement with "
    return word, names.in_text(power) if power else IN_TEXT[group]


def holds(material: Material, camps: Camps, rungs: Rungs) -> Figure | None:
    """Return what holds the least firmly held members in, or None where it is not known."""
    told = [held(material, camps, rungs, actor) for actor in lowest(material, rungs)[:WHOM]]
    if not told:
        return None
    names = material.names
    panels = [
        _panel(frame, f"{names.actor(each.actor)}: {what}")
        for each in told
        for frame, what in ((each.groups, "all its ties"), (each.single, "its largest single ties"))
    ]
    parts = [
        frame.assign(member=names.actor(each.actor), actor=each.actor, part=part)
        for each in told
        for frame, part in ((each.groups, "groups"), (each.single, "single ties"))
    ]
    columns = ["actor", "member", "part", "name", "pull", "note", "mark", "source"]
    return Figure(
        "camps_holds",
        "What holds the least firmly held members in",
        "For each of them, what its ties do to hold it in the bloc’s camp or to pull it out: first all of "
        "them, by whom they are with, then the largest singly.",
        "A bar to the right is weight that would speak against the camps if the member left: agreement with "
        "its camp, or disagreement with others. A bar to the left speaks against them as long as it stays. "
        "Bars of all ties add up to the margin; in them, others going along is what it spares that others "
        "would move too, where they would. Scales differ.",
        tuple(panels),
        Table(
            "camps_holds", "Figures behind this chart", pd.concat(parts, ignore_index=True)[columns], HOLDS
        ),
    )


def _panel(frame: pd.DataFrame, title: str) -> Panel:
    low, high = (1.05 * float(end) for end in (min(frame["pull"].min(), 0), max(frame["pull"].max(), 0)))
    drawn = frame[["name", "pull", "note"]].round({"pull": 3})
    return Panel(pulls(drawn, title="weight of ties", domain=(low, high or 1.0), noted="ties"), title)
