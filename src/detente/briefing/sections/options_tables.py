"""Tables on what each side can do: what to watch, what would change the advice, levers and objectives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.exhibits import Column, Table
from detente.briefing.sections.options_sentences import TRACE

if TYPE_CHECKING:
    from detente.strategy.campaign.options import Options

FEW = 2
"""How many drivers of each player are shown; the file has all."""
WANTED = {"more": "more of it", "less": "less of it"}
UNITS = {"percent_gdp": "% of GDP", "points": "points"}
WATCH = (
    Column("owner", "Player"),
    Column("sign", "Sign"),
    Column("way", "Once it is"),
    Column("threshold", "Level", "utility"),
    Column("when", "Seen"),
    Column("start", "From"),
    Column("then", "To"),
    Column("gain", "Gains, points", "utility"),
    Column("low", "Low", "utility"),
    Column("high", "High", "utility"),
    Column("mark", "Mark"),
)
TURN = (
    Column("owner", "Player"),
    Column("title", "Objective"),
    Column("factor", "Weighed so many times as much", "utility"),
    Column("then", "Then this loses least"),
    Column("mark", "Mark"),
)
FAIL = (
    Column("owner", "Player"),
    Column("title", "Portfolio"),
    Column("share", "Worse than nothing new", "share"),
    Column("input", "Where"),
    Column("above", "Is above", ""),
    Column("below", "Is below", ""),
    Column("coverage", "Of these cases there", "share"),
    Column("density", "Worse there", "share"),
)
HANGS = (
    Column("owner", "Player"),
    Column("title", "Portfolio"),
    Column("input", "What was drawn"),
    Column("value", "Share of variance", "share"),
    Column("low", "Low", "share"),
    Column("high", "High", "share"),
)
PLAYED = (
    Column("owner", "Player"),
    Column("own", "Plays"),
    Column("theirs", "Against"),
    Column("share", "Resampled games", "share"),
)
LEVERS = (
    Column("owner", "Player"),
    Column("number", "No.", "count"),
    Column("title", "Lever"),
    Column("means", "By"),
    Column("date", "From"),
    Column("low", "Size from", "utility"),
    Column("high", "to", "utility"),
    Column("cost", "Cost a year", ""),
    Column("paid", "In"),
    Column("backlash", "Opposite effect", "share"),
    Column("reason", "Reason"),
    Column("mark", "Mark"),
)
WANTS = (
    Column("owner", "Player"),
    Column("title", "Objective"),
    Column("wanted", "Wants"),
    Column("weight", "Weight", "utility"),
    Column("unit", "A point is", ""),
    Column("read", "Read from"),
    Column("reason", "Reason"),
    Column("mark", "Mark"),
)


def _owned(held: Options, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the title of their player."""
    who = dict(zip(held.players["player"], held.players["title"], strict=True))
    return frame.assign(owner=frame["player"].map(who), mark="assumed")


def tables(held: Options) -> Iterator[Table]:
    """Yield the tables of the section in order, those without rows left out."""
    yield from watch(held)
    yield from turning(held)
    yield from failing(held)
    yield from lists(held)


def watch(held: Options) -> Iterator[Table]:
    """Yield what to watch; rules that are of no use are in the file alone."""
    if held.signs.empty:
        return
    frame = _owned(held, held.signs)
    frame = frame.assign(
        way=["at or above" if above else "at or below" for above in frame["above"]],
        when=[_years(a, b) for a, b in zip(frame["since"], frame["until"], strict=True)],
    )
    useful = frame[frame["useful"].astype(bool) & (frame["gain"] >= TRACE)]
    note = "Rules for adding levers on a sign, found on half of the futures and tried on the other half. "
    if useful.empty:
        note += "For no player did any gain there beyond doubt and by more than a trace: these came nearest."
        nearest = frame.groupby("player", sort=False).head(1)
        yield Table("options_watch", "What to watch", frame, WATCH, note, display=nearest, folded=True)
        return
    note += "Listed are those that gained there beyond doubt and by more than a trace; the file has others."
    yield Table("options_watch", "What to watch", frame, WATCH, note, display=useful)


def _years(since: object, until: object) -> str:
    first, last = str(since)[:4], str(until)[:4]
    return first if first == last else f"{first} to {last}"


def turning(held: Options) -> Iterator[Table]:
    """Yield what would change the advice."""
    if held.turning.empty:
        return
    note = (
        "One weight at a time, from nothing to four times that of the case, the others as they are; the "
        "nearest change to either side. What is not listed changes nothing."
    )
    yield Table("options_turning", "What would change this advice", _owned(held, held.turning), TURN, note)


def failing(held: Options) -> Iterator[Table]:
    """Yield in which futures leading portfolios do worse than nothing new."""
    found = held.failing[held.failing["input"] != ""] if len(held.failing) else held.failing
    if found.empty:
        return
    note = "Against no answer of the other side. Found by PRIM on the same futures; others may be as good."
    title = "When it does worse than nothing new"
    yield Table("options_failing", title, _owned(held, found), FAIL, note)


def lists(held: Options) -> Iterator[Table]:
    """Yield what players can do and want, and what lies behind it, folded."""
    levers = held.levers.assign(paid=held.levers["cost_unit"].map(UNITS))
    wants = held.wants.assign(wanted=held.wants["want"].map(WANTED))
    note = (
        "Sizes are factors on what the case gives a lever to do (1 is as given; below 0, the opposite); "
        "costs and reasons in full are in the file."
    )
    yield Table("options_levers", "What each player can do", levers, LEVERS, note, folded=True)
    yield Table("options_wants", "What each player wants, as the case has it", wants, WANTS, folded=True)
    if len(held.game):
        title = "Equilibria that came up"
        yield Table("options_played", title, _owned(held, held.game), PLAYED, folded=True)
    if len(held.drivers):
        title = "On what the points of leading portfolios hang"
        note = "Shapley effects over futures, against no answer; what is unexplained is chance and the rest."
        frame = _owned(held, held.drivers)
        shown = frame.groupby("player", sort=False).head(FEW)
        yield Table("options_drivers", title, frame, HANGS, note, display=shown, folded=True)
