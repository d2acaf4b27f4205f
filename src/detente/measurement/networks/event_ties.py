"""Ties from coded events: cooperation that binds a pair, hostility that divides it, whoever acted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.networks.layers import Asked, Found
from detente.measurement.networks.remarks import pairs, remark

if TYPE_CHECKING:
    from detente.cases.networks import EventLayer

LAST_ROOTS = {
    "verbal_cooperation": 5,
    "material_cooperation": 8,
    "verbal_conflict": 13,
    "material_conflict": 20,
}
"""The last CAMEO root of each quad class; the first follows on the class before."""

CLASS = " ".join(f"WHEN root <= {last} THEN '{name}'" for name, last in LAST_ROOTS.items())
DYADS = f"""
    WITH coded AS (
        SELECT least(actor, target) AS a, greatest(actor, target) AS b, date, goldstein, source, locator,
               TRY_CAST(substr(code, 1, 2) AS INTEGER) AS root
        FROM events WHERE date BETWEEN ? AND ?
    ), classed AS (SELECT *, CASE WHEN root IS NULL OR root < 1 OR root > 20 THEN NULL {CLASS} END AS class
        FROM coded)
    SELECT a, b, count(*) AS n, count(goldstein) AS scored, count(class) AS classed, max(date) AS date,
           avg(goldstein) AS mean, sum(goldstein) AS sum,
           count(*) FILTER (class LIKE '%cooperation') - count(*) FILTER (class LIKE '%conflict') AS net,
           string_agg(DISTINCT source, '; ' ORDER BY source) AS source,
           string_agg(DISTINCT locator, '; ' ORDER BY locator) AS locator
    FROM classed WHERE list_contains(?::VARCHAR[], class) OR (? AND class IS NULL)
    GROUP BY a, b ORDER BY a, b
"""
UNITS = {
    "mean": "Goldstein score, mean",
    "sum": "Goldstein score, sum",
    "net": "events, cooperative less hostile",
}
NEEDED = {"mean": "Goldstein score", "sum": "Goldstein score", "net": "class"}


def event_ties(key: str, spec: EventLayer, asked: Asked) -> Found:
    """Return one tie for each pair between which enough events are known."""
    every = len(spec.classes) == len(LAST_ROOTS)
    rows = asked.evidence.query(DYADS, (asked.since, asked.until, list(spec.classes), every))
    rows, remarks = asked.between(rows, ("a", "b"), layer=key)
    used = rows["classed"] if spec.take == "net" else rows["scored"]
    few = used < spec.least
    unused = int((rows["n"] - used).sum())
    remarks = (
        *remarks,
        *remark(f"{key}: events without a {NEEDED[spec.take]}", (), count=unused),
        *remark(f"{key}: pairs with fewer than {spec.least} events", pairs(rows[few])),
    )
    kept = rows[~few]
    told = kept.assign(
        kind="events",
        value=kept[spec.take].astype(float),
        unit=UNITS[spec.take],
        locator=_located(kept, used),
        mark="sourced",
    )
    words = f"{UNITS[spec.take]}" + ("" if every else f", {', '.join(spec.classes)} only")
    hint = f"the evidence has no events from {asked.span}; type: detente data pull events"
    return Found(told, words, remarks, hint=hint)


def _located(kept: pd.DataFrame, used: pd.Series) -> pd.Series:
    counted = used[kept.index].astype(str) + " events"
    return counted + kept["locator"].map(lambda files: f", {files}" if isinstance(files, str) else "")
