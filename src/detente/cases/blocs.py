"""Who is asked about: blocs and their members, states to compare with, sides to set against each other."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from detente.cases.terms import ActorCode, BlocKey, Day, Part, Text, check_once, check_order, fault


class Membership(Part):
    """One spell of membership in a bloc that the case lists itself."""

    actor: ActorCode = Field(description="The member.")
    since: Day | None = Field(
        default=None, description="First day of membership; always a member if left out."
    )
    until: Day | None = Field(
        default=None, description="Last day of membership, included; still a member if left out."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.since, self.until)
        return self


def _as_membership(item: Any) -> Any:
    return {"actor": item} if isinstance(item, str) else item


Listed = Annotated[Membership, BeforeValidator(_as_membership, json_schema_input_type=ActorCode | Membership)]


def _written_as(value: Any) -> str:
    return "word" if isinstance(value, str) else "list"


Members = Annotated[
    Annotated[Literal["evidence"], Tag("word")]
    | Annotated[tuple[Listed, ...], Field(min_length=1, strict=False), Tag("list")],
    Discriminator(_written_as),
]


class Bloc(Part):
    """A named set of actors with dated membership: from evidence, listed, or carved out of another bloc."""

    title: Text = Field(description="What the reader sees.")
    members: Members | None = Field(
        default=None,
        description="'evidence': the dated members that the evidence has under the bloc's key; "
        "or a list of codes, or of {actor, since, until}, one for each spell of membership.",
    )
    of: BlocKey | None = Field(
        default=None, description="Instead of members: the bloc of this case whose members these are."
    )
    without: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(), description="Actors left out, whatever their membership."
    )
    reason: Text | None = Field(
        default=None,
        description="Why these members, or from where the list; must be given where members are listed.",
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.members is None) == (self.of is None):
            raise fault(
                "members come from exactly one place",
                "give either `members: evidence`, a list of members, or `of: BLOC`",
            )
        check_once(self.without, "actor")
        if isinstance(self.members, tuple) and self.reason is None:
            raise fault("listed members are an assumption", "add `reason:` with where the list comes from")
        return self


class Reference(Part):
    """States to compare with: they are placed on the scale of stance beside the blocs."""

    title: Text = Field(default="Other states", description="What the reader sees.")
    actors: Annotated[tuple[ActorCode, ...], Field(min_length=1, strict=False)] = Field(
        description="The states."
    )
    reason: Text = Field(description="How they were chosen.")

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.actors, "actor")
        return self


class Comparison(Part):
    """Two sides to set against each other, as in 'both sides of the Atlantic'."""

    title: Text = Field(description="What the reader sees.")
    sides: Annotated[tuple[BlocKey, BlocKey], Field(strict=False)] = Field(
        description="Two blocs of the case, two actors, or one of each."
    )

    @model_validator(mode="after")
    def _two(self) -> Self:
        check_once(self.sides, "side")
        return self
