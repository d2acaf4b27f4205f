"""The shipped fact tables: cited, typed, true where that can be checked, made by their compile script."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.actors import Gazetteer
from detente.evidence.compiling import registry
from detente.evidence.compiling.__main__ import main
from detente.evidence.compiling.energy import compile_crude_share
from detente.evidence.compiling.sanctions import BETWEEN
from detente.evidence.compiling.writing import render, to_codes
from detente.evidence.sources import Registry
from detente.evidence.tables import KEYS, SCHEMA, VOTES
from tests.evidence.asking import ask

TABLES = [table.path for table in registry.TABLES]


def rows(path: str) -> list[dict[str, str]]:
    with (registry.FACTS / path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def every_row() -> Iterator[tuple[str, dict[str, str]]]:
    return ((path, row) for path in TABLES for row in rows(path))


def members(bloc: str, on: str) -> set[str]:
    return {
        row["actor"]
        for row in rows("memberships/blocs.csv")
        if row["bloc"] == bloc and row["start"] <= on and (not row["end"] or on < row["end"])
    }


def value(path: str, **wanted: str) -> float:
    (found,) = [row for row in rows(path) if wanted.items() <= row.items()]
    return float(found["value"])


def test_every_file_in_the_folder_is_in_the_registry_of_tables_and_the_reverse() -> None:
    shipped = {str(path.relative_to(registry.FACTS)) for path in registry.FACTS.rglob("*.csv")}
    assert shipped == set(TABLES)


@pytest.mark.parametrize("path", TABLES)
def test_a_table_has_the_columns_of_its_typed_table_and_loads_with_their_types(path: str) -> None:
    columns = SCHEMA[path.partition("/")[0]]
    types = {column.name: column.type for column in columns}
    with duckdb.connect() as connection:
        told = connection.read_csv(
            str(registry.FACTS / path), header=True, dtype=types, date_format="%Y-%m-%d"
        )
        frame = told.df()
    assert list(frame.columns) == list(types)
    assert len(frame)
    assert not frame[[column.name for column in columns if not column.optional]].isna().any(axis=None)


@pytest.mark.parametrize("path", TABLES)
def test_a_table_has_one_row_for_each_key_in_order(path: str) -> None:
    keys = [tuple(row[name] for name in KEYS[path.partition("/")[0]]) for row in rows(path)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("path", TABLES)
def test_a_table_is_utf8_with_plain_line_ends(path: str) -> None:
    raw = (registry.FACTS / path).read_bytes()
    assert raw.decode("utf-8").endswith("\n")
    assert b"\r" not in raw


def test_every_row_names_a_registered_source_that_may_be_shipped_and_its_own_citation() -> None:
    known = Registry.load()
    cited = Counter((path, row["source"]) for path, row in every_row())
    assert [pair for pair in cited if pair[1] not in known] == []
    assert [pair for pair in cited if not known[pair[1]].redistributable] == []
    assert [path for path, row in every_row() if len(row["locator"].strip()) < 5] == []


def test_every_actor_is_in_the_gazetteer_and_existed_on_the_day() -> None:
    who = Gazetteer.load()
    named = {
        (row[column], row.get("date") or row.get("start") or "2022-03-02")
        for _, row in every_row()
        for column in ("actor", "target")
        if row.get(column)
    }
    assert {code for code, _ in named} <= set(who.codes)
    assert [pair for pair in sorted(named) if not who.existed(pair[0], date.fromisoformat(pair[1]))] == []


def test_memberships_end_after_they_begin_and_do_not_overlap() -> None:
    spells: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows("memberships/blocs.csv"):
        spells.setdefault((row["bloc"], row["actor"]), []).append((row["start"], row["end"] or "9999-12-31"))
    for held in spells.values():
        assert all(start < end for start, end in held)
        assert all(before[1] <= after[0] for before, after in pairwise(held))


def test_the_votes_on_ukraine_count_as_the_records_state() -> None:
    votes = Counter((row["roll_call"], row["vote"]) for row in rows("votes/ukraine.csv"))
    assert [votes["undl:767565", vote] for vote in VOTES] == [100, 58, 11, 24]
    assert [votes["undl:3959039", vote] for vote in VOTES] == [141, 35, 5, 12]
    assert {row["roll_call"] for row in rows("roll_calls/ukraine.csv")} == {"undl:767565", "undl:3959039"}


@pytest.mark.parametrize(
    ("bloc", "on", "count"),
    [
        ("NATO", "1949-08-24", 12),
        ("NATO", "2022-03-02", 30),
        ("NATO", "2024-03-06", 31),
        ("NATO", "2024-03-07", 32),
        ("EU", "2020-01-31", 28),
        ("EU", "2020-02-01", 27),
        ("EU", "2026-01-01", 27),
        ("G7", "2026-01-01", 7),
        ("G8", "2014-03-23", 8),
        ("G8", "2014-03-24", 0),
        ("BRICS", "2009-06-16", 4),
        ("BRICS", "2025-01-06", 10),
        ("CSTO", "1994-04-20", 9),
        ("CSTO", "1999-04-20", 6),
        ("CSTO", "2010-01-01", 7),
        ("CSTO", "2024-06-01", 6),
        ("SCO", "2024-07-04", 10),
        ("EAEU", "2015-08-12", 5),
        ("FVEY", "2020-01-01", 5),
        ("ASEAN", "2025-10-25", 10),
        ("ASEAN", "2025-10-26", 11),
        ("GCC", "2026-01-01", 6),
    ],
)
def test_a_bloc_has_as_many_members_as_it_had(bloc: str, on: str, count: int) -> None:
    assert len(members(bloc, on)) == count


def test_all_thirty_members_of_the_alliance_voted_for_both_resolutions() -> None:
    allies = members("NATO", "2022-03-02")
    cast = [row["vote"] for row in rows("votes/ukraine.csv") if row["actor"] in allies]
    assert cast == ["yes"] * 60


def test_figures_known_from_their_providers() -> None:
    crude = {"kind": "crude_import_share", "target": "RUS", "date": "2021-01-01"}
    assert round(value("ties/crude_import_share.csv", actor="HUN", **crude), 1) == 58.2
    aid = {"target": "UKR", "kind": "aid_total_eur_m"}
    given = {
        actor: round(value("ties/aid.csv", actor=actor, **aid) / 1000, 1) for actor in ("USA", "DEU", "GBR")
    }
    assert given == {"USA": 115.3, "DEU": 15.8, "GBR": 13.6}
    view = {"target": "RUS", "kind": "view_favourable", "actor": "POL"}
    assert [round(value("ties/views.csv", date=f"{year}-01-01", **view)) for year in (2019, 2022)] == [33, 3]
    seats = {"name": "farright_seat_share", "actor": "DEU", "date": "2025-02-23"}
    assert value("indicators/populism.csv", **seats) == pytest.approx(24.1, abs=0.1)
    assert value("indicators/defence.csv", actor="POL", date="2024-01-01") == 4.07


def test_trade_of_the_union_with_the_rival_sums_to_the_published_total() -> None:
    sums: Counter[str] = Counter()
    for row in rows("ties/trade.csv"):
        if row["date"] == "2021-01-01":
            sums[row["kind"]] += int(row["value"])
    assert {kind: round(total / 1e9, 1) for kind, total in sums.items()} == {
        "imports_eur_yearly": 163.6,
        "exports_eur_yearly": 89.2,
    }


def test_part_years_and_unstated_origins_are_flagged() -> None:
    for path in TABLES:
        for row in rows(path) if path.endswith("_share.csv") else ():
            months = int(row["locator"].split(" months")[0].rsplit(" ", 1)[1])
            assert ("part of the year" in row["locator"]) == (months < 12)
    flagged = [row for row in rows("ties/products_import_share.csv") if "lower bound" in row["locator"]]
    assert len(flagged) > 10


def test_every_view_comes_with_the_size_of_its_sample() -> None:
    seen = {(row["kind"], row["actor"], row["target"], row["date"]) for row in rows("ties/views.csv")}
    kinds = ("view_favourable", "view_unfavourable", "view_sample_size")
    surveys = {key[1:] for key in seen}
    assert {(kind, *survey) for kind in kinds for survey in surveys} == seen
    assert min(float(row["value"]) for row in rows("ties/views.csv") if row["kind"] == kinds[2]) > 100


def test_the_forum_says_who_came_and_who_was_not_invited() -> None:
    conferences = {row["date"] for row in rows("facts/munich_conferences.csv")}
    assert len(conferences) == 22
    stated: dict[tuple[str, str], set[str]] = {}
    for row in rows("facts/munich_participation.csv"):
        stated.setdefault((row["actor"], row["date"][:4]), set()).add(row["key"])
        assert row["date"] in conferences
    assert stated["RUS", "2007"] == {"took_part", "highest_representative"}
    assert [stated["RUS", year] for year in ("2022", "2023", "2024")] == [
        {"stayed_away"},
        {"not_invited"},
        {"not_invited"},
    ]
    assert all(len(keys & {"took_part", "not_invited", "stayed_away"}) == 1 for keys in stated.values())


def test_ranks_of_risks_are_ties_and_a_whole_bloc_is_a_fact() -> None:
    risk = {"target": "RUS", "kind": "risk_rank", "date": "2024-01-01"}
    ranks = {
        actor: value("ties/munich_security_index.csv", actor=actor, **risk)
        for actor in members("G7", "2024-01-01")
    }
    assert ranks == {"JPN": 1, "GBR": 1, "CAN": 3, "USA": 4, "FRA": 6, "DEU": 7, "ITA": 12}
    assert value("facts/munich_security_index.csv", actor="G7", date="2024-01-01") == 4


def test_shipped_facts_stay_small() -> None:
    assert sum((registry.FACTS / path).stat().st_size for path in TABLES) < 3_000_000


def test_a_table_with_an_empty_cell_or_a_key_twice_is_refused() -> None:
    row = {
        "actor": "FRA",
        "date": "2021-01-01",
        "name": "x",
        "value": 1.5,
        "unit": "u",
        "source": "s",
        "locator": "l",
    }
    with pytest.raises(EvidenceError, match="without locator"):
        render("indicators", pd.DataFrame([row | {"locator": None}]))
    with pytest.raises(EvidenceError, match="more than one row"):
        render("indicators", pd.DataFrame([row, row]))


def test_labels_that_name_no_actor_are_all_named() -> None:
    with pytest.raises(EvidenceError) as caught:
        to_codes(pd.Series(["France", "Atlantis", "Lemuria"]))
    assert [problem.what for problem in caught.value.problems] == [
        "'Atlantis' names no known actor",
        "'Lemuria' names no known actor",
    ]


def test_a_comma_inside_a_name_does_not_split_a_list() -> None:
    named = pd.Series(["Gambia, The", "Jordan, Libya, Yemen, North, Niger"]).str.split(BETWEEN, regex=True)
    assert named.tolist() == [["Gambia, The"], ["Jordan", "Libya", "Yemen, North", "Niger"]]


def test_shares_whose_origin_is_mostly_unstated_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "energy"
    folder.mkdir()
    header = (
        "country,year,commodity,unit,total,russia,unspecified,months,russia_share_pct,unspecified_share_pct\n"
    )
    lines = (
        "Malta,2020,crude_oil,tonne,10,0,9,12.0,0.0,90.0\nMalta,2021,crude_oil,tonne,10,2,2,6.0,20.0,20.0\n"
    )
    (folder / "eurostat_russia_import_share.csv").write_text(header + lines)
    (kept,) = compile_crude_share(tmp_path).to_dict("records")
    assert (kept["date"], kept["value"]) == ("2021-01-01", 20.0)
    assert "6 months (part of the year), origin unstated for 20.0 %" in kept["locator"]


def test_an_empty_mirror_is_refused_with_every_missing_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--check"]) == 1
    complaint = capsys.readouterr().err
    assert all(str(tmp_path / file) in complaint for table in registry.TABLES for file in table.reads)


@pytest.mark.mirror
def test_every_table_compiles_again_to_the_same_bytes(mirror: Path) -> None:
    for path, text in registry.compiled(mirror).items():
        assert (registry.FACTS / path).read_bytes() == text.encode("utf-8"), path


@pytest.mark.mirror
def test_check_names_a_table_that_was_changed_by_hand(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "FACTS", tmp_path)
    registry.write(mirror)
    registry.check(mirror)
    (tmp_path / "ties" / "aid.csv").write_text("actor\n")
    (tmp_path / "ties" / "mine.csv").write_text("actor\n")
    with pytest.raises(EvidenceError) as caught:
        registry.check(mirror)
    assert [problem.where for problem in caught.value.problems] == ["ties/aid.csv", "ties/mine.csv"]


@pytest.mark.mirror
@pytest.mark.parametrize("year", [1949, 1952, 1955, 1982, 1999, 2004, 2009, 2017, 2018])
def test_allies_are_those_bound_to_defend_a_member_without_forces_of_its_own(mirror: Path, year: int) -> None:
    who = Gazetteer.load()
    iceland = (
        395  # its only alliances are the North Atlantic Treaty and that with the United States, a member
    )
    numbers = ask(
        "select distinct unnest([ccode1, ccode2])::integer from read_parquet(?)"
        " where atop_defense = 1 and year = ? and ? in (ccode1, ccode2)",
        str(mirror / "cow_atop" / "atop_alliance.parquet"),
        year,
        iceland,
    )
    assert {who.resolve(f"COW {number}", date(year, 1, 1)) for (number,) in numbers} == members(
        "NATO", f"{year}-12-31"
    )


def test_members_by_year_are_those_of_the_reference_of_cohesion(reference: Path) -> None:
    with (reference / "cohesion" / "own_eu_nato_cohesion_unga.csv").open(encoding="utf-8") as handle:
        wanted = [(row["year"], int(row["EU_n"]), int(row["NATO_n"])) for row in csv.DictReader(handle)]
    by_year = [
        (year, len(members("EU", f"{year}-01-31")), len(members("NATO", f"{year}-12-31")))
        for year, *_ in wanted
    ]
    late = {"2004", "2013"}  # accessions within the year, counted from that year on in the reference
    assert [row for row in by_year if row[0] not in late] == [row for row in wanted if row[0] not in late]
