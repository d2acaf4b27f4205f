"""Camps as the page shows them: the periods in order, what each camp is called, and who is where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from detente.briefing.charts.theme import PALETTE, Series
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Label, Part, listed
from detente.briefing.reading import rows, where
from detente.measurement.casting import heirs

NAMED = 3
"""How many of its members a camp is named after."""
APART = len(PALETTE) - 1
"""How many camps have a colour of their own; the last colour is for all smaller ones."""
SMALLER = "Smaller camps"
YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Camps:
    """The camps of a case: `members` by period, and the periods in order of time."""

    members: pd.DataFrame
    """As in the measures, with `period` as text and each actor under the code that continues it."""
    periods: pd.DataFrame
    names: Names
    bloc: str
    """The main bloc."""
    insiders: frozenset[str]
    """The members of the main bloc on the day of the brief."""
    known: frozenset[str]
    """The actors that the case is about, after whom camps are named where they can be."""

    @property
    def latest(self) -> str:
        """The last period."""
        return str(self.periods["period"].iloc[-1])

    @cached_property
    def now(self) -> pd.DataFrame:
        """Who is where in the last period."""
        return where(self.members, period=self.latest)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The camps: first the one with most of the main bloc in the last period, then by size there."""
        inside = self.now[self.now["actor"].isin(self.insiders)]["camp"].value_counts()
        size, ever = self.now["camp"].value_counts(), self.members["camp"].value_counts()
        home = min((int(camp) for camp in inside.index), key=lambda camp: (-inside[camp], camp), default=None)
        return tuple(
            sorted(
                (int(camp) for camp in ever.index),
                key=lambda camp: (camp != home, -size.get(camp, 0), -ever[camp], camp),
            )
        )

    @property
    def home(self) -> int:
        """The camp with most of the main bloc in the last period; the largest where it has none."""
        return self.order[0]

    @cached_property
    def series(self) -> dict[int, Series]:
        """The camps with a colour each, by camp; smaller ones share the last colour."""
        return {
            camp: Series(self._name(camp), place) if place < APART else Series(SMALLER, APART)
            for place, camp in enumerate(self.order)
        }

    def firmest(self, camp: int) -> list[str]:
        """Return the members of a camp in its last period: those of the case first, then by their pull."""
        held = where(self.members, camp=camp)
        last = next(
            period for period in reversed(list(self.periods["period"])) if (held["period"] == period).any()
        )
        own = where(held, period=last).sort_values(["pull", "actor"], ascending=[False, True], kind="stable")
        return sorted((str(actor) for actor in own["actor"]), key=lambda actor: actor not in self.known)

    def _name(self, camp: int) -> str:
        members = self.firmest(camp)
        told = ", ".join(self.names.actor(actor) for actor in members[:NAMED])
        return f"{told} and others" if len(members) > NAMED else told

    def called(self, camp: int) -> tuple[Part, ...]:
        """Return a camp in a sentence: `that of X, Y and Z`."""
        return "that of ", *listed([self.names.in_text(actor) for actor in self.firmest(camp)[:NAMED]])

    def camp_of(self, actor: str) -> int | None:
        """Return where an actor is in the last period; None where it has no ties then."""
        found = where(self.now, actor=actor)["camp"]
        return int(found.iloc[0]) if len(found) else None

    def label(self, period: str) -> Label:
        """Return what a period is called."""
        return self.names.label("windows", period)


def camps_of(material: Material) -> Camps | None:
    """Return the camps that were measured, or None where there are none."""
    members, periods = material.measures.camp_members, material.measures.camp_periods
    if members.empty or periods.empty:
        return None
    joined = heirs(material.evidence.gazetteer)
    spans = in_time(periods)
    members = as_text(members)
    members = members[members["period"].isin(spans["period"])].dropna(subset=["camp"])
    former = members["actor"].isin(joined)
    members = members.assign(actor=[joined.get(str(actor), str(actor)) for actor in members["actor"]])
    members = members.loc[former.sort_values(kind="stable").index].drop_duplicates(["period", "actor"])
    spans = spans[spans["period"].isin(members["period"])]
    bloc = next(iter(material.case.blocs))
    belong, case = material.measures.members, material.case
    inside = frozenset(where(belong, bloc=bloc)["actor"])
    beside = case.reference.actors if case.reference else ()
    known = frozenset({*belong["actor"], *beside, case.ally or case.rival, case.rival})
    return Camps(members, spans, material.names, bloc, inside, known) if len(members) else None


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its periods as text, whether they are years or keys of windows."""
    return frame.assign(period=frame["period"].astype(str))


def in_time(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each period in order of time: the calendar years, or else the windows."""
    told = as_text(frame)
    years = told["period"].str.fullmatch(YEAR)
    told = told[years] if years.any() else told
    return told.drop_duplicates("period").sort_values(["end", "start"], kind="stable", ignore_index=True)


def earlier(periods: Sequence[str], frame: pd.DataFrame, *, years: int = 10) -> str | None:
    """Return the period to compare the last one with: ten years before it, or else the one nearest to that.

    >>> spans = pd.DataFrame({"period": ["2001", "2008", "2020"], "end": pd.to_datetime(
    ...     ["2001-12-31", "2008-12-31", "2020-12-31"])})
    >>> earlier(["2001", "2008", "2020"], spans)
    '2008'
    """
    ends = {str(row["period"]): row["end"] for row in rows(frame)}
    known = [period for period in periods if period in ends]
    if len(known) < 2:
        return None
    last = max(known, key=lambda period: ends[period])
    wanted = ends[last] - pd.DateOffset(years=years)
    others = [period for period in known if ends[period] < ends[last]]
    return min(others, key=lambda period: abs(ends[period] - wanted)) if others else None
