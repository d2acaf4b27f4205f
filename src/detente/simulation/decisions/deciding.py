"""The decisions of a case: the chance that each passes, whose vote it hangs on, and what would turn it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.cases.decisions import Decision, Support, support_of
from detente.cases.rules import Rule
from detente.errors import DetenteError
from detente.evidence import Evidence
from detente.measurement.grounds import Grounded
from detente.measurement.missing import Missing
from detente.simulation.agenda.bargains import told
from detente.simulation.agenda.table import Table
from detente.simulation.decisions.electorate import Electorate, electorate, weighted, weights_named
from detente.simulation.decisions.passing import passing, strays
from detente.simulation.decisions.support import Stands, Strengths, cast, likeliest, stands, strengths
from detente.simulation.decisions.wording import needed
from detente.simulation.frames import framed
from detente.simulation.institutions.catalogue import rule_named
from detente.simulation.institutions.coalitions import critical, pivots
from detente.simulation.institutions.compiled import Compiled, compiled
from detente.simulation.institutions.flipping import cheapest_flip
from detente.simulation.institutions.power import power
from detente.simulation.institutions.voters import Voters

Floats = NDArray[np.float64]
SOURCE = "chances from positions and assumed strengths, votes independent given these"
RANKS = 3
FINE = 10_000
"""Weights that add up to more than this are rounded to hundredths of a per cent where power is counted."""

SAME, APART = 1e-6, 0.005
"""Chances of members, and of the decision, at two fixed points that differ by less are the same."""

MONTHS = {"year": 12, "half-year": 6}
WAYS = {1: "for", 0: "abstain", -1: "against"}

Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True, eq=False)
class _Vote:
    """One decision at work: its rule for its voters, what is known of them, and what they are drawn to."""

    key: str
    decision: Decision
    support: Support
    rule: Rule
    ready: Compiled
    who: Electorate
    held: Strengths
    stand: Stands


def decide(
    table: Table, *, evidence: Evidence, measures: Grounded, draws: int, seed: int
) -> tuple[dict[str, pd.DataFrame], list[Missing]]:
    """Return the tables `decisions`, `members` and `flips` of `frames.FRAMES`, and what is missing."""
    rows: Rows = {"decisions": [], "members": [], "flips": []}
    missing: list[Missing] = []
    for key, decision in table.case.decisions.items():
        try:
            rule = rule_named(decision.rule) if isinstance(decision.rule, str) else decision.rule
            ready = compiled(rule, weighted(table.case, decision, rule.passes, evidence=evidence))
        except DetenteError as error:
            missing += [Missing("decisions", key, each.what, each.hint) for each in error.problems]
            continue
        who = electorate(table, key, evidence=evidence, measures=measures, draws=draws, seed=seed)
        missing += who.missing
        if np.isnan(who.known["position"]).all():
            continue
        support = support_of(decision, table.case.decisions)
        held = strengths(support, draws=draws, seed=seed)
        stand = stands(_lean(decision, who.drawn, held), held)
        vote = _Vote(key, decision, support, rule, ready, who, held, stand)
        _tell(vote, table, rows, seed=seed)
    return {name: framed(name, found) for name, found in rows.items()}, missing


def _lean(decision: Decision, known: Mapping[str, Floats], held: Strengths) -> Floats:
    """Return how members lean by themselves, (draws, members)."""
    held_back = held.dependence * known["dependence"] + held.pressure * known["pressure"]
    return np.asarray(known["position"] - decision.cut - held_back)


def _at_likeliest(vote: _Vote) -> tuple[Floats, NDArray[np.int64]]:
    """Return margins and votes, (members,), if every number is as is likeliest."""
    sure = likeliest(vote.support)
    known = {kind: values[None, :] for kind, values in vote.who.likeliest.items()}
    margin = stands(_lean(vote.decision, known, sure), sure).margin[0]
    return margin, cast(margin, sure.abstention[0, 0])


def _tell(vote: _Vote, table: Table, rows: Rows, *, seed: int) -> None:
    assert table.case.agenda is not None
    decision, ready = vote.decision, vote.ready
    margin, votes = _at_likeliest(vote)
    drawn, how = passing(ready, vote.stand, vote.held, seed=seed)
    passes, low, high = told(drawn)
    rows["decisions"].append(
        {"decision": vote.key, "title": decision.title, "item": decision.item, "bloc": decision.bloc,
         "rule": decision.rule if isinstance(decision.rule, str) else "", "rule_title": vote.rule.title,
         "needed": needed(vote.rule.passes, len(ready.voters)), "voters": len(ready.voters),
         "next": next_day(decision, on=table.case.as_of), "every": decision.every or "",
         "proposal": decision.proposal, "otherwise": decision.otherwise, "cut": decision.cut,
         "passes": passes, "low": low, "high": high,
         "other_passes": _if_hopeful(vote, passes, seed=seed), "at_likeliest": bool(ready.passes(votes)),
         "how": how, "mark": "assumed", "source": SOURCE, "note": decision.note or ""}
    )  # fmt: skip
    rows["members"] += _members(vote, table, votes, seed=seed)
    rows["flips"] += _flips(vote, margin, votes)


def next_day(decision: Decision, *, on: date) -> pd.Timestamp | None:
    """Return the next day from `on` at which a decision comes up, None if none is known."""
    coming = [day for day in decision.dates if day >= on]
    if coming:
        return pd.Timestamp(min(coming))
    if not decision.dates or decision.every is None:
        return None
    last, times = pd.Timestamp(max(decision.dates)), 1
    while last + pd.DateOffset(months=times * MONTHS[decision.every]) < pd.Timestamp(on):
        times += 1
    return last + pd.DateOffset(months=times * MONTHS[decision.every])


def _if_hopeful(vote: _Vote, passes: float, *, seed: int) -> float:
    """Return the chance if members expect all others to agree; missing where that changes nothing."""
    if not vote.held.isolation.any():
        return float("nan")
    hopeful = stands(_lean(vote.decision, vote.who.drawn, vote.held), vote.held, hopeful=True)
    if np.abs(hopeful.yes - vote.stand.yes).mean() < SAME:
        return float("nan")
    found = float(passing(vote.ready, hopeful, vote.held, seed=seed)[0].mean())
    return found if abs(found - passes) > APART else float("nan")


def _members(vote: _Vote, table: Table, votes: NDArray[np.int64], *, seed: int) -> list[dict[str, object]]:
    ready, who = vote.ready, vote.who
    noise = strays(who.actors, (2 * len(vote.held.doubt),), seed=seed)
    twice = np.repeat(vote.stand.margin, 2, axis=0), np.repeat(vote.held.doubt, 2, axis=0)
    wish = twice[0] + twice[1] * noise
    drawn = cast(wish, np.repeat(vote.held.abstention, 2, axis=0))
    alone = critical(ready, drawn)
    indices = power(compiled(vote.rule, _coarse(ready.voters, vote.rule))).table.set_index("actor")
    yes, low, high = told(vote.stand.yes)
    columns = {
        "yes": yes,
        "low": low,
        "high": high,
        "against": vote.stand.against.mean(axis=0),
        "critical": alone.mean(axis=0),
        "stops": (alone & ~ready.passes(drawn)[:, None]).mean(axis=0),
        "pivotal": pivots(ready, wish).mean(axis=0),
        **who.known,
    }
    return [
        {"decision": vote.key, "actor": actor, "group": table.groups.get(actor, "other"),
         **{name: float(values[place]) for name, values in columns.items()},
         "at_likeliest": WAYS[int(votes[place])], "power": indices["shapley_shubik"][actor],
         "banzhaf": indices["banzhaf"][actor], "mark": "assumed", "source": SOURCE}
        for place, actor in enumerate(who.actors)
    ]  # fmt: skip


def _coarse(voters: Voters, rule: Rule) -> Voters:
    """Return the voters with large weights rounded, so that coalitions can be counted by sums; but not those
    of which the rule asks a number.
    """
    kept = weights_named(rule.passes, counted=True)
    weights = dict(voters.weights)
    for name in weights.keys() - kept:
        total = int(weights[name].sum())
        if total > FINE:
            weights[name] = np.rint(weights[name] * (FINE / total)).astype(np.int64)
    return replace(voters, weights=weights)


def _flips(vote: _Vote, margin: Floats, votes: NDArray[np.int64]) -> list[dict[str, object]]:
    """Return the cheapest changes that turn the outcome, each without anyone of those before.

    A member that is for moves `margin` to abstain, and further by `abstention` to vote against.
    """
    band = float(likeliest(vote.support).abstention[0, 0])
    passes = bool(vote.ready.passes(votes))
    full = np.maximum(margin + band if passes else -margin, 0.0)
    half = np.maximum(margin if passes else -margin - band, 0.0) if band > 0 else None
    rows: list[dict[str, object]] = []
    while len(rows) < RANKS:
        found = cheapest_flip(vote.ready, votes, full, abstaining=half)
        if found is None or not np.isfinite(found.cost):
            break
        rows.append(
            {"decision": vote.key, "rank": len(rows) + 1, "actors": ", ".join(found.actors),
             "number": len(found.actors), "cost": found.cost, "passes": passes, "mark": "assumed",
             "source": SOURCE}
        )  # fmt: skip
        gone = np.isin(vote.ready.voters.actors, found.actors)
        full = np.where(gone, np.inf, full)
        half = None if half is None else np.where(gone, np.inf, half)
    return rows
