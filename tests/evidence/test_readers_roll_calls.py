"""Roll calls of the General Assembly, as three providers write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers import ballots, ukraine_votes, undl_votes, unga_votes
from detente.evidence.tables import SCHEMA, VOTES, Tables
from tests.evidence.asking import ask

CALLS = ("rcid", "session", "importantvote", "date", "unres", "amend", "para", "short", "descr")
CALL = (5309, 68, 0, "2014-03-27", "R/68/262", None, None, "MEDIATION", "Territorial integrity")
TIDY = "unga_ukraine_68-262_ES-11-1_tidy.csv"


def parquet(path: Path, frame: pd.DataFrame) -> None:
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY (FROM frame) TO '{path}' (FORMAT parquet)")


def voeten(
    folder: Path, votes: Sequence[tuple[int, str, str | None]], calls: Sequence[tuple[object, ...]] = (CALL,)
) -> Path:
    frame = pd.DataFrame(calls, columns=list(CALLS))
    frame = frame.assign(date=pd.to_datetime(frame["date"]))
    for name in ("importantvote", "amend", "para"):
        frame[name] = frame[name].astype("Int64")
    parquet(folder / "roll_calls.parquet", frame)
    parquet(folder / "votes.parquet", pd.DataFrame(votes, columns=["rcid", "country", "vote"]))
    parquet(
        folder / "roll_call_issues.parquet",
        pd.DataFrame({"rcid": [calls[0][0]], "short_name": ["hr"], "issue": ["Human rights"]}),
    )
    return folder


def columns_are_those_of_the_schema(tables: Tables) -> None:
    for name, frame in tables.filled().items():
        assert set(frame.columns) == {column.name for column in SCHEMA[name]}, name
        for column in SCHEMA[name]:
            if not column.optional:
                assert frame[column.name].notna().all(), (name, column.name)


def counts(tables: Tables, roll_call: str) -> tuple[int, ...]:
    assert tables.votes is not None
    cast = tables.votes.loc[tables.votes["roll_call"] == roll_call, "vote"].value_counts()
    return tuple(int(cast.get(word, 0)) for word in ("yes", "no", "abstain", "absent"))


def test_a_vote_of_an_actor_that_did_not_exist_then_is_named_with_its_days(tmp_path: Path) -> None:
    folder = voeten(tmp_path, [(5309, "France", "yes"), (5309, "Czechoslovakia", "no")])
    with pytest.raises(EvidenceError) as caught:
        unga_votes.read(folder)
    (problem,) = caught.value.problems
    assert problem.where == f"{folder / 'votes.parquet'}, row 2"
    assert problem.what == (
        "'Czechoslovakia' is CSK (Czechoslovakia), which existed from 1918-10-28 to 1992-12-31, "
        "and votes on 2014-03-27"
    )


def test_doubled_unknown_and_untimely_votes_are_named_all_at_once(tmp_path: Path) -> None:
    votes = [
        (5309, "France", "yes"),
        (5309, "France", "no"),
        (5309, "Germany", "aye"),
        (5309, "Spain", None),
        (5309, "Zanzibar", "yes"),
    ]
    with pytest.raises(EvidenceError) as caught:
        unga_votes.read(voeten(tmp_path, votes))
    said = [problem.what for problem in caught.value.problems]
    assert said[0] == "'aye' in column 'word' is no vote: write one of yes, abstain, no"
    assert said[1] == "'' in column 'word' is no vote: write one of yes, abstain, no"
    assert said[2] == "FRA votes 2 times in unga:5309"
    assert said[3].startswith("'Zanzibar' is EAZ")


def test_a_vote_in_no_roll_call_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"is in no row of roll_calls\.parquet"):
        unga_votes.read(voeten(tmp_path, [(7, "France", "yes")]))


def test_a_label_that_is_no_actor_is_counted_and_left_out(tmp_path: Path) -> None:
    tables = unga_votes.read(voeten(tmp_path, [(5309, "France", "yes"), (5309, "Atlantis", "yes")]))
    assert tables.unresolved.to_dict("records") == [
        {"label": "Atlantis", "rows": 1, "reason": "no actor of this name"}
    ]
    assert tables.votes is not None
    assert tables.votes["actor"].tolist() == ["FRA"]


@pytest.mark.parametrize(
    ("session", "unres", "symbol"),
    [
        (1, "R/1/66", None),
        (28, "R/28/3184A", "A/RES/3184(XXVIII) A"),
        (44, "R/44/41C", "A/RES/44/41 C"),
        (42, "R/42/70/A", "A/RES/42/70 A"),
        (33, "R/33/116B/VII", "A/RES/33/116 B VII"),
        (67, "R/677/46", None),
        (72, "A/RES/ES-10/19", "A/RES/ES-10/19"),
        (22, "ESS/5/100", None),
        (30, "", None),
    ],
)
def test_symbols_are_read_where_they_are_symbols(
    tmp_path: Path, session: int, unres: str, symbol: str | None
) -> None:
    call = (6000, session, 0, "2010-12-08", unres, None, None, "A", "B")
    tables = unga_votes.read(voeten(tmp_path, [(6000, "France", "yes")], [call]))
    assert tables.roll_calls is not None
    assert tables.roll_calls["resolution"].tolist() == [symbol]
    assert tables.set_aside["rows"].sum() == (1 if unres and not symbol else 0)


def test_amendments_and_paragraphs_are_told_from_resolutions(tmp_path: Path) -> None:
    marks = [(1, 1, "amendment"), (1, None, "amendment"), (0, 1, "paragraph"), (0, 0, "resolution")]
    calls = [
        (6000 + at, 68, None, "2013-12-18", "", amend, para, "short", "descr")
        for at, (amend, para, _) in enumerate(marks)
    ]
    tables = unga_votes.read(voeten(tmp_path, [(6000, "France", "yes")], calls))
    assert tables.roll_calls is not None
    assert tables.roll_calls["kind"].tolist() == [kind for _, _, kind in marks]
    assert tables.roll_calls["important"].tolist() == [None] * 4


def test_days_that_are_no_days_of_the_month_become_the_first(tmp_path: Path) -> None:
    calls = [
        (100, 17, 0, "1963-12-03", "", 0, 0, "a", "b"),
        (5309, 68, 0, "2014-03-27", "", 0, 0, "a", "b"),
    ]
    # Zanzibar became independent on the tenth of that month
    tables = unga_votes.read(voeten(tmp_path, [(100, "Zanzibar", "yes")], calls))
    assert tables.roll_calls is not None
    assert tables.roll_calls["date"].dt.strftime("%Y-%m-%d").tolist() == ["1963-12-01", "2014-03-27"]


def test_days_are_left_alone_in_a_release_that_corrects_them(tmp_path: Path) -> None:
    calls = [(at, 17, 0, f"1963-12-{day}", "", 0, 0, "a", "b") for at, day in ((100, "03"), (101, "16"))]
    tables = unga_votes.read(voeten(tmp_path, [(100, "France", "yes")], calls))
    assert tables.roll_calls is not None
    assert tables.roll_calls["date"].dt.day.tolist() == [3, 16]
    assert tables.set_aside.empty


@pytest.fixture(scope="module")
def release(mirror: Path) -> Tables:
    return unga_votes.read(mirror / "unga_votes")


@pytest.mark.mirror
def test_all_roll_calls_and_votes_of_the_release_are_read(release: Tables) -> None:
    tables = release
    columns_are_those_of_the_schema(tables)
    assert tables.roll_calls is not None and tables.votes is not None
    assert len(tables.roll_calls) == 6203
    assert len(tables.votes) + tables.unresolved["rows"].sum() == 870_109
    assert tables.unresolved.empty
    assert set(tables.votes["vote"]) == {"yes", "abstain", "no"}
    assert counts(tables, "unga:5309") == (100, 11, 58, 0)
    calls = tables.roll_calls.set_index("roll_call")
    assert calls.loc["unga:5309", "resolution"] == "A/RES/68/262"
    assert calls.loc["unga:5309", "title"] == "Territorial integrity of Ukraine"
    assert calls["resolution"].dropna().str.fullmatch(r"A/RES/\S+( [A-Z]+)*").all()


@pytest.mark.mirror
def test_former_states_vote_under_their_own_codes_and_in_their_time(release: Tables) -> None:
    assert release.votes is not None and release.roll_calls is not None
    dated = release.votes.merge(release.roll_calls[["roll_call", "date"]], on="roll_call")
    last = dated.groupby("actor")["date"].max().dt.strftime("%Y-%m")
    assert last[["SUN", "CSK", "YUG", "SCG", "DDR", "YAR", "YMD", "TWN"]].to_dict() == {
        "SUN": "1991-12",
        "CSK": "1992-12",
        "YUG": "2002-12",
        "SCG": "2006-05",
        "DDR": "1989-12",
        "YAR": "1989-12",
        "YMD": "1989-12",
        "TWN": "1971-10",
    }


@pytest.mark.mirror
def test_recurring_resolutions_are_pairs_of_known_roll_calls(mirror: Path) -> None:
    pairs = unga_votes.linked_resolutions(mirror / "unga_votes")
    known = ask(f"SELECT 'unga:' || rcid FROM '{mirror}/unga_votes/roll_calls.parquet'")
    assert len(pairs) == 955
    assert pairs.iloc[0].tolist() == ["unga:299", "unga:331"]
    assert len((set(pairs["earlier"]) | set(pairs["later"])) - {name for (name,) in known}) == 6


def tidy(folder: Path, *rows: str) -> Path:
    (folder / TIDY).write_text("resolution,date,name_source,vote,iso3\n" + "\n".join(rows) + "\n", "utf-8")
    return folder


def test_votes_on_another_resolution_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"tidy\.csv:2: '1/1' in column 'resolution' is none of"):
        ukraine_votes.read(tidy(tmp_path, "1/1,2014-03-27,Albania,Y,ALB"))


def test_a_doubled_vote_is_named_with_both_lines(tmp_path: Path) -> None:
    row = "68/262,2014-03-27,Albania,Y,ALB"
    with pytest.raises(EvidenceError, match=r"tidy\.csv:2, 4: ALB votes 2 times in undl:767565"):
        ukraine_votes.read(tidy(tmp_path, row, "68/262,2014-03-27,Andorra,Y,AND", row))


@pytest.mark.mirror
def test_the_two_votes_on_ukraine_count_as_the_record_says(mirror: Path) -> None:
    tables = ukraine_votes.read(mirror / "ukraine_votes")
    columns_are_those_of_the_schema(tables)
    assert counts(tables, "undl:3959039") == (141, 5, 35, 12)
    assert counts(tables, "undl:767565") == (100, 11, 58, 24)
    assert tables.unresolved.empty
    assert tables.roll_calls is not None
    assert dict(zip(tables.roll_calls["resolution"], tables.roll_calls["session"], strict=True)) == {
        "A/RES/68/262": 68,
        "A/RES/ES-11/1": 76,
    }


LIBRARY = (
    "undl_id",
    "ms_code",
    "ms_name",
    "ms_vote",
    "date",
    "session",
    "resolution",
    "draft",
    "committee_report",
    "meeting",
    "title",
    "agenda_title",
    "subjects",
    "total_yes",
    "total_no",
    "total_abstentions",
    "total_non_voting",
    "total_ms",
    "undl_link",
)


def library(folder: Path, *votes: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    usual = {
        "undl_id": "3959039",
        "date": "2022-03-02",
        "session": "11emsp",
        "resolution": "A/RES/ES-11/1",
        "title": "Aggression against Ukraine :\nresolution",
        "subjects": "UKRAINE SITUATION|AGGRESSION",
        "undl_link": "https://digitallibrary.un.org/record/3959039",
    }
    with (folder / "2026_ga_voting.csv").open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, LIBRARY, restval="")
        writer.writeheader()
        writer.writerows(usual | vote for vote in votes)
    return folder


def vote(name: str, word: str, **other: str) -> dict[str, str]:
    return {"ms_name": name, "ms_vote": word, **other}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "latin-1"])
def test_the_library_is_read_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    folder = library(
        tmp_path,
        vote("TÜRKİYE" if encoding != "latin-1" else "CÔTE D'IVOIRE", "Y"),
        vote("RUSSIAN FEDERATION", "N"),
        vote("CHINA", "a"),
        vote("VENEZUELA (BOLIVARIAN REPUBLIC OF)", "X"),
        encoding=encoding,
    )
    tables = undl_votes.read(folder)
    columns_are_those_of_the_schema(tables)
    assert counts(tables, "undl:3959039") == (1, 1, 1, 1)
    assert tables.votes is not None and tables.roll_calls is not None and tables.roll_call_issues is not None
    assert tables.votes["actor"].tolist()[1:] == ["RUS", "CHN", "VEN"]
    call = tables.roll_calls.iloc[0]
    assert (call["resolution"], call["session"], call["body"]) == ("A/RES/ES-11/1", 76, "UNGA")
    assert tables.roll_call_issues["issue"].tolist() == ["UKRAINE SITUATION", "AGGRESSION"]


def test_historical_names_mean_the_seat_of_their_day(tmp_path: Path) -> None:
    old = {"undl_id": "1", "date": "1970-12-16", "session": "25", "resolution": "A/RES/2739(XXV)"}
    late = {"undl_id": "2", "date": "1990-12-14", "session": "45", "resolution": "A/RES/45/76[A]"}
    folder = library(
        tmp_path,
        *(
            vote(name, "Y", **old)
            for name in ("CHINA", "USSR", "YEMEN", "BYELORUSSIAN SSR", "UNITED ARAB REPUBLIC")
        ),
        *(
            vote(name, "Y", **late)
            for name in ("YEMEN", "YUGOSLAVIA", "CZECHOSLOVAKIA", "ZAIRE", "USSR", "GERMANY")
        ),
    )
    tables = undl_votes.read(folder)
    assert tables.votes is not None and tables.roll_calls is not None
    assert tables.votes.groupby("roll_call")["actor"].agg(list).to_dict() == {
        "undl:1": ["TWN", "SUN", "YAR", "BLR", "EGY"],
        "undl:2": ["YEM", "YUG", "CSK", "COD", "SUN", "DEU"],
    }
    assert tables.roll_calls["resolution"].tolist() == ["A/RES/2739(XXV)", "A/RES/45/76 A"]
    assert tables.roll_calls["session"].tolist() == [25, 45]


def test_a_name_that_is_unknown_falls_back_on_the_code(tmp_path: Path) -> None:
    folder = library(tmp_path, vote("LA FRANCE", "Y", ms_code="FRA"), vote("ATLANTIS", "Y", ms_code="ATL"))
    tables = undl_votes.read(folder)
    assert tables.votes is not None
    assert tables.votes["actor"].tolist() == ["FRA"]
    assert tables.unresolved["rows"].tolist() == [1]


def test_the_library_s_mistakes_are_named_all_at_once_with_their_lines(tmp_path: Path) -> None:
    folder = library(
        tmp_path,
        vote("FRANCE", "Y"),
        vote("FRANCE", "N"),
        vote("SPAIN", "Q"),
        vote("CZECHOSLOVAKIA", "Y"),
    )
    with pytest.raises(EvidenceError) as caught:
        undl_votes.read(folder)
    told = [(problem.where.rpartition(":")[2], problem.what) for problem in caught.value.problems]
    assert told[0] == ("6", "'Q' in column 'word' is no vote: write one of Y, N, A, X")
    assert told[1] == ("2, 4", "FRA votes 2 times in undl:3959039")
    assert told[2][0] == "8"
    assert told[2][1].startswith("'CZECHOSLOVAKIA' is CSK")


def test_dates_that_are_none_or_two_are_named(tmp_path: Path) -> None:
    folder = library(
        tmp_path,
        vote("FRANCE", "Y", undl_id="1", date="2 March 2022"),
        vote("FRANCE", "Y", undl_id="2", date="2022-03-02"),
        vote("SPAIN", "Y", undl_id="2", date="2022-03-03"),
    )
    with pytest.raises(EvidenceError) as caught:
        undl_votes.read(folder)
    assert [problem.what for problem in caught.value.problems] == [
        "'2 March 2022' is no date",
        "has votes on 2 days",
    ]


def test_rows_without_a_vote_and_totals_that_differ_are_counted(tmp_path: Path) -> None:
    folder = library(tmp_path, vote("FRANCE", "Y", total_yes="2"), vote("SPAIN", "", total_yes="2"))
    tables = undl_votes.read(folder)
    assert tables.set_aside.set_index("label")["rows"].to_dict() == {
        "rows without a vote": 1,
        "roll calls whose totals differ": 1,
    }


def test_missing_columns_of_the_library_are_named(tmp_path: Path) -> None:
    (tmp_path / "ga_voting.csv").write_text("undl_id,ms_nme\n1,FRANCE\n", "utf-8")
    with pytest.raises(EvidenceError, match="column 'ms_name' is missing") as caught:
        undl_votes.read(tmp_path)
    assert len(caught.value.problems) == len(undl_votes.COLUMNS) - 1
    assert "did you mean 'ms_nme'?" in {problem.hint for problem in caught.value.problems}


def test_two_tables_of_the_library_in_one_folder_are_refused(tmp_path: Path) -> None:
    for name in ("2025_ga_voting.csv", "2026_ga_voting.csv"):
        (tmp_path / name).write_text("undl_id\n", "utf-8")
    with pytest.raises(EvidenceError, match="holds several tables"):
        undl_votes.read(tmp_path)


def test_the_words_for_votes_are_those_of_the_tables() -> None:
    assert set(ballots.LETTERS.values()) == set(VOTES)
    assert set(unga_votes.WORDS.values()) < set(VOTES)
