"""Ties from coded events: cooperation that binds a pair, hostility that divides it, whoever acted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.evidence.events.codes import LAST_ROOTS, QUADS
from detente.measurement.networks.layers import Asked, Found
from detente.measurement.networks.remarks import pairs, remark

if TYPE_CHECKING:
    from detente.cases.networks import EventLayer

ROOTS = dict(zip(QUADS, LAST_ROOTS, strict=True))
"""The last CAMEO root of each quad class; the first follows on the class before."""

CLASS = " ".join(f"WHEN root <= {last} THEN '{name}'" for name, last in ROOTS.items())
TAKEN = {name: f"if(list_contains($3::VARCHAR[], '{name}'), coalesce({name}, 0), 0)" for name in ROOTS}
CHOSEN = " + ".join(TAKEN.values())
NET = " + ".join(f"{take} * {1 if 'cooperation' in name else -1}" for name, take in TAKEN.items())
FINEST = """
    SELECT source, arg_min(period, CASE period WHEN 'day' THEN 1 WHEN 'week' THEN 2 ELSE 3 END) AS period
    FROM event_counts GROUP BY source
"""
DYADS = f"""
    WITH coded AS (
        SELECT least(actor, target) AS a, greatest(actor, target) AS b, date, goldstein, source, locator,
               TRY_CAST(substr(code, 1, 2) AS INTEGER) AS root
        FROM events WHERE date BETWEEN $1 AND $2
    ), classed AS (SELECT *, CASE WHEN root IS NULL OR root < 1 OR root > 20 THEN NULL {CLASS} END AS class
        FROM coded),
    known AS (
        SELECT a, b, count(*) AS n, count(goldstein) AS scored, count(class) AS classed, max(date) AS date,
               sum(goldstein) AS sum,
               count(*) FILTER (class LIKE '%cooperation') - count(*) FILTER (class LIKE '%conflict') AS net,
               source, locator
        FROM classed WHERE list_contains($3::VARCHAR[], class) OR ($4 AND class IS NULL)
        GROUP BY a, b, source, locator
        UNION ALL
        SELECT least(actor, target), greatest(actor, target), if($4::BOOLEAN, events, {CHOSEN}),
               if($4::BOOLEAN, coalesce(scored, 0), 0), {CHOSEN}, date,
               if($4::BOOLEAN, goldstein * scored, NULL), {NET}, source, NULL
        FROM event_counts JOIN ({FINEST}) USING (source, period)
        WHERE date BETWEEN $1 AND $2 AND ($4 OR {CHOSEN} > 0)
    )
    SELECT a, b, sum(n)::BIGINT AS n, sum(scored)::BIGINT AS scored, sum(classed)::BIGINT AS classed,
           max(date) AS date, sum(sum) / nullif(sum(scored), 0) AS mean, sum(sum) AS sum,
           sum(net)::BIGINT AS net, string_agg(DISTINCT source, '; ' ORDER BY source) AS source,
           string_agg(DISTINCT locator, '; ' ORDER BY locator) AS locator
    FROM known GROUP BY a, b ORDER BY a, b
"""
"""Events one by one and events that came counted, of which a source is taken by its finest period.

Of counted events scores are known of all classes together only: where some are chosen, they have none.
"""
UNITS = {
    "mean": "Goldstein score, mean",
    "sum": "Goldstein score, sum",
    "net": "events, cooperative less hostile",
}
NEEDED = {"mean": "Goldstein score", "sum": "Goldstein score", "net": "class"}


def event_ties(key: str, spec: EventLayer, asked: Asked) -> Found:
    """Return one tie for each pair between which enough events are known."""
    every = len(spec.classes) == len(ROOTS)
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
