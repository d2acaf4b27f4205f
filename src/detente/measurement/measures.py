"""The verb of this room: all that a case asks for, measured, with intervals, and what could not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.cases.reading import case_digest, case_text
from detente.errors import MeasurementError, Problem, ResultError
from detente.evidence.actors import Gazetteer
from detente.evidence.inputs import inputs_of
from detente.folders import Content, Result
from detente.measurement import camp_frames, casting, changes, live_or_shipped, surveys
from detente.measurement.ballots import Evidence
from detente.measurement.blocs import groups, members, memberships
from detente.measurement.bootstrap import LEVEL, MEANINGS
from detente.measurement.dependence import list_dependence
from detente.measurement.events import frames as event_frames
from detente.measurement.events.in_case import measure_events
from detente.measurement.located import Place
from detente.measurement.missing import Missing, as_frame
from detente.measurement.networks.in_case import measure_camps
from detente.measurement.observations import CELLS, Scene, observe
from detente.measurement.positions import Positions, empty, locate
from detente.measurement.stance import Stance, place
from detente.measurement.stance_draws import SOURCE, StanceDraws
from detente.measurement.threat import list_threat
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.schema import Case


Report = Callable[[str], None]
LEAST_DRAWS = 100


def _silent(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Measures(Result):
    """Everything measured for one case, as tidy tables; rows have a mark, and estimates an interval.

    `interval` in the tables says how to read an interval; `meanings` says it in words. All are central
    intervals of `level`.
    """

    cohesion: pd.DataFrame
    """Blocs by issue and span: agreement index, Rice, share unanimous, share with the ally, π, κ and S."""
    agreement: pd.DataFrame
    """Each actor with ally and rival, by issue and window."""
    weakest: pd.DataFrame
    """Each member with the rest of its bloc (π, S), and how often it breaks from the majority."""
    comparison: pd.DataFrame
    """The case's two sides: share of roll calls with like majorities, and distance in stance."""
    roll_calls: pd.DataFrame
    """How the blocs voted in each roll call that an issue lists by its resolution."""
    members: pd.DataFrame
    """Who belongs to each bloc on the day the case looks from."""
    stance: pd.DataFrame
    loadings: pd.DataFrame
    leave_one_out: pd.DataFrame
    contributions: pd.DataFrame
    cells: pd.DataFrame
    """What was observed of each actor, by measurement, with date, source and locator."""
    dependence: pd.DataFrame
    threat: pd.DataFrame
    missing: pd.DataFrame
    """What could not be measured: part, what, why, hint."""
    meanings: Mapping[str, str]
    assumptions: tuple[str, ...]
    level: float
    seed: int
    draws: int
    ideal_points: pd.DataFrame = field(default_factory=partial(empty, "ideal_points"))
    """Where every voter stands by session, where the case asks for ideal points."""
    bloc_paths: pd.DataFrame = field(default_factory=partial(empty, "bloc_paths"))
    """Mean and spread of the blocs, ally, rival and actors shown, by session; membership is dated."""
    distances: pd.DataFrame = field(default_factory=partial(empty, "distances"))
    """The first side less the second in each comparison asked for, by session."""
    change_points: pd.DataFrame = field(default_factory=partial(empty, "change_points"))
    """Years in which the mean of a path shifted, with the posterior probability of the year or one beside."""
    published: pd.DataFrame = field(default_factory=partial(empty, "published"))
    """How a published series compares: correlation by year, and the line that maps it; year missing: all."""
    ideal_point_notes: pd.DataFrame = field(default_factory=partial(empty, "ideal_point_notes"))
    """Identification, votes used, what was set aside, and diagnostics, in words."""
    bloc_changes: pd.DataFrame = field(default_factory=changes.empty)
    """Why cohesion changed from window to window: joining, leaving, the agenda, and members' own votes."""
    camp_members: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "camp_members"))
    """Which camp each actor is in, by period, and how strongly its ties pull it there."""
    camp_periods: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "camp_periods"))
    """How far from balance each period's camps are, and what is proven of it."""
    camp_flows: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "camp_flows"))
    """Who went from which camp to which, between one period and the next."""
    realignments: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "realignments"))
    """How much the camps changed between one period and the next, beside what chance would change."""
    detachment: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "detachment"))
    """How firmly each member is held to its bloc's core, beside what chance would hold."""
    leaving_together: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "leaving_together"))
    """What two members save by leaving together rather than each alone."""
    holds: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "holds"))
    """Which ties hold a member to its bloc, by the actor at the other end."""
    pair_agreement: pd.DataFrame = field(default_factory=partial(camp_frames.empty, "pair_agreement"))
    """The ties between the actors that the brief shows, pair by pair."""
    event_study: pd.DataFrame = field(default_factory=partial(event_frames.empty, "event_study"))
    """What changed between two sides around occasions, what is usual, and what would have been seen."""
    event_dates: pd.DataFrame = field(default_factory=partial(event_frames.empty, "event_dates"))
    """The change at each occasion and placebo date, by dyad, and why one is not used."""
    event_series: pd.DataFrame = field(default_factory=partial(event_frames.empty, "event_series"))
    """What passed between two sides, by week or month; a period without events has no row."""
    event_shifts: pd.DataFrame = field(default_factory=partial(event_frames.empty, "event_shifts"))
    """Periods from which the mean of a dyad's series is another."""
    stance_draws: StanceDraws | None = field(default=None, repr=False, compare=False)
    """What `stance` was drawn as, for `to_arviz` and `to_datatree`; it is not saved with the tables."""
    measured: tuple[Case, Evidence] | None = field(default=None, repr=False, compare=False)
    """The case and the evidence that it was made from."""

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: each for name, each in held.items() if isinstance(each, pd.DataFrame)}

    def content(self) -> Content:
        """Return all of it for a folder; raises `ResultError` where it does not know its case."""
        if self.measured is None:
            raise ResultError(Problem("measures", "do not know their case", "save what `measure` returns"))
        case, evidence = self.measured
        asked = {"seed": self.seed, "draws": self.draws}
        made = {"case": {"name": case.name, "digest": case_digest(case)}, "evidence": inputs_of(evidence)}
        return Content(
            "measures",
            f"measures of {case.name!r} as of {case.as_of}, {self.draws:,} draws for an interval",
            self.frames(),
            {**made, "measured": asked, **asked},
            texts={f"case/{case.name}.json": case_text(case)},
            about={"level": self.level, "meanings": dict(self.meanings), "assumptions": self.assumptions},
        )

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how united blocs are, and how sure that is."""
        sure = f"low and high: {100 * self.level:.0f} % intervals; the column `interval` says of what kind."
        return f"Measures; {len(self.missing)} could not be had", sure, self.cohesion


def measure(
    case: Case, evidence: Evidence, *, seed: int = 0, draws: int = 1000, report: Report = _silent
) -> Measures:
    """Measure what `case` asks for on `evidence`; the same seed gives the same tables.

    Roll calls in the evidence are used where it has them; else estimates that ship with detente, where they
    were made for the same question. `report` is told what is being measured. Raises `MeasurementError` where
    `draws` is too small for an interval; whatever the evidence cannot give is a row of `missing`.
    """
    if draws < LEAST_DRAWS:
        hint = f"use {LEAST_DRAWS} or more; 1000 is usual"
        raise MeasurementError(Problem("draws", f"{draws} draws give no interval", hint))
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    named = groups(case, spells)
    missing = _empty_blocs(case, spells)
    report("cohesion and agreement in roll calls")
    setting = Setting(case, spells, tuple(sorted(named)), draws, seed)
    tables, live, untold = live_or_shipped.told(setting, evidence=evidence)
    report("stance")
    stance, cells = _stance(case, evidence, spells, tables["agreement"], seed=seed, draws=draws)
    report("dependence and threat")
    ties, without_ties = list_dependence(case, evidence=evidence, groups=named)
    views, without_views = list_threat(case, evidence=evidence, groups=named)
    points = _positions(setting, evidence, named, report)
    if case.camps is not None:
        report("camps")
    standing = measure_camps(setting, evidence, report)
    passed = measure_events(setting, evidence, report)
    missing += [*untold, *stance.missing, *without_ties, *without_views, *points.missing, *standing.missing]
    missing += passed.missing
    return Measures(
        cohesion=tables["cohesion"],
        agreement=tables["agreement"],
        weakest=tables["weakest"],
        comparison=_compared(case, spells, stance, tables["comparison"]),
        bloc_changes=tables["bloc_changes"],
        roll_calls=live.roll_calls,
        members=_members(case, spells),
        stance=stance.stance,
        loadings=stance.loadings,
        leave_one_out=stance.leave_one_out,
        contributions=stance.contributions,
        cells=cells,
        dependence=ties,
        threat=views,
        missing=as_frame(missing),
        meanings=MEANINGS,
        assumptions=(surveys.ASSUMPTION,),
        level=LEVEL,
        seed=seed,
        draws=draws,
        **points.tables,
        **standing.tables,
        **passed.tables,
        stance_draws=stance.draws,
        measured=(case, evidence),
    )


def _positions(setting: Setting, evidence: Evidence, named: Mapping[str, str], report: Report) -> Positions:
    if setting.case.ideal_points is None:
        return Positions()
    report("ideal points")
    joined = casting.heirs(Gazetteer.load())
    return locate(Place(setting.case, setting.spells, named, joined, setting.draws, setting.seed), evidence)


def _empty_blocs(case: Case, spells: Mapping[str, pd.DataFrame]) -> list[Missing]:
    hint = "list the members in the case, or import memberships: detente data import"
    return [
        Missing("cohesion", bloc, f"the evidence knows no members on {case.as_of}", hint)
        for bloc, rows in spells.items()
        if not members(rows, case.as_of)
    ]


def _members(case: Case, spells: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows = [
        {"bloc": bloc, "title": case.blocs[bloc].title, "actor": actor}
        for bloc, found in spells.items()
        for actor in members(found, case.as_of)
    ]
    return pd.DataFrame(rows, columns=["bloc", "title", "actor"])


def placed(case: Case, spells: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return who is placed on the scale of stance, and what each is called there."""
    assert case.stance is not None
    named = groups(case, spells)
    inside = {actor for bloc in case.stance.blocs for actor in members(spells[bloc], case.as_of)}
    beside = {*(case.reference.actors if case.reference else ()), case.ally, case.rival}
    return {actor: group for actor, group in named.items() if actor in inside | beside}


def _stance(
    case: Case,
    evidence: Evidence,
    spells: Mapping[str, pd.DataFrame],
    agreement: pd.DataFrame,
    *,
    seed: int,
    draws: int,
) -> tuple[Stance, pd.DataFrame]:
    if case.stance is None:
        return Stance(), pd.DataFrame(columns=CELLS)
    who = placed(case, spells)
    scene = Scene(case, evidence, tuple(sorted(who)), spells, agreement)
    seen = [observe(scene, key) for key in case.stance.measurements]
    cells = pd.concat(
        [each.cells for each in seen if len(each.cells)] or [pd.DataFrame(columns=CELLS)], ignore_index=True
    )
    found = place(case, cells, groups=who, seed=seed, draws=draws)
    untold = tuple(row for each in seen for row in each.missing)
    return Stance(**{**vars(found), "missing": (*untold, *found.missing)}), cells


def _compared(
    case: Case, spells: Mapping[str, pd.DataFrame], stance: Stance, votes: pd.DataFrame
) -> pd.DataFrame:
    """Return `votes` and, for each comparison, the mean stance of its first side less that of the second."""
    rows = []
    for key, each in case.compare.items():
        sides = [set(members(spells[side], case.as_of)) if side in spells else {side} for side in each.sides]
        held = [sorted(side & set(stance.drawn.columns)) for side in sides]
        if all(held):
            drawn = stance.drawn[held[0]].mean(axis=1) - stance.drawn[held[1]].mean(axis=1)
            value = stance.stance.set_index("actor")["value"]
            low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            rows.append(
                {
                    "comparison": key, "measure": "stance_distance",
                    "value": value[held[0]].mean() - value[held[1]].mean(), "low": low, "high": high,
                    "interval": "parameters and noise", "mark": "estimated", "source": SOURCE,
                }
            )  # fmt: skip
    parts = [part for part in (votes, pd.DataFrame(rows, columns=votes.columns)) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else votes
