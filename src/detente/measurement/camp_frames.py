"""The tables of camps in `Measures`: who stands with whom by period, how firmly, and what holds them there.

`period` is a calendar year as a whole number, or the key of one of the case's windows; `start` and `end`
bound it. A camp is a whole number that means the same camp in every period. Weights of ties, and so pulls,
margins and contributions, are in the unit of the ties: for votes, one is full agreement beyond chance with
one other.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

_SPAN = ["period", "start", "end"]
_MARKED = ["mark", "source", "basis"]
FRAMES: Mapping[str, list[str]] = {
    "camp_members": [*_SPAN, "actor", "camp", "name", "pull", "pull_share", "ties", *_MARKED],
    "camp_periods": [
        *_SPAN, "actors", "ties", "total", "frustration", "bound", "gap", "proven", "share", "camps",
        "method", "roll_calls", *_MARKED,
    ],
    "camp_flows": ["period", "next", "camp", "next_camp", "n", "actors", "new", "gone"],
    "realignments": [
        "period", "next", "moved", "variation", "expected_low", "expected_high", "p_value", "movers",
        "lasting", "roles", "cost",
    ],
    "detachment": [
        "bloc", "period", "actor", "in_camp", "margin", "low", "high", "margin_bound", "share", "null_low",
        "null_mid", "null_high", "p_value", "proven", "rank", "of", "followers", "core", *_MARKED,
    ],
    "leaving_together": ["bloc", "period", "a", "b", "joint", "alone_a", "alone_b", "saving", "proven"],
    "holds": ["bloc", "period", "actor", "other", "layer", "contribution", "mark", "source"],
    "pair_agreement": ["period", "a", "b", "value", "low", "high", "mark", "source"],
}  # fmt: skip
"""The tables of camps in `Measures`, and their columns."""


def empty(table: str) -> pd.DataFrame:
    """Return one of the tables of `FRAMES` without rows.

    >>> list(empty("pair_agreement"))
    ['period', 'a', 'b', 'value', 'low', 'high', 'mark', 'source']
    """
    return pd.DataFrame(columns=FRAMES[table])
