"""Stance: where actors stand on the rival, as one position behind several thin measurements."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.terms import (
    ActorCode,
    BlocKey,
    Day,
    Key,
    Kinds,
    Part,
    PartyCode,
    Span,
    Text,
    check_once,
    check_order,
)

Take = Literal["last", "mean", "sum", "max", "min"]
Transform = Literal["none", "log1p", "sqrt", "logit", "asinh"]


class Fill(Part):
    """A value assumed where the evidence states none: marked as assumed wherever it is shown."""

    value: float = Field(
        description="The assumed value, in the measurement's own unit, before any transform."
    )
    reason: Text = Field(description="Why a missing value means this one.")


class Baseline(Span):
    """An earlier span to measure change from; both spans are summed up by the measurement's `take`."""

    relative: bool = Field(
        default=False,
        description="false: later minus earlier; true: later over earlier, minus 1.",
    )


class Measurement(Part):
    """What all measurements of stance have in common."""

    title: Text = Field(description="What the reader sees.")
    reason: Text = Field(
        description="Why this measures stance on the rival, and why it is treated in this way."
    )
    direction: Literal[1, -1] = Field(
        default=1,
        description="1 where more of it means further from the rival, -1 where more of it means closer. "
        "A prior expectation that the brief sets beside the estimated loading; the estimate is not forced.",
    )


class VoteMeasurement(Measurement):
    """How an actor voted on one resolution: yes 1, abstain 0.5, no 0."""

    by: Literal["votes"] = Field(description="Measured by a roll call.")
    resolution: Text = Field(description="Symbol of the resolution, as in 'A/RES/68/262'.")
    absent: Literal["missing", "abstain"] = Field(
        default="missing",
        description="How absence counts: missing (says nothing), or abstain (0.5).",
    )


class _Series(Measurement):
    """What measurements drawn from dated values have in common."""

    since: Day | None = Field(
        default=None, description="First day of the values used; from the first value if left out."
    )
    until: Day | None = Field(
        default=None, description="Last day of the values used; up to `as_of` if left out."
    )
    take: Take = Field(default="last", description="How the values in the span become one for each actor.")
    change_from: Baseline | None = Field(
        default=None, description="An earlier span, to measure change instead of level."
    )
    per: Key | None = Field(
        default=None,
        description="Indicator to divide by, as in 'gdp_usd': its latest value of the same actor up to the "
        "end of the span. An actor without that indicator is missing.",
    )
    transform: Transform = Field(
        default="none",
        description="Applied last, to tame a long tail; logit takes percent (0-100) or share (0-1) by unit.",
    )
    fill: Fill | None = Field(
        default=None,
        description="Value assumed for an actor without any value; missing if left out. Used only where "
        "the evidence has a value for somebody: a measurement without evidence is left out, and named.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.since, self.until)
        if self.change_from and self.since:
            check_order(self.change_from.until, self.since)
        return self


class TieMeasurement(_Series):
    """A tie between the actor and a target: trade, aid, a view, a sanction. Several kinds are added up."""

    by: Literal["ties"] = Field(description="Measured by ties.")
    kinds: Kinds = Field(description="Kind of tie, or a list of kinds to add up, as in 'crude_import_share'.")
    target: PartyCode = Field(description="The other end of the tie.")
    placed: Literal["actor", "target"] = Field(
        default="actor",
        description="Which end of the tie is placed: actor (who imports, gives, views, sanctions), "
        "or target (who receives from `target`, which is then the tie's actor).",
    )
    through: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(),
        description="Blocs of this case that act for their members: what the bloc does counts, on its date, "
        "for each member of that day, added to the actor's own.",
    )


class IndicatorMeasurement(_Series):
    """A value that describes the actor alone."""

    by: Literal["indicators"] = Field(description="Measured by an indicator.")
    name: Key = Field(description="Name of the indicator, as in 'military_expenditure_share_gdp'.")


class AgreementMeasurement(Measurement):
    """How alike the actor and a partner vote over a window; with `minus`, less its agreement with another.

    With `minus`, the two partners are the poles: each agrees fully with itself. Without, the partner is left
    out. A pair without a common roll call is missing.
    """

    by: Literal["agreement"] = Field(description="Measured by agreement in roll calls.")
    partner: ActorCode = Field(description="The actor to agree with.")
    minus: ActorCode | None = Field(
        default=None, description="The actor whose agreement is taken off, if any."
    )
    issue: Key = Field(description="Issue of the case whose roll calls count.")
    window: Key = Field(description="Window of the case whose roll calls count.")
    measure: Literal["s", "kappa", "pi"] = Field(
        default="pi",
        description="s (Signorino and Ritter), or corrected for chance: kappa (Cohen), pi (Scott).",
    )


AnyMeasurement = Annotated[
    VoteMeasurement | TieMeasurement | IndicatorMeasurement | AgreementMeasurement,
    Field(discriminator="by"),
]


class Stance(Part):
    """Who is placed on the rival, by what, and which way is up.

    Placed are the members of `blocs` on the day `as_of`, the case's reference states, the ally and the rival,
    each where at least one measurement is at hand.
    """

    title: Text = Field(description="Title of the scale, as in 'Stance on Russia'.")
    blocs: Annotated[tuple[BlocKey, ...], Field(min_length=1, strict=False)] = Field(
        description="Blocs whose members are placed."
    )
    positive: ActorCode = Field(description="Fixes the sign: this actor's side of the scale is positive.")
    low: Text = Field(default="closer to the rival", description="What the negative end of the scale means.")
    high: Text = Field(
        default="further from the rival", description="What the positive end of the scale means."
    )
    measurements: Annotated[dict[Key, AnyMeasurement], Field(min_length=3)] = Field(
        description="The measurements by key. One factor needs three or more."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.blocs, "bloc")
        return self
