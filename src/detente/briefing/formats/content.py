"""The content of a brief as plain values: the JSON twin of the page, as `brief.schema.json` describes it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from detente.briefing.exhibits import Docket, Figure, Page, Section, Table
from detente.briefing.formats.alt import alt_text
from detente.briefing.ledger import Ledger
from detente.briefing.page import Back, Head, cell, records
from detente.briefing.prose import Cited, Sentence, plain

TWIN = 1
"""The version of the schema of the twin."""
KEPT = ("mark", "source", "locator", "method", "low", "high")
"""Fields of a row that are kept though no column shows them: what vouches for its figures."""


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of the twin."""
    text = files("detente.briefing.formats").joinpath("brief.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def twin(head: Head, page: Page, back: Back, ledger: Ledger, *, made: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a page as plain values; `ledger` is the page's own, so that ids are the same."""
    writer = _Writer(ledger)
    return {
        "detente_brief": TWIN,
        "title": head.title,
        "question": head.question,
        "date": head.date,
        "provenance": head.provenance,
        "made": dict(made),
        "answer": [writer.sentence(each, "answer") for each in page.answer],
        "strip": [
            {
                "caption": each.caption,
                "number": writer.number(Cited(each.cited.number, each.cited.what), "answer"),
            }
            for each in page.strip
        ],
        "sections": [writer.section(each) for each in page.sections],
        "gaps": [{"what": gap.what, "mend": gap.mend} for gap in page.gaps],
        "sources": [_row(row, {str(key) for key in row}) for row in records(back.sources)],
        "how": [{"name": name, "text": text} for name, text in back.made],
        "numbers": [entry.row() for entry in ledger.entries()],
    }


@dataclass
class _Writer:
    """Writes sentences and exhibits as plain values, their numbers by the ids of the ledger."""

    ledger: Ledger

    def number(self, cited: Cited, section: str) -> str:
        return self.ledger.enter(cited, section=section).id

    def sentence(self, said: Sentence, section: str) -> dict[str, Any]:
        """Return a sentence: as text, as its form (each number as #), and the ids of its numbers."""
        form = "".join("#" if isinstance(part, Cited) else plain(part) for part in said.parts)
        numbers = [self.number(each, section) for each in said.cited()]
        return {"text": said.text(), "form": form, "numbers": numbers}

    def section(self, section: Section) -> dict[str, Any]:
        said = [[self.sentence(each, section.key) for each in many] for many in section.paragraphs]
        return {
            "key": section.key,
            "title": section.title,
            "paragraphs": said,
            "exhibits": [self.exhibit(each, section.key) for each in section.exhibits],
            "notes": list(section.notes),
        }

    def exhibit(self, exhibit: Figure | Table | Docket, section: str) -> dict[str, Any]:
        if isinstance(exhibit, Docket):
            return self.docket(exhibit, section)
        if isinstance(exhibit, Table):
            return {"kind": "table", **_table(exhibit)}
        charts = [f"{exhibit.key}-{place}" for place in range(1, len(exhibit.panels) + 1)]
        return {
            "kind": "figure",
            "key": exhibit.key,
            "title": exhibit.title,
            "shows": exhibit.shows,
            "reading": exhibit.reading,
            "note": exhibit.note,
            "alt": alt_text(exhibit),
            "charts": [
                {"key": key, "title": panel.title} for key, panel in zip(charts, exhibit.panels, strict=True)
            ],
            "table": _table(exhibit.table),
        }

    def docket(self, docket: Docket, section: str) -> dict[str, Any]:
        claims = [
            {
                "key": each.key,
                "statement": each.statement,
                "origin": each.origin,
                "verdict": each.verdict,
                "finding": self.sentence(each.finding, section),
                "trials": [
                    {
                        "title": trial.title,
                        "verdict": trial.verdict,
                        "said": [
                            {"heading": name, "sentence": self.sentence(said, section)}
                            for name, said in trial.said
                        ],
                    }
                    for trial in each.trials
                ],
            }
            for each in docket.hearings
        ]
        return {"kind": "claims", "key": docket.key, "title": docket.title, "claims": claims}


def _table(table: Table) -> dict[str, Any]:
    fields = {column.field for column in table.columns} | {*KEPT}
    fields |= {column.unit_field for column in table.columns if column.unit_field}
    rows = records(table)
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "file": f"numbers/{table.key}.csv",
        "columns": [
            {"field": each.field, "title": each.title, "unit": each.unit, "unit_field": each.unit_field}
            for each in table.columns
        ],
        "rows": [_row(row, fields) for row in rows],
        "shown": [[cell(row, column) for column in table.columns] for row in rows],
        "citations": list(table.citations),
    }


def _row(row: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in row.items() if key in fields}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: missing as null, days in ISO 8601, what is without bound as a word."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, float) and math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def outline(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sentences of a twin by section, its exhibits by key, and its gaps, for a comparison."""
    return {
        "answer": [_said(each) for each in content["answer"]],
        "sections": [
            {
                "key": section["key"],
                "title": section["title"],
                "sentences": [_said(each) for each in _sentences(section)],
                "exhibits": [each["key"] for each in section["exhibits"]],
                "verdicts": _verdicts(section),
            }
            for section in content["sections"]
        ],
        "gaps": [gap["what"] for gap in content["gaps"]],
    }


def _said(sentence: Mapping[str, Any]) -> dict[str, str]:
    return {"text": sentence["text"], "form": sentence["form"]}


def _sentences(section: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for paragraph in section["paragraphs"]:
        yield from paragraph
    for exhibit in section["exhibits"]:
        for claim in exhibit.get("claims", ()):
            yield claim["finding"]


def _verdicts(section: Mapping[str, Any]) -> dict[str, str]:
    return {
        claim["key"]: claim["verdict"] for each in section["exhibits"] for claim in each.get("claims", ())
    }
