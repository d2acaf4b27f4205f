"""Energy by origin: imports and the supplier's share in them, what buyers paid the seller, gas by route.

Sources: Eurostat nrg_ti_* (monthly imports), UN Comtrade and Eurostat compiled by CREA (purchases), ENTSOG
(gas).

Three cautions that the tables carry on:

- Gas that crosses a border by pipeline is booked to the neighbour it came from, so that importers at the end
  of a line show no gas of the supplier at all. Its share is kept as `gas_import_share_as_booked`; it measures
  no dependence.
- Part of the imports has no stated origin: shares are lower bounds, and `<share>_unspecified` says how much
  is open. Years in which more than `UNSTATED_AT_MOST` percent is open are set aside.
- A buyer's purchases end where its own reports end, some in 2021: a later month without a row is unknown, not
  zero. The organisation that is the sum of its members stands beside them: do not add the two.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import (
    csv,
    days,
    numbers,
    parquet,
    pooled,
    present,
    resolve,
    stamped,
    tally,
)
from detente.evidence.readers.shapes import blanks, percentages, typed, unsaid
from detente.evidence.tables import Tables

IMPORTS = "eurostat.parquet"
SHARES = "eurostat_russia_import_share.csv"
PURCHASES = "comtrade_eurostat.parquet"
PURCHASES_AGAIN = "russia_fossil_exports.csv"
ROUTES = "eu_gas_imports_daily.csv"
GAS = "russian_imports.csv"
HOMELESS = {
    "gas_demand.csv": "the table states no year",
    "import_dependence.csv": "the table states no year",
    "lng_terminals.csv": "sites of plants, without a date: no table holds them",
    "transit_lines.csv": "lines on the map, without a date: no table holds them",
}
SHARE_KINDS = {
    "crude_oil": "crude_import_share",
    "oil_products": "products_import_share",
    "coal": "coal_import_share",
    "gas_all": "gas_import_share_as_booked",
    "lng": "lng_import_share",
}
DATASETS = {
    "crude_oil": "nrg_ti_oilm",
    "oil_products": "nrg_ti_oilm",
    "coal": "nrg_ti_sffm",
    "gas_all": "nrg_ti_gasm",
    "lng": "nrg_ti_gasm",
}
SECOND_UNIT = "m3"
"""Gas is stated in TJ and again in m3; the first goes further back."""

UNSTATED_AT_MOST = 50.0
UNSTATED_WORTH_SAYING = 5.0
BOOKED = "gas is booked to the neighbour it came from: kept as booked, no measure of dependence"
CARGO = "LNG"


def read(folder: Path) -> Tables:
    """Return imports, shares, purchases and gas flows as ties, and what concerns no supplier as indicators.

    Raises `EvidenceError` where a file is missing or corrupt, lacks a column, or holds a value that is no
    number.
    """
    files = (IMPORTS, SHARES, PURCHASES, PURCHASES_AGAIN, ROUTES, GAS, *HOMELESS)
    present(*(folder / name for name in files))
    parts = [part(folder) for part in (_shares, _imports, _purchases, _routes, _gas, _homeless)]
    ties = [part.ties for part in parts if part.ties is not None]
    indicators = [part.indicators for part in parts if part.indicators is not None]
    return Tables(
        ties=typed("ties", *ties),
        indicators=typed("indicators", *indicators),
        unresolved=pooled(*(part.unresolved for part in parts)),
        set_aside=pooled(*(part.set_aside for part in parts)),
    )


def _shares(folder: Path) -> Tables:
    """Return the supplier's yearly share by commodity, and as indicators what has no stated origin."""
    path = folder / SHARES
    measures = ["russia_share_pct", "unspecified_share_pct"]
    rows = csv(path, ("country", "year", "commodity", "unit", "months", *measures))
    rows = percentages(numbers(rows, ["months"], path), measures, path)
    rows = rows.assign(date=days(rows, "year", path, form="%Y"), kind=rows["commodity"].map(SHARE_KINDS))
    known = rows[rows["kind"].notna()]
    known, unresolved = resolve(known, "country", into="actor", dates="date")
    ordered = known.assign(second=known["unit"] == SECOND_UNIT).sort_values("second", kind="stable")
    once = ordered.drop_duplicates(["actor", "date", "kind"]).sort_index()
    whole = once.dropna(subset=[*measures, "months"])
    whole = stamped(whole, source="energy", locator=_coverage(whole))
    told = whole[whole["unspecified_share_pct"] <= UNSTATED_AT_MOST]
    unstated = whole.assign(
        name=whole["kind"] + "_unspecified", value=whole["unspecified_share_pct"], unit="percent"
    )
    return Tables(
        ties=told.assign(target=unsaid(SHARES)["supplier"], value=told["russia_share_pct"], unit="percent"),
        indicators=unstated,
        unresolved=unresolved,
        set_aside=tally(
            (f"{SHARES}: other commodities", int(rows["kind"].isna().sum()), "no kind of tie for them"),
            (f"{SHARES}: gas in {SECOND_UNIT}", len(known) - len(once), "the same share, read in TJ"),
            (
                f"{SHARES}: incomplete",
                len(once) - len(whole),
                "a share or the number of months is not stated",
            ),
            (
                f"{SHARES}: mostly unstated",
                len(whole) - len(told),
                f"no origin for over {UNSTATED_AT_MOST:.0f} %",
            ),
            (f"{SHARES}: gas", int((told["commodity"] == "gas_all").sum()), BOOKED),
        ),
    )


def _coverage(rows: pd.DataFrame) -> pd.Series:
    """Return where each share comes from, and what of the year and of the imports it covers."""
    months = rows["months"].astype(int)
    part = (months < 12).map({True: " (part of the year)", False: ""})
    unstated = rows["unspecified_share_pct"]
    bound = ", origin unstated for " + unstated.astype(str) + " % (a lower bound)"
    text = "Eurostat " + rows["commodity"].map(DATASETS) + ", " + months.astype(str) + " months" + part
    return text + bound.where(unstated > UNSTATED_WORTH_SAYING, "")


def _imports(folder: Path) -> Tables:
    """Return monthly imports by origin."""
    path = folder / IMPORTS
    rows = parquet(path, ("country", "unit", "partner", "date", "commodity", "value"))
    told = rows[rows["partner"].notna() & rows["value"].notna()]
    told = told.assign(date=days(told, "date", path))
    told, importers = resolve(told, "country", into="actor")
    told, origins = resolve(told, "partner", into="target")
    again = (told["unit"] == SECOND_UNIT).map({True: f"_{SECOND_UNIT}", False: ""})
    told = told.assign(kind="fuel_imports_" + told["commodity"] + again)
    locator = "Eurostat " + told["commodity"].map(DATASETS).fillna("nrg_ti")
    return Tables(
        ties=stamped(told, source="energy", locator=locator),
        unresolved=pooled(importers, origins),
        set_aside=tally(
            (f"{IMPORTS}: no origin", int(rows["partner"].isna().sum()), "the provider states no partner"),
            *blanks(rows[rows["partner"].notna()], ["value"], IMPORTS),
        ),
    )


def _purchases(folder: Path) -> Tables:
    """Return monthly purchases from the seller; of the second file, what the first does not hold."""
    path = folder / PURCHASES
    rows = parquet(path, ("country", "partner", "date", "commodity", "unit", "value"))
    rows = rows.assign(date=days(rows, "date", path))
    rows, sellers = resolve(rows, "partner", into="target", dates="date")
    again = folder / PURCHASES_AGAIN
    others = numbers(csv(again, ("country", "month", "commodity", "unit", "value")), ["value"], again)
    others = others.assign(
        date=days(others, "month", again, form="%Y-%m"), target=unsaid(PURCHASES_AGAIN)["seller"]
    )
    keys = ["country", "target", "date", "commodity", "unit"]
    both = others.merge(rows[[*keys, "value"]], on=keys, how="left", suffixes=("", "_first"), indicator=True)
    repeated = both["_merge"] == "both"
    apart = repeated & ((both["value"] - both["value_first"]).abs() > 1e-6 * both["value_first"].abs())
    every = pd.concat([rows, both.loc[~repeated, [*keys, "value"]]], ignore_index=True)
    filled, buyers = resolve(every[every["value"].notna()], "country", into="actor", dates="date")
    filled = filled.assign(
        kind="fossil_purchases_" + filled["unit"] + "_" + filled["commodity"],
        unit=filled["unit"].replace({"eur": "EUR"}),
    )
    return Tables(
        ties=stamped(filled, source="energy", locator="UN Comtrade and Eurostat, compiled by CREA"),
        unresolved=pooled(sellers, buyers),
        set_aside=tally(
            (PURCHASES_AGAIN, int((repeated & ~apart).sum()), f"the same figures as {PURCHASES}"),
            (f"{PURCHASES_AGAIN}: other figures", int(apart.sum()), f"those of {PURCHASES} are kept"),
            *blanks(every, ["value"], PURCHASES),
        ),
    )


def _routes(folder: Path) -> Tables:
    """Return gas by pipeline from each supplier by day, and as an indicator the gas that came by ship."""
    path = folder / ROUTES
    rows = numbers(csv(path, ("date", "from", "value_m3")), ["value_m3"], path)
    rows = rows.assign(date=days(rows, "date", path), value=rows["value_m3"], unit="m3")
    rows = stamped(rows, source="energy", locator="ENTSOG, compiled by CREA; less than 0 is a net outflow")
    importer = unsaid(ROUTES)["importer"]
    filled = rows[rows["value"].notna()]
    ships = filled["from"] == CARGO
    piped, unresolved = resolve(filled[~ships], "from", into="target", dates="date")
    return Tables(
        ties=piped.assign(actor=importer, kind="gas_imports_m3"),
        indicators=filled[ships].assign(actor=importer, name="gas_lng_imports_m3"),
        unresolved=unresolved,
        set_aside=tally(*blanks(rows, ["value_m3"], ROUTES)),
    )


def _gas(folder: Path) -> Tables:
    """Return gas delivered by the supplier by importer and year."""
    path = folder / GAS
    rows = numbers(csv(path, ("country", "year", "russian_gas_bcm")), ["russian_gas_bcm"], path)
    rows = rows.assign(date=days(rows, "year", path, form="%Y"), value=rows["russian_gas_bcm"])
    filled, unresolved = resolve(rows[rows["value"].notna()], "country", into="actor", dates="date")
    filled = filled.assign(target=unsaid(GAS)["supplier"], kind="gas_imports_bcm", unit="bcm")
    return Tables(
        ties=stamped(filled, source="energy", locator=GAS),
        unresolved=unresolved,
        set_aside=tally(*blanks(rows, ["russian_gas_bcm"], GAS)),
    )


def _homeless(folder: Path) -> Tables:
    """Count the rows of tables that no typed table can hold."""
    first = {
        name: "name" if name in ("lng_terminals.csv", "transit_lines.csv") else "country" for name in HOMELESS
    }
    counts = [(name, len(csv(folder / name, (first[name],))), reason) for name, reason in HOMELESS.items()]
    return Tables(set_aside=tally(*counts))
