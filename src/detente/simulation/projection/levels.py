"""Levels of what drives positions: dependence, threat, domestic pressure, burden, as last measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.cases.decisions import support_of
from detente.measurement.missing import Missing
from detente.measurement.observations import Scene, observe_series
from detente.simulation.decisions.electorate import as_shares, latest

if TYPE_CHECKING:
    from detente.cases.projection import Driver
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.grounds import Grounded

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Level:
    """One driver: its level and error by actor (N,), of whom it is known (N,), and where it comes from.

    Of whoever it is not known, `value` and `sd` are the mean and the standard deviation of the others.
    """

    key: str
    title: str
    kind: str
    value: Floats
    sd: Floats
    known: NDArray[np.bool_]
    source: str
    bounded: bool = True


def levels(scene: Scene, evidence: Evidence, measures: Grounded) -> tuple[list[Level], list[Missing]]:
    """Return every driver of the case, and those that its decisions name beside them; and what is missing.

    A driver of which nothing is known stays at 0 for everyone, and is named.
    """
    case, actors, found, missing = scene.case, scene.placed, [], []
    assert case.projection is not None
    for key, driver in case.projection.drivers.items():
        rows, told = _measured(scene, measures, driver)
        shares = as_shares(rows) if driver.share else _plain(rows)
        level, untold = _level((key, driver.title, driver.kind, told), shares, actors)
        found.append(Level(*level, bounded=driver.share))
        missing += untold
    for key, kind, title, shares, told in _named(evidence, measures, case):
        level, untold = _level((key, title, kind, told), shares, actors)
        found.append(Level(*level))
        missing += untold
    return found, missing


def driver_of(case: Case, *, dependence: str | None = None, indicator: str | None = None) -> str | None:
    """Return the key of the driver that follows a dependence of the case, or an indicator."""
    assert case.projection is not None
    for key, driver in case.projection.drivers.items():
        spec = driver.measure
        if dependence is not None and driver.dependence == dependence:
            return key
        if indicator is not None and spec is not None and spec.by == "indicators" and spec.name == indicator:
            return key
    return dependence or indicator


def _measured(scene: Scene, measures: Grounded, driver: Driver) -> tuple[pd.DataFrame, str]:
    if driver.measure is None:
        rows = measures.dependence
        rows = rows[(rows["dependence"] == driver.dependence) & rows["latest"].astype(bool)]
        return rows, _sources(rows)
    cells = observe_series(scene, driver.measure).dropna(subset=["score"])
    return cells, _sources(cells)


def _sources(rows: pd.DataFrame) -> str:
    return "; ".join(sorted(set(rows["source"].astype(str)))) if len(rows) else ""


def _plain(rows: pd.DataFrame) -> dict[str, float]:
    return dict(zip(rows["actor"], rows["value"].astype(float), strict=True))


def _named(
    evidence: Evidence, measures: Grounded, case: Case
) -> Iterator[tuple[str, str, str, dict[str, float], str]]:
    """Yield what decisions name and no driver of the case follows, each once."""
    assert case.projection is not None
    seen = set(case.projection.drivers)
    for decision in case.decisions.values():
        support = support_of(decision, case.decisions)
        if support.on is not None and driver_of(case, dependence=support.on) not in seen:
            seen.add(support.on)
            rows = measures.dependence
            rows = rows[(rows["dependence"] == support.on) & rows["latest"].astype(bool)]
            title = case.dependence[support.on].title
            yield support.on, "dependence", title, as_shares(rows), _sources(rows)
        if support.pressed_by is not None and driver_of(case, indicator=support.pressed_by) not in seen:
            seen.add(support.pressed_by)
            rows = latest(evidence, support.pressed_by, on=case.as_of)
            title = support.pressed_by.replace("_", " ")
            yield support.pressed_by, "domestic", title, as_shares(rows), _sources(rows)


def _level(
    named: tuple[str, str, str, str], shares: dict[str, float], actors: Sequence[str]
) -> tuple[tuple[str, str, str, Floats, Floats, NDArray[np.bool_], str], list[Missing]]:
    key, title, kind, source = named
    value = np.array([shares.get(actor, np.nan) for actor in actors])
    known = ~np.isnan(value)
    if not known.any():
        hint = "detente data list shows what can be pulled"
        missing = [Missing("projection", f"drivers: {key}", "its level is known of nobody; taken as 0", hint)]
        return (key, title, kind, np.zeros(len(value)), np.zeros(len(value)), known, source), missing
    unknown = [actor for actor, there in zip(actors, known, strict=True) if not there]
    why = "its level is not known there, and is drawn around the mean of the others"
    missing = [Missing("projection", f"drivers: {key}: {', '.join(unknown)}", why)] if unknown else []
    filled = np.where(known, value, value[known].mean())
    spread = np.where(known, 0.0, value[known].std())
    return (key, title, kind, filled, spread, known, source), missing
