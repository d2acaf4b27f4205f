"""Files of events: every layout read, every row accounted for, bad input told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.events import Account, Layout, Options, loading, read_events
from detente.evidence.events.formats import LAYOUTS
from tests.evidence.made_events import ICEWS_HEADS, POLECAT_HEADS, gdelt, headed, lines, written, zipped

TODAY = Options(today=date(2026, 1, 1))


def read(*paths: Path, **options: Any) -> tuple[pd.DataFrame, Account]:
    with read_events(paths, options=Options(today=date(2026, 1, 1), **options)) as events:
        frame, account = events.frame(), events.account
    assert account.used == len(frame)
    lost = account.unresolved["rows"].sum() + account.set_aside["rows"].sum()
    assert account.read == account.used + lost
    return frame, account


def counted(table: pd.DataFrame) -> dict[str, int]:
    return dict(zip(table["label"], table["rows"].astype(int), strict=True))


# layouts


@pytest.mark.parametrize("layout", ["gdelt2", "gdelt1", "gdelt1-backfile"])
def test_gdelt_is_told_by_the_number_of_its_columns(tmp_path: Path, layout: str) -> None:
    text = lines({}, {"Actor2CountryCode": "ROM", "QuadClass": "4", "GoldsteinScale": "-7"}, layout=layout)
    frame, account = read(written(tmp_path / "events.CSV", text))
    assert account.files["layout"].tolist() == [layout]
    assert frame.drop(columns="date").to_numpy().tolist() == [
        ["USA", "ROU", "042", 4, -7.0, 4, -2.5],
        ["USA", "RUS", "042", 1, 1.9, 4, -2.5],
    ]
    assert frame["date"].dt.date.tolist() == [date(2015, 2, 18)] * 2


def test_a_zip_text_and_parquet_give_the_same_events(tmp_path: Path) -> None:
    text = lines({}, {"Actor1CountryCode": "DEU"}, {"Actor1CountryCode": ""})
    plain = written(tmp_path / "20150218230000.export.CSV", text)
    packed = zipped(tmp_path / "20150218230000.export.CSV.zip", text)
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in LAYOUTS["gdelt2"].columns)
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT * REPLACE (SQLDATE::INTEGER AS SQLDATE, QuadClass::INTEGER AS QuadClass) "
            f"FROM read_csv('{plain}', delim='\t', header=false, quote='', columns={{{columns}}})) "
            f"TO '{tmp_path / 'events.parquet'}' (FORMAT parquet)"
        )
    frames = [read(path)[0] for path in (plain, packed, tmp_path / "events.parquet")]
    assert len(frames[0]) == 2
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_icews_as_published_takes_the_country_and_else_the_name(tmp_path: Path) -> None:
    row = ("7", "2018-06-01", "Police (Japan)", "Police", "Japan", "Consult", "040", "1", "NATO", "NA", "NA")
    named = ("8", "2018-06-02", "France", "NA", "NA", "Accuse", "112", "-2", "Army (Mali)", "NA", "NA")
    frame, account = read(written(tmp_path / "events.tab", headed(ICEWS_HEADS, row, named)))
    assert frame[["source", "target", "code", "quad", "goldstein", "mentions"]].to_numpy().tolist()[-1] == [
        "FRA", "MLI", "112", 3, -2.0, 1,
    ]  # fmt: skip
    assert account.files["layout"].tolist() == ["icews"]


def test_the_four_columns_of_icews_are_coded_by_their_wording(tmp_path: Path) -> None:
    text = "Police (Australia)\tImpose embargo, boycott, or sanctions\tFrance\t2005-10-11\n"
    frame, account = read(written(tmp_path / "icews.txt", text + text.replace("Impose", "Sing of")))
    assert frame["code"].tolist()[0] == "163"
    assert frame["quad"].tolist()[0] == 4
    assert frame["goldstein"].tolist()[0] == -8.0
    assert counted(account.noted)["wording 'Sing of embargo, boycott, or sanctions'"] == 1
    assert counted(account.noted)["events without a Goldstein score"] == 1


def test_polecat_counts_an_event_of_several_actors_once_for_each_pair(tmp_path: Path) -> None:
    kind = ("SANCTION", "", "-5.5", "MATERIAL CONFLICT", "")
    row = ("X1", "2023-01-02", *kind, "A", "USA;GBR", "2", "B", "RUS", "3")
    bare = ("X2", "2023-01-03", "AGREE", "", "", "", "", "A", "None", "", "B", "RUS", "")
    typed = ("X3", "2023-01-03", "AGREE", "", "3", "", "", "A", "FRA", "", "B", "DEU", "")
    frame, account = read(written(tmp_path / "ngec.txt", headed(POLECAT_HEADS, row, bare, typed)))
    assert frame[["source", "target", "quad", "goldstein"]].to_numpy().tolist() == [
        ["GBR", "RUS", 4, -5.5],
        ["USA", "RUS", 4, -5.5],
        ["FRA", "DEU", 1, 3.0],
    ]
    assert account.unresolved.to_dict("records") == [{"label": "", "rows": 1, "reason": "no label"}]


def test_a_table_of_ones_own_is_read_by_a_mapping(tmp_path: Path) -> None:
    mapping = written(
        tmp_path / "mine.yaml",
        "date: day\ndate_form: '%d.%m.%Y'\nsource: who\ntarget: [whom, where]\ncode: cameo\nid: n\n"
        "actors: {The Kremlin: RUS}\n",
    )
    table = written(
        tmp_path / "mine.csv",
        'n,day,who,whom,where,cameo\n1,27.03.2014,"The Kremlin",,Ukraine,190\n2,28.03.2014,Poland,DEU,,057\n',
    )
    frame, _ = read(table, layout=Layout.load(mapping))
    assert frame[["source", "target", "quad", "goldstein"]].to_numpy().tolist() == [
        ["RUS", "UKR", 4, -10.0],
        ["POL", "DEU", 1, 8.0],
    ]


def test_a_mapping_with_faults_names_them_all(tmp_path: Path) -> None:
    mapping = written(tmp_path / "mine.yaml", "date: day\nsourc: who\n")
    with pytest.raises(EvidenceError, match=r"unknown key 'sourc'") as caught:
        Layout.load(mapping)
    assert len(caught.value.problems) == 3


# accounts


def test_labels_that_name_no_actor_are_counted_once_with_the_reason(tmp_path: Path) -> None:
    text = lines(
        {"Actor1CountryCode": "EUR"}, {"Actor1CountryCode": "EUR", "Actor2CountryCode": "QQQ"},
        {"Actor2CountryCode": "QQQ"}, {"Actor2CountryCode": ""}, {"Actor1CountryCode": "WSB"},
    )  # fmt: skip
    frame, account = read(written(tmp_path / "events.CSV", text))
    assert frame["source"].tolist() == ["PSE"]
    told = {(row["label"], row["reason"]): row["rows"] for row in account.unresolved.to_dict("records")}
    assert told == {
        ("EUR", "a region"): 2,
        ("QQQ", "a person, group or region, not an actor"): 1,
        ("", "no label"): 1,
    }


def test_days_of_no_use_are_counted_with_an_example(tmp_path: Path) -> None:
    days = ("19000101", "20991231", "20150230", "20150218")
    text = lines(*({"SQLDATE": day} for day in days))
    frame, account = read(written(tmp_path / "events.CSV", text))
    assert len(frame) == 1
    assert counted(account.set_aside) == {
        "days that are none": 1,
        "days before 1979-01-01": 1,
        "days after 2026-01-01": 1,
    }
    assert "20150230" in account.set_aside["reason"].iloc[0]


def test_an_event_that_comes_again_is_kept_once_and_counted(tmp_path: Path) -> None:
    one = written(tmp_path / "20150218230000.export.CSV", lines({}, {"Actor1CountryCode": "DEU"}))
    other = written(tmp_path / "20150218231500.export.CSV", gdelt(GLOBALEVENTID="2", Actor1CountryCode="DEU"))
    frame, account = read(one, other)
    assert len(frame) == 2
    assert counted(account.set_aside) == {"events that come again": 1}
    kept, account = read(one, other, repeats="keep")
    assert len(kept) == 3 and account.set_aside.empty


def test_two_providers_may_use_one_number(tmp_path: Path) -> None:
    row = ("1", "2018-06-01", "Japan", "NA", "Japan", "Consult", "040", "1", "France", "NA", "France")
    both = (row, ("1", "2018-06-02", *row[2:]))  # ICEWS itself uses a number for more than one event
    paths = written(tmp_path / "a.tab", headed(ICEWS_HEADS, *both)), written(tmp_path / "b.CSV", lines({}))
    frame, account = read(*paths)
    assert len(frame) == 3
    assert account.set_aside.empty


def test_lines_of_another_number_of_columns_are_set_aside_with_their_place(tmp_path: Path) -> None:
    path = written(
        tmp_path / "events.CSV", lines({}, {}) + "1\t2\n" + gdelt(GLOBALEVENTID="9") + "x" + gdelt("gdelt1")
    )
    frame, account = read(path)
    assert len(frame) == 3
    assert counted(account.set_aside) == {"lines with another number of columns": 2}
    assert f"{path}:3, {path}:5" in account.set_aside["reason"].iloc[0]


def test_bytes_that_are_not_utf8_do_not_cost_the_line(tmp_path: Path) -> None:
    names = "Cr\N{LATIN SMALL LETTER E WITH GRAVE}te"
    odd = gdelt(ActionGeo_FullName=names).encode("cp1252")
    frame, account = read(written(tmp_path / "events.CSV", odd))
    assert len(frame) == 1 and account.noted.empty
    text = "C\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}te d'Ivoire\tConsult\tFrance\t2014-01-0{}\n"
    mixed = b"".join(text.format(day).encode("cp1252" if day % 2 else "utf-8") for day in range(1, 6))
    frame, account = read(written(tmp_path / "icews.txt", mixed))
    assert frame["source"].tolist() == ["CIV"] * 5
    assert counted(account.noted) == {"lines that are not UTF-8": 3}
    assert "icews.txt:1, " in account.noted["reason"].iloc[0]


def test_odd_lines_far_into_a_large_file_are_found_again(tmp_path: Path) -> None:
    plain = "France\tConsult\tJapan\t2014-01-02\n" * 20_000
    odd = "Cura\N{LATIN SMALL LETTER C WITH CEDILLA}ao\tConsult\tJapan\t2014-01-02\n".encode("cp1252")
    path = written(tmp_path / "icews.txt", plain.encode() + odd + plain.encode() + odd)
    frame, account = read(path, repeats="keep")
    assert len(frame) == 40_002
    assert (frame["source"] == "CUW").sum() == 2
    assert "icews.txt:20001, " in account.noted["reason"].iloc[0]


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path / "events.CSV", lines({}, {}).replace("\n", "\r\n")))
    assert len(frame) == 2


def test_files_are_read_in_lots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [
        zipped(tmp_path / f"2015021{n}.export.CSV.zip", gdelt("gdelt1", GLOBALEVENTID=str(n)))
        for n in range(5)
    ]
    for name, bound in (("BATCH", 2), ("HEAVY", 1)):
        monkeypatch.setattr(loading, name, bound)
        frame, account = read(*paths)
        assert len(frame) == 5
        assert account.files["rows"].tolist() == [1] * 5


def test_what_lies_in_a_folder_and_is_no_file_of_events_is_listed(tmp_path: Path) -> None:
    written(tmp_path / "events.CSV", lines({}))
    written(tmp_path / "readme.txt", "Read me\n")
    written(tmp_path / "picture.png", b"\x89PNG")
    _, account = read(tmp_path)
    assert account.noted["reason"].tolist() == ["of no known layout: readme.txt"]


# bad input


def test_another_version_than_said_is_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path / "events.CSV", lines({}))
    with pytest.raises(
        EvidenceError, match=r"has 61 columns where GDELT 1.0 has 58: it looks like GDELT 2.0"
    ):
        read(path, layout="gdelt1")
    with pytest.raises(EvidenceError, match=r"did you mean 'gdelt1'"):
        read(path, layout="gdelt-1")


def test_an_unknown_number_of_columns_says_which_are_known(tmp_path: Path) -> None:
    path = written(tmp_path / "events.CSV", "1\t2\t3\t4\t5\n")
    with pytest.raises(EvidenceError, match=r"has 5 columns; known are 61 \(GDELT 2.0\), 58 \(GDELT 1.0\)"):
        read(path)


def test_a_file_of_two_layouts_in_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "FAULTS", 100)
    path = written(tmp_path / "events.CSV", lines({}) + gdelt("gdelt1-backfile") * 30)
    with pytest.raises(EvidenceError, match=r"or more that are not of 61 columns(.|\n)*take them apart"):
        read(path)


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "events.CSV.zip", lines({}, {}))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EvidenceError, match=r"is no whole zip archive(.|\n)*detente events pull"):
        read(path)
    path.write_bytes(whole.replace(whole[60:64], b"\x00\xff\x00\xff", 1))
    with pytest.raises(EvidenceError, match=r"is no whole zip archive"):
        read(path)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda held: held[2:],  # what it lists lies elsewhere
        lambda held: held.replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
        ),
        lambda held: held[:40] + b"\xff" * 20 + held[60:],
    ],
    ids=["cut in front", "said to be locked", "altered"],
)
def test_an_archive_that_cannot_be_unpacked_is_named(
    tmp_path: Path, spoilt: Callable[[bytes], bytes]
) -> None:
    path = zipped(tmp_path / "events.zip", lines({}, {}))
    path.write_bytes(spoilt(path.read_bytes()))
    with pytest.raises(EvidenceError, match="no whole zip archive") as caught:
        read(path)
    assert caught.value.problems[0].hint


def test_an_archive_that_unpacks_to_more_than_fits_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "events.zip", lines({}, {}))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(EvidenceError, match="unpacks to"):
        read(path)


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("source: true", "source is 'True'"),
        ("target: [1, 2]", "target is"),
        ("date: 5", "date is '5'"),
        ("date: 2020-02-30", "is not YAML"),
        ("actors: [FRA]", "actors is"),
        ("scale: mine", "one of: icews, gdelt"),
        ("separator: ab", "give one sign"),
        ("[[[", "is not YAML"),
    ],
)
def test_a_layout_that_is_none_is_named_with_what_to_do(tmp_path: Path, told: str, what: str) -> None:
    given = {"date": "date: day", "source": "source: who", "target": "target: whom"}
    given[told.split(":")[0]] = told
    path = written(tmp_path / "layout.yaml", "\n".join(given.values()) + "\n")
    with pytest.raises(EvidenceError) as caught:
        Layout.load(path)
    assert what in str(caught.value)
    assert all(problem.where and problem.hint for problem in caught.value.problems)


def test_a_day_that_bounds_events_and_is_none_has_a_place(tmp_path: Path) -> None:
    with (
        read_events([written(tmp_path / "events.csv", lines({}))], options=TODAY) as events,
        pytest.raises(EvidenceError, match="day: 'soon' is no day"),
    ):
        events.counts(since="soon")


def test_a_bound_of_memory_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"'lots' is no size\n *write it as 1GB"):
        read(written(tmp_path / "events.CSV", lines({})), memory="lots")


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"is not Parquet that can be read"):
        read(written(tmp_path / "events.parquet", b"PAR1 but not really"))


def test_missing_and_empty_files_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        read(tmp_path / "none.CSV", written(tmp_path / "empty.CSV", ""))
    assert [problem.what for problem in caught.value.problems] == ["is not there", "is empty"]
    with pytest.raises(EvidenceError, match="no file of events is named"):
        read()


def test_a_column_that_a_mapping_names_and_the_table_lacks_is_named(tmp_path: Path) -> None:
    layout = Layout.of({"date": "day", "source": "who", "target": "whom"})
    with pytest.raises(EvidenceError, match=r"column 'whom' is missing\n *did you mean 'who'"):
        read(written(tmp_path / "mine.csv", "day,who\n2014-01-01,FRA\n"), layout=layout)


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    read(zipped(tmp_path / "events.CSV.zip", lines({})), folder=folder)
    with pytest.raises(EvidenceError):
        read(written(tmp_path / "events.CSV", "1\t2\t3\t4\t5\n"), folder=folder)
    assert list(folder.iterdir()) == []


@pytest.mark.mirror
def test_the_samples_are_used_or_counted_once(mirror: Path) -> None:
    frame, account = read(*sorted((mirror / "events").glob("icews_*.txt")))
    assert account.read == 92367 + 17904
    assert len(frame) == 53673
    assert frame[["quad", "goldstein"]].notna().all(axis=None)
    assert account.span == (date(2005, 1, 1), date(2015, 12, 31))
