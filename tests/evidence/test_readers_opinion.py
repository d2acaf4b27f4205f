"""Views of other powers: shares as published, the size of the sample, and files that are not right."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.opinion import read

HEADER = "year,iso3,n,pct_favourable,pct_unfavourable,pct_very_unfavourable,target\n"


def poll(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    (folder / "pew_favourability.csv").write_text(header + rows, encoding="utf-8")
    return folder


def test_one_row_of_the_poll_becomes_three_shares_and_a_sample_size(tmp_path: Path) -> None:
    ties = read(poll(tmp_path, "2019,POL,1030.00,32.73,58.94,23.71,RUS\n")).ties
    assert ties is not None
    assert dict(zip(ties["kind"], ties["value"], strict=True)) == {
        "view_favourable": 32.73,
        "view_unfavourable": 58.94,
        "view_very_unfavourable": 23.71,
        "view_sample_size": 1030.0,
    }
    assert set(ties["actor"]) == {"POL"}
    assert set(ties["target"]) == {"RUS"}
    assert {str(day.date()) for day in ties["date"]} == {"2019-01-01"}
    assert set(ties["locator"]) == {"Global Attitudes Survey 2019, n=1030"}


def test_an_empty_cell_is_counted_and_the_rest_of_the_row_is_kept(tmp_path: Path) -> None:
    tables = read(poll(tmp_path, "2019,POL,1030,32.73,58.94,,RUS\n"))
    assert tables.ties is not None
    assert len(tables.ties) == 3
    assert tables.set_aside[["label", "rows"]].to_numpy().tolist() == [
        ["pew_favourability.csv: empty cells in pct_very_unfavourable", 1]
    ]


def test_an_unknown_public_and_an_unknown_target_are_listed(tmp_path: Path) -> None:
    rows = "2019,ZZZ,9,1,1,1,RUS\n2019,POL,9,1,1,1,Narnia\n2019,POL,9,1,1,1,EU\n"
    tables = read(poll(tmp_path, rows))
    assert set(tables.unresolved["label"]) == {"ZZZ", "Narnia"}
    assert tables.ties is not None
    assert set(tables.ties["target"]) == {"EU"}


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    header = HEADER.replace("pct_favourable", "pct_favorable")
    with pytest.raises(
        EvidenceError, match=r"'pct_favourable' is missing(.|\n)*did you mean 'pct_favorable'"
    ):
        read(poll(tmp_path, "2019,POL,1030,1,1,1,RUS\n", header=header))


def test_every_share_outside_0_to_100_is_named_with_its_line(tmp_path: Path) -> None:
    rows = "2019,POL,1030,132.73,58.94,23.71,RUS\n2019,HUN,1030,1,-2,1,RUS\n"
    with pytest.raises(EvidenceError) as caught:
        read(poll(tmp_path, rows))
    assert [problem.where.rpartition(":")[2] for problem in caught.value.problems] == ["2", "3"]


def test_a_year_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"csv:2: 'soon' in column 'year'"):
        read(poll(tmp_path, "soon,POL,1030,1,1,1,RUS\n"))


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"detente data pull"):
        read(tmp_path)


@pytest.mark.mirror
def test_views_are_those_that_pew_published(mirror: Path) -> None:
    ties = read(mirror / "opinion").ties
    assert ties is not None
    views = ties[(ties["kind"] == "view_favourable") & (ties["target"] == "RUS")]
    shares = views.set_index(["actor", views["date"].dt.year])["value"].round()
    assert [shares["POL", year] for year in (2019, 2022, 2023)] == [33, 3, 1]
    assert [shares["HUN", year] for year in (2019, 2022, 2023)] == [35, 21, 23]
    assert 2021 not in set(views["date"].dt.year)


@pytest.mark.mirror
def test_a_year_known_to_be_wrong_is_set_aside_and_counted(mirror: Path) -> None:
    tables = read(mirror / "opinion")
    assert tables.ties is not None
    china = tables.ties[(tables.ties["target"] == "CHN") & (tables.ties["kind"] == "view_favourable")]
    years = pd.to_datetime(china["date"]).dt.year
    assert 2013 not in set(years)
    assert {2012, 2014} <= set(years)
    aside = tables.set_aside[tables.set_aside["label"].str.contains("CHN 2013")]
    assert aside["rows"].tolist() == [39]
