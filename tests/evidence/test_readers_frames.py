"""What readers share: each file that is not as it should be is named, with the line and the cause."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers import frames, names, reader
from detente.evidence.readers.ballots import normal_resolution


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path / "vote.csv", "a\n1\n")
    with pytest.raises(EvidenceError) as caught:
        frames.present(tmp_path / "votes.csv", tmp_path / "other.parquet")
    assert [problem.what for problem in caught.value.problems] == ["is not there", "is not there"]
    assert caught.value.problems[0].hint == "did you mean 'vote.csv'?"
    assert "detente data pull" in caught.value.problems[1].hint


@pytest.mark.parametrize("name", ["votes.csv", "votes.parquet"])
def test_an_empty_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError, match="is empty"):
        frames.present(write(tmp_path / name, ""))


def test_a_corrupt_parquet_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "votes.parquet", "PAR1 this was a download page")
    with pytest.raises(EvidenceError, match="cannot be read") as caught:
        frames.parquet(path, ["rcid"])
    assert caught.value.problems[0].where == str(path)
    assert "pull it again" in caught.value.problems[0].hint


@pytest.mark.parametrize("rows", ["1,2,3\n1,2,3\n", "1,2\n1,2,3\n", '1,"2\n'])
def test_a_corrupt_csv_file_is_named(tmp_path: Path, rows: str) -> None:
    path = write(tmp_path / "votes.csv", "a,b\n" + rows)
    with pytest.raises(EvidenceError, match="cannot be read"):
        frames.csv(path, ["a", "b"])


def test_all_missing_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "votes.csv", "contry,date\nx,y\n")
    with pytest.raises(EvidenceError) as caught:
        frames.csv(path, ["country", "date", "vote"])
    assert [str(problem.what) for problem in caught.value.problems] == [
        "column 'country' is missing",
        "column 'vote' is missing",
    ]
    assert caught.value.problems[0].hint == "did you mean 'contry'?"
    assert caught.value.problems[1].hint == "its columns are: contry, date"


def test_namibia_is_no_missing_value_and_a_mark_at_the_start_no_letter(tmp_path: Path) -> None:
    path = write(tmp_path / "codes.csv", "code,name\nNA,Namibia\n,none\n", "utf-8-sig")
    found = frames.csv(path, ["code", "name"])
    assert found["code"].fillna("-").tolist() == ["NA", "-"]


def test_a_file_in_the_windows_encoding_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "names.csv", "name\nCôte d’Ivoire\n", "cp1252")
    assert frames.csv(path, ["name"])["name"].tolist() == ["Côte d’Ivoire"]


def test_values_that_are_no_numbers_are_named_with_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "gdp.csv", 'name,value\n"two\nlines",1\nx,many\ny,\nz,many\n')
    with pytest.raises(EvidenceError) as caught:
        frames.numbers(frames.csv(path, ["name", "value"]), ["value"], path)
    (problem,) = caught.value.problems
    assert problem.where == f"{path}:4, 6"
    assert problem.what == "'many' in column 'value' is no number"


def test_days_that_are_none_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", "date\n2022-03-02\n02.03.2022\n")
    with pytest.raises(EvidenceError, match=r"d\.csv:3: '02\.03\.2022' in column 'date' is no date"):
        frames.days(frames.csv(path, ["date"]), "date", path)


def test_long_lists_of_lines_are_cut_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "many.csv", "value\n" + "x\n" * 9)
    assert frames.place(path, range(9)) == f"{path}:2, 3, 4, 5, 6 and 4 more"
    assert frames.place(path.with_suffix(".parquet"), [0, 3]) == f"{path.with_suffix('.parquet')}, row 1, 4"


def test_unresolved_rows_are_left_out_and_counted_with_the_reason() -> None:
    rows = pd.DataFrame({"who": ["France", "World", "World", None], "value": [1, 2, 3, 4]})
    found, unresolved = frames.resolve(rows, "who")
    assert found.to_dict("records") == [{"who": "France", "value": 1, "actor": "FRA"}]
    assert unresolved.set_index("label").to_dict("index") == {
        "World": {"rows": 2, "reason": "aggregate"},
        "": {"rows": 1, "reason": "no label"},
    }


def test_the_first_row_of_a_key_is_kept_and_the_others_counted() -> None:
    rows = pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 1, 1], "value": [10, 20, 30]})
    found, line = frames.once(rows, ["a", "b"], "the first is kept")
    assert found["value"].tolist() == [10, 30]
    assert line == ("rows with the key of another", 1, "the first is kept")


def test_tallies_are_pooled_by_label_and_reason() -> None:
    one, two = frames.tally(("World", 2, "aggregate")), frames.tally(("World", 3, "aggregate"), ("x", 1, "y"))
    assert frames.pooled(one, two).to_dict("list") == {
        "label": ["World", "x"],
        "rows": [5, 1],
        "reason": ["aggregate", "y"],
    }
    assert frames.pooled().empty


@pytest.mark.parametrize(
    ("symbol", "normal"),
    [
        ("A/RES/68/262", "A/RES/68/262"),
        ("A/RES/ES-11/1", "A/RES/ES-11/1"),
        ("A/RES/44/41[C]", "A/RES/44/41 C"),
        ("A/RES/44/41 C", "A/RES/44/41 C"),
        ("A/RES/3184 (XXVIII)[A]", "A/RES/3184(XXVIII) A"),
        ("A/RES/2252(ES-V)", "A/RES/2252(ES-V)"),
        ("A/RES/S-10/2", "A/RES/S-10/2"),
        ("A/RES/56/24A-B", "A/RES/56/24 A-B"),
        ("A/RES/33/116[B][VII]", "A/RES/33/116 B VII"),
        ("A/71/L.2", None),
        ("A/RES/71/5 corrected", "A/RES/71/5 CORRECTED"),
        ("", None),
    ],
)
def test_symbols_of_resolutions_have_one_form(symbol: str, normal: str | None) -> None:
    assert normal_resolution(symbol) == normal


def test_an_unknown_reader_is_met_with_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="did you mean 'unga_votes'"):
        reader("unga_vote")


@pytest.mark.parametrize("name", names())
def test_each_reader_names_what_is_missing_in_an_empty_folder(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path, tmp_path / "no such folder"):
        with pytest.raises(EvidenceError, match=r"is not there|holds no"):
            reader(name)(folder)


@pytest.mark.parametrize("year", [float("nan"), float("inf"), 1e30, -5.0, 0.0])
def test_a_year_that_is_missing_or_none_is_no_day(year: float) -> None:
    with pytest.raises(ValueError, match="a year is missing"):
        frames.year_start(pd.Series([2014.0, year]))


def test_a_number_that_is_missing_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "gdp.csv", "Year,Value\n2000,1\n,2\n")
    table = frames.numbers(frames.csv(path, ["Year", "Value"]), ["Year"], path)
    with pytest.raises(EvidenceError, match="'' in column 'Year' is no year") as caught:
        frames.reject(table, "Year", table["Year"].isna(), path, "is no year")
    assert caught.value.problems[0].where == f"{path}:3"
