"""Figures on camps: who stands with whom on a map, over the years, pair by pair, and how far from balance."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from detente.briefing.charts import alluvial, matrix, trend, world
from detente.briefing.charts.alluvial import listed
from detente.briefing.charts.theme import Series, present
from detente.briefing.charts.world import drawn
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.material import Material
from detente.briefing.reading import given, rows, said, where
from detente.briefing.sections.camps_reading import YEAR, Camps, as_text
from detente.briefing.sections.camps_sentences import realigned
from detente.briefing.shapes import world as shapes
from detente.measurement.casting import heirs
from detente.numbers import figure

BEHIND = "Figures behind this chart"
COLUMNS = 8
"""How many periods the picture over the years has room for on a phone."""
LEAST = 24
"""How many pairs the table under the matrix shows."""
ELSEWHERE = "no ties at hand"
BORDERS = (
    "Shapes are Natural Earth’s (public domain), with its default borders: they show who controls a "
    "territory and take no side on who has a right to it. Former states are drawn in the borders of the "
    "state that continues them."
)
MEMBERS = (
    Column("member", "Actor"),
    Column("called", "Camp"),
    Column("pull_share", "Held there by, of its ties", "share"),
    Column("mark", "Mark"),
)
BALANCE = (
    Column("label", "Period"),
    Column("actors", "Actors", "count"),
    Column("camps", "Camps", "count"),
    Column("share", "Against the camps", "share"),
    Column("low", "At least", "share"),
    Column("proof", "Proven least"),
    Column("mark", "Mark"),
)
PAIRS = (
    Column("one", "One"),
    Column("other", "Other"),
    Column("value", "Tie", "index"),
    Column("low", "Low", "index"),
    Column("high", "High", "index"),
    Column("mark", "Mark"),
)
MOMENTS = (
    Column("between", "Between"),
    Column("moved", "Changed", "share"),
    Column("expected_high", "Usual", "share"),
    Column("stayed", "To stay", "count"),
    Column("who", "Who"),
)


def on_the_map(material: Material, camps: Camps) -> Figure | None:
    """Return the map of the last period, or None where it would show nobody."""
    held = camps.now.assign(
        member=[camps.names.actor(str(actor)) for actor in camps.now["actor"]],
        called=[camps.series[int(camp)].name for camp in camps.now["camp"]],
    )
    seen = drawn([str(actor) for actor in held["actor"]])
    if not seen:
        return None
    joined = heirs(material.evidence.gazetteer)
    told = {str(row["actor"]): row for row in rows(held)}
    every = [code for code in {*shapes()["shapes"], *shapes()["points"]} if code not in joined]
    land = pd.DataFrame(
        [
            {
                "actor": code,
                "name": camps.names.actor(code),
                "series": told[code]["called"] if code in told else ELSEWHERE,
                "note": _pull(told[code]["pull_share"]) if code in told else "",
            }
            for code in sorted(every)
        ]
    )
    series = tuple(dict.fromkeys(camps.series[camp] for camp in camps.order))
    shown = present(series, held["called"])
    left = len(held) - len(seen)
    return Figure(
        "camps_map",
        f"Who stands with whom, {camps.label(camps.latest).text}",
        "Each state in the colour of the camp that its ties put it in; small states are points.",
        "Colours tell camps apart and rank nobody. A camp is named after actors of this brief in it. Grey: "
        "no ties at hand. Two states of one colour need not agree on everything: they agree with this camp "
        "more than with another.",
        (Panel(world(land, title="camps", series=shown)),),
        Table("camps_map", BEHIND, held.sort_values(["called", "member"], kind="stable"), MEMBERS),
        shown,
        note=BORDERS + (f" Not on the map, for want of a shape: {left}." if left else ""),
    )


def _pull(share: object) -> str:
    found = given(share)
    return "" if found is None else figure(found, "share")


def over_time(material: Material, camps: Camps) -> Figure | None:
    """Return who was in which camp at several moments, or None where there is one period only."""
    if len(camps.periods) < 2:
        return None
    moments = moments_of(camps, realigned(material.measures.realignments, camps), COLUMNS)
    held = camps.members.assign(
        moment=camps.members["period"],
        name=[camps.names.actor(str(actor)) for actor in camps.members["actor"]],
        series=[camps.series[int(camp)].name for camp in camps.members["camp"]],
    )
    series = present(tuple(dict.fromkeys(camps.series[camp] for camp in camps.order)), held["series"])
    spec = alluvial(
        held[["moment", "name", "series"]],
        title="camps over time",
        series=series,
        moments=[(moment, camps.label(moment).text) for moment in moments],
    )
    return Figure(
        "camps_over_time",
        "The camps over time",
        "How many actors each camp has at some moments, and who goes where between them: bands in strong "
        "colour are those who change camp. A camp goes on, in its colour, where half of those in it "
        "before, or of those in it now, are the same.",
        "The higher a block, the more actors. A part of a block that no band reaches from the left is new "
        "there; the moments are the first and the last, those at which the camps changed most, and some "
        "between. The table has every period, the file every actor in it.",
        (Panel(spec),),
        _sizes(camps, held, series),
        series,
    )


def moments_of(camps: Camps, changes: pd.DataFrame, most: int) -> list[str]:
    """Return first and last period, those around the largest changes, and others to fill the widest gaps."""
    every = [str(period) for period in camps.periods["period"]]
    place = {period: at for at, period in enumerate(every)}
    chosen = {0, len(every) - 1}
    for row in rows(changes.sort_values("moved", ascending=False, kind="stable")):
        around = {place[row["period"]], place[row["next"]]}
        if len(chosen | around) < most:
            chosen |= around
    while len(chosen) < min(most, len(every)):
        order = sorted(chosen)
        width, start = max((b - a, -a) for a, b in pairwise(order))
        chosen.add(-start + width // 2)
    return [every[at] for at in sorted(chosen)]


def _sizes(camps: Camps, held: pd.DataFrame, series: tuple[Series, ...]) -> Table:
    counted = held.groupby(["period", "series"]).size()
    told = [
        {"label": camps.label(period).text} | {each.name: counted.get((period, each.name)) for each in series}
        for period in map(str, camps.periods["period"])
    ]
    columns = (Column("label", "Period"), *(Column(each.name, each.name, "count") for each in series))
    frame = held.drop(columns="moment")
    return Table("camps_over_time", f"{BEHIND}, all estimated", frame, columns, display=pd.DataFrame(told))


def balance(camps: Camps) -> Figure | None:
    """Return how much speaks against the camps by year, or None for windows and for few years."""
    periods = camps.periods
    if len(periods) < 3 or not periods["period"].str.fullmatch(YEAR).all():
        return None
    low = (periods["bound"] / periods["total"]).clip(lower=0.0).fillna(0.0)
    low = low.where(~periods["proven"].astype(bool), periods["share"]).clip(upper=periods["share"])
    frame = periods.assign(
        label=periods["period"],
        year=periods["period"].astype(int),
        series="against the camps",
        value=periods["share"],
        low=low,
        high=periods["share"],
        proof=["yes" if proven else "no" for proven in periods["proven"]],
        note=[f"{int(row['actors'])} actors" for row in rows(periods)],
    )
    told = frame[["year", "series", "value", "low", "high", "note"]].round({"value": 4, "low": 4, "high": 4})
    series = [Series("against the camps", 0)]
    spec = trend(told, title="weight of ties", series=series, percent=True, height=150)
    return Figure(
        "camps_balance",
        "How far from balance, by year",
        "The part of the weight of all ties that speaks against the best camps: agreement between camps, and "
        "disagreement within.",
        "Zero: friends of friends are friends, and enemies of enemies too. The band, where there is one, "
        "reaches down to what no camps can better; where it has no width, the camps are proven best. It does "
        "not hold the sampling error of the votes.",
        (Panel(spec),),
        Table("camps_balance", BEHIND, frame, BALANCE),
    )


def moments(material: Material, camps: Camps) -> Table | None:
    """Return the moments at which more changed camp than is usual, or None without any."""
    told = realigned(material.measures.realignments, camps)
    if told.empty:
        return None
    frame = told.assign(
        between=[
            f"{camps.label(row['period']).text} and {camps.label(row['next']).text}" for row in rows(told)
        ],
        who=[listed([camps.names.actor(code) for code in said(row, "movers").split()]) for row in rows(told)],
        stayed=[len(said(row, "lasting").split()) for row in rows(told)],
        mark="estimated",
        source=camps.periods["source"].iloc[-1],
    )
    return Table(
        "camps_moments",
        "When more changed camp than is usual",
        frame,
        MOMENTS,
        "All estimated: the share of the actors at hand in both periods who changed camp, the most that is "
        "usual in the periods around, and how many stayed where they went. The file gives how likely so "
        "large a change is somewhere in a quiet series, the variation of information between the two "
        "divisions, and what the camps of before would cost after.",
    )


def pair_by_pair(material: Material, camps: Camps) -> Figure | None:
    """Return the matrix of agreement of the actors shown, or None without pairs in the last period."""
    held = as_text(material.measures.pair_agreement).dropna(subset=["value"])
    period = next((p for p in reversed(list(camps.periods["period"])) if (held["period"] == p).any()), None)
    if period is None:
        return None
    held = where(held, period=period)
    names = camps.names
    held = held.assign(
        one=[names.actor(str(actor)) for actor in held["a"]],
        other=[names.actor(str(actor)) for actor in held["b"]],
    )
    actors = {str(actor) for actor in [*held["a"], *held["b"]]}
    groups = _grouped(camps, period, actors)
    spec = matrix(held[["a", "b", "value"]], title="agreement beyond chance", groups=groups)
    order = held.sort_values("value", kind="stable")
    return Figure(
        "camps_matrix",
        f"How much each two agree beyond chance, {camps.label(period).text}",
        "One cell for each two actors: how much more, or less, they agree than they would by chance. Actors "
        "stand by camp, and in each camp first those held in it most firmly.",
        "Blue: more alike than by chance; rust: less; pale: no more and no less. Rows and columns have the "
        "same order, columns by code. A member whose row differs from its neighbours’ stands apart.",
        (Panel(spec),),
        Table(
            "camps_matrix",
            f"The {LEAST} pairs that agree least" if len(order) > LEAST else BEHIND,
            order,
            PAIRS,
            display=order.head(LEAST),
        ),
    )


def _grouped(camps: Camps, period: str, actors: set[str]) -> list[list[tuple[str, str]]]:
    """Return actors by camp, in each camp by pull; those without a camp last."""
    known = where(camps.members, period=period)
    known = known[known["actor"].isin(actors)].sort_values(
        ["pull", "actor"], ascending=[False, True], kind="stable"
    )
    found = [[str(actor) for actor in where(known, camp=camp)["actor"]] for camp in camps.order]
    rest = sorted(actors - set(known["actor"]))
    return [[(actor, camps.names.actor(actor)) for actor in group] for group in [*found, rest] if group]
