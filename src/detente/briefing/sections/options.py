"""What each side can do: the same questions for every player, where it would break, and what to watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.briefing.exhibits import Figure, Section, Table
from detente.briefing.material import Material
from detente.briefing.prose import Cited, Label, Sentence, sentence
from detente.briefing.reading import Row, counted, rows, where
from detente.briefing.sections import options_breaks as breaks
from detente.briefing.sections import options_sentences as say
from detente.briefing.sections.options_figures import game_figure, medal_table, player_figure
from detente.briefing.sections.options_tables import tables
from detente.strategy.campaign.sides import NOTHING

if TYPE_CHECKING:
    from detente.strategy.campaign.options import Options


def options(material: Material) -> Section | None:
    """Return the section on what each side can do, or None where the case asks for none."""
    asked, held = material.case.strategies, material.options
    if asked is None or held is None or held.players.empty:
        return None
    told = (" ".join(each.split()) for each in (asked.reason, asked.note or "") if each)
    return Section(
        "options",
        asked.title,
        tuple(paragraphs(material, held)),
        tuple(exhibits(material, held)),
        (" ".join(told),),
    )


def in_answer(material: Material) -> Sentence | None:
    """Return what the answer says of what each side can do."""
    held = material.options
    if held is None or held.players.empty:
        return None
    return say.answer_sentence(
        [(player, where(held.portfolios, player=str(player["player"]))) for player in rows(held.players)]
    )


def paragraphs(material: Material, held: Options) -> Iterator[tuple[Sentence, ...]]:
    """Yield what is told: how it was asked, each player in the case's order, breaks, and the wedge."""
    yield (opening(held),)
    for player in rows(held.players):
        found = _of_player(held, player)
        yield tuple(each for each in found if each is not None)
    for part in (tuple(_watch(held)), tuple(_breaks(held))):
        if part:
            yield part
    if len(held.wedges):
        yield (_wedge(material, held),)


def opening(held: Options) -> Sentence:
    """Say that every side is asked the same, over how many futures, and that sizes are assumed."""
    return sentence(
        "The same questions are put to every player, in the order of the case, over ",
        Cited(counted(held.draws, "case", method="futures drawn"), "futures behind each pair of portfolios"),
        " futures that all portfolios share. What ",
        Cited(counted(len(held.levers), "case", method=say.COUNTED), "levers of all players"),
        " levers do, what they cost and what players want is assumed, each with its range and a reason (see "
        "below); intervals are for the number of futures alone. Influence is in the abstract: a shift with a "
        "cost and a chance of the opposite. Nothing here says who is right, or what to tell anyone.",
    )  # fmt: skip


def _of_player(held: Options, player: Row) -> Iterator[Sentence | None]:
    key = str(player["player"])
    shown = where(held.portfolios, player=key)
    yield say.best_sentence(player, shown)
    yield say.risk_sentence(shown)
    leading = rows(shown[shown["portfolio"] != NOTHING].head(1))
    for row in leading:
        medal = where(held.medal, player=key)
        yield say.medal_sentence(medal, str(row["portfolio"]), str(row["title"]))
    yield say.game_sentence(player, where(held.game, player=key))
    yield say.turning_sentence(where(held.turning, player=key))


def _watch(held: Options) -> Iterator[Sentence]:
    without = []
    for player in rows(held.players):
        told = say.watch_sentence(player, where(held.signs, player=player["player"]))
        if told is None:
            without.append(str(player["title"]))
        else:
            yield told
    waits = [str(row["title"]) for row in rows(held.players) if row["waits"]]
    rest = say.unwatched_sentence(without, waits)
    if rest is not None:
        yield rest


def _breaks(held: Options) -> Iterator[Sentence]:
    for row in rows(held.breaks):
        yield breaks.break_sentence(row, where(held.routes, broken=row["broken"]))
        told = breaks.sense_sentence(where(held.stress, broken=row["broken"]), str(row["title"]))
        if told is not None:
            yield told
    if len(held.breaks):
        yield sentence(
            "Of such distances, ", Label("1"), " is one thing turned as far as the case takes to be "
            "plausible; how likely any of it is, is not said."
        )  # fmt: skip


def _players(material: Material) -> dict[str, str]:
    asked = material.case.strategies
    return {key: player.title for key, player in asked.players.items()} if asked is not None else {}


def _wedge(material: Material, held: Options) -> Sentence:
    first = rows(held.wedges)[0]
    divider = _players(material)[str(first["divider"])]
    bloc = material.names.title("blocs", str(first["bloc"]))
    return breaks.wedge_sentence(held.wedges, material.names, divider, bloc)


def exhibits(material: Material, held: Options) -> Iterator[Figure | Table]:
    """Yield a figure for every player, then the main game, breaks, the wedge, and the tables."""
    for place, player in enumerate(rows(held.players)):
        yield player_figure(held, player, again=place > 0)
    yield from game_figure(held)
    yield from breaks.break_figures(held)
    if len(held.wedges):
        first, titles = rows(held.wedges)[0], _players(material)
        sides = (titles[str(first[role])] for role in ("divider", "defender"))
        yield breaks.wedge_table(held.wedges, material.names, *sides)
    yield from tables(held)
    yield medal_table(held)
