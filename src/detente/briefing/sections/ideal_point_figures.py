"""Figures on ideal points: paths, distances, spread, shifts, members, and a published series beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import pandas as pd

from detente.briefing.charts import intervals, trend
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series, present
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import Row, rows, where
from detente.numbers import figure, span

UNIT = "standard deviations"
BEHIND = "Figures behind this chart"
DIGITS = 3
"""Decimals of what is drawn; the files hold all."""
FORMER = "former states"
COMPARED = (
    "Years compare so far as resolutions recur and those who vote move slowly. How far out the ends lie "
    "hangs on the model’s prior, beyond what the bands show; who stands on which side of whom does so less."
)
JOINED = " A state that continues a former one has one line with it."
FREE, POSITIVE = (-inf, inf), (0.0, inf)
PLACES = (
    Column("name", "Member"),
    Column("series", "Group"),
    Column("value", "Place", UNIT),
    Column("low", "Low", UNIT),
    Column("high", "High", UNIT),
    Column("votes", "Votes", "count"),
    Column("mark", "Mark"),
)
CHANGES = (
    Column("series", "Series"),
    Column("year", "Year"),
    Column("shift", "Shift", UNIT),
    Column("probability", "Probability", "share"),
    Column("mark", "Mark"),
)


def trajectories(material: Material) -> Figure | None:
    """Return the paths of blocs, ally, rival and whoever else the case shows, or None without paths."""
    frame = _series(material, material.measures.bloc_paths.dropna(subset=["mean"]))
    if frame.empty:
        return None
    frame = frame.rename(columns={"mean": "value"})
    series = shown(material, frame)
    chart = trend(_drawn(frame), title="place on the scale", series=series, height=300, bounds=FREE)
    return Figure(
        "ideal_paths",
        "Where blocs and powers stand in votes in general, by year",
        "The place of each on one scale for all votes, session by session; for a bloc, the mean of those "
        "who were members then.",
        "Lines that draw together vote more alike. The ends of the scale are two ways of voting, not good "
        f"and bad. The band is an interval of {material.confidence}: where bands overlap, the order is open.",
        (Panel(chart),),
        _by_year("ideal_paths", frame),
        present(series, frame["series"]),
        note=COMPARED + (JOINED if len(where(material.measures.ideal_point_notes, what=FORMER)) else ""),
    )


def sides(material: Material) -> Figure | None:
    """Return the distance between the two sides of each comparison, or None without comparisons."""
    frame = material.measures.distances.dropna(subset=["value"])
    if frame.empty:
        return None
    frame = pd.concat([oriented(part) for _, part in frame.groupby("comparison", sort=False)])
    frame = frame.assign(series=frame["title"], note="").sort_values(["series", "year"], kind="stable")
    first = len(material.case.blocs)
    series = [Series(each.title, first + place) for place, each in enumerate(material.case.compare.values())]
    chart = trend(_drawn(frame), title="distance", series=series, height=220, bounds=FREE)
    return Figure(
        "ideal_sides",
        "How far apart two sides stand in votes in general",
        "The place of the higher of two sides less that of the lower, by session; a bloc’s place is the mean "
        "of its members of that date.",
        "Zero: the two stand in the same place. A rising line means that they draw apart; it does not say "
        "who moved. Below zero the two have changed sides.",
        (Panel(chart),),
        _by_year("ideal_sides", frame),
        present(series, frame["series"]),
    )


def oriented(distances: pd.DataFrame) -> pd.DataFrame:
    """Return the distances of one comparison as the side that is mostly higher less the other.

    >>> oriented(pd.DataFrame({"value": [-2.0], "low": [-3.0], "high": [-1.5]})).iloc[0].tolist()
    [2.0, 1.5, 3.0]
    """
    if distances["value"].mean() >= 0:
        return distances
    turned = {"value": -distances["value"], "low": -distances["high"], "high": -distances["low"]}
    return distances.assign(**turned)


def spread(material: Material) -> Figure | None:
    """Return the spread of members within each bloc, or None where no bloc has one."""
    held = material.measures.bloc_paths
    frame = where(held, kind="bloc").dropna(subset=["spread"])
    if frame.empty:
        return None
    frame = _series(material, frame.drop(columns=["mean", "low", "high"]))
    frame = frame.rename(columns={"spread": "value", "spread_low": "low", "spread_high": "high"})
    chart = trend(
        _drawn(frame), title="standard deviation", series=material.blocs, height=200, bounds=POSITIVE
    )
    return Figure(
        "ideal_spread",
        "How far apart the members of each bloc stand among themselves",
        "The standard deviation of the members’ places within each bloc, by session, among those who were "
        "members then.",
        "Lower is more alike. New members can widen a bloc though nobody moved: the file gives their number.",
        (Panel(chart),),
        _by_year("ideal_spread", frame),
        present(material.blocs, frame["series"]),
    )


def changes(material: Material) -> Table | None:
    """Return the years in which paths shifted, or None where none is likely."""
    held = material.measures.change_points
    if held.empty:
        return None
    frame = held.assign(series=[material.names.actor(key) for key in held["series"]])
    frame = frame.sort_values(["year", "series"], kind="stable")
    shifts = [_shown({**row, "value": row["shift"]}, UNIT) for row in rows(frame)]
    return Table(
        "ideal_changes",
        "Years in which a path shifted",
        frame,
        CHANGES,
        "Shift: the mean after less the mean before, with its interval. Probability: that the shift fell in "
        "this year or one beside it. A steady drift is not a shift. The file gives both means.",
        display=frame.assign(shift=shifts),
    )


def members(material: Material) -> Figure | None:
    """Return where the members of the main bloc stand in its latest session, beside the rival."""
    frame, rival = latest_members(material)
    if frame.empty:
        return None
    names = material.names
    frame = frame.sort_values("mean", ascending=False, kind="stable").rename(columns={"mean": "value"})
    frame = frame.assign(
        name=[names.actor(actor) for actor in frame["actor"]],
        series=[names.group(group) for group in frame["group"]],
        note=[f"{int(votes)} votes" for votes in frame["votes"]],
    )
    series = material.groups({*material.measures.stance["group"], *frame["group"]})
    guides = Guides(shaded=(float(rival["low"]), float(rival["high"]))) if rival else Guides()
    chart = intervals(_drawn(frame, "name"), title="place on the scale", series=series, guides=guides)
    year, bloc = int(frame["year"].iloc[0]), names.members(next(iter(material.case.blocs))).text
    whom = names.in_text(material.case.rival).text
    return Figure(
        "ideal_members",
        f"Where {bloc} stand in votes in general, {year}",
        f"Each member’s place in the latest session, with an interval of {material.confidence}. Members are "
        "those of the day of the brief." + (f" The shaded band is the interval of {whom}." if rival else ""),
        "Two members whose lines overlap cannot be ranked with confidence. This is alignment in general, not "
        "stance on the rival.",
        (Panel(chart),),
        Table("ideal_members", BEHIND, frame, PLACES),
        present(series, frame["series"]),
    )


def latest_members(material: Material) -> tuple[pd.DataFrame, Row | None]:
    """Return the main bloc's members in the last session in which any voted, and the rival's row in it."""
    held, case = material.measures.ideal_points.dropna(subset=["mean"]), material.case
    inside = where(material.measures.members, bloc=next(iter(case.blocs)))["actor"]
    mine = held[held["actor"].isin(inside)]
    last = mine["session"].max() if len(mine) else None
    rival = where(held, actor=case.rival, session=last).to_dict("records")
    return where(mine, session=last), {str(k): v for k, v in rival[0].items()} if rival else None


def published(material: Material) -> Figure | None:
    """Return the yearly correlation with each published series, or None where the evidence has none."""
    held = material.measures.published
    frame = held.dropna(subset=["year", "r"])
    if frame.empty:
        return None
    titles = [material.names.published(column) for column in frame["column"]]
    frame = frame.assign(
        series=[title[:1].upper() + title[1:] for title in titles],
        value=frame["r"],
        low=frame["r"],
        high=frame["r"],
        mark="estimated",
        note=[f"{int(n)} actors" for n in frame["n"]],
    )
    series = [Series(name, place) for place, name in enumerate(dict.fromkeys(frame["series"]))]
    chart = trend(_drawn(frame), title="correlation", series=series, height=150, bounds=(-1, 1))
    return Figure(
        "ideal_published",
        "How closely these places follow a published series, by year",
        "For each year, the correlation across all actors between the places estimated here and those of "
        "the published series.",
        "One: the same order and the same relative distances. The published series is of another vintage and "
        "on a scale of its own, and is therefore never drawn beside ours.",
        (Panel(chart),),
        _by_year("ideal_published", frame, unit="correlation"),
        present(series, frame["series"]) if len(series) > 1 else (),
    )


def shown(material: Material, frame: pd.DataFrame) -> tuple[Series, ...]:
    """Return blocs, ally and rival as in every figure, and other actors in the places after them."""
    known = (*material.blocs, *material.powers)
    held = {each.name for each in known}
    others = [name for name in dict.fromkeys(frame["series"]) if name not in held]
    return (*known, *(Series(name, len(known) + place) for place, name in enumerate(others)))


def _series(material: Material, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `bloc_paths` under the names of their series, with what each rests on."""
    noted = [f"{int(members)} members" if kind == "bloc" else "" for kind, members in _rests(frame)]
    return frame.assign(series=[material.names.actor(key) for key in frame["series"]], note=noted)


def _rests(frame: pd.DataFrame) -> Sequence[tuple[str, float]]:
    return list(zip(frame["kind"], frame["members"], strict=True))


def _by_year(key: str, frame: pd.DataFrame, *, unit: str = UNIT) -> Table:
    """Return runs of years as a table: one row for each year, and a column with intervals for each series."""
    names = list(dict.fromkeys(frame["series"]))
    at = {(row["series"], row["year"]): _shown(row, unit) for row in rows(frame)}
    years = sorted(set(frame["year"]))
    told = [{"year": str(int(year)), **{name: at.get((name, year)) for name in names}} for year in years]
    columns = (Column("year", "Year"), *(Column(name, name, unit) for name in names))
    return Table(key, f"{BEHIND}, all estimated", frame, columns, display=pd.DataFrame(told))


def _shown(row: Row, unit: str) -> str:
    value = figure(row["value"], unit)
    return value if row["low"] == row["high"] else f"{value} ({span(row['low'], row['high'], unit)})"


def _drawn(frame: pd.DataFrame, place: str = "year") -> pd.DataFrame:
    numbers = frame[["value", "low", "high"]].astype(float).round(DIGITS)
    return pd.concat([frame[[place, "series"]], numbers, frame["note"]], axis=1)
