"""Trade of the Union's members with the rival: yearly totals of imports and exports, from Eurostat Comext."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.compiling.writing import declaration, to_codes

SOURCE = "trade_russia"
KINDS = {"IMPORT": "imports_eur_yearly", "EXPORT": "exports_eur_yearly"}


def compile_trade(mirror: Path) -> pd.DataFrame:
    """Return imports and exports of goods (all products) by reporter, partner and year, in euros.

    Partners are those that `trade.yaml` declares. The locator says how many months of the year are covered.
    Kinds are named apart from the monthly ones of Comext itself, so that neither displaces the other.
    """
    raw = pd.read_csv(mirror / "trade_russia" / "eu_trade_russia_neighbours.csv", dtype={"product": str})
    partners: dict[str, str] = declaration("trade.yaml")["partners"]
    raw = raw[(raw["product"] == "TOTAL") & raw["partner"].isin(partners)]
    raw = raw.assign(
        actor=to_codes(
            raw["reporter"].str.replace(r"\s*\(.*", "", regex=True)
        ),  # labels carry notes in brackets
        target=raw["partner"].map(partners),
        date=raw["month"].str[:4] + "-01-01",
        kind=raw["flow"].map(KINDS),
    )
    sums = raw.groupby(["actor", "target", "date", "kind"], as_index=False).agg(
        value=("value", "sum"), months=("month", "nunique"), last=("month", "max")
    )
    locator = "DS-045409, TOTAL, " + sums["months"].astype(str) + " months, to " + sums["last"]
    return sums.assign(unit="EUR", source=SOURCE, locator=locator)
