"""Figures on what each side can do, the same for every player: regret, both sides of the medal, the game."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import grid, intervals
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Figure, Panel, Table
from detente.briefing.reading import Row, rows, where
from detente.numbers import figure
from detente.strategy.campaign.sides import NOTHING

if TYPE_CHECKING:
    from detente.strategy.campaign.options import Options

READING = (
    "Portfolios stand in the order of regret; several levers go by their numbers, which stand before the "
    "titles of single ones. Lines are intervals of 95 per cent for the number of futures. Blue cells are "
    "gains, rust ones losses, weighed as the case has it."
)
BEHIND = "Figures behind this chart"
SERIES = (Series("loses least, or not told apart", 0), Series("loses more", 1))
"""Portfolios that may be the best, and those that lose more beyond doubt."""
DIGITS = 2
ROOM, WIDTH = 170, 32
PORTFOLIOS = (
    Column("title", "Portfolio"),
    Column("code", "Levers"),
    Column("regret", "Regret", "utility"),
    Column("low", "Low", "utility"),
    Column("high", "High", "utility"),
    Column("gain", "Above nothing new", "utility"),
    Column("gain_low", "Low", "utility"),
    Column("gain_high", "High", "utility"),
    Column("worse", "Worse than nothing new", "share"),
    Column("series", "Told apart"),
    Column("mark", "Mark"),
)
CELLS = (
    Column("own", "Portfolio"),
    Column("theirs", "Answer"),
    Column("points", "Points", "utility"),
    Column("points_low", "Low", "utility"),
    Column("points_high", "High", "utility"),
    Column("other", "Points of the other", "utility"),
    Column("other_low", "Low", "utility"),
    Column("other_high", "High", "utility"),
)


def player_figure(held: Options, player: Row, *, again: bool = False) -> Figure:
    """Return the figure of one player: what portfolios lose, and what they do to each objective.

    `again` leaves out what the figure of another player has explained.
    """
    key, who = str(player["player"]), str(player["title"])
    shown = where(held.portfolios, player=key)
    frame = shown.assign(
        series=[SERIES[int(apart)].name for apart in shown["told_apart"]],
        name=shown["label"],
        value=shown["regret"],
        note=[f"worse than nothing: {figure(each, 'share')}" for each in shown["worse"]],
    )
    ends = 0.0, float(frame["high"].max()) * 1.05 or 1.0
    drawn = ["name", "series", "value", "low", "high", "note"]
    regret = intervals(
        frame[drawn].round(DIGITS), title="regret, in points (less is better)", series=SERIES,
        guides=Guides(ends=ends), room=ROOM, width=WIDTH,
    )  # fmt: skip
    title = f"{who}: what portfolios lose, and what they do to each objective"
    shows = (
        f"Left, how many points a portfolio of {who} loses against what would have been best in the same "
        f"future and against the same answer of {player['other_title']}. Right, how many points it adds to "
        "each objective or takes from it, above doing nothing new, and what it costs."
    )
    return Figure(
        f"options_{key}",
        title,
        f"The same of {who}, against the answers of {player['other_title']}." if again else shows,
        "As in the figure of the first player." if again else READING,
        (
            Panel(regret, "Regret, and whether it can be told apart"),
            Panel(_medal(held, frame, key), "The other side of the medal"),
        ),
        Table(f"options_{key}", BEHIND, frame, PORTFOLIOS),
        tuple(each for each in SERIES if each.name in set(frame["series"])),
    )


def _medal(held: Options, order: pd.DataFrame, player: str) -> dict[str, object]:
    """Return points by objective in the order of portfolios; objectives that nothing moves are left out."""
    frame = where(held.medal, player=player)
    moved = frame.groupby("objective")["change"].transform(lambda each: each.abs().max()) > 0
    frame = frame[moved & (frame["portfolio"] != NOTHING)]
    labels = dict(zip(order["portfolio"], order["label"], strict=True))
    place = {name: at for at, name in enumerate(order["portfolio"])}
    frame = frame.assign(at=frame["portfolio"].map(place)).sort_values("at", kind="stable")
    cells = pd.DataFrame(
        {
            "row": frame["portfolio"].map(labels),
            "column": frame["title"],
            "value": frame["change"],
        }
    )
    return grid(cells, title="points above nothing new")


def medal_table(held: Options) -> Table:
    """Return what portfolios do to objectives; those in front are shown, the file has all."""
    titles = {(row["player"], row["portfolio"]): row["title"] for row in rows(held.portfolios)}
    who = dict(zip(held.players["player"], held.players["title"], strict=True))
    frame = held.medal.assign(
        owner=held.medal["player"].map(who),
        does=[titles.get((row["player"], row["portfolio"]), "") for row in rows(held.medal)],
    )
    columns = (
        Column("owner", "Player"), Column("does", "Portfolio"), Column("title", "Objective"),
        Column("change", "Points above nothing new", "utility"), Column("low", "Low", "utility"),
        Column("high", "High", "utility"), Column("mark", "Mark"),
    )  # fmt: skip
    front = held.portfolios[held.portfolios["portfolio"] != NOTHING].groupby("player").head(1)
    leading = set(zip(front["player"], front["portfolio"], strict=True))
    shown = frame[[pair in leading for pair in zip(frame["player"], frame["portfolio"], strict=True)]]
    title = "What leading portfolios do to each objective"
    return Table("options_medal", title, frame, columns, display=shown, folded=True)


def game_figure(held: Options) -> Iterator[Figure]:
    """Yield the payoffs of the pair that the case names first, where both sides have portfolios."""
    players = {row["player"]: row for row in rows(held.players)}
    first = rows(held.players)[0]
    own, other = str(first["player"]), str(first["other"])
    titles = {(row["player"], row["portfolio"]): row for row in rows(held.portfolios)}
    if other not in players:
        return
    frame = held.matrix.assign(
        own=[titles[row["player"], row["portfolio"]]["title"] for row in rows(held.matrix)],
        theirs=[
            titles[row["other_player"], row["answer"]]["title"]
            if row["other_player"] in players
            else row["answer"]
            for row in rows(held.matrix)
        ],
    )
    pair, leader = where(frame, player=own), str(first["leader"])
    shown = pair[pair["portfolio"].isin([NOTHING, leader])]
    edge = float(pair[["points", "other"]].abs().max().max())
    panels = []
    for rows_of, columns_of, value, who, whose in (
        (own, other, "points", "portfolio", "answer"),
        (other, own, "other", "answer", "portfolio"),
    ):
        cells = pd.DataFrame(
            {
                "row": [titles[rows_of, each]["label"] for each in pair[who]],
                "column": [titles[columns_of, each]["code"] for each in pair[whose]],
                "value": pair[value],
            }
        )
        told = f"{players[rows_of]['title']} (rows) against {players[columns_of]['title']} (columns)"
        order = _ordered(cells, held, rows_of, columns_of)
        panels.append(Panel(grid(order, title=f"points of {players[rows_of]['title']}", edge=edge,
                                 written=False), told))  # fmt: skip
    yield Figure(
        "options_game",
        f"{players[own]['title']} and {players[other]['title']}: every portfolio against every answer",
        "Mean points of each of the two, above what comes where nobody does anything new.",
        "Read a row from left to right: what one portfolio comes to against each answer. Columns go by the "
        "numbers of their levers, which stand before titles in the other panel; – is nothing new. Both "
        "panels show the same games, each from its own side, on the same scale.",
        tuple(panels),
        Table("options_matrix", BEHIND, frame, CELLS, display=shown),
    )


def _ordered(cells: pd.DataFrame, held: Options, rows_of: str, columns_of: str) -> pd.DataFrame:
    """Return cells in the order of both sides’ portfolios by their number of levers, then by number."""
    labels, codes = (
        sorted(rows(where(held.portfolios, player=key)), key=lambda row: _place(str(row["code"])))
        for key in (rows_of, columns_of)
    )
    down = {str(row["label"]): at for at, row in enumerate(labels)}
    across = {str(row["code"]): at for at, row in enumerate(codes)}
    placed = cells.assign(down=cells["row"].map(down), across=cells["column"].map(across))
    return placed.sort_values(["down", "across"], kind="stable").drop(columns=["down", "across"])


def _place(code: str) -> tuple[int, list[int]]:
    numbers = [int(part) for part in code.split(" + ") if part.isdecimal()]
    return len(numbers), numbers
