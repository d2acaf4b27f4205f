"""Decisions that come up: who decides what, by which rule, when, and what holds if nothing is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from detente.cases.agenda import Unit
from detente.cases.rules import Rule
from detente.cases.terms import ActorCode, BlocKey, Day, Key, Part, Text, check_once, check_range, fault

Size = Annotated[float, Field(ge=0, le=5)]


class Effect(Part):
    """How strongly something moves support, assumed with its range, in the units of the agenda's scale."""

    value: Size = Field(description="How much full strength of it moves the point where a member says yes.")
    low: Size = Field(description="Least it may be.")
    high: Size = Field(description="Most it may be.")
    reason: Text = Field(description="Why this size.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_range(self.low, self.value, self.high)
        return self


class Support(Part):
    """What makes a member say yes: P(yes) = Φ(m / doubt), m = x - cut - hold·D + isolation·c - pressure·p.

    x is the member's position on the item, D its dependence on the rival (0 to 1), c the share of the others
    who say yes, p its domestic pressure (0 to 1). It votes against with chance Φ((-m - abstention) / doubt),
    and abstains otherwise.
    """

    doubt: Effect = Field(description="How far a member's vote may stray from its position.")
    abstention: Effect | None = Field(
        default=None,
        description="How far below the point where it says yes a member abstains, instead of voting against; "
        "nobody abstains if left out.",
    )
    dependence: Effect | None = Field(
        default=None, description="How far full dependence on the rival holds a member back."
    )
    on: Key | None = Field(
        default=None, description="Which dependence of the case holds it back; needed with `dependence`."
    )
    pressure: Effect | None = Field(
        default=None, description="How far full domestic pressure holds a member back."
    )
    pressed_by: Key | None = Field(
        default=None,
        description="Indicator of that pressure, in percent or as a share, as in 'populist_seat_share'; "
        "needed with `pressure`.",
    )
    isolation: Effect | None = Field(
        default=None, description="How far standing alone against all others pushes a member to yes."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for name, effect, other, key in (
            ("dependence", self.dependence, "on", self.on),
            ("pressure", self.pressure, "pressed_by", self.pressed_by),
        ):
            if (effect is None) != (key is None):
                raise fault(f"{name} and `{other}` belong together", "give both, or neither")
        if self.doubt.low <= 0:
            raise fault("without any doubt, nothing is uncertain", "let `doubt.low` be more than 0")
        return self


def _written_as(value: Any) -> str:
    return "section" if isinstance(value, (dict, Rule, Support)) else "key"


class Decision(Part):
    """One decision on an item of the agenda, taken once or again and again."""

    title: Text = Field(description="What the reader sees.")
    item: Key = Field(description="The agenda's item that it is about.")
    bloc: BlocKey = Field(description="Whose members decide.")
    without: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(), description="Members who take no part."
    )
    rule: Annotated[
        Annotated[Key, Tag("key")] | Annotated[Rule, Tag("section")], Discriminator(_written_as)
    ] = Field(description="A rule that ships, by key, or a rule written here.")
    weights: dict[Key, Key] = Field(
        default_factory=dict,
        description="Weights that the rule names, each with the indicator it is read from.",
    )
    proposal: Unit = Field(description="Where the proposal lies on the item's scale.")
    otherwise: Unit = Field(description="What holds if it fails, on the same scale.")
    dates: Annotated[tuple[Day, ...], Field(strict=False)] = Field(
        default=(), description="Days on which it comes up."
    )
    every: Literal["year", "half-year"] | None = Field(
        default=None, description="How often it comes up again after the last of `dates`."
    )
    support: Annotated[
        Annotated[Key, Tag("key")] | Annotated[Support, Tag("section")], Discriminator(_written_as)
    ] = Field(description="What makes a member say yes, or the key of a decision that says so.")
    source: Text | None = Field(default=None, description="Where the rule and the dates are laid down.")
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")

    @property
    def cut(self) -> float:
        """The position at which a member is indifferent between the proposal and what holds otherwise."""
        return (self.proposal + self.otherwise) / 2

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_once(self.without, "actor")
        if self.proposal == self.otherwise:
            raise fault("the proposal is what holds anyway", "let `proposal` and `otherwise` differ")
        return self


def support_of(decision: Decision, decisions: Mapping[str, Decision]) -> Support:
    """Return what makes members say yes, from the decision itself or from the one that it names."""
    found = decisions[decision.support].support if isinstance(decision.support, str) else decision.support
    assert isinstance(found, Support)
    return found
