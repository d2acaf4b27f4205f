"""What the brief cannot say, why, and the command that would mend it."""

from __future__ import annotations

from collections.abc import Iterator

from detente.briefing.answer import late_end
from detente.briefing.exhibits import Gap
from detente.briefing.material import Material
from detente.briefing.reading import rows, said

LATER = (
    "detente data list names the sources of later roll calls; then: detente data pull, or detente data import"
)
PULL = "detente data list shows what can be pulled; then: detente data pull"


def gaps(material: Material) -> tuple[Gap, ...]:
    """Return what is missing, each once, in the order of the page."""
    return tuple(dict.fromkeys([*_measured(material), *_facts(material), *_unused(material)]))


def _measured(material: Material) -> Iterator[Gap]:
    told: dict[tuple[str, str, str], list[str]] = {}
    further = [
        each.missing for each in (material.outcomes, material.prospects, material.options) if each is not None
    ]
    for row in [row for frame in (material.measures.missing, *further) for row in rows(frame)]:
        told.setdefault((said(row, "part"), said(row, "why"), said(row, "hint")), []).append(
            said(row, "what")
        )
    for (part, why, hint), what in told.items():
        listed = "; ".join(what)
        yield Gap(f"{part.capitalize()}: {listed}{f' ({why})' if why else ''}.", hint)
    if material.case.stance is None:
        yield Gap(
            "Who stands where on the rival: the case names no measurements.",
            "add a section stance: to the case",
        )
    last = late_end(material)
    if last is not None:
        yield Gap(f"How members voted in general after {last.year}: no roll calls are at hand.", LATER)


def _facts(material: Material) -> Iterator[Gap]:
    for topic in material.topics():
        if material.facts(topic).empty:
            yield Gap(f"{topic.replace('_', ' ').capitalize()}: the evidence holds no fact on it.", PULL)


def _unused(material: Material) -> Iterator[Gap]:
    unresolved = material.evidence.unresolved()
    if len(unresolved):
        total = int(unresolved["rows"].sum())
        yield Gap(
            f"Labels in the files that name no known actor: {len(unresolved)}; rows not used: {total}.",
            "detente data status lists them",
        )
