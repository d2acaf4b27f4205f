"""Ideal points in a case: where blocs and actors stand by session, how far apart, and when they moved."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

POINTS = [
    "actor",
    "group",
    "session",
    "year",
    "mean",
    "sd",
    "low",
    "high",
    "votes",
    "mark",
    "source",
    "basis",
]
PATHS = [
    "series", "kind", "session", "year", "mean", "low", "high", "spread", "spread_low", "spread_high",
    "members", "mark", "source", "basis",
]  # fmt: skip
DISTANCES = ["comparison", "title", "session", "year", "value", "low", "high", "mark", "source", "basis"]
CHANGES = [
    "series", "year", "before", "after", "shift", "low", "high", "probability", "mark", "source", "basis",
]  # fmt: skip
PUBLISHED = ["column", "year", "r", "spearman", "n", "slope", "intercept", "source"]
NOTES = ["what", "text"]

FRAMES: Mapping[str, list[str]] = {
    "ideal_points": POINTS,
    "bloc_paths": PATHS,
    "distances": DISTANCES,
    "change_points": CHANGES,
    "published": PUBLISHED,
    "ideal_point_notes": NOTES,
}
"""The tables of ideal points in `Measures`, and their columns."""


def empty(table: str) -> pd.DataFrame:
    """Return one of the tables of `FRAMES` without rows.

    >>> list(empty("ideal_point_notes"))
    ['what', 'text']
    """
    return pd.DataFrame(columns=FRAMES[table])
