"""What came of the questions that were forecast: a tidy table, each row with its source."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from detente.errors import Problem, SimulationError, did_you_mean, raise_all

HAPPENED = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
NEEDED, SAID = ("key", "due", "source"), ("happened", "value")
Question = tuple[str, date]
"""The key of a question, and the day on which it is due."""


@dataclass(frozen=True)
class Outcome:
    """What came of a question: whether it `happened`, or the `value` of a number; and who says so."""

    source: str
    happened: bool | None = None
    value: float | None = None


def read_outcomes(path: Path) -> dict[Question, Outcome]:
    """Return the outcomes in a CSV file with the columns key, due, source, and happened or value, or both.

    Raises `SimulationError` that names every row that cannot be used.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        hint = "give a table as CSV with the columns key, due, happened (or value), source"
        raise SimulationError(Problem(str(path), f"cannot be read ({error})", hint)) from error
    return outcomes_of(table, name=str(path))


def outcomes_of(table: pd.DataFrame, *, name: str = "outcomes") -> dict[Question, Outcome]:
    """Return the outcomes in a table, as `read_outcomes` does; rows are counted as lines of a file.

    >>> table = pd.DataFrame({"key": ["lapse"], "due": ["2027-01-31"], "happened": ["no"], "source": ["OJ"]})
    >>> outcomes_of(table)
    {('lapse', datetime.date(2027, 1, 31)): Outcome(source='OJ', happened=False, value=None)}
    """
    raise_all(SimulationError, list(_columns(table, name)))
    found: dict[Question, Outcome] = {}
    problems: list[Problem] = []
    for line, row in enumerate(table.astype(str).to_dict("records"), start=2):
        cells = {str(column): cell.strip() for column, cell in row.items()}
        read = _read(cells)
        if isinstance(read, Problem):
            problems.append(Problem(f"{name}:{line}", read.what, read.hint))
            continue
        question, outcome = read
        if question in found:
            what = f"{question[0]} of {question[1]} has an outcome already"
            problems.append(Problem(f"{name}:{line}", what, "give each once"))
        found[question] = outcome
    raise_all(SimulationError, problems)
    return found


def _columns(table: pd.DataFrame, name: str) -> Iterator[Problem]:
    held = [str(column) for column in table.columns]
    for column in NEEDED:
        if column not in held:
            yield Problem(name, f"has no column {column!r}", did_you_mean(column, held) or f"add {column}")
    if not set(SAID) & set(held):
        yield Problem(name, "has neither a column 'happened' nor 'value'", "add one of them, or both")


def _read(cells: Mapping[str, Any]) -> tuple[Question, Outcome] | Problem:
    """Return what a row says, or what is wrong with it."""
    try:
        due = date.fromisoformat(cells["due"])
    except ValueError:
        return Problem("", f"due is {cells['due']!r}", "give a day, such as 2027-01-31")
    for column in ("key", "source"):
        if cells[column] in ("", "nan", "None"):
            return Problem("", f"has no {column}", "every outcome names its question and its source")
    said = {column: cells[column] for column in SAID if cells.get(column, "") not in ("", "nan", "None")}
    if len(said) != 1:
        return Problem("", "gives both happened and value, or neither", "give one of them")
    if "happened" in said:
        happened = HAPPENED.get(said["happened"].lower())
        if happened is None:
            return Problem("", f"happened is {said['happened']!r}", "give yes or no")
        return (cells["key"], due), Outcome(cells["source"], happened=happened)
    value = _number(said["value"])
    if value is None:
        return Problem("", f"value is {said['value']!r}", "give a number")
    return (cells["key"], due), Outcome(cells["source"], value=value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
