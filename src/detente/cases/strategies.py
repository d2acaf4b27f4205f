"""What each side can do, at what cost, and what it wants: levers, portfolios and objectives.

Influence is modelled in the abstract: what a lever moves, by how much, at what cost, with what chance of the
opposite. Nothing here says what to tell anyone.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.events import Happening, Signed, Sizes
from detente.cases.terms import BlocKey, Day, Key, Part, PartyCode, Text, check_once, check_range, fault

NOTHING, ALL = "nothing", "all"
"""The portfolio without any lever, which every player has, and the one with all."""
Weight = Annotated[float, Field(ge=0, le=100)]
Unit = Literal["percent_gdp", "points"]


class Cost(Part):
    """What a lever costs its owner, assumed with its range."""

    value: Annotated[float, Field(ge=0, le=100)] = Field(description="What it costs a year.")
    low: Annotated[float, Field(ge=0, le=100)] = Field(description="Least it may cost.")
    high: Annotated[float, Field(ge=0, le=100)] = Field(description="Most it may cost.")
    unit: Unit = Field(
        description="percent_gdp: per cent of the owner's GDP; points: what it gives up in politics, in "
        "points of its objectives."
    )
    reason: Text = Field(description="Why this cost.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_range(self.low, self.value, self.high)
        return self


class Lever(Happening):
    """One thing that a player can do from a day on: an event that somebody decides on, and pays for."""

    kind: Literal[
        "dependence",
        "side_payment",
        "guarantee",
        "threat",
        "domestic_pressure",
        "capability",
        "platform",
        "sanction",
        "rule",
        "membership",
        "accommodation",
    ] = Field(description="What kind of lever it is.")
    owner: Key = Field(description="The player who has it.")
    means: Literal["reward", "coercion", "accommodation", "institution"] = Field(
        description="By what means it works, in the words of wedge strategies."
    )
    target: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(), description="Actors or blocs that it aims at, for the reader."
    )
    cost: Cost = Field(description="What it costs its owner.")
    side: dict[Key, Signed] = Field(
        default_factory=dict,
        description="What it does to other objectives of its owner, by objective, in its own unit: the "
        "other side of the medal.",
    )

    upon: dict[Key, dict[Key, Signed]] = Field(
        default_factory=dict,
        description="What it does to objectives of other players, by player and objective, in its own unit.",
    )

    @model_validator(mode="after")
    def _ranged(self) -> Self:
        moves = self.shift or self.change or self.becomes or self.news
        if moves and self.low == self.high and not self.becomes:
            raise fault("its size has no range", "give `low:` below 1 and `high:` above 1")
        return self


class Measure(Part):
    """What an objective is read from, at the end of the window; exactly one of these."""

    cohesion: BlocKey | None = Field(default=None, description="Spread among a bloc's members on `item`.")
    mean: BlocKey | None = Field(default=None, description="Mean of a bloc's members on `item`.")
    position: PartyCode | None = Field(default=None, description="Position of an actor on `item`.")
    item: Key | None = Field(default=None, description="Item of the agenda, or `alignment`.")
    passes: Key | None = Field(default=None, description="Share of a decision's days on which it passes.")
    crosses: Key | None = Field(default=None, description="Number of members beyond a line.")
    driver: Key | None = Field(default=None, description="Level of a driver, of `of`.")
    of: BlocKey | None = Field(default=None, description="The actor or bloc whose level it is.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        kinds = ("cohesion", "mean", "position", "passes", "crosses", "driver")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise fault(f"{len(given)} measures are named", f"name exactly one of {', '.join(kinds)}")
        if given[0] in kinds[:3] and self.item is None:
            raise fault(f"`{given[0]}` is read on an item", "add `item:`")
        if given[0] == "driver" and self.of is None:
            raise fault("a driver has a level for each actor", "add `of:` with an actor or a bloc")
        return self


class Objective(Part):
    """What a player wants more, or less, of."""

    title: Text = Field(description="What the reader sees.")
    want: Literal["more", "less"] = Field(description="Which way is better for the player.")
    measure: Measure | None = Field(
        default=None, description="What it is read from; left out where only side effects of levers touch it."
    )
    unit: Annotated[float, Field(gt=0, le=1000)] = Field(
        default=1.0, description="How much of it counts as one point."
    )
    weight: Weight = Field(default=1.0, description="How much a point of it counts among the objectives.")
    target: float | None = Field(
        default=None,
        description="What is good enough, in the measure's own unit.",
    )
    reason: Text = Field(description="Why the player is taken to want it, and to weigh it so.")

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.target is not None and self.measure is None:
            raise fault("a target is met by what is measured", "add `measure:`, or take `target:` out")
        return self


class Player(Part):
    """A side that chooses: a state, or several that act as one."""

    title: Text = Field(description="What the reader sees.")
    actors: Annotated[tuple[PartyCode, ...], Field(min_length=1, strict=False)] = Field(
        description="Whose side it is; the first pays the costs that are given in per cent of GDP."
    )
    against: Key | None = Field(default=None, description="The player whose answers are considered first.")
    objectives: Annotated[dict[Key, Objective], Field(min_length=1)] = Field(
        description="What it wants, by key."
    )
    gdp_point: Annotated[float, Field(gt=0, le=100)] = Field(
        default=1.0, description="How many points of its objectives a cost of one per cent of GDP weighs."
    )
    portfolios: dict[Key, Annotated[tuple[Key, ...], Field(strict=False)]] = Field(
        default_factory=dict,
        description="Sets of its levers that are compared, by key; doing nothing is always one of them. Left "
        "out: each lever by itself, and all together.",
    )
    reason: Text | None = Field(default=None, description="What must be known of it as a player.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_once(self.actors, "actor")
        for key, levers in self.portfolios.items():
            check_once(levers, f"lever of {key}")
            if not levers:
                raise fault(f"portfolio {key} has no lever", "doing nothing is always compared: take it out")
            if key == NOTHING:
                raise fault(f"{NOTHING} is the portfolio without any lever", "give it another name")
        if sum(each.weight for each in self.objectives.values()) == 0:
            raise fault("the weights of its objectives add up to 0", "let one at least be more than 0")
        seen: dict[str, tuple[str, str]] = {}
        for key, each in self.objectives.items():
            if each.measure is None:
                continue
            name = each.measure.model_dump_json()
            if name in seen and seen[name][1] != each.want:
                what = f"{key} and {seen[name][0]} want more and less of the same"
                raise fault(what, "take one of them out, or read it from something else")
            seen[name] = key, each.want
        return self


class Wedge(Part):
    """Whom a divider may detach from which bloc, and who holds it."""

    divider: Key = Field(description="The player who divides.")
    defender: Key = Field(description="The player who binds.")
    bloc: BlocKey = Field(description="The bloc that is to be divided.")
    item: Key = Field(description="The item on which members stand nearer to one side or the other.")
    decision: Key | None = Field(
        default=None,
        description="The decision in which members weigh by its rule; by capability if not.",
    )
    reason: Text = Field(description="Why this is where it would be divided.")


class Knob(Part):
    """Something that could be otherwise than thought, from 0 (as it is) to 1 (as far as is plausible)."""

    title: Text = Field(description="What the reader sees.")
    shift: dict[Key, Sizes] = Field(
        default_factory=dict, description="Moves of positions at full strength, by item."
    )
    change: dict[Key, Sizes] = Field(
        default_factory=dict, description="Changes of drivers at full strength, by driver."
    )
    both: bool = Field(default=False, description="true: it may as well go the other way, down to -1.")
    reason: Text = Field(description="Why so far and no further is plausible.")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.shift and not self.change:
            raise fault("nothing is moved", "give `shift:` or `change:`")
        return self


class Break(Part):
    """What counts as broken: the mean over futures of a measure, at the end of the window."""

    title: Text = Field(description="What the reader sees.")
    measure: Measure = Field(description="What it is read from.")
    below: float | None = Field(default=None, description="Broken where it is less than this.")
    above: float | None = Field(default=None, description="Or broken where it is more than this.")
    reason: Text = Field(description="Why this counts as broken.")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise fault("it breaks on exactly one side", "give `below:` or `above:`")
        return self


class Stress(Part):
    """What is turned to find out where the alliance breaks, from a day on."""

    date: Day = Field(description="The day on which everything that is turned happens.")
    knobs: Annotated[dict[Key, Knob], Field(min_length=1)] = Field(description="What is turned, by key.")
    breaks: Annotated[dict[Key, Break], Field(min_length=1)] = Field(
        description="What counts as broken, by key."
    )


class Strategies(Part):
    """What players can do, and what they want."""

    title: Text = Field(default="What each side can do", description="Title of the section.")
    players: Annotated[dict[Key, Player], Field(min_length=1)] = Field(description="The players by key.")
    levers: dict[Key, Lever] = Field(default_factory=dict, description="Their levers by key.")
    wedge: Wedge | None = Field(default=None, description="Whose wedge is analysed; none if left out.")
    stress: Stress | None = Field(
        default=None, description="Where it would break, and on what; not asked if left out."
    )
    reason: Text = Field(description="How levers and objectives were chosen.")
    note: Text | None = Field(default=None, description="What the reader must know to read it rightly.")

    @model_validator(mode="after")
    def _own_names(self) -> Self:
        for key in self.levers:
            if key in (NOTHING, ALL):
                raise fault(f"{key} is the name of a portfolio", "give the lever another name")
        return self
