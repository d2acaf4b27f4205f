"""What a brief is made from: the case, the evidence, the measures, and the names of things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.briefing.charts.theme import Series
from detente.briefing.names import WHOLE, Names, names_of

if TYPE_CHECKING:
    from detente.cases import Case
    from detente.claims.audit import Audit
    from detente.evidence import Evidence
    from detente.measurement import Measures
    from detente.simulation.outcomes import Outcomes
    from detente.simulation.projection.prospects import Prospects
    from detente.strategy.campaign.options import Options


ROLES = ("reference", "rival", "ally")
"""Groups of actors that belong to no bloc of the case."""


@dataclass(frozen=True)
class Found:
    """What was worked out of a case: its measures, and the rest where the case asks for it."""

    measures: Measures
    outcomes: Outcomes | None = None
    prospects: Prospects | None = None
    options: Options | None = None
    audit: Audit | None = None


@dataclass(frozen=True)
class Material:
    """Everything that a section may draw on."""

    case: Case
    evidence: Evidence
    measures: Measures
    names: Names
    outcomes: Outcomes | None = None
    """What comes of the case's agenda; None where it has none."""
    prospects: Prospects | None = None
    """Where the case is going; None where it does not ask."""
    audit: Audit | None = None
    """What becomes of the claims of the case; None where it has none."""
    options: Options | None = None
    """What each side can do; None where the case does not ask."""

    @property
    def general(self) -> str:
        """The issue that stands for votes in general: the first of the case."""
        return next(iter(self.case.issues))

    @property
    def rival_issues(self) -> tuple[str, ...]:
        """The issues on the rival: those that share a resolution with the measurements of stance."""
        if self.case.stance is None:
            return ()
        voted = {getattr(each, "resolution", None) for each in self.case.stance.measurements.values()}
        return tuple(key for key, issue in self.case.issues.items() if voted.intersection(issue.resolutions))

    @property
    def blocs(self) -> tuple[Series, ...]:
        """The blocs as series: each has the same colour and shape in every figure."""
        return tuple(
            Series(self.names.title("blocs", bloc), place) for place, bloc in enumerate(self.case.blocs)
        )

    @property
    def powers(self) -> tuple[Series, ...]:
        """The ally and the rival as series, in the places after the blocs."""
        first, powers = len(self.case.blocs), (self.case.ally, self.case.rival)
        return tuple(
            Series(self.names.actor(actor), first + place) for place, actor in enumerate(powers) if actor
        )

    def groups(self, keys: Iterable[str]) -> tuple[Series, ...]:
        """Return groups of actors as series: blocs as elsewhere, joint ones and roles in the next colours."""
        known = {bloc: place for place, bloc in enumerate(self.case.blocs)}
        found = sorted(set(keys), key=lambda key: (key in ROLES, known.get(key, -1), key))
        others = [key for key in found if key not in known]
        place = known | {key: len(known) + later for later, key in enumerate(others)}
        return tuple(Series(self.names.group(key), place[key]) for key in found)

    @property
    def confidence(self) -> str:
        """The level of all intervals in words, as in `90 per cent`."""
        return f"{self.measures.level * 100:.0f} per cent"

    @property
    def windows(self) -> list[str]:
        """The keys of the windows in order of time, and last the one that spans listed resolutions."""
        return [*self.case.windows, WHOLE]

    def facts(self, topic: str) -> pd.DataFrame:
        """Return the facts on a topic up to the day of the brief; no rows where there are none."""
        sql = "SELECT * FROM facts WHERE topic = ? AND date <= ? ORDER BY date, actor, key"
        return self.evidence.query(sql, (topic, self.case.as_of))

    @property
    def membership(self) -> str:
        """The sources that say who belongs to the blocs; the case itself where it lists the members."""
        sql = (
            "SELECT DISTINCT source FROM memberships WHERE list_contains(?::VARCHAR[], bloc) ORDER BY source"
        )
        stated = [key for key, bloc in self.case.blocs.items() if bloc.members == "evidence"]
        return ", ".join(self.evidence.query(sql, (stated,))["source"]) or "case"

    def topics(self) -> tuple[str, ...]:
        """Return the topics of the fact tables that the case names."""
        case = self.case
        ranks = tuple(each.topic for each in case.threat.ranks.values()) if case.threat else ()
        forum = (case.forum.occasions, case.forum.participation) if case.forum else ()
        return (*ranks, *(topic for topic in forum if topic))


def of_members(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of those who belong to a bloc of the case."""
    return frame[~frame["group"].isin(ROLES)]


def material_of(case: Case, evidence: Evidence, found: Found) -> Material:
    """Return the material for a brief."""
    return Material(
        case,
        evidence,
        _explained(found.measures),
        names_of(case, evidence),
        outcomes=found.outcomes,
        prospects=found.prospects,
        audit=found.audit,
        options=found.options,
    )


def _explained(measures: Measures) -> Measures:
    """Return the measures with the meaning of each row's interval, in words, as its `method`."""
    frames = {each.name: getattr(measures, each.name) for each in fields(measures)}
    told: dict[str, Any] = {
        name: frame.assign(method=frame["interval"].map(dict(measures.meanings)))
        for name, frame in frames.items()
        if isinstance(frame, pd.DataFrame) and "interval" in frame
    }
    return replace(measures, **told)
