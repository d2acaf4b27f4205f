"""A user's own table: what is accepted, what is refused in which words, how it is taken out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from detente.errors import EvidenceError, Problem
from detente.evidence import Account, forget, import_as, import_file, open_evidence, rebuild, status
from detente.evidence.ledger import Ledger
from tests.evidence.asking import ask

SOURCE = {"title": "LNG imports", "citation": "Own count, 2026", "licence": "CC BY 4.0"}
LNG: dict[str, Any] = {
    "table": "ties",
    "columns": {"actor": "country", "target": "partner", "date": "year", "value": "share"},
    "constants": {"kind": "lng_share", "unit": "percent"},
    "source": {"id": "lng", **SOURCE},
}
BALLOT: dict[str, Any] = {
    "table": "votes",
    "columns": {"actor": "state", "vote": "vote", "resolution": "resolution", "date": "day"},
    "constants": {"body": "UNGA"},
    "source": {"id": "ballots", **SOURCE},
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(*lines: str, name: str = "lng.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make


def problems(path: Path, mapping: Any) -> tuple[Problem, ...]:
    with pytest.raises(EvidenceError) as caught:
        import_file(path, mapping)
    return caught.value.problems


def wheres(found: tuple[Problem, ...]) -> list[str]:
    return [problem.where for problem in found]


def test_a_table_is_imported_and_accounted_for(cache: Path, write: Write) -> None:
    path = write(
        "country,partner,year,share",
        "France,Russia,2021,12.5",
        "DEU,Russian Federation,2021-01,",
        "Spain,RUS,2021,3",
    )
    account = import_file(path, LNG)
    assert (account.source, account.read, account.used, len(account.unresolved)) == ("lng", 3, 2, 0)
    assert account.set_aside[["label", "rows"]].values.tolist() == [["value is empty", 1]]
    with open_evidence() as evidence:
        found = evidence.ties("lng_share")
        assert found[["actor", "target", "value", "locator", "origin"]].values.tolist() == [
            ["ESP", "RUS", 3.0, "line 4", "imported"],
            ["FRA", "RUS", 12.5, "line 2", "imported"],
        ]
        about = evidence.sources().set_index("id").loc["lng"]
        assert (about["citation"], about["licence"], about["rows"]) == ("Own count, 2026", "CC BY 4.0", 2)


def test_an_import_is_kept_so_that_the_original_may_go(cache: Path, write: Write) -> None:
    path = write("country,partner,year,share", "France,Russia,2021,12.5")
    import_file(path, LNG)
    path.unlink()
    assert rebuild().ties("lng_share")["value"].tolist() == [12.5]


def test_an_import_beats_what_is_shipped_until_it_is_forgotten(cache: Path, write: Write) -> None:
    shipped = open_evidence()
    path = write("country,partner,year,share", "Hungary,Russia,2021,50")
    import_file(path, LNG | {"constants": {"kind": "crude_import_share", "unit": "percent"}})

    def value() -> float:
        found = open_evidence().ties("crude_import_share", actors=["HUN"], targets=["RUS"])
        return float(found.loc[found["date"] == "2021-01-01", "value"].item())

    assert value() == 50.0
    forget("lng")
    assert round(value(), 1) == 58.2
    assert open_evidence().digest == shipped.digest
    assert not (cache / "files" / "lng").exists(), "no copy of a user's file outlives its import"
    with pytest.raises(EvidenceError, match="neither imported nor pulled"):
        forget("lng")


def test_the_same_table_imported_again_changes_nothing_and_is_accounted_for_alike(
    cache: Path, write: Write
) -> None:
    path = write("country,partner,year,share", "France,Russia,2021,12.5", "Spain,Russia,2021,")
    first = import_file(path, LNG)
    stamp = (cache / "evidence.duckdb").stat().st_mtime_ns
    again = import_file(path, LNG)
    assert (again.read, again.used) == (first.read, first.used) == (2, 1)
    assert (cache / "evidence.duckdb").stat().st_mtime_ns == stamp


def test_a_second_import_of_the_same_id_takes_the_place_of_the_first(cache: Path, write: Write) -> None:
    import_file(write("country,partner,year,share", "France,Russia,2021,12.5"), LNG)
    import_file(write("country,partner,year,share", "France,Russia,2021,13.5"), LNG)
    assert open_evidence().ties("lng_share")["value"].tolist() == [13.5]


def test_all_faults_of_a_file_are_named_at_once_with_their_lines(cache: Path, write: Write) -> None:
    path = write(
        "country,partner,year,share",
        "France,Atlantis,2021,1",
        "France,Atlantis,2022,1",
        "Czechoslovakia,Russia,2021,1",
        "France,Russia,soon,1",
        "Spain,Russia,2021,inf",
        "Spain,Russia,2022,many",
    )
    found = problems(path, LNG)
    said = {problem.where: problem.what for problem in found}
    assert sorted(said) == ["lng.csv:2", "lng.csv:4", "lng.csv:5", "lng.csv:6", "lng.csv:7"]
    assert "unknown actor 'Atlantis'" in said["lng.csv:2"] and "1 more line" in said["lng.csv:2"]
    assert "did not exist on 2021-01-01" in said["lng.csv:4"]
    assert "'soon' is no date" in said["lng.csv:5"]
    assert "'inf' is not a finite number" in said["lng.csv:6"]
    assert all(problem.hint for problem in found)
    assert not cache.exists(), "nothing is kept of a file that is refused"


def test_rows_with_the_same_key_are_refused_with_both_lines(cache: Path, write: Write) -> None:
    path = write(
        "country,partner,year,share", "France,Russia,2021,1", "Spain,Russia,2021,1", "FRA,RUS,2021-01-01,2"
    )
    (problem,) = problems(path, LNG)
    assert problem.where == "lng.csv:2" and "line 4" in problem.what and "actor FRA" in problem.what


def test_lines_are_counted_where_a_cell_runs_over_several(cache: Path, write: Write) -> None:
    path = write(
        "country,partner,year,share,note", 'France,Russia,2021,1,"two', 'lines"', "Atlantis,Russia,2021,1,x"
    )
    assert wheres(problems(path, LNG)) == ["lng.csv:4"]


def test_wrong_columns_are_named_with_the_nearest(cache: Path, write: Write) -> None:
    path = write("contry,partner,year,share", "France,Russia,2021,1")
    (problem,) = problems(path, LNG)
    assert "has no column 'country'" in problem.what and problem.hint == "did you mean 'contry'?"


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"table": "tie"}, "mapping: table", "did you mean 'ties'?"),
        ({"colums": {}}, "mapping: colums", "did you mean 'columns'?"),
        ({"columns": {**LNG["columns"], "valeu": "x"}}, "mapping: columns", "did you mean 'value'?"),
        ({"columns": {"actor": "country"}}, "mapping: columns", "nothing is said of 'target'"),
        ({"constants": {**LNG["constants"], "value": 3}}, "mapping: constants", "given as a column too"),
        ({"source": {"title": "x"}}, "mapping: source.citation", "is missing"),
        ({"source": {**LNG["source"], "id": "unga_votes"}}, "mapping: source.id", "--as unga_votes"),
    ],
)
def test_a_faulty_mapping_is_refused(
    cache: Path, write: Write, change: dict[str, Any], where: str, said: str
) -> None:
    path = write("country,partner,year,share", "France,Russia,2021,1")
    found = problems(path, LNG | change)
    assert where in wheres(found) and any(said in str(problem) for problem in found)


def test_a_mapping_is_read_from_yaml_and_names_its_file(cache: Path, write: Write) -> None:
    path = write("country,partner,year,share", "France,Russia,2021,1")
    text = """
    table: ties
    columns: {actor: country, target: partner, date: year, value: share}
    constants: {kind: lng_share, unit: percent}
    source: {title: LNG, citation: Own count, licence: CC0}
    """
    assert import_file(path, write(text, name="lng.yaml")).source == "lng", "the file's name serves as the id"
    assert wheres(problems(path, write(text.replace("table:", "tabel:"), name="bad.yaml"))) == [
        "bad.yaml: table",
        "bad.yaml: tabel",
    ]
    assert "not YAML" in problems(path, write("a: [", name="worse.yaml"))[0].what


def test_labels_are_named_or_passed_over_by_the_mapping(cache: Path, write: Write) -> None:
    path = write(
        "country,partner,year,share", "Gaul,Russia,2021,1", "World,Russia,2021,9", "World,Russia,2022,9"
    )
    account = import_file(path, LNG | {"actors": {"Gaul": "FRA"}, "ignore": ["World"]})
    assert (account.read, account.used) == (3, 1)
    assert account.unresolved[["label", "rows"]].values.tolist() == [["World", 2]]
    assert status().unresolved[["source", "label"]].values.tolist() == [["lng", "World"]]


def test_dates_numbers_and_separators_may_have_another_form(cache: Path, write: Write) -> None:
    path = write("country;partner;day;share", "France;Russia;31/12/2021;:", "Spain;Russia;30/12/2021;4")
    columns = {**LNG["columns"], "date": "day"}
    account = import_file(path, LNG | {"columns": columns, "date_format": "%d/%m/%Y", "missing": [":"]})
    assert (account.read, account.used) == (2, 1)
    assert str(open_evidence().ties("lng_share")["date"].iloc[0].date()) == "2021-12-30"


def test_parquet_is_read_like_csv(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "lng.parquet"
    row = "'France' AS country, 'Russia' AS partner, DATE '2021-01-01' AS year, 12.5 AS share"
    ask(f"COPY (SELECT {row}) TO '{path}'")
    assert import_file(path, LNG).used == 1
    path.write_bytes(b"PAR1" + b"x" * 100)
    assert "is not a Parquet file" in problems(path, LNG)[0].what


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("lng.zip", b"PK", "neither CSV nor Parquet"),
        ("lng.csv", b"country,partner\n\xff\xfe,1\n", "UTF-8"),
        ("lng.csv", b"country,partner,year,share\n", "no rows"),
        ("lng.csv", b"", "no rows"),
        ("lng.csv", b"country,partner,year,share\nFrance,Russia\n", "has 2 cells, the header 4"),
        ("lng.csv", b"country,country,year,share\na,b,c,d\n", "comes twice"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    cache: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert any(said in str(problem) for problem in problems(tmp_path / name, LNG))


def test_a_path_that_leads_nowhere_is_an_error(cache: Path, tmp_path: Path) -> None:
    assert "cannot be read" in problems(tmp_path / "gone.csv", LNG)[0].what
    assert "is not a file" in problems(tmp_path, LNG)[0].what


def test_votes_make_their_roll_calls(cache: Path, write: Write) -> None:
    path = write(
        "state,vote,resolution,day",
        "France,Y,A/RES/99/1,2024-12-01",
        "Russia,X,A/RES/99/1,2024-12-01",
        name="b.csv",
    )
    assert import_file(path, BALLOT).used == 2
    cast = open_evidence().votes(resolutions=["A/RES/99/1"])
    assert cast[["roll_call", "actor", "vote"]].values.tolist() == [
        ["ballots:A/RES/99/1", "FRA", "yes"],
        ["ballots:A/RES/99/1", "RUS", "absent"],
    ]


def test_faulty_votes_are_refused(cache: Path, write: Write) -> None:
    path = write(
        "state,vote,resolution,day",
        "France,maybe,A/RES/99/1,2024-12-01",
        "Soviet Union,Y,A/RES/99/1,2024-12-01",
        name="b.csv",
    )
    found = problems(path, BALLOT)
    assert wheres(found) == ["b.csv:2", "b.csv:3"]
    assert "'maybe' is no vote" in found[0].what and "did not exist on 2024-12-01" in found[1].what
    twice = write("state,vote,resolution,day", *["France,Y,A/RES/99/1,2024-12-01"] * 2, name="b.csv")
    assert "comes again on line 3" in problems(twice, BALLOT)[0].what


def test_words_for_votes_may_be_given(cache: Path, write: Write) -> None:
    path = write("state,vote,resolution,day", "France,pour,A/RES/99/1,2024-12-01", name="b.csv")
    account = import_file(path, BALLOT | {"votes": {"Pour": "yes"}})
    assert account.used == 1
    (problem,) = problems(path, BALLOT | {"votes": {"pour": "yep"}})
    assert problem.where == "mapping: votes.pour"


def test_a_bare_yes_in_yaml_is_a_vote(cache: Path, write: Write) -> None:
    path = write("state,resolution,day", "France,A/RES/99/1,2024-12-01", name="b.csv")
    mapping = write(
        "table: votes",
        "columns: {actor: state, resolution: resolution, date: day}",
        "constants: {body: UNGA, vote: yes}",
        "votes: {ja: yes, nein: no}",
        "source: {title: B, citation: Own, licence: CC0}",
        name="b.yaml",
    )
    import_file(path, mapping)
    assert open_evidence().votes(resolutions=["A/RES/99/1"])["vote"].tolist() == ["yes"]


UNDL = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,agenda_title,"
    "subjects,total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)


def test_the_digital_librarys_own_file_is_taken_as_its_source(cache: Path, write: Write) -> None:
    row = ",2024-12-03,79,A/RES/79/1,,,A/79/PV.1,A title,,,1,1,0,0,2,https://digitallibrary.un.org/record/4000001"
    path = write(
        UNDL, f"4000001,FRA,FRANCE,Y{row}", f"4000001,RUS,RUSSIAN FEDERATION,N{row}", name="2026_ga.csv"
    )
    account = import_as(path, "undl_votes")
    assert isinstance(account, Account) and account.used == 3
    cast = open_evidence().votes(resolutions=["A/RES/79/1"])
    assert cast[["roll_call", "actor", "vote"]].values.tolist() == [
        ["undl:4000001", "FRA", "yes"],
        ["undl:4000001", "RUS", "no"],
    ]
    assert Ledger.load(cache).sources == ("undl_votes",)


def test_a_providers_file_of_the_wrong_name_or_source_is_refused(cache: Path, write: Write) -> None:
    path = write("x", name="gpd.csv")
    with pytest.raises(EvidenceError, match=r"did you mean 'gdp\.csv'"):
        import_as(path, "macro")
    with pytest.raises(EvidenceError, match=r"population\.csv would be missing"):
        import_as(write("x", name="gdp.csv"), "macro")
    with pytest.raises(EvidenceError, match="compiled by hand"):
        import_as(path, "nato")
    with pytest.raises(EvidenceError, match="did you mean 'macro'"):
        import_as(path, "macros")
    assert not (cache / "inputs.json").exists()


def test_a_large_table_is_imported_in_seconds(cache: Path, tmp_path: Path) -> None:
    import time

    codes = open_evidence().gazetteer.codes[:100]
    frame = pd.DataFrame(
        [
            (actor, f"{year}-{month:02}", 1.5)
            for actor in codes
            for year in range(1920, 2020)
            for month in range(1, 13)
        ],
        columns=["country", "month", "share"],
    )
    path = tmp_path / "large.csv"
    frame.to_csv(path, index=False)
    mapping = LNG | {
        "table": "indicators",
        "columns": {"actor": "country", "date": "month", "value": "share"},
    }
    start = time.process_time()
    with pytest.raises(EvidenceError, match="did not exist"):
        import_file(path, mapping | {"constants": {"name": "x", "unit": "percent"}})
    assert time.process_time() - start < 10


def test_a_row_that_comes_twice_is_named_beside_other_faults(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(
        "state,vote,day,res\nFrance,yes,1955-05-05,A/RES/1\nFrance,no,1955-05-05,A/RES/1\n"
        "Italy,perhaps,1956-05-05,A/RES/1\n",
        encoding="utf-8",
    )
    mapping = {
        "table": "votes",
        "columns": {"actor": "state", "vote": "vote", "date": "day", "resolution": "res"},
        "constants": {"body": "UNGA"},
        "source": {"title": "T", "citation": "C", "licence": "L"},
    }
    with pytest.raises(EvidenceError) as caught:
        import_file(path, mapping)
    assert [problem.where for problem in caught.value.problems] == ["v.csv:2", "v.csv:4"]


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        ("date: 2020-02-30\n", "is not YAML"),
        ("[" * 2000, "is not YAML"),
        ("table: [ties]\n", "valid string"),
        ("- ties\n", "valid dictionary"),
        ("table: ties\ncolumns: {}\nconstants: {value: .nan}\n", "constants.value"),
        ("table: ties\ncolumns: {}\nconstants: {value: .inf}\n", "constants.value"),
        ("table: votes\ncolumns: {}\nvotes: {x: [no]}\n", "votes"),
        ("\x00", "is not YAML"),
    ],
)
def test_a_mapping_that_is_none_is_named_with_what_to_do(
    cache: Path, write: Write, tmp_path: Path, mapping: str, what: str
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    found = problems(write("a,b", "1,2"), path)
    assert any(what in str(problem) for problem in found)
    assert all(problem.where and problem.hint for problem in found)


@pytest.mark.parametrize(
    ("held", "name"), [(b"a,b\n1,2,3\n", "t.csv"), (b"a,a\n1,2\n", "t.csv"), (b"PAR1", "t.parquet")]
)
def test_a_table_that_is_none_is_named_with_what_to_do(
    cache: Path, tmp_path: Path, held: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(held)
    assert all(problem.where and problem.hint for problem in problems(path, LNG))
