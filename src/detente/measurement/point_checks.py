"""What a case's ideal points ask for that neither the evidence nor the shipped estimates can give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.evidence.actors import Gazetteer
from detente.measurement import casting, shipped_points
from detente.measurement.ballots import Evidence
from detente.measurement.findings import Finding
from detente.measurement.missing import PULL_VOTES

if TYPE_CHECKING:
    from detente.cases.schema import Case

WHERE = "ideal_points"
PULL_SERIES = "type: detente data pull unga_ideal_points"
VOTING = """
    SELECT DISTINCT actor FROM votes JOIN roll_calls USING (roll_call)
    WHERE roll_calls.origin <> 'shipped' AND date <= ? AND vote <> 'absent'
"""
SESSIONS = """
    SELECT session, min(date) AS date, any_value(roll_call) AS roll_call FROM roll_calls
    WHERE origin <> 'shipped' AND date <= ? AND session IS NOT NULL GROUP BY session
"""
PUBLISHED = "SELECT DISTINCT name FROM indicators WHERE list_contains(?::VARCHAR[], name)"


def point_findings(case: Case, evidence: Evidence) -> Iterator[Finding]:
    """Yield what keeps the ideal points of a case from being estimated, or from being compared."""
    spec = case.ideal_points
    if spec is None:
        return
    if shipped_points.preferred(case, evidence):
        if not shipped_points.usual(case):
            what = "the evidence has no roll calls, and the estimates that ship are of all of them, as usual"
            yield Finding("warning", WHERE, what, PULL_VOTES)
            return
        voting = set(shipped_points.read(shipped_points.POINTS)["actor"])
    else:
        voting = set(evidence.query(VOTING, (case.as_of,))["actor"])
        yield from _window(case, evidence)
    who = Gazetteer.load()
    joined = casting.heirs(who)
    voting |= {joined.get(actor, actor) for actor in voting}
    if spec.positive in who.actors and joined.get(spec.positive, spec.positive) not in voting:
        what = f"{spec.positive!r} never votes, so that it cannot fix the sign"
        yield Finding("error", f"{WHERE}.positive", what, "name an actor that votes in these roll calls")
    held = set(evidence.query(PUBLISHED, (list(spec.published or ()),))["name"])
    lacking = [name for name in spec.published or () if name not in held]
    if lacking:
        what = f"the evidence does not have {', '.join(lacking)} to compare with"
        yield Finding("note", f"{WHERE}.published", what, PULL_SERIES)


def _window(case: Case, evidence: Evidence) -> Iterator[Finding]:
    """Yield the window in which no session was held."""
    spec = case.ideal_points
    assert spec is not None
    days = casting.calendar(evidence.query(SESSIONS, (case.as_of,)))
    clock = days["session"] if spec.by_session else days["year"]
    if not clock.between(spec.since or clock.min(), spec.until or clock.max()).any():
        what = f"no roll call was held from {spec.since or 'the first'} to {spec.until or 'the last'}"
        hint = f"the evidence has roll calls from {clock.min()} to {clock.max()}"
        yield Finding("warning", f"{WHERE}.{'since' if spec.since else 'until'}", what, hint)
