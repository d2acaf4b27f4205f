"""The case file: what is asked, of whom, about which rival, over which years and issues.

A case is plain data. It names, and assumes in the open: everything assumed carries a `reason`. It is checked
here without any evidence; whether the evidence knows what it names, the measurement room's preflight says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from detente.cases.agenda import Agenda
from detente.cases.blocs import Bloc, Comparison, Reference
from detente.cases.claims import Claim
from detente.cases.decisions import Decision
from detente.cases.events_study import EventStudy
from detente.cases.exposure import Dependence, Threat
from detente.cases.forum import Forum
from detente.cases.networks import Camps
from detente.cases.positions import IdealPoints
from detente.cases.projection import Projection, Scenario
from detente.cases.references import broken
from detente.cases.stance import Stance
from detente.cases.strategies import Strategies
from detente.cases.terms import (
    ActorCode,
    BlocKey,
    Day,
    History,
    Key,
    Part,
    Span,
    Text,
    check_once,
)

VERSION = 1


class Issue(Part):
    """Roll calls that belong together: every one without `codes` and `resolutions`; with both, either."""

    title: Text = Field(description="What the reader sees.")
    codes: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        default=(), description="Issue codes of the evidence: me, nu, di, hr, co, ec, or a subject term."
    )
    resolutions: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        default=(), description="Symbols of resolutions, as in 'A/RES/68/262'."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.codes, "code")
        check_once(self.resolutions, "resolution")
        return self


class Window(Span):
    """A named span over which cohesion and agreement are measured."""

    title: Text = Field(description="What the reader sees.")


class OwnTable(Part):
    """A table of your own, read beside the evidence."""

    path: Text = Field(description="The CSV or Parquet file, relative to the case file.")
    mapping: Text | dict[str, Any] = Field(
        description="How columns become evidence: the mapping itself, or the path of a YAML file with it, "
        "as taken by `detente data import`."
    )

    def places(self, beside: Path) -> tuple[Path, Path | dict[str, Any]]:
        """Return where the file lies, and where its mapping lies or what it says, for a case in a folder."""
        mapping = beside / self.mapping if isinstance(self.mapping, str) else self.mapping
        return beside / self.path, mapping


class Case(Part):
    """One case: what is asked, of whom, on what evidence."""

    detente: Literal[1] = Field(description="Version of this schema.")
    title: Text = Field(description="Title of the brief.")
    question: Text = Field(description="The question that the brief answers, in one sentence.")
    as_of: Day = Field(
        description="The day the brief looks from: blocs have the members of this day, evidence ends here."
    )
    rival: ActorCode = Field(description="The actor against whom unity is asked for.")
    ally: ActorCode | None = Field(
        default=None,
        description="A leading member that is set apart from the rest, for the distance between the two.",
    )
    blocs: Annotated[dict[BlocKey, Bloc], Field(min_length=1)] = Field(
        description="The blocs by key, the main one first."
    )
    reference: Reference | None = Field(default=None, description="States to compare with.")
    issues: Annotated[dict[Key, Issue], Field(min_length=1)] = Field(
        description="The issues by key, the main one first."
    )
    windows: Annotated[dict[Key, Window], Field(min_length=1)] = Field(
        description="The windows by key, in order of time."
    )
    history: History | None = Field(default=None, description="Years of the yearly series; none if left out.")
    absent: Literal["missing", "abstain"] = Field(
        default="missing",
        description="How absence counts in cohesion and agreement: missing (set aside), or abstain.",
    )
    compare: dict[Key, Comparison] = Field(
        default_factory=dict, description="Sides to set against each other, by key."
    )
    stance: Stance | None = Field(default=None, description="The scale of stance on the rival.")
    ideal_points: IdealPoints | None = Field(
        default=None,
        description="Where every voter stands by session, from how it votes; left out if not given.",
    )
    camps: Camps | None = Field(
        default=None, description="Which camps the actors' ties make; left out if not given."
    )
    dependence: dict[Key, Dependence] = Field(
        default_factory=dict, description="Dependence on others, by key."
    )
    threat: Threat | None = Field(default=None, description="Perceptions of threat.")
    agenda: Agenda | None = Field(
        default=None, description="What actors bargain over, and where each stands; left out if not given."
    )
    forum: Forum | None = Field(default=None, description="The occasion where the actors meet.")
    event_study: EventStudy | None = Field(
        default=None, description="What changed between actors around occasions; left out if not given."
    )
    decisions: dict[Key, Decision] = Field(
        default_factory=dict, description="Decisions that come up, on items of the agenda, by key."
    )
    projection: Projection | None = Field(
        default=None, description="What futures are drawn from; left out if not given."
    )
    scenarios: dict[Key, Scenario] = Field(
        default_factory=dict, description="What may be otherwise than the projection takes it, by key."
    )
    strategies: Strategies | None = Field(
        default=None, description="What each side can do, and what it wants; left out if not given."
    )
    claims: dict[Key, Claim] = Field(
        default_factory=dict, description="What others have published, with tests stated beforehand, by key."
    )
    data: Annotated[tuple[OwnTable, ...], Field(strict=False)] = Field(
        default=(), description="Tables of your own."
    )
    notes: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        default=(), description="What every reader of the brief must know; printed with it."
    )

    _file: Path | None = PrivateAttr(default=None)
    _written_for: int | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:
        """Remember the file that the reader names; it is no part of what the case says."""
        self._file = context["file"] if context else None
        self._written_for = context.get("written_for") if context else None

    @property
    def file(self) -> Path | None:
        """The file it was read from, or None for a case made in memory."""
        return self._file

    @property
    def written_for(self) -> int | None:
        """The earlier version of this schema that the file was written for, or None."""
        return self._written_for

    @property
    def name(self) -> str:
        """The file's name without its ending, or 'case'."""
        return self._file.stem if self._file else "case"

    def tables(self) -> Iterator[tuple[Path, Path | dict[str, Any]]]:
        """Yield where each table of the case's own lies, and where its mapping lies or what it says."""
        beside = self._file.parent if self._file else Path()
        yield from (each.places(beside) for each in self.data)

    @model_validator(mode="after")
    def _references_resolve(self) -> Self:
        found = broken(self.model_dump())
        if found:
            text = "; ".join(f"{'.'.join(map(str, each.path))}: {each.what}" for each in found)
            raise PydanticCustomError("case_references", "{text}", {"text": text})
        return self
