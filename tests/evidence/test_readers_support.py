"""Aid by donor, month and kind: totals as published, the provider's own judgements left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.ukraine_support import read

HEADER = "donor,year_month,aid_type_general,aid_eur_m,donor_group,reluctant_flag\n"


def panel(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    (folder / "kiel_panel.csv").write_text(header + rows, encoding="utf-8")
    return folder


def test_allocations_become_ties_from_donor_to_recipient_by_kind(tmp_path: Path) -> None:
    rows = "Denmark,2022-03,Military,133.5,nordic,0\nTurkiye,2022-03,Financial,0.0,other,1\n"
    ties = read(panel(tmp_path, rows)).ties
    assert ties is not None
    assert ties[["actor", "target", "kind", "value", "unit"]].to_numpy().tolist() == [
        ["DNK", "UKR", "aid_eur_m_military", 133.5, "EUR million"],
        ["TUR", "UKR", "aid_eur_m_financial", 0.0, "EUR million"],
    ]
    assert {str(day.date()) for day in ties["date"]} == {"2022-03-01"}


def test_the_groups_that_the_provider_made_are_not_asked_for(tmp_path: Path) -> None:
    header = "donor,year_month,aid_type_general,aid_eur_m\n"
    assert len(read(panel(tmp_path, "Denmark,2022-03,Military,1\n", header=header)).filled()["ties"]) == 1


def test_an_unknown_kind_and_an_unknown_donor_are_counted(tmp_path: Path) -> None:
    rows = "Denmark,2022-03,Moral,1,,\nAtlantis,2022-03,Military,1,,\nDenmark,2022-04,Military,,,\n"
    tables = read(panel(tmp_path, rows))
    assert "ties" not in tables.filled()
    assert set(tables.set_aside["label"]) == {
        "aid of type 'Moral'",
        "kiel_panel.csv: empty cells in aid_eur_m",
    }
    assert tables.unresolved["label"].tolist() == ["Atlantis"]


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"'year_month' is missing\n *did you mean 'yearmonth'"):
        read(panel(tmp_path, "", header=HEADER.replace("year_month", "yearmonth")))


def test_an_amount_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"csv:3: 'some' in column 'aid_eur_m'"):
        read(panel(tmp_path, "Denmark,2022-03,Military,1,,\nDenmark,2022-04,Military,some,,\n"))


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"detente data pull"):
        read(tmp_path)


@pytest.mark.mirror
def test_totals_are_those_of_the_tracker(mirror: Path) -> None:
    ties = read(mirror / "ukraine_support").ties
    assert ties is not None
    billions = (ties.groupby("actor")["value"].sum() / 1000).round(1)
    assert billions[["USA", "DEU", "GBR", "DNK"]].tolist() == [115.3, 15.8, 13.6, 8.2]
    assert billions.size == 41
    assert ties["date"].nunique() == 36
