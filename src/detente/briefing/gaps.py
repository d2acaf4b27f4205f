"""What the brief cannot say, why, and the command that would mend it."""

from __future__ import annotations

from collections.abc import Iterator

from detente.briefing.exhibits import Gap
from detente.briefing.material import Material
from detente.briefing.reading import rows, said

PULL = "detente data list shows what can be pulled; then: detente data pull"


def gaps(material: Material) -> tuple[Gap, ...]:
    """Return what is missing, each once, in the order of the page."""
    return tuple(dict.fromkeys([*_measured(material), *_facts(material), *_unused(material)]))


def _measured(material: Material) -> Iterator[Gap]:
    for row in rows(material.measures.missing):
        why = said(row, "why")
        yield Gap(
            f"{said(row, 'part').capitalize()}: {said(row, 'what')}{f' ({why})' if why else ''}.",
            said(row, "hint"),
        )
    if material.case.stance is None:
        yield Gap(
            "Who stands where on the rival: the case names no measurements.",
            "add a section stance: to the case",
        )


def _facts(material: Material) -> Iterator[Gap]:
    for topic in material.topics():
        if material.facts(topic).empty:
            yield Gap(f"{topic.replace('_', ' ').capitalize()}: the evidence holds no fact on it.", PULL)


def _unused(material: Material) -> Iterator[Gap]:
    unresolved = material.evidence.unresolved()
    if len(unresolved):
        total = int(unresolved["rows"].sum())
        yield Gap(
            f"{len(unresolved)} labels in the files name no known actor; their {total} rows are not used.",
            "detente data status lists them",
        )
