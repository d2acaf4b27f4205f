"""What commands on evidence, events and bargains print for people; how one ends that is broken off."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from detente import commands
from detente.commands import main
from detente.commands.showing import BREAK, DONE
from tests.evidence.made_events import gdelt, lines, zipped

MAPPING = """\
table: indicators
columns: {actor: country, date: year, value: share}
constants: {name: own_share, unit: percent}
source: {title: T, citation: C, licence: L}
"""
ACTORS = """\
actor,issue,position,salience,capability
one,tolls,0,50,100
two,tolls,100,50,100
three,tolls,60,80,40
"""


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Told = Callable[..., Said]


@pytest.fixture
def told(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Told:
    """Run a command here, in a folder and with a cache of its own: its exit code, and what it said."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        return Said(int(str(end.value.code)), *capfd.readouterr())

    return command


def test_evidence_is_listed_filled_shown_and_built_anew(told: Told, tmp_path: Path) -> None:
    names = [f"Nowhere {number}" for number in range(30)]
    rows = ["country,year,share", *(f"{name},2020,1" for name in names), "Hungary,2020,1.5"]
    (tmp_path / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(f"{MAPPING}ignore: [{', '.join(names)}]\n", encoding="utf-8")
    refused = told("data", "import", "own.csv")
    assert refused.code == 2 and "it is not said what this file holds" in refused.err
    account = json.loads(told("data", "import", "own.csv", "--mapping", "own.yaml", "--json").out)
    assert (account["read"], account["used"]) == (31, 1)
    assert {row["label"] for row in [*account["unresolved"], *account["set_aside"]]} >= set(names)
    status = told("data", "status")
    assert status.code == 0 and "files kept" in status.out and "digest" in status.out
    assert "Nowhere" in status.out and "more: detente data status --json" in status.out
    listed = told("data", "list")
    assert listed.code == 0 and "unga_votes" in listed.out and "(K) from general knowledge" in listed.out
    assert "is built anew" in told("data", "rebuild").out


def test_a_provider_s_file_that_was_fetched_by_hand_must_be_one(told: Told, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    refused = told("data", "import", "other.csv", "--as", "unga_votes")
    assert refused.code == 2 and "other.csv" in refused.err


@pytest.mark.mirror
def test_what_was_pulled_is_said_file_by_file(
    told: Told, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_MIRROR", str(mirror))
    pulled = told("data", "pull", "ukraine_votes")
    assert pulled.code == 0 and "ukraine_votes/" in pulled.out and "sha256" in pulled.out
    (again, *_) = json.loads(told("data", "pull", "ukraine_votes", "--json").out)
    assert again["source"] == "ukraine_votes" and again["change"] == "same"


def test_files_of_events_are_looked_into(told: Told, tmp_path: Path) -> None:
    score = {"EventCode": "163", "GoldsteinScale": "-8"}
    zipped(tmp_path / "20150218233000.export.CSV.zip", lines({}, score, {"Actor1CountryCode": "EUR"}))
    zipped(tmp_path / "20150219001500.export.CSV.zip", gdelt(GLOBALEVENTID="7", SQLDATE="20150221"))
    found = told("events", "audit", ".")
    assert found.code == 0 and "rows can be used" in found.out
    assert "Files: 2" in found.out and "Missing slice" in found.out and "is scored -8" in found.out


class Keys(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def test_events_are_fetched_only_if_somebody_says_so(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror" / "events").mkdir(parents=True)
    zipped(tmp_path / "mirror" / "events" / "20150218.export.CSV.zip", lines({}))
    monkeypatch.setenv("DETENTE_MIRROR", str(tmp_path / "mirror"))
    asked = ("events", "pull", "--since", "2015-02-18", "--until", "2015-02-18", "-o", "held")
    monkeypatch.setattr(sys, "stdin", Keys("n\n"))
    first = told(*asked)
    assert first.code == 0 and "1 files to fetch" in first.out and "nothing was fetched" in first.out
    assert not list((tmp_path / "held").glob("*.zip"))
    monkeypatch.setattr(sys, "stdin", Keys("yes\n"))
    second = told(*asked)
    assert second.code == 0 and "1 files in" in second.out and "detente events audit" in second.out
    assert json.loads(told(*asked, "--json").out)["files"] == 1


def test_a_table_of_events_on_an_engine_needs_its_engine(told: Told) -> None:
    refused = told("events", "count", "--table", "events", "-o", "counts.csv")
    assert refused.code == 2 and "--engine bigquery://PROJECT" in refused.err


def test_a_bargain_is_told_in_words_in_json_and_as_tables(told: Told, tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text(ACTORS, encoding="utf-8")
    asked = ("bargain", "actors.csv", "--draws", "20")
    words = told(*asked, "-o", "out")
    assert words.code == 0 and "tolls" in words.out and words.out.rstrip().endswith("out")
    assert list((tmp_path / "out").glob("*.csv"))
    found = json.loads(told(*asked, "--json").out)
    assert found["model"] == "compromise" and found["outcome"][0]["issue"] == "tolls"


def test_a_command_that_is_interrupted_says_that_nothing_was_changed(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "app", broken_off)
    assert told("data", "list") == (BREAK, "", "interrupted; nothing was changed\n")


def test_who_reads_only_the_beginning_gets_no_complaint(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def hung_up(*_: object, **__: object) -> None:
        raise BrokenPipeError

    closed: list[int] = []
    monkeypatch.setattr(commands, "app", hung_up)
    monkeypatch.setattr(os, "dup2", lambda _new, old: closed.append(old))
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    assert told("data", "list").code == DONE
    assert len(closed) == 1
