"""Elections and the shares of families of parties: lower bounds, and one row for one election."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.populism import MEASURES, read

NAMES = ",".join(MEASURES)
PARTIES = "party_name;country_name;populist;farright;farleft;eurosceptic\nA;Austria;1;0;0;0\n"
IDS = "Party,parlgov_id\nA,1\n"
RESULTS = (
    "('AUT', '2024-09-29', 183), ('AUT', '2024-09-29', 183), "
    "('GRC', '2023-05-21', 300), ('GRC', '2023-06-25', 300)"
)
ELECTIONS = "country_name_short,election_type,election_date,seats_total,election_id,vote_share\n"


def folder_with(
    folder: Path, *, shares: str = "", elections: str = "", header: str = "iso3,election_date," + NAMES
) -> Path:
    (folder / "populist_share_by_election_derived.csv").write_text(f"{header}\n{shares}", encoding="utf-8")
    (folder / "view_election.csv").write_text(ELECTIONS + elections, encoding="utf-8")
    for name in ("populist_3.csv", "populist_4.csv"):
        (folder / name).write_text("\ufeff" + PARTIES, encoding="utf-8")
    for name in ("populist_parlgov_id.csv", "ppeg_merge_ids.csv"):
        (folder / name).write_text(IDS, encoding="utf-8")
    target = folder / "ppeg_parl_2025v1.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM (VALUES {RESULTS}) AS t(iso3c, edate, total_seats)) TO '{target}'")
    return folder


def test_shares_become_indicators_dated_by_the_election(tmp_path: Path) -> None:
    tables = read(folder_with(tmp_path, shares="AUT,2024-09-29,28.85,31.15,28.85,31.15,0,0,28.85,31.15\n"))
    assert tables.indicators is not None
    values = dict(zip(tables.indicators["name"], tables.indicators["value"], strict=True))
    assert values["populist_vote_share"] == 28.85
    assert values["farleft_seat_share"] == 0
    assert len(values) == 8
    assert {str(day.date()) for day in tables.indicators["date"]} == {"2024-09-29"}
    assert tables.indicators["locator"].str.contains("lower bound").all()


def test_an_election_is_one_fact_with_its_seats(tmp_path: Path) -> None:
    facts = read(folder_with(tmp_path)).facts
    assert facts is not None
    assert facts[["actor", "key", "value", "unit"]].to_numpy().tolist() == [
        ["AUT", "parliamentary_election", "183", "seats"],
        ["GRC", "parliamentary_election", "300", "seats"],
        ["GRC", "parliamentary_election", "300", "seats"],
    ]


def test_an_election_that_both_hold_is_kept_once_on_the_day_of_ppeg(tmp_path: Path) -> None:
    elections = (
        "AUT,parliament,2024-10-01,183,1,20\n"
        "AUT,parliament,2024-10-01,183,1,30\n"
        "AUT,parliament,2019-09-29,183,2,30\n"
        "AUT,ep,2024-10-01,20,3,30\n"
    )
    tables = read(folder_with(tmp_path, elections=elections))
    assert tables.facts is not None
    austria = tables.facts[tables.facts["actor"] == "AUT"]
    found = set(zip(austria["key"], austria["date"].dt.strftime("%Y-%m-%d"), strict=True))
    assert found == {
        ("parliamentary_election", "2024-09-29"),
        ("parliamentary_election", "2019-09-29"),
        ("european_parliament_election", "2024-10-01"),
    }
    rows = dict(zip(tables.set_aside["label"], tables.set_aside["rows"], strict=True))
    assert rows["view_election.csv: elections"] == 1


def test_what_has_no_table_is_counted(tmp_path: Path) -> None:
    tables = read(folder_with(tmp_path, elections="AUT,council,2024-10-01,183,1,20\n"))
    rows = dict(zip(tables.set_aside["label"], tables.set_aside["rows"], strict=True))
    assert rows["ppeg_parl_2025v1.parquet: results by party"] == 4
    assert rows["view_election.csv: results by party"] == 1
    assert rows["view_election.csv: elections of another type"] == 1
    assert rows["populist_4.csv: parties"] == 1
    assert rows["ppeg_merge_ids.csv: ids of parties"] == 1


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        read(tmp_path)
    assert len(caught.value.problems) == 7


def test_a_corrupt_parquet_says_to_pull_it_again(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "ppeg_parl_2025v1.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(EvidenceError, match=r"ppeg_parl_2025v1.parquet: cannot be read(.|\n)*pull it again"):
        read(folder)


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    header = "iso3,election_date," + NAMES.replace("farright_seat_share", "far_right_seat_share")
    with pytest.raises(
        EvidenceError, match=r"'farright_seat_share' is missing\n *did you mean 'far_right_seat"
    ):
        read(folder_with(tmp_path, header=header))


@pytest.mark.mirror
def test_shares_are_those_that_were_derived(mirror: Path) -> None:
    indicators = read(mirror / "populism").indicators
    assert indicators is not None
    values = indicators.set_index(["actor", indicators["date"].dt.year, "name"])["value"].sort_index()
    assert values["AUT", 2024, "populist_vote_share"] == 28.85
    assert round(values["DEU", 2025, "farright_vote_share"], 1) == 20.8
    assert indicators["actor"].nunique() == 31


@pytest.mark.mirror
def test_every_election_with_a_share_is_an_election(mirror: Path) -> None:
    tables = read(mirror / "populism")
    assert tables.indicators is not None
    assert tables.facts is not None
    held = set(zip(tables.facts["actor"], tables.facts["date"], strict=True))
    assert set(zip(tables.indicators["actor"], tables.indicators["date"], strict=True)) <= held
    assert not tables.facts.duplicated(["actor", "date", "key"]).any()
    assert str(tables.facts["date"].max().date()) == "2025-10-29"
