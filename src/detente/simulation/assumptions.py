"""What a case assumes of meetings and decisions, gathered for the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from detente.simulation.agenda.readings import assumed
from detente.simulation.decisions.support import EFFECTS
from detente.simulation.frames import framed

if TYPE_CHECKING:
    from detente.cases.agenda import Range
    from detente.cases.decisions import Decision
    from detente.cases.forum import Forum, Meeting, Perception
    from detente.cases.schema import Case

Row = dict[str, object]


def list_assumed(case: Case) -> pd.DataFrame:
    """Return the table `assumed` of `frames.FRAMES`: beliefs, positions of the day, strengths, proposals."""
    rows: list[Row] = []
    if case.forum is not None:
        rows += _perceptions("forum", case.forum)
        for key, meeting in case.forum.meetings.items():
            part = f"forum.meetings.{key}"
            rows += _perceptions(part, meeting)
            for item, held in meeting.but.items():
                rows += [_range(f"{part}.but.{item}", actor, each) for actor, each in held.items()]
    for key, decision in case.decisions.items():
        rows += _strengths(f"decisions.{key}", decision)
    return framed("assumed", rows)


def _perceptions(part: str, held: Forum | Meeting) -> Iterator[Row]:
    if held.perception is not None:
        yield from _beliefs(f"{part}.perception", held.perception)
    for actor, own in held.own.items():
        yield from _beliefs(f"{part}.own.{actor}", own)


def _beliefs(part: str, held: Perception) -> Iterator[Row]:
    for name in ("hope", "esteem"):
        yield {**_range(part, name, getattr(held, name)), "reason": held.reason}
    yield {"part": part, "what": "noise", "value": held.noise, "reason": held.reason}


def _range(part: str, what: str, held: Range) -> Row:
    told = assumed(held)
    return {
        "part": part, "what": what, "value": told.value, "low": told.low, "high": told.high,
        "reason": told.source,
    }  # fmt: skip


def _strengths(part: str, decision: Decision) -> Iterator[Row]:
    reason = decision.note or decision.source or decision.title
    for name in ("proposal", "otherwise"):
        yield {"part": part, "what": name, "value": getattr(decision, name), "reason": reason}
    if isinstance(decision.support, str):
        return
    for name in EFFECTS:
        effect = getattr(decision.support, name)
        if effect is not None:
            numbers = effect.model_dump(include={"value", "low", "high", "reason"})
            yield {"part": f"{part}.support", "what": name, **numbers}
