"""Which forms of a brief are asked for, and the files of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all

if TYPE_CHECKING:
    from detente.briefing.exhibits import Page

MANIFEST = 2
"""The version of what a manifest says."""
FORMATS: Mapping[str, str] = {
    "html": "the page: one file that asks for nothing",
    "md": "Markdown: the same sentences and tables, charts as text or as pictures",
    "json": "JSON: every sentence, table and number, for a machine",
    "pdf": "the page as printed by an installed Chromium",
    "vega": "every chart as a Vega-Lite specification, in charts/",
    "svg": "every chart as SVG, in charts/",
    "png": "every chart as PNG, in charts/",
}
"""The forms of a brief, and what each is."""


@dataclass(frozen=True)
class Made:
    """How a brief is made, beside its content: forms, and the draws behind its intervals where known."""

    formats: tuple[str, ...] = ("html",)
    draws: int | None = None


def check_formats(asked: Iterable[str]) -> tuple[str, ...]:
    """Return the forms that are asked for, each once, in the order of `FORMATS`.

    Raises `EvidenceError` where one is unknown, or none is named.

    >>> check_formats(["md", "html", "md"])
    ('html', 'md')
    """
    names = [each.strip().lower() for each in asked if each.strip()]
    known = ", ".join(FORMATS)
    problems = [
        Problem(
            "--format", f"no brief comes as {name!r}", did_you_mean(name, FORMATS) or f"known are {known}"
        )
        for name in dict.fromkeys(names)
        if name not in FORMATS
    ]
    if not names:
        problems.append(Problem("--format", "names no form", f"known are {known}"))
    raise_all(EvidenceError, problems)
    return tuple(name for name in FORMATS if name in names)


def check_tools(formats: Iterable[str]) -> None:
    """Raise `EvidenceError` where the tool of a form is not installed, before any work is done."""
    from detente.briefing.formats.charts import PICTURES, converter
    from detente.briefing.formats.pdf import browser

    problems: list[Problem] = []
    for wanted, find in ((PICTURES, converter), ({"pdf"}, browser)):
        if wanted & set(formats):
            try:
                find()
            except EvidenceError as error:
                problems.extend(error.problems)
    raise_all(EvidenceError, problems)


@dataclass(frozen=True)
class Forms:
    """What the forms are made from: the page with its content as plain values, and the page as HTML."""

    page: Page
    twin: Mapping[str, Any]
    html: str
    formats: tuple[str, ...]

    def made(self) -> dict[str, str | bytes]:
        """Return the files of all forms by name.

        Raises `EvidenceError` where a picture or a PDF is asked for and what makes it is not installed.
        """
        from detente.briefing.formats.charts import charts
        from detente.briefing.formats.markdown import markdown
        from detente.briefing.formats.pdf import printed
        from detente.briefing.output import as_json

        files: dict[str, str | bytes] = dict(charts(self.page, self.formats))
        if "html" in self.formats:
            files["brief.html"] = self.html
        if "json" in self.formats:
            files["brief.json"] = as_json(self.twin)
        if "md" in self.formats:
            files["brief.md"] = markdown(self.twin, pictures=frozenset(files))
        if "pdf" in self.formats:
            files["brief.pdf"] = printed(self.html)
        return files
