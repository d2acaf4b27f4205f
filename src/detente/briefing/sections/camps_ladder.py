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
    Column("low", "Low", WEIGHT),
    Column("high", "High", WEIGHT),
    Column("share", "Of its ties", "share"),
    Column("chance", "Chance gives"),
    Column("share_was", "Earlier, of its ties", "share"),
    Column("state", "Held"),
    Column("along", "Would go along"),
    Column("mark", "Mark"),
)


DRAWN = [
    "name", "value", "low", "high", "chance_low", "chance_high", "was", "proven", "state",
]  # fmt: skip


def rungs(material: Material, camps: Camps, told: Rungs) -> Figure:
    """Return the ladder of detachment of one bloc."""
    frame, names = told.frame, material.names
    ends = zip(frame["chance_low"], frame["chance_high"], strict=True)
    frame = frame.assign(
        chance=[span(low, high, WEIGHT) if low == low else "" for low, high in ends],
        along=[", ".join(map(names.actor, codes.split())) for codes in frame["followers"]],
        bloc=told.bloc,
    )
    before = camps.label(told.before).text if told.before else ""
    spec = ladder(frame[DRAWN].round(DIGITS), title="margin, in weight of ties", before=before)
    tick = f" The tick is the margin in {before}." if before and frame["was"].notna().any() else ""
    core = ", ".join(names.actor(actor) for actor in told.core)
    return Figure(
        "camps_ladder",
        f"Who could be parted from {names.title('blocs', told.bloc)}, {camps.label(told.period).text}",
        "For each member, its detachment margin: how much more weight of ties would speak against the camps "
        "if it were forced apart from the bloc’s core. Members below zero stand outside already.",
        "The least firmly held stand on top. The grey bar is what chance would give: margins with the signs "
        "of the member’s ties shuffled. A filled dot is proven best, a hollow one only the best found. "
        + (_line(material) if frame["drawn"].any() else "A line goes down to what no camps can better.")
        + tick,
        (Panel(spec),),
        Table("camps_ladder", "Figures behind this chart", frame.rename(columns={"actor": "code"}), LADDER),
        present(STATES, frame["state"]),
        note=f"The core: {core}. Margins grow with the number of actors; the table has them as shares of "
        "each member’s ties.",
    )


def _line(material: Material) -> str:
    return (
        f"The line is an interval of {material.confidence}: how far the margin might move over further roll "
        "calls like these, the camps taken as they are."
    )
