"""Figures and tables on what changed around occasions: verdicts, changes with intervals, and timelines."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import intervals, timeline_events
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series
from detente.briefing.charts.timeline_events import Axes, Passed
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import where
from detente.briefing.sections.occasions_sentences import UNITS
from detente.measurement.events.series import BOUNDS
from detente.measurement.events.study import CHILL, OUTSIDE, THAW

if TYPE_CHECKING:
    from detente.cases.events_study import EventStudy

RISE, FALL, SAME, OTHER = (
    Series(name, place)
    for name, place in (("higher after", 0), ("lower after", 1), ("as before", 2), ("other dates", 5))
)
KINDS = (RISE, FALL, SAME, OTHER)
CHANGED = (Series(THAW, 0), Series(CHILL, 1), Series("no verdict of change", 5))
EVEN = 1e-9
"""Changes nearer to zero are none."""
FIGURE = "written"
"""The field that holds the unit in which a row's figures are written."""
TESTS = (
    Column("title", "Between"),
    Column("events", "Events", "count"),
    Column("covered", "Occasions"),
    Column("value", "Change", unit_field=FIGURE),
    Column("low", "Low", unit_field=FIGURE),
    Column("high", "High", unit_field=FIGURE),
    Column("p_corrected", "p", ""),
    Column("least", "Seen from", unit_field=FIGURE),
    Column("verdict", "Verdict"),
)
BEHIND = tuple(each for each in TESTS if each.field in ("title", "value", "low", "high", "verdict"))
DATES = (
    Column("title", "Between"),
    Column("date", "Date"),
    Column("kind", "What"),
    Column("before", "Before", unit_field=FIGURE),
    Column("after", "After", unit_field=FIGURE),
    Column("change", "Change", unit_field=FIGURE),
    Column("why", "Not used because"),
    Column("mark", "Mark"),
    Column("source", "Source"),
)
SEEN = (
    "Occasions: used, of those on record. Change: beyond what is usual at other dates. p: corrected for the "
    "number of tests. Seen from: the change that a test as strict would have found in four of five samples "
    "like this one; empty where none that the scale holds would have been."
)
DOTS = (
    "A dot is the estimate; its line holds the changes that a test would not reject, at {confidence}. In the "
    "shaded range a change would not matter, as the case has it. A line that reaches beyond the range leaves "
    "open whether something that matters changed. Who has no line has too few dates with events."
)
LINES = (
    "Grey dots are months, as large as the events behind them; broken upright lines are occasions. A pair of "
    "bars is the mean of the {window} {per}s before a date and of those after it: thick, with a mark, for "
    "occasions; thin and grey for the other dates that they are compared with."
)


def written(frame: pd.DataFrame, spec: EventStudy) -> pd.DataFrame:
    """Return a table with the unit in which its figures are written."""
    return frame.assign(**{FIGURE: UNITS[spec.measure]})


def verdict_table(material: Material, spec: EventStudy) -> Table:
    """Return the table of verdicts, a row for each dyad."""
    study = material.measures.event_study
    frame = written(study, spec).assign(
        covered=[f"{used} of {every}" for used, every in zip(study["occasions"], study["of"], strict=True)],
        p_corrected=study[f"p_{spec.correction}"],
        least=study["least"].where(study["least"] <= BOUNDS[spec.measure]),
    )
    return Table("occasions_tests", "What changed around occasions", frame, TESTS, SEEN)


def changed(material: Material, spec: EventStudy, *, scale: str) -> Figure | None:
    """Return changes with intervals, before the range of what would not matter; None without intervals."""
    study = written(material.measures.event_study, spec).dropna(subset=["value", "low", "high"])
    if study.empty:
        return None
    last = CHANGED[-1].name
    dots = study.assign(
        name=study["title"],
        series=[each if each in (THAW, CHILL) else last for each in study["verdict"]],
        note=study["verdict"],
    )
    shaded = (-spec.matters, spec.matters) if spec.matters else None
    spec_ = intervals(
        dots, title=f"change in {scale}", series=CHANGED, guides=Guides(zero=True, shaded=shaded)
    )
    return Figure(
        "occasions_changes",
        "Change around occasions beyond what is usual",
        f"How much {scale} changed from before to after the occasions, less the change at other dates.",
        DOTS.format(confidence=material.confidence),
        (Panel(spec_),),
        Table("occasions_changes", "Figures behind this chart", study, BEHIND),
        tuple(each for each in CHANGED if each.name in set(dots["series"])),
    )


def timeline(material: Material, spec: EventStudy, *, scale: str) -> Figure | None:
    """Return the timelines of the dyads that have events, with the levels around each date."""
    measured = material.measures
    values = measured.event_series["value"]
    if values.empty:
        return None
    ends = (-1.0, 1.0) if spec.measure == "net" else (floor(values.min()), ceil(values.max()))
    days = measured.event_series["period"]
    axes = Axes(scale, ends, (f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}"))
    panels = []
    for key in spec.dyads:
        title = where(measured.event_series, dyad=key)["title"]
        if len(title):
            drawn = timeline_events(passed(material, spec, key), series=KINDS, axes=axes)
            panels.append(Panel(drawn, str(title.iloc[0])))
    return Figure(
        "occasions_timeline",
        "What passed over the years, and the occasions",
        f"{scale.capitalize()} by month, and its level before and after each occasion.",
        LINES.format(window=spec.window, per=spec.per),
        tuple(panels),
        Table("occasions_dates", "Every date looked at", written(measured.event_dates, spec), DATES),
        KINDS,
        stacked=True,
    )


def passed(material: Material, spec: EventStudy, key: str) -> Passed:
    """Return what the timeline of one dyad draws."""
    series = where(material.measures.event_series, dyad=key)
    dates = where(material.measures.event_dates, dyad=key)
    used = dates[dates["used"].astype(bool)]
    used = used.assign(of=used["kind"], name=used["title"])
    used = used.assign(
        kind=[
            _kind(float(change)).name if kind == "occasion" else OTHER.name
            for kind, change in zip(used["of"], used["change"], strict=True)
        ]
    )
    span = pd.Timedelta(days=(7 if spec.per == "week" else 30) * spec.window)
    sides = [used.assign(start=used["date"] - span, end=used["date"], value=used["before"]),
             used.assign(start=used["date"], end=used["date"] + span, value=used["after"])]  # fmt: skip
    levels = pd.concat(sides)[["start", "end", "value", "kind"]]
    turns = used[used["of"] == "occasion"][["date", "before", "after", "kind", "name"]]
    days = pd.to_datetime(dates[(dates["kind"] == "occasion") & (dates["why"] != OUTSIDE)]["date"])
    labels = [f"{day:%b %Y}" for day in days]
    return Passed(
        monthly(series),
        _dated(levels, "start", "end"),
        _dated(turns, "date"),
        _dated(pd.DataFrame({"date": days, "label": labels}), "date"),
    )


def _kind(change: float) -> Series:
    if abs(change) < EVEN:
        return SAME
    return RISE if change > 0 else FALL


def monthly(series: pd.DataFrame) -> pd.DataFrame:
    """Return a series by month, the mean over its events; months without events have no row.

    >>> weeks = pd.to_datetime(["2010-01-04", "2010-01-11"])
    >>> monthly(pd.DataFrame({"period": weeks, "value": [1.0, 0.0], "events": [1, 3]})).to_dict("records")
    [{'date': '2010-01-01', 'value': 0.25, 'events': 4}]
    """
    parts = pd.DataFrame(
        {
            "date": pd.to_datetime(series["period"]).dt.strftime("%Y-%m-01"),
            "total": series["value"] * series["events"],
            "events": series["events"],
        }
    )
    by = parts.groupby("date", as_index=False)[["total", "events"]].sum()
    return by.assign(value=(by["total"] / by["events"]).round(4))[["date", "value", "events"]]


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a frame whose dates are text, as charts take them."""
    days = {column: pd.to_datetime(frame[column]).dt.strftime("%Y-%m-%d") for column in columns}
    return frame.assign(**days).reset_index(drop=True)
