"""From evidence to what each measurement of stance observed of each actor, with date, source and locator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.measurement import surveys
from detente.measurement.ballots import Evidence
from detente.measurement.blocs import members
from detente.measurement.missing import PULL_VOTES, Missing
from detente.measurement.transforms import FULL, slope, transformed

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.cases.stance import (
        AgreementMeasurement,
        IndicatorMeasurement,
        TieMeasurement,
        VoteMeasurement,
    )

CELLS = ["measurement", "actor", "value", "score", "error", "unit", "date", "mark", "source", "locator"]
"""`value` is in the measurement's own `unit`, `score` and its standard `error` on the transformed scale."""

BEGINNING = date(1800, 1, 1)
VOTE_VALUES = {"yes": 1.0, "abstain": 0.5, "no": 0.0}

VOTES = """
    SELECT v.actor, r.date, v.vote, r.source, coalesce(v.locator, r.roll_call) AS locator, r.roll_call
    FROM votes v JOIN roll_calls r USING (roll_call)
    WHERE r.resolution = ? AND r.date <= ? AND r.kind = 'resolution' ORDER BY r.date, r.roll_call
"""
TIES = """
    SELECT actor, target, date, value, unit, source, locator FROM ties
    WHERE list_contains(?::VARCHAR[], kind) AND {end} = ? AND date BETWEEN ? AND ? ORDER BY date, actor, kind
"""
INDICATOR = """
    SELECT actor, date, value, unit, source, locator FROM indicators
    WHERE name = ? AND date BETWEEN ? AND ? ORDER BY date, actor
"""


@dataclass(frozen=True)
class Observed:
    """Cells of one measurement, and what it could not observe."""

    cells: pd.DataFrame
    missing: list[Missing]


@dataclass(frozen=True)
class Scene:
    """What measurements are read in: who is placed, the blocs, and agreements that were measured before."""

    case: Case
    evidence: Evidence
    placed: tuple[str, ...]
    spells: Mapping[str, pd.DataFrame]
    agreement: pd.DataFrame


def observe(scene: Scene, key: str) -> Observed:
    """Return the cells of one measurement of the case's stance."""
    assert scene.case.stance is not None
    spec = scene.case.stance.measurements[key]
    if spec.by == "votes":
        found = _votes(scene, spec)
    elif spec.by == "agreement":
        found = _agreement(scene, spec)
    else:
        found = observe_series(scene, spec)
    cells = found[found["actor"].isin(scene.placed)].assign(measurement=key)
    beyond = sorted(cells.loc[cells["score"].isna(), "actor"])
    cells = cells.dropna(subset=["score"])[CELLS].sort_values("actor").reset_index(drop=True)
    missing = []
    if cells.empty:
        missing.append(
            Missing("stance", key, "the evidence has no value for anyone who is placed", _fix(spec.by))
        )
    if beyond:
        why = "the value lies outside the reach of its transform, or its divisor is unknown"
        missing.append(Missing("stance", f"{key}: {', '.join(beyond)}", why))
    return Observed(cells, missing)


def _fix(by: str) -> str:
    return (
        PULL_VOTES
        if by in ("votes", "agreement")
        else "type: detente data list, then detente data pull SOURCE"
    )


def _votes(scene: Scene, spec: VoteMeasurement) -> pd.DataFrame:
    rows = scene.evidence.query(VOTES, (spec.resolution, scene.case.as_of))
    fullest = rows.groupby("roll_call")["actor"].transform("size")
    rows = rows[fullest == fullest.max()]
    rows = rows[rows["roll_call"] == rows["roll_call"].max()]
    values = {**VOTE_VALUES, **({"absent": 0.5} if spec.absent == "abstain" else {})}
    told: pd.DataFrame = rows.assign(value=rows["vote"].map(values)).dropna(subset=["value"])
    return told.assign(score=told["value"], error=0.0, unit="vote (yes 1, abstain 0.5, no 0)", mark="sourced")


def _agreement(scene: Scene, spec: AgreementMeasurement) -> pd.DataFrame:
    table = scene.agreement
    asked = {
        "b": spec.partner, "minus": spec.minus or "", "issue": spec.issue, "window": spec.window,
        "measure": spec.measure,
    }  # fmt: skip
    rows = table.loc[(table[list(asked)] == pd.Series(asked)).all(axis=1)]
    if spec.minus:
        rows = pd.concat([rows, *_poles(table, {**asked, "minus": ""}, spec.minus)], ignore_index=True)
    what = f"{spec.measure} with {spec.partner}" + (
        f" less {spec.measure} with {spec.minus}" if spec.minus else ""
    )
    return rows.assign(
        actor=rows["a"],
        score=rows["value"],
        error=rows["sd"],
        unit=what,
        date=rows["end"],
        locator=rows["window"],
    )


def _poles(table: pd.DataFrame, asked: dict[str, str], minus: str) -> list[pd.DataFrame]:
    """Return the two who are agreed with: each agrees fully with itself, and with the other as measured."""
    partner = asked["b"]
    for ends in ((minus, partner), (partner, minus)):
        alike = table.loc[(table[list(asked)] == pd.Series({**asked, "b": ends[0]})).all(axis=1)]
        alike = alike[alike["a"] == ends[1]]
        if len(alike):
            return [
                alike.assign(a=partner, value=1 - alike["value"]),
                alike.assign(a=minus, value=alike["value"] - 1),
            ]
    return []


def observe_series(scene: Scene, spec: TieMeasurement | IndicatorMeasurement) -> pd.DataFrame:
    """Return the cells of a tie or an indicator, of everyone who has a value; `score` is missing where the
    transform does not reach.
    """
    until = min(spec.until or scene.case.as_of, scene.case.as_of)
    rows = _taken(_rows(scene, spec, spec.since or BEGINNING, until), spec.take)
    if spec.change_from is not None:
        before = _taken(_rows(scene, spec, spec.change_from.since, spec.change_from.until), spec.take)
        rows = _changed(rows, before, relative=spec.change_from.relative)
    rows = rows.assign(mark="sourced")
    if spec.per is not None:
        rows = _divided(rows, scene.evidence.query(INDICATOR, (spec.per, BEGINNING, until)), spec.per)
    if spec.fill is not None and len(rows):
        rows = _filled(
            rows, spec.fill, placed=[actor for actor in scene.placed if actor != _target(spec)], until=until
        )
    return _scored(rows, spec, evidence=scene.evidence)


def _target(spec: TieMeasurement | IndicatorMeasurement) -> str | None:
    return spec.target if spec.by == "ties" else None


def _rows(
    scene: Scene, spec: TieMeasurement | IndicatorMeasurement, since: date, until: date
) -> pd.DataFrame:
    """Return every actor's dated values in a span: kinds added up by day, and what its blocs do for it."""
    if spec.by == "indicators":
        return scene.evidence.query(INDICATOR, (spec.name, since, until))
    other = "actor" if spec.placed == "target" else "target"
    rows = scene.evidence.query(TIES.format(end=other), (list(spec.kinds), spec.target, since, until))
    if spec.placed == "target":
        rows = rows.assign(actor=rows["target"])
    joined = [rows, *(_through(rows, bloc, scene.spells[bloc]) for bloc in spec.through)]
    every = pd.concat([part for part in joined if len(part)], ignore_index=True) if len(rows) else rows
    every = every[every["actor"] != spec.target]
    by = every.groupby(["actor", "date"], as_index=False)
    added = by.agg(
        value=("value", "sum"), unit=("unit", "first"), source=("source", _all), locator=("locator", _all)
    )
    return added.sort_values("date")


def _through(rows: pd.DataFrame, bloc: str, spells: pd.DataFrame) -> pd.DataFrame:
    acts = rows[rows["actor"] == bloc]
    parts = [
        pd.DataFrame([row] * len(on), columns=rows.columns).assign(actor=list(on))
        for row in acts.to_dict("records")
        if (on := members(spells, pd.Timestamp(row["date"]).date()))
    ]
    return pd.concat(parts, ignore_index=True) if parts else rows.iloc[:0]


def _all(values: pd.Series) -> str:
    return "; ".join(dict.fromkeys(str(value) for value in values if not pd.isna(value)))


def _taken(rows: pd.DataFrame, take: str) -> pd.DataFrame:
    """Return one row for each actor; date, source and locator are those of the last value used."""
    last = rows.groupby("actor", as_index=False).last()
    if take == "last" or rows.empty:
        return last
    return last.assign(value=rows.groupby("actor")["value"].agg(take).to_numpy())


def _changed(rows: pd.DataFrame, before: pd.DataFrame, *, relative: bool) -> pd.DataFrame:
    joined = rows.merge(before[["actor", "value"]].rename(columns={"value": "earlier"}), on="actor")
    change = joined["value"] - joined["earlier"]
    if not relative:
        return joined.assign(value=change)
    return joined.assign(value=change / joined["earlier"].where(joined["earlier"] > 0), unit="share")


def _divided(rows: pd.DataFrame, divisor: pd.DataFrame, name: str) -> pd.DataFrame:
    latest = divisor.groupby("actor", as_index=False).last()[["actor", "value", "unit", "source"]]
    joined = rows.merge(latest, on="actor", how="left", suffixes=("", "_per"))
    joined["value"] = joined["value"] / joined["value_per"].where(joined["value_per"] > 0)
    joined["unit"] = joined["unit"] + " per " + joined["unit_per"].fillna(name)
    joined["source"] = joined["source"] + "; " + joined["source_per"].fillna("")
    return joined


def _filled(rows: pd.DataFrame, fill: Any, *, placed: Sequence[str], until: date) -> pd.DataFrame:
    without = sorted(set(placed) - set(rows["actor"]))
    assumed = pd.DataFrame(
        {
            "actor": without,
            "value": float(fill.value),
            "unit": rows["unit"].iloc[0],
            "date": pd.Timestamp(until),
        }
    ).assign(mark="assumed", source="case", locator=fill.reason)
    return (
        pd.concat([rows, assumed.astype({"date": rows["date"].dtype})], ignore_index=True)
        if without
        else rows
    )


def _scored(
    rows: pd.DataFrame, spec: TieMeasurement | IndicatorMeasurement, *, evidence: Evidence
) -> pd.DataFrame:
    """Return the rows on the transformed scale, with sampling error where the value is a survey's share."""
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    value = rows["value"].to_numpy(dtype=float)
    if spec.transform == "logit" and unit not in FULL:
        return rows.assign(score=np.nan, error=0.0)
    error = np.zeros(len(rows))
    surveyed = spec.by == "ties" and all(surveys.is_survey(kind) for kind in spec.kinds)
    if (
        surveyed
        and spec.by == "ties"
        and spec.take == "last"
        and spec.per is None
        and spec.change_from is None
    ):
        asked = surveys.respondents(rows, target=spec.target, evidence=evidence)
        share_error = (
            surveys.standard_error(np.clip(value / FULL[unit], 0, 1), asked) if unit in FULL else error
        )
        error = share_error * FULL.get(unit, 1.0) * slope(value, spec.transform, unit=unit)
    return rows.assign(
        score=transformed(value, spec.transform, unit=unit),
        error=np.where(rows["mark"] == "assumed", 0, error),
    )
