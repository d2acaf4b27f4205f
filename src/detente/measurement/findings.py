"""What the preflight finds: how grave, where in the case, and what to type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
