"""Meetings of the forum: what each expects, what comes out, who is disappointed, and by what."""

from __future__ import annotations

import pandas as pd

from detente.briefing.charts import intervals
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import rows, where
from detente.briefing.sections import meetings_sentences as say
from detente.briefing.sections.bargaining import in_order

DIGITS = 3
SHOWN = 8
"""How many of the most disappointed are shown beside ally and rival."""
ROWS = 30
"""How many of the largest disappointments the tables on the page show; the files have all."""
SERIES = (Series("attends", 0), Series("absent", 1))
BEHIND = "Figures behind this chart"
LOST = (
    Column("meeting_title", "Meeting"),
    Column("name", "Actor"),
    Column("attendance", "Attendance"),
    Column("attendance_mark", "Mark"),
    Column("disappointment", "Disappointment", "utility"),
    Column("disappointment_low", "Low", "utility"),
    Column("disappointment_high", "High", "utility"),
    Column("about", "Most of it about"),
    Column("mark", "Mark"),
)
ASSUMED = (
    Column("part", "Where in the case"),
    Column("what", "What"),
    Column("value", "Value", "position"),
    Column("low", "Low", "position"),
    Column("high", "High", "position"),
    Column("reason", "Reason"),
)
EXPECTED = (
    Column("meeting_title", "Meeting"),
    Column("title", "Item"),
    Column("name", "Actor"),
    Column("position", "Position", "position"),
    Column("expectation", "Expects", "position"),
    Column("outcome", "Comes out", "position"),
    Column("disappointment", "Disappointment", "utility"),
    Column("cause", "Explained most by"),
    Column("share", "Part", "share"),
    Column("mark", "Mark"),
)


def paragraphs(material: Material) -> tuple[tuple[Sentence, ...], ...]:
    """Return what is told of meetings: first what is assumed, then one paragraph for each meeting."""
    found = material.outcomes
    if found is None or found.meetings.empty:
        return ()
    names, powers = material.names, (material.case.ally, material.case.rival)
    told: list[tuple[Sentence | None, ...]] = [(say.assumed_sentence(found.assumed, names),)]
    for _, part in found.meetings.groupby("date", sort=True):
        order = part.sort_values(["disappointment", "actor"], ascending=[False, True], kind="stable")
        worst = order[order["disappointment_low"] > 0].head(say.TOLD)
        told.append(
            (
                say.attendance_sentence(part, names),
                say.disappointed_sentence(part, names),
                say.cause_sentence(worst, found.forum, powers, names),
            )
        )
    told.append((say.change_sentence(found.meetings, names),))
    kept = (tuple(each for each in part if each is not None) for part in told)
    return tuple(each for each in kept if each)


def exhibits(material: Material) -> tuple[Figure | Table, ...]:
    """Return disappointment by meeting, expectation against outcome by item, and what is assumed."""
    found = material.outcomes
    if found is None or found.meetings.empty:
        return ()
    assumed = assumptions(found.assumed, "forum", "What is assumed of beliefs, and of positions on the day")
    return (
        _disappointment(material, found.meetings),
        _expectation(material, found.forum, found.meetings),
        *assumed,
    )


def assumptions(assumed: pd.DataFrame, part: str, title: str) -> tuple[Table, ...]:
    """Return the table of what is assumed in one part of the case, folded; nothing where nothing is."""
    held = assumed[assumed["part"].str.split(".").str[0] == part]
    if held.empty:
        return ()
    frame = held.assign(mark="assumed", what=[str(each).replace("_", " ") for each in held["what"]])
    return (Table(f"{part}_assumed", title, frame, ASSUMED, folded=True),)


def _disappointment(material: Material, meetings: pd.DataFrame) -> Figure:
    asked = material.case.agenda
    titles = {key: item.title for key, item in asked.items.items()} if asked else {}
    frame = _named(material, meetings).assign(about=meetings["worst_item"].map(titles))
    frame = frame.sort_values(
        ["date", "disappointment", "name"], ascending=[True, False, True], kind="stable"
    )
    ends = (min(0.0, float(frame["disappointment_low"].min())), float(frame["disappointment_high"].max()))
    guides = Guides(zero=True, ends=ends)
    panels = [
        Panel(
            intervals(_drawn(part, "disappointment"), title="disappointment", series=SERIES, guides=guides),
            str(part["meeting_title"].iloc[0]),
        )
        for _, part in frame.groupby("date", sort=True)
    ]
    return Figure(
        "forum_disappointment",
        "Who would be disappointed, over all items of a meeting",
        "For each actor, what it loses against what it expected: the distance of the outcome from its "
        "position less the distance that it expected, times how much it cares, added up over the items.",
        "Right of the dashed line: disappointed; left: better than expected. One would be the whole line on "
        "one item, for an actor that cares fully. All is computed from assumed beliefs: lines are intervals "
        f"of {material.confidence} over them, and overlap where the order is open.",
        tuple(panels),
        _largest("forum_disappointment", frame, LOST),
        SERIES,
    )


def _expectation(material: Material, forum: pd.DataFrame, meetings: pd.DataFrame) -> Figure:
    powers = [actor for actor in (material.case.ally, material.case.rival) if actor]
    frame = _named(material, forum).assign(cause=[_cause(each) for each in forum["explained_by"]])
    assert material.case.agenda is not None
    order = ["date", "place", "disappointment", "name"]
    frame = in_order(frame, material.case.agenda).sort_values(
        order, ascending=[True, True, False, True], kind="stable"
    )
    panels = []
    for (_, meeting), held in frame.groupby(["date", "meeting"], sort=True):
        lost = where(meetings, meeting=meeting).sort_values("disappointment", ascending=False, kind="stable")
        shown = {*lost["actor"].head(SHOWN), *powers}
        for _, part in held[held["actor"].isin(shown)].groupby("item", sort=False):
            row = rows(part)[0]
            band = (row["outcome_low"], row["outcome_high"])
            spec = intervals(
                _drawn(part, "expectation"), title="expected outcome", series=SERIES,
                guides=Guides(shaded=band, ends=(0.0, 1.0)),
            )  # fmt: skip
            panels.append(Panel(spec, f"{row['meeting_title']}: {row['title']}"))
    return Figure(
        "forum_expectation",
        "Expectation against outcome",
        "For each item of a meeting, the outcome that an actor expects, with its interval, and shaded the "
        f"interval of what comes out. Shown are the {SHOWN} most disappointed, and ally and rival; the file "
        "has everyone.",
        "The further a dot lies from the band, the further off the expectation; actors stand in the order of "
        "their disappointment. An absent actor expects, and has no voice in what comes out.",
        tuple(panels),
        _largest("forum_expectation", frame.drop(columns="place"), EXPECTED),
        SERIES,
        note="What others’ true positions are is what the case and the measures say; what each believes of "
        "them is assumed.",
    )


def _largest(key: str, frame: pd.DataFrame, columns: tuple[Column, ...]) -> Table:
    title = f"The {ROWS} largest disappointments" if len(frame) > ROWS else BEHIND
    order = frame.sort_values("disappointment", ascending=False, kind="stable")
    return Table(key, title, frame, columns, display=order.head(ROWS))


def _named(material: Material, frame: pd.DataFrame) -> pd.DataFrame:
    present = frame["present"].astype(bool)
    return frame.assign(
        name=[material.names.actor(str(actor)) for actor in frame["actor"]],
        series=[SERIES[0].name if there else SERIES[1].name for there in present],
    )


def _drawn(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    columns = {field: "value", f"{field}_low": "low", f"{field}_high": "high"}
    told = frame[["name", "series", *columns]].rename(columns=columns).assign(note="beliefs")
    return told.round(DIGITS)


def _cause(quantity: object) -> str:
    return quantity.replace("_", " ") if isinstance(quantity, str) and quantity else "not told"
