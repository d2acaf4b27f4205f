"""What a case's camps ask for that the evidence cannot give: periods without votes, ties or events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.ballots import Evidence
from detente.measurement.findings import Finding
from detente.measurement.missing import PULL_VOTES
from detente.measurement.networks import shipped_camps
from detente.measurement.networks.periods import periods
from detente.measurement.networks.remarks import named
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.networks import AnyLayer
    from detente.cases.schema import Case

DAYS = {
    "votes": "SELECT DISTINCT date FROM roll_calls WHERE origin <> 'shipped' AND date BETWEEN ? AND ?",
    "ties": "SELECT DISTINCT date FROM ties WHERE date BETWEEN ? AND ? AND list_contains(?::VARCHAR[], kind)",
    "events": "SELECT DISTINCT date FROM events WHERE date BETWEEN ? AND ?",
}
"""The days for which the evidence has anything, by what a layer is measured by."""
WORDS = {"votes": "roll calls", "ties": "such ties", "events": "events"}
HINTS = {
    "votes": PULL_VOTES,
    "ties": "detente data list shows what can be pulled",
    "events": "type: detente data pull events",
}


def camp_findings(case: Case, evidence: Evidence, spells: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Yield the layers of ties without evidence in a period, and cores that were never in their bloc.

    Where camps ship that answer the case, nothing is wanting.
    """
    spec = case.camps
    if spec is None:
        return
    ships = shipped_camps.answer(Setting(case, spells, (), 0, 0), evidence)
    for key, layer in spec.layers.items() if not ships else ():
        yield from _without(f"camps.layers.{key}", layer, case, evidence)
    for bloc, actors in spec.core.items():
        never = [actor for actor in actors if actor not in set(spells[bloc]["actor"])]
        if never:
            what = f"{', '.join(never)} never belonged to {bloc}"
            yield Finding(
                "note", f"camps.core.{bloc}", what, "its members are held against these all the same"
            )


def _without(where: str, layer: AnyLayer, case: Case, evidence: Evidence) -> Iterator[Finding]:
    spans = periods(case)
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    kinds = [list(layer.kinds)] if layer.by == "ties" else []
    found = evidence.query(DAYS[layer.by], (first, min(last, case.as_of), *kinds))["date"]
    days = pd.to_datetime(found)
    empty = [
        span.key for span in spans if not days.between(pd.Timestamp(span.start), pd.Timestamp(span.end)).any()
    ]
    if empty:
        span = "any of its periods" if len(empty) == len(spans) else named(empty, most=8)
        what = f"the evidence has no {WORDS[layer.by]} in {span}"
        yield Finding("warning", where, what, HINTS[layer.by])
