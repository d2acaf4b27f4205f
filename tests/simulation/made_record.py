"""Forecasts made up for tests, and an empty record to seal them in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from detente.simulation.record.forecasts import Forecast
from detente.simulation.record.record import Record

DAY, DUE = date(2026, 1, 1), date(2027, 1, 31)
CASE: tuple[str, str] = ("atlantic", "ab12")
DIGESTS = {"votes": "cd34"}


def chance(key: str, of: float, *, due: date = DUE, **more: Any) -> Forecast:
    return Forecast(key=key, question=f"Does {key} come?", due=due, chance=of, **more)


def number(key: str, *values: float, due: date = DUE, **more: Any) -> Forecast:
    quantiles = tuple(zip((0.1, 0.5, 0.9), values, strict=True))
    return Forecast(key=key, question=f"How far is {key}?", due=due, quantiles=quantiles, **more)


def seal(record: Record, *forecasts: Forecast, on: date = DAY) -> str:
    return record.seal(forecasts, on=on, case=CASE, digests=DIGESTS).digest


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "kept" / "forecasts.jsonl")
