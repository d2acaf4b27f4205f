"""Events: who acts for whom, codes and scores by wording, and the three formats."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers.cameo import coded, wording
from detente.evidence.readers.events import read

SCORES = (
    "\tDescription\tGoldsteinScale\tcameoCode\n"
    "042\t Make a visit\t1.9\t042\n"
    "163\t Halt negotiations\t-6.5\t163\n"
    "166\t Impose embargo, boycott, or sanctions\t-8.0\t166\n"
    "04\t CONSULT\t1.0\t04\n"
    "040\t Consult, not specified below\t1.0\t040\n"
    "016\t Make empathetic comment\t3.4\t016\n"
)
PLOVER = (
    "# CAMEO to PLOVER\n04: CONSULT\n040: CONSULT, ,  # Consult\n042: CONSULT, visit,   # Make a visit\n"
    "163: COERCE, restrict,   diplomatic # Impose embargo, boycott, or sanctions\n"
    "164: SANCTION, withdraw,   diplomatic # Halt negotiations\n"
    "040: CONSULT, ,  # Talk about it\n"
)


def folder_with(folder: Path, **texts: str) -> Path:
    (folder / "cameo_goldstein.tsv").write_text(SCORES, encoding="utf-8")
    (folder / "cameo_to_plover.txt").write_text(PLOVER, encoding="utf-8")
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_brackets_and_bare_names_give_the_state_and_people_are_listed(tmp_path: Path) -> None:
    text = (
        "Police (Australia)\tConsult\tFrance\t2005-10-11\n"
        "Mahmoud Abbas\tConsult\tFrance\t2005-10-11\n"
        "France\tConsult\tMilitant (Boko Haram)\t2005-10-12\n"
        "France\tConsult\tMahmoud Abbas\t2005-10-13\n"
    )
    tables = read(folder_with(tmp_path, icews_1=text))
    assert tables.events is not None
    row = tables.events.iloc[0]
    assert (row["actor"], row["target"], row["code"], row["goldstein"]) == ("AUS", "FRA", "040", 1.0)
    assert (str(row["date"].date()), row["locator"]) == ("2005-10-11", "icews_1.txt")
    assert len(tables.events) == 1
    assert dict(zip(tables.unresolved["label"], tables.unresolved["rows"], strict=True)) == {
        "Mahmoud Abbas": 2,
        "Militant (Boko Haram)": 1,
    }


def test_what_two_samples_share_is_one_event(tmp_path: Path) -> None:
    line = "France\tConsult\tJapan\t2014-04-24\n"
    tables = read(folder_with(tmp_path, icews_1=line, icews_2=line + "Japan\tConsult\tFrance\t2014-04-24\n"))
    assert tables.events is not None
    assert tables.events["locator"].tolist() == ["icews_1.txt", "icews_2.txt"]
    assert tables.set_aside[["label", "rows"]].to_numpy().tolist() == [["events in two samples", 1]]


def test_an_unknown_wording_is_counted_and_its_event_kept(tmp_path: Path) -> None:
    tables = read(folder_with(tmp_path, icews_1="France\tSing together\tJapan\t2014-04-24\n"))
    assert tables.events is not None
    assert tables.events[["code", "goldstein"]].isna().all(axis=None)
    assert tables.set_aside["label"].tolist() == ["wording 'Sing together'"]


def test_a_wording_keeps_its_score_though_the_tables_number_it_differently(tmp_path: Path) -> None:
    texts = pd.Series(
        ["Impose embargo, boycott, or sanctions", "Halt negotiations", "Talk about it", "consult"]
    )
    found = coded(texts, folder_with(tmp_path))
    assert found["code"].tolist() == ["163", "164", "040", "040"]
    assert found["goldstein"].tolist() == [-8.0, -6.5, 1.0, 1.0]


def test_a_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    text = (
        "France\tConsult\tJapan\t2014-04-24\n"
        "France\tConsult\tJapan\n\n"
        "France\tConsult\tJapan\t2014-04-24\tmore\n"
    )
    with pytest.raises(EvidenceError, match=r"icews_1.txt:2, 3, 4: is not source"):
        read(folder_with(tmp_path, icews_1=text))


def test_a_code_table_without_entries_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, icews_1="France\tConsult\tJapan\t2014-04-24\n")
    (folder / "cameo_to_plover.txt").write_text("<html>not found</html>\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"cameo_to_plover.txt: holds no line such as"):
        read(folder)


def test_a_misspelt_column_of_a_code_table_is_named(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, icews_1="France\tConsult\tJapan\t2014-04-24\n")
    (folder / "cameo_goldstein.tsv").write_text(
        SCORES.replace("GoldsteinScale", "Goldstein"), encoding="utf-8"
    )
    with pytest.raises(EvidenceError, match=r"'GoldsteinScale' is missing\n *did you mean 'Goldstein'"):
        read(folder)


def test_a_missing_code_table_says_how_to_get_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, icews_1="France\tConsult\tJapan\t2014-04-24\n")
    (folder / "cameo_goldstein.tsv").unlink()
    with pytest.raises(EvidenceError, match=r"cameo_goldstein.tsv: is not there(.|\n)*detente data pull"):
        read(folder)


def test_a_folder_without_events_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"holds no events"):
        read(folder_with(tmp_path))


def test_gdelt_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    names = [
        "GLOBALEVENTID",
        "SQLDATE",
        "Actor1CountryCode",
        "Actor2CountryCode",
        "EventCode",
        "GoldsteinScale",
    ]
    (tmp_path / "gdelt2_event_columns.csv").write_text(
        "tableId\n" + "\n".join(names) + "\n", encoding="utf-8"
    )
    rows = "1\t20170704\tROM\tDEU\t042\t1.9\n2\t20170704\t\tDEU\t042\t1.9\n"
    (tmp_path / "20170704.export.CSV").write_text(rows, encoding="utf-8")
    tables = read(tmp_path)
    assert tables.events is not None
    assert tables.events[["actor", "target", "code", "goldstein"]].to_numpy().tolist() == [
        ["ROU", "DEU", "042", 1.9]
    ]
    assert tables.unresolved.to_dict("records") == [{"label": "", "rows": 1, "reason": "no label"}]


def test_a_gdelt_date_that_is_none_is_refused(tmp_path: Path) -> None:
    names = "tableId\nSQLDATE\nActor1CountryCode\nActor2CountryCode\nEventCode\nGoldsteinScale\n"
    (tmp_path / "gdelt2_event_columns.csv").write_text(names, encoding="utf-8")
    (tmp_path / "20170704.export.CSV").write_text("July\tFRA\tDEU\t042\t1.9\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"'July' in column 'SQLDATE'"):
        read(tmp_path)


def test_icews_as_published_is_read_with_its_own_codes(tmp_path: Path, reference: Path) -> None:
    shutil.copy(reference / "events" / "icews_2018_sample.tab", tmp_path)
    tables = read(tmp_path)
    assert tables.events is not None
    first = tables.events.iloc[0]
    assert (first["actor"], first["target"], first["code"], first["goldstein"]) == ("BGD", "VNM", "040", 1.0)
    assert len(tables.events) + tables.unresolved["rows"].sum() == 3705


@pytest.mark.mirror
def test_scores_by_wording_are_those_that_icews_gives(mirror: Path, reference: Path) -> None:
    with (reference / "events" / "goldstein_mappings.csv").open(encoding="utf-8") as handle:
        known = {
            wording(row["name"]): float(row["goldstein"])
            for row in csv.DictReader(handle)
            if len(row["code"]) > 2
        }
    texts = pd.Series(list(known))
    found = coded(texts, mirror / "events")["goldstein"]
    scored = found.notna()
    assert scored.mean() > 0.75
    assert found[scored].tolist() == [known[text] for text in texts[scored]]


@pytest.mark.mirror
def test_every_event_of_the_samples_is_used_or_counted_once(mirror: Path) -> None:
    tables = read(mirror / "events")
    assert tables.events is not None
    again = tables.set_aside.loc[tables.set_aside["label"] == "events in two samples", "rows"].sum()
    assert again == 1515
    assert len(tables.events) + tables.unresolved["rows"].sum() + again == 92367 + 17904
    assert tables.events["goldstein"].between(-10, 10).mean() > 0.9
