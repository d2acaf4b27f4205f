"""What happens on a day: an election, a cut-off, a guarantee withdrawn, a new member, a lever that is pulled.

Everything here is assumed, in the open: sizes with their range, and a reason.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.terms import ActorCode, BlocKey, Day, Key, Part, Text, check_once, check_range, fault

Chance = Annotated[float, Field(ge=0, le=1)]
Move = Annotated[float, Field(ge=-5, le=5)]
Factor = Annotated[float, Field(ge=0, le=10)]
Sizes = dict[BlocKey, Move]
"""Sizes by actor, or by bloc for each of its members; an actor's own counts before its bloc's."""


class Signed(Part):
    """A size of either sign, assumed with its range."""

    value: Move = Field(description="The size.")
    low: Move = Field(description="Least it may be.")
    high: Move = Field(description="Most it may be.")
    reason: Text = Field(description="Why this size.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_range(self.low, self.value, self.high)
        return self


class Moves(Part):
    """What is moved, by actor or bloc. All sizes share one factor, drawn from a triangle around 1."""

    shift: dict[Key, Sizes] = Field(
        default_factory=dict, description="Moves of positions, by item, in the item's own units."
    )
    change: dict[Key, Sizes] = Field(default_factory=dict, description="Changes of drivers, by driver.")
    low: Factor = Field(default=1.0, description="Least the factor may be.")
    high: Factor = Field(default=1.0, description="Most the factor may be.")

    @model_validator(mode="after")
    def _around_one(self) -> Self:
        check_range(self.low, 1.0, self.high)
        return self


class Follows(Moves):
    """What follows from an outcome, from the next half-year on."""

    drift: dict[Key, Sizes] = Field(
        default_factory=dict,
        description="Moves of positions in every step until the decision comes out otherwise, by item.",
    )
    reason: Text = Field(description="Why this follows.")


class Consequences(Part):
    """What follows where a decision passes, and where it fails."""

    passed: Follows | None = Field(default=None, description="What follows where it passes.")
    failed: Follows | None = Field(default=None, description="What follows where it fails.")


class Happening(Moves):
    """Something that happens on a day: what an event and a lever have in common."""

    title: Text = Field(description="What the reader sees.")
    date: Day = Field(description="The day on which it happens.")
    becomes: dict[Key, Sizes] = Field(
        default_factory=dict, description="Drivers that are set to a level, by driver."
    )
    join: dict[BlocKey, Annotated[tuple[ActorCode, ...], Field(min_length=1, strict=False)]] = Field(
        default_factory=dict, description="Who joins which bloc; it votes in the bloc from then on."
    )
    leave: dict[BlocKey, Annotated[tuple[ActorCode, ...], Field(min_length=1, strict=False)]] = Field(
        default_factory=dict, description="Who leaves which bloc."
    )
    news: dict[Key, Annotated[float, Field(gt=0, le=1)]] = Field(
        default_factory=dict,
        description="Standard deviation, by item, of one move that all who hear it share.",
    )
    hears: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(), description="Actors and blocs who hear the news; everyone if left out."
    )
    pays: dict[Key, Sizes] = Field(
        default_factory=dict,
        description="Side payments by decision: how far each moves the point where its receiver says yes.",
    )
    until: Day | None = Field(default=None, description="Last day of the payments; no end if left out.")
    rules: dict[Key, Key] = Field(
        default_factory=dict, description="Decisions that come under another rule from then on, with its key."
    )
    chance: Chance = Field(default=1.0, description="How likely it is to happen.")
    backlash: Chance = Field(
        default=0.0, description="How likely it is, if it happens, to have the opposite effect."
    )
    reason: Text = Field(description="Why it is taken to happen, and why with this size.")
    source: Text | None = Field(default=None, description="Where the day or the size comes from.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for bloc, actors in [*self.join.items(), *self.leave.items()]:
            check_once(actors, f"actor of {bloc}")
        if not (self.shift or self.change or self.becomes or self.join or self.leave or self.news
                or self.pays or self.rules):  # fmt: skip
            raise fault("nothing happens", "give `shift:`, `change:`, `becomes:`, `join:` or another")
        sure = self.join or self.leave or self.pays or self.rules
        if sure and (self.chance < 1 or self.backlash > 0):
            hint = "take `chance:` and `backlash:` out, or put the rest into an event of its own"
            raise fault("members, payments and rules are not a matter of chance", hint)
        if self.becomes and self.backlash > 0:
            raise fault("a level that is set has no opposite", "take `backlash:` out")
        return self


class Event(Happening):
    """Something that happens on a day, by nobody's decision in the case."""

    kind: Literal["election", "cut_off", "withdrawal", "membership", "forum", "lever", "other"] = Field(
        default="other", description="What kind of thing it is."
    )
