"""Where a case would break, on what that hangs, and whom a divider could detach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import intervals, pulls
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, rows, where
from detente.briefing.sections.options_numbers import DRAWN, distance, joined, plain, price, sense, share
from detente.numbers import figure

if TYPE_CHECKING:
    from detente.strategy.campaign.options import Options

BEHIND = "Figures behind this chart"
FEW = 3
"""Knobs that are named of each route, and targets that are named of a wedge."""
SOME = 0.01
"""A share of draws below this is not worth naming."""
MOST = 8
"""Targets that the table shows; the file has all."""
LEAST = 0.05
"""Knobs with less of a route’s squared distance are not named."""
SENSES = (Series("by itself", 0), Series("with all others", 1))
FURTHEST = "the furthest that any turn within what is plausible takes it, of those that were tried"
ROUTE = (
    Column("what", "What would break"),
    Column("route", "Route", "count"),
    Column("title", "What would be otherwise"),
    Column("change", "By how much", "utility"),
    Column("distance", "Route is away", "utility"),
    Column("low", "Low", "utility"),
    Column("high", "High", "utility"),
)
SENSE = (
    Column("what", "What would break"),
    Column("title", "What could be otherwise"),
    Column("series", "Counted"),
    Column("value", "Share of variance", "share"),
    Column("low", "Low", "share"),
    Column("high", "High", "share"),
)
WEDGE = (
    Column("name", "Member"),
    Column("first", "Worth most", "share"),
    Column("price", "Price", "utility"),
    Column("price_low", "Low", "utility"),
    Column("price_high", "High", "utility"),
    Column("gives_way_to_reward", "Gives way to rewards", "share"),
    Column("gives_way_to_pressure", "Gives way to pressure", "share"),
    Column("move", "What binds it"),
    Column("mark", "Mark"),
)


def break_sentence(broken: Row, routes: pd.DataFrame) -> Sentence:
    """Say how near a break is and by what, or that nothing plausible brings it about."""
    title, order = Label(f"{broken['title']}: "), rows(routes)
    if not order:
        worst = plain(broken["worst"], "utility", FURTHEST)
        return sentence(
            title, "nothing within what is plausible brings it about; at most it comes to ",
            Cited(worst, f"worst seen: {broken['title']}"), ".",
        )  # fmt: skip
    if order[0]["distance"] == 0:
        return sentence(title, "so it is already, on average over futures.")
    clauses = []
    for number, held in routes.groupby("route", sort=False):
        parts = rows(held[held["share"] >= LEAST].head(FEW))
        what = f"distance of route {number}: {broken['title']}"
        knobs = listed([_turned(row, broken) for row in parts])
        clauses.append((Cited(distance(parts[0]), what, "interval"), " away by ", *knobs))
    lead = "the nearest way that was found is " if len(clauses) == 1 else "the ways that were found are "
    open_end = () if broken["settled"] else (" The search had not settled: there may be a nearer one.",)
    return sentence(title, lead, *joined(clauses), ".", *open_end)


def _turned(row: Row, broken: Row) -> tuple[Part, ...]:
    change = plain(row["change"], "utility", "turned so far on this route, of 1 as far as is plausible")
    return Label(f"‘{row['title']}’ ("), Cited(change, f"{row['title']}: {broken['title']}"), ")"


def sense_sentence(held: pd.DataFrame, title: str) -> Sentence | None:
    """Say on what a break hangs most, or that this cannot be told."""
    order = rows(where(held, index="total").sort_values("value", ascending=False, kind="stable"))
    if len(order) < 2:
        return None
    first, second = sense(order[0]), sense(order[1])
    lead: tuple[Part, ...] = ("Over all that could be otherwise, ", Label(f"‘{title}’"))
    if (first.low or 0.0) > (second.high or 0.0):
        return sentence(
            *lead, " hangs most on ", Label(f"‘{order[0]['title']}’"), ", with ",
            Cited(first, f"{order[0]['title']}, {title}", "interval"), " of the variance.",
        )  # fmt: skip
    names = listed([Label(f"‘{row['title']}’") for row in order[:FEW]])
    return sentence(*lead, " hangs most on ", *names, ", in an order that cannot be told.")


def wedge_sentence(held: pd.DataFrame, names: Names, divider: str, bloc: str) -> Sentence:
    """Say which member is most worth detaching to a divider, or that none stands out, and what binds it."""
    order = rows(held)
    lead: tuple[Part, ...] = ("To ", Label(divider), ", as things are assumed, ")
    if not order[0]["leads"]:
        clauses = [
            (names.in_text(str(row["target"])), " (",
             Cited(share(row, "first"), f"worth most to detach: {names.actor(str(row['target']))}"), ")")
            for row in sorted(order, key=lambda row: -float(row["first"]))[:FEW]
        ]  # fmt: skip
        alone = plain(max(0.0, 1 - float(held["first"].sum())), "share", DRAWN)
        rest: tuple[Part, ...] = ()
        if alone.value >= SOME:
            told = Cited(alone, "no single member is worth most to detach")
            rest = ("; in ", told, " of draws it is nobody alone")
        return sentence(
            *lead, "no member of ", Label(bloc), " stands out as the one to be detached; most often first "
            "are ", *listed(clauses), *rest, ".",
        )  # fmt: skip
    top = order[0]
    who = names.in_text(str(top["target"]))
    return sentence(
        *lead, who, " is most worth detaching; it would give way for ",
        Cited(price(top), f"price of {names.actor(str(top['target']))}", "interval"),
        " on the scale of positions. What binds it: ", Label(str(top["move"])), ".",
    )  # fmt: skip


def break_figures(held: Options) -> Iterator[Figure]:
    """Yield the routes to a break as bars, and on what breaks hang."""
    if len(held.routes):
        yield _routes(held)
    if len(held.stress):
        yield _senses(held)


def _routes(held: Options) -> Figure:
    titles = {row["broken"]: str(row["title"]) for row in rows(held.breaks)}
    frame = held.routes.assign(what=[titles[key] for key in held.routes["broken"]])
    panels = []
    for (what, number), part in frame.groupby(["what", "route"], sort=False):
        bars = pd.DataFrame(
            {
                "name": part["title"],
                "pull": part["change"].round(3),
                "note": [f"{figure(each, 'share')} of the way" for each in part["share"]],
            }
        )
        told = f"{what}: route {number}, {figure(float(part['distance'].iloc[0]), 'utility')} away"
        panels.append(
            Panel(pulls(bars, title="turned by, of 1 as far as is plausible", domain=(-1.0, 1.0),
                        noted="share of the squared distance"), told)
        )  # fmt: skip
    return Figure(
        "options_routes",
        "Where it would break",
        "The smallest changes found that break it, on average over futures: what is otherwise than thought, "
        "and by how much, from nothing (0) to as far as is plausible (1, or -1 the other way).",
        "Each panel is one way to a break. Long bars take most of the way; small ones help. The distance is "
        "that of all bars together: the less, the nearer the break. Nothing is said of how likely it is.",
        tuple(panels),
        Table("options_routes", BEHIND, frame, ROUTE, display=frame[frame["share"] >= LEAST]),
    )


def _senses(held: Options) -> Figure:
    titles = {row["broken"]: str(row["title"]) for row in rows(held.breaks)}
    series = {"first": SENSES[0].name, "total": SENSES[1].name}
    frame = held.stress.assign(
        what=[titles[key] for key in held.stress["broken"]],
        name=held.stress["title"],
        series=[series[each] for each in held.stress["index"]],
        note="turns of everything that could be otherwise",
    )
    drawn = ["name", "series", "value", "low", "high", "note"]
    ends = (min(float(frame["low"].min()), 0.0), max(float(frame["high"].max()), 1.0))
    panels = [
        Panel(
            intervals(part[drawn].round(3), title="share of variance", series=SENSES,
                      guides=Guides(zero=True, ends=ends), room=170, width=28),
            str(what),
        )
        for what, part in frame.groupby("what", sort=False)
    ]  # fmt: skip
    return Figure(
        "options_senses",
        "On what that hangs most",
        "Sobol indices: which share of the variation of the outcome each thing accounts for, by itself and "
        "together with all others, where everything that could be otherwise is turned at once.",
        "The line is the interval of 95 per cent. Where two overlap, it cannot be told which matters more.",
        tuple(panels),
        Table("options_senses", BEHIND, frame, SENSE, display=where(frame, index="total")),
        SENSES,
    )


def wedge_table(held: pd.DataFrame, names: Names, divider: str, defender: str) -> Table:
    """Return whom a divider could detach, at what price, and the binding move that answers."""
    frame = held.assign(name=[names.actor(str(each)) for each in held["target"]], mark="assumed")
    frame = frame.sort_values("first", ascending=False, kind="stable")
    note = (
        f"Worth most: share of draws in which it is the member most worth detaching to {divider}. Price: how "
        "far its position would have to be made up for before it gives way. What binds it: the cheapest "
        f"answer of {defender} that closes the gap in 95 per cent of draws. All rest on assumed sizes."
    )
    title = "Whom a wedge would aim at, and what would bind"
    return Table("options_wedges", title, frame, WEDGE, note, display=frame.head(MOST))
