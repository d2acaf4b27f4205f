"""Dated shocks: what happens to some actors at a step, whether or not anyone decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Cells = Mapping[tuple[str, str], float]
"""Sizes by actor and by issue, covariate or bloc."""


@dataclass(frozen=True, kw_only=True)
class Shock:
    """Something that happens at a step, with its sizes by actor.

    `shift` moves positions, `change` moves covariates, `target` sets covariates to a value, and `members` is
    1 where an actor belongs to a bloc from that step on, 0 where it leaves. `news` is the sd, by issue, of
    one common move of all who are in `hears`.

    It happens with `chance`. Its size is one factor for all its cells, drawn from a triangle from `low` over
    1 to `high`, and turned round with chance `backlash`; a target is reached as far as the factor says, from
    0 (nothing) to 1 (wholly). Membership is not a matter of chance.

    >>> cut_off = Shock(key="full stop", step=2, target={("HUN", "oil"): 0.0})
    >>> pull_out = Shock(key="pull-out", step=4, change={("POL", "threat"): 0.3}, low=0.5, high=2.0)
    >>> joining = Shock(key="enlargement", step=6, members={("UKR", "EU"): 1.0})
    >>> forum = Shock(key="conference", step=1, hears=("DEU", "FRA"), news={"aid": 0.05})
    """

    key: str
    step: int
    shift: Cells = field(default_factory=dict)
    change: Cells = field(default_factory=dict)
    target: Cells = field(default_factory=dict)
    members: Cells = field(default_factory=dict)
    news: Mapping[str, float] = field(default_factory=dict)
    hears: tuple[str, ...] = ()
    chance: float = 1.0
    backlash: float = 0.0
    low: float = 1.0
    high: float = 1.0
