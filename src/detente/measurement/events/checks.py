"""What a case's event study asks for that the evidence cannot give, found before anything is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.ballots import Evidence
from detente.measurement.events.in_case import Basis, read_basis, series_of, title_of
from detente.measurement.events.series import placed
from detente.measurement.events.windows import Shape, inside
from detente.measurement.findings import Finding
from detente.measurement.unity import Setting

if TYPE_CHECKING:
    from detente.cases.schema import Case

WHERE = "event_study"
PARTS = {"occasions": "occasions", "all dyads": "source"}
"""The key of the section that each thing missing has to do with."""


def event_findings(case: Case, evidence: Evidence, spells: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Yield what keeps the event study from being made: no events, no occasions, or dyads without events."""
    spec = case.event_study
    if spec is None:
        return
    basis, missing = read_basis(case, evidence)
    for each in missing:
        yield Finding("warning", f"{WHERE}.{PARTS[each.what]}", each.why, each.hint)
    if basis is None:
        return
    yield from _outside(case, basis)
    for key, series in series_of(Setting(case, spells, (), 0, 0), basis).items():
        if not series.known:
            what = f"no event between the two is known: {title_of(spec.dyads[key], case)}"
            hint = "pull events of other years, or name another `source` of events"
            yield Finding("warning", f"{WHERE}.dyads.{key}", what, hint)


def _outside(case: Case, basis: Basis) -> Iterator[Finding]:
    spec = case.event_study
    assert spec is not None
    at = placed(pd.DatetimeIndex(basis.occasions["date"]), basis.periods, spec.per)
    within = inside(at, len(basis.periods), Shape(spec.window, spec.own))
    if not within.all():
        span = f"{basis.periods[0]:%Y-%m-%d} to {basis.periods[-1]:%Y-%m-%d}"
        what = f"{(~within).sum()} of {len(at)} occasions lie outside the events studied, {span}"
        hint = "pull events of more years"
        yield Finding("note" if within.any() else "warning", f"{WHERE}.occasions", what, hint)
