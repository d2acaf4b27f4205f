"""What moved unity: members that joined or left, the agenda, and members' own votes, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor

import pandas as pd

from detente.briefing.charts import waterfall
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Part, Sentence, listed, sentence
from detente.briefing.reading import Row, rows, said, where
from detente.briefing.sections import changes_sentences as say
from detente.briefing.sections.changes_sentences import INDEX, Account
from detente.measurement.changes import (
    ADDED,
    AFTER,
    AGENDA,
    BEFORE,
    IN_ORDER,
    JOINING,
    LEAVING,
    MEASURE,
    OWN,
    UNDIVIDED,
)
from detente.numbers import figure

BEHIND = "Figures behind this chart"
OVERALL = "changes_overall"
"""Key of the figure whose file holds every change."""
STEPS = {
    JOINING: "members that joined",
    LEAVING: "members that left",
    AGENDA: "mix of votes held",
    OWN: "own votes, same texts",
    UNDIVIDED: "agenda or own votes",
}
"""What each part of a change is called beside its bar."""
ROOM = 0.18
"""Share of the horizontal axis that is kept free for what is written beside the bars."""
COLUMNS = (
    Column("series", "Bloc"),
    Column("name", "Issue"),
    Column("since", "From"),
    Column("to", "To"),
    Column("part", "Part"),
    Column("value", "Value", INDEX),
    Column("low", "Low", INDEX),
    Column("high", "High", INDEX),
    Column("recurring", "Rests on", "count"),
    Column("mark", "Mark"),
    Column("source", "Source"),
)
READING = (
    "Dots are the agreement index before and after; each bar starts where the one above ends. Blue adds, "
    "rust takes away; grey is a change on other texts than those known to have come back unchanged, where "
    "the agenda and members’ own votes cannot be told apart. The thin line is an interval of {confidence} "
    "for the end of the bar: where it reaches back to the start, the part may be nothing."
)
RESTS = (
    "The last rows of a change are no parts of it: mean changes on the same texts and under the same titles, "
    "and the change at the pace of same texts. Each rests on so many texts, titles or pairs of votes; beside "
    "the parts stands how many texts came to a vote in both windows."
)
NOTE = (
    "Who belongs to both windows is held constant; joining and leaving are what the others add, by their "
    "dates of membership. The mix is each resolution’s and each issue’s share of the votes. Own votes are "
    "counted only on texts that Bailey, Strezhnev and Voeten matched from session to session: a title is not "
    "enough, as votes under one title move more than twice as much from one session to the next where the "
    "text is not known to be the same. Parts add up to the change."
)


def changes(material: Material) -> Section | None:
    """Return the section on what moved unity, or None where no two windows can be compared."""
    whole, latest = overall(material), in_the_last_step(material)
    told = [account for account in latest if account.is_clear]
    figures = (
        _figure(OVERALL, "What moved unity in general", whole, material),
        _figure("changes_latest", "What moved unity in the last step, by issue", told, material),
    )
    drawn = tuple(each for each in figures if each is not None)
    if not drawn:
        return None
    names, steady = material.names, [account for account in latest if not account.is_clear]
    by_bloc = [[each for each in told if each.bloc == bloc] for bloc in material.case.blocs]
    paragraphs = (
        (*_told(whole, names), *on_what_recurs(whole, names)),
        *(_told(each, names) for each in by_bloc),
        (*on_what_recurs(told, names), *_present(steady_sentence(steady, names))),
    )
    basis = " ".join(
        f"Changes come from {key}." for key in dict.fromkeys(material.measures.bloc_changes["basis"])
    )
    return Section(
        "changes", "What moved unity", tuple(part for part in paragraphs if part), drawn, (NOTE, basis)
    )


def overall(material: Material) -> list[Account]:
    """Return each bloc's change in general, over the widest stretch of windows that is told."""
    found = []
    for bloc in material.case.blocs:
        accounts = accounts_of(material, bloc, material.general)
        if accounts:
            found.append(max(accounts, key=lambda account: _breadth(account, material)))
    return found


def in_the_last_step(material: Material) -> list[Account]:
    """Return the latest change from window to window by bloc and issue, without blocs carved out of others.

    What `overall` tells is left out.
    """
    told = overall(material)
    found = []
    for bloc, spec in material.case.blocs.items():
        for issue in material.case.issues if spec.of is None else ():
            steps = [each for each in accounts_of(material, bloc, issue) if not each.in_steps]
            if steps and steps[-1] not in told:
                found.append(steps[-1])
    return found


def accounts_of(material: Material, bloc: str, issue: str) -> list[Account]:
    """Return the changes of a bloc on an issue, in order of time."""
    held = where(material.measures.bloc_changes, bloc=bloc, issue=issue)
    return [
        Account(
            bloc, issue, one, two,
            {str(row["part"]): row for row in rows(where(held, window=one, next_window=two))},
            general=issue == material.general,
            in_steps=(one, two) not in set(pairwise(material.case.windows)),
        )
        for one, two in dict.fromkeys(zip(held["window"], held["next_window"], strict=True))
    ]  # fmt: skip


def steady_sentence(accounts: Sequence[Account], names: Names) -> Sentence | None:
    """Name the blocs and issues without a clear change in the last step; None where there are none."""
    by_bloc: dict[str, list[Part | tuple[Part, ...]]] = {}
    for account in accounts:
        by_bloc.setdefault(account.bloc, []).append(names.label("issues", account.issue))
    if not by_bloc:
        return None
    clauses: list[Part | tuple[Part, ...]] = [
        (names.members(bloc), " on ", *listed(issues)) for bloc, issues in by_bloc.items()
    ]
    return sentence("No clear change since the window before: ", *listed(clauses, last="; "), ".")


def _breadth(account: Account, material: Material) -> tuple[int, int]:
    """Return how many windows a change spans, and where it ends: the widest comes last, then the latest."""
    keys = list(material.case.windows)
    first, last = keys.index(account.window), keys.index(account.next_window)
    return last - first, last


def on_what_recurs(accounts: Sequence[Account], names: Names) -> tuple[Sentence, ...]:
    """Return what is said of texts that came back unchanged, over all of these changes."""
    told = (say.pace_sentence, say.untold_sentence)
    return _present(*(each(accounts, names) for each in told))


def _told(accounts: Sequence[Account], names: Names) -> tuple[Sentence, ...]:
    windows = [(account.window, account.next_window) for account in accounts]
    return _present(
        *(
            say.change_sentence(account, names, first=place == 0 or windows[place] != windows[place - 1])
            for place, account in enumerate(accounts)
        )
    )


def _present(*told: Sentence | None) -> tuple[Sentence, ...]:
    return tuple(each for each in told if each is not None)


def _figure(key: str, title: str, accounts: Sequence[Account], material: Material) -> Figure | None:
    drawn = [(account, steps(account)) for account in accounts if AFTER in account.parts]
    drawn = [(account, frame) for account, frame in drawn if len(frame)]
    if not drawn:
        return None
    names = material.names
    every = pd.concat([frame for _, frame in drawn])[["start", "end", "low", "high"]]
    least, most = float(every.min().min()), float(every.max().max())
    domain = (floor(least * 50) / 50, ceil((most + ROOM * (most - least)) * 50) / 50)
    panels = [
        Panel(
            waterfall(frame, title=names.measure(MEASURE), domain=domain),
            f"{names.title('blocs', account.bloc)}: {names.title('issues', account.issue)}",
        )
        for account, frame in drawn
    ]
    windows = dict.fromkeys(
        f"{names.title('windows', each.window)} to {names.title('windows', each.next_window)}"
        for each in accounts
    )
    return Figure(
        key,
        title,
        f"How the agreement index went from one window to another ({'; '.join(windows)}), part by part.",
        READING.format(confidence=material.confidence),
        tuple(panels),
        _table(key, accounts, material, whole=key == OVERALL),
    )


def steps(account: Account) -> pd.DataFrame:
    """Return the bars of one change: from the level before, by its parts, to the level after.

    Joining and leaving are left out where nobody joined or left.
    """
    found = [_level("before", account.parts[BEFORE])]
    at = float(account.parts[BEFORE]["value"])
    for part in ADDED:
        row = account.parts.get(part)
        if row is not None and not (part in (JOINING, LEAVING) and not said(row, "actors")):
            value, low, high = (float(row[name]) for name in ("value", "low", "high"))
            kind = "open" if part == UNDIVIDED else "up" if value > 0 else "down"
            plus = "+" if value > 0 else ""
            found.append(
                {
                    "name": STEPS[part], "kind": kind, "start": at, "end": at + value, "low": at + low,
                    "high": at + high, "shown": f"{plus}{figure(value, INDEX)}",
                }
            )  # fmt: skip
            at += value
    return pd.DataFrame([*found, _level("after", account.parts[AFTER])])


def _level(name: str, row: Row) -> dict[str, object]:
    value = float(row["value"])
    return {
        "name": name, "kind": "level", "start": value, "end": value, "low": float(row["low"]),
        "high": float(row["high"]), "shown": figure(value, INDEX),
    }  # fmt: skip


def _table(key: str, accounts: Sequence[Account], material: Material, *, whole: bool) -> Table:
    """Return the parts of these changes; with `whole`, the file holds those of all others too."""
    names, frame = material.names, material.measures.bloc_changes
    frame = frame.assign(
        series=[names.title("blocs", bloc) for bloc in frame["bloc"]],
        name=[names.title("issues", issue) for issue in frame["issue"]],
        since=[names.title("windows", window) for window in frame["window"]],
        to=[names.title("windows", window) for window in frame["next_window"]],
    )
    named = list(zip(frame["bloc"], frame["issue"], frame["window"], frame["next_window"], strict=True))
    order = {change: place for place, change in enumerate(dict.fromkeys(named))}
    parts = [(order[change], IN_ORDER.index(part)) for change, part in zip(named, frame["part"], strict=True)]
    wanted = {(each.bloc, each.issue, each.window, each.next_window) for each in accounts}
    told = sorted(range(len(frame)), key=lambda row: parts[row])
    frame, shown = frame.iloc[told], frame.iloc[[row for row in told if named[row] in wanted]]
    if not whole:
        return Table(key, BEHIND, shown, COLUMNS, RESTS)
    note = f"{RESTS} The file holds every bloc, issue and pair of windows."
    return Table(key, BEHIND, frame, COLUMNS, note, display=shown)
