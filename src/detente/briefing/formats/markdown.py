"""The brief as Markdown: the same sentences, numbers and tables; charts as pictures where at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detente.numbers import span

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
STARTS = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
APPENDIX = "Appendix: every number in the text"
ANCHOR = "#appendix-every-number-in-the-text"
ROWS = 60
"""Rows of a table that are written; the file beside has all of them."""


def markdown(content: Mapping[str, Any], *, pictures: frozenset[str] = frozenset()) -> str:
    """Return the brief as Markdown, from its twin; `pictures` names the files of charts beside it."""
    numbers = {each["id"]: each for each in content["numbers"]}
    writer = _Writer(numbers, pictures)
    parts = [*writer.front(content)]
    for place, section in enumerate(content["sections"], start=1):
        parts.extend(writer.section(section, place))
    parts.extend(writer.back(content))
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line.

    >>> escaped("a_b <i> | 1*2")
    'a\\\\_b \\\\<i\\\\> \\\\| 1\\\\*2'
    """
    plain = SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
    return STARTS.sub(r"\1\\\2", plain)


class _Writer:
    """Writes each part of the twin as blocks of Markdown."""

    def __init__(self, numbers: Mapping[str, Mapping[str, Any]], pictures: frozenset[str]) -> None:
        self.numbers, self.pictures = numbers, pictures
        self.figures = self.tables = 0

    def front(self, content: Mapping[str, Any]) -> Iterator[str]:
        yield f"# {escaped(content['title'])}"
        yield f"*{escaped(content['date'])}. {escaped(content['question'])}*"
        yield escaped(content["provenance"])
        yield "## The answer"
        for said in content["answer"]:
            yield self.sentence(said)
        if content["strip"]:
            rows = [(each["caption"], *self.key_figure(each["number"])) for each in content["strip"]]
            yield _grid(("", "figure", "interval"), [[escaped(cell) for cell in row] for row in rows])
        yield (
            "Each number carries a mark: S sourced, from a row of evidence; E estimated, with its interval "
            f"in brackets; A assumed by the case. The mark leads to the [list of numbers]({ANCHOR})."
        )

    def key_figure(self, entry: str) -> tuple[str, str]:
        row = self.numbers[entry]
        low, high = row["low"], row["high"]
        both = "" if low is None or high is None else span(low, high, row["unit"])
        return f"{row['shown'].split(' (')[0]} ({entry})", both

    def sentence(self, said: Mapping[str, Any]) -> str:
        """Return a sentence with its marks after it."""
        marks = " ".join(f"[{entry}]({ANCHOR})" for entry in said["numbers"])
        return f"{escaped(said['text'])}{f' <sup>{marks}</sup>' if marks else ''}"

    def section(self, section: Mapping[str, Any], place: int) -> Iterator[str]:
        yield f"## {place}. {escaped(section['title'])}"
        for paragraph in section["paragraphs"]:
            yield " ".join(self.sentence(said) for said in paragraph)
        for exhibit in section["exhibits"]:
            yield from getattr(self, exhibit["kind"])(exhibit)
        for note in section["notes"]:
            yield f"*{escaped(note)}*"

    def figure(self, figure: Mapping[str, Any]) -> Iterator[str]:
        self.figures += 1
        yield f"### Figure {self.figures}. {escaped(figure['title'])}"
        shown = False
        for chart in figure["charts"]:
            files = [f"charts/{chart['key']}.{kind}" for kind in ("svg", "png")]
            for file in [file for file in files if file in self.pictures][:1]:
                shown = True
                yield f"![{escaped(figure['alt'])}]({file})"
        if not shown:
            yield f"> {escaped(figure['alt'])}"
        note = f" **Mind:** {escaped(figure['note'])}" if figure["note"] else ""
        shows, reading = escaped(figure["shows"]), escaped(figure["reading"])
        yield f"**What it shows:** {shows} **How to read it:** {reading}{note}"
        yield from self.rows(figure["table"])

    def table(self, table: Mapping[str, Any]) -> Iterator[str]:
        self.tables += 1
        yield f"### Table {self.tables}. {escaped(table['title'])}"
        yield from self.rows(table)
        if table["note"]:
            yield f"*{escaped(table['note'])}*"
        if table["citations"]:
            yield "\n".join(f"- {escaped(each)}" for each in table["citations"])

    def rows(self, table: Mapping[str, Any]) -> Iterator[str]:
        heads = [escaped(column["title"]) for column in table["columns"]]
        held = [[escaped(cell) for cell in row] for row in table["shown"]]
        yield _grid(heads, held[:ROWS])
        more = f"{len(held) - ROWS:,} more rows. " if len(held) > ROWS else ""
        yield f"{more}In full: `{table['file']}`"

    def claims(self, docket: Mapping[str, Any]) -> Iterator[str]:
        yield f"### {escaped(docket['title'])}"
        for claim in docket["claims"]:
            yield f"**{escaped(claim['verdict'].capitalize())}:** {escaped(claim['statement'])} " + (
                f"({escaped(claim['origin'])})"
            )
            yield self.sentence(claim["finding"])
            yield "\n".join(self.trial(trial) for trial in claim["trials"])

    def trial(self, trial: Mapping[str, Any]) -> str:
        said = [
            f"  - {escaped(each['heading'])}: {self.sentence(each['sentence'])}" for each in trial["said"]
        ]
        return "\n".join([f"- {escaped(trial['title'])}: **{escaped(trial['verdict'])}**", *said])

    def back(self, content: Mapping[str, Any]) -> Iterator[str]:
        if content["gaps"]:
            yield "## What this brief cannot say"
            yield "\n".join(_gap(gap) for gap in content["gaps"])
        yield "## Sources and licences"
        yield "\n".join(f"{place}. {_source(row)}" for place, row in enumerate(content["sources"], start=1))
        yield "## How this brief was made"
        yield "\n".join(f"- {escaped(each['name'])}: {escaped(each['text'])}" for each in content["how"])
        yield f"## {APPENDIX}"
        rows = [[escaped(cell) for cell in _listed(each)] for each in content["numbers"]]
        yield _grid(("Mark", "What", "Number", "From"), rows)


def _listed(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    origin = "; ".join(part for part in (f"{row['source']} {row['locator']}".strip(), row["method"]) if part)
    return row["id"], row["what"], row["shown"], origin


def _gap(gap: Mapping[str, str]) -> str:
    mend = f" *{escaped(gap['mend'])}*" if gap["mend"] else ""
    return f"- {escaped(gap['what'])}{mend}"


def _source(row: Mapping[str, Any]) -> str:
    said = row.get("citation") or row.get("title") or row["id"]
    vintage = f" Vintage: {row['vintage']}." if row.get("vintage") else ""
    url = f" <{row['url']}>" if row.get("url") else ""
    return f"{escaped(str(said))} {escaped(str(row.get('licence') or ''))}.{escaped(vintage)}{url}"


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)
