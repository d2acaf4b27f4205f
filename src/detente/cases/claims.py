"""Claims: what others have published, made testable; lines are stated here, before any figure is computed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.claims_readings import OF_ACTORS, Line, Reading, Span, When, last_day
from detente.cases.strategies import Measure
from detente.cases.terms import (
    ActorCode,
    BlocKey,
    Day,
    Key,
    Part,
    Text,
    Year,
    check_once,
    check_order,
    fault,
)

Keys = Annotated[tuple[Key, ...], Field(strict=False)]


class _Test(Part):
    """What every test says."""

    title: Text | None = Field(default=None, description="What is tested, in a few words; made up if not.")
    reason: Text = Field(description="Why this tests the claim, and why the lines lie where they do.")
    may_postdate: bool = Field(
        default=False, description="true: evidence from after the claim is used, and the verdict says so."
    )
    postdate_reason: Text | None = Field(
        default=None, description="Why evidence from after the claim is used; must be given with it."
    )

    @model_validator(mode="after")
    def _said_why(self) -> Self:
        if self.may_postdate != (self.postdate_reason is not None):
            if self.may_postdate:
                raise fault("evidence from after the claim is used", "add `postdate_reason:`")
            raise fault("`postdate_reason` is given, `may_postdate` is not", "add `may_postdate: true`")
        return self


class _Weighed(_Test):
    """A test by a figure, and the lines that decide."""

    supported: Line = Field(description="Where the whole interval of the figure supports the claim.")
    contradicted: Line | None = Field(
        default=None,
        description="Where it contradicts the claim; all figures that do not support it, if left out.",
    )

    @property
    def denied(self) -> Line:
        """The line beyond which a figure contradicts."""
        return self.contradicted or self.supported.other_side()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        good, bad = self.supported, self.contradicted
        if bad is None:
            return self
        said = f"supported {_spoken(good)} and contradicted {_spoken(bad)}"
        if good.upward == bad.upward:
            raise fault(f"{said}: what supports it contradicts it", "let the two lines face apart")
        beyond = bad.at - good.at if good.upward else good.at - bad.at
        if beyond > 0 or (beyond == 0 and not good.strict and not bad.strict):
            middle = (good.at + bad.at) / 2
            raise fault(f"{said}: a figure of {middle:g} would do both", "move the lines apart")
        return self


def _spoken(line: Line) -> str:
    return f"{line.word.replace('_', ' ')} {line.at:g}"


class RecordTest(_Test):
    """A dated table of facts: which of its rows speak for the claim, and which against it."""

    kind: Literal["record"] = Field(description="Dated facts that speak for it, or against it.")
    topic: Key = Field(description="Topic of the facts, as in 'munich_participation'.")
    actors: Annotated[tuple[ActorCode, ...], Field(strict=False)] = Field(
        default=(), description="Whom the facts are about; anyone if left out."
    )
    since: Day | None = Field(default=None, description="First day; any if left out.")
    until: Day | None = Field(default=None, description="Last day, included; any if left out.")
    supports: Annotated[Keys, Field(min_length=1)] = Field(description="Keys of facts that speak for it.")
    contradicts: Annotated[Keys, Field(min_length=1)] = Field(description="Keys that speak against it.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_order(self.since, self.until)
        check_once(self.actors, "actor")
        both = sorted(set(self.supports) & set(self.contradicts))
        if both:
            raise fault(f"{both[0]} speaks for the claim and against it", "name it under one of the two")
        return self


class LevelTest(_Weighed):
    """A figure beside a line, or beside another figure."""

    kind: Literal["level"] = Field(description="A figure beyond a line, or beyond another.")
    read: Reading = Field(description="The figure.")
    beside: Reading | None = Field(
        default=None, description="A figure to compare it with: the lines are then for the first less this."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for each in (self.read, self.beside):
            if each is not None:
                each.check()
        return self


class ChangeTest(_Weighed):
    """A figure later less the same figure earlier."""

    kind: Literal["change"] = Field(description="A figure later less earlier.")
    read: Reading = Field(description="The figure, without its span.")
    earlier: Span = Field(description="A window of the case, or a year.")
    later: Span = Field(description="A window of the case, or a year.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self.read.check(without=frozenset({"span"}))
        if self.earlier == self.later:
            raise fault(f"earlier and later are both {self.later}", "name two spans")
        for span in (self.earlier, self.later):
            self.read.model_copy(update={"span": span}).check()
        return self


class DifferenceTest(_Weighed):
    """A figure of one side less the same figure of another."""

    kind: Literal["difference"] = Field(description="A figure of one side less that of another.")
    read: Reading = Field(description="The figure, without whose it is.")
    sides: Annotated[tuple[BlocKey, BlocKey], Field(strict=False)] = Field(
        description="Two blocs or actors: the first less the second. A bloc's figure is the mean of members."
    )
    either_way: bool = Field(default=False, description="true: how far apart they are, whoever has more.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_once(self.sides, "side")
        self.read.check(without=frozenset({"of"}))
        if self.either_way and min(self.supported.at, self.denied.at) < 0:
            raise fault("a distance is never below 0", "move the line, or take `either_way` out")
        return self


class AssociationTest(_Weighed):
    """What goes with what: a coefficient of the panel of positions, or a rank correlation over actors."""

    kind: Literal["association"] = Field(description="Whether one thing goes with another.")
    covariate: Text | None = Field(
        default=None, description="A covariate of the panel, as `detente backtest` lists them."
    )
    x: Reading | None = Field(default=None, description="Or a figure of each actor, without whose it is,")
    y: Reading | None = Field(default=None, description="and another,")
    among: BlocKey | None = Field(default=None, description="over the members of this bloc.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        over = [self.x, self.y, self.among]
        if (self.covariate is None) == (None in over) or (self.covariate and any(over)):
            raise fault("it is not said what goes with what", "give `covariate:`, or `x:`, `y:` and `among:`")
        for each in (self.x, self.y):
            if each is None:
                continue
            if each.measure not in OF_ACTORS:
                hint = f"over actors go {', '.join(OF_ACTORS)}"
                raise fault(f"single actors have no {each.measure}", hint)
            each.check(without=frozenset({"of"}))
        return self


class DependenceTest(_Weighed):
    """How many members draw more than a share from the target; the lines are for the number of members."""

    kind: Literal["dependence"] = Field(description="How many members draw much from the target.")
    dependence: Key = Field(description="The tie, as named under `dependence`.")
    among: BlocKey = Field(description="The bloc whose members are counted.")
    over: float = Field(description="Above which share, in the unit of the tie, a member counts.")
    year: Year | None = Field(default=None, description="Which year; each member's last if left out.")


class ProjectionTest(_Weighed):
    """How likely a quantity is to stay beyond a line; the lines of the verdict are for that probability."""

    kind: Literal["projection"] = Field(description="How likely a quantity stays beyond a line.")
    quantity: Measure = Field(description="What is followed, as objectives are read.")
    stays: Line = Field(description="On which side of which line, all the time.")
    years: Annotated[float, Field(gt=0, le=50)] | None = Field(
        default=None, description="For how many years; to the end of the projection if left out."
    )

    @model_validator(mode="after")
    def _chances(self) -> Self:
        if not all(0 <= line.at <= 1 for line in (self.supported, self.denied)):
            raise fault("a probability lies from 0 to 1", "write 0.5 for even odds")
        if self.quantity.crosses is not None:
            raise fault("crossings of a line are not followed here", "follow a cohesion, mean or position")
        return self


class StrategyTest(_Weighed):
    """What levers do, beside doing nothing: to an objective of their owner, or to all less their cost."""

    kind: Literal["strategy"] = Field(description="What levers do for their owner.")
    player: Key = Field(description="The player who has them.")
    levers: Annotated[Keys, Field(min_length=1)] = Field(description="Its levers, used together.")
    against: Key | None = Field(
        default=None, description="The player whose answers count; as named by the player if left out."
    )
    objective: Key = Field(
        default="points", description="An objective of the player, `cost`, or `points`: all less the cost."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.levers, "lever")
        return self


class NoTest(Part):
    """A part of a claim that nothing at hand can test."""

    kind: Literal["untestable"] = Field(description="A part that nothing at hand can test.")
    title: Text | None = Field(default=None, description="Which part, in a few words.")
    why: Text = Field(description="Why it cannot be tested here.")
    needed: Text = Field(description="What would be needed to test it.")


Test = Annotated[
    RecordTest
    | LevelTest
    | ChangeTest
    | DifferenceTest
    | AssociationTest
    | DependenceTest
    | ProjectionTest
    | StrategyTest
    | NoTest,
    Field(discriminator="kind"),
]


class Claim(Part):
    """A sentence that someone published, and the tests that it is put to."""

    statement: Text = Field(description="What is claimed, in our words.")
    who: Text = Field(description="Who claims it.")
    when: When = Field(description="The day on which it was published; a year, where no more is known.")
    source: Text = Field(description="Where it is published.")
    tests: Annotated[dict[Key, Test], Field(min_length=1)] = Field(
        description="Its parts by key, each with a test stated before any figure is computed."
    )

    @property
    def until(self) -> date:
        """The last day on which it can have been published: later evidence postdates it."""
        found = last_day(self.when)
        assert found is not None
        return found
