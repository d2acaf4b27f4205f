"""Ties from a user's own table: every fault with its rows, and an account of what was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.cells import read_day
from detente.evidence.tabular import read_rows
from detente.measurement.networks.layers import ROWS
from detente.measurement.networks.remarks import Remark, named, pairs, remark
from detente.tabular import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

COLUMNS = {
    "a": ("a", "actor", "from", "source"),
    "b": ("b", "target", "to"),
    "weight": ("weight", "value"),
    "sign": ("sign",),
    "date": ("date", "day", "year"),
    "layer": ("layer", "kind"),
    "unit": ("unit",),
    "source": ("source",),
    "locator": ("locator",),
}
"""The columns that are read, each with the names under which it is found; each column is read once."""

SIGNS = {"+": 1, "-": -1, "−": -1, "positive": 1, "negative": -1}
OWN = "own table"
LAYER = "ties"

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Edges:
    """A table of ties of your own, and how it is to be read.

    `table`: a frame, or the path of a CSV or Parquet file. One row is one tie: a, b and weight (or sign; or
    both, where weight is a size), and if at hand date, source, layer, unit; `a`, `b` and `weight` name these
    columns where they are called otherwise. `resolve` turns names into codes of the gazetteer. `directed`
    counts a tie from a to b and one from b to a as two, even where they are alike.
    """

    table: IntoDataFrame | str | Path
    a: str | None = None
    b: str | None = None
    weight: str | None = None
    resolve: bool = False
    directed: bool = False


@dataclass(frozen=True)
class _Sheet:
    """A table in rows, and how a row is spoken of."""

    cells: pd.DataFrame
    name: str
    lines: NDArray[Any]
    noun: str

    def faults(self, wrong: Flags, what: str, hint: str) -> Iterator[Problem]:
        """Yield the fault of these rows, if there are any."""
        rows = [str(line) for line in self.lines[wrong]]
        if rows:
            noun = self.noun if len(rows) == 1 else f"{self.noun}s"
            yield Problem(f"{self.name}, {noun} {named(rows)}", what, hint)


def read_edges(
    edges: Edges, *, since: date | None, until: date | None, actors: Sequence[str] | None
) -> tuple[pd.DataFrame, tuple[Remark, ...]]:
    """Return the ties of a table as `ROWS`, and what was set aside.

    Raises MeasurementError with every fault: columns that are not there, cells without an actor, weights that
    are not finite numbers, signs and dates that are none, names that are unknown, a table without rows.
    """
    sheet = _sheet(edges.table)
    table = _named(edges, sheet)
    problems: list[Problem] = []
    ends = [_labels(sheet, table, end, problems) for end in ("a", "b")]
    signed = _signed(sheet, table, problems)
    days = _days(sheet, table, problems)
    if edges.resolve:
        ends = [_codes(sheet, labels, days, problems) for labels in ends]
    raise_all(MeasurementError, [*problems, *_unknown(actors, ends)])
    source = _texts(table, "source", sheet.name)
    rows = pd.DataFrame(
        {
            "a": ends[0], "b": ends[1], "layer": _texts(table, "layer", LAYER), "value": signed,
            "unit": _texts(table, "unit", ""), "date": days, "source": source, "mark": "sourced",
            "locator": _texts(table, "locator", "").where(
                lambda told: told != "", [f"{sheet.noun} {line}" for line in sheet.lines]
            ),
        }
    )  # fmt: skip
    return _kept(rows.assign(kind=rows["layer"]), edges, (since, until), actors)


def _sheet(table: IntoDataFrame | str | Path) -> _Sheet:
    table = as_pandas(table)
    if isinstance(table, pd.DataFrame):
        found = _Sheet(table.reset_index(drop=True), OWN, table.index.to_numpy(), "row")
    else:
        path = Path(str(table))
        if not path.is_file():
            hint = "check the path; a table in memory is given as a DataFrame"
            raise MeasurementError(Problem(str(table), "there is no such file", hint))
        cells, lines = read_rows(path)
        found = _Sheet(cells.replace("", np.nan), path.name, lines, "line")
    if found.cells.empty:
        raise MeasurementError(Problem(found.name, "holds no rows", "one row is one tie: a, b, weight"))
    return found


def _named(edges: Edges, sheet: _Sheet) -> pd.DataFrame:
    """Return the columns that are read, under their own names."""
    there = {str(column).strip().casefold(): column for column in reversed(list(sheet.cells.columns))}
    said = {"a": edges.a, "b": edges.b, "weight": edges.weight}
    found: dict[str, Any] = {}
    for part, names in COLUMNS.items():
        wanted = (said.get(part),) if said.get(part) else names
        free = (there.get(str(name).casefold()) for name in wanted)
        column = next((each for each in free if each is not None and each not in found.values()), None)
        if column is not None:
            found[part] = column
    missing = [part for part in ("a", "b") if part not in found]
    missing += [] if {"weight", "sign"} & set(found) and not _lost(edges.weight, found) else ["weight"]
    columns = [str(column) for column in sheet.cells.columns]
    problems = []
    for part in missing:
        word = said.get(part) or part
        near = did_you_mean(word, [column for column in columns if column not in found.values()])
        hint = f"{near} its columns are {named(columns, most=8)}; or say which: Edges(table, {part}='...')"
        problems.append(Problem(sheet.name, f"there is no column {word!r}", hint.strip()))
    twice = sorted({str(column) for column in sheet.cells.columns[sheet.cells.columns.duplicated()]})
    problems += [Problem(sheet.name, f"column {word!r} comes twice", "keep one of them") for word in twice]
    raise_all(MeasurementError, problems)
    return pd.DataFrame({part: sheet.cells[column] for part, column in found.items()})


def _lost(name: str | None, found: dict[str, Any]) -> bool:
    """Return whether a column of weights was named and is not there."""
    return name is not None and "weight" not in found


def _texts(table: pd.DataFrame, part: str, usual: str) -> pd.Series:
    """Return a column as text, `usual` where it is empty or not there."""
    if part not in table:
        return pd.Series(usual, index=table.index, dtype=object)
    cells = table[part].astype(object)
    return cells.where(cells.notna(), usual).map(_word)


def _word(cell: Any) -> str:
    """Return a label as text; whole numbers without a point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _labels(sheet: _Sheet, table: pd.DataFrame, end: str, problems: list[Problem]) -> pd.Series:
    found = _texts(table, end, "")
    problems += sheet.faults(
        (found == "").to_numpy(), f"{end}: no actor is named", "name one, or take it out"
    )
    return found


def _signed(sheet: _Sheet, table: pd.DataFrame, problems: list[Problem]) -> NDArray[np.float64]:
    """Return the weight of each row with its sign."""
    weight = np.ones(len(table))
    if "weight" in table:
        cells = table["weight"].astype(object)
        weight = _numbers(cells)
        wrong = ~np.isfinite(weight)
        hint = "write a number with a decimal point, or take the rows out"
        problems += sheet.faults(wrong, f"weight: {_said(cells[wrong])} is not a finite number", hint)
    if "sign" not in table:
        return weight
    cells = table["sign"].astype(object)
    sign = _numbers(cells.replace(SIGNS))
    wrong = ~np.isin(sign, (-1, 0, 1))
    problems += sheet.faults(wrong, f"sign: {_said(cells[wrong])} is no sign", "write 1 or -1, or + or -")
    both = "keep the sign in one of the two columns"
    problems += sheet.faults(weight < 0, "weight: is negative beside a column of signs", both)
    return sign * weight


def _numbers(cells: pd.Series) -> NDArray[np.float64]:
    """Return cells as numbers, NaN where they are none."""
    real = cells.map(lambda cell: np.nan if isinstance(cell, complex) else cell)
    return pd.to_numeric(real, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _said(cells: pd.Series) -> str:
    words = list(dict.fromkeys("nothing" if pd.isna(cell) else repr(cell) for cell in cells))
    return named(words, most=3)


def _days(sheet: _Sheet, table: pd.DataFrame, problems: list[Problem]) -> pd.Series:
    if "date" not in table:
        return pd.Series(np.datetime64("NaT", "s"), index=table.index)
    cells = table["date"]
    if pd.api.types.is_datetime64_any_dtype(cells):
        return pd.Series(cells.dt.tz_localize(None).to_numpy(dtype="datetime64[s]"), index=table.index)
    places, uniques = pd.factorize(cells)
    days = [*(_day(word) for word in uniques), None]
    unread = np.array([day is None for day in days])
    unread[-1] = False
    wrong = unread[places]
    hint = "write 2021, 2021-03 or 2021-03-31; leave the cell empty where there is none"
    problems += sheet.faults(wrong, f"date: {_said(cells[wrong])} is no date", hint)
    return pd.Series(np.array(days, dtype="datetime64[s]")[places])


def _day(cell: Any) -> date | None:
    if isinstance(cell, pd.Timestamp):
        return cell.date()
    try:
        return read_day(str(cell).strip())
    except ValueError:
        return None


def _codes(sheet: _Sheet, labels: pd.Series, days: pd.Series, problems: list[Problem]) -> pd.Series:
    who = Gazetteer.load()
    codes = who.resolve_many(labels, days if days.notna().any() else None)
    known = [*who.codes, *(actor.name for actor in who.actors.values())]
    for label in labels[codes.isna() & (labels != "")].unique():
        hint = did_you_mean(label, known) or "leave `resolve` out to keep names as they are"
        problems += sheet.faults((labels == label).to_numpy(), f"unknown actor {label!r}", hint)
    return codes


def _unknown(actors: Sequence[str] | None, ends: list[pd.Series]) -> Iterator[Problem]:
    known = sorted({str(label) for labels in ends for label in labels})
    for actor in actors or ():
        if actor not in known:
            hint = did_you_mean(actor, known) or f"the table has {named(known)}"
            yield Problem("actors", f"{actor!r} has no row in the table", hint)


def _kept(
    rows: pd.DataFrame, edges: Edges, span: tuple[date | None, date | None], actors: Sequence[str] | None
) -> tuple[pd.DataFrame, tuple[Remark, ...]]:
    """Return the rows that are ties, with a before b, and remarks on the others."""
    remarks: list[Remark] = []
    if actors is not None:
        rows = rows[rows["a"].isin(actors) & rows["b"].isin(actors)]
    if span != (None, None):
        rows = _aside(remarks, rows, rows["date"].isna(), "ties without a date, though a period is asked for")
        first, last = (pd.Timestamp(day) if day else None for day in span)
        inside = (rows["date"] >= first) if first is not None else rows["date"].notna()
        rows = rows[inside & (rows["date"] <= last if last is not None else True)]
    rows = _aside(remarks, rows, rows["a"] == rows["b"], "ties of an actor to itself")
    rows = _aside(remarks, rows, rows["value"] == 0, "ties of weight zero")
    swapped = rows["a"] > rows["b"]
    low, high = rows["a"].where(~swapped, rows["b"]), rows["b"].where(~swapped, rows["a"])
    rows = rows.assign(a=low, b=high, way=swapped & edges.directed)
    again = rows.duplicated(["a", "b", "way", "value", "date", "layer"])
    rows = _aside(remarks, rows, again, "the same pair, weight, date and layer again: one is kept")
    told = rows.assign(sign=np.sign(rows["value"]).astype(np.int64), weight=rows["value"].abs())
    return told[ROWS].reset_index(drop=True), tuple(remarks)


def _aside(remarks: list[Remark], rows: pd.DataFrame, where: pd.Series, what: str) -> pd.DataFrame:
    remarks += remark(what, pairs(rows[where]))
    return rows[~where]
