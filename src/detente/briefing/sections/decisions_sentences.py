"""Sentences on decisions: whether each passes, who is least likely to agree, whose vote it hangs on."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, counted, day, rows, said, where
from detente.briefing.sections.outcome_numbers import plain, ranged
from detente.numbers import Number

TOLD = 3
SURE, LIKELY = 0.95, 0.5
"""A chance whose whole interval lies above this, or below one less this, is said to be so in words."""
FINE = 1000
"""Ends of intervals of chances are given to so fine a part."""
SELDOM = 0.05
"""A vote that turns fewer of the votes drawn than this seldom decides."""
EVERY = {"year": ", then every year", "half-year": ", then every half-year"}
DRAWN = "share of votes drawn; strengths are assumed"
INDEX = "Shapley–Shubik index under the rule"
CANNOT = "cannot be told"
VERDICTS = {
    "passes": "it almost certainly passes",
    "likely": "it is more likely to pass than not",
    "open": f"whether it passes {CANNOT}",
    "unlikely": "it is more likely to fail than not",
    "fails": "it almost certainly fails",
}


def verdict(low: float, high: float) -> str:
    """Return in one word what the interval of a chance says.

    >>> verdict(0.97, 1.0), verdict(0.6, 0.9), verdict(0.3, 0.9), verdict(0.1, 0.4), verdict(0.0, 0.01)
    ('passes', 'likely', 'open', 'unlikely', 'fails')
    """
    if low >= SURE:
        return "passes"
    if high <= 1 - SURE:
        return "fails"
    if low > LIKELY:
        return "likely"
    return "unlikely" if high < LIKELY else "open"


def assumed_sentence(assumed: pd.DataFrame) -> Sentence | None:
    """Say how many strengths are assumed behind the chances, and which kinds there are."""
    held = assumed[assumed["part"].str.fullmatch(r"decisions\.[^.]+\.support")]
    if held.empty:
        return None
    kinds: list[Part | tuple[Part, ...]] = [
        Label(str(each).replace("_", " ")) for each in dict.fromkeys(held["what"])
    ]
    return sentence(
        "How far positions, and what holds members back, move their votes is assumed and not estimated: ",
        Cited(counted(len(held), "case"), "strengths that the case assumes, each with its range"),
        " strengths with their ranges (", *listed(kinds), "). The chances below are as uncertain as these, "
        "and their intervals take them in; they are no record of how such votes went.",
    )  # fmt: skip


def passes_sentence(decision: Row) -> Sentence | None:
    """Say when a decision comes up, what it needs, and whether it passes or that this cannot be told."""
    found = chance(decision)
    if found is None or found.number.low is None or found.number.high is None:
        return None
    said_so = VERDICTS[verdict(found.number.low, found.number.high)]
    when: tuple[Part, ...] = ()
    if isinstance(decision["next"], pd.Timestamp):
        every = EVERY.get(said(decision, "every"), "")
        when = (" comes up on ", Label(day(decision["next"])), every, ". It")
    voters = Cited(counted(int(decision["voters"]), "case"), f"members who decide, {decision['title']}")
    return sentence(
        Label(f"‘{decision['title']}’"), *when, " needs ", Label(said(decision, "needed")), ", of ", voters,
        f" members: {said_so}. Its chance is ", found, ".",
    )  # fmt: skip


def chance(decision: Row) -> Cited | None:
    """Return the chance that a decision passes, with its interval."""
    found = _chance(decision, "passes")
    return Cited(found, f"chance that it passes, {decision['title']}", "interval") if found else None


def _chance(row: Row, field: str) -> Number | None:
    """Return a chance; its interval is rounded outward, and takes in the mean over draws."""
    found = ranged(row, field, own=False, unit="share")
    if found is None or found.low is None or found.high is None:
        return found
    low, high = min(found.low, found.value), max(found.high, found.value)
    return replace(found, low=floor(low * FINE) / FINE, high=ceil(high * FINE) / FINE)


def members_sentence(members: pd.DataFrame, title: str, names: Names) -> Sentence | None:
    """Say who is least likely to vote for it, or that all almost certainly do."""
    order = members.sort_values(["yes", "actor"], kind="stable").head(TOLD)
    told = [(row, found) for row in rows(order) if (found := _yes(row, title, names))]
    if len(told) < 2:
        return None
    if (members["low"] >= SURE).all():
        return sentence("Every member almost certainly agrees; least so ", names.in_text(told[0][0]["actor"]),
                        ", at ", told[0][1], ".")  # fmt: skip
    named: list[Part | tuple[Part, ...]] = [
        (names.in_text(row["actor"]), " at ", found) for row, found in told
    ]
    clear = against(told[0][1].number, told[1][1].number) == "below"
    order_is = "the first clearly below the others" if clear else "with intervals that overlap"
    return sentence("Least likely to vote for it: ", *listed(named), ", ", order_is, ".")


def _yes(row: Row, title: str, names: Names) -> Cited | None:
    found = _chance(row, "yes")
    what = f"chance to vote for, {names.actor(row['actor'])}, {title}"
    return Cited(found, what, "interval") if found else None


def hangs_sentence(members: pd.DataFrame, title: str, names: Names, *, each_stops: bool) -> Sentence | None:
    """Say whether any member can stop it alone, whose vote turns it how often, and who has to be won over."""
    field = "stops" if each_stops else "critical"
    order = rows(members.sort_values([field, "actor"], ascending=[False, True], kind="stable").head(2))
    told: list[tuple[Label, Cited]] = []
    for row in order:
        share = plain(row, field, method=DRAWN)
        what = "stops it alone" if each_stops else "its vote alone turns the outcome"
        if share is not None:
            cited = Cited(share, f"{what}, {names.actor(row['actor'])}, {title}")
            told.append((names.in_text(row["actor"]), cited))
    if not told:
        return None
    top = float(order[0][field])
    if each_stops:
        often: list[Part | tuple[Part, ...]] = [(who, " (", share, " of votes drawn)") for who, share in told]
        lead: tuple[Part, ...] = ("Any member can stop it alone; most often it is ", *listed(often))
        lead = lead if top > 0 else ("Any member could stop it alone, and in no vote drawn does one",)
    else:
        who, turns = told[0]
        how = "seldom decides" if top < SELDOM else "can decide"
        lead = (f"The vote of one {how}: ", "most often that of ", who, ", in ", turns, " of votes drawn")
    return sentence(*lead, *_won_over(members, title, names), ".")


def _won_over(members: pd.DataFrame, title: str, names: Names) -> tuple[Part, ...]:
    order = rows(members.sort_values(["pivotal", "actor"], ascending=[False, True], kind="stable").head(1))
    share = plain(order[0], "pivotal", method=DRAWN) if order else None
    if share is None or share.value == 0:
        return ()
    what = f"has to be won over, {names.actor(order[0]['actor'])}, {title}"
    won = "; whom any proposal has to win over is most often "
    return won, names.in_text(order[0]["actor"]), " (", Cited(share, what), ")"


def flip_sentence(flips: pd.DataFrame, decision: Row, names: Names) -> Sentence | None:
    """Say what the smallest changes of position are that would turn the outcome at the likeliest state."""
    state = "passes" if bool(decision["at_likeliest"]) else "fails"
    opening = f"If every number were as is likeliest, it {state}; "
    order = rows(flips.sort_values("rank", kind="stable"))
    told: list[Part | tuple[Part, ...]] = []
    for row in order[:2]:
        cost = plain(
            row, "cost", unit="position", method="distance on the item’s scale at the likeliest state"
        )
        who = [names.in_text(actor) for actor in said(row, "actors").split(", ")]
        if cost is None or not who:
            continue
        what = Cited(cost, f"change that turns it, {said(row, 'actors')}, {decision['title']}")
        together = " in all" if len(who) > 1 else ""
        told.append((*listed(who), " by ", what, together))
    if not told:
        return sentence(opening, "no change of members’ votes would turn that.")
    return sentence(opening, "the smallest change of positions that would turn it is of ",
                    *listed(told, last="; without anyone of these, of "), ".")  # fmt: skip


def power_sentence(members: pd.DataFrame, title: str, names: Names) -> Sentence | None:
    """Say what power the rule gives, whatever members want: the same to all, or to whom most and least."""
    order = members.dropna(subset=["power"]).sort_values(
        ["power", "actor"], ascending=[False, True], kind="stable"
    )
    if order.empty:
        return None
    first, last = rows(order)[0], rows(order)[-1]

    def index(row: Row, whose: str) -> Cited:
        return Cited(Number(float(row["power"]), "share", "sourced", source="case", method=INDEX),
                     f"power, {whose}, {title}")  # fmt: skip

    if first["power"] - last["power"] < 1e-9:
        return sentence("The rule gives every member the same power, ", index(first, "each member"),
                        ", whatever its size.")  # fmt: skip
    return sentence(
        "The rule gives most power to ", names.in_text(first["actor"]), " (",
        index(first, names.actor(first["actor"])), ") and least to ", names.in_text(last["actor"]), " (",
        index(last, names.actor(last["actor"])), "), whatever they want.",
    )  # fmt: skip


def other_rule_sentence(decision: Row, others: pd.DataFrame) -> Sentence | None:
    """Say what the rule does: the same members on the same proposal, as decided before under another rule."""
    same = ["item", "bloc", "proposal", "otherwise"]
    held = [row for row in rows(others) if all(row[part] == decision[part] for part in same)]
    now, then = chance(decision), chance(held[0]) if held else None
    if now is None or then is None:
        return None
    how = {
        "above": ", clearly less",
        "below": ", clearly more",
        "alike": "; the intervals overlap",
    }[against(now.number, then.number)]
    return sentence("Under the rule of ", Label(f"‘{held[0]['title']}’"), " it is ", then, f"{how}.")


def hopeful_sentence(decision: Row) -> Sentence | None:
    """Say what the chance is if members expect all others to agree, where that makes a difference."""
    found = plain(decision, "other_passes", method="votes settled from the belief that all others agree")
    if found is None:
        return None
    what = Cited(found, f"chance if all expect the others to agree, {decision['title']}")
    return sentence(
        "It hangs on what members expect of one another: if each expects all others to agree, the chance is ",
        what, ".",
    )  # fmt: skip


def answer_sentence(decision: Row, members: pd.DataFrame, names: Names) -> Sentence | None:
    """Say for the answer whether a decision passes, and who is least likely to vote for it."""
    found = chance(decision)
    if found is None or found.number.low is None or found.number.high is None:
        return None
    word = verdict(found.number.low, found.number.high)
    title = Label(f"‘{decision['title']}’")
    lead: tuple[Part, ...] = ("Whether ", title, f" passes {CANNOT}") if word == "open" else (
        title, ": ", VERDICTS[word])  # fmt: skip
    least = members.sort_values(["yes", "actor"], kind="stable").head(1)
    who = [(", and least likely to vote for it is ", names.in_text(str(each))) for each in least["actor"]]
    return sentence(*lead, ": its chance is ", found, ", by assumed strengths", *(who[0] if who else ()), ".")


def of(frame: pd.DataFrame, decision: Row) -> pd.DataFrame:
    """Return the rows of one decision."""
    return where(frame, decision=decision["decision"])
