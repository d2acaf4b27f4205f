"""What the preflight finds: how grave, where in the case, and what to type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing found: how grave, where in the case, what it is, and what to type.

    An error stops the measuring, a warning leaves a part of the results out, a note only informs.
    """

    level: Level
    where: str
    what: str
    hint: str = ""


def gravest_first(found: Iterable[Finding]) -> list[Finding]:
    """Return findings, each once, errors first and notes last.

    >>> [each.level for each in gravest_first([Finding("note", "a", "b"), Finding("error", "a", "b")])]
    ['error', 'note']
    """
    order = get_args(Level)
    return sorted(dict.fromkeys(found), key=lambda finding: order.index(finding.level))
