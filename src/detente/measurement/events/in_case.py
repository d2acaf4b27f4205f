"""The event study of a case: series of its dyads from the evidence, and what changed around its occasions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement import kept
from detente.measurement.ballots import Evidence
from detente.measurement.blocs import memberships
from detente.measurement.events.families import Correction
from detente.measurement.events.frames import FRAMES, SHIFTED
from detente.measurement.events.series import BOUNDS, UNITS, Choice, Series, Side, calendar, dyad_series
from detente.measurement.events.shifting import shifts
from detente.measurement.events.study import Design, event_study
from detente.measurement.events.windows import Shape
from detente.measurement.missing import Missing, as_frame
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.events_study import EventStudy, StudiedPair
    from detente.cases.schema import Case

PART = "event study"
PULL = "type: detente data pull events; or import a table of your own: detente data import"
OCCASIONS = """
    SELECT date, first(value ORDER BY key) AS name, first(source ORDER BY key) AS source FROM facts
    WHERE topic = ? AND date <= ? GROUP BY date ORDER BY date
"""
SPAN = """
    SELECT min(first) AS first, max(last) AS last FROM (
        SELECT min(date) AS first, max(date) AS last FROM events WHERE source = ?
        UNION ALL
        SELECT min(date), CASE period WHEN 'week' THEN max(date) + 6 ELSE last_day(max(date)) END
        FROM event_counts WHERE source = ? AND period = ? GROUP BY period
    )
"""
TOPICS = "SELECT DISTINCT topic FROM facts ORDER BY topic"
SOURCES = "SELECT source FROM events UNION SELECT source FROM event_counts ORDER BY source"
PERIODS = "SELECT DISTINCT period FROM event_counts WHERE source = ? ORDER BY period"

Report = Callable[[str], None]
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class EventTables:
    """The tables of `frames.FRAMES` that could be told, and what could not."""

    tables: Tables = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    correction: Correction = "holm"
    """Which of the corrected p-values the verdicts rest on."""


@dataclass(frozen=True)
class Basis:
    """What a study rests on: counts of events by dyad and period, the periods, and the dated occasions."""

    counts: pd.DataFrame
    periods: pd.DatetimeIndex
    occasions: pd.DataFrame
    """Columns: date, name, source; the case's own dates have its reason as their name."""


def measure_events(setting: Setting, evidence: Evidence, report: Report) -> EventTables:
    """Return the event study that the case asks for; nothing where it asks for none. Results are kept."""
    case = setting.case
    if case.event_study is None:
        return EventTables()
    basis, lacking = read_basis(case, evidence)
    if basis is None:
        return EventTables({}, lacking)
    report("what changed around occasions")
    asked = [case.model_dump_json(include={"event_study", "blocs"}), basis.occasions.to_csv(), case.as_of]
    spells = {bloc: rows.to_csv() for bloc, rows in setting.spells.items()}
    name = kept.key("events", asked, spells, evidence.digest, setting.seed)

    def make() -> dict[str, pd.DataFrame]:
        told = studied(setting, basis)
        return {**told.tables, "missing": as_frame(told.missing)}

    tables = kept.remembered(kept.folder_for(evidence), name, make)
    rows = tables.pop("missing").itertuples(index=False, name=None)
    missing = tuple(Missing(*map(str, row)) for row in rows)
    return EventTables(tables, missing, case.event_study.correction)


def study_case(
    case: Case, evidence: Evidence, *, seed: int = 0, report: Report = lambda _step: None
) -> EventTables:
    """Return the event study of a case alone, and what could not be told.

    Raises `MeasurementError` where the case asks for none.
    """
    if case.event_study is None:
        sample = f"{{dyads: {{main: {{sides: [{case.ally or 'ACTOR'}, {case.rival}]}}}}}}"
        hint = f"add `event_study: {sample}` to the case file"
        raise MeasurementError(Problem(case.name, "asks for no event study", hint))
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    return measure_events(Setting(case, spells, (), 0, seed), evidence, report)


def topic_of(case: Case) -> str | None:
    """Return the topic of the facts that date the occasions, None where the case lists them itself."""
    spec = case.event_study
    if spec is None:
        return None
    of_forum = case.forum.occasions if case.forum is not None and not spec.dates else None
    return spec.occasions or of_forum


def read_basis(case: Case, evidence: Evidence) -> tuple[Basis | None, tuple[Missing, ...]]:
    """Return what the study rests on; None, and why, where the evidence has no events or no occasion."""
    spec = case.event_study
    assert spec is not None
    occasions = _occasions(case, evidence)
    span = evidence.query(SPAN, (spec.source, spec.source, spec.per)).iloc[0]
    missing = []
    if occasions.empty:
        topics = list(evidence.query(TOPICS)["topic"])
        hint = did_you_mean(topic_of(case) or "", topics) or f"the evidence has facts on {', '.join(topics)}"
        missing.append(Missing(PART, "occasions", f"no fact on {topic_of(case)!r} dates any", hint))
    if pd.isna(span["first"]):
        missing.append(_without_events(spec, evidence))
    if missing:
        return None, tuple(missing)
    first, last = _within(span, spec, case.as_of)
    periods = calendar(first, last, spec.per)
    if len(periods) < Shape(spec.window).footprint:
        held = f"{pd.Timestamp(span['first']):%Y-%m-%d} to {pd.Timestamp(span['last']):%Y-%m-%d}"
        why = f"{len(periods)} whole {spec.per}s of data are fewer than the windows of one occasion take up"
        hint = f"the evidence has events from {held}; set another `since` or `until`, or a smaller `window`"
        return None, (Missing(PART, "all dyads", why, hint),)
    return Basis(_counts(evidence, spec, first, last), periods, occasions), ()


def _without_events(spec: EventStudy, evidence: Evidence) -> Missing:
    """Say that a source has no events, or none by the periods of the study, and what to type."""
    counted = list(evidence.query(PERIODS, (spec.source,))["period"])
    if counted:
        why = f"the events of {spec.source!r} came counted by {', '.join(counted)}, and not by {spec.per}"
        return Missing(PART, "all dyads", why, "set `per`, or import them by event")
    sources = list(evidence.query(SOURCES)["source"])
    why = f"the evidence has no events of {spec.source!r}"
    return Missing(PART, "all dyads", why, did_you_mean(spec.source, sources) or PULL)


def _within(span: pd.Series, spec: EventStudy, as_of: date) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last day that are studied: of the data, the case and the day it looks from."""
    starts = [span["first"], *([spec.since] if spec.since else [])]
    ends = [span["last"], as_of, *([spec.until] if spec.until else [])]
    return max(map(pd.Timestamp, starts)), min(map(pd.Timestamp, ends))


def _occasions(case: Case, evidence: Evidence) -> pd.DataFrame:
    spec, topic = case.event_study, topic_of(case)
    assert spec is not None
    own = [(day, spec.reason, "case") for day in spec.dates if day <= case.as_of]
    listed = pd.DataFrame(own, columns=["date", "name", "source"])
    stated = evidence.query(OCCASIONS, (topic, case.as_of)) if topic else listed.iloc[:0]
    found = pd.concat([each for each in (stated, listed) if len(each)] or [listed], ignore_index=True)
    dated = found.assign(date=pd.to_datetime(found["date"]))
    return dated.drop_duplicates("date").sort_values("date", ignore_index=True)


def _counts(evidence: Evidence, spec: EventStudy, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    from detente.evidence.events import event_counts

    held = cast(Any, evidence)
    return event_counts(held, spec.per, since=first.date(), until=last.date(), provider=spec.source)


def studied(setting: Setting, basis: Basis) -> EventTables:
    """Return the tables of the study from what it rests on."""
    spec = setting.case.event_study
    assert spec is not None
    series = series_of(setting, basis)
    days = pd.DatetimeIndex(basis.occasions["date"])
    design = design_of(spec, setting.seed)
    found = event_study(series, days, design=design)
    source = ", ".join(dict.fromkeys([spec.source, *basis.occasions["source"]]))
    made = {
        "event_study": found.study.assign(mark="estimated", source=source),
        "event_dates": found.visited.assign(mark="estimated", source=source),
        "event_series": _passed(series).assign(mark="sourced", source=spec.source),
        "event_shifts": _shifted(series, design).assign(mark="estimated", source=spec.source),
    }
    titles = {key: title_of(pair, setting.case) for key, pair in spec.dyads.items()}
    tables = {
        name: frame.assign(title=frame["dyad"].map(titles), unit=UNITS[spec.measure])[FRAMES[name]]
        for name, frame in made.items()
    }
    silent = [key for key, each in series.items() if not each.known]
    where = f"from {basis.periods[0]:%Y-%m-%d} to {basis.periods[-1]:%Y-%m-%d}"
    why = f"no event between the two is known {where}"
    hint = "pull events of these years or of another provider; the table of events says what it holds"
    return EventTables(tables, tuple(Missing(PART, titles[key], why, hint) for key in silent))


def series_of(setting: Setting, basis: Basis) -> dict[str, Series]:
    """Return the series of each dyad of the case, by key."""
    spec = setting.case.event_study
    assert spec is not None
    return {key: _series(pair, setting, basis) for key, pair in spec.dyads.items()}


def design_of(spec: EventStudy, seed: int) -> Design:
    """Return the design of the study that the case asks for."""
    return Design(
        shape=Shape(spec.window, spec.own),
        per=spec.per,
        season=spec.season,
        correction=spec.correction,
        matters=spec.matters,
        bound=BOUNDS[spec.measure],
        seed=seed,
    )


def title_of(pair: StudiedPair, case: Case) -> str:
    """Return what a dyad is called: its own title, or the names of its two sides."""
    from detente.evidence.actors import Gazetteer

    who = Gazetteer.load()
    named = {code: who.name(code) for code in pair.sides if code in who.actors}
    named |= {bloc: case.blocs[bloc].title for bloc in pair.sides if bloc in case.blocs}
    names = [named.get(side, side) for side in pair.sides]
    return pair.title or (" towards " if pair.directed else " and ").join(names)


def _series(pair: StudiedPair, setting: Setting, basis: Basis) -> Series:
    spec = setting.case.event_study
    assert spec is not None
    one, two = (
        Side(setting.spells[side]) if side in setting.spells else Side.of(side) for side in pair.sides
    )
    choice = Choice(spec.measure, spec.per, spec.weigh, pair.directed)
    return dyad_series(basis.counts, (one, two), basis.periods, choice=choice)


def _passed(series: Mapping[str, Series]) -> pd.DataFrame:
    """Return the series as a table; periods without events have no row."""
    parts = [
        pd.DataFrame(
            {
                "dyad": key, "period": each.periods, "value": each.values, "events": each.events,
                "pairs": each.pairs,
            }
        )[each.events > 0]
        for key, each in series.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _shifted(series: Mapping[str, Series], design: Design) -> pd.DataFrame:
    rows = [
        {
            "dyad": key, "period": each.periods[found.place], "before": found.before, "after": found.after,
            "shift": found.after - found.before, "p_value": found.p_value,
        }
        for key, each in series.items()
        for found in shifts(each.values, each.weights, rng=design.stream("shifts", key))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=SHIFTED)
