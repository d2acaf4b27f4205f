"""Unity over time: how alike the members of each bloc vote, by year, by issue, and beside the ally."""

from __future__ import annotations

import pandas as pd

from detente.briefing.exhibits import Section
from detente.briefing.material import Material
from detente.briefing.names import Names, unit_of
from detente.briefing.prose import Cited, Form, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, counted, day, number, rows, said, where
from detente.briefing.sections import unity_figures
from detente.briefing.sections.unity_figures import ALLY, MEASURE

FEW = "posterior"
"""The reading of an interval that rests on too few roll calls to be drawn again."""
MOST_VOTES_TOLD = 3
HOW_OFTEN = ((0.95, "almost always"), (0.85, "mostly"), (0.7, "often"), (-1.0, "no more than sometimes"))


def latest(cohesion: pd.DataFrame, windows: list[str], **equal: str) -> Row | None:
    """Return the row of the latest named window that has a figure, or None."""
    found = where(cohesion[cohesion["window"].isin(windows)], **equal).dropna(subset=["value"])
    at_hand = {row["window"]: row for row in rows(found)}
    return next((at_hand[key] for key in reversed(windows) if key in at_hand), None)


def earliest(cohesion: pd.DataFrame, windows: list[str], **equal: str) -> Row | None:
    """Return the row of the first named window that has a figure, or None."""
    return latest(cohesion, windows[::-1], **equal)


def cited(row: Row, names: Names, *, form: Form = "interval") -> Cited | None:
    """Return the figure of one row of cohesion with what it is, or None where it cannot be vouched for."""
    found = number(row, unit=unit_of(row["measure"]))
    if found is None:
        return None
    what = (
        f"{names.measure(row['measure'])}, {names.title('blocs', row['bloc'])}, "
        f"{names.title('issues', row['issue'])}, {names.title('windows', row['window'])}"
    )
    return Cited(found, what, form)


def roll_calls(row: Row, names: Names) -> Cited:
    """Return the number of roll calls behind one row of cohesion."""
    what = f"roll calls, {names.title('issues', row['issue'])}, {names.title('windows', row['window'])}"
    return Cited(counted(int(row["roll_calls"]), row["source"]), what)


def how_often(value: float) -> str:
    """Return in words how often members act alike at a value of the agreement index.

    >>> how_often(0.99), how_often(0.6)
    ('almost always', 'no more than sometimes')
    """
    return next(words for least, words in HOW_OFTEN if value >= least)


def general_sentence(now: Row, then: Row | None, names: Names) -> Sentence | None:
    """Say how alike a bloc votes in general, and how that compares with the first window."""
    figure = cited(now, names)
    if figure is None:
        return None
    return sentence(
        "In general, ", names.members(now["bloc"]), f" {how_often(figure.number.value)} vote alike: their "
        "agreement index is ", figure, " over ", roll_calls(now, names), " roll calls (",
        names.label("windows", now["window"]), ")", *_compared(figure, then, now, names),
        ". One would mean that all act alike in every vote.",
    )  # fmt: skip


def bloc_sentence(now: Row, then: Row | None, names: Names) -> Sentence | None:
    """Say, more briefly, the agreement index of a further bloc."""
    figure = cited(now, names)
    if figure is None:
        return None
    return sentence(
        names.members(now["bloc"]), " stand at ", figure, " (", names.label("windows", now["window"]), ")",
        *_compared(figure, then, now, names), ".",
    )  # fmt: skip


def ally_sentence(now: Row, then: Row | None, ally: Label, names: Names) -> Sentence | None:
    """Say how often a bloc's majority votes with the ally, and how that compares with the first window."""
    figure = cited(now, names)
    if figure is None:
        return None
    return sentence(
        "The majority of ", names.members(now["bloc"]), " chose what ", ally, " chose in ", figure,
        " of roll calls (", names.label("windows", now["window"]), ")",
        *_compared(figure, then, now, names), ".",
    )  # fmt: skip


def _compared(figure: Cited, then: Row | None, now: Row, names: Names) -> tuple[Part, ...]:
    before = (
        cited(then, names, form="plain") if then is not None and then["window"] != now["window"] else None
    )
    if then is None or before is None:
        return ()
    change = {"above": "clearly above", "below": "clearly below", "alike": "not clearly apart from"}
    words = f", {change[against(figure.number, before.number)]} the "
    return words, before, " (", names.label("windows", then["window"]), ")"


def vote_clause(vote: Row, names: Names) -> tuple[Part, ...]:
    """Return how those who took part in a vote split: `28 of 28 voted yes on A/RES/68/262 (day)`."""
    choices = {choice: int(vote[choice]) for choice in ("yes", "abstain", "no")}
    most = max(choices, key=lambda choice: choices[choice])
    verb = {"yes": "voted yes", "abstain": "abstained", "no": "voted no"}[most]
    where_held, held = str(vote["resolution"]), day(vote["date"])
    bloc = names.members(vote["bloc"]).text
    with_most = Cited(counted(choices[most], said(vote, "source")), f"{bloc} who {verb} on {where_held}")
    present = Cited(
        counted(sum(choices.values()), said(vote, "source")),
        f"{bloc} who took part in the vote on {where_held}",
    )
    return with_most, " of ", present, f" {verb} on ", Label(where_held), " (", Label(held), ")"


def rival_sentence(votes: pd.DataFrame, issue: str, names: Names) -> Sentence | None:
    """Say how a bloc's members split when the issue of the rival came to a vote."""
    held = rows(votes.sort_values("date", kind="stable").drop_duplicates(["resolution", "date"]))
    if not held:
        return None
    as_one = all(vote["unanimous"] == 1 for vote in held)
    members = names.members(held[0]["bloc"])
    on = ("On ", Label(f"‘{names.title('issues', issue)}’"))
    opening = (
        (*on, ", all ", members, " who took part voted alike: ")
        if as_one
        else (*on, ", ", members, " split: ")
    )
    if len(held) <= MOST_VOTES_TOLD:
        clauses: list[Part | tuple[Part, ...]] = [vote_clause(vote, names) for vote in held]
        return sentence(*opening, *listed(clauses), ".")
    source = ", ".join(sorted({said(vote, "source") for vote in held}))
    unanimous = sum(vote["unanimous"] == 1 for vote in held)
    what = f"votes on {names.title('issues', issue)}"
    return sentence(
        *opening, Cited(counted(unanimous, source), f"unanimous {what}"), " of ",
        Cited(counted(len(held), source), what), " votes were unanimous.",
    )  # fmt: skip


def few_sentence(row: Row, names: Names) -> Sentence | None:
    """Say how little a handful of roll calls allows to conclude; None where there are enough of them."""
    figure = cited(row, names)
    if figure is None or row["interval"] != FEW:
        return None
    return sentence(
        "So few votes tell little of the next: the agreement index that they allow is ", figure, "."
    )


def issues_sentence(found: list[Row], names: Names) -> Sentence | None:
    """Say on which issue a bloc is most and least united."""
    enough = [row for row in found if row["interval"] != FEW]
    told = [(row, figure) for row in enough if (figure := cited(row, names, form="inside")) is not None]
    if len(told) < 2:
        return None
    told.sort(key=lambda pair: pair[1].number.value)
    (low, least), (high, most) = told[0], told[-1]
    clear = against(most.number, least.number) == "above"
    return sentence(
        "By issue, ", names.members(low["bloc"]), " stand closest together on ",
        names.label("issues", high["issue"]), " (", most, ") and furthest apart on ",
        names.label("issues", low["issue"]), " (", least, ")",
        "." if clear else ", though the intervals of the two overlap.",
    )  # fmt: skip


def unity(material: Material) -> Section | None:
    """Return the section on unity over time, or None where no roll call was measured."""
    if material.measures.cohesion.empty:
        return None
    by_issue = [row for bloc in material.case.blocs for row in issues_of(material, bloc, general=True)]
    figures = (
        unity_figures.over_time(material),
        unity_figures.by_issue(material, by_issue),
        unity_figures.sides(material) or unity_figures.with_ally(material),
    )
    return Section(
        "unity",
        "Unity over time",
        tuple(paragraph for bloc in material.case.blocs if (paragraph := _paragraph(material, bloc))),
        tuple(figure for figure in figures if figure is not None),
        (f"Members are those of each date. {_absences(material)}",),
    )


def _absences(material: Material) -> str:
    if material.case.absent == "abstain":
        return "Absence counts as an abstention, by the case's choice."
    return "Absence is set aside and is not read as an abstention."


def _paragraph(material: Material, bloc: str) -> tuple[Sentence, ...]:
    cohesion, names, windows = material.measures.cohesion, material.names, material.windows
    told: list[Sentence | None] = []
    if bloc != next(iter(material.case.blocs)):
        asked = {"bloc": bloc, "measure": MEASURE, "issue": material.general}
        now = latest(cohesion, windows, **asked)
        told.append(bloc_sentence(now, earliest(cohesion, windows, **asked), names) if now else None)
    told.append(issues_sentence(issues_of(material, bloc, general=False), names))
    if bloc != beside_ally(material):
        told.append(with_ally(material, bloc))
    return tuple(each for each in told if each is not None)


def beside_ally(material: Material) -> str | None:
    """Return the bloc to set beside the ally: one that the case compares with it, or else the last one."""
    case = material.case
    for each in case.compare.values():
        if case.ally in each.sides:
            return next((side for side in each.sides if side in case.blocs), None)
    return list(case.blocs)[-1] if case.ally else None


def with_ally(material: Material, bloc: str) -> Sentence | None:
    """Return the sentence on how often a bloc's majority votes with the ally, or None without an ally."""
    cohesion, names, windows = material.measures.cohesion, material.names, material.windows
    asked = {"bloc": bloc, "measure": ALLY, "issue": material.general}
    now = latest(cohesion, windows, **asked)
    if now is None or material.case.ally is None:
        return None
    return ally_sentence(now, earliest(cohesion, windows, **asked), names.in_text(material.case.ally), names)


def issues_of(material: Material, bloc: str, *, general: bool) -> list[Row]:
    """Return the latest row of each issue of a bloc; without the general one where `general` is false."""
    asked = {"bloc": bloc, "measure": MEASURE}
    windows = material.windows
    found = (
        latest(material.measures.cohesion, windows, issue=issue, **asked)
        for issue in material.case.issues
        if general or issue != material.general
    )
    return [row for row in found if row is not None]
