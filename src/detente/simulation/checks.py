"""What a case's agenda, meetings and decisions ask for that cannot be given, found before anything is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.agenda import FromSeries
from detente.cases.decisions import Decision, support_of
from detente.cases.rules import AllOf, AnyOf, AnyRule, Rule, Veto
from detente.errors import DetenteError, did_you_mean
from detente.measurement.blocs import members, memberships
from detente.measurement.findings import Finding, gravest_first
from detente.measurement.observations import Scene, observe_series
from detente.measurement.pairs import AGREEMENT
from detente.simulation.decisions.electorate import weighted, weights_named
from detente.simulation.forum.attendance import attendance
from detente.simulation.institutions.catalogue import rules
from detente.simulation.institutions.compiled import compiled
from detente.simulation.projection.checks import findings as projection_findings

if TYPE_CHECKING:
    from detente.cases.agenda import Placing, Weighing
    from detente.cases.schema import Case
    from detente.evidence import Evidence

LISTED = "detente data list shows what can be pulled"


@dataclass(frozen=True)
class _Asked:
    """A case with an agenda, and the evidence it is checked against."""

    case: Case
    evidence: Evidence

    @cached_property
    def spells(self) -> dict[str, pd.DataFrame]:
        """Spells of membership by bloc."""
        return {bloc: memberships(self.case, bloc, evidence=self.evidence) for bloc in self.case.blocs}

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Everyone on the agenda."""
        assert self.case.agenda is not None
        inside = {
            actor for bloc in self.case.agenda.blocs for actor in members(self.spells[bloc], self.case.as_of)
        }
        return tuple(sorted(inside | set(self.case.agenda.beside)))

    @cached_property
    def scene(self) -> Scene:
        """Who is observed: everyone on the agenda."""
        votes = pd.DataFrame(columns=AGREEMENT)
        return Scene(self.case, self.evidence, self.actors, self.spells, votes)

    @property
    def sources(self) -> Iterator[tuple[str, Placing | Weighing]]:
        """What positions, saliences and capabilities are read from, with the place in the case."""
        assert self.case.agenda is not None
        yield "agenda.capability", self.case.agenda.capability
        if self.case.agenda.salience is not None:
            yield "agenda.salience", self.case.agenda.salience
        for key, item in self.case.agenda.items.items():
            yield f"agenda.items.{key}.position", item.position
            if item.salience is not None:
                yield f"agenda.items.{key}.salience", item.salience

    def known(self, column: str, table: str) -> list[str]:
        """Return the names that a table of the evidence has in a column."""
        return list(self.evidence.query(f"SELECT DISTINCT {column} AS name FROM {table} ORDER BY 1")["name"])


def preflight(case: Case, evidence: Evidence) -> list[Finding]:
    """Return what agenda, meetings, decisions, projection and scenarios of `case` ask for that cannot be
    given, the gravest first; empty where all is well, or where the case has no agenda.
    """
    if case.agenda is None:
        return []
    asked = _Asked(case, evidence)
    told = [*_actors(asked), *_sources(asked), *_meetings(asked), *_decisions(asked)]
    return gravest_first([*told, *projection_findings(case, asked.scene)])


def _actors(asked: _Asked) -> Iterator[Finding]:
    """Yield codes that nobody has, and numbers given for actors who are not on the agenda."""
    codes = asked.evidence.gazetteer.codes
    known = set(codes)
    for where, actor, bargains in _named(asked):
        if actor not in known:
            hint = did_you_mean(actor, codes) or "use the code of ISO 3166-1 alpha-3; detente schema explains"
            yield Finding("error", where, f"{actor!r} is no actor that detente knows", hint)
        elif bargains and actor not in asked.actors:
            hint = "add it to `agenda.beside`, or take the number out"
            yield Finding("warning", where, f"{actor} is not on the agenda", hint)


def _named(asked: _Asked) -> Iterator[tuple[str, str, bool]]:
    """Yield every actor that is named: where, who, and whether it must be on the agenda."""
    case = asked.case
    assert case.agenda is not None
    yield from (("agenda.beside", actor, False) for actor in case.agenda.beside)
    for where, source in asked.sources:
        yield from ((f"{where}.but", actor, True) for actor in source.but)
        yield from ((f"{where}.values", actor, True) for actor in getattr(source, "values", ()))
    for key, meeting in (case.forum.meetings if case.forum else {}).items():
        where = f"forum.meetings.{key}"
        single = [name for name in meeting.present if name not in case.blocs]
        yield from ((f"{where}.present", actor, True) for actor in single)
        yield from ((f"{where}.absent", actor, True) for actor in meeting.absent)
        yield from ((f"{where}.own", actor, True) for actor in meeting.own)
        yield from (
            (f"{where}.but.{item}", actor, True) for item in meeting.but for actor in meeting.but[item]
        )
    yield from (("forum.own", actor, True) for actor in (case.forum.own if case.forum else ()))
    for key, decision in case.decisions.items():
        yield from ((f"decisions.{key}.without", actor, False) for actor in decision.without)
        if isinstance(decision.rule, Rule):
            yield from ((f"decisions.{key}.rule", actor, False) for actor in _vetoes(decision.rule.passes))


def _vetoes(rule: AnyRule) -> Iterator[str]:
    if isinstance(rule, Veto):
        yield from rule.veto
    elif isinstance(rule, (AllOf, AnyOf)):
        for part in rule.all if isinstance(rule, AllOf) else rule.any:
            yield from _vetoes(part)


def _sources(asked: _Asked) -> Iterator[Finding]:
    """Yield series that the evidence does not have, or that are no shares of the largest."""
    ties, indicators = asked.known("kind", "ties"), asked.known("name", "indicators")
    for where, source in asked.sources:
        if not isinstance(source, FromSeries):
            continue
        spec = source.measure
        unknown = [
            *_unknown(where, "kind of tie", spec.kinds if spec.by == "ties" else (), ties),
            *_unknown(where, "indicator", (spec.name,) if spec.by == "indicators" else (), indicators),
            *_unknown(where, "indicator", (spec.per,) if spec.per else (), indicators),
        ]
        yield from unknown
        cells = observe_series(asked.scene, spec)
        score = cells.loc[cells["actor"].isin(asked.actors), "score"].dropna()
        if not unknown and score.empty:
            yield Finding("warning", where, "the evidence has no value for anyone on the agenda", LISTED)
        elif score.min() < 0:
            hint = "choose another transform, or a series that starts at 0"
            yield Finding("warning", where, "some values are below zero, and no shares of the largest", hint)


def _unknown(where: str, what: str, words: Iterable[str], known: list[str]) -> Iterator[Finding]:
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known) or LISTED
            yield Finding("warning", where, f"the evidence has no {what} {word!r}", hint)


def _meetings(asked: _Asked) -> Iterator[Finding]:
    """Yield meetings that nobody attends, and attendance that the evidence reports otherwise."""
    case = asked.case
    for key, meeting in (case.forum.meetings if case.forum else {}).items():
        where = f"forum.meetings.{key}"
        who = attendance(case, meeting, evidence=asked.evidence, actors=asked.actors)
        if not any(each.present for each in who.values()):
            yield Finding("warning", where, "nobody on the agenda attends", "name who is `present`")
        for actor, each in who.items():
            if each.reported is not None and each.reported != each.present:
                told = "took part" if each.reported else "did not take part"
                hint = "correct `present` or `absent`, or the date"
                yield Finding("warning", where, f"by the evidence, {actor} {told}", hint)
        topic = case.forum.occasions if case.forum else None
        held = asked.evidence.query("SELECT 1 FROM facts WHERE topic = ? AND date = ?", (topic, meeting.date))
        if topic is not None and held.empty:
            yield Finding("note", f"{where}.date", f"the evidence has no facts of {topic!r} on this day")


def _decisions(asked: _Asked) -> Iterator[Finding]:
    """Yield rules that are not known, or that their voters cannot be put under."""
    indicators = asked.known("name", "indicators")
    for key, decision in asked.case.decisions.items():
        where = f"decisions.{key}"
        support = support_of(decision, asked.case.decisions)
        pressed = (support.pressed_by,) if support.pressed_by else ()
        yield from _unknown(f"{where}.support.pressed_by", "indicator", pressed, indicators)
        rule = _rule(decision, rules())
        if rule is None:
            named = str(decision.rule)
            hint = f"{did_you_mean(named, rules())} rules that ship: {', '.join(rules())}".strip()
            yield Finding("error", f"{where}.rule", f"no rule is called {named!r}", hint)
            continue
        weights = {decision.weights.get(name, name) for name in weights_named(rule.passes)}
        lacking = list(_unknown(f"{where}.weights", "indicator", sorted(weights), indicators))
        yield from lacking
        if not lacking and members(asked.spells[decision.bloc], asked.case.as_of):
            yield from _ruled(asked, decision, rule, where)
        if decision.dates and decision.every is None and max(decision.dates) < asked.case.as_of:
            hint = "add a date, or say `every:`"
            yield Finding("note", f"{where}.dates", "all of its days are past", hint)


def _rule(decision: Decision, known: Mapping[str, Rule]) -> Rule | None:
    return known.get(decision.rule) if isinstance(decision.rule, str) else decision.rule


def _ruled(asked: _Asked, decision: Decision, rule: Rule, where: str) -> Iterator[Finding]:
    try:
        compiled(rule, weighted(asked.case, decision, rule.passes, evidence=asked.evidence))
    except DetenteError as error:
        yield from (
            Finding("error", where, f"{each.where}: {each.what}", each.hint) for each in error.problems
        )
