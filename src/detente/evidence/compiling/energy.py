"""Dependence on the supplier's fuels: yearly shares of imports, and purchases in euros.

Gas is left out. Eurostat books gas that crosses a border by pipeline to the neighbour it came from, so that
importers at the end of a line show no Russian gas at all; a share that says 0 where it was most would
mislead.

Also left out of the shares: years in which more than half of the imports have no stated origin
(`UNSTATED_AT_MOST`), since a share of the rest says nothing about the whole. Where between 5 % and half is
unstated, or where fewer than twelve months are covered, the locator says so; the share is then a lower bound,
or that of part of a year.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from detente.evidence.compiling.writing import declaration, to_codes

SOURCE = "energy"
UNSTATED_AT_MOST = 50.0
UNSTATED_WORTH_SAYING = 5.0
"""Percent of imports of unstated origin: above the first a year is left out, the second flagged."""


def compile_crude_share(mirror: Path) -> pd.DataFrame:
    """Return the supplier's yearly share of each importer's crude oil, in percent of tonnes."""
    return _shares(mirror, commodity="crude_oil", kind="crude_import_share")


def compile_products_share(mirror: Path) -> pd.DataFrame:
    """Return the supplier's yearly share of each importer's oil products, in percent of tonnes."""
    return _shares(mirror, commodity="oil_products", kind="products_import_share")


def compile_coal_share(mirror: Path) -> pd.DataFrame:
    """Return the supplier's yearly share of each importer's coal, in percent of tonnes."""
    return _shares(mirror, commodity="coal", kind="coal_import_share")


def compile_fossil_purchases(mirror: Path) -> pd.DataFrame:
    """Return what each destination paid for fossil fuels in a year: euros, all commodities summed.

    The locator says how many months have a record. A month without one may be a month without purchases, or
    one that the compilation does not reach; the last year is never whole.
    """
    raw = pd.read_csv(mirror / "energy" / "russia_fossil_exports.csv")
    declared: dict[str, Any] = declaration("energy.yaml")
    raw = raw[(raw["unit"] == "eur") & ~raw["country"].isin(declared["aggregates"])]
    raw = raw.assign(actor=to_codes(raw["country"]), year=raw["month"].str[:4])
    sums = raw.groupby(["actor", "year"], as_index=False).agg(
        value=("value", "sum"), months=("month", "nunique"), first=("month", "min"), last=("month", "max")
    )
    locator = (
        "UN Comtrade and Eurostat, compiled by CREA: EUR, "
        + sums["months"].astype(str)
        + " months with a record, "
    )
    return pd.DataFrame(
        {
            "actor": sums["actor"],
            "target": declared["supplier"],
            "date": sums["year"] + "-01-01",
            "kind": "fossil_purchases_eur",
            "value": sums["value"].round(0),
            "unit": "EUR",
            "source": SOURCE,
            "locator": locator + sums["first"] + " to " + sums["last"],
        }
    )


def _shares(mirror: Path, *, commodity: str, kind: str) -> pd.DataFrame:
    declared: dict[str, Any] = declaration("energy.yaml")
    raw = pd.read_csv(mirror / "energy" / "eurostat_russia_import_share.csv")
    used = raw[(raw["commodity"] == commodity) & (raw["unspecified_share_pct"] <= UNSTATED_AT_MOST)]
    return pd.DataFrame(
        {
            "actor": to_codes(used["country"]),
            "target": declared["supplier"],
            "date": used["year"].astype(str) + "-01-01",
            "kind": kind,
            "value": used["russia_share_pct"],
            "unit": "percent",
            "source": SOURCE,
            "locator": [_coverage(declared["datasets"][commodity], *row) for row in _covered(used)],
        }
    )


def _covered(used: pd.DataFrame) -> list[tuple[int, float]]:
    return list(zip(used["months"].astype(int), used["unspecified_share_pct"], strict=True))


def _coverage(dataset: str, months: int, unstated: float) -> str:
    """Return where a share comes from, and what of the year and of the imports it covers.

    >>> _coverage("nrg_ti_oilm", 7, 12.3)
    'Eurostat nrg_ti_oilm, 7 months (part of the year), origin unstated for 12.3 % (a lower bound)'
    """
    text = f"Eurostat {dataset}, {months} months" + (" (part of the year)" if months < 12 else "")
    if unstated > UNSTATED_WORTH_SAYING:
        text += f", origin unstated for {unstated} % (a lower bound)"
    return text
