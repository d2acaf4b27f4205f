"""Files of a brief: the same bytes again, whole or not at all, and figures that equal what the page shows."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
from pathlib import Path

import pytest

from detente.briefing import Brief
from detente.errors import EvidenceError
from tests.briefing import ruritania_measures as invented
from tests.briefing.ruritania import write


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def written(tmp_path: Path) -> Brief:
    return write(tmp_path / "brief")


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one"), write(tmp_path / "two")
    assert contents(one.folder) == contents(two.folder)


def test_other_numbers_give_other_bytes(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one"), write(tmp_path / "two", cohesion=invented.cohesion(0.81))
    assert one.page.read_bytes() != two.page.read_bytes()
    assert one.numbers.read_bytes() != two.numbers.read_bytes()


def test_the_list_of_numbers_equals_what_the_page_shows(written: Brief) -> None:
    page = written.page.read_text(encoding="utf-8")
    listed = json.loads(written.numbers.read_text(encoding="utf-8"))["numbers"]
    by_id = {each["id"]: each for each in listed}
    cited = re.findall(
        r'<data class="number" value="([^"]+)">([^<]+)</data><sup class="mark"><a href="#n-(\w+)"', page
    )
    assert {entry for _, _, entry in cited} == set(by_id)
    for value, shown, entry in cited:
        assert float(value) == by_id[entry]["value"]
        assert by_id[entry]["shown"].startswith(html.unescape(shown).split(";")[0].split(" (")[0])
    table = rows_of(written.folder / "numbers" / "numbers.csv")
    assert [(row["id"], row["shown"]) for row in table] == [(each["id"], each["shown"]) for each in listed]


def test_every_listed_number_carries_its_mark_and_what_the_mark_asks_for(written: Brief) -> None:
    for each in json.loads(written.numbers.read_text(encoding="utf-8"))["numbers"]:
        assert each["mark"] in ("sourced", "estimated", "assumed")
        assert each["id"].startswith(each["mark"][0].upper())
        if each["mark"] == "sourced":
            assert each["source"]
        if each["mark"] == "estimated":
            assert each["method"]
            assert each["low"] <= each["value"] <= each["high"]


def test_tables_hold_the_measures_in_full_precision(written: Brief) -> None:
    table = rows_of(written.folder / "numbers" / "stance_places.csv")
    expected = {row.actor: row.value for row in invented.stance().itertuples()}
    assert {row["actor"]: float(row["value"]) for row in table} == expected
    assert {row["mark"] for row in table} == {"estimated"}


@pytest.mark.parametrize(
    "table",
    [
        "unity_over_time",
        "ideal_paths",
        "ideal_sides",
        "ideal_published",
        "dependence",
        "threat_views",
        "weakest_pulls",
        "forum_attendance",
    ],
)
def test_every_table_of_figures_has_a_mark_and_a_source_in_each_row(written: Brief, table: str) -> None:
    rows = rows_of(written.folder / "numbers" / f"{table}.csv")
    assert rows
    assert all(row["mark"] and row["source"] for row in rows)


def test_the_manifest_names_digests_hashes_versions_and_seed_and_no_time(written: Brief) -> None:
    manifest = json.loads(written.manifest.read_text(encoding="utf-8"))
    assert set(manifest) == {
        "manifest", "case", "evidence", "seed", "draws", "code", "versions", "outline", "files"
    }  # fmt: skip
    assert re.fullmatch(r"[0-9a-f]{64}", manifest["code"])
    assert re.fullmatch(r"[0-9a-f]{16,64}", manifest["case"]["digest"])
    assert manifest["evidence"]["digest"] == "0" * 64
    assert all(each["sha256"] == "ab" * 32 for each in manifest["evidence"]["inputs"])
    assert {"detente", "python", "numpy", "pandas", "altair"} <= set(manifest["versions"])
    held = contents(written.folder)
    held.pop("manifest.json")
    assert {name: hashlib.sha256(data).hexdigest() for name, data in held.items()} == manifest["files"]


def test_tables_of_an_earlier_brief_are_taken_away_and_other_files_left(tmp_path: Path) -> None:
    first = write(tmp_path / "brief")
    (first.folder / "numbers" / "mine.csv").write_text("kept", encoding="utf-8")
    assert (first.folder / "numbers" / "dependence.csv").exists()
    write(tmp_path / "brief", dependence=invented.dependence().iloc[:0])
    assert not (first.folder / "numbers" / "dependence.csv").exists()
    assert (first.folder / "numbers" / "mine.csv").read_text(encoding="utf-8") == "kept"


def test_a_brief_that_fails_leaves_the_earlier_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path / "brief")
    before = contents(first.folder)
    real = Path.write_text

    def full(self: Path, data: str, **how: str) -> int:
        if self.name == "brief.html":
            raise OSError(28, "No space left on device")
        return real(self, data, **how)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(EvidenceError, match="the disk is full"):
        write(tmp_path / "brief", cohesion=invented.cohesion(0.7))
    assert contents(first.folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["brief"]


def test_a_folder_that_is_a_file_meets_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "brief").write_text("in the way", encoding="utf-8")
    with pytest.raises(EvidenceError, match="choose another path"):
        write(tmp_path / "brief")
    assert (tmp_path / "brief").read_text(encoding="utf-8") == "in the way"


def test_the_brief_returns_the_answer_and_the_gaps_as_plain_text(written: Brief) -> None:
    assert written.answer[0].startswith("On Ruritania, Pact members vote as one")
    assert written.gaps
    assert all(path.is_file() for path in (written.page, written.numbers, written.manifest, *written.tables))
