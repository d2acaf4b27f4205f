"""What a projection says that can turn out wrong, as forecasts for the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.cases import case_digest
from detente.cases.projection import ALIGNMENT
from detente.simulation.record.chain import Entry
from detente.simulation.record.forecasts import Forecast, Naive, Quantiles
from detente.simulation.record.record import Record, record_file

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.simulation.projection.prospects import Prospects

LEVELS = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
STAYS = "stays as it is today"
"""The naive forecast: of decisions, the chance when it first comes up; of lines and spreads, today's."""


def seal(
    case: Case, evidence: Evidence, ahead: Prospects, *, on: date, record: Path | None = None
) -> Entry | None:
    """Seal what is said of the future in the record, and return its line; None where all of it is past.

    The same content is sealed once a day. Raises `SimulationError` where the record is broken or cannot be
    written.
    """
    told = [each for each in forecasts(case, ahead) if each.due > on]
    if not told:
        return None
    digests = {"evidence": evidence.digest, "futures": ahead.digest}
    where = Record(record or record_file())
    return where.seal(told, on=on, case=(case.name, case_digest(case)), digests=digests)


def forecasts(case: Case, ahead: Prospects) -> Iterator[Forecast]:
    """Yield a forecast for each time a decision comes up, and for each line and spread at the end of each
    year ahead. Whoever starts beyond a line is left out.
    """
    yield from _decisions(case, ahead.decisions)
    yield from _crossings(case, ahead.crossings)
    yield from _spreads(case, ahead.cohesion)


def _decisions(case: Case, held: pd.DataFrame) -> Iterator[Forecast]:
    for key, part in held.groupby("decision", sort=False):
        order = _rows(part.sort_values("step", kind="stable"))
        for row in order:
            yield Forecast(
                key=f"{case.name}: {key} passes",
                question=f"Does this pass when it comes up in the half-year from {row['begins']:%Y-%m-%d}: "
                f"{row['title']}?",
                due=row["ends"].date(),
                about={"what": "decision", "decision": str(key)},
                chance=float(row["passes"]),
                naive=Naive(name=STAYS, chance=float(order[0]["passes"])),
            )


def _crossings(case: Case, held: pd.DataFrame) -> Iterator[Forecast]:
    near = held[~held["starts_beyond"].astype(bool)] if len(held) else held
    for (line, actor), part in near.groupby(["line", "actor"], sort=False):
        start, *later = _rows(part.sort_values("time", kind="stable"))
        for row in later:
            yield Forecast(
                key=f"{case.name}: {actor} crosses {line}",
                question=f"Has {actor} come to this since {start['time']:%Y-%m-%d}, or been there then: "
                f"{row['title']}?",
                due=row["time"].date(),
                about={"what": "crossing", "line": str(line), "actor": str(actor), "item": str(row["item"])},
                chance=float(row["crossed"]),
                naive=Naive(name=STAYS, chance=float(start["beyond"])),
            )


def _spreads(case: Case, held: pd.DataFrame) -> Iterator[Forecast]:
    for (bloc, item), part in held.groupby(["bloc", "item"], sort=False):
        start, *later = _rows(part.sort_values("time", kind="stable"))
        for row in later:
            on = "general alignment" if item == ALIGNMENT else item
            yield Forecast(
                key=f"{case.name}: spread of {bloc} on {item}",
                question=f"How far do members of {bloc} spread on {on}, as a standard deviation?",
                due=row["time"].date(),
                about={"what": "spread", "bloc": str(bloc), "item": str(item)},
                quantiles=_quantiles(row),
                naive=Naive(name=STAYS, quantiles=_quantiles(start)),
            )


def _quantiles(row: dict[str, Any]) -> Quantiles:
    return tuple((level, float(row[name])) for name, level in LEVELS.items())


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
