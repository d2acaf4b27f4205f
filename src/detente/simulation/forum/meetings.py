"""The meetings of a case's forum, item by item: expectation, outcome, disappointment and what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement.ballots import Evidence
from detente.measurement.missing import Missing
from detente.simulation.agenda.bargains import told
from detente.simulation.agenda.readings import assumed
from detente.simulation.agenda.table import Cells, Table
from detente.simulation.forum.attendance import Attendance, attendance
from detente.simulation.forum.expectations import QUANTITIES, Asked, Heard, hear
from detente.simulation.forum.perceptions import Bools, Floats, lens, stated
from detente.simulation.frames import framed

if TYPE_CHECKING:
    from detente.cases.forum import Meeting

SOURCE = "weighted mean of what each believes of those present; beliefs are assumed"
MOST_DRAWS = 500
"""Beliefs are held in the first so many draws at most: each is a table of everyone about everyone."""

NOTHING = 1e-9
"""A disappointment whose interval comes nearer to 0 than this is none that needs an explanation."""

Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class _Told:
    """What is being told of one meeting."""

    key: str
    meeting: Meeting
    table: Table
    who: Mapping[str, Attendance]
    rows: Rows = field(default_factory=lambda: {name: [] for name in ("forum", "meetings", "misperceptions")})


def meet(
    table: Table, *, evidence: Evidence, draws: int, seed: int
) -> tuple[dict[str, pd.DataFrame], list[Missing]]:
    """Return the tables `forum`, `meetings` and `misperceptions` of `frames.FRAMES`, and what is missing."""
    rows: Rows = {"forum": [], "meetings": [], "misperceptions": []}
    missing: list[Missing] = []
    meetings = table.case.forum.meetings if table.case.forum else {}
    draws = min(draws, MOST_DRAWS)
    for key, meeting in meetings.items():
        actors = sorted({actor for item in meeting.items for actor in table.cells[item].actors})
        who = attendance(table.case, meeting, evidence=evidence, actors=actors)
        now = _Told(key, meeting, table, who)
        heard: dict[str, tuple[Cells, Heard]] = {}
        for item in meeting.items:
            cells = _of_the_day(now, item)
            if not any(who[actor].present for actor in cells.actors):
                missing.append(Missing("forum", f"{key}: {item}", "nobody who is placed on it attends"))
                continue
            missing += _unheard(now, cells)
            heard[item] = cells, hear(_asked(now, cells, draws=draws, seed=seed), seed=seed)
            _tell_item(now, *heard[item])
        _tell_meeting(now, heard)
        for name, found in now.rows.items():
            rows[name] += found
    return {name: framed(name, found) for name, found in rows.items()}, missing


def _of_the_day(now: _Told, item: str) -> Cells:
    """Return an item's cells, positions as the case states them for the meeting."""
    changes = {actor: assumed(each) for actor, each in now.meeting.but.get(item, {}).items()}
    return now.table.cells[item].but(changes)


def _asked(now: _Told, cells: Cells, *, draws: int, seed: int) -> Asked:
    forum = now.table.case.forum
    assert forum is not None
    present = np.flatnonzero([now.who[actor].present for actor in cells.actors])
    voices = [cells.actors[place] for place in present]
    how = lens(forum, now.key, observers=cells.actors, draws=draws, seed=seed)
    outright = stated(forum, now.key, cells.item, observers=cells.actors, voices=voices)
    return Asked(
        item=cells.item,
        everyone=cells.drawn(draws, seed=seed),
        present=present,
        sides=sides(cells, now.table.case.ally, now.table.case.rival),
        lens=replace(how, stated=outright),
    )


def _unheard(now: _Told, cells: Cells) -> Iterator[Missing]:
    """Yield who is seen outright and has no voice on an item, so that it makes no difference."""
    assert now.table.case.forum is not None
    usual, own = now.table.case.forum.perceptions(now.key)
    seen = {actor for each in (usual, *own.values()) for actor in each.seen.get(cells.item, {})}
    voices = {actor for actor in cells.actors if now.who[actor].present}
    if silent := ", ".join(sorted(seen - voices)):
        yield Missing("forum", f"{now.key}: {cells.item}", f"has no voice, wherever it is seen: {silent}")


def sides(cells: Cells, ally: str | None, rival: str) -> Bools:
    """Return who is the ally, who is on the rival's side, and who is neither: (actors, 3).

    On the rival's side are those whose likeliest position is nearer to the rival's than to the ally's, where
    both have one; else the rival alone.
    """
    where = dict(zip(cells.actors, (each.value for each in cells.readings["position"]), strict=True))
    found = np.zeros((len(cells.actors), 3), dtype=bool)
    for row, actor in enumerate(cells.actors):
        nearer = actor == rival
        if ally in where and rival in where:
            nearer = abs(where[actor] - where[rival]) < abs(where[actor] - where[ally])
        found[row, 0 if actor == ally else 1 if nearer else 2] = True
    return found


def _tell_item(now: _Told, cells: Cells, heard: Heard) -> None:
    agenda = now.table.case.agenda
    assert agenda is not None
    outcome, expected = told(heard.outcome), told(heard.expectation)
    lost, causes = told(heard.disappointment), told(np.moveaxis(heard.explained, 1, 0))
    for column, actor in enumerate(cells.actors):
        named = {"meeting": now.key, "item": cells.item, "actor": actor}
        felt = lost[1, column] > NOTHING or lost[2, column] < -NOTHING
        share = causes[0, :, column] / lost[0, column] if felt else np.full(len(QUANTITIES), np.nan)
        first = int(np.argmax(share)) if felt and share.max() > 0 else None
        now.rows["forum"].append(
            {**_heading(now, actor), **named, "title": agenda.items[cells.item].title,
             "position": cells.readings["position"][column].value,
             **_interval("expectation", expected[:, column]), **_interval("outcome", outcome),
             **_interval("disappointment", lost[:, column]),
             "explained_by": "" if first is None else QUANTITIES[first],
             "share": np.nan if first is None else share[first]}
        )  # fmt: skip
        now.rows["misperceptions"] += [
            {**named, "quantity": quantity, "explained": value, "low": low, "high": high, "share": part,
             "mark": "assumed", "source": SOURCE}
            for quantity, (value, low, high), part in zip(
                QUANTITIES, causes[:, :, column].T, share, strict=True
            )
            if felt
        ]  # fmt: skip


def _tell_meeting(now: _Told, heard: Mapping[str, tuple[Cells, Heard]]) -> None:
    """Tell the disappointment of each actor over all items of the meeting."""
    for actor, there in now.who.items():
        lost = {
            item: found.disappointment[:, cells.actors.index(actor)]
            for item, (cells, found) in heard.items()
            if actor in cells.actors
        }
        if lost:
            now.rows["meetings"].append(
                {**_heading(now, actor), "attendance": there.words, "attendance_mark": there.mark,
                 "attendance_source": there.source,
                 **_interval("disappointment", told(np.sum(list(lost.values()), axis=0))),
                 "worst_item": max(lost, key=lambda item: float(lost[item].mean()))}
            )  # fmt: skip


def _heading(now: _Told, actor: str) -> dict[str, object]:
    return {
        "meeting": now.key,
        "meeting_title": now.meeting.title,
        "date": pd.Timestamp(now.meeting.date),
        "actor": actor,
        "group": now.table.groups.get(actor, "other"),
        "present": now.who[actor].present,
        "mark": "assumed",
        "source": SOURCE,
    }


def _interval(name: str, values: Floats) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
