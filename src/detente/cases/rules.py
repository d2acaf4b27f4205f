"""Decision rules as data: who must be in favour, who must not object, and how such conditions nest.

A rule is a condition, or `all` of several, or `any` of several. A condition sets a threshold for one side of
the vote: `{for: {at_least: 65%, of: population}}`, `{against: {at_most: 0}}`, `{veto: [FRA]}`. Silence, as in
a silence procedure, is no vote against, and no vote in favour either.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from detente.cases.terms import ActorCode, Key, Part, Text, check_once, fault

Side = Literal["for", "against", "abstain", "not_for"]
SIDES: tuple[Side, ...] = ("for", "against", "abstain", "not_for")
FEWEST = ("at_least", "more_than")
MOST = ("at_most", "fewer_than")
_SHARE = re.compile(r"^\s*(?:(\d{1,6})\s*/\s*(\d{1,6})|(\d{1,3}(?:\.\d{1,6})?)\s*%)\s*$")


def share(text: str) -> Fraction | None:
    """Return a share written as '2/3' or '65%'; None where it is neither, or not from 0 to 1.

    >>> share("2/3"), share("65%"), share("half"), share("3/2")
    (Fraction(2, 3), Fraction(13, 20), None, None)
    """
    found = _SHARE.match(text)
    if not found or found[2] == "0":
        return None
    value = Fraction(int(found[1]), int(found[2])) if found[1] else Fraction(found[3]) / 100
    return value if 0 <= value <= 1 else None


def _as_amount(value: Any) -> Any:
    whole = type(value) is int and value >= 0
    if whole or (isinstance(value, str) and share(value) is not None):
        return value
    raise fault(f"{value!r} is no threshold", "write a share, as in 2/3 or 65%, or a whole number, as in 15")


Amount = Annotated[
    int | str,
    BeforeValidator(_as_amount, json_schema_input_type=Annotated[int, Field(ge=0)] | Annotated[str, Field()]),
]


class Threshold(Part):
    """How many votes, or what share: exactly one of the four bounds."""

    at_least: Amount | None = Field(default=None, description="This many or more: 15, 2/3, 65%.")
    more_than: Amount | None = Field(default=None, description="More than this: 1/2.")
    at_most: Amount | None = Field(default=None, description="This many or fewer.")
    fewer_than: Amount | None = Field(default=None, description="Fewer than this: 4, 1/3.")
    of: Key = Field(
        default="members", description="What is counted: members, or a weight by name, as in population."
    )
    among: Literal["all", "voting"] = Field(
        default="all",
        description="What a share is a share of: all members, or those voting for or against.",
    )

    @property
    def bound(self) -> tuple[str, int | Fraction]:
        """The bound that is set: its name, and a number or a share."""
        name = next(each for each in (*FEWEST, *MOST) if getattr(self, each) is not None)
        amount = getattr(self, name)
        if isinstance(amount, int):
            return name, amount
        found = share(amount)
        assert found is not None
        return name, found

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        given = [name for name in (*FEWEST, *MOST) if getattr(self, name) is not None]
        if len(given) != 1:
            raise fault(f"{len(given)} bounds are given", "give exactly one of at_least, more_than, at_most, "
                        "fewer_than")  # fmt: skip
        if self.among == "voting" and isinstance(self.bound[1], int):
            raise fault(
                "a number is no share of those voting", "write a share, as in 2/3, or leave `among` out"
            )
        return self


class Condition(Part):
    """A threshold for one side of the vote."""

    for_: Threshold | None = Field(default=None, alias="for", description="Votes in favour.")
    against: Threshold | None = Field(default=None, description="Votes against, or objections.")
    abstain: Threshold | None = Field(default=None, description="Abstentions.")
    not_for: Threshold | None = Field(default=None, description="Votes against and abstentions together.")

    @property
    def side(self) -> Side:
        """The side whose votes are counted."""
        return next(each for each in SIDES if self._given(each) is not None)

    @property
    def threshold(self) -> Threshold:
        """The threshold of that side."""
        found = self._given(self.side)
        assert found is not None
        return found

    def _given(self, side: Side) -> Threshold | None:
        found: Threshold | None = getattr(self, "for_" if side == "for" else side)
        return found

    @model_validator(mode="after")
    def _sound(self) -> Self:
        given = [side for side in SIDES if self._given(side) is not None]
        if len(given) != 1:
            raise fault(f"a condition is about one side, and {len(given)} are given",
                        "give one of for, against, abstain, not_for; join several by all or any")  # fmt: skip
        name = self.threshold.bound[0]
        if (given[0] == "for") != (name in FEWEST):
            fitting = " or ".join(FEWEST if given[0] == "for" else MOST)
            raise fault(f"{name} on the side {given[0]} would let more support hurt", f"use {fitting} there")
        return self


class Veto(Part):
    """Actors each of whom can stop a decision."""

    veto: Annotated[tuple[ActorCode, ...], Field(min_length=1, strict=False)] = Field(
        description="None of these may vote against."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.veto, "actor")
        return self


class AllOf(Part):
    """Every one of several rules must hold."""

    all: Annotated[tuple[AnyRule, ...], Field(min_length=1, strict=False)] = Field(description="The rules.")


class AnyOf(Part):
    """At least one of several rules must hold."""

    any: Annotated[tuple[AnyRule, ...], Field(min_length=1, strict=False)] = Field(description="The rules.")


_PARTS = ("all", "any", "veto")


def _written_as(value: Any) -> str:
    """Return the kind of a rule, as written in a file or as an object."""
    held = value if isinstance(value, dict) else type(value).model_fields
    return next((name for name in _PARTS if name in held), "condition")


AnyRule = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Veto, Tag("veto")]
    | Annotated[Condition, Tag("condition")],
    Discriminator(_written_as),
]

AllOf.model_rebuild(force=False)
AnyOf.model_rebuild(force=False)


class Rule(Part):
    """A decision rule by which positions become policy."""

    title: Text = Field(description="What the reader sees.")
    passes: AnyRule = Field(description="When a decision passes: a condition, or all or any of several.")
    source: Text | None = Field(default=None, description="Where the rule is laid down: treaty and article.")
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")
