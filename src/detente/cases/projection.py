"""Where positions go from here: how fast they move, what drives them, what happens on which day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from detente.cases.agenda import Unit
from detente.cases.decisions import Effect
from detente.cases.events import Consequences, Event, Signed
from detente.cases.stance import IndicatorMeasurement, TieMeasurement
from detente.cases.terms import ActorCode, BlocKey, Key, Part, Text, fault

ALIGNMENT = "alignment"
"""The issue beside the agenda's items: general alignment, as estimated from votes."""
PARTS = ("agenda", "decisions", "projection")
"""Sections that a scenario may change."""


class Driver(Part):
    """Something outside that moves positions: dependence, threat, domestic pressure, burden."""

    title: Text = Field(description="What the reader sees.")
    kind: Literal["dependence", "threat", "domestic", "burden", "other"] = Field(
        description="What it counts as where changes are taken apart."
    )
    dependence: Key | None = Field(default=None, description="A dependence of the case, as its level.")
    measure: Annotated[TieMeasurement | IndicatorMeasurement, Field(discriminator="by")] | None = Field(
        default=None, description="Or what measures its level, as in a measurement of stance."
    )
    share: bool = Field(
        default=True,
        description="true: the level is a share from 0 to 1 (per cent are divided by 100); false: as it is.",
    )
    wander: Effect = Field(description="How far it wanders in a year, as a standard deviation.")
    effects: dict[Key, Signed] = Field(
        default_factory=dict,
        description="By item, how far a position moves when the level rises by 1.",
    )
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.dependence is None) == (self.measure is None):
            raise fault("its level comes from exactly one place", "give `dependence:` or `measure:`")
        return self


class Influence(Part):
    """Actors listen to one another, to each as much as its capability weighs."""

    strength: Effect = Field(description="Share of the distance to those listened to that is made up a year.")


class Line(Part):
    """A point on an issue that an actor may cross, to the other camp or out of what it shares with others."""

    title: Text = Field(description="What the reader sees.")
    item: Key = Field(description="An item of the agenda, or `alignment`.")
    at: Unit | None = Field(default=None, description="Where it lies on the item.")
    between: Annotated[tuple[BlocKey, BlocKey], Field(strict=False)] | None = Field(
        default=None, description="Or half-way between two blocs or actors, as they stand at the start."
    )
    watch: BlocKey = Field(description="The bloc whose members are watched.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.at is None) == (self.between is None):
            raise fault("it lies in exactly one place", "give `at:` or `between:`")
        return self


class Projection(Part):
    """What futures are drawn from, beside the agenda and the decisions."""

    title: Text = Field(default="Where it is going", description="Title of the section.")
    years: Annotated[int, Field(ge=1, le=50)] = Field(default=5, description="How many years ahead.")
    items: Annotated[tuple[Key, ...], Field(min_length=1, strict=False)] = Field(
        description="Items of the agenda whose positions are followed."
    )
    alignment: bool = Field(
        default=True, description="true: general alignment is followed too, by the law estimated from votes."
    )
    moves: Effect = Field(
        description="How far a typical actor moves on an item in a year by itself, of the whole scale; who "
        "moves more than others, tails, and what blocs share are as estimated for general alignment."
    )
    speed: dict[Key, Effect] = Field(
        default_factory=dict,
        description="Items on which actors move faster or slower, each with its own `moves`.",
    )
    influence: Influence | None = Field(default=None, description="Who listens to whom; nobody if left out.")
    drivers: dict[Key, Driver] = Field(default_factory=dict, description="What moves positions, by key.")
    events: dict[Key, Event] = Field(default_factory=dict, description="What happens on which day, by key.")
    consequences: dict[Key, Consequences] = Field(
        default_factory=dict, description="What follows from decisions, by decision."
    )
    lines: dict[Key, Line] = Field(default_factory=dict, description="Points that may be crossed, by key.")
    show: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(),
        description="Members explained one by one; the likeliest to cross if left out.",
    )
    reason: Text = Field(description="Why positions are taken to move in this way.")
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")

    @model_validator(mode="after")
    def _named_well(self) -> Self:
        odd = [key for key in self.speed if key not in self.items]
        if odd:
            raise fault(f"{', '.join(odd)} is not among `items`", "add it there, or take its speed out")
        return self


def _plain(value: Any) -> Any:
    """Return dates inside a patch as text, so that it reads the same from YAML and from JSON."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


class Scenario(Part):
    """A patch on the case: what is otherwise than in the baseline, and which baseline it was written for."""

    title: Text = Field(description="What the reader sees.")
    baseline: Annotated[str, Field(pattern=r"\S")] = Field(
        description="Digest of the baseline it was written for; `detente project CASE --baseline` shows it."
    )
    patch: Annotated[dict[Key, Any], BeforeValidator(_plain)] = Field(
        description="What is changed, nested as in the case: sections are merged, values replaced, and null "
        "takes a key out. Of `agenda`, `decisions` and `projection`.",
    )
    reason: Text = Field(description="What it stands for, and why it is set up in this way.")
