"""Roll calls with labels: who voted how, who was absent, and which roll calls count for which issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.evidence.tables import VOTES

if TYPE_CHECKING:
    from detente.cases.schema import Issue

Codes = NDArray[np.int8]
Mask = NDArray[np.bool_]

MISSING = -1
ABSTAIN = VOTES.index("abstain")
ABSENT = VOTES.index("absent")


class Evidence(Protocol):
    """What this room asks of the evidence: tables in SQL, and a digest of what they hold."""

    @property
    def digest(self) -> str:
        """Hexadecimal digest of the data."""

    def query(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """Return the answer to a query over the tables of `detente.evidence.tables`."""


@dataclass(frozen=True)
class Ballots:
    """Votes of some actors in some roll calls.

    `codes` (actors, roll calls): yes 0, abstain 1, no 2, missing -1. `seated`, of the same shape: the actor
    took part in the body's session, so that a missing vote is an absence. `roll_calls` has one row for each
    column of `codes`, in order of time: roll_call, date, session (a number that no other body's session
    shares), resolution, source.
    """

    actors: tuple[str, ...]
    roll_calls: pd.DataFrame
    codes: Codes
    seated: Mask

    def at(self, columns: Mask) -> Ballots:
        """Return the ballots of the roll calls in `columns`."""
        kept = self.roll_calls.loc[columns].reset_index(drop=True)
        return Ballots(self.actors, kept, self.codes[:, columns], self.seated[:, columns])

    def within(self, start: date, end: date) -> Mask:
        """Return which roll calls were held from `start` to `end`, both included."""
        day = self.roll_calls["date"].to_numpy(dtype="datetime64[D]")
        return np.asarray((day >= np.datetime64(start, "D")) & (day <= np.datetime64(end, "D")))

    def row(self, actor: str) -> Codes:
        """Return the codes of one actor; all missing where it is not among the actors."""
        if actor not in self.actors:
            return np.full(self.codes.shape[1], MISSING, dtype=np.int8)
        return np.asarray(self.codes[self.actors.index(actor)])

    def belonging(self, memberships: pd.DataFrame) -> Mask:
        """Return who was a member on the day of each roll call: (actors, roll calls).

        `memberships` has actor, start, end, where `end` is the first day no longer a member, empty while it
        lasts.
        """
        day = self.roll_calls["date"].to_numpy(dtype="datetime64[D]")
        belongs = np.zeros(self.codes.shape, dtype=bool)
        place = {actor: row for row, actor in enumerate(self.actors)}
        spells = memberships[["actor", "start", "end"]].itertuples(index=False)
        for actor, start, end in spells:
            if actor in place:
                since = np.datetime64(pd.Timestamp(start), "D")
                over = pd.isna(end)
                until = day <= day if over else day < np.datetime64(pd.Timestamp(end), "D")
                belongs[place[actor]] |= (day >= since) & until
        return belongs


CALLS = """
    SELECT roll_call, body, coalesce(session, year(date))::INTEGER AS session, date, resolution, source
    FROM roll_calls WHERE date BETWEEN ? AND ? ORDER BY date, roll_call
"""
CAST = f"""
    WITH calls AS (
        SELECT roll_call, row_number() OVER (ORDER BY date, roll_call) - 1 AS place
        FROM roll_calls WHERE date BETWEEN ? AND ?
    )
    SELECT place::INTEGER AS place, (list_position(?::VARCHAR[], actor) - 1)::INTEGER AS row,
           (list_position({list(VOTES)!r}, vote) - 1)::INTEGER AS code
    FROM votes JOIN calls USING (roll_call) WHERE list_contains(?::VARCHAR[], actor)
"""
TAGGED = "SELECT DISTINCT roll_call FROM roll_call_issues WHERE list_contains(?::VARCHAR[], issue)"


def read_ballots(evidence: Evidence, *, actors: Sequence[str], start: date, end: date) -> Ballots:
    """Return the votes of `actors` in the roll calls from `start` to `end`, both included."""
    names = list(dict.fromkeys(actors))
    calls = evidence.query(CALLS, (start, end))
    cast = evidence.query(CAST, (start, end, names, names))
    codes = np.full((len(names), len(calls)), MISSING, dtype=np.int8)
    recorded = np.zeros(codes.shape, dtype=bool)
    row, place, code = (cast[column].to_numpy(dtype=np.int64) for column in ("row", "place", "code"))
    recorded[row, place] = True
    codes[row, place] = np.where(code == ABSENT, MISSING, code)
    calls["session"] = pd.factorize(calls["body"] + ":" + calls["session"].astype(str), sort=True)[0]
    return Ballots(tuple(names), calls, codes, _seated(recorded, calls["session"].to_numpy()))


def _seated(recorded: Mask, session: NDArray[np.int64]) -> Mask:
    """Return who has any vote or recorded absence in the session of each roll call."""
    seated = np.zeros(recorded.shape, dtype=bool)
    for number in np.unique(session):
        held = session == number
        seated[:, held] = recorded[:, held].any(axis=1, keepdims=True)
    return seated


def on_issue(ballots: Ballots, issue: Issue, *, evidence: Evidence) -> Mask:
    """Return which roll calls belong to `issue`: all if it names no codes and no resolutions, else either."""
    calls = ballots.roll_calls
    if not issue.codes and not issue.resolutions:
        return np.ones(len(calls), dtype=bool)
    chosen = calls["resolution"].isin(issue.resolutions)
    if issue.codes:
        tagged = evidence.query(TAGGED, (list(issue.codes),))
        chosen |= calls["roll_call"].isin(tagged["roll_call"])
    return np.asarray(chosen, dtype=bool)
