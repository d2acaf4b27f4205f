"""Figures on the future: fans of unity and alignment, decisions, scenarios, and what changes are made of."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import fan, intervals, trend
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series, present
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import where
from detente.briefing.sections.projection_numbers import item_title, signed
from detente.briefing.sections.projection_why import why
from detente.cases.projection import ALIGNMENT

if TYPE_CHECKING:
    from detente.simulation.projection.prospects import Prospects

BEHIND = "Figures behind this chart"
DIGITS = 3
WIDE = 230
"""Room for the titles of items, in pixels."""
BASE = "as things stand"
FANS = ["p5", "p25", "p50", "p75", "p95"]
SPREADS = (
    Column("series", "Bloc or actor"),
    Column("name", "Item"),
    Column("year", "Year", "year"),
    Column("p50", "Middle", "spread"),
    Column("p5", "From", "spread"),
    Column("p95", "To", "spread"),
    Column("mark", "Mark"),
)
PASSES = (
    Column("title", "Decision"),
    Column("series", "Scenario"),
    Column("begins", "Half-year from"),
    Column("value", "Passes", "share"),
    Column("low", "Low", "share"),
    Column("high", "High", "share"),
    Column("mark", "Mark"),
)
APART = (
    Column("series", "Scenario"),
    Column("who", "Of"),
    Column("name", "On"),
    Column("value", "Difference", "spread"),
    Column("low", "Low", "spread"),
    Column("high", "High", "spread"),
    Column("mark", "Mark"),
)


def figures(material: Material, ahead: Prospects) -> tuple[Figure, ...]:
    """Return the figures of the section, those without anything to show left out."""
    made = (
        _cohesion(material, ahead),
        _alignment(material, ahead),
        _decisions(material, ahead),
        _differences(material, ahead),
        why(material, ahead),
    )
    return tuple(each for each in made if each is not None)


def whole_blocs(material: Material) -> list[str]:
    """Return the blocs that are not carved out of others, which would show nearly the same."""
    return [key for key, spec in material.case.blocs.items() if spec.of is None]


def _fanned(frame: pd.DataFrame) -> pd.DataFrame:
    told = frame.assign(year=pd.to_datetime(frame["time"]).dt.year)
    return told.round(dict.fromkeys(FANS, DIGITS))


def _cohesion(material: Material, ahead: Prospects) -> Figure | None:
    if ahead.cohesion.empty:
        return None
    names = material.names
    frame = _fanned(ahead.cohesion).assign(
        series=[names.title("blocs", bloc) for bloc in ahead.cohesion["bloc"]],
        name=[item_title(material.names, str(item)) for item in ahead.cohesion["item"]],
    )
    held = frame[frame["bloc"].isin(whole_blocs(material))]
    panels = [
        Panel(
            fan(part[["year", "series", *FANS]], title="spread among members", series=material.blocs,
                domain=(0.0, _up(float(held[held["item"] == item]["p95"].max())))),
            f"{part['series'].iloc[0]}: {part['name'].iloc[0]}",
        )
        for item in held["item"].unique()
        for _, part in where(held, item=item).groupby("bloc", sort=False)
    ]  # fmt: skip
    return Figure(
        "projection_cohesion",
        "How close members stay",
        "The spread among members on each item, year by year: the standard deviation of their positions, "
        "over all futures. Less is closer.",
        "The line is the middle of all futures; half of them lie in the dark band, nine tenths in the light "
        "one. A band that widens says how little can be known; the spread has grown or shrunk only where the "
        "level of today lies outside it.",
        tuple(panels),
        Table("projection_cohesion", BEHIND, frame, SPREADS, display=_ends(held)),
        present(material.blocs, held["series"]),
    )


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the first and the last year; the file has all."""
    return frame[frame["year"].isin([frame["year"].min(), frame["year"].max()])]


def _alignment(material: Material, ahead: Prospects) -> Figure | None:
    blocs = where(ahead.blocs, item=ALIGNMENT).rename(columns={"bloc": "who"})
    powers = [actor for actor in (material.case.ally, material.case.rival) if actor]
    actors = where(ahead.positions, item=ALIGNMENT).rename(columns={"actor": "who"})
    actors = actors[actors["who"].isin(powers)]
    shown = blocs[blocs["who"].isin(whole_blocs(material))]
    if shown.empty:
        return None
    frame = _fanned(pd.concat([shown, actors], ignore_index=True))
    frame = frame.assign(
        series=[material.names.actor(str(who)) for who in frame["who"]],
        name=item_title(material.names, ALIGNMENT),
    )
    series = (*material.blocs, *material.powers)
    least, most = _down(float(frame["p5"].min())), _up(float(frame["p95"].max()))
    spec = fan(
        frame[["year", "series", *FANS]], title="general alignment (ideal point)", series=series,
        domain=(least, most), height=260,
    )  # fmt: skip
    return Figure(
        "projection_alignment",
        "Where blocs and powers stand in general",
        "The mean of each bloc, the ally and the rival on the scale of ideal points, year by year, over all "
        "futures.",
        "As above: the line is the middle, the bands hold half and nine tenths of futures. The law was "
        "estimated from votes; bands that overlap leave the order open.",
        (Panel(spec),),
        Table("projection_alignment", BEHIND, frame, SPREADS, display=_ends(frame)),
        present(series, frame["series"]),
    )


def scenarios_of(material: Material, ahead: Prospects) -> tuple[Series, ...]:
    """Return the baseline and the scenarios as series."""
    titles = [BASE, *(material.names.title("scenarios", key) for key in ahead.scenarios["scenario"])]
    return tuple(Series(title, place) for place, title in enumerate(titles))


def _decisions(material: Material, ahead: Prospects) -> Figure | None:
    again = ahead.decisions.groupby("decision")["step"].transform("size") > 1
    base = ahead.decisions[again].rename(
        columns={"passes": "value", "passes_low": "low", "passes_high": "high"}
    )
    if base.empty:
        return None
    changed = where(ahead.differences, kind="decisions")
    changed = changed[changed["name"].isin(base["decision"])]
    changed = changed.assign(
        series=[material.names.title("scenarios", key) for key in changed["scenario"]],
        value=changed["after"], decision=changed["name"], begins=changed["time"], low=None, high=None,
    )  # fmt: skip
    columns = ["decision", "title", "series", "begins", "value", "low", "high"]
    parts = [base.assign(series=BASE)[columns].astype(object), changed[columns].astype(object)]
    frame = pd.concat([each for each in parts if len(each)], ignore_index=True)
    frame = frame.astype({"value": float, "low": float, "high": float}).assign(mark="assumed", note="futures")
    days = pd.to_datetime(frame["begins"])
    frame = frame.assign(begins=days, year=(days.dt.year + (days.dt.day_of_year - 1) / 365.25).round(2))
    series, drawn = scenarios_of(material, ahead), ["year", "series", "value", "low", "high", "note"]
    panels = [
        Panel(
            trend(part[drawn].round(DIGITS), title="share of futures in which it passes", series=series,
                  percent=True, height=240),
            str(part["title"].iloc[0]),
        )
        for _, part in frame.groupby("decision", sort=False)
    ]  # fmt: skip
    return Figure(
        "projection_decisions",
        "How often decisions pass that come up again and again",
        "At each half-year in which a decision comes up, the share of futures in which it passes: as things "
        "stand, and under each scenario.",
        "The band is the interval of 95 per cent for the number of futures, as things stand. All lines share "
        "their luck, so that small gaps between them are the scenario’s doing; sizes are assumed.",
        tuple(panels),
        Table("projection_decisions", BEHIND, frame, PASSES),
        present(series, frame["series"]),
        stacked=True,
    )


def _differences(material: Material, ahead: Prospects) -> Figure | None:
    held = where(ahead.differences, kind="cohesion")
    if held.empty:
        return None
    names = material.names
    last = held[held["time"] == held["time"].max()]
    last = last[last["name"].isin(whole_blocs(material))]
    frame = last.assign(
        series=[names.title("scenarios", key) for key in last["scenario"]],
        who=[names.title("blocs", bloc) for bloc in last["name"]],
        name=[item_title(material.names, str(item)) for item in last["item"]],
        value=last["difference"], low=last["p5"], high=last["p95"],
        note=[f"mean {signed(mean)}" for mean in last["difference"]],
    )  # fmt: skip
    series = scenarios_of(material, ahead)
    ends = (_down(min(float(frame["low"].min()), 0.0)), _up(max(float(frame["high"].max()), 0.0)))
    drawn = ["name", "series", "value", "low", "high", "note"]
    panels = [
        Panel(
            intervals(part[drawn].round(DIGITS), title="spread, less that as things stand", series=series,
                      guides=Guides(zero=True, ends=ends), room=WIDE),
            str(who),
        )
        for who, part in frame.groupby("who", sort=False)
    ]  # fmt: skip
    return Figure(
        "projection_scenarios",
        "What scenarios do to unity by the end",
        "For each item and scenario, by how much the spread among members differs from that as things stand, "
        "at the end: the mean over futures that share their luck.",
        "Left of the dashed line members stand closer, right of it further apart. The line holds nine tenths "
        "of futures: where it crosses the dashed line, the direction cannot be told.",
        tuple(panels),
        Table("projection_scenarios", BEHIND, frame, APART),
        present(series, frame["series"]),
        stacked=True,
    )


def _down(value: float) -> float:
    return floor(value * 20) / 20


def _up(value: float) -> float:
    return ceil(value * 20) / 20
