"""Sentences on meetings: what is assumed, who attends, who is disappointed, and which misperception tells."""

from __future__ import annotations

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, counted, rows, said, where
from detente.briefing.sections.outcome_numbers import plain, ranged
from detente.numbers import Number

TOLD = 3
"""How many of the most disappointed are named."""
BELIEFS = {
    "hope": ("how far others are believed nearer than they are", "position"),
    "esteem": ("how far those near are believed to care more", "position"),
}
"""Assumptions on beliefs, each with what it is and its unit."""
GREW = {"above": "has clearly grown", "below": "has clearly shrunk", "alike": "has not clearly changed"}
HALF = 0.5
SHARE_OF = "part of the disappointment that is gone if this alone is seen as it is; parts need not add up"


def assumed_sentence(assumed: pd.DataFrame, names: Names) -> Sentence | None:
    """Say that beliefs are assumed, and how far off they are taken to be, by every meeting's common lines."""
    common = assumed[assumed["part"].str.fullmatch(r"forum(\.meetings\.[^.]+)?\.perception")]
    first = common.drop_duplicates("what")
    told: list[Part | tuple[Part, ...]] = []
    for row in rows(first[first["what"].isin(list(BELIEFS))]):
        what, unit = BELIEFS[str(row["what"])]
        found = ranged({**row, "mark": "assumed", "source": row["reason"]}, "value", own=False, unit=unit)
        if found is not None:
            told.append((what, " is set at ", Cited(found, f"{what}, assumed of all", "interval")))
    if not told:
        return None
    apart = assumed[assumed["part"].str.contains(r"\.own\.", regex=True)]["part"].str.split(".").str[-1]
    own = [names.in_text(actor) for actor in dict.fromkeys(apart)]
    return sentence(
        "What actors believe of one another is assumed, not measured: from zero to one, ", *listed(told),
        *((", and otherwise for ", *listed(own)) if own else ()),
        ". Disappointments below show whose hopes would be off most, and about what; that hopes are off at "
        "all is put in.",
    )  # fmt: skip


def attendance_sentence(meeting: pd.DataFrame, names: Names) -> Sentence | None:
    """Say how many attend, of how many that is reported, and who is absent and why."""
    if meeting.empty:
        return None
    there, away = meeting[meeting["present"].astype(bool)], meeting[~meeting["present"].astype(bool)]
    title = str(meeting["meeting_title"].iloc[0])
    reported = there[there["attendance_mark"] == "sourced"]
    source = ", ".join(sorted(set(reported["attendance_source"]))) or "case"
    absent: list[Part | tuple[Part, ...]] = []
    for row in rows(away):
        words = said(row, "attendance").split(":")[0]
        held = "" if row["attendance_mark"] == "sourced" else ", as the case assumes"
        absent.append((names.in_text(row["actor"]), " (", Label(words + held), ")"))
    missing: tuple[Part, ...] = ("; absent, and without a voice: ", *listed(absent)) if absent else ()
    return sentence(
        Label(title), ": of ", Cited(counted(len(meeting), "case"), f"actors, {title}"), " actors ",
        Cited(counted(len(there), "case"), f"actors who attend, {title}"), " are taken to attend, which is "
        "reported of ", Cited(counted(len(reported), source), f"actors reported to attend, {title}"),
        *missing, ".",
    )  # fmt: skip


def disappointed_sentence(meeting: pd.DataFrame, names: Names) -> Sentence | None:
    """Say whose disappointment over all items is largest, whether clearly so, and how many are pleased."""
    order = meeting.sort_values(["disappointment", "actor"], ascending=[False, True], kind="stable")
    sure = order[order["disappointment_low"] > 0]
    if order.empty:
        return None
    if sure.empty:
        return sentence("It cannot be told of anyone that it would be disappointed: all intervals hold zero.")
    told = [(row, found) for row in rows(sure.head(TOLD)) if (found := _lost(row, names))]
    if not told:
        return None
    named: list[Part | tuple[Part, ...]] = [
        (*_who(row["actor"], bool(row["present"]), names), " (", found, ")") for row, found in told
    ]
    clear = ""
    if len(told) > 1:
        first, second = told[0][1].number, told[1][1].number
        clear = ", the first clearly more than the next" if against(first, second) == "above" else (
            ", in an order that is open")  # fmt: skip
    return sentence(
        "Clearly disappointed are ", *_count(len(sure), len(order), str(order["meeting_title"].iloc[0])),
        "; most of all ", *listed(named), clear, *_pleased(order), ".",
    )  # fmt: skip


def _count(some: int, every: int, title: str) -> tuple[Part, ...]:
    how = "intervals of disappointment wholly above zero; beliefs are assumed"
    found = Number(float(some), "count", "assumed", method=how)
    return (
        Cited(found, f"actors clearly disappointed, {title}"),
        " of ",
        Cited(counted(every, "case"), f"actors, {title}"),
    )


def _pleased(order: pd.DataFrame) -> tuple[Part, ...]:
    pleased = int((order["disappointment_high"] < 0).sum())
    if not pleased:
        return ("; nobody is clearly pleased",)
    found = Number(
        float(pleased), "count", "assumed", method="intervals wholly below zero; beliefs are assumed"
    )
    what = f"actors clearly pleased, {order['meeting_title'].iloc[0]}"
    return "; clearly pleased: ", Cited(found, what)


def _who(actor: str, present: bool, names: Names) -> tuple[Part, ...]:
    return (names.in_text(actor), *(() if present else (", absent",)))


def _lost(row: Row, names: Names) -> Cited | None:
    found = ranged(row, "disappointment", unit="utility")
    what = f"disappointment, {names.actor(str(row['actor']))}, {row['meeting_title']}"
    return Cited(found, what, "inside") if found else None


def cause_sentence(
    told: pd.DataFrame, forum: pd.DataFrame, powers: tuple[str | None, str], names: Names
) -> Sentence | None:
    """Say what disappoints each of those told of most, and which misperception explains most of that."""
    parts: list[Part] = []
    for row in rows(told):
        at = where(forum, meeting=row["meeting"], item=row["worst_item"], actor=row["actor"])
        for cell in rows(at):
            clause = _cause(cell, powers, names)
            parts += [*((" ",) if parts and clause else ()), *clause]
    return sentence(*parts) if parts else None


def _cause(cell: Row, powers: tuple[str | None, str], names: Names) -> tuple[Part, ...]:
    actor, title = names.in_text(str(cell["actor"])), str(cell["title"])
    expected, came = ranged(cell, "expectation"), ranged(cell, "outcome")
    if expected is None or came is None:
        return ()
    of = f"{names.actor(str(cell['actor']))}, {title}, {cell['meeting_title']}"
    lead: tuple[Part, ...] = (
        Label(actor.text[:1].upper() + actor.text[1:]), " expects ",
        Cited(expected, f"expectation, {of}", "interval"), " on ", Label(f"‘{title}’"), " where ",
        Cited(came, f"outcome of the meeting, {title}, {cell['meeting_title']}", "interval"), " comes out",
    )  # fmt: skip
    quantity, share = said(cell, "explained_by"), plain(cell, "share", method=SHARE_OF)
    if not quantity or share is None:
        return (*lead, "; no single misperception explains it.")
    seen = Cited(share, f"part explained by {quantity.replace('_', ' ')}, {of}")
    much = "most of it, " if share.value > HALF else "the largest part, "
    return (*lead, "; ", much, seen, ", for it misjudges ", *_seen(quantity, powers, names), ".")


def _seen(quantity: str, powers: tuple[str | None, str], names: Names) -> tuple[Part, ...]:
    """Return a misperceived quantity in words."""
    ally, rival = powers
    if quantity == "position_ally":
        return "where ", names.in_text(ally) if ally else "the ally", " stands"
    if quantity == "position_rival_side":
        return "where ", names.in_text(rival), " and those on its side stand"
    return {
        "position_others": ("where the others stand",),
        "salience": ("how much others care",),
        "capability": ("what weight others carry",),
    }[quantity]


def change_sentence(meetings: pd.DataFrame, names: Names) -> Sentence | None:
    """Say how disappointment changed since the meeting before, of those most disappointed at the last one."""
    dates = sorted(set(meetings["date"]))
    if len(dates) < 2:
        return None
    now, then = (where(meetings, date=date) for date in (dates[-1], dates[-2]))
    changed: dict[str, list[Part | tuple[Part, ...]]] = {}
    for row in rows(now.sort_values("disappointment", ascending=False, kind="stable").head(TOLD)):
        before = next(iter(rows(where(then, actor=row["actor"]))), None)
        last, first = _lost(row, names), _lost(before, names) if before else None
        if last and first:
            how = GREW[against(last.number, first.number)]
            changed.setdefault(how, []).append(names.in_text(row["actor"]))
    if not changed:
        return None
    title = Label(str(then["meeting_title"].iloc[0]))
    clauses = [(f"{how} for ", *listed(who)) for how, who in changed.items()]
    return sentence("Since ", title, ", disappointment ", *listed(clauses, last="; and it "), ".")
