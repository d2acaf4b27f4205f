"""The votes that a case's ideal points rest on, and the calendar of their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem
from detente.measurement.ballots import Evidence

if TYPE_CHECKING:
    from detente.cases.schema import Case

CALENDAR = ["session", "year", "middle", "roll_calls"]
AT_HAND = "SELECT count(*) AS n FROM roll_calls WHERE origin <> 'shipped' AND date <= ?"


class Lineage(Protocol):
    """Who continues whom."""

    @property
    def codes(self) -> Sequence[str]:
        """All codes."""

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return the actor and those that it continues, latest first."""


@dataclass(frozen=True)
class Chosen:
    """The votes as the engine takes them, the pairs of roll calls that recur, and the calendar of sessions.

    `calendar`: session, year, middle (the day of the session's middle roll call), roll_calls. `words` say
    which roll calls were chosen, `account` what was left out (reason, roll_calls).
    """

    votes: pd.DataFrame
    links: pd.DataFrame
    calendar: pd.DataFrame
    words: str
    account: pd.DataFrame
    source: str


def heirs(gazetteer: Lineage) -> dict[str, str]:
    """Return, for every former actor, the latest that continues it; none where several would.

    >>> from detente.evidence.actors import Gazetteer
    >>> heirs(Gazetteer.load())["YUG"]
    'SRB'
    """
    lines = [gazetteer.lineage(code) for code in gazetteer.codes]
    continued = {before for line in lines for before in line[1:]}
    found: dict[str, set[str]] = {}
    for latest, *former in lines:
        for before in former if latest not in continued else ():
            found.setdefault(before, set()).add(latest)
    return {before: codes.pop() for before, codes in found.items() if len(codes) == 1}


def at_hand(case: Case, evidence: Evidence) -> int:
    """Return how many roll calls the evidence has up to `as_of`, single ones among shipped facts left out."""
    return int(evidence.query(AT_HAND, (case.as_of,))["n"].iloc[0])


def choose(case: Case, evidence: Evidence) -> Chosen:
    """Return the votes that the case's ideal points ask for, former actors under those that continue them.

    Raises MeasurementError where the evidence has none of them.
    """
    from detente.measurement.idealpoints.choosing import Selection, select_votes

    spec = case.ideal_points
    assert spec is not None
    issue = case.issues[spec.issue] if spec.issue else None
    found = select_votes(
        evidence,
        Selection(
            issues=issue.codes if issue else (),
            resolutions=issue.resolutions if issue else (),
            important=spec.important,
            final_only=spec.final_only,
            end=case.as_of,
        ),
    )
    days = calendar(found.votes)
    clock = days["session"] if spec.by_session else days["year"]
    kept = days[clock.between(spec.since or clock.min(), spec.until or clock.max())].reset_index(drop=True)
    if kept.empty:
        span = f"from {spec.since or 'the first'} to {spec.until or 'the last'}"
        hint = f"the votes run from {clock.min()} to {clock.max()}"
        raise MeasurementError(Problem("since and until", f"no roll call was held {span}", hint))
    votes = found.votes[found.votes["session"].isin(kept["session"])]
    return Chosen(votes, found.links, kept, found.words, found.account, _source(evidence, votes))


def _source(evidence: Evidence, votes: pd.DataFrame) -> str:
    sql = "SELECT DISTINCT source FROM roll_calls WHERE roll_call IN (SELECT unnest(?::VARCHAR[])) ORDER BY 1"
    return ", ".join(evidence.query(sql, (votes["roll_call"].unique().tolist(),))["source"])


def calendar(votes: pd.DataFrame) -> pd.DataFrame:
    """Return the calendar of the sessions in which `votes` (roll_call, session, date) were cast.

    Where the sessions are yearly, a session's year follows from its number, though its roll calls may run
    into the next one or begin late; elsewhere it is the year of its middle roll call.

    >>> votes = pd.DataFrame({"roll_call": range(4), "session": [1, 1, 2, 2],
    ...     "date": pd.to_datetime(["1946-02-01", "1946-12-01", "1947-11-01", "1948-01-10"])})
    >>> calendar(votes)["year"].tolist()
    [1946, 1947]
    """
    calls = votes.drop_duplicates("roll_call").dropna(subset="session").sort_values(["date", "roll_call"])
    by = calls.groupby("session")["date"]
    found = by.agg(first="min", roll_calls="size").reset_index()
    middle = pd.to_datetime(pd.Series([days.iloc[len(days) // 2] for _, days in by], dtype=object))
    session = found["session"].to_numpy(dtype=np.int64)
    first = pd.to_datetime(found["first"]).dt.year.to_numpy(dtype=np.int64)
    offset = int(np.median(first - session)) if len(found) else 0
    yearly = bool(np.mean(np.abs(first - session - offset) <= 1) > 0.9) if len(found) else False
    year = session + offset if yearly else middle.dt.year.to_numpy(dtype=np.int64)
    return found.assign(session=session, year=year, middle=middle)[CALENDAR]
