"""What a chart shows, in words, from the figures behind it: for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from detente.briefing.exhibits import Column, Figure, Table
from detente.briefing.page import cell, records
from detente.briefing.reading import given

MOST = 6
"""Names that are listed; the rest is counted."""
PERIODS = ("year", "period", "session", "date", "window", "moment")


def alt_text(figure: Figure) -> str:
    """Return a figure in words: its title, what it shows, whom, over which years, and its ends.

    The ends are those of the first column of figures; each is named by the first column.
    """
    table = figure.table
    rows = records(table)
    parts = [f"{figure.title}. {figure.shows}"]
    if figure.legend:
        parts.append(f"Told apart: {_listed(each.name for each in figure.legend)}.")
    if rows:
        parts.append(_extent(table, rows))
        parts.extend(_ends(table, rows))
    return " ".join(part.strip() for part in parts if part.strip())


def _extent(table: Table, rows: list[dict[str, Any]]) -> str:
    spans = [
        column for column in table.columns if column.field in PERIODS or column.title.casefold() in PERIODS
    ]
    if not spans or len(rows) < 2:
        return f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'} of figures."
    said = [cell(row, spans[0]) for row in rows]
    return f"{len(rows):,} rows of figures, from {min(said)} to {max(said)}."


def _ends(table: Table, rows: list[dict[str, Any]]) -> list[str]:
    """Return the highest and the lowest figure of the first column of figures that has any."""
    named = [column for column in table.columns if not column.is_figure][:2]
    for column in table.columns:
        if not column.is_figure or column.field in PERIODS:
            continue
        held = [(value, row) for row in rows if (value := _figure(row, column)) is not None]
        if not held or len({row.get(column.unit_field) for _, row in held if column.unit_field}) > 1:
            continue
        low, high = min(held, key=lambda each: each[0]), max(held, key=lambda each: each[0])
        if low[0] == high[0]:
            return [f"{column.title}: {cell(low[1], column)} throughout."]
        ends = (("highest", high[1]), ("lowest", low[1]))
        told = [f"{what} {cell(row, column)} ({_name(row, named)})" for what, row in ends]
        return [f"{column.title}: {'; '.join(told)}."]
    return []


def _figure(row: dict[str, Any], column: Column) -> float | None:
    value = row.get(column.field)
    return None if isinstance(value, str) else given(value)


def _name(row: dict[str, Any], named: list[Column]) -> str:
    return ", ".join(cell(row, column) for column in named) or "no name"


def _listed(names: Iterable[str]) -> str:
    held = list(names)
    more = f" and {len(held) - MOST} more" if len(held) > MOST else ""
    return f"{', '.join(held[:MOST])}{more}"
