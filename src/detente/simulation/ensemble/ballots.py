"""Ballots: decisions that come up at certain steps, who says yes, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.simulation.ensemble.shocks import Cells
from detente.simulation.institutions.compiled import Compiled


@dataclass(frozen=True)
class Size:
    """A strength that is not known exactly: drawn from a triangle from `low` over `value` to `high`.

    >>> Size(0.3).low, Size(0.3, 0.1, 0.4).high
    (0.3, 0.4)
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            if getattr(self, end) != getattr(self, end):
                object.__setattr__(self, end, self.value)


NONE = Size(0.0)


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What an outcome does from the next step on: `shift` moves positions once, `drift` at every step until
    the ballot comes out otherwise, and `change` moves covariates once, all by actor.

    Every size is multiplied by one factor, drawn from a triangle from `low` over 1 to `high`.
    """

    shift: Cells = field(default_factory=dict)
    drift: Cells = field(default_factory=dict)
    change: Cells = field(default_factory=dict)
    low: float = 1.0
    high: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A decision by a rule at some steps (the first step is 1).

    Member i votes for with chance Φ(m / doubt), against with Φ((-m - abstention) / doubt), where
    m = level_i + slope x_i - cut - hold D_i - pressure p_i + isolation c + payments,
    x its position on the issue, D and p the covariates `on` and `pressed_by`, and c the share of the others
    who vote for, as members expect it: the least fixed point. `level` and `slope` turn positions into the
    units of the proposal. `later` holds the rules that hold from later steps on, as when members join.
    Strengths of the same name are drawn together in all ballots.
    """

    key: str
    rule: Compiled
    steps: tuple[int, ...]
    issue: str
    cut: float
    doubt: Size
    abstention: Size = NONE
    hold: Size = NONE
    on: str | None = None
    pressure: Size = NONE
    pressed_by: str | None = None
    isolation: Size = NONE
    slope: float = 1.0
    level: Mapping[str, float] = field(default_factory=dict)
    later: Mapping[int, Compiled] = field(default_factory=dict)
    passed: Consequence = Consequence()
    failed: Consequence = Consequence()

    def rule_at(self, step: int) -> Compiled:
        """Return the rule that holds at a step."""
        begun = [each for each in self.later if each <= step]
        return self.later[max(begun)] if begun else self.rule


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A side payment that moves an actor's margin in a ballot by `size`, from one step to another."""

    ballot: str
    actor: str
    size: float
    since: int = 1
    until: int = 10_000
