"""Sentences on the future: where unity goes, what passes, who may cross a line, what scenarios change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, counted, day, given, rows, where
from detente.briefing.sections import projection_numbers as told
from detente.briefing.sections.projection_numbers import (
    apart,
    gap,
    item_in_text,
    item_title,
    middle,
    share,
    spans_zero,
)
from detente.numbers import Number

FEW = 3
TRACE = 0.005
"""A difference of spreads below this is not worth naming."""
POINTS = 2.0
"""The same of shares, in points."""
SMALL = 0.02
"""A share of futures that newly cross a line below this is not worth naming."""
CANNOT = "cannot be told"
WHY = {
    "bloc pull": "the pull of blocs",
    "influence": "what partners want",
    "dependence": "dependence",
    "threat": "the threat that is felt",
    "domestic": "domestic pressure",
    "shock": "events, chance and what follows decisions",
    "other": "other causes",
}
"""What drivers are called in a sentence."""
Clause = Part | tuple[Part, ...]


def opening(draws: int, times: pd.Series[pd.Timestamp], sizes: int) -> Sentence:
    """Say what is drawn, from when to when, and how many of its sizes are assumed."""
    return sentence(
        Cited(counted(draws, "case", method="futures drawn"), "futures drawn"), " futures run from ",
        Label(day(times.min())), " to ", Label(day(times.max())), " in half-years. They differ in where "
        "actors stand today, in chance, and in ",
        Cited(counted(sizes, "case"), "sizes that the case assumes"),
        " sizes that the case assumes, each with its range and a reason (listed below). A share of futures "
        "takes all that in; the interval beside it is for their number alone.",
    )  # fmt: skip


def meaning(*, estimated: bool) -> Sentence:
    """Say what is meant by unity here, and what is estimated of it."""
    law = (
        "General alignment follows a law that was estimated from votes, and its speed is carried over to "
        "nothing else: how far positions on the other items move in a year is assumed."
        if estimated
        else "How far positions move in a year is assumed; no law could be estimated from votes."
    )
    return sentence("Unity is the spread among members here, the standard deviation of their positions: the "
                    "less, the closer they stand. ", law)  # fmt: skip


def spread_sentence(bloc: str, now: pd.DataFrame, then: pd.DataFrame, names: Names) -> Sentence | None:
    """Say on which items a bloc's spread grows or shrinks by the end, and on which that cannot be told."""
    groups: dict[str, list[Clause]] = {"grows": [], "shrinks": [], CANNOT: []}
    year = ""
    for row in rows(where(then, bloc=bloc)):
        before = rows(where(now, bloc=bloc, item=row["item"]))
        found, start = middle(row), middle(before[0]) if before else None
        if found is None or start is None or found.low is None or found.high is None:
            continue
        year = str(pd.Timestamp(row["time"]).year)
        which = "grows" if found.low > start.value else "shrinks" if found.high < start.value else CANNOT
        item, title = str(row["item"]), item_title(names, str(row["item"]))
        groups[which].append(
            (item_in_text(names, item), " (from ",
             Cited(start, f"spread of {names.title('blocs', bloc)} now: {title}"), " to ",
             Cited(found, f"spread of {names.title('blocs', bloc)} at the end: {title}", "inside"), ")")
        )  # fmt: skip
    if not any(groups.values()):
        return None
    clauses: list[Part] = ["By ", Label(year), " the spread among ", names.members(bloc)]
    clear = [(verb, held) for verb, held in groups.items() if held and verb != CANNOT]
    for place, (verb, held) in enumerate(clear):
        clauses += [", and " if place else " ", f"{verb} on ", *listed(held)]
    if groups[CANNOT]:
        lead = "; whether it grows or shrinks " if clear else ": whether it grows or shrinks "
        clauses += [lead, f"{CANNOT} on ", *listed(groups[CANNOT])]
    return sentence(*clauses, ".")


def decision_sentence(held: pd.DataFrame) -> Sentence | None:
    """Say in how many futures a decision passes when it first comes up, and when it last does."""
    order = rows(held.sort_values("step", kind="stable"))
    first, last = order[0], order[-1]
    now, end = share(first, "passes"), share(last, "passes")
    if now is None or end is None:
        return None
    title = Label(f"‘{first['title']}’")

    def said(found: Number, row: Row) -> tuple[Part, ...]:
        when = pd.Timestamp(row["begins"])
        what = f"passes in the half-year from {when:%Y-%m-%d}, {first['title']}"
        return Cited(found, what, "interval"), " of futures in the half-year from ", Label(day(when))

    if len(order) == 1:
        return sentence(title, " passes in ", *said(now, first), ".")
    turn = {
        "above": "its chance rises",
        "below": "its chance falls",
        "alike": f"whether its chance changes {CANNOT}",
    }[against(end, now)]
    return sentence(title, " passes in ", *said(now, first), ", and in ", *said(end, last), f": {turn}.")


def crossing_sentence(crossed: pd.DataFrame, names: Names) -> Sentence | None:
    """Say who is likeliest to cross a line by the end, or that hardly anyone does; of one line alone."""
    if crossed.empty:
        return None
    title, year = str(crossed["title"].iloc[0]), Label(str(pd.Timestamp(crossed["time"].iloc[0]).year))
    told_of = crossed[crossed["newly"] >= SMALL].head(FEW)
    if told_of.empty:
        return sentence(
            "‘", Label(title), "’: by ", year, " hardly any member comes to that anew in these futures."
        )
    clauses: list[Clause] = []
    for row in rows(told_of):
        found = share(row, "crossed", mark=row["mark"])
        start = Number(float(row["start"]), "share", "assumed", method=told.COUNTED)
        who = names.actor(str(row["actor"]))
        if found is not None:
            clauses.append(
                (names.in_text(str(row["actor"])), " in ",
                 Cited(found, f"by then, {who}: {title}", "interval"), " of futures (",
                 Cited(start, f"at the start, {who}: {title}"), " from the start)")
            )  # fmt: skip
    return sentence(
        "‘", Label(title), "’: by ", year, " it comes to that anew most often with ", *listed(clauses), "."
    )


def beyond_sentence(crossings: pd.DataFrame, names: Names) -> Sentence | None:
    """Name the members who stand beyond a line at the start already."""
    held = crossings[crossings["starts_beyond"].astype(bool)]
    who = [names.in_text(each) for each in sorted(held["actor"].unique())]
    if not who:
        return None
    return sentence("Beyond it from the start, as they are placed here: ", *listed(who), ".")


def scenario_sentence(title: str, apart_from: pd.DataFrame, names: Names) -> Sentence:
    """Say what a scenario changes at the end: decisions, spreads and crossings, or that none is clear."""
    clear = [*_passes(apart_from), *_spreads(apart_from, names), *_crosses(apart_from, names)]
    lead = ("Under ‘", Label(title), "’,")
    if not clear:
        return sentence(
            *lead, " no spread, decision or crossing changes clearly and by more than a trace; where the "
            f"interval holds zero, the direction {CANNOT}.",
        )  # fmt: skip
    return sentence(*lead, " ", *_joined(clear), ".")


def _joined(clauses: Sequence[tuple[Part, ...]]) -> list[Part]:
    return [part for place, each in enumerate(clauses) for part in (*(("; ",) if place else ()), *each)]


def _passes(held: pd.DataFrame) -> list[tuple[Part, ...]]:
    """Return a clause for each decision whose chance changes clearly, when it comes up last."""
    votes, found = where(held, kind="decisions"), list[tuple[Part, ...]]()
    for row in rows(votes.sort_values("time", kind="stable").groupby("name", sort=False).tail(1)):
        more, after = gap(row), given(row.get("after"))
        if more is None or after is None or spans_zero(more) or abs(more.value) < POINTS:
            continue
        way, about = "more" if more.value > 0 else "less", f"{row['title']}, {row['scenario']}"
        whole = Number(after, "share", "assumed", method=told.COUNTED)
        found.append(
            (Label(f"‘{row['title']}’"), f" passes {way} often, in ",
             Label(str(pd.Timestamp(row["time"]).year)), " in ", Cited(whole, f"passes, {about}"),
             " of futures, a difference of ", Cited(more, f"more often, {about}", "interval"), " points")
        )  # fmt: skip
    return found


def _spreads(held: pd.DataFrame, names: Names) -> list[tuple[Part, ...]]:
    """Return a clause for spreads that change clearly, at the end."""
    last = told.at(where(held, kind="cohesion"), last=True) if len(held) else held
    found: list[tuple[Part, ...]] = []
    for row in rows(last):
        more = apart(row)
        if more is None or spans_zero(more) or abs(more.value) < TRACE:
            continue
        way = "grows" if more.value > 0 else "shrinks"
        what = f"spread of {names.title('blocs', row['name'])}, {item_title(names, str(row['item']))}"
        found.append(
            ("the spread among ", names.members(str(row["name"])), " on ",
             item_in_text(names, str(row["item"])), f" {way} (",
             Cited(more, f"{what}, {row['scenario']}", "inside"), ")")
        )  # fmt: skip
    return found[:FEW]


def _crosses(held: pd.DataFrame, names: Names) -> list[tuple[Part, ...]]:
    """Return a clause for the member whose crossing changes most, where it changes clearly."""
    crossed = where(held, kind="crossings")
    crossed = crossed.sort_values("difference", key=abs, ascending=False, kind="stable")
    for row in rows(crossed.head(1)):
        more = gap(row)
        if more is not None and not spans_zero(more) and abs(more.value) >= POINTS:
            way = "more" if more.value > 0 else "less"
            about = f"{names.actor(str(row['name']))}: {row['title']}, {row['scenario']}"
            return [
                (names.in_text(str(row["name"])), f" comes {way} often to ‘", Label(str(row["title"])),
                 "’, a difference of ", Cited(more, about, "interval"), " points")
            ]  # fmt: skip
    return []


def why_sentence(parts: pd.DataFrame, names: Names) -> Sentence | None:
    """Say what a member's mean change on one item is made of, the clear parts first; of one name and item."""
    order = rows(parts.sort_values("part", key=abs, ascending=False, kind="stable"))
    if not order:
        return None
    who, item, mark = str(order[0]["name"]), str(order[0]["item"]), str(order[0]["mark"])
    about, clauses = f"{names.actor(who)}, {item_title(names, item)}", list[Clause]()
    for row in order:
        found = part(row)
        if found is not None and not spans_zero(found) and abs(found.value) >= LEAST:
            clauses.append(
                (WHY.get(str(row["driver"]), str(row["driver"])), " (",
                 Cited(found, f"{row['driver']}, {about}", "inside"), ")")
            )  # fmt: skip
    change = Number(float(order[0]["change"]), "spread", "assumed", method=PARTS)
    lead: tuple[Part, ...] = (
        "On average over futures, ", names.in_text(who), " moves by ",
        Cited(change, f"mean change, {about}"), " on ",
        item_in_text(names, item),
    )  # fmt: skip
    if not clauses or mark not in ("assumed", "estimated"):
        return sentence(*lead, "; no part of it is clear.")
    return sentence(*lead, ", by ", *listed(clauses[:FEW]), ".")


PARTS = "mean over futures; parts by Shapley’s value, with the interval of 95 per cent for their number"
LEAST = 0.001


def part(row: Row) -> Number | None:
    """Return one part of a change with its interval."""
    value, low, high = (given(row.get(name)) for name in ("part", "low", "high"))
    if value is None or low is None or high is None:
        return None
    return Number(value, "spread", "assumed", min(low, value), max(high, value), method=PARTS)
