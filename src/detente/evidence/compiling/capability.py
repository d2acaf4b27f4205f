"""Size of states: gross domestic product and population (World Bank).

Left out: V-Dem's polyarchy (CC BY-SA: a share-alike licence does not fit in an Apache-2.0 wheel) and SIPRI's
military expenditure (non-commercial terms). Both come with `detente data pull`. States that the World Bank
does not report, Taiwan among them, have no row.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.actors import Gazetteer

SOURCE = "macro"
SERIES = {
    "gdp_usd": ("gdp.csv", "NY.GDP.MKTP.CD", "USD", (2019, 2023)),
    "population": ("population.csv", "SP.POP.TOTL", "persons", (2019, 2024)),
}


def compile_capability(mirror: Path) -> pd.DataFrame:
    """Return yearly gross domestic product (current US dollars) and population of every actor that has them.

    The provider's aggregates (regions, income groups) are not actors and are left out.
    """
    return pd.concat([_series(mirror, name) for name in SERIES])


def gross_domestic_product(mirror: Path, *, year: int) -> pd.Series[float]:
    """Return gross domestic product of `year` in current US dollars, by actor."""
    frame = _series(mirror, "gdp_usd")
    series: pd.Series[float] = frame[frame["date"] == f"{year}-01-01"].set_index("actor")["value"]
    return series


def _series(mirror: Path, name: str) -> pd.DataFrame:
    file, indicator, unit, (first, last) = SERIES[name]
    raw = pd.read_csv(mirror / "macro" / file)
    raw = raw[raw["Year"].between(first, last) & raw["Country Code"].isin(Gazetteer.load().codes)]
    return pd.DataFrame(
        {
            "actor": raw["Country Code"],
            "date": raw["Year"].astype(str) + "-01-01",
            "name": name,
            "value": raw["Value"].round(0),
            "unit": unit,
            "source": SOURCE,
            "locator": f"World Development Indicators, {indicator}",
        }
    )
