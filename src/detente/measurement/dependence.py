"""Dependence: what actors draw from a target, as the evidence states it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.ballots import Evidence
from detente.measurement.missing import Missing

if TYPE_CHECKING:
    from detente.cases.schema import Case

DEPENDENCE = [
    "dependence", "title", "actor", "group", "target", "kind", "date", "year", "value", "unit", "latest",
    "mark", "source", "locator",
]  # fmt: skip
SQL = """
    SELECT actor, target, date, sum(value) AS value, any_value(unit) AS unit,
           string_agg(DISTINCT source, '; ' ORDER BY source) AS source,
           string_agg(DISTINCT locator, '; ' ORDER BY locator) AS locator
    FROM ties
    WHERE list_contains(?::VARCHAR[], kind) AND target = ? AND date BETWEEN ? AND ?
        AND list_contains(?::VARCHAR[], actor)
    GROUP BY actor, target, date ORDER BY actor, date
"""


def list_dependence(
    case: Case, *, evidence: Evidence, groups: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Missing]]:
    """Return the ties of the case's dependence, by actor and date, and the ones without any value.

    Several kinds are added up by day. `latest` marks the last value of each actor.
    """
    parts, missing = [], []
    for key, spec in case.dependence.items():
        since = spec.since or "1800-01-01"
        actors = [actor for actor in groups if actor != spec.target]
        rows = evidence.query(SQL, (list(spec.kinds), spec.target, since, case.as_of, actors))
        if rows.empty:
            why = f"the evidence has no {' or '.join(spec.kinds)} on {spec.target} for anyone in the case"
            missing.append(Missing("dependence", key, why, "detente data list shows what can be pulled"))
            continue
        parts.append(
            rows.assign(
                dependence=key,
                title=spec.title,
                group=rows["actor"].map(dict(groups)),
                kind="+".join(spec.kinds),
                year=rows["date"].dt.year,
                latest=~rows.duplicated("actor", keep="last"),
                mark="sourced",
            )
        )
    return _together(parts), missing


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)[DEPENDENCE] if parts else pd.DataFrame(columns=DEPENDENCE)
