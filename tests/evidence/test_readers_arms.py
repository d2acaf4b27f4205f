"""Transfers of arms: who depends on whom, and suppliers that are no states."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.arms import read

COLUMNS = "supplier, recipient, year, value"


def transfers(folder: Path, rows: str, *, columns: str = COLUMNS) -> Path:
    target = folder / "sipri_tiv.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM (VALUES {rows}) AS t({columns})) TO '{target}' (FORMAT parquet)"
        )
    return folder


def test_the_recipient_depends_on_the_supplier(tmp_path: Path) -> None:
    ties = read(transfers(tmp_path, "('France', 'Egypt', 2015, 7)")).ties
    assert ties is not None
    row = ties.iloc[0]
    assert (row["actor"], row["target"], row["value"], row["unit"]) == ("EGY", "FRA", 7.0, "TIV million")


def test_armed_groups_organisations_and_unknown_parties_are_listed_with_the_reason(tmp_path: Path) -> None:
    rows = (
        "('France', 'NATO**', 2020, 1), ('Iran', 'Amal (Lebanon)*', 2020, 2), "
        "('Unknown supplier(s)', 'Egypt', 2020, 3)"
    )
    tables = read(transfers(tmp_path, rows))
    assert "ties" not in tables.filled()
    reasons = dict(zip(tables.unresolved["label"], tables.unresolved["reason"], strict=True))
    assert "organisation" in reasons["NATO**"]
    assert "armed group" in reasons["Amal (Lebanon)*"]
    assert reasons["Unknown supplier(s)"] == "unknown party"


def test_two_names_of_one_state_add_up_and_are_counted(tmp_path: Path) -> None:
    rows = "('Italy', 'North Yemen', 1980, 3), ('Italy', 'Yemen Arab Republic', 1980, 4)"
    tables = read(transfers(tmp_path, rows))
    assert tables.ties is not None
    assert tables.ties[["actor", "value"]].to_numpy().tolist() == [["YAR", 7.0]]
    assert tables.set_aside["rows"].tolist() == [1]


def test_a_row_without_a_value_is_counted_and_is_no_zero(tmp_path: Path) -> None:
    tables = read(transfers(tmp_path, "('France', 'Egypt', 2015, NULL), ('France', 'Egypt', 2016, 0)"))
    assert tables.ties is not None
    assert tables.ties["date"].dt.year.tolist() == [2016]
    assert tables.set_aside["rows"].tolist() == [1]


def test_a_corrupt_file_says_to_pull_it_again(tmp_path: Path) -> None:
    (tmp_path / "sipri_tiv.parquet").write_bytes(b"PAR1 and then nothing that is parquet")
    with pytest.raises(EvidenceError, match=r"pull it again"):
        read(tmp_path)


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"'recipient' is missing\n *did you mean 'recipients'"):
        read(transfers(tmp_path, "('France', 'Egypt', 2015, 7)", columns="supplier, recipients, year, value"))


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"detente data pull"):
        read(tmp_path)


@pytest.mark.mirror
def test_every_row_is_used_or_listed_once(mirror: Path) -> None:
    tables = read(mirror / "arms")
    assert tables.ties is not None
    assert len(tables.ties) + tables.unresolved["rows"].sum() == 21324
    assert {"SUN", "DDR", "YUG", "VDR"} <= set(tables.ties["target"])
    soviet = tables.ties[tables.ties["target"] == "SUN"]
    assert soviet["date"].dt.year.max() <= 1992
