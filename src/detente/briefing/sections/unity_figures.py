"""Figures on unity: the years, the issues, and the two sides."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from detente.briefing.charts import intervals, trend
from detente.briefing.charts.theme import Series, present
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.names import Names, unit_of
from detente.briefing.reading import Row, where, yearly

MEASURE = "agreement_index"
ALLY = "agrees_with_ally"
ALIKE = "majorities_agree"
BEHIND = "Figures behind this chart"
FIGURES = (
    Column("window", "Window"),
    Column("value", "Value", unit_field="unit"),
    Column("low", "Low", unit_field="unit"),
    Column("high", "High", unit_field="unit"),
    Column("roll_calls", "Roll calls", unit="count"),
    Column("mark", "Mark"),
    Column("source", "Source"),
)
BLOCS = (
    Column("series", "Bloc"),
    *FIGURES[:-2],
    Column("absent_share", "Absent", unit="share"),
    *FIGURES[-2:],
)
ISSUES = (Column("name", "Issue"), *BLOCS)
SIDES = (Column("series", "Comparison"), *FIGURES)


def over_time(material: Material) -> Figure | None:
    """Return the agreement index of each bloc by year, or None where there are no yearly figures."""
    frame = _blocs(material, MEASURE)
    if frame.empty:
        return None
    chart = trend(_drawn(frame), title=material.names.measure(MEASURE), series=material.blocs)
    return Figure(
        "unity_over_time",
        "How alike the members of each bloc vote, by year",
        "The mean agreement index over all recorded votes of a calendar year, among those who were members "
        "then.",
        "One means that all members who took part acted alike in every vote; zero, that they split evenly "
        f"into yes, no and abstention. The band is an interval of {material.confidence}: years whose bands "
        "overlap are not clearly different.",
        (Panel(chart),),
        Table("unity_over_time", BEHIND, frame, BLOCS),
        present(material.blocs, frame["series"]),
    )


def with_ally(material: Material) -> Figure | None:
    """Return how often each bloc's majority votes with the ally by year, or None where there is no ally."""
    frame = _blocs(material, ALLY)
    if frame.empty or material.case.ally is None:
        return None
    ally = material.names.in_text(material.case.ally).text
    chart = trend(_drawn(frame), title=f"votes with {ally}", series=material.blocs, percent=True, height=190)
    return Figure(
        "with_the_ally",
        f"How often the majority of each bloc votes with {ally}",
        f"The share of each year’s roll calls in which more than half of the members chose what {ally} "
        "chose.",
        APART,
        (Panel(chart),),
        Table("with_the_ally", BEHIND, frame, BLOCS),
        present(material.blocs, frame["series"]),
    )


def sides(material: Material) -> Figure | None:
    """Return how often the majorities of two sides vote alike by year, or None without comparisons."""
    frame = where(material.measures.comparison, measure=ALIKE, issue=material.general)
    frame = yearly(frame.dropna(subset=["value"]))
    if frame.empty:
        return None
    titles = {key: each.title for key, each in material.case.compare.items()}
    frame = _noted(frame).assign(series=[titles[key] for key in frame["comparison"]], unit="share")
    first = len(material.case.blocs)
    series = [Series(title, first + place) for place, title in enumerate(titles.values())]
    chart = trend(_drawn(frame), title="vote alike", series=series, percent=True, height=200)
    return Figure(
        "sides",
        "How often two sides vote alike",
        "The share of each year’s roll calls in which the majorities of the two sides chose the same.",
        APART,
        (Panel(chart),),
        Table("sides", BEHIND, frame, SIDES),
        present(series, frame["series"]),
    )


APART = (
    "A falling line means that the two vote apart more often; it does not say who moved, and the agenda "
    "differs from year to year. Where bands overlap, the difference may be the luck of the agenda."
)


def by_issue(material: Material, found: Sequence[Row]) -> Figure | None:
    """Return the agreement index by issue and bloc in the latest window with roll calls on the issue."""
    if not found:
        return None
    names, order = material.names, list(material.case.issues)
    in_order = sorted(found, key=lambda row: order.index(row["issue"]))
    frame = _titled(pd.DataFrame([dict(row) for row in in_order]), names)
    frame["window"] = [names.title("windows", window) for window in frame["window"]]
    chart = intervals(_drawn(frame, "name"), title=names.measure(MEASURE), series=material.blocs)
    windows = "; ".join(dict.fromkeys(frame["window"]))
    return Figure(
        "unity_by_issue",
        "How alike members vote, by issue",
        "The mean agreement index for each issue of the case, in the latest window that holds roll calls on "
        f"it ({windows}).",
        "Further right is more united. Where the lines of two issues do not overlap, the difference is more "
        "than the luck of which resolutions came to a vote. Few roll calls give a long line, even where all "
        "were unanimous.",
        (Panel(chart),),
        Table("unity_by_issue", BEHIND, frame, ISSUES),
        present(material.blocs, frame["series"]),
    )


def _blocs(material: Material, measure: str) -> pd.DataFrame:
    frame = where(material.measures.cohesion, measure=measure, issue=material.general)
    return _titled(yearly(frame.dropna(subset=["value"])), material.names)


def _titled(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    return _noted(frame).assign(
        series=[names.title("blocs", bloc) for bloc in frame["bloc"]],
        name=[names.title("issues", issue) for issue in frame["issue"]],
        unit=[unit_of(measure) for measure in frame["measure"]],
    )


def _noted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(note=[f"{int(calls)} roll calls" for calls in frame["roll_calls"]])


def _drawn(frame: pd.DataFrame, place: str = "year") -> pd.DataFrame:
    return frame[[place, "series", "value", "low", "high", "note"]]
