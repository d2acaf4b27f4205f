"""Camps in a case: period by period from the evidence, and how firmly the members of its blocs are held.

The votes of the evidence are used where it has them; else, or where they are the very same, what ships with
detente for the case (`detente.measurement.networks.shipped_camps`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.errors import MeasurementError
from detente.measurement import bootstrap, camp_frames, kept
from detente.measurement.ballots import Evidence, on_issue, read_ballots
from detente.measurement.blocs import members
from detente.measurement.missing import Missing, as_frame
from detente.measurement.networks import shipped_camps
from detente.measurement.networks.periods import periods
from detente.measurement.sample import Span
from detente.measurement.shipped import LIVE
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.networks import Camps as Asked
    from detente.cases.schema import Case
    from detente.measurement.networks.detachment import Detachment
    from detente.measurement.networks.over_time import History
    from detente.measurement.networks.redrawn import Redrawn
    from detente.measurement.networks.ties import Ties

PART = "camps"
NULL_DRAWS = 200
MOST_DRAWS = 200
"""Draws of votes behind the intervals: they take memory for each pair of actors."""

MOST_PAIRS = 20
"""Pairs of members who would save most by leaving together: those that are searched in full."""
LEAST_HELD = 3
"""How many of the least firmly held members are told what holds them in."""

Report = Callable[[str], None]
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class CampTables:
    """The tables of `camp_frames.FRAMES` that could be told, and what could not."""

    tables: Tables = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class _Study:
    """A case and its evidence, as ties are read from."""

    case: Case
    evidence: Evidence


def measure_camps(setting: Setting, evidence: Evidence, report: Report) -> CampTables:
    """Return the camps that the case asks for, and how firmly its blocs' members are held.

    Nothing where the case asks for none. What ships is used where it answers the same question and the
    evidence has no votes, or the same; otherwise results are kept between runs.
    """
    case = setting.case
    if case.camps is None:
        return CampTables()
    found = shipped_camps.read(setting, evidence)
    if found is not None:
        return CampTables(found)

    def make() -> dict[str, pd.DataFrame]:
        told = computed(setting, evidence, report=report)
        return {**told.tables, "missing": as_frame(told.missing)}

    name = kept.key("camps", shipped_camps.question(setting), evidence.digest, setting.seed, setting.draws)
    tables = kept.remembered(kept.folder_for(evidence), name, make)
    rows = tables.pop("missing").itertuples(index=False, name=None)
    return CampTables(tables, tuple(Missing(*map(str, row)) for row in rows))


def computed(setting: Setting, evidence: Evidence, *, report: Report, patience: float = 1.0) -> CampTables:
    """Return the camps of the case from the evidence, whatever ships; `patience` times the limits of time."""
    case = setting.case
    spec = case.camps
    assert spec is not None
    networks, missing = _networks(_Study(case, evidence), report)
    if not networks:
        return CampTables({}, tuple(missing))
    history = _history(networks, spec, setting.seed, report, patience)
    last = list(networks)[-1]
    shown = _shown(setting, networks[last])
    drawn = _redrawn(_Study(case, evidence), networks[last], setting)
    held = _detached(history, setting, drawn, report=report, patience=patience)
    tables = {
        **_over_time(history, case, evidence),
        **held.tables,
        "pair_agreement": _pairs(last, networks[last], drawn, shown),
    }
    told = {
        name: frame.assign(basis=LIVE)[columns] if "basis" in columns else frame[columns]
        for name, columns in camp_frames.FRAMES.items()
        for frame in [tables.get(name, camp_frames.empty(name))]
    }
    return CampTables(told, (*missing, *held.missing))


def _label(span: Span) -> Any:
    """Return a period as the tables have it: a year as a number, a window by its key."""
    return int(span.key) if span.key.isdecimal() else span.key


def _networks(study: _Study, report: Report) -> tuple[dict[Any, Ties], list[Missing]]:
    """Return the ties of each period, the windows before the years, and the periods without any."""
    from detente.measurement.networks.ties import ties

    found: dict[Any, Ties] = {}
    missing = []
    for span in periods(study.case):
        report(f"ties: {span.key}")
        try:
            found[_label(span)] = ties(study, since=span.start, until=span.end)
        except MeasurementError as error:
            missing += [
                Missing(PART, span.key, f"{each.where}: {each.what}", each.hint) for each in error.problems
            ]
    return found, missing


def _history(
    networks: Mapping[Any, Ties], spec: Asked, seed: int, report: Report, patience: float
) -> History:
    """Return camps period by period; years and windows each follow one another, and share numbers of
    camps."""
    from detente.measurement.networks.camps import camps
    from detente.measurement.networks.over_time import over_time

    found = {}
    for period, each in networks.items():
        report(f"camps: {period}")
        found[period] = camps(each, k=spec.most, time_limit=spec.time_limit * patience, seed=seed)
    years = {period: each for period, each in found.items() if isinstance(period, int)}
    windows = {period: each for period, each in found.items() if period not in years}
    if not years or not windows:
        return over_time(found)
    alone, every = over_time(years), over_time({**years, **windows})
    flows = every.flows[every.flows["period"].isin(list(windows))]
    return replace(
        every,
        flows=pd.concat([alone.flows, flows], ignore_index=True),
        realignments=alone.realignments,
        notes=alone.notes,
    )


def _over_time(history: History, case: Case, evidence: Evidence) -> Tables:
    calls = {_label(span): _roll_calls(case, evidence, span) for span in periods(case)}
    return {
        "camp_members": history.members,
        "camp_periods": history.periods.assign(roll_calls=history.periods["period"].map(calls)),
        "camp_flows": history.flows,
        "realignments": history.realignments,
    }


def _roll_calls(case: Case, evidence: Evidence, span: Span) -> int:
    """Return how many roll calls the layers of votes rest on in a period."""
    from detente.cases.schema import Issue

    assert case.camps is not None
    ballots = read_ballots(evidence, actors=(), start=span.start, end=min(span.end, case.as_of))
    held = np.zeros(len(ballots.roll_calls), dtype=bool)
    for spec in case.camps.layers.values():
        if spec.by == "votes":
            chosen = Issue(title="chosen", codes=spec.codes, resolutions=spec.resolutions)
            issue = case.issues[spec.issue] if spec.issue else chosen
            held |= on_issue(ballots, issue, evidence=evidence)
    return int(held.sum())


def _shown(setting: Setting, ties: Ties) -> list[str]:
    """Return the actors whose ties with one another are shown: those of the case's list, or main bloc, ally
    and rival.
    """
    case = setting.case
    assert case.camps is not None
    names = case.camps.show or (next(iter(case.blocs)), *(each for each in (case.ally, case.rival) if each))
    who: list[str] = []
    for name in names:
        who += members(setting.spells[name], case.as_of) if name in case.blocs else [name]
    return [actor for actor in dict.fromkeys(who) if actor in ties.actors]


def _redrawn(study: _Study, ties: Ties, setting: Setting) -> Redrawn:
    from detente.evidence.actors import Gazetteer
    from detente.measurement.networks.layers import Asked as Reading
    from detente.measurement.networks.redrawn import redrawn

    spec = study.case.camps
    assert spec is not None and ties.since is not None and ties.until is not None
    asked = Reading(study.evidence, ties.since, ties.until, None, study.case, Gazetteer.load())
    draws = min(setting.draws, MOST_DRAWS)
    return redrawn(ties, spec.layers, asked, draws=draws, seed=setting.seed)


def _pairs(period: Any, ties: Ties, drawn: Redrawn, shown: list[str]) -> pd.DataFrame:
    """Return the weight of the ties between every two of those shown, with intervals where votes are
    drawn."""
    place = [drawn.actors.index(actor) for actor in shown]
    low, high = bootstrap.percentiles(drawn.drawn[:, place][:, :, place])
    source = ", ".join(sorted(ties.rows["source"].dropna().unique()))
    rows = [
        {
            "period": period, "a": shown[i], "b": shown[j], "value": drawn.weight[place[i], place[j]],
            "low": low[i, j] if drawn.telling else np.nan, "high": high[i, j] if drawn.telling else np.nan,
            "mark": "estimated", "source": source,
        }
        for i in range(len(shown))
        for j in range(i)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=camp_frames.FRAMES["pair_agreement"])


def _detached(
    history: History, setting: Setting, drawn: Redrawn, *, report: Report, patience: float
) -> CampTables:
    """Return the margins of all blocs asked for; the last period is shown in full, with what is proven."""
    from detente.measurement.networks.detachment_over_time import Asked, detachment_over_time

    case = setting.case
    spec = case.camps
    assert spec is not None
    days = {_label(span): min(span.end, case.as_of) for span in periods(case)}
    parts: dict[str, list[pd.DataFrame]] = {"detachment": [], "leaving_together": [], "holds": []}
    missing = []
    for bloc in spec.blocs or tuple(case.blocs):
        report(f"detachment: {bloc}")
        who = {period: members(setting.spells[bloc], days[period]) for period in history.camps}
        limit = spec.time_limit * patience
        asked = Asked(spec.core.get(bloc), NULL_DRAWS, setting.seed, limit, prove=True)
        try:
            told = detachment_over_time(history.camps, who, bloc=bloc, asked=asked)
        except MeasurementError as error:
            missing += [
                Missing(PART, f"detachment from {bloc}", each.what, each.hint) for each in error.problems
            ]
            continue
        last = list(told.found)[-1]
        parts["detachment"].append(_with_intervals(told.detachment, told.found[last], last, drawn))
        parts["leaving_together"].append(told.leaving_together.head(MOST_PAIRS))
        parts["holds"].append(_held(told.found[last], bloc, last, case.ally))
        missing += [
            Missing(PART, f"detachment from {bloc}, {row.period}", str(row.what), str(row.hint))
            for row in told.untold.itertuples()
        ]
    tables = {name: pd.concat(held, ignore_index=True) for name, held in parts.items() if held}
    return CampTables(tables, tuple(missing))


def _held(found: Detachment, bloc: str, period: Any, ally: str | None) -> pd.DataFrame:
    """Return what holds in the least firmly held members, and the ally if it is one."""
    inside = found.members[found.members["in_camp"]]["actor"].tolist()
    who = [*inside[:LEAST_HELD], *(each for each in inside[LEAST_HELD:] if each == ally)]
    told = [found.holds(actor) for actor in who]
    every = pd.concat(told, ignore_index=True) if told else camp_frames.empty("holds")
    return every.assign(bloc=bloc, period=period)


def _with_intervals(frame: pd.DataFrame, found: Detachment, period: Any, drawn: Redrawn) -> pd.DataFrame:
    """Return margins with intervals in one period: its direct part with votes drawn again, the rest as it is.

    The direct part is what the member's own ties cost if it alone leaves; how far others then move along is
    taken as given, as are the camps.
    """
    from detente.measurement.networks.holding import sides

    told = frame.assign(low=np.nan, high=np.nan)
    if not drawn.telling or found.ties.actors != drawn.actors:
        return told
    for row in told.index[told["period"] == period]:
        actor, margin = str(told.loc[row, "actor"]), float(told.loc[row, "margin"])
        node = drawn.actors.index(actor)
        side = sides(found.base, node)
        moved = drawn.drawn[:, node].astype(float) @ side - float(drawn.weight[node] @ side)
        low, high = bootstrap.percentiles(margin + moved[:, None])
        told.loc[row, ["low", "high"]] = [float(low[0]), float(high[0])]
    return told
