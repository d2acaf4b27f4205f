"""What could not be measured: named, with the reason and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

PULL_VOTES = "type: detente data pull unga_votes"


@dataclass(frozen=True)
class Missing:
    """One thing that the case asks for and the evidence cannot give."""

    part: str
    """Which part of the results: cohesion, agreement, stance, dependence, threat."""
    what: str
    why: str
    hint: str = ""


def as_frame(rows: Iterable[Missing]) -> pd.DataFrame:
    """Return the rows as a table, each once.

    >>> as_frame([Missing("stance", "aid", "no values"), Missing("stance", "aid", "no values")]).shape
    (1, 4)
    """
    columns = [each.name for each in fields(Missing)]
    return pd.DataFrame([asdict(row) for row in dict.fromkeys(rows)], columns=columns)
