"""The forum: where the actors meet over an agenda, each with its own beliefs about the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from detente.cases.agenda import Assumption, Range, Unit
from detente.cases.terms import ActorCode, BlocKey, Day, Key, Part, Text, check_once, fault


class Perception(Part):
    """How an observer's beliefs about the others differ from what is so."""

    hope: Range = Field(
        description="How far it believes others to stand nearer to itself than they do: 0 not at all, "
        "1 where it stands itself."
    )
    esteem: Range = Field(
        default=Range(value=0.0, low=0.0, high=0.0),
        description="How far it believes those near it to care more than others: 0 not at all, 1 so that "
        "the furthest care for nothing.",
    )
    noise: Unit = Field(
        default=0.0, description="Standard deviation of what is off at random in each belief."
    )
    seen: dict[Key, dict[ActorCode, Unit]] = Field(
        default_factory=dict,
        description="Where it believes others to stand outright, by item and actor, whatever it hopes.",
    )
    reason: Text = Field(description="Why beliefs are off in this way.")


def check_own(own: Mapping[str, Perception]) -> None:
    """Raise the fault of an actor that is said to see itself elsewhere: everyone sees itself as it is."""
    astray = [
        f"{actor} on {item}"
        for actor, each in own.items()
        for item, held in each.seen.items()
        if actor in held
    ]
    if astray:
        raise fault(
            f"sees itself elsewhere: {', '.join(astray)}", "say where it stands in the meeting's `but`"
        )


class Meeting(Part):
    """One meeting of the forum."""

    title: Text = Field(description="What the reader sees.")
    date: Day = Field(description="First day.")
    items: Annotated[tuple[Key, ...], Field(min_length=1, strict=False)] = Field(
        description="Items of the agenda that are discussed."
    )
    present: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(), description="Blocs and actors who attend; everyone on the agenda if left out."
    )
    absent: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(), description="Actors who do not attend, invited or not: they expect, and have no voice."
    )
    but: dict[Key, dict[ActorCode, Assumption]] = Field(
        default_factory=dict,
        description="Positions on that day that are not those of the agenda, by item and actor, each with "
        "its `reason`.",
    )
    perception: Perception | None = Field(
        default=None,
        description="How beliefs are off, of all not named in `own`; as for the whole forum if left out.",
    )
    own: dict[ActorCode, Perception] = Field(
        default_factory=dict,
        description="Actors whose beliefs are off in a way of their own, before those of the forum.",
    )
    source: Text | None = Field(default=None, description="Where attendance and topics are reported.")
    note: Text | None = Field(default=None, description="What the reader must know.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_once(self.items, "item")
        check_once(self.present, "bloc or actor")
        check_once(self.absent, "actor")
        check_own(self.own)
        both = sorted(set(self.present) & set(self.absent))
        if both:
            raise fault(f"both present and absent: {', '.join(both)}", "keep each in one list")
        for item, held in self.but.items():
            bare = [actor for actor, each in held.items() if each.reason is None]
            if bare:
                raise fault(f"no reason is given for {', '.join(bare)} on {item}", "add `reason:` to each")
            if item not in self.items:
                raise fault(f"{item} is not discussed", "add it to `items`, or take it out of `but`")
        return self


class Forum(Part):
    """The occasion where the actors meet."""

    name: Text = Field(description="Name of the forum.")
    place: Text | None = Field(default=None, description="Where it meets.")
    occasions: Key | None = Field(default=None, description="Topic of the facts that date its meetings.")
    participation: Key | None = Field(
        default=None, description="Topic of the facts on who took part and who was not invited."
    )
    perception: Perception | None = Field(
        default=None, description="How beliefs are off at every meeting that does not say so itself."
    )
    own: dict[ActorCode, Perception] = Field(
        default_factory=dict,
        description="Actors whose beliefs are off in a way of their own at those meetings.",
    )
    meetings: dict[Key, Meeting] = Field(
        default_factory=dict, description="Meetings whose expectations are set beside their outcome, by key."
    )
    note: Text | None = Field(default=None, description="What the reader must know.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_own(self.own)
        bare = [key for key, meeting in self.meetings.items() if meeting.perception is None]
        if bare and self.perception is None:
            raise fault(
                f"nothing says how beliefs are off at {', '.join(bare)}",
                "add `perception:` to the meeting, or to the forum for all meetings",
            )
        return self

    def perceptions(self, meeting: str) -> tuple[Perception, dict[str, Perception]]:
        """How beliefs are off at a meeting: everyone's, and those of actors that have their own."""
        held = self.meetings[meeting]
        if held.perception is not None:
            return held.perception, held.own
        assert self.perception is not None
        return self.perception, {**self.own, **held.own}
