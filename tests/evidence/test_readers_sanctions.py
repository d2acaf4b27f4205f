"""Sanctions in force: lists of senders, years, and counts as published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import EvidenceError
from detente.evidence.readers.sanctions import BETWEEN, cases, read

HEADER = "case_id,sanctioned_state,sanctioning_state,begin,end\n"


def base(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    (folder / "GSDB_V3.csv").write_text("\ufeff" + header + rows, encoding="utf-8")
    return folder


def counts(folder: Path) -> dict[tuple[str, str, int], float]:
    ties = read(folder).ties
    assert ties is not None
    keys = zip(ties["actor"], ties["target"], ties["date"].dt.year, strict=True)
    return dict(zip(keys, ties["value"], strict=True))


def test_a_case_counts_in_each_year_in_force_for_each_pair(tmp_path: Path) -> None:
    rows = '1,"Syria, Iran","EU, Japan",2014,2015\n2,Iran,Japan,2015,2015\n'
    assert counts(base(tmp_path, rows)) == {
        ("EU", "SYR", 2015): 1,
        ("EU", "IRN", 2015): 1,
        ("JPN", "SYR", 2015): 1,
        ("JPN", "IRN", 2015): 2,
    }


def test_years_before_the_first_end_of_a_case_are_left_out_and_counted(tmp_path: Path) -> None:
    tables = read(base(tmp_path, "1,Iran,Japan,2010,2013\n2,Iran,Canada,2012,2014\n"))
    assert tables.ties is not None
    assert sorted(tables.ties["date"].dt.year) == [2013, 2013, 2014]
    assert tables.set_aside["rows"].tolist() == [4]


def test_the_locator_lists_the_cases(tmp_path: Path) -> None:
    ties = read(base(tmp_path, "12,Iran,Japan,2015,2015\n3,Iran,Japan,2015,2015\n")).ties
    assert ties is not None
    assert ties["locator"].tolist() == ["cases 3, 12"]


def test_names_that_contain_a_comma_stay_whole(tmp_path: Path) -> None:
    rows = '1,"Gambia, The","Jordan, Yemen, North, Niger, South Korea, Bosnia and Herzegovina",2020,2020\n'
    found = cases(base(tmp_path, rows))
    assert found["receiver"].unique().tolist() == ["Gambia, The"]
    assert found["sender"].tolist() == [
        "Jordan",
        "Yemen, North",
        "Niger",
        "South Korea",
        "Bosnia and Herzegovina",
    ]


NAMES = st.sampled_from(
    ["EU", "Korea, North", "Korea, South", "Gambia, The", "South Korea", "North Macedonia", "Peru"]
)


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_any_list_of_names_is_split_back_into_them(names: list[str]) -> None:
    joined = pd.Series([", ".join(names)])
    assert joined.str.split(BETWEEN, regex=True)[0] == names


def test_older_names_mean_the_state_of_the_year(tmp_path: Path) -> None:
    rows = '1,"Yemen, North",UN,2014,2014\n2,South Vietnam,Japan,2014,2014\n3,Yugoslavia,EU,2014,2014\n'
    assert set(counts(base(tmp_path, rows))) == {
        ("UN", "YEM", 2014),
        ("JPN", "VNM", 2014),
        ("EU", "SRB", 2014),
    }


def test_targets_that_are_no_actors_are_listed(tmp_path: Path) -> None:
    rows = (
        "1,Terrorist Organizations (Taliban),UN,2014,2015\n"
        "2,Cyprus (Northern),Cyprus,2015,2015\n3,Iran,UN,2014,2014\n"
    )
    tables = read(base(tmp_path, rows))
    assert set(tables.unresolved["label"]) == {"Terrorist Organizations (Taliban)", "Cyprus (Northern)"}


def test_all_cases_that_end_before_they_begin_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        read(base(tmp_path, "1,Iran,UN,2015,2014\n2,Iran,UN,2015,2016\n3,Mali,UN,2019,2014\n"))
    assert [problem.where.rpartition(":")[2] for problem in caught.value.problems] == ["2", "4"]


def test_a_case_without_a_year_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"no first or no last year"):
        read(base(tmp_path, "1,Iran,UN,,2014\n"))


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"holds no cases"):
        read(base(tmp_path, ""))


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(
        EvidenceError, match=r"'sanctioning_state' is missing\n *did you mean 'sanctioning_states'"
    ):
        read(base(tmp_path, "", header=HEADER.replace("sanctioning_state", "sanctioning_states")))


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"detente data pull"):
        read(tmp_path)


@pytest.mark.mirror
def test_29_cases_on_one_target_began_from_2014(mirror: Path) -> None:
    found = cases(mirror / "sanctions")
    assert found["case_id"].nunique() == 588
    assert found.loc[(found["receiver"] == "Russia") & (found["begin"] >= 2014), "case_id"].nunique() == 29


@pytest.mark.mirror
def test_counts_agree_with_the_cases_and_organisations_stay_organisations(mirror: Path) -> None:
    tables = read(mirror / "sanctions")
    assert tables.ties is not None
    found = cases(mirror / "sanctions")
    expected = found[
        (found["sender"] == "EU")
        & (found["receiver"] == "Russia")
        & found["begin"].le(2022)
        & found["end"].ge(2022)
    ]
    ties = tables.ties.set_index(["actor", "target", tables.ties["date"].dt.year])["value"]
    assert ties["EU", "RUS", 2022] == len(expected) > 0
    assert {"EU", "UN"} <= set(tables.ties["actor"])
    assert (tables.ties["date"].dt.year.min(), tables.ties["date"].dt.year.max()) == (2013, 2022)
