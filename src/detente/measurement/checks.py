"""What a case asks for that the evidence cannot give, found before anything is measured, and what to type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from detente.errors import did_you_mean
from detente.measurement import ballots
from detente.measurement.blocs import groups, members, memberships
from detente.measurement.camp_checks import camp_findings
from detente.measurement.events.checks import event_findings
from detente.measurement.factor import LEAST_ACTORS
from detente.measurement.findings import Finding, gravest_first
from detente.measurement.missing import PULL_VOTES
from detente.measurement.observations import Scene, observe
from detente.measurement.point_checks import point_findings
from detente.measurement.sample import spans
from detente.measurement.shipped import looked_up, subjects
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.cases.stance import AnyMeasurement

__all__ = ["Evidence", "Finding", "Gazetteer", "preflight"]


class Gazetteer(Protocol):
    """Who is known, by code."""

    @property
    def codes(self) -> Sequence[str]:
        """All codes."""


class Evidence(ballots.Evidence, Protocol):
    """What the preflight asks of the evidence: its tables, and who is known."""

    @property
    def gazetteer(self) -> Gazetteer:
        """The gazetteer of actors."""


def preflight(case: Case, evidence: Evidence) -> list[Finding]:
    """Return what `case` asks for and `evidence` cannot give, the gravest first; empty where all is well.

    >>> from detente.cases import load_case  # doctest: +SKIP
    >>> from detente.evidence import open_evidence  # doctest: +SKIP
    >>> with open_evidence() as evidence:  # doctest: +SKIP
    ...     [(each.level, each.what) for each in preflight(load_case("atlantic"), evidence)]
    """
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    found = [
        *_version(case),
        *_actors(case, evidence.gazetteer.codes),
        *_blocs(case, spells, evidence),
        *_issues(case, evidence),
        *_windows(case, spells, evidence),
        *_measurements(case, spells, evidence),
        *_ties(case, evidence),
        *point_findings(case, evidence),
        *camp_findings(case, evidence, spells),
        *event_findings(case, evidence, spells),
    ]
    return gravest_first(found)


def _version(case: Case) -> Iterator[Finding]:
    if case.written_for is not None:
        what = f"was written for version {case.written_for} of case files, read as version {case.detente}"
        hint = f"nothing to do; `detente schema` explains version {case.detente}"
        yield Finding("note", "detente", what, hint)


def _actors(case: Case, codes: Sequence[str]) -> Iterator[Finding]:
    known = set(codes)
    for where, code in _named(case):
        if code not in known:
            hint = did_you_mean(code, codes) or "use the code of ISO 3166-1 alpha-3; detente schema explains"
            yield Finding("error", where, f"{code!r} is no actor that detente knows", hint)


def _named(case: Case) -> Iterator[tuple[str, str]]:
    """Yield every actor that the case names, with its place."""
    yield "rival", case.rival
    if case.ally is not None:
        yield "ally", case.ally
    for bloc, stated in case.blocs.items():
        listed = stated.members if isinstance(stated.members, tuple) else ()
        yield from ((f"blocs.{bloc}.members", member.actor) for member in listed)
        yield from ((f"blocs.{bloc}.without", actor) for actor in stated.without)
    yield from (("reference.actors", actor) for actor in (case.reference.actors if case.reference else ()))
    for key, each in case.compare.items():
        yield from ((f"compare.{key}.sides", side) for side in each.sides if side not in case.blocs)
    if case.ideal_points is not None:
        yield "ideal_points.positive", case.ideal_points.positive
        shown = (name for name in case.ideal_points.show if name not in case.blocs)
        yield from (("ideal_points.show", name) for name in shown)
    if case.camps is not None:
        cores = case.camps.core.items()
        yield from ((f"camps.core.{bloc}", actor) for bloc, actors in cores for actor in actors)
        yield from (("camps.show", name) for name in case.camps.show if name not in case.blocs)
    for key, pair in case.event_study.dyads.items() if case.event_study else ():
        yield from ((f"event_study.dyads.{key}", side) for side in pair.sides if side not in case.blocs)
    if case.stance is not None:
        yield "stance.positive", case.stance.positive
        for key, spec in case.stance.measurements.items():
            place = f"stance.measurements.{key}"
            if spec.by == "ties":
                yield f"{place}.target", spec.target
            elif spec.by == "agreement":
                yield from ((place, actor) for actor in (spec.partner, spec.minus) if actor)
    yield from ((f"dependence.{key}.target", each.target) for key, each in case.dependence.items())
    if case.threat is not None:
        yield from ((f"threat.views.{key}.target", each.target) for key, each in case.threat.views.items())
        yield from ((f"threat.ranks.{key}.target", each.target) for key, each in case.threat.ranks.items())


def _blocs(case: Case, spells: Mapping[str, pd.DataFrame], evidence: Evidence) -> Iterator[Finding]:
    known = list(evidence.query("SELECT DISTINCT bloc FROM memberships ORDER BY bloc")["bloc"])
    for bloc, rows in spells.items():
        where = f"blocs.{bloc}"
        ended = rows[pd.to_datetime(rows["end"]) <= pd.to_datetime(rows["start"])]
        for actor in ended["actor"]:
            what = f"the membership of {actor} ends before it begins"
            yield Finding("error", where, what, "correct its dates, or the import that they come from")
        if case.blocs[bloc].members == "evidence" and bloc not in known:
            others = ", ".join(known) or "none"
            hint = f"{did_you_mean(bloc, known)} the evidence has {others}; or list the members"
            yield Finding("error", where, f"the evidence knows no bloc {bloc!r}", hint.strip())
        elif not members(rows, case.as_of):
            hint = "choose another `as_of`, or list the members with their dates"
            yield Finding("error", where, f"it has no members on {case.as_of}", hint)


def _issues(case: Case, evidence: Evidence) -> Iterator[Finding]:
    known = list(evidence.query("SELECT DISTINCT issue FROM roll_call_issues ORDER BY issue")["issue"])
    symbols = set(
        evidence.query("SELECT DISTINCT resolution FROM roll_calls WHERE resolution IS NOT NULL")[
            "resolution"
        ]
    )
    for key, issue in case.issues.items():
        for code in issue.codes if known else ():
            if code not in known:
                hint = (
                    f"{did_you_mean(code, known)} detente data status lists what the evidence holds".strip()
                )
                yield Finding("warning", f"issues.{key}", f"no roll call has the issue code {code!r}", hint)
        for symbol in issue.resolutions:
            if symbol not in symbols:
                hint = did_you_mean(symbol, symbols) or PULL_VOTES
                yield Finding(
                    "warning", f"issues.{key}", f"the evidence has no roll call on {symbol!r}", hint
                )


def _windows(case: Case, spells: Mapping[str, pd.DataFrame], evidence: Evidence) -> Iterator[Finding]:
    """Yield the windows that hold no roll call, neither in the evidence nor in the shipped estimates."""
    setting = Setting(case, spells, (), 0, 0)
    general = {key: spans(case) for key, issue in case.issues.items() if issue.codes or not issue.resolutions}
    shipped = looked_up(subjects(setting, general), setting=setting)["cohesion"]
    told = set(shipped["window"])
    sql = "SELECT count(*) AS n FROM roll_calls WHERE origin <> 'shipped' AND date BETWEEN ? AND ?"
    without = []
    for span in spans(case) if general else ():
        held = (
            evidence.query(sql, (span.start, min(span.end, case.as_of)))["n"].iloc[0]
            if span.key not in told
            else 1
        )
        if not held:
            if span.key in case.windows:
                what = f"the evidence has no roll calls from {span.start} to {span.end}"
                yield Finding("warning", f"windows.{span.key}", what, PULL_VOTES)
            else:
                without.append(span.key)
    if without:
        what = (
            f"the evidence has no roll calls in {without[0]} to {without[-1]}"
            if len(without) > 1
            else without[0]
        )
        yield Finding("warning", "history", what, PULL_VOTES)


def _measurements(case: Case, spells: Mapping[str, pd.DataFrame], evidence: Evidence) -> Iterator[Finding]:
    if case.stance is None:
        return
    kinds = {"ties": _known(evidence, "kind", "ties"), "indicators": _known(evidence, "name", "indicators")}
    named = tuple(sorted(groups(case, spells)))
    setting = Setting(case, spells, named, 0, 0)
    general = {key: spans(case) for key in case.issues}
    agreement = looked_up(subjects(setting, general), setting=setting)["agreement"]
    scene = Scene(case, evidence, named, spells, agreement)
    for key, spec in case.stance.measurements.items():
        where = f"stance.measurements.{key}"
        unknown = list(_unknown_kinds(where, spec, kinds))
        yield from unknown
        if (
            spec.by == "agreement"
            and evidence.query("SELECT 1 FROM roll_calls WHERE origin <> 'shipped' LIMIT 1").size
        ):
            continue
        if not unknown:
            cells = observe(scene, key).cells
            if cells.empty:
                hint = (
                    PULL_VOTES
                    if spec.by in ("votes", "agreement")
                    else "detente data list shows what can be pulled"
                )
                yield Finding("warning", where, "the evidence has no value for anyone who is placed", hint)
            elif len(cells) < LEAST_ACTORS:
                what = f"only {len(cells)} of those placed have a value, and {LEAST_ACTORS} are needed"
                yield Finding("warning", where, what, "widen its dates, or leave it out")
            elif cells["score"].nunique() < 2:
                yield Finding("warning", where, "it is the same for all who are placed", "leave it out")


def _known(evidence: Evidence, column: str, table: str) -> list[str]:
    return [
        str(name)
        for name in evidence.query(f"SELECT DISTINCT {column} AS name FROM {table} ORDER BY 1")["name"]
    ]


def _unknown_kinds(where: str, spec: AnyMeasurement, known: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    if spec.by == "ties":
        yield from _unknown(where, "kind of tie", spec.kinds, known["ties"])
    elif spec.by == "indicators":
        yield from _unknown(where, "indicator", (spec.name,), known["indicators"])
    if spec.by in ("ties", "indicators"):
        per = getattr(spec, "per", None)
        yield from _unknown(where, "indicator", (per,) if per else (), known["indicators"])


def _unknown(where: str, what: str, words: Iterable[str], known: Sequence[str]) -> Iterator[Finding]:
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known) or "detente data list shows what can be pulled"
            yield Finding("warning", where, f"the evidence has no {what} {word!r}", hint)


def _ties(case: Case, evidence: Evidence) -> Iterator[Finding]:
    kinds = _known(evidence, "kind", "ties")
    for key, each in case.dependence.items():
        yield from _unknown(f"dependence.{key}", "kind of tie", each.kinds, kinds)
    for key, layer in case.camps.layers.items() if case.camps else ():
        if layer.by == "ties":
            yield from _unknown(f"camps.layers.{key}", "kind of tie", layer.kinds, kinds)
    if case.threat is not None:
        for key, view in case.threat.views.items():
            yield from _unknown(f"threat.views.{key}", "kind of tie", (view.kind,), kinds)
        topics = _known(evidence, "topic", "facts")
        for key, ranks in case.threat.ranks.items():
            if ranks.kind not in kinds:
                yield from _unknown(f"threat.ranks.{key}", "topic of facts", (ranks.topic,), topics)
