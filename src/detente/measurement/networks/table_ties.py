"""Ties that the evidence states, as alliances, sanctions, trade: kinds, days and both directions made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.blocs import SPELLS, members, memberships
from detente.measurement.networks.layers import Asked, Found
from detente.measurement.networks.remarks import named

if TYPE_CHECKING:
    from detente.cases.networks import TieLayer

DAILY = """
    SELECT actor, target, date, sum(value) AS value, max(unit) AS unit, min(unit) AS least_unit,
           string_agg(DISTINCT kind, '+' ORDER BY kind) AS kind,
           string_agg(DISTINCT source, '; ' ORDER BY source) AS source,
           string_agg(DISTINCT locator, '; ' ORDER BY locator) AS locator
    FROM ties WHERE list_contains(?::VARCHAR[], kind) AND date BETWEEN ? AND ?
    GROUP BY actor, target, date ORDER BY date, actor, target
"""
KINDS = "SELECT DISTINCT kind FROM ties ORDER BY 1"
LISTING = "detente data list shows what can be pulled"


def table_ties(key: str, spec: TieLayer, asked: Asked) -> Found:
    """Return one tie for each pair: kinds added up by day, days taken together, and the two directions."""
    rows = asked.evidence.query(DAILY, (list(spec.kinds), asked.since, asked.until))
    units = sorted({*rows["unit"], *rows["least_unit"]})
    if len(units) > 1:
        what = f"its kinds are in different units: {', '.join(units)}"
        raise MeasurementError(Problem(f"layers.{key}", what, "give each unit a layer of its own"))
    for bloc in spec.through:
        rows = _through(rows, bloc, _spells(bloc, asked))
    rows, remarks = asked.between(rows.assign(n=1), ("actor", "target"), layer=key)
    return Found(_both(_taken(rows, spec.take), spec.both), _words(spec), remarks, hint=_hint(spec, asked))


def _words(spec: TieLayer) -> str:
    added = f", {spec.transform}" if spec.transform != "none" else ""
    through = f", {', '.join(spec.through)} for their members" if spec.through else ""
    return f"{' + '.join(spec.kinds)}: {spec.take} of the period, {spec.both} of directions{added}{through}"


def _hint(spec: TieLayer, asked: Asked) -> str:
    known = list(asked.evidence.query(KINDS)["kind"])
    unknown = [kind for kind in spec.kinds if kind not in known]
    if unknown:
        meant = did_you_mean(unknown[0], known) or LISTING
        return f"the evidence has no kind of tie {named([repr(kind) for kind in unknown])}; {meant}"
    return f"the evidence has no {named(spec.kinds)} from {asked.span}"


def _spells(bloc: str, asked: Asked) -> pd.DataFrame:
    if asked.case is not None and bloc in asked.case.blocs:
        return memberships(asked.case, bloc, evidence=asked.evidence)
    return asked.evidence.query(SPELLS, (bloc,))


def _through(rows: pd.DataFrame, bloc: str, spells: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with those of a bloc handed on to its members of the day, if it has any."""
    for end in ("actor", "target"):
        acts = rows[end] == bloc
        days = rows.loc[acts, "date"].drop_duplicates()
        who = pd.DataFrame(
            [(day, actor) for day in days for actor in members(spells, day.date())], columns=["date", end]
        )
        if len(who):
            handed = rows[acts].drop(columns=end).merge(who, on="date")
            rows = pd.concat([rows[~acts], handed], ignore_index=True)
    return rows


def _taken(rows: pd.DataFrame, take: str) -> pd.DataFrame:
    """Return one row for each direction; date, source and locator are those of the last value."""
    daily = rows.groupby(["actor", "target", "date"], as_index=False).agg(
        value=("value", "sum"), kind=("kind", "last"), unit=("unit", "last"), source=("source", "last"),
        locator=("locator", "last"),
    )  # fmt: skip
    grouped = daily.groupby(["actor", "target"], as_index=False)
    last = grouped.last()
    return last if take == "last" or last.empty else last.assign(value=grouped["value"].agg(take)["value"])


def _both(rows: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return one row for each pair, its two directions combined: a, b in order of names."""
    ahead = (rows["actor"] < rows["target"]).to_numpy()
    ends = rows["actor"].to_numpy(), rows["target"].to_numpy()
    pair = rows.assign(a=np.where(ahead, *ends), b=np.where(ahead, *reversed(ends)), mark="sourced")
    pair = pair.sort_values(["a", "b", "actor"], ignore_index=True)
    grouped = pair.groupby(["a", "b"], as_index=False)
    found = grouped.agg(
        kind=("kind", "last"), unit=("unit", "last"), date=("date", "max"), mark=("mark", "last"),
        low=("value", "min"), high=("value", "max"), mean=("value", "mean"), sum=("value", "sum"),
        source=("source", "first"), other_source=("source", "last"),
        locator=("locator", "first"), other_locator=("locator", "last"),
    )  # fmt: skip
    found["max"] = np.where(found["high"] >= -found["low"], found["high"], found["low"])
    for name in ("source", "locator"):
        one, other = found[name], found[f"other_{name}"]
        found[name] = one.where((one == other) | one.isna() | other.isna(), one + "; " + other)
    return found.assign(value=found[rule])[
        ["a", "b", "kind", "value", "unit", "date", "source", "locator", "mark"]
    ]
