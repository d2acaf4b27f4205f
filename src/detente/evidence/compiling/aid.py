"""Aid to Ukraine by donor: the sum of allocations by kind, and its share of the donor's economy.

Lower bounds: the panel leaves out the institutions of the European Union and rows without a date. Left out of
the share: donors without a figure of gross domestic product in the World Bank's series (Taiwan).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from detente.evidence.compiling.capability import gross_domestic_product
from detente.evidence.compiling.writing import declaration, to_codes

SOURCE = "ukraine_support"
ALL = "aid_total_eur_m"
KINDS = {
    "Military": "aid_total_eur_m_military",
    "Financial": "aid_total_eur_m_financial",
    "Humanitarian": "aid_total_eur_m_humanitarian",
}


def compile_aid(mirror: Path) -> pd.DataFrame:
    """Return allocations over the whole period by donor: EUR million by kind and in total, percent of GDP.

    share = 100 · total / (GDP in US dollars / dollars per euro), with GDP and the exchange rate of the year
    that `aid.yaml` declares. The date of every row is the first month of the period, given in the
    locator. Kinds are named apart from the monthly ones of the panel, so that neither displaces the other.
    """
    declared: dict[str, Any] = declaration("aid.yaml")
    raw = pd.read_csv(mirror / "ukraine_support" / "kiel_panel.csv")
    raw = raw.assign(actor=to_codes(raw["donor"]), kind=raw["aid_type_general"].map(KINDS))
    first, last = raw["year_month"].min(), raw["year_month"].max()
    by_kind = raw.groupby(["actor", "kind"], as_index=False).agg(value=("aid_eur_m", "sum"))
    total = raw.groupby("actor", as_index=False).agg(value=("aid_eur_m", "sum")).assign(kind=ALL)
    period = f"release 27, allocations {first} to {last}"
    amounts = pd.concat([by_kind, total]).assign(unit="EUR million", locator=period)
    amounts["value"] = amounts["value"].round(3)
    every = pd.concat([amounts, _share_of_gdp(total, declared, mirror=mirror, period=period)])
    return every.assign(target=declared["recipient"], date=f"{first}-01", source=SOURCE)


def _share_of_gdp(
    total: pd.DataFrame, declared: dict[str, Any], *, mirror: Path, period: str
) -> pd.DataFrame:
    year, rate = declared["gdp_year"], declared["usd_per_eur"]
    gdp = gross_domestic_product(mirror, year=year)
    known = total[total["actor"].isin(gdp.index)]
    in_euros = known["actor"].map(gdp) / rate["value"]
    how = f"{period}; GDP {year}: World Bank NY.GDP.MKTP.CD at {rate['value']} USD per EUR ({rate['source']})"
    value = (100 * known["value"] * 1e6 / in_euros).round(6)
    return known.assign(kind="aid_share_gdp", unit="percent", value=value, locator=how)
