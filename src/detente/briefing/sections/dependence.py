"""Dependence on the rival: each member's share over the years, and who depends most."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from detente.briefing.charts import heat
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material, of_members
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, number, rows, where

ENOUGH = 0.5
"""A year counts as covered where it has at least this share of the actors of the fullest year."""
TOLD = 3
COLUMNS = (
    Column("title", "Dependence"),
    Column("name", "Actor"),
    Column("year", "Year"),
    Column("value", "Value", unit_field="unit"),
    Column("mark", "Mark"),
    Column("source", "Source"),
    Column("locator", "Where"),
)


def covered(frame: pd.DataFrame) -> list[int]:
    """Return the years that enough actors have a figure for, in order.

    >>> covered(pd.DataFrame({"year": [2020, 2020, 2020, 2021], "actor": list("ABCA")}))
    [2020]
    """
    held = frame.groupby("year")["actor"].nunique()
    return sorted(int(year) for year in held[held >= ENOUGH * held.max()].index)


def most_sentence(frame: pd.DataFrame, key: str, names: Names) -> Sentence | None:
    """Name who depends most in the last covered year, and what the same actors showed in the first."""
    years = covered(frame)
    if not years:
        return None
    last = where(frame, year=years[-1]).sort_values("value", ascending=False, kind="stable")
    first = where(frame, year=years[0]).set_index("actor")
    told: list[Part | tuple[Part, ...]] = []
    for row in rows(last.head(TOLD)):
        figure = cited(row, key, names)
        before = _before(first, row, key, names)
        if figure:
            told.append((names.in_text(row["actor"]), " (", figure, *before, ")"))
    if not told:
        return None
    return sentence(
        names.label("dependence", key), " was highest in ", Label(str(years[-1])), " for ", *listed(told),
        ".",
    )  # fmt: skip


def _before(first: pd.DataFrame, row: Row, key: str, names: Names) -> tuple[Part, ...]:
    if row["actor"] not in first.index or first.loc[row["actor"], "year"] == row["year"]:
        return ()
    earlier = {**{str(name): value for name, value in first.loc[row["actor"]].items()}, "actor": row["actor"]}
    figure = cited(earlier, key, names)
    return (", against ", figure, " in ", Label(str(int(earlier["year"])))) if figure else ()


def cited(row: Row, key: str, names: Names) -> Cited | None:
    """Return one share with what it is, or None where it cannot be vouched for."""
    found = number(row, unit=str(row["unit"]))
    what = f"{names.title('dependence', key)}, {names.actor(row['actor'])}, {int(row['year'])}"
    return Cited(found, what) if found else None


def dependence(material: Material) -> Section | None:
    """Return the section on dependence, or None where no share is at hand."""
    held, names = material.measures.dependence, material.names
    if held.empty:
        return None
    held = of_members(held).assign(name=[names.actor(actor) for actor in of_members(held)["actor"]])
    parts = {key: where(held, dependence=key).dropna(subset=["value"]) for key in material.case.dependence}
    parts = {key: part for key, part in parts.items() if len(part)}
    if not parts:
        return None
    told = [most_sentence(part, key, names) for key, part in parts.items()]
    notes = [" ".join(note.split()) for note in material.case.notes if "dependence" in note.lower()]
    paragraph = tuple(each for each in told if each is not None)
    return Section(
        "dependence", "Dependence on the rival", (paragraph,), (_figure(material, parts),), tuple(notes)
    )


def _figure(material: Material, parts: Mapping[str, pd.DataFrame]) -> Figure:
    tops = {
        unit: max(_top(part) for part in parts.values() if unit_of(part) == unit)
        for unit in map(unit_of, parts.values())
    }
    panels = tuple(
        Panel(heat(_ordered(part), title=unit_of(part), top=tops[unit_of(part)]), str(part["title"].iloc[0]))
        for part in parts.values()
    )
    noted = [(part["title"].iloc[0], material.case.dependence[key].note) for key, part in parts.items()]
    return Figure(
        "dependence",
        "Dependence on the rival, by member and year",
        "One row for each member and one column for each year; the darker, the higher the share. Members are "
        "in the order of the last year that is well covered.",
        "An empty cell means that no figure is at hand, not that the share is zero; the palest colour is "
        "zero.",
        panels,
        Table(
            "dependence", "Figures behind these charts", pd.concat(parts.values(), ignore_index=True), COLUMNS
        ),
        note=" ".join(f"{title}: {' '.join(note.split())}" for title, note in noted if note),
    )


def unit_of(frame: pd.DataFrame) -> str:
    """Return the unit of a frame's first row."""
    return str(frame["unit"].iloc[0])


def _top(frame: pd.DataFrame) -> float:
    return 100.0 if unit_of(frame) == "percent" else float(frame["value"].max())


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    last = where(frame, year=covered(frame)[-1]).set_index("actor")["value"]
    ranked = frame.assign(
        last=frame["actor"].map(last).fillna(-1.0), most=frame.groupby("actor")["value"].transform("max")
    )
    order = ranked.sort_values(
        ["last", "most", "name", "year"], ascending=[False, False, True, True], kind="stable"
    )
    return order[["name", "year", "value"]]
