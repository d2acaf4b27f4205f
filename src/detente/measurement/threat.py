"""Threat: how publics see others, and where a target stands among the risks that they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement import surveys
from detente.measurement.ballots import Evidence
from detente.measurement.missing import Missing
from detente.measurement.transforms import FULL

if TYPE_CHECKING:
    from detente.cases.exposure import Ranks, View
    from detente.cases.schema import Case

THREAT = [
    "part", "threat", "title", "actor", "group", "target", "kind", "date", "year", "value", "low", "high",
    "interval", "respondents", "unit", "latest", "mark", "source", "locator",
]  # fmt: skip
TIES = """
    SELECT actor, target, date, value, unit, source, locator FROM ties
    WHERE kind = ? AND target = ? AND date BETWEEN ? AND ? ORDER BY actor, date
"""
FACTS = """
    SELECT actor, date, try_cast(value AS DOUBLE) AS value, unit, source, locator FROM facts
    WHERE topic = ? AND key = ? AND date <= ? AND try_cast(value AS DOUBLE) IS NOT NULL ORDER BY actor, date
"""


def list_threat(
    case: Case, *, evidence: Evidence, groups: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Missing]]:
    """Return views and ranks of the case's threat, by actor and date, and those without any value.

    `part` is 'views' or 'ranks'. Views carry the sampling error of the survey; ranks and scores are as
    published.
    """
    if case.threat is None:
        return pd.DataFrame(columns=THREAT), []
    asked: list[tuple[str, str, View | Ranks, pd.DataFrame]] = [
        *(("views", key, view, _view(case, view, evidence)) for key, view in case.threat.views.items()),
        *(("ranks", key, ranks, _ranks(case, ranks, evidence)) for key, ranks in case.threat.ranks.items()),
    ]
    parts, missing = [], []
    for part, key, spec, rows in asked:
        kept = rows[rows["actor"].isin(groups)] if part == "views" else rows
        if kept.empty:
            why = f"the evidence has no {spec.kind} of {spec.target} by anyone in the case"
            missing.append(Missing("threat", key, why, "detente data list shows what can be pulled"))
            continue
        parts.append(
            kept.assign(
                part=part,
                threat=key,
                title=spec.title,
                group=[groups.get(actor, "") for actor in kept["actor"]],
                target=spec.target,
                kind=spec.kind,
                year=kept["date"].dt.year,
                latest=~kept.duplicated("actor", keep="last"),
                mark="sourced",
            )
        )
    frame = pd.concat(parts, ignore_index=True)[THREAT] if parts else pd.DataFrame(columns=THREAT)
    return frame, missing


def _view(case: Case, view: View, evidence: Evidence) -> pd.DataFrame:
    rows = evidence.query(TIES, (view.kind, view.target, view.since or "1800-01-01", case.as_of))
    rows = rows[rows["actor"] != view.target].reset_index(drop=True)
    whole = rows["unit"].map(FULL).to_numpy(dtype=float)
    if rows.empty or np.isnan(whole).any() or not surveys.is_survey(view.kind):
        return rows.assign(low=np.nan, high=np.nan, interval="none", respondents=np.nan)
    asked = surveys.respondents(rows, target=view.target, evidence=evidence)
    low, high = surveys.wilson(np.clip(rows["value"].to_numpy(dtype=float) / whole, 0, 1), asked)
    return rows.assign(low=low * whole, high=high * whole, interval="sampling", respondents=asked)


def _ranks(case: Case, ranks: Ranks, evidence: Evidence) -> pd.DataFrame:
    of_states = evidence.query(TIES, (ranks.kind, ranks.target, "1800-01-01", case.as_of))
    of_groups = evidence.query(FACTS, (ranks.topic, f"{ranks.kind}_of:{ranks.target}", case.as_of))
    parts = [part for part in (of_groups, of_states) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else of_states
    return rows.assign(low=np.nan, high=np.nan, interval="none", respondents=np.nan)
