"""Perceptions of threat: how publics see the rival and the other powers, and how they rank risks."""

from __future__ import annotations

from math import ceil

import pandas as pd

from detente.briefing.charts import paths
from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material, of_members
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, sentence
from detente.briefing.reading import Row, number, rows, where
from detente.numbers import UNITS, Number

SHOWN = ["year", "name", "series", "value"]
SURVEY = "sampling error of the survey"
VIEWS = (
    Column("title", "View"),
    Column("name", "Public"),
    Column("year", "Year"),
    Column("value", "Value", unit_field="unit"),
    Column("low", "Low", unit_field="unit"),
    Column("high", "High", unit_field="unit"),
    Column("mark", "Mark"),
    Column("source", "Source"),
)


def middle(frame: pd.DataFrame, unit: str) -> Number | None:
    """Return the median of several publics in one year, with their lowest and highest as its interval."""
    if frame.empty:
        return None
    values = frame["value"]
    source = ", ".join(sorted(frame["source"].unique()))
    return Number(
        float(values.median()), unit, "estimated", float(values.min()), float(values.max()), source,
        method=f"median of {len(frame)} publics, from the lowest to the highest",
    )  # fmt: skip


def view_sentence(frame: pd.DataFrame, ally: str | None, names: Names) -> Sentence | None:
    """Set the ally's public beside the others' in the last year in which both were asked."""
    theirs, others = frame[frame["actor"] == ally], frame[frame["actor"] != ally]
    if others.empty:
        return None
    both = sorted(set(theirs["year"]) & set(others["year"]))
    year = int(both[-1] if both else others["year"].max())
    told = _others(where(others, year=year), names)
    if not told:
        return None
    beside = [part for row in rows(where(theirs, year=year)) for part in (", and in ", *_public(row, names))]
    if ally and not both:
        beside.append(", while the ally’s public was not asked then")
    return sentence(Label(str(frame["title"].iloc[0])), ": in ", Label(str(year)), *told, *beside, ".")


def _others(asked: pd.DataFrame, names: Names) -> tuple[Part, ...]:
    """Return the median of the publics asked, or the figure of the only one."""
    first = rows(asked)[0]
    if len(asked) == 1:
        public = _public(first, names)
        return (" only one member’s public was asked, that of ", *public) if public else ()
    median = middle(asked, str(first["unit"]))
    what = f"{first['title']}, median of members, {int(first['year'])}"
    return (" the median of the members’ publics was ", Cited(median, what, "range")) if median else ()


def _public(row: Row, names: Names) -> tuple[Part, ...]:
    figure = number(row, unit=str(row["unit"]), method=SURVEY)
    what = f"{row['title']}, {names.actor(row['actor'])}, {int(row['year'])}"
    return (names.in_text(row["actor"]), ": ", Cited(figure, what, "interval")) if figure else ()


def threat(material: Material) -> Section | None:
    """Return the section on threat, or None where neither views nor ranks are at hand."""
    asked, names = material.case.threat, material.names
    if asked is None:
        return None
    held = material.measures.threat.dropna(subset=["value"])
    held = held.assign(name=[names.actor(actor) for actor in held["actor"]])
    views = of_members(where(held, part="views"))
    told = [view_sentence(where(views, threat=key), material.case.ally, names) for key in asked.views]
    figure = _views(material, views)
    ranks = _ranks(where(held, part="ranks"))
    exhibits: tuple[Figure | Table, ...] = (*((figure,) if figure else ()), *ranks)
    if not exhibits:
        return None
    notes = [each.note for each in asked.views.values()] + [each.note for each in asked.ranks.values()]
    paragraph = tuple(each for each in told if each is not None)
    return Section(
        "threat",
        "How publics see the rival and others",
        (paragraph,),
        exhibits,
        tuple(" ".join(note.split()) for note in notes if note),
    )


def _views(material: Material, held: pd.DataFrame) -> Figure | None:
    asked, case = material.case.threat, material.case
    if asked is None or held.empty:
        return None
    ally = material.names.actor(case.ally) if case.ally else ""
    by_view = held[held["actor"] != case.ally].groupby(["threat", "year"])["value"]
    middles: pd.DataFrame = by_view.median().reset_index()
    others = "Median of the members’ publics"
    series = [Series(others, 0), *(each for each in material.powers if each.name == ally)]
    top = 10.0 * ceil(float(held["value"].max()) / 10)
    panels: list[Panel] = []
    for key, view in asked.views.items():
        mine = where(held, threat=key)
        if mine.empty:
            continue
        strong = [ally if actor == case.ally else "" for actor in mine["actor"]]
        field = mine.assign(series=strong)[SHOWN]
        median = where(middles, threat=key).assign(name=others, series=others)[SHOWN]
        lines = pd.concat([field, median], ignore_index=True)
        unit = str(mine["unit"].iloc[0])
        panels.append(Panel(paths(lines, title=unit, series=series, domain=(0.0, top)), view.title))
    return Figure(
        "threat_views",
        "Unfavourable views, by country and year",
        "Each faint line is one member’s public; the strong lines are the ally’s public and the median of "
        "the others.",
        "Higher is less favourable. Not every public is asked every year, so that the median moves with who "
        "is asked; where a line has a gap, nobody was asked.",
        tuple(panels),
        Table(
            "threat_views", "Figures behind this chart", held.sort_values(["title", "name", "year"]), VIEWS
        ),
        tuple(series),
    )


def _ranks(held: pd.DataFrame) -> tuple[Table, ...]:
    """Return one table for each ranking: publics by year."""
    found = []
    for key, part in held.groupby("threat", sort=False):
        display, columns = by_year(
            part.sort_values("name", kind="stable"), unit=_known(str(part["unit"].iloc[0]))
        )
        title = f"{part['title'].iloc[0]} ({part['unit'].iloc[0]})"
        reports = list(dict.fromkeys(part["locator"].dropna()))
        few = len(reports) <= FEW_REPORTS
        note = f"Sourced: {'; '.join(reports)}." if few else FOLDED
        folded = () if few else by_edition(part)
        found.append(Table(f"threat_{key}", title, part, columns, note, display=display, citations=folded))
    return tuple(found)


def _known(unit: str) -> str:
    return unit if unit in UNITS else ""


FEW_REPORTS = 2
"""So many reports behind a table are named beneath it; more are folded."""
FOLDED = "Sourced; the reports behind the figures are listed here by year, and row by row in the file."


def by_edition(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return where the figures are from, one line for each year.

    >>> by_edition(pd.DataFrame({"year": [2001, 2001, 2002], "locator": ["p. 1", "p. 2", "p. 2"]}))
    ('2001: p. 1; p. 2', '2002: p. 2')
    """
    told = frame.dropna(subset=["locator"]).sort_values("year", kind="stable")
    by_year = [
        (int(str(year)), "; ".join(dict.fromkeys(part["locator"]))) for year, part in told.groupby("year")
    ]
    return tuple(f"{year}: {reports}" for year, reports in by_year)


def by_year(
    frame: pd.DataFrame, *, who: str = "Public", unit: str | None = None
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Return a frame with one row for each name and one column for each year, and the columns to show."""
    years = sorted(int(year) for year in frame["year"].unique())
    at = dict(zip(zip(frame["name"], frame["year"], strict=True), frame["value"], strict=True))
    names = list(dict.fromkeys(frame["name"]))
    missing = None if unit is not None else ""
    wide = pd.DataFrame(
        [{"name": name, **{str(year): at.get((name, year), missing) for year in years}} for name in names]
    )
    return wide, (Column("name", who), *(Column(str(year), str(year), unit=unit) for year in years))
