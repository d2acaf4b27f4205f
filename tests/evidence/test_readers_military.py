"""Military expenditure: two releases of one series, states that were, figures as published."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.military import read

HEADER = "Country,year,milex_share_gdp,milex_usd_m_current,milex_usd_m_const2021,release\n"


def series(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    (folder / "sipri_milex.csv").write_text(header + rows, encoding="utf-8")
    return folder


def test_the_later_release_is_kept_and_the_other_counted(tmp_path: Path) -> None:
    rows = (
        "Poland,2018,0.021,12041,12513,SIPRI-2024(2018-2023)\n"
        "Poland,2018,0.019,11000,11500,SIPRI-2023(1949-2022)\n"
        "Poland,2017,0.019,9871,11047,SIPRI-2023(1949-2022)\n"
    )
    tables = read(series(tmp_path, rows))
    assert tables.indicators is not None
    shares = tables.indicators[tables.indicators["name"] == "military_expenditure_share_gdp"]
    assert shares.set_index(shares["date"].dt.year)["value"].to_dict() == {2018: 0.021, 2017: 0.019}
    assert tables.set_aside.to_dict("records") == [
        {"label": "country and year in two releases", "rows": 1, "reason": "the later release is kept"}
    ]


def test_labels_mean_the_state_of_their_year(tmp_path: Path) -> None:
    rows = "".join(
        f"{label},{year},0.01,1,1,SIPRI-2023(1949-2022)\n"
        for label, year in (
            ("USSR", 1988),
            ("Russia", 2020),
            ('"Yemen, North"', 1980),
            ('"Gambia, The"', 2000),
        )
    )
    tables = read(series(tmp_path, rows))
    assert tables.indicators is not None
    assert set(tables.indicators["actor"]) == {"SUN", "RUS", "YAR", "GMB"}


def test_an_empty_cell_is_counted_and_is_no_zero(tmp_path: Path) -> None:
    tables = read(series(tmp_path, "Poland,2023,0.038,31650,,SIPRI-2024(2018-2023)\n"))
    assert tables.indicators is not None
    assert set(tables.indicators["name"]) == {"military_expenditure_share_gdp", "military_expenditure_usd"}
    assert tables.set_aside["rows"].tolist() == [1]


def test_a_release_without_a_year_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"csv:2: 'latest' in column 'release'"):
        read(series(tmp_path, "Poland,2023,0.038,31650,1,latest\n"))


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"'Country' is missing\n *did you mean 'Countries'"):
        read(series(tmp_path, "", header=HEADER.replace("Country", "Countries")))


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"detente data pull"):
        read(tmp_path)


@pytest.mark.mirror
def test_shares_are_those_of_sipri(mirror: Path) -> None:
    tables = read(mirror / "military")
    assert tables.indicators is not None
    shares = tables.indicators[tables.indicators["name"] == "military_expenditure_share_gdp"]
    latest = shares[shares["date"].dt.year == 2023].set_index("actor")
    percent = (100 * latest["value"]).round(1)
    assert percent[["RUS", "POL", "USA"]].tolist() == [5.9, 3.8, 3.4]
    assert set(latest["locator"]) == {"release 2024(2018-2023)"}
    assert tables.unresolved.empty
