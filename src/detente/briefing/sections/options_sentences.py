"""Sentences on what a side can do. A best portfolio is named only where it is told apart from all others."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, counted, rows
from detente.briefing.sections.options_numbers import (
    RESAMPLED,
    WEIGHED,
    joined,
    plain,
    points,
    share,
)
from detente.strategy.campaign.sides import NOTHING
from detente.strategy.campaign.verdicts import EITHER, firmness, risk

NAMED = 4
"""How many portfolios that cannot be told apart are named."""
TRACE = 0.05
"""Points that are not worth naming."""
COST = "cost"
COUNTED = "counted in the case"
HALF = "threshold found on half of the futures, and tried on the others"


def quoted(title: object) -> Label:
    """Return a title in quotation marks."""
    return Label(f"‘{title}’")


def best_sentence(player: Row, held: pd.DataFrame) -> Sentence:
    """Say which of a player's portfolios loses least, or that it cannot be told; one row for each, in order
    of regret.
    """
    order = rows(held)
    who, answers = str(player["title"]), counted(int(player["answers"]), "case", method=COUNTED)
    compared = counted(int(player["portfolios"]), "case", method=COUNTED)
    lead: tuple[Part, ...] = (
        Label(who), ", against ", Cited(answers, f"answers considered, {who}"),
        " answers of ", Label(str(player["other_title"])), ": of ",
        Cited(compared, f"portfolios compared, {who}"), " portfolios, ",
    )  # fmt: skip
    alike = [row for row in order if not row["told_apart"]]
    if len(alike) == 1 < len(order):
        first, second = order[:2]
        over = points(second, "over", low="over_low", high="over_high")
        return sentence(
            *lead, quoted(first["title"]), " loses least against what would have been best, ",
            Cited(points(first, "regret"), f"regret of {first['title']}, {who}", "interval"),
            " points; the next, ", quoted(second["title"]), ", loses ",
            Cited(over, f"regret of {second['title']} over the first, {who}", "interval"),
            " points more.", *_nothing(alike),
        )  # fmt: skip
    names = [quoted(row["title"]) for row in alike[:NAMED]]
    rest = len(alike) - len(names)
    more: tuple[Part, ...] = ()
    if rest > 0:
        many = counted(rest, "case", method="portfolios alike")
        more = (" and ", Cited(many, f"further ones alike, {who}"), " more")
    told = listed(names) if not more else listed(names, last=", ")
    open_end = "which loses least cannot be told; alike are "
    return sentence(*lead, open_end, *told, *more, ".", *_nothing(alike))


def answer_sentence(played: Sequence[tuple[Row, pd.DataFrame]]) -> Sentence | None:
    """Say for whom a best portfolio is told apart from all others, and for whom none is."""
    clear, open_ = list[tuple[Part, ...]](), list[Part]()
    for player, held in played:
        order = rows(held)
        alike = [row for row in order if not row["told_apart"]]
        if len(alike) == 1 < len(order):
            clear.append((quoted(order[0]["title"]), " for ", Label(str(player["title"]))))
        elif order:
            open_.append(Label(str(player["title"])))
    if not clear and not open_:
        return None
    told: list[Part] = ["Of what each side can do, under the sizes that the case assumes, "]
    told += ["what loses least is ", *listed(clear)] if clear else []
    told += (
        ["; " if clear else "", "which portfolio does cannot be told for ", *listed(open_)] if open_ else []
    )
    return sentence(*told, ".")


def _nothing(alike: Sequence[Row]) -> tuple[Part, ...]:
    """Return what is added where doing nothing new is not beaten."""
    if all(row["portfolio"] != NOTHING for row in alike):
        return ()
    return (" No lever of its own is shown to be better than doing nothing new.",)


def risk_sentence(held: pd.DataFrame) -> Sentence | None:
    """Say how often the leading portfolio does worse than nothing new."""
    order = [row for row in rows(held) if row["portfolio"] != NOTHING]
    if not order:
        return None
    row = order[0]
    worse, told = share(row, "worse"), [each for each in rows(held) if not each["told_apart"]]
    which = ", first among them by a margin that tells nothing," if row in told and len(told) > 1 else ""
    return sentence(
        quoted(row["title"]), f"{which} does worse than doing nothing new in ",
        Cited(worse, f"does worse than nothing, {row['title']}", "interval"),
        f" of futures: {risk(worse.value)}.",
    )  # fmt: skip


def medal_sentence(held: pd.DataFrame, portfolio: str, title: str) -> Sentence | None:
    """Say on which objectives a portfolio gains beyond doubt, and on which it loses."""
    gains, losses = list[tuple[Part, ...]](), list[tuple[Part, ...]]()
    for row in rows(held[held["portfolio"] == portfolio]):
        found = points(row, "change")
        if found.low is None or found.high is None or abs(found.value) < TRACE:
            continue
        name: Part = "its cost" if row["objective"] == COST else quoted(row["title"])
        clause = (name, " (", Cited(found, f"{row['title']}: {title}", "inside"), ")")
        if found.low > 0:
            gains.append(clause)
        elif found.high < 0:
            losses.append(clause)
    if not gains and not losses:
        return sentence(quoted(title), " changes no objective by more than a trace, on average over futures.")
    told: list[Part] = ["In points, it "]
    told += ["gains on ", *listed(gains)] if gains else ["gains clearly on no objective"]
    told += ["; the other side of it: ", *listed(losses)] if losses else []
    return sentence(*told, ".")


def game_sentence(player: Row, held: pd.DataFrame) -> Sentence | None:
    """Say which pair of portfolios comes up most where both sides choose, and whether that is firm."""
    if held.empty:
        return sentence("Where both sides choose, no equilibrium was found.")
    row = rows(held)[0]
    found = share(row, "share", method=RESAMPLED)
    told = sentence(
        "Where both sides choose, ", *_either(row["own"]), " against ", *_either(row["theirs"]),
        " comes up most, in ", Cited(found, f"resampled games, {player['title']}"), " of resampled games: ",
        f"{firmness(found.value)}.",
    )  # fmt: skip
    gain = plain(player["commits"], "utility", "over the best equilibrium of mean payoffs")
    if gain.value <= TRACE:
        return told
    more = (" To commit itself first would gain it ", Cited(gain, f"gain of commitment, {player['title']}"),
            " points.")  # fmt: skip
    return Sentence((*told.parts, *more))


def _either(titles: object) -> tuple[Part, ...]:
    """Return the portfolios between which a side mixes."""
    return listed([quoted(each) for each in str(titles).split(EITHER)], last=" or ")


def turning_sentence(held: pd.DataFrame) -> Sentence:
    """Say which change of a weight would put another portfolio first, the smallest changes first."""
    if held.empty:
        return sentence(
            "No single weight of its objectives, from nothing to four times as much, would put another "
            "portfolio first."
        )
    near = held.assign(far=[max(factor, 1 / max(factor, 0.1)) for factor in held["factor"]])
    clauses: list[tuple[Part, ...]] = [
        (
            "its cost" if row["objective"] == COST else quoted(row["title"]), " weighed ",
            Cited(plain(row["factor"], "utility", WEIGHED), f"weight of {row['title']}, {row['owner']}"),
            " times as much (", quoted(row["then"]), ")",
        )
        for row in rows(near.sort_values("far", kind="stable").head(1))
    ]  # fmt: skip
    return sentence("Another portfolio would have the least regret if ", *joined(clauses), ".")


def watch_sentence(player: Row, held: pd.DataFrame) -> Sentence | None:
    """Say on what sign to switch portfolios, the one that gains most; None where none is of use."""
    useful = rows(held[held["useful"].astype(bool) & (held["gain"] >= TRACE)]) if len(held) else []
    if not useful:
        return None
    row = useful[0]
    since, until = str(row["since"])[:4], str(row["until"])[:4]
    when: tuple[Part, ...] = (" in ", Label(since))
    if since != until:
        when = (" from ", Label(since), " to ", Label(until))
    return sentence(
        Label(str(player["title"])), " may watch ", quoted(row["sign"]), ": once it is ",
        "at or above " if row["above"] else "at or below ",
        Cited(plain(row["threshold"], "utility", HALF), str(row["sign"])), *when, ", to go from ",
        quoted(row["start"]), " to ", quoted(row["then"]), " gains ",
        Cited(points(row, "gain"), f"gain of switching, {player['title']}", "interval"), " points.",
    )  # fmt: skip


def unwatched_sentence(players: list[str], waits: list[str]) -> Sentence | None:
    """Say for whom no sign was found, and for whom it pays to wait for what comes to be known."""
    told: list[Part] = []
    if players:
        told += [
            "For ",
            *listed([Label(each) for each in players]),
            " no sign was found on which switching portfolios gains beyond doubt and by more than a trace",
        ]
    if waits:
        told += ["; " if told else "", "to wait and see pays for ", *listed([Label(each) for each in waits])]
    elif told:
        told.append("; that it pays anyone to wait and see is not shown")
    return sentence(*told, ".") if told else None
