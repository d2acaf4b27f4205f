"""Energy: shares with what they leave open, purchases stated twice, gas by route, figures as published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.energy import read
from tests.evidence.asking import ask

SHARES = (
    "country,year,commodity,unit,total,russia,unspecified,months,russia_share_pct,unspecified_share_pct\n"
)
FILES: dict[str, str] = {
    "eurostat_russia_import_share.csv": SHARES + "Hungary,2021,crude_oil,tonne,6004,3495,0,12.0,58.21,0.0\n",
    "russia_fossil_exports.csv": "country,month,commodity,unit,value\nIndia,2022-01,oil,eur,5.0\n",
    "eu_gas_imports_daily.csv": "date,from,value_m3\n2021-01-01,Russia,400.5\n2021-01-01,LNG,139.0\n",
    "russian_imports.csv": "country,iso_a2,year,russian_gas_bcm\nGermany,DE,2021,55.4\n",
    "gas_demand.csv": "country,iso_a2,gas_demand_bcm\nGermany,DE,79.8\n",
    "import_dependence.csv": "country,iso_a2,gas_import_dependency_pct\nGermany,DE,93.7\n",
    "lng_terminals.csv": "name,country,capacity_bcm\nInkoo,Finland,5\n",
    "transit_lines.csv": "name,type,status\nBaltic Pipe,gas,operating\n",
}
IMPORTS = (
    "('Austria', 'm3', 'Germany', '2014-01-01', 'gas_all', 2.0), "
    "('Austria', 'TJ', NULL, '2014-01-01', 'gas_all', 1.0)"
)
PURCHASES = (
    "('India', 'Russia', '2022-01-01', 'oil', 'eur', 5.0), ('EU', 'Russia', '2022-01-01', 'oil', 'eur', NULL)"
)


def folder_with(folder: Path, *, imports: str = IMPORTS, purchases: str = PURCHASES, **texts: str) -> Path:
    for name, text in (FILES | {f"{stem}.csv": text for stem, text in texts.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    columns = {
        "eurostat": (imports, "country, unit, partner, date, commodity, value"),
        "comtrade_eurostat": (purchases, "country, partner, date, commodity, unit, value"),
    }
    with duckdb.connect() as connection:
        for stem, (rows, names) in columns.items():
            connection.execute(f"COPY (FROM (VALUES {rows}) AS t({names})) TO '{folder / stem}.parquet'")
    return folder


def ties_of(folder: Path, kind: str) -> pd.DataFrame:
    ties = read(folder).ties
    assert ties is not None
    return ties[ties["kind"] == kind]


def aside(folder: Path) -> dict[str, Any]:
    found = read(folder).set_aside
    return dict(zip(found["label"], found["rows"], strict=True))


def test_a_share_is_a_tie_from_importer_to_supplier(tmp_path: Path) -> None:
    row = ties_of(folder_with(tmp_path), "crude_import_share").iloc[0]
    assert (row["actor"], row["target"], row["value"], row["unit"]) == ("HUN", "RUS", 58.21, "percent")
    assert row["locator"] == "Eurostat nrg_ti_oilm, 12 months"


def test_a_share_that_leaves_part_open_says_so_and_one_that_leaves_most_open_is_set_aside(
    tmp_path: Path,
) -> None:
    shares = (
        "Finland,2021,crude_oil,tonne,1,1,1,7.0,40.0,12.3\n"
        "Bulgaria,2021,crude_oil,tonne,4146589,0,4146589,11.0,0.0,100.0\n"
    )
    folder = folder_with(tmp_path, eurostat_russia_import_share=SHARES + shares)
    kept = ties_of(folder, "crude_import_share")
    assert kept["actor"].tolist() == ["FIN"]
    assert (
        "7 months (part of the year), origin unstated for 12.3 % (a lower bound)" in kept.iloc[0]["locator"]
    )
    indicators = read(folder).indicators
    assert indicators is not None
    unstated = indicators[indicators["name"] == "crude_import_share_unspecified"]
    assert dict(zip(unstated["actor"], unstated["value"], strict=True)) == {"FIN": 12.3, "BGR": 100.0}
    assert aside(folder)["eurostat_russia_import_share.csv: mostly unstated"] == 1


def test_gas_is_kept_as_booked_never_as_dependence_and_once_for_two_units(tmp_path: Path) -> None:
    shares = "Hungary,2021,gas_all,m3,1,0,0,12.0,0.1,0.0\nHungary,2021,gas_all,TJ,1,0,0,12.0,0.0,0.0\n"
    folder = folder_with(tmp_path, eurostat_russia_import_share=SHARES + shares)
    ties = read(folder).ties
    assert ties is not None
    about_gas = ties[ties["kind"].str.contains("share")]
    assert about_gas[["kind", "value"]].to_numpy().tolist() == [["gas_import_share_as_booked", 0.0]]
    counts = aside(folder)
    assert counts["eurostat_russia_import_share.csv: gas"] == 1
    assert counts["eurostat_russia_import_share.csv: gas in m3"] == 1


def test_imports_without_an_origin_are_counted_and_units_are_not_mixed(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    assert len(ties_of(folder, "fuel_imports_gas_all_m3")) == 1
    assert len(ties_of(folder, "fuel_imports_gas_all")) == 0
    assert aside(folder)["eurostat.parquet: no origin"] == 1


def test_purchases_stated_twice_are_read_once(tmp_path: Path) -> None:
    again = "country,month,commodity,unit,value\nIndia,2022-01,oil,eur,5.0\nIndia,2022-02,oil,eur,6.0\n"
    folder = folder_with(tmp_path, russia_fossil_exports=again)
    bought = ties_of(folder, "fossil_purchases_eur_oil")
    assert bought[["actor", "target", "value"]].to_numpy().tolist() == [
        ["IND", "RUS", 5.0],
        ["IND", "RUS", 6.0],
    ]
    counts = aside(folder)
    assert counts["russia_fossil_exports.csv"] == 1
    assert counts["comtrade_eurostat.parquet: empty cells in value"] == 1


def test_purchases_that_contradict_each_other_are_counted(tmp_path: Path) -> None:
    again = "country,month,commodity,unit,value\nIndia,2022-01,oil,eur,99.0\n"
    folder = folder_with(tmp_path, russia_fossil_exports=again)
    assert ties_of(folder, "fossil_purchases_eur_oil")["value"].tolist() == [5.0]
    assert aside(folder)["russia_fossil_exports.csv: other figures"] == 1


def test_gas_by_ship_has_no_supplier_and_is_an_indicator(tmp_path: Path) -> None:
    tables = read(folder_with(tmp_path))
    assert tables.indicators is not None
    shipped = tables.indicators[tables.indicators["name"] == "gas_lng_imports_m3"]
    assert shipped[["actor", "value"]].to_numpy().tolist() == [["EU", 139.0]]
    assert tables.unresolved.empty
    assert ties_of(tmp_path, "gas_imports_m3")[["actor", "target"]].to_numpy().tolist() == [["EU", "RUS"]]


def test_tables_without_a_year_are_counted_not_dated(tmp_path: Path) -> None:
    counts = aside(folder_with(tmp_path))
    assert [counts[name] for name in ("gas_demand.csv", "import_dependence.csv", "lng_terminals.csv")] == [
        1,
        1,
        1,
    ]


def test_an_unknown_label_is_listed(tmp_path: Path) -> None:
    tables = read(
        folder_with(tmp_path, russian_imports=FILES["russian_imports.csv"].replace("Germany", "Atlantis"))
    )
    assert tables.unresolved["label"].tolist() == ["Atlantis"]


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "gas_demand.csv").unlink()
    (folder / "eurostat.parquet").unlink()
    with pytest.raises(EvidenceError) as caught:
        read(folder)
    assert {Path(problem.where).name for problem in caught.value.problems} == {
        "gas_demand.csv",
        "eurostat.parquet",
    }


def test_a_corrupt_parquet_says_to_pull_it_again(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "eurostat.parquet").write_bytes((folder / "eurostat.parquet").read_bytes()[:40])
    with pytest.raises(EvidenceError, match=r"eurostat.parquet: cannot be read(.|\n)*pull it again"):
        read(folder)


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    wrong = FILES["eu_gas_imports_daily.csv"].replace("value_m3", "values_m3")
    with pytest.raises(EvidenceError, match=r"'value_m3' is missing\n *did you mean 'values_m3'"):
        read(folder_with(tmp_path, eu_gas_imports_daily=wrong))


@pytest.mark.mirror
def test_figures_are_those_published(mirror: Path) -> None:
    tables = read(mirror / "energy")
    ties = tables.ties
    assert ties is not None
    crude = ties[ties["kind"] == "crude_import_share"].set_index(["actor", "date"])["value"]
    assert round(crude["HUN", pd.Timestamp(2021, 1, 1)], 1) == 58.2
    assert ("BGR", pd.Timestamp(2021, 1, 1)) not in crude.index
    bought = ties[ties["kind"].str.startswith("fossil_purchases_eur_") & (ties["actor"] == "IND")]
    billions = (bought.groupby(bought["date"].dt.year)["value"].sum() / 1e9).round(1)
    assert (billions[2021], billions[2022]) == (4.2, 19.1)
    assert str(bought["date"].max().date()) == "2022-09-01"
    piped = ties[(ties["kind"] == "gas_imports_m3") & (ties["target"] == "RUS")]
    monthly = (piped.groupby(piped["date"].dt.strftime("%Y-%m"))["value"].sum() / 1e9).round(1)
    assert (monthly["2021-03"], monthly["2022-09"]) == (13.1, 2.2)
    assert tables.unresolved.empty


@pytest.mark.mirror
def test_the_organisation_is_the_sum_of_its_members(mirror: Path) -> None:
    ties = read(mirror / "energy").ties
    assert ties is not None
    raw = ask(
        "SELECT sum(value) FROM read_parquet(?) WHERE unit = 'eur' AND \"EU\" = 'True'",
        str(mirror / "energy" / "comtrade_eurostat.parquet"),
    )
    eu = ties[(ties["actor"] == "EU") & ties["kind"].str.startswith("fossil_purchases_eur_")]
    assert eu["value"].sum() == pytest.approx(raw[0][0])
