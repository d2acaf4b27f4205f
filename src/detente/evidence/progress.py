"""What long work on evidence says while it runs, for a command line or a notebook to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Event:
    """One thing to show:

    a step begun or done, bytes so far (`done` of `total`, where known), or a warning.
    """

    kind: Literal["step", "bytes", "warning"]
    text: str
    source: str = ""
    done: int | None = None
    total: int | None = None


Report = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Show nothing."""
