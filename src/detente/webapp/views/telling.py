"""Sections of the brief as JSON: sentences with their numbers, figures with their charts, tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.briefing.exhibits import Docket, Figure, Section, Table
from detente.briefing.ledger import Ledger
from detente.briefing.output import as_csv
from detente.briefing.page import cell
from detente.briefing.prose import Cited, Sentence, plain
from detente.webapp.views import FILES

if TYPE_CHECKING:
    from detente.briefing.material import Material

Row = dict[str, Any]
Maker = Callable[["Material"], Section | None]
DIGITS = 6


def sections_of(material: Material, makers: Sequence[Maker]) -> tuple[Section, ...]:
    """Return the sections that a case has."""
    return tuple(section for make in makers if (section := make(material)) is not None)


def told(sections: Sequence[Section]) -> Row | None:
    """Return sections as JSON values, with every number of their text and all tables in full.

    None where there are no sections.
    """
    if not sections:
        return None
    ledger = Ledger()
    held = [_section(section, ledger) for section in sections]
    numbers = [{name: _value(value) for name, value in each.row().items()} for each in ledger.entries()]
    files = {key: as_csv(each.frame) for key, each in tables_of(sections).items()}
    return {"sections": held, "numbers": numbers, FILES: files}


def _section(section: Section, ledger: Ledger) -> Row:
    return {
        "key": section.key,
        "title": section.title,
        "paragraphs": [
            [_sentence(each, ledger, section.key) for each in part] for part in section.paragraphs
        ],
        "exhibits": [_exhibit(each, ledger, section.key) for each in section.exhibits],
        "notes": list(section.notes),
    }


def _sentence(sentence: Sentence, ledger: Ledger, section: str) -> Row:
    """Return a sentence as text, and as parts: words, and numbers with the id of their row in `numbers`."""
    parts: list[str | Row] = []
    for part in sentence.parts:
        if isinstance(part, Cited):
            entry = ledger.enter(part, section=section)
            parts.append({"id": entry.id, "text": part.text(), "mark": part.number.mark, "what": part.what})
        elif parts and isinstance(parts[-1], str):
            parts[-1] += plain(part)
        else:
            parts.append(plain(part))
    return {"text": sentence.text(), "parts": parts}


def _exhibit(exhibit: Figure | Table | Docket, ledger: Ledger, section: str) -> Row:
    if isinstance(exhibit, Figure):
        return _figure(exhibit)
    return table(exhibit) if isinstance(exhibit, Table) else _docket(exhibit, ledger, section)


def _docket(docket: Docket, ledger: Ledger, section: str) -> Row:
    """Return claims one by one, each with its tests and what is said of them."""

    def said(head: str, sentence: Sentence) -> Row:
        return {"head": head, **_sentence(sentence, ledger, section)}

    hearings = []
    for each in docket.hearings:
        finding = _sentence(each.finding, ledger, section)
        trials = [
            {"title": trial.title, "verdict": trial.verdict, "said": [said(*part) for part in trial.said]}
            for trial in each.trials
        ]
        about = {"key": each.key, "statement": each.statement, "origin": each.origin}
        hearings.append({**about, "verdict": each.verdict, "finding": finding, "trials": trials})
    return {"kind": "docket", "key": docket.key, "title": docket.title, "hearings": hearings}


def _figure(figure: Figure) -> Row:
    return {
        "kind": "figure",
        "key": figure.key,
        "title": figure.title,
        "shows": figure.shows,
        "reading": figure.reading,
        "note": figure.note,
        "stacked": figure.stacked,
        "legend": [{"name": each.name, "color": each.color, "shape": each.shape} for each in figure.legend],
        "panels": [{"title": panel.title, "spec": dict(panel.spec)} for panel in figure.panels],
        "table": table(figure.table),
    }


def table(table: Table) -> Row:
    """Return a table as its columns, and its rows both as shown and as values; the CSV has all columns."""
    shown = [{str(key): value for key, value in row.items()} for row in table.shown.to_dict("records")]
    return {
        "kind": "table",
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "folded": table.folded,
        "citations": list(table.citations),
        "columns": [
            {"field": column.field, "title": column.title, "unit": column.unit, "figure": column.is_figure}
            for column in table.columns
        ],
        "rows": [[cell(row, column) for column in table.columns] for row in shown],
        "values": [[_value(row.get(column.field)) for column in table.columns] for row in shown],
    }


def _value(value: object) -> Any:
    """Return a cell as a plain JSON value: nothing known as null, days in ISO 8601."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    held = value.item() if hasattr(value, "item") else value
    if isinstance(held, float):
        return float(f"{held:.{DIGITS}g}") if math.isfinite(held) else None
    return held if isinstance(held, (bool, int, str)) else str(held)


def tables_of(sections: Iterable[Section]) -> dict[str, Table]:
    """Return every table of some sections by key."""
    held = [each for section in sections for each in section.exhibits]
    tables = [each.table if isinstance(each, Figure) else each for each in held]
    return {each.key: each for each in tables if isinstance(each, Table)}


def rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as plain JSON values.

    >>> rows(pd.DataFrame({"day": [pd.Timestamp("2026-02-16")], "share": [float("nan")]}))
    [{'day': '2026-02-16', 'share': None}]
    """
    return [{str(key): _value(value) for key, value in row.items()} for row in frame.to_dict("records")]
