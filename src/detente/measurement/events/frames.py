"""The tables of the event study in `Measures`, and what their columns hold.

`dyad` is a key of the case's section. Values are in the unit of the measure: net cooperation from −1 (all
events hostile) to 1 (all cooperative), or mean Goldstein scores from −10 to 10.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

STUDIED = [
    "dyad", "events", "known", "periods", "occasions", "of", "placebos", "before", "after", "change", "usual",
    "value", "low", "high", "p_value", "p_holm", "p_bh", "tests", "choices", "exact", "least_rise",
    "least_fall", "least", "least_low", "least_high", "verdict", "why",
]  # fmt: skip
"""A dyad around the occasions: `events` in all, `known` of its `periods` with any; occasions used `of` those
asked for, and placebos; the level before and after, and the change; the `usual` change at placebos; `value`,
the change beyond it, with its interval; p-values, plain and corrected for so many `tests`; how many choices
of dates they rest on, and whether all; the least rise and fall that would have been seen, and the larger of
the two with its interval; the verdict."""
VISITED = [
    "dyad", "date", "kind", "before", "after", "change", "weight", "known_before", "known_after", "used",
    "why",
]  # fmt: skip
"""A date of a dyad: occasion or placebo, its change and weight, and why it is not used."""
SHIFTED = ["dyad", "period", "before", "after", "shift", "p_value"]
"""A shift of a dyad's series: the period from which its mean is another, the means, and the p-value."""
_MARKED = ["mark", "source"]
FRAMES: Mapping[str, list[str]] = {
    "event_study": ["title", *STUDIED, "unit", *_MARKED],
    "event_dates": ["title", *VISITED, *_MARKED],
    "event_series": ["dyad", "title", "period", "value", "events", "pairs", "unit", *_MARKED],
    "event_shifts": ["title", *SHIFTED, "unit", *_MARKED],
}
"""The tables in `Measures`, and their columns."""


def empty(table: str) -> pd.DataFrame:
    """Return one of the tables of `FRAMES` without rows.

    >>> len(empty("event_series").columns)
    9
    """
    return pd.DataFrame(columns=FRAMES[table])
