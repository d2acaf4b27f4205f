"""What is in files of events: gaps, repeats, scores that are not those of the table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detente.evidence.events import Options, audit
from detente.evidence.events.auditing import missing_slices
from tests.evidence.made_events import gdelt, lines, written, zipped

OPTIONS = Options(today=date(2026, 1, 1))


def test_faults_of_gdelt_are_found(tmp_path: Path) -> None:
    score = {"EventCode": "163", "GoldsteinScale": "-8"}
    first = lines({}, {"AvgTone": "3"}, score, {"Actor1CountryCode": "EUR"})
    second = gdelt(GLOBALEVENTID="1") + gdelt(GLOBALEVENTID="7", SQLDATE="20150221")
    paths = [
        zipped(tmp_path / "20150218233000.export.CSV.zip", first),
        zipped(tmp_path / "20150219001500.export.CSV.zip", second),
    ]
    found = audit(paths, options=OPTIONS)
    assert found.say() == "4 of 6 rows can be used, of 2015-02-18 to 2015-02-21"
    told = {(kind, what): (rows, more) for kind, what, rows, more in found.frame().itertuples(index=False)}
    assert told["unresolved", "EUR"] == (1, "a region")
    assert told["set aside", "events that come again"][0] == 1
    assert told["repeated", "events of the same day, dyad and code"][0] == 1
    assert told["score", "code 163"] == (1, "is scored -8; the table of gdelt says -6.5")
    assert told["missing slice", "2015-02-18"] == (0, "1 of 96 slices of 15 minutes: 23:45")
    assert told["missing slice", "2015-02-19"] == (0, "1 of 96 slices of 15 minutes: 00:00")
    assert told["day without events", "2015-02-19"] == (0, "2 days from here on hold no event")
    assert len(told) == 7


def test_a_sound_file_has_no_findings(tmp_path: Path) -> None:
    found = audit(
        [written(tmp_path / "20150218.export.CSV", lines({}, {"SQLDATE": "20150219"}))], options=OPTIONS
    )
    assert found.findings.empty


def test_slices_of_a_day_and_of_many_are_told() -> None:
    names = ["20150218000000.export.CSV.zip", "20150219000000.export.CSV"]
    assert missing_slices(names) == [
        ("2015-02-18", "95 of 96 slices of 15 minutes: 00:15, 00:30, 00:45, 01:00, 01:15 and 90 more")
    ]
    assert missing_slices(["201401.zip", "2014.zip", "readme.txt"]) == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_slice_is_missing_where_all_are_there(count: int) -> None:
    assert missing_slices(f"201501{day:02d}.export.CSV.zip" for day in range(1, 1 + count)) == []


def test_icews_bears_the_scores_of_its_own_table(reference: Path) -> None:
    found = audit([reference / "events" / "icews_2018_sample.tab"], options=OPTIONS)
    assert (found.account.read, found.account.used) == (3705, 3486)
    kinds = found.findings["kind"].value_counts()
    assert "score" not in kinds and kinds["repeated"] == 1
