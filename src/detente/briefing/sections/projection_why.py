"""What moves members: from where they stand today to the end, step by step, on average over futures."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import waterfall
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import rows, where
from detente.briefing.sections.projection_numbers import item_title, signed
from detente.briefing.sections.projection_tables import crossed
from detente.numbers import figure

if TYPE_CHECKING:
    from detente.simulation.projection.prospects import Prospects

BEHIND = "Figures behind this chart"
DIGITS = 3
ROOM = 0.22
"""Share of a waterfall's axis that is kept free for what is written beside the bars."""
STEPS = {
    "bloc pull": "pull of blocs",
    "influence": "partners",
    "dependence": "dependence",
    "threat": "threat felt",
    "domestic": "domestic pressure",
    "shock": "events and chance",
    "other": "other causes",
}
MEMBERS = 3
PARTS = (
    Column("who", "Of"),
    Column("on", "On"),
    Column("cause", "Part"),
    Column("part", "Value", "spread"),
    Column("low", "Low", "spread"),
    Column("high", "High", "spread"),
    Column("change", "Change in all", "spread"),
    Column("mark", "Mark"),
)


def members_shown(material: Material, ahead: Prospects) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield who is explained, on which item, and the parts of the mean change there.

    The item is that of the line which it is likeliest to cross, else the one on which it moves most.
    """
    held = where(ahead.why, kind="actor")
    lines = crossed(ahead)
    asked = material.case.projection.show if material.case.projection else ()
    order = [*asked, *(lines["actor"] if len(lines) else ()), *held["name"]]
    for who in [each for each in dict.fromkeys(order) if each in set(held["name"])][:MEMBERS]:
        own = where(held, name=who)
        near = where(lines, actor=who) if len(lines) else lines
        near = near[near["newly"] > 0] if len(near) else near
        if len(near):
            item = str(near["item"].iloc[0])
        elif len(own):
            item = str(own.sort_values("change", key=abs, kind="stable")["item"].iloc[-1])
        else:
            continue
        parts = where(own, item=item)
        if len(parts):
            yield who, item, parts


def why(material: Material, ahead: Prospects) -> Figure | None:
    shown = list(members_shown(material, ahead))
    if not shown:
        return None
    drawn = [(who, item, steps(parts)) for who, item, parts in shown]
    panels = [
        Panel(
            waterfall(frame, title=f"position: {item_title(material.names, item)}", domain=_domain(frame)),
            f"{material.names.actor(who)}: {item_title(material.names, item)}",
        )
        for who, item, frame in drawn
    ]
    told = ahead.why.assign(
        who=[material.names.actor(str(who)) for who in ahead.why["name"]],
        on=[item_title(material.names, str(item)) for item in ahead.why["item"]],
        cause=[STEPS.get(str(each), str(each)) for each in ahead.why["driver"]],
    )
    picked = {(who, item) for who, item, _ in shown}
    pairs = zip(told["name"], told["item"], strict=True)
    return Figure(
        "projection_why",
        "What moves members, on average",
        "The mean position of a member today and at the end, and what the change between them is made of.",
        "Dots are mean positions; each bar starts where the one above ends. Blue adds, rust takes away, grey "
        "may be nothing. The thin line is an interval of 95 per cent for the number of futures: it says "
        "nothing of how sure sizes are, which are assumed.",
        tuple(panels),
        Table("projection_why", BEHIND, told, PARTS, display=told[[pair in picked for pair in pairs]]),
    )


def steps(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the bars of one change: from the start, by its parts, to the end; parts of nothing left out."""
    order = rows(parts)
    at = float(order[0]["start"])
    found = [_level("today", at)]
    for row in order:
        value, low, high = (float(row[name]) for name in ("part", "low", "high"))
        if round(value, DIGITS) == 0:
            continue
        found.append(
            {
                "name": STEPS.get(str(row["driver"]), str(row["driver"])),
                "kind": "open" if low <= 0 <= high else "up" if value > 0 else "down", "start": at,
                "end": at + value, "low": at + low, "high": at + high, "shown": signed(value),
            }
        )  # fmt: skip
        at += value
    end = float(order[0]["start"]) + float(order[0]["change"])
    return pd.DataFrame([*found, _level("at the end", end)]).round(4)


def _level(name: str, value: float) -> dict[str, object]:
    return {
        "name": name, "kind": "level", "start": value, "end": value, "low": value, "high": value,
        "shown": figure(value, "position"),
    }  # fmt: skip


def _domain(frame: pd.DataFrame) -> tuple[float, float]:
    every = frame[["start", "end", "low", "high"]]
    least, most = float(every.min().min()), float(every.max().max())
    wide = max(most - least, 0.02)
    return floor((least - 0.05 * wide) * 100) / 100, ceil((most + ROOM * wide) * 100) / 100
