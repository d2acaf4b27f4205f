"""The agenda: what actors bargain over, and where each stands, how much it cares and what weight it carries.

Each of the three is measured, or assumed in the open with a range and a reason.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from detente.cases.stance import IndicatorMeasurement, TieMeasurement
from detente.cases.terms import ActorCode, BlocKey, Key, Part, Text, check_once, check_range, fault

Unit = Annotated[float, Field(ge=0, le=1)]


class Range(Part):
    """A number from 0 to 1 that is assumed, with the range it may lie in."""

    value: Unit = Field(description="The number, from 0 to 1.")
    low: Unit | None = Field(default=None, description="Least it may be; `spread` below if left out.")
    high: Unit | None = Field(default=None, description="Most it may be; `spread` above if left out.")
    reason: Text | None = Field(
        default=None, description="Why this number, where it needs a reason of its own."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        check_range(low, self.value, high)
        return self


def _as_range(value: Any) -> Any:
    return {"value": value} if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Assumption = Annotated[Range, BeforeValidator(_as_range, json_schema_input_type=Unit | Range)]


class _Source(Part):
    """What all sources of a number have in common."""

    but: dict[ActorCode, Assumption] = Field(
        default_factory=dict,
        description="Actors for whom another number is assumed instead, each with its `reason`.",
    )
    otherwise: Assumption | None = Field(
        default=None,
        description="Assumed for actors of whom nothing is measured; they are left out of the item, and "
        "named, if this is not given.",
    )

    @model_validator(mode="after")
    def _explained(self) -> Self:
        bare = [actor for actor, each in self.but.items() if each.reason is None]
        if bare:
            raise fault(f"no reason is given for {', '.join(bare)}", "add `reason:` to each")
        return self


class FromStance(_Source):
    """The case's scale of stance, as a share: 0 at its low end, 1 at its high end, 0.5 in the middle."""

    by: Literal["stance"] = Field(description="Measured by the scale of stance.")
    turned: bool = Field(default=False, description="true: the low end of the scale is 1.")


class FromPoints(_Source):
    """Ideal points of the last session, as a share: 0 and 1 at the ends of the scale, 0.5 in the middle."""

    by: Literal["ideal_points"] = Field(description="Measured by ideal points.")
    turned: bool = Field(default=False, description="true: the negative end of the scale is 1.")


class FromSeries(_Source):
    """A tie or an indicator, divided by the largest among the actors."""

    by: Literal["series"] = Field(description="Measured by a tie or an indicator.")
    measure: Annotated[TieMeasurement | IndicatorMeasurement, Field(discriminator="by")] = Field(
        description="What is measured, as in a measurement of stance."
    )
    floor: Unit = Field(
        default=0.0,
        description="What an actor with nothing of it has; the largest has 1, and the rest lie between.",
    )


class Assumed(_Source):
    """Numbers that the case assumes, each from 0 to 1."""

    by: Literal["assumed"] = Field(description="Assumed.")
    values: dict[ActorCode, Assumption] = Field(default_factory=dict, description="The number of each actor.")
    blocs: dict[BlocKey, Assumption] = Field(
        default_factory=dict,
        description="The number of each member of a bloc that has none of its own; the first bloc counts.",
    )
    spread: Unit = Field(
        default=0.1, description="Half the range of a number for which no low and high are given."
    )
    reason: Text = Field(description="Why these numbers.")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.values and not self.blocs and self.otherwise is None:
            raise fault("nothing is assumed of anyone", "give `values:`, `blocs:` or `otherwise:`")
        return self


Placing = Annotated[FromStance | FromPoints | FromSeries | Assumed, Field(discriminator="by")]
Weighing = Annotated[FromSeries | Assumed, Field(discriminator="by")]


class Item(Part):
    """One thing on the agenda: a line between two ends on which actors want different points."""

    title: Text = Field(description="What the reader sees.")
    low: Text = Field(description="What 0 means, in words.")
    high: Text = Field(description="What 1 means, in words.")
    position: Placing = Field(description="Where each actor stands, from 0 to 1.")
    salience: Weighing | None = Field(
        default=None,
        description="How much each actor cares, from 0 to 1; as for the whole agenda if left out.",
    )
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")


class Agenda(Part):
    """Who bargains over what, and with what weight."""

    title: Text = Field(default="From positions to outcomes", description="Title, as the reader sees it.")
    blocs: Annotated[tuple[BlocKey, ...], Field(min_length=1, strict=False)] = Field(
        description="Blocs whose members of the day bargain."
    )
    beside: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(), description="Actors who bargain beside them."
    )
    capability: Weighing = Field(description="What weight each actor carries, from 0 to 1.")
    salience: Weighing | None = Field(
        default=None, description="How much each actor cares about every item that does not say so itself."
    )
    items: Annotated[dict[Key, Item], Field(min_length=1)] = Field(
        description="What is bargained over, by key."
    )
    model: Literal["compromise", "median", "spatial", "challenge"] = Field(
        default="compromise",
        description="How positions become an outcome: the weighted mean, which none beats, or others.",
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.blocs, "bloc")
        check_once(self.beside, "actor")
        bare = [key for key, item in self.items.items() if item.salience is None]
        if bare and self.salience is None:
            raise fault(
                f"nothing says how much actors care about {', '.join(bare)}",
                "add `salience:` to the item, or to the agenda for all items",
            )
        return self

    def cares(self, item: str) -> Weighing:
        """What says how much each actor cares about an item."""
        found = self.items[item].salience or self.salience
        assert found is not None
        return found
