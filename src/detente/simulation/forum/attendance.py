"""Who attends a meeting: as the case says, beside what the evidence reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.measurement.ballots import Evidence
from detente.measurement.blocs import members, memberships

if TYPE_CHECKING:
    from detente.cases.forum import Meeting
    from detente.cases.schema import Case

FACTS = """
    SELECT actor, key, value, source, locator FROM facts
    WHERE topic = ? AND date = ? AND actor IS NOT NULL ORDER BY actor, key
"""
ATTENDED = {"took_part": True, "not_invited": False, "stayed_away": False}
"""Keys of facts that tell whether an actor attended."""


@dataclass(frozen=True)
class Attendance:
    """Whether an actor attends, in words, with mark and source; `reported` is what the evidence has."""

    present: bool
    words: str
    mark: str
    source: str
    reported: bool | None = None


def attendance(
    case: Case, meeting: Meeting, *, evidence: Evidence, actors: Sequence[str]
) -> dict[str, Attendance]:
    """Return who of `actors` attends, by actor: the case decides, and the evidence's report stands beside."""
    here = _present(case, meeting, evidence=evidence, actors=actors)
    reports = _reports(case, meeting, evidence=evidence)
    found = {}
    for actor in actors:
        present = actor in here
        report = reports.get(actor)
        if report is not None and report.present == present:
            found[actor] = report
        else:
            words = "attends" if present else "does not attend"
            source = meeting.note or meeting.source or f"the case's list for {meeting.title}"
            found[actor] = Attendance(present, words, "assumed", source, report.present if report else None)
    return found


def _present(case: Case, meeting: Meeting, *, evidence: Evidence, actors: Sequence[str]) -> frozenset[str]:
    """Return those whom the case lets attend; of a bloc, the members of that day."""
    listed = set() if meeting.present else set(actors)
    for name in meeting.present:
        if name in case.blocs:
            listed |= set(members(memberships(case, name, evidence=evidence), meeting.date))
        else:
            listed.add(name)
    return frozenset(listed - set(meeting.absent))


def _reports(case: Case, meeting: Meeting, *, evidence: Evidence) -> Mapping[str, Attendance]:
    if case.forum is None or case.forum.participation is None:
        return {}
    rows = evidence.query(FACTS, (case.forum.participation, meeting.date))
    found = {}
    for row in rows[rows["key"].isin(ATTENDED)].to_dict("records"):
        words = str(row["key"]).replace("_", " ")
        words += f": {row['value']}" if row["value"] not in (None, "yes") else ""
        source = "; ".join(str(row[part]) for part in ("source", "locator") if row[part])
        there = ATTENDED[str(row["key"])]
        found[str(row["actor"])] = Attendance(there, words, "sourced", source, there)
    return found
