"""Decisions of a case as ballots: when they come up, who then votes under which rule, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from detente.cases.decisions import support_of
from detente.cases.rules import Rule
from detente.errors import DetenteError, Problem, SimulationError, raise_all
from detente.simulation.decisions.electorate import weighted
from detente.simulation.ensemble.ballots import Ballot
from detente.simulation.ensemble.scheduled import ballot_of, steps_of
from detente.simulation.institutions.catalogue import rule_named
from detente.simulation.institutions.compiled import Compiled, compiled
from detente.simulation.projection.happening import STEP, Calendar, Names, consequence
from detente.simulation.projection.levels import driver_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.cases.decisions import Decision
    from detente.cases.events import Happening
    from detente.cases.schema import Case
    from detente.evidence import Evidence


def ballots_of(
    case: Case, evidence: Evidence, events: Mapping[str, Happening], *, calendar: Calendar, names: Names
) -> list[Ballot]:
    """Return the decisions of a case that come up in the window on items that are followed.

    Who votes, and under which rule, changes with `events`. Raises `SimulationError` for all that do not fit.
    """
    problems: list[Problem] = []
    ballots: list[Ballot] = []
    for key in case.decisions:
        try:
            ballots += list(_ballot(case, key, evidence, events, calendar=calendar, names=names))
        except DetenteError as error:
            problems += [
                replace(each, where=_within(f"decisions.{key}", each.where)) for each in error.problems
            ]
    raise_all(SimulationError, problems)
    return ballots


def _within(part: str, where: str) -> str:
    """Return a place inside a part of the case, unless it says already where in the case it is."""
    return where if "." in where.split(":")[0] else f"{part}.{where}"


def _ballot(
    case: Case,
    key: str,
    evidence: Evidence,
    events: Mapping[str, Happening],
    *,
    calendar: Calendar,
    names: Names,
) -> Iterator[Ballot]:
    """Yield a decision as a ballot, if it comes up in the window on an item that is followed."""
    assert case.projection is not None
    decision, steps = case.decisions[key], len(calendar.days) - 1
    when = steps_of(decision, begins=case.as_of, years=STEP, steps=steps)
    if not when or decision.item not in case.projection.items:
        return
    voters = [actor for actor in names.members[decision.bloc] if actor not in decision.without]
    ready = _compiled(case, decision, decision.rule, voters, evidence)
    later: dict[int, Compiled] = {}
    rule = decision.rule
    for name, event in sorted(events.items(), key=lambda each: (each[1].date, each[0])):
        joins, leaves = event.join.get(decision.bloc, ()), event.leave.get(decision.bloc, ())
        if not (joins or leaves or key in event.rules):
            continue
        rule = event.rules.get(key, rule)
        voters = sorted((set(voters) | set(joins)) - set(leaves))
        step = calendar.step(event.date, f"projection.events.{name}.date")
        later[step] = _compiled(case, decision, rule, voters, evidence)
    support = support_of(decision, case.decisions)
    made = ballot_of(key, decision, ready, support=support, steps=when)
    after = case.projection.consequences.get(key)
    where = f"projection.consequences.{key}"
    yield Ballot(
        **{
            **vars(made),
            "later": later,
            "on": driver_of(case, dependence=support.on) if support.on else None,
            "pressed_by": driver_of(case, indicator=support.pressed_by) if support.pressed_by else None,
            "passed": consequence(after.passed if after else None, names=names, where=f"{where}.passed"),
            "failed": consequence(after.failed if after else None, names=names, where=f"{where}.failed"),
        }
    )


def _compiled(
    case: Case, decision: Decision, rule: str | Rule, voters: list[str], evidence: Evidence
) -> Compiled:
    named = rule_named(rule) if isinstance(rule, str) else rule
    return compiled(named, weighted(case, decision, named.passes, evidence=evidence, actors=tuple(voters)))
