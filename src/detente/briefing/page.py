"""From a page's content to one HTML file that asks nothing of anyone: no request, no handler, no eval."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Page, Spec, Table
from detente.briefing.ledger import Ledger
from detente.briefing.prose import Cited, Sentence, plain
from detente.briefing.reading import given
from detente.numbers import between, figure

HERE = "detente.briefing"
MISSING = "–"


@dataclass(frozen=True)
class Script:
    """One vendored script: package, version, and its text."""

    package: str
    version: str
    text: str


@dataclass(frozen=True)
class Head:
    """The title block: what is asked, from which day, and where the page comes from."""

    title: str
    question: str
    date: str
    provenance: str
    version: str


@dataclass(frozen=True)
class Back:
    """The end of the page: the sources, and the facts of how it was made."""

    sources: Table
    made: tuple[tuple[str, str], ...]


def render(head: Head, page: Page, back: Back, ledger: Ledger) -> str:
    """Return the page as HTML; enters every number of its text into `ledger`, in the order of reading."""
    from detente.briefing.formats.alt import alt_text

    writer = _Writer(ledger)
    styles, boot, scripts = _text("templates", "brief.css"), _text("templates", "draw.js"), vendored()
    template = _environment().get_template("brief.html.j2")
    body = template.render(
        head=head,
        page=page,
        back=back,
        ledger=ledger,
        prose=writer.prose,
        key_figure=writer.key_figure,
        alt=alt_text,
        cell=cell,
        swatch=swatch,
        verdict_mark=verdict_mark,
        embedded=embedded,
        records=records,
        licences=licences(),
        styles=Markup(styles),
        scripts=[*(Markup(script.text) for script in scripts), Markup(boot)],
        drawn_by=", ".join(f"{script.package} {script.version}" for script in scripts),
        policy=policy(styles, [*(script.text for script in scripts), boot]),
    )
    return body if body.endswith("\n") else body + "\n"


@dataclass
class _Writer:
    """Writes sentences as markup: each cited number with a superscript that links to its row."""

    ledger: Ledger

    def prose(self, sentence: Sentence, section: str) -> Markup:
        parts = (
            self._cited(part, section) if isinstance(part, Cited) else escape(plain(part))
            for part in sentence.parts
        )
        return Markup("").join(parts)

    def key_figure(self, cited: Cited) -> Markup:
        """Return a number of the strip: the figure with its mark, and its interval beneath."""
        number = cited.number
        figure = self._cited(Cited(number, cited.what), "answer")
        if number.low is None or number.high is None:
            return figure
        return figure + Markup('<span class="interval">{}</span>').format(
            between(number.low, number.high, number.unit)
        )

    def _cited(self, cited: Cited, section: str) -> Markup:
        entry = self.ledger.enter(cited, section=section)
        number = entry.cited.number
        text = Markup(
            '<data class="number" value="{}">{}</data><sup class="mark"><a href="#{}" title="{}">{}</a></sup>'
        )
        return text.format(
            number.value, cited.text(), f"n-{entry.id}", f"{number.mark}: {cited.what}", entry.id
        )


def policy(styles: str, scripts: Iterable[str]) -> str:
    """Return the page's Content-Security-Policy: nothing but these very scripts and this very style sheet."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'sha256-{_digest(styles)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def embedded(spec: Spec) -> Markup:
    """Return a specification as JSON that is safe inside a script element.

    >>> str(embedded({"title": "</script>"}))
    '{"title":"\\\\u003c/script>"}'
    """
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for unsafe, safe in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(unsafe, safe)
    return Markup(text)


def records(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table as shown."""
    return [{str(key): value for key, value in row.items()} for row in table.shown.to_dict("records")]


def cell(row: dict[str, Any], column: Column) -> str:
    """Return one cell as text: figures in the form of their unit, a dash where nothing is known.

    >>> cell({"value": 0.5}, Column("value", "Value", unit="share")) == "50\u202f%"
    True
    """
    value = row.get(column.field)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return MISSING
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    unit = str(row.get(column.unit_field, "")) if column.unit_field else column.unit
    if unit is None or isinstance(value, str):
        return str(value)
    found = given(value)
    return MISSING if found is None else figure(found, unit)


_SWATCHES = {
    "circle": '<circle cx="6" cy="6" r="4"/>',
    "square": '<rect x="2.4" y="2.4" width="7.2" height="7.2"/>',
    "triangle-up": '<path d="M6 1.6 10.6 10H1.4z"/>',
    "diamond": '<path d="M6 1 11 6 6 11 1 6z"/>',
    "cross": '<path d="M4.4 1.6h3.2v2.8h2.8v3.2H7.6v2.8H4.4V7.6H1.6V4.4h2.8z"/>',
    "triangle-down": '<path d="M6 10.4 10.6 2H1.4z"/>',
}


def swatch(series: Series) -> Markup:
    """Return the small drawing beside a legend entry, in the colour and shape that the charts use."""
    return Markup(
        '<svg viewBox="0 0 12 12" width="12" height="12" fill="{}" aria-hidden="true">{}</svg>'
    ).format(series.color, Markup(_SWATCHES[series.shape]))


_VERDICTS = {
    "supported": '<circle cx="6" cy="6" r="5" fill="currentColor"/><path d="M3.4 6.2 5.3 8 8.6 4.2" '
    'stroke="#fff" fill="none" stroke-width="1.5"/>',
    "contradicted": '<path d="M2 2 10 10M10 2 2 10" stroke="currentColor" fill="none" stroke-width="2.2"/>',
    "mixed": '<circle cx="6" cy="6" r="4.2" stroke="currentColor" fill="none" stroke-width="1.5"/>'
    '<path d="M6 1.8a4.2 4.2 0 0 0 0 8.4z" fill="currentColor"/>',
    "untestable": '<circle cx="6" cy="6" r="4.2" stroke="currentColor" fill="none" stroke-width="1.5" '
    'stroke-dasharray="2 1.6"/>',
}


def verdict_mark(verdict: str) -> Markup:
    """Return the small drawing before a verdict: each has a shape of its own, in the colour of its word."""
    return Markup('<svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">{}</svg>').format(
        Markup(_VERDICTS[verdict])
    )


@cache
def vendored() -> tuple[Script, ...]:
    """Return the scripts that draw the charts, in the order in which they load."""
    listing = json.loads(_text("vendor", "VENDOR.json"))
    return tuple(
        Script(each["package"], each["version"], _text("vendor", each["file"])) for each in listing["files"]
    )


@cache
def licences() -> str:
    """Return the licence texts of all vendored software: the page carries them as it carries the software."""
    folder = _folder("vendor")
    names = sorted(each.name for each in folder.iterdir() if each.name.startswith("LICENSE-"))
    return "\n\n".join(
        f"{name.removeprefix('LICENSE-')}\n\n{_text('vendor', name).strip()}" for name in names
    )


def _folder(name: str) -> Traversable:
    return files(HERE).joinpath(name)


def _text(folder: str, name: str) -> str:
    return _folder(folder).joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(HERE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
