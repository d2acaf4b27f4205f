"""The ladder of detachment: how firmly each member of the main bloc is held to its core."""

from __future__ import annotations

from detente.briefing.charts import ladder
from detente.briefing.charts.ladder import STATES
from detente.briefing.charts.theme import present
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.sections.camps_detachment import WEIGHT, Rungs
from detente.briefing.sections.camps_reading import Camps
from detente.numbers import span

DIGITS = 4
LADDER = (
    Column("name", "Member"),
    Column("value", "Margin", WEIGHT),
    Column("bound", "At least", WEIGHT),
    Column("share", "Of its ties", "share"),
    Column("chance", "Chance gives"),
    Column("share_was", "Earlier, of its ties", "share"),
    Column("state", "Held"),
    Column("along", "Would go along"),
    Column("mark", "Mark"),
)


def rungs(material: Material, camps: Camps, told: Rungs) -> Figure:
    """Return the ladder of detachment of one bloc."""
    frame, names = told.frame, material.names
    ends = zip(frame["low"], frame["high"], strict=True)
    frame = frame.assign(
        chance=[span(low, high, WEIGHT) if low == low else "" for low, high in ends],
        along=[", ".join(map(names.actor, codes.split())) for codes in frame["followers"]],
        bloc=told.bloc,
    )
    drawn = frame[["name", "value", "bound", "low", "high", "was", "proven", "state"]]
    before = camps.label(told.before).text if told.before else ""
    spec = ladder(drawn.round(DIGITS), title="margin, in weight of ties", before=before)
    tick = f" The tick is the margin in {before}." if before and frame["was"].notna().any() else ""
    shown = present(STATES, frame["state"])
    core = ", ".join(names.actor(actor) for actor in told.core)
    return Figure(
        "camps_ladder",
        f"Who could be parted from {names.title('blocs', told.bloc)}, {camps.label(told.period).text}",
        "For each member, its detachment margin: how much more weight of ties would speak against the camps "
        "if it were forced apart from the bloc’s core. Members below zero stand outside already.",
        "The least firmly held stand on top. The grey bar is what chance would give: margins with the signs "
        "of the member’s ties shuffled. A filled dot is proven; a hollow one is the best found, and may be "
        "as low as its line goes." + tick,
        (Panel(spec),),
        Table("camps_ladder", "Figures behind this chart", frame.rename(columns={"actor": "code"}), LADDER),
        shown,
        note=f"The core: {core}. Margins do not hold the sampling error of the votes. They grow with the "
        "number of actors; the table has them as shares of each member’s ties.",
    )
