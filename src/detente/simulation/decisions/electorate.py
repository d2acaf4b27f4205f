"""Who decides, and what is known of each member: position, dependence on the rival, domestic pressure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.cases.decisions import Decision, support_of
from detente.cases.rules import AllOf, AnyOf, AnyRule, Condition
from detente.evidence import Evidence
from detente.measurement.blocs import members, memberships
from detente.measurement.grounds import Grounded
from detente.measurement.missing import Missing
from detente.measurement.observations import BEGINNING, INDICATOR
from detente.measurement.transforms import FULL
from detente.simulation.agenda.table import Table
from detente.simulation.drawing import stream
from detente.simulation.institutions.voters import MEMBERS, Voters, voters

if TYPE_CHECKING:
    from detente.cases.schema import Case

Floats = NDArray[np.float64]
KINDS = ("position", "dependence", "pressure")


@dataclass(frozen=True, eq=False)
class Electorate:
    """Members in alphabetical order; what is known of each as is likeliest (members,), and drawn (draws,
    members). What is not known of a member is missing in `known`, and drawn from what is known of the others.
    """

    actors: tuple[str, ...]
    known: Mapping[str, Floats]
    likeliest: Mapping[str, Floats]
    drawn: Mapping[str, Floats]
    missing: tuple[Missing, ...]


def deciders(case: Case, decision: Decision, *, evidence: Evidence) -> tuple[str, ...]:
    """Return the members who take part in a decision on the day the case looks from."""
    spells = memberships(case, decision.bloc, evidence=evidence)
    return tuple(actor for actor in members(spells, case.as_of) if actor not in decision.without)


def electorate(
    table: Table, key: str, *, evidence: Evidence, measures: Grounded, draws: int, seed: int
) -> Electorate:
    """Return the electorate of one decision of the case."""
    decision = table.case.decisions[key]
    actors = deciders(table.case, decision, evidence=evidence)
    cells = table.cells[decision.item]
    state = cells.drawn(draws, seed=seed).position
    place = {actor: column for column, actor in enumerate(cells.actors)}
    values = {actor: each.value for actor, each in zip(cells.actors, cells.readings["position"], strict=True)}
    found = {"position": values, **_held_back(table, decision, evidence, measures)}
    known, likeliest, drawn, missing = {}, {}, {}, []
    for kind in KINDS:
        held = np.array([found[kind].get(actor, np.nan) for actor in actors]) if kind in found else None
        if held is None or np.isnan(held).all():
            missing += _nothing(key, kind) if held is not None else []
            known[kind], likeliest[kind] = np.full(len(actors), np.nan), np.zeros(len(actors))
            drawn[kind] = np.zeros((draws, len(actors)))
            continue
        told = np.tile(held, (draws, 1))
        if kind == "position":
            inside = [actor for actor in actors if actor in place]
            told[:, ~np.isnan(held)] = state[:, [place[actor] for actor in inside]]
        known[kind], likeliest[kind] = held, np.where(np.isnan(held), np.nanmedian(held), held)
        drawn[kind] = _filled(told, actors, kind, seed=seed)
        missing += _named(
            key, kind, [actor for actor, each in zip(actors, held, strict=True) if np.isnan(each)]
        )
    return Electorate(actors, known, likeliest, drawn, tuple(missing))


def _held_back(
    table: Table, decision: Decision, evidence: Evidence, measures: Grounded
) -> dict[str, dict[str, float]]:
    """Return dependence and pressure by actor, from 0 to 1, each only if the decision names it."""
    found, support = {}, support_of(decision, table.case.decisions)
    if support.on is not None:
        rows = measures.dependence
        rows = rows[(rows["dependence"] == support.on) & rows["latest"].astype(bool)]
        found["dependence"] = as_shares(rows)
    if support.pressed_by is not None:
        found["pressure"] = as_shares(latest(evidence, support.pressed_by, on=table.case.as_of))
    return found


def latest(evidence: Evidence, indicator: str, *, on: date) -> pd.DataFrame:
    """Return the last value of an indicator up to a day, by actor."""
    rows = evidence.query(INDICATOR, (indicator, BEGINNING, on))
    return rows.groupby("actor", as_index=False).last()


def as_shares(rows: pd.DataFrame) -> dict[str, float]:
    """Return values from 0 to 1: of everything where they are shares of it, else of the largest."""
    if rows.empty:
        return {}
    value = rows["value"].to_numpy(dtype=float)
    full = rows["unit"].map(FULL).fillna(value.max() or 1.0).to_numpy(dtype=float)
    return dict(zip(rows["actor"], np.clip(value / full, 0, 1), strict=True))


def _filled(told: Floats, actors: Sequence[str], kind: str, *, seed: int) -> Floats:
    """Return draws in which whoever is not known has what a member at random has that is."""
    known = np.flatnonzero(~np.isnan(told).any(axis=0))
    rows = np.arange(len(told))
    filled = told.copy()
    for column in np.flatnonzero(np.isnan(told).any(axis=0)).tolist():
        chosen = known[stream(seed, "unknown", kind, actors[column]).integers(len(known), size=len(told))]
        filled[:, column] = told[rows, chosen]
    return filled


def _nothing(key: str, kind: str) -> list[Missing]:
    hint = "detente data list shows what can be pulled"
    return [Missing("decisions", f"{key}: {kind}", "it is known of no member, and left out", hint)]


def _named(key: str, kind: str, unknown: list[str]) -> list[Missing]:
    if not unknown:
        return []
    why = f"their {kind} is not known, and is drawn from the other members'"
    return [Missing("decisions", f"{key}: {', '.join(unknown)}", why)]


def weighted(
    case: Case, decision: Decision, rule: AnyRule, *, evidence: Evidence, actors: Sequence[str] | None = None
) -> Voters:
    """Return the voters of a decision with the weights that its rule names, from the evidence.

    Voters are those of the day the case looks from, unless other `actors` are named. Raises `DetenteError`
    where a weight is missing or cannot be counted.
    """
    actors = deciders(case, decision, evidence=evidence) if actors is None else actors
    found = {}
    for name in sorted(weights_named(rule)):
        rows = latest(evidence, decision.weights.get(name, name), on=case.as_of)
        found[name] = dict(zip(rows["actor"], rows["value"].astype(float), strict=True))
    return voters(actors, found)


def weights_named(rule: AnyRule, *, counted: bool = False) -> set[str]:
    """Return the weights that a rule names besides heads; if `counted`, those with a threshold that is a
    number, and no share.

    >>> from detente.cases.rules import Rule
    >>> half = Rule.model_validate({"title": "Half", "passes": {"for": {"at_least": "50%", "of": "people"}}})
    >>> weights_named(half.passes), weights_named(half.passes, counted=True)
    ({'people'}, set())
    """
    return {
        each.threshold.of
        for each in _conditions(rule)
        if each.threshold.of != MEMBERS and (not counted or isinstance(each.threshold.bound[1], int))
    }


def _conditions(rule: AnyRule) -> Iterator[Condition]:
    if isinstance(rule, Condition):
        yield rule
    elif isinstance(rule, (AllOf, AnyOf)):
        for part in rule.all if isinstance(rule, AllOf) else rule.any:
            yield from _conditions(part)
