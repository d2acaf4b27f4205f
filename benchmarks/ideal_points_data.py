"""What benchmarks and studies of ideal points share: published votes and series, and lines said."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from detente.measurement.idealpoints import IdealPoints

FIRST_YEAR = 1945
"""Session s met in the autumn of FIRST_YEAR + s."""


def published_set(mirror: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the votes of Bailey, Strezhnev & Voeten's April 2020 'All' set, and the pairs of recurring
    resolutions.
    """
    folder = mirror / "unga_votes"
    query = f"""
        SELECT country AS actor, v.rcid::INT AS roll_call, session::INT AS session, vote
        FROM '{folder}/votes.parquet' v JOIN '{folder}/roll_calls.parquet' r ON v.rcid = r.rcid
        WHERE session <> 19 AND country NOT ILIKE '%Zanzibar%'
          AND NOT (country = 'South Africa' AND session = 48)
          AND NOT ((coalesce(amend, 0) = 1 OR coalesce(para, 0) = 1) AND year(date) > 1989)
        ORDER BY 2, 1"""
    with duckdb.connect() as connection:
        votes = connection.execute(query).df()
    return votes, pd.read_csv(folder / "bsv_matches.csv")


def published_series(mirror: Path, column: str = "idealpointlegacy") -> pd.DataFrame:
    """Return the published points: actor, session and `column`, without empty rows."""
    series = pd.read_stata(mirror / "unga_ideal_points" / "IdealpointsJuly2025.dta")
    series = series.assign(session=series["year"].astype(int) - FIRST_YEAR)
    return series.rename(columns={"countryname": "actor"})[["actor", "session", column]].dropna()


def compare(result: IdealPoints, mirror: Path, column: str = "idealpointlegacy") -> dict[str, float]:
    """Correlations with the published series: pooled as they stand, by year, and mapped by a line for each
    year.
    """
    both = result.table().merge(published_series(mirror, column), on=["actor", "session"])
    yearly, ranks, mapped = [], [], []
    for _, part in both.groupby("session"):
        yearly.append(np.corrcoef(part["mean"], part[column])[0, 1])
        ranks.append(spearmanr(part["mean"], part[column])[0])
        line = np.polyfit(part["mean"], part[column], 1)
        mapped.append(pd.Series(np.polyval(line, part["mean"]), part.index))
    fitted = pd.concat(mapped).loc[both.index]
    return {
        "matched": len(both),
        "pooled_r": float(np.corrcoef(both["mean"], both[column])[0, 1]),
        "pooled_rank": float(spearmanr(both["mean"], both[column])[0]),
        "year_r_min": float(min(yearly)),
        "year_r_median": float(np.median(yearly)),
        "year_rank_median": float(np.median(ranks)),
        "mapped_r": float(np.corrcoef(fitted, both[column])[0, 1]),
        "mapped_rank": float(spearmanr(fitted, both[column])[0]),
    }


def say(line: str) -> None:
    """Print a line at once, so that a long study shows where it is."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
