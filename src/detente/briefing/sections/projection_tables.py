"""Tables on the future: who may cross a line, what happens on which day, what is assumed, what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.exhibits import Column, Table
from detente.briefing.material import Material
from detente.briefing.names import Names

if TYPE_CHECKING:
    from detente.simulation.projection.prospects import Prospects

MOST = 6
"""How many crossings of each line are shown; the file has all."""
KINDS = {
    "election": "election", "cut_off": "cut-off of supply", "withdrawal": "guarantee withdrawn",
    "membership": "membership", "forum": "meeting", "lever": "lever", "other": "other",
}  # fmt: skip
CROSSED = (
    Column("name", "Member"),
    Column("title", "Line"),
    Column("start", "Beyond it at the start", "share"),
    Column("crossed", "Has been by the end", "share"),
    Column("crossed_low", "Low", "share"),
    Column("crossed_high", "High", "share"),
    Column("mark", "Mark"),
)
CALENDAR = (
    Column("date", "Day"),
    Column("title", "What happens"),
    Column("sort", "Kind"),
    Column("chance", "Chance", "share"),
    Column("backlash", "Opposite effect", "share"),
    Column("under", "Scenario"),
    Column("mark", "Mark"),
)
ASSUMED = (
    Column("part", "Part of the case"),
    Column("what", "What"),
    Column("value", "Size", ""),
    Column("low", "Low", ""),
    Column("high", "High", ""),
    Column("reason", "Reason"),
    Column("mark", "Mark"),
)
DRIVERS = (
    Column("title", "Driver"),
    Column("kind", "Counts as"),
    Column("known", "Actors with a level", "count"),
    Column("least", "Least", ""),
    Column("mean", "Mean", ""),
    Column("most", "Most", ""),
    Column("wander", "Wanders a year", ""),
    Column("wander_low", "Low", ""),
    Column("wander_high", "High", ""),
    Column("source", "Source of levels"),
    Column("mark", "Mark"),
)


def crossed(prospects: Prospects) -> pd.DataFrame:
    """Return crossings at the end, the likeliest first; no rows where there is no line."""
    from detente.simulation.projection.crossing import newly_crossed

    return newly_crossed(prospects.crossings) if len(prospects.crossings) else pd.DataFrame()


def crossings(prospects: Prospects, names: Names) -> tuple[Table, ...]:
    """Return who is likeliest to cross a line."""
    found = crossed(prospects)
    if found.empty:
        return ()
    frame = found.assign(name=[names.actor(str(actor)) for actor in found["actor"]])
    note = "In how many futures; the interval is that of 95 per cent for their number."
    return (
        Table(
            "projection_crossings", "Who is likeliest to cross a line", frame, CROSSED, note,
            display=frame.groupby("line", sort=False).head(MOST).sort_values("title", kind="stable"),
        ),
    )  # fmt: skip


def calendar(prospects: Prospects, names: Names) -> tuple[Table, ...]:
    """Return what happens on which day, scenarios last."""
    if prospects.events.empty:
        return ()
    held = prospects.events
    frame = held.assign(
        sort=[KINDS.get(str(kind), str(kind)) for kind in held["kind"]],
        under=[names.title("scenarios", key) if key else "all" for key in held["scenario"]],
    )
    note = (
        "A scenario’s own events, and those it changes; at a chance of nothing, it takes an event out. The "
        "file says what each does; sizes and reasons are listed below."
    )
    return (Table("projection_events", "What happens on which day", frame, CALENDAR, note),)


def assumed(prospects: Prospects) -> tuple[Table, ...]:
    """Return every size that is assumed of the future."""
    if prospects.assumed.empty:
        return ()
    held = prospects.assumed
    shown = held.assign(
        part=[str(part).removeprefix("projection.").replace("_", " ") for part in held["part"]],
        what=[str(what).replace("_", " ") for what in held["what"]],
    )
    title = "What is assumed of the future"
    return (Table("projection_assumed", title, held, ASSUMED, display=shown, folded=True),)


def drivers(prospects: Prospects) -> tuple[Table, ...]:
    """Return what moves positions, with the levels that were measured."""
    if prospects.drivers.empty:
        return ()
    note = (
        "Levels were measured, what a change of one does to positions is assumed. Of an actor without a "
        "level, it is drawn around the mean of the others."
    )
    title = "What moves positions"
    return (Table("projection_drivers", title, prospects.drivers, DRIVERS, note, folded=True),)


def files(material: Material, prospects: Prospects) -> tuple[Table, ...]:
    """Return the tables at the end of the section."""
    names = material.names
    return (
        *crossings(prospects, names),
        *calendar(prospects, names),
        *drivers(prospects),
        *assumed(prospects),
    )
