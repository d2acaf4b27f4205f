"""How ideal points compare with a published series: by year, since the two are on different scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from detente.measurement.ballots import Evidence

PUBLISHED = ["column", "year", "r", "spearman", "n", "slope", "intercept", "source"]
LEAST = 10
"""Fewest actors of a year for a correlation."""

SERIES = """
    SELECT name AS "column", actor, year(date)::INTEGER AS year, value, source FROM indicators
    WHERE list_contains(?::VARCHAR[], name) ORDER BY ALL
"""


def published_series(
    evidence: Evidence, columns: Sequence[str], *, joined: Mapping[str, str]
) -> pd.DataFrame:
    """Return the published points: column, actor, year, value, source; former actors under their heirs."""
    found = evidence.query(SERIES, (list(columns),))
    return found.assign(actor=found["actor"].replace(dict(joined)))


def compare(points: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return how `points` (actor, year, mean) go with a published `series`, by year and pooled.

    Columns: column, year, r, spearman, n, slope, intercept, source. The line maps our points to the published
    ones: published = intercept + slope * ours. The year of the pooled row is missing.

    >>> points = pd.DataFrame({"actor": [*"abcdefghij"], "year": 2000, "mean": range(10)})
    >>> series = points.rename(columns={"mean": "value"}).assign(column="p", source="s")
    >>> compare(points, series.assign(value=2 * series["value"] + 1))[["year", "r", "slope", "intercept"]]
         year    r  slope  intercept
    0     NaN  1.0    2.0        1.0
    1  2000.0  1.0    2.0        1.0
    """
    both = points[["actor", "year", "mean"]].merge(series, on=["actor", "year"]).dropna(subset=["value"])
    rows = []
    for column, held in both.groupby("column", sort=True):
        source = ", ".join(sorted(set(held["source"])))
        parts = [(np.nan, held), *((float(str(year)), part) for year, part in held.groupby("year"))]
        for year, part in parts:
            if len(part) >= LEAST and part["mean"].nunique() > 1 and part["value"].nunique() > 1:
                slope, intercept = np.polyfit(part["mean"], part["value"], 1)
                rows.append(
                    {
                        "column": column, "year": year, "r": part["mean"].corr(part["value"]),
                        "spearman": part["mean"].rank().corr(part["value"].rank()), "n": len(part),
                        "slope": slope, "intercept": intercept, "source": source,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows, columns=PUBLISHED)
