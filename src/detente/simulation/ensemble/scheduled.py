"""From the decisions of a case to ballots: when they come up, and what makes members say yes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from detente.simulation.ensemble.ballots import NONE, Ballot, Size
from detente.simulation.ensemble.futures import ends_of

if TYPE_CHECKING:
    from detente.cases.decisions import Decision, Effect, Support
    from detente.simulation.institutions.compiled import Compiled

MONTHS = {"year": 12, "half-year": 6}


def ballot_of(
    key: str, decision: Decision, rule: Compiled, *, support: Support, steps: tuple[int, ...]
) -> Ballot:
    """Return a decision of a case as a ballot under a rule, at these steps.

    Positions are taken to be on the scale of the item, 0 to 1; replace `level` and `slope` where they are
    not. Nothing follows from an outcome unless `passed` and `failed` are replaced.

    >>> from detente.cases.decisions import Decision
    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> renewal = Decision.model_validate({
    ...     "title": "Renewal", "item": "pressure", "bloc": "EU", "rule": "unanimity", "proposal": 0.5,
    ...     "otherwise": 0.1,
    ...     "support": {"doubt": {"value": 0.1, "low": 0.1, "high": 0.2, "reason": "made up"}}})
    >>> both = compiled(Rule.model_validate({"title": "All", "passes": {"not_for": {"at_most": 0}}}),
    ...                 voters(["DEU", "FRA"]))
    >>> ballot = ballot_of("renewal", renewal, both, support=renewal.support, steps=(1, 2))
    >>> ballot.issue, round(ballot.cut, 3), ballot.doubt
    ('pressure', 0.3, Size(value=0.1, low=0.1, high=0.2))
    """
    return Ballot(
        key=key,
        rule=rule,
        steps=steps,
        issue=decision.item,
        cut=decision.cut,
        doubt=_size(support.doubt),
        abstention=_size(support.abstention),
        hold=_size(support.dependence),
        on=support.on,
        pressure=_size(support.pressure),
        pressed_by=support.pressed_by,
        isolation=_size(support.isolation),
    )


def _size(effect: Effect | None) -> Size:
    return NONE if effect is None else Size(effect.value, effect.low, effect.high)


def steps_of(decision: Decision, *, begins: date, years: float, steps: int) -> tuple[int, ...]:
    """Return the steps of `years` each in which a decision comes up, from the day they begin.

    It comes up on its dates and, if it does so again and again, every so often after the last of them.

    >>> from types import SimpleNamespace
    >>> renewal = SimpleNamespace(dates=(date(2026, 7, 31),), every="half-year")
    >>> steps_of(renewal, begins=date(2026, 1, 1), years=0.5, steps=4)
    (2, 3, 4)
    """
    ends = ends_of(begins, years, steps)
    days = [pd.Timestamp(day) for day in decision.dates]
    if days and decision.every is not None:
        last, months, times = max(days), MONTHS[decision.every], 1
        while last + pd.DateOffset(months=months * times) < ends[-1]:
            days.append(last + pd.DateOffset(months=months * times))
            times += 1
    inside = {sum(end <= day for end in ends) for day in days}
    return tuple(sorted(step for step in inside if 1 <= step <= steps))
