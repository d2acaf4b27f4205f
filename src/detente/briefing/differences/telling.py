"""A comparison of two briefs as plain values, as rows of tables, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detente.briefing.differences.comparing import Difference, Moved
from detente.briefing.formats.markdown import escaped
from detente.numbers import figure

ROWS = 200
"""Rows of each list in Markdown; JSON has all of them."""
HEADS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "causes": (
        "What differs in the making", {"kind": "kind", "what": "what", "before": "before", "after": "after"}
    ),
    "numbers": (
        "Numbers that changed",
        {"what": "what", "before": "before", "after": "after", "change": "change", "beyond": "the intervals",
         "causes": "can be from"},
    ),
    "came": ("Numbers that came", {"what": "what", "shown": "number"}),
    "went": ("Numbers that went", {"what": "what", "shown": "number"}),
    "sentences": (
        "Sentences whose words changed", {"section": "section", "before": "before", "after": "after"}
    ),
    "parts": ("Verdicts, sections, figures, gaps and tables", {"kind": "kind", "what": "what", "how": "how"}),
}  # fmt: skip
"""Each list of a comparison: its title, and its columns."""


def change_in_words(moved: Moved) -> str:
    """Return how much a number changed, with its sign; shares in percentage points."""
    unit, change = str(moved.before["unit"]), moved.change
    if unit in ("share", "percent"):
        points = change * 100 if unit == "share" else change
        return f"{'+' if change > 0 else ''}{figure(round(points, 1), 'points')} points"
    return f"{'+' if change > 0 else ''}{figure(change, unit)}"


def as_data(found: Difference) -> dict[str, Any]:
    """Return a comparison as plain values."""
    return {
        "before": found.one.place,
        "after": found.two.place,
        "cases": [found.one.case, found.two.case],
        "verdict": found.verdict,
        "changed": found.changed,
        "notes": [*found.one.notes, *found.two.notes],
        "causes": [vars(each) for each in found.causes],
        "numbers": [
            {"what": each.after["what"], "unit": each.after["unit"], "section": each.after["section"],
             "before": _values(each.before), "after": _values(each.after), "change": each.change,
             "beyond": each.beyond, "causes": list(each.causes)}
            for each in found.moved
        ],
        "numbers_same": found.same,
        "came": [dict(each) for each in found.came],
        "went": [dict(each) for each in found.went],
        "sentences": [vars(each) for each in found.reworded],
        "sentences_with_other_figures": found.refigured,
        "parts": [vars(each) for each in found.parts],
    }  # fmt: skip


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("value", "low", "high", "mark", "shown")}


def lists(found: Difference) -> dict[str, list[dict[str, str]]]:
    """Return every list of a comparison as rows of text, numbers beyond their intervals first."""
    order = {"beyond": 0, "no interval": 1, "within": 2, "interval only": 3}
    moved = sorted(found.moved, key=lambda each: order[each.beyond])
    return {
        "causes": [{**vars(each)} for each in found.causes],
        "numbers": [
            {"what": each.after["what"], "before": each.before["shown"], "after": each.after["shown"],
             "change": change_in_words(each), "beyond": each.beyond,
             "causes": ", ".join(each.causes) or "none known"}
            for each in moved
        ],
        "came": [{"what": each["what"], "shown": each["shown"]} for each in found.came],
        "went": [{"what": each["what"], "shown": each["shown"]} for each in found.went],
        "sentences": [
            {"section": each.section, "before": each.before or "–", "after": each.after or "–"}
            for each in found.reworded
        ],
        "parts": [{**vars(each)} for each in found.parts],
    }  # fmt: skip


def counts(found: Difference) -> str:
    """Return how much changed, in a sentence."""
    beyond = sum(each.beyond == "beyond" for each in found.moved)
    return (
        f"{len(found.moved)} numbers changed, {beyond} of them beyond the intervals; {len(found.came)} came, "
        f"{len(found.went)} went, {found.same} are the same. The words of {len(found.reworded)} sentences "
        f"changed; of {found.refigured} only the figures."
    )


def markdown(found: Difference) -> str:
    """Return a comparison as Markdown."""
    parts = [
        "# What changed between two briefs",
        f"Before: {escaped(found.one.place)} ({escaped(found.one.case)}, {found.one.made['case']['as_of']}). "
        f"After: {escaped(found.two.place)} ({escaped(found.two.case)}, {found.two.made['case']['as_of']}).",
        f"**{escaped(found.verdict)}**",
        escaped(counts(found)),
        *(escaped(note) for note in (*found.one.notes, *found.two.notes)),
    ]
    for key, rows in lists(found).items():
        title, heads = HEADS[key]
        if rows:
            parts.extend((f"## {title}", "\n".join(_grid(heads, rows[:ROWS]))))
        if len(rows) > ROWS:
            parts.append(f"{len(rows) - ROWS:,} more; --json has all of them.")
    return "\n\n".join(parts) + "\n"


def _grid(heads: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads.values()) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(escaped(str(row[key])) for key in heads) + " |"
