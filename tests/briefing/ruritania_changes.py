"""What moved unity in the invented world: three eras, some who joined, and votes that came back unchanged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from detente.measurement.changes import AFTER, BEFORE, PACE, SAME_QUESTION, SAME_TEXT, TOTAL
from detente.measurement.shipped import LIVE

PARTS = {"joining": 0.05, "leaving": 0.0, "agenda": 0.03, "own votes": 0.02, "agenda or own votes": 0.1}
ERAS = (("first", "second"), ("second", "third"), ("first", "third"))


def change(
    parts: Mapping[str, float] = PARTS,
    *,
    bloc: str = "PACT",
    issue: str = "all",
    windows: tuple[str, str] = ("first", "third"),
    half: float = 0.01,
    texts: int = 12,
    pace: float = 0.04,
) -> pd.DataFrame:
    """Return one change from 0.6 and its parts, each within `half`; at the `pace` of same texts it is that.

    Without `texts`, neither own votes nor the pace are told.
    """
    told = {part: value for part, value in parts.items() if texts or part != "own votes"}
    total = sum(told.values())
    values = {BEFORE: 0.6, AFTER: 0.6 + total, TOTAL: total, **told, SAME_QUESTION: 0.05}
    if texts:
        values |= {SAME_TEXT: 0.02, PACE: pace}
    who = {"joining": "DDD EEE", "leaving": "MMM"}
    rows = [
        {
            "bloc": bloc, "issue": issue, "measure": "agreement_index", "window": windows[0],
            "next_window": windows[1], "part": part, "value": value, "low": value - half * (value != 0),
            "high": value + half * (value != 0), "interval": "sessions", "roll_calls_before": 80,
            "roll_calls_after": 90, "recurring": 5 * texts if part == PACE else texts, "members_both": 8,
            "actors": who.get(part, np.nan) if value else np.nan, "mark": "estimated", "source": "ballots",
            "basis": LIVE,
        }
        for part, value in values.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def bloc_changes(bloc: str = "PACT", issue: str = "all") -> pd.DataFrame:
    """Return the changes of one bloc on one issue over all eras."""
    return pd.concat([change(bloc=bloc, issue=issue, windows=pair) for pair in ERAS], ignore_index=True)
