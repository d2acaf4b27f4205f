"""Figures on members of the main bloc: the ladder of those that could be parted, and what holds them in."""

from __future__ import annotations

import pandas as pd

from detente.briefing.charts import ladder, pulls
from detente.briefing.charts.ladder import STATES
from detente.briefing.charts.theme import present
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import rows, where
from detente.briefing.sections.camps_detachment import Rungs
from detente.briefing.sections.camps_reading import Camps, as_text
from detente.numbers import span

WHOM = 2
"""Of how many members it is shown what holds them in."""
KEEP, PULL = 6, 3
"""How many of the largest ties on either side are shown singly."""
BEHIND = "Figures behind this chart"
REST = "All others"
DIGITS = 4
LADDER = (
    Column("name", "Member"),
    Column("value", "Margin", "share"),
    Column("bound", "At least", "share"),
    Column("chance", "Chance gives"),
    Column("was", "Earlier", "share"),
    Column("state", "Held"),
    Column("mark", "Mark"),
)
HOLDS = (
    Column("member", "Member"),
    Column("name", "Tie with"),
    Column("pull", "Holds in", "index"),
    Column("mark", "Mark"),
)


def rungs(material: Material, camps: Camps, told: Rungs) -> Figure:
    """Return the ladder of detachment of one bloc."""
    frame, names = told.frame, material.names
    ends = zip(frame["low"], frame["high"], strict=True)
    frame = frame.assign(
        chance=[span(low, high, "share") if low == low else "" for low, high in ends], bloc=told.bloc
    )
    drawn = frame[["name", "value", "bound", "low", "high", "was", "proven", "state"]]
    before = camps.label(told.before).text if told.before else ""
    spec = ladder(drawn.round(DIGITS), title="margin, of the weight of its ties", before=before)
    tick = f" The tick is the margin in {before}." if before and frame["was"].notna().any() else ""
    shown = present(STATES, frame["state"])
    core = ", ".join(names.actor(actor) for actor in told.core)
    return Figure(
        "camps_ladder",
        f"Who could be parted from {names.members(told.bloc).text}, {camps.label(told.period).text}",
        "For each member, its detachment margin: how much more of the weight of its ties would speak against "
        "the camps if it were forced apart from the bloc’s core. Members below zero stand outside already.",
        "The least firmly held stand on top. The grey bar is what chance would give: margins with the signs "
        "of the member’s ties shuffled. A filled dot is proven; a hollow one may be as low as its line goes."
        + tick,
        (Panel(spec),),
        Table("camps_ladder", BEHIND, frame.rename(columns={"actor": "code"}), LADDER),
        shown,
        note=f"The core: {core}. Margins do not hold the sampling error of the votes.",
    )


def holds(material: Material, camps: Camps, told: Rungs) -> Figure | None:
    """Return what holds the least firmly held members in, or None where it is not known."""
    held = where(as_text(material.measures.holds), bloc=told.bloc, period=told.period)
    lowest = [actor for actor in told.inside["actor"] if (held["actor"] == actor).any()][:WHOM]
    if not lowest:
        return None
    frame = pd.concat([_largest(material, where(held, actor=actor)) for actor in lowest], ignore_index=True)
    edge = float(frame["pull"].abs().max()) * 1.05 or 1.0
    panels = [
        Panel(
            pulls(
                where(frame, actor=actor)[["name", "pull", "note"]],
                title="holds in, weight of ties",
                domain=(-edge, edge),
                noted="layer",
            ),
            material.names.actor(actor),
        )
        for actor in lowest
    ]
    return Figure(
        "camps_holds",
        "What holds the least firmly held members in",
        "For each of them, the ties that do most to hold it in the bloc’s camp or to pull it out, and all "
        "others together.",
        "A bar to the right is a tie that would speak against the camps if the member left; a bar to the "
        "left is one that speaks against them as long as it stays. The bars of one member add up to the "
        "direct part of its margin; what others would do if it left is not in them.",
        tuple(panels),
        Table("camps_holds", BEHIND, frame, HOLDS),
    )


def _largest(material: Material, held: pd.DataFrame) -> pd.DataFrame:
    """Return the largest contributions on either side, singly, and the rest as one; largest first."""
    asked = material.case.camps
    titles = {key: each.title or key for key, each in asked.layers.items()} if asked else {}
    several = held["layer"].nunique() > 1
    ranked = held.sort_values(["contribution", "other"], ascending=[False, True], kind="stable")
    top = ranked[ranked["contribution"] > 0].head(KEEP)
    low = ranked[ranked["contribution"] < 0].tail(PULL)
    rest = ranked.drop(index=[*top.index, *low.index])
    told = [
        {
            "actor": row["actor"], "other": row["other"], "layer": row["layer"], "pull": row["contribution"],
            "name": material.names.actor(str(row["other"]))
            + (f" ({titles.get(row['layer'], row['layer'])})" if several else ""),
            "note": titles.get(row["layer"], row["layer"]), "mark": row["mark"], "source": row["source"],
        }
        for row in rows(pd.concat([top, low]))
    ]  # fmt: skip
    if len(rest):
        source = ", ".join(sorted(set(rest["source"].dropna())))
        last = {"name": f"{REST} ({len(rest)})", "pull": rest["contribution"].sum(), "note": "all layers"}
        blank = {"actor": rest["actor"].iloc[0], "other": "", "layer": ""}
        told.append({**blank, **last, "mark": rest["mark"].iloc[0], "source": source})
    frame = pd.DataFrame(told)
    return frame.assign(member=[material.names.actor(str(actor)) for actor in frame["actor"]])
