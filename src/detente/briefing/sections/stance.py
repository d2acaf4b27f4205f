"""Who stands where on the rival: each actor's place on one scale, and what the scale rests on."""

from __future__ import annotations

import pandas as pd

from detente.briefing.charts import intervals
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import present
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import ROLES, Material, of_members
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import COUNT, Row, number, rows, where
from detente.numbers import Number

UNIT = "standard deviations"
CARRIES = 0.8
"""Where the scale without a measurement correlates less than this with the whole, it carries the scale."""
PLACES = (
    Column("name", "Actor"),
    Column("series", "Group"),
    Column("value", "Place", UNIT),
    Column("low", "Low", UNIT),
    Column("high", "High", UNIT),
    Column("measurements", "Measurements", "count"),
    Column("mark", "Mark"),
)
LOADINGS = (
    Column("title", "Measurement"),
    Column("loading", "Loading", UNIT),
    Column("low", "Low", UNIT),
    Column("high", "High", UNIT),
    Column("explained", "Explained", "share"),
    Column("information", "Information", "share"),
    Column("actors", "Actors", "count"),
    Column("without", "Correlation without it", "correlation"),
    Column("mark", "Mark"),
)


def placed(row: Row, names: Names) -> Cited | None:
    """Return an actor's place on the scale with its interval, or None where it cannot be vouched for."""
    found = number(row, unit=UNIT)
    return Cited(found, f"stance, {names.actor(row['actor'])}", "interval") if found else None


def spread(members: pd.DataFrame, reference: pd.DataFrame) -> Number | None:
    """Return how many members stand above the median of the reference states, and its bounds."""
    if members.empty or reference.empty:
        return None
    middle = float(reference["value"].median())
    return Number(
        float((members["value"] > middle).sum()),
        "count",
        "estimated",
        low=float((members["low"] > middle).sum()),
        high=float((members["high"] > middle).sum()),
        method="intervals wholly above the median of the reference states, and not wholly below it",
    )


def spread_sentence(
    members: pd.DataFrame, reference: pd.DataFrame, *, title: str, source: str
) -> Sentence | None:
    """Say how many members stand above the middle of the states set beside them."""
    found = spread(members, reference)
    if found is None:
        return None
    size = Number(float(len(members)), "count", "sourced", source=source, method=COUNT)
    everyone = Cited(size, "members placed on the scale")
    above = Cited(found, "members above the median of the reference states", "bounds")
    scale = Label(f"‘{title}’")
    if found.low == len(members):
        return sentence(
            "On the scale ", scale, ", all ", everyone, " members placed stand clearly above the middle of "
            "the states set beside them.",
        )  # fmt: skip
    return sentence(
        "On the scale ", scale, ", ", above, " of the ", everyone, " members placed stand above the middle "
        "of the states set beside them.",
    )  # fmt: skip


def lowest_sentence(members: pd.DataFrame, names: Names, *, count: int = 3) -> Sentence | None:
    """Name the members that stand lowest, and say whether the lowest is clearly apart from the next."""
    found = [
        (row, placed(row, names)) for row in rows(members.sort_values("value", kind="stable").head(count))
    ]
    told = [(row, figure) for row, figure in found if figure is not None]
    if len(told) < 2:
        return None
    named: list[Part | tuple[Part, ...]] = [
        (names.in_text(row["actor"]), " at ", figure) for row, figure in told
    ]
    order = "the first clearly below the others" if is_apart(members) else "with intervals that overlap"
    return sentence("Lowest stand ", *listed(named), ", ", order, ".")


def is_apart(members: pd.DataFrame) -> bool:
    """Return whether the lowest member's interval ends below that of the next."""
    order = members.sort_values("value", kind="stable").head(2)
    return len(order) == 2 and bool(order["high"].iloc[0] < order["low"].iloc[1])


def carried_sentence(leave_one_out: pd.DataFrame, names: Names) -> Sentence | None:
    """Say whether one measurement carries the scale: how alike the places are when each is left out."""
    without = leave_one_out.drop_duplicates("left_out").dropna(subset=["correlation"])
    if without.empty:
        return None
    least = rows(without.sort_values("correlation", kind="stable"))[0]
    title = Label(f"‘{names.title('measurements', str(least['left_out']))}’")
    found = Number(
        float(least["correlation"]),
        "correlation",
        "estimated",
        low=float(without["correlation"].min()),
        high=float(without["correlation"].max()),
        method="the scale fitted again without each measurement; from the least to the greatest correlation",
    )
    figure = Cited(found, f"correlation with the scale without {title.text}")
    if found.value < CARRIES:
        return sentence(
            "One measurement carries much of the scale: without ", title, ", places correlate at only ",
            figure, " with those shown.",
        )  # fmt: skip
    return sentence(
        "No single measurement carries the scale: whichever is left out, places correlate at ", figure,
        " or more with those shown.",
    )  # fmt: skip


def groups(material: Material) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of stance of the blocs' members, and of the reference states."""
    stance = material.measures.stance
    return of_members(stance), where(stance, group="reference")


def stance(material: Material) -> Section | None:
    """Return the section on who stands where, or None where no stance was estimated."""
    asked, measured, names = material.case.stance, material.measures, material.names
    if asked is None or measured.stance.empty:
        return None
    members, reference = groups(material)
    told = (
        spread_sentence(members, reference, title=asked.title, source=material.membership),
        lowest_sentence(members, names),
        carried_sentence(measured.leave_one_out, names),
    )
    return Section(
        "stance",
        "Who stands where on the rival",
        (tuple(each for each in told if each is not None),),
        (_places(material), *_loadings(material)),
    )


def _places(material: Material) -> Figure:
    names, asked = material.names, material.case.stance
    assert asked is not None
    frame = material.measures.stance.dropna(subset=["value"]).sort_values(
        "value", ascending=False, kind="stable"
    )
    frame = frame.assign(
        name=[names.actor(actor) for actor in frame["actor"]],
        series=[names.group(group) for group in frame["group"]],
        note=[f"{int(count)} measurements" for count in frame["measurements"]],
    )
    members, beside = of_members(frame), frame[frame["group"].isin(ROLES)]
    series = material.groups(frame["group"])
    ends = f"← {asked.low} · {asked.high} →"
    panels = [
        Panel(intervals(_drawn(members), title=ends, series=series, guides=Guides(zero=True)), "Members")
    ]
    if len(beside):
        span = (float(members["value"].min()), float(members["value"].max())) if len(members) else None
        drawn = intervals(_drawn(beside), title=ends, series=series, guides=Guides(zero=True, shaded=span))
        panels.append(Panel(drawn, "Set beside them"))
    return Figure(
        "stance_places",
        asked.title,
        "Each actor’s place on one scale, estimated from all measurements at hand for it, with an interval "
        f"of {material.confidence}. Zero is the mean of all actors placed, one step about their standard "
        "deviation.",
        "Two actors whose lines overlap cannot be ranked with confidence; a long line means that few "
        "measurements exist. The two panels differ in scale: the shaded band in the second spans the "
        "members’ places.",
        tuple(panels),
        Table("stance_places", "Figures behind this chart", frame, PLACES),
        present(series, frame["series"]),
        stacked=True,
    )


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["name", "series", "value", "low", "high", "note"]]


def _loadings(material: Material) -> tuple[Table, ...]:
    frame = material.measures.loadings
    if frame.empty:
        return ()
    left_out = material.measures.leave_one_out.drop_duplicates("left_out")
    without = dict(zip(left_out["left_out"], left_out["correlation"], strict=True))
    frame = frame.assign(without=frame["measurement"].map(without))
    return (Table("stance_loadings", "What the scale rests on", frame, LOADINGS, RESTS),)


RESTS = (
    "Loading: how far the measurement moves, in its own standard deviations, for one step on the scale. "
    "Explained: the share of its variance that the scale accounts for. Information: its share of all that is "
    "known about places. Correlation without it: of the places shown with those from all other measurements."
)
