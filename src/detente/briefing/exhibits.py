"""Figures and tables of a page: what they hold, what they show, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from detente.briefing.charts.theme import Series
from detente.briefing.prose import Cited, Sentence

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of a table as shown: the field of the frame, its heading, and the unit its figures are in.

    `unit_field` names the field that holds the unit where it differs from row to row.
    """

    field: str
    title: str
    unit: str | None = None
    unit_field: str | None = None

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures, which stand to the right; a unit may be empty."""
        return self.unit is not None or self.unit_field is not None


@dataclass(frozen=True)
class Table:
    """A tidy table: `frame` is written to `numbers/<key>.csv`; `columns` of `display`, or of it, are shown.

    A folded table shows when the reader opens it, and not on paper; so do `citations`, beneath it.
    """

    key: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    note: str = ""
    display: pd.DataFrame | None = None
    folded: bool = False
    citations: tuple[str, ...] = ()

    @property
    def shown(self) -> pd.DataFrame:
        """The frame that the reader sees."""
        return self.frame if self.display is None else self.display


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure: a Vega-Lite specification under a short heading."""

    spec: Spec
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure: its panels, what it shows, how to read it, and the table with the figures behind it."""

    key: str
    title: str
    shows: str
    reading: str
    panels: tuple[Panel, ...]
    table: Table
    legend: tuple[Series, ...] = ()
    stacked: bool = False
    note: str = ""


@dataclass(frozen=True)
class Trial:
    """One test of a claim: its title, its verdict, and what is said of it, in order under short headings."""

    title: str
    verdict: str
    said: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True)
class Hearing:
    """One claim: what is stated, by whom and when, its verdict with a sentence on it, and its tests."""

    key: str
    statement: str
    origin: str
    verdict: str
    finding: Sentence
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Docket:
    """Claims one by one, each with its tests: text in a frame, which belongs to no table."""

    key: str
    title: str
    hearings: tuple[Hearing, ...]


@dataclass(frozen=True)
class Section:
    """A numbered section of the page: paragraphs of sentences, then figures and tables, then notes."""

    key: str
    title: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    exhibits: tuple[Figure | Table | Docket, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that the brief cannot say, why, and the command that would mend it."""

    what: str
    mend: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the strip under the answer, and what it is; its interval is written beneath."""

    cited: Cited
    caption: str


@dataclass(frozen=True)
class Page:
    """Everything that a page shows, before it is rendered."""

    answer: tuple[Sentence, ...]
    strip: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...] = ()
