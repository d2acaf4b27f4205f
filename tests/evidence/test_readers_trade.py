"""Trade by reporter, partner and month: notes in labels, missing values, totals as published."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.trade_russia import read

HEADER = "reporter,partner,product,flow,indicator,month,value\n"


def trade(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    (folder / "eu_trade_russia_neighbours.csv").write_text(header + rows, encoding="utf-8")
    (folder / "eu_countries.csv").write_text("reporter,eu_country\nAustria,Austria\n", encoding="utf-8")
    return folder


def test_notes_in_labels_do_not_hide_whom_they_name(tmp_path: Path) -> None:
    rows = (
        "Belgium (incl. Luxembourg 'LU' -> 1998),Russian Federation (Russia),TOTAL,IMPORT,"
        "VALUE_IN_EUROS,2021-01,7\n"
        "Luxembourg,Belarus (Belorussia),27,EXPORT,VALUE_IN_EUROS,2021-02,5\n"
        "Germany (incl. German Democratic Republic 'DD' from 1991),Georgia,TOTAL,EXPORT,"
        "VALUE_IN_EUROS,2021-02,3\n"
    )
    tables = read(trade(tmp_path, rows))
    assert tables.ties is not None
    assert tables.ties[["actor", "target", "kind", "value"]].to_numpy().tolist() == [
        ["BEL", "RUS", "imports_eur", 7.0],
        ["LUX", "BLR", "exports_fuel_eur", 5.0],
        ["DEU", "GEO", "exports_eur", 3.0],
    ]
    assert tables.unresolved.empty


def test_a_colon_is_a_missing_value_and_counted(tmp_path: Path) -> None:
    rows = (
        "Austria,Georgia,TOTAL,IMPORT,VALUE_IN_EUROS,2021-01,:\n"
        "Austria,Georgia,TOTAL,IMPORT,VALUE_IN_EUROS,2021-02,0\n"
    )
    tables = read(trade(tmp_path, rows))
    assert tables.ties is not None
    assert tables.ties["value"].tolist() == [0.0]
    counts = dict(zip(tables.set_aside["label"], tables.set_aside["rows"], strict=True))
    assert counts["value ':'"] == 1


def test_other_products_and_quantities_are_counted_not_mixed_in(tmp_path: Path) -> None:
    rows = (
        "Austria,Georgia,84,IMPORT,VALUE_IN_EUROS,2021-01,1\n"
        "Austria,Georgia,TOTAL,IMPORT,QUANTITY_IN_100KG,2021-01,2\n"
    )
    tables = read(trade(tmp_path, rows))
    assert "ties" not in tables.filled()
    counts = dict(zip(tables.set_aside["label"], tables.set_aside["rows"], strict=True))
    assert counts["another product, flow or indicator"] == 2


def test_both_missing_files_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        read(tmp_path)
    assert len(caught.value.problems) == 2


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"'reporter' is missing\n *did you mean 'reporters'"):
        read(trade(tmp_path, "", header=HEADER.replace("reporter", "reporters")))


def test_a_value_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"csv:2: 'n.a.' in column 'value'"):
        read(trade(tmp_path, "Austria,Georgia,TOTAL,IMPORT,VALUE_IN_EUROS,2021-01,n.a.\n"))


@pytest.mark.mirror
def test_totals_are_those_of_eurostat(mirror: Path) -> None:
    ties = read(mirror / "trade_russia").ties
    assert ties is not None
    year = ties[(ties["target"] == "RUS") & (ties["date"].dt.year == 2021)]
    billions = (year.groupby("kind")["value"].sum() / 1e9).round(1)
    assert billions["imports_eur"] == 163.6
    assert billions["exports_eur"] == 89.2
    assert year["actor"].nunique() == 27
