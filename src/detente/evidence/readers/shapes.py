"""What readers of wide tables share: columns into rows, shares checked, and what a file leaves unsaid."""

from __future__ import annotations

import csv as text_csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd

from detente.errors import EvidenceError, raise_all
from detente.evidence.readers.frames import numbers, unfit
from detente.evidence.tables import SCHEMA


def unsaid(file: str) -> dict[str, str]:
    """Return what a file leaves unsaid, as codes: the one supplier it is about, what an odd label means.

    >>> unsaid("GSDB_V3.csv")["Yemen, North"]
    'YEM'
    """
    text = files("detente.evidence.readers").joinpath("unsaid.csv").read_text(encoding="utf-8")
    return {
        row["unsaid"]: row["actor"] for row in text_csv.DictReader(text.splitlines()) if row["file"] == file
    }


def faults(file: str) -> dict[tuple[str, str], str]:
    """Return the years and targets whose figures in a file are known to be wrong, with the reason.

    >>> list(faults("pew_favourability.csv"))
    [('2013', 'CHN')]
    """
    text = files("detente.evidence.readers").joinpath("faults.csv").read_text(encoding="utf-8")
    return {
        (row["year"], row["target"]): row["reason"]
        for row in text_csv.DictReader(text.splitlines())
        if row["file"] == file
    }


def percentages(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> pd.DataFrame:
    """Return `frame` with `columns` as float64 between 0 and 100; missing stays missing.

    Raises `EvidenceError` with the lines where a value is no number or lies outside.
    """
    made = numbers(frame, columns, path)
    problems = []
    for name in columns:
        outside = made[name].notna() & ~made[name].between(0, 100)
        problems += unfit(frame, name, outside, path, "lies outside 0 to 100")
    raise_all(EvidenceError, problems)
    return made


def unpivot(frame: pd.DataFrame, measures: Mapping[str, tuple[str, str]], *, into: str) -> pd.DataFrame:
    """Return one row for each filled cell of `measures` (column → name, unit), the name in column `into`.

    >>> wide = pd.DataFrame({"actor": ["FRA"], "gdp": [2.9], "n": [None]})
    >>> unpivot(wide, {"gdp": ("gdp_usd", "USD"), "n": ("people", "count")}, into="name").values.tolist()
    [['FRA', 2.9, 'gdp_usd', 'USD']]
    """
    kept = frame.drop(columns=list(measures))
    parts = [
        kept.assign(value=frame[column], **{into: name}, unit=unit)[frame[column].notna()]
        for column, (name, unit) in measures.items()
    ]
    return pd.concat(parts, ignore_index=True)


def blanks(frame: pd.DataFrame, columns: Sequence[str], file: str) -> list[tuple[str, int, str]]:
    """Return a line for `tally` for each of `columns` that has empty cells.

    >>> blanks(pd.DataFrame({"n": [1.0, None]}), ["n"], "poll.csv")
    [('poll.csv: empty cells in n', 1, 'no value is stated')]
    """
    empty = {name: int(frame[name].isna().sum()) for name in columns}
    return [
        (f"{file}: empty cells in {name}", rows, "no value is stated") for name, rows in empty.items() if rows
    ]


def typed(table: str, *frames: pd.DataFrame) -> pd.DataFrame:
    """Return `frames` as one, with exactly the columns of `table`."""
    wanted = [column.name for column in SCHEMA[table]]
    return pd.concat([frame[wanted] for frame in frames], ignore_index=True)
