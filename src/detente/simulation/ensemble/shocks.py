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


def election(key: str, *, step: int, pressure: Mapping[str, float], covariate: str) -> Shock:
    """Return an election: domestic pressure jumps in some actors, by actor.

    >>> election("polls", step=3, pressure={"FRA": 0.2}, covariate="populists").change
    {('FRA', 'populists'): 0.2}
    """
    return Shock(key=key, step=step, change={(actor, covariate): size for actor, size in pressure.items()})


def cut_off(key: str, *, step: int, left: Mapping[str, float], covariate: str) -> Shock:
    """Return a cut-off of supply: dependence is set to what is left of it, by actor.

    >>> cut_off("full stop", step=2, left={"HUN": 0.0}, covariate="oil").target
    {('HUN', 'oil'): 0.0}
    """
    return Shock(key=key, step=step, target={(actor, covariate): value for actor, value in left.items()})


def withdrawal(
    key: str, *, step: int, threat: Mapping[str, float], covariate: str, shift: Cells | None = None
) -> Shock:
    """Return the withdrawal of a guarantee: the threat that is felt rises, by actor, and positions may shift.

    >>> withdrawal("pull-out", step=4, threat={"POL": 0.3}, covariate="threat").change
    {('POL', 'threat'): 0.3}
    """
    change = {(actor, covariate): size for actor, size in threat.items()}
    return Shock(key=key, step=step, change=change, shift=dict(shift or {}))


def joining(key: str, *, step: int, actor: str, bloc: str) -> Shock:
    """Return an actor's joining of a bloc, to whose mean it is drawn from then on.

    Who votes is a matter of the rule: give the ballot another from that step on.

    >>> joining("enlargement", step=6, actor="UKR", bloc="EU").members
    {('UKR', 'EU'): 1.0}
    """
    return Shock(key=key, step=step, members={(actor, bloc): 1.0})


def forum(key: str, *, step: int, hears: tuple[str, ...], news: Mapping[str, float]) -> Shock:
    """Return a forum: all who attend learn the same, and move together by a draw with this sd on each issue.

    >>> forum("conference", step=1, hears=("DEU", "FRA"), news={"aid": 0.05}).hears
    ('DEU', 'FRA')
    """
    return Shock(key=key, step=step, hears=tuple(hears), news=dict(news))
