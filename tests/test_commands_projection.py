"""The command on futures, as a user types it: tables, JSON, files, scenarios, why, forecasts sealed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from detente import load
from detente.commands import main
from detente.executors import How
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.parts import Count
from detente.simulation.ensemble.running import draw_share
from detente.simulation.record.record import Record
from tests.tolls import HEAD

CASE = (
    HEAD
    + """\
projection:
  years: 2
  items: [tolls]
  alignment: false
  moves: {value: 0.02, low: 0.01, high: 0.04, reason: Invented.}
  lines:
    cheap: {title: Wants low tolls, item: tolls, at: 0.4, watch: THREE}
  reason: Invented.
"""
)
SCENARIO = """\
title: Berlin gives way
baseline: "{digest}"
patch:
  projection:
    events:
      turn: {{title: A turn, date: 2020-07-02, shift: {{tolls: {{DEU: -0.3}}}}, reason: Invented.}}
reason: Invented.
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, and a cache of its own that the tests of this file share."""
    folder = tmp_path_factory.mktemp("futures")
    (folder / "tolls.yaml").write_text(CASE, encoding="utf-8")
    return folder


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command here, and return its exit code, answer and messages."""
    monkeypatch.chdir(home)
    monkeypatch.delenv("DETENTE_MIRROR", raising=False)
    monkeypatch.setenv("DETENTE_CACHE", str(home / "cache"))
    monkeypatch.setenv("DETENTE_RECORD", str(home / "record.jsonl"))

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return command


def scenario(run: Run, home: Path, name: str = "turn.yaml", digest: str = "") -> str:
    """Write a scenario for the case as it is, or for another baseline; return its file."""
    code, out, _ = run("project", "tolls.yaml", "--baseline")
    assert code == 0
    (home / name).write_text(SCENARIO.format(digest=digest or out.strip()), encoding="utf-8")
    return f"./{name}"


def test_futures_are_shown_with_their_intervals(run: Run, home: Path) -> None:
    file = scenario(run, home)
    code, out, err = run(
        "project", "tolls.yaml", "--scenario", file, "--draws", "300", "--why", "DEU", "--jobs", "1"
    )
    assert code == 0, err
    for words in ("300 futures of 'tolls'", "less is closer", "Tolls are renewed", "2020-07-01", "Likeliest",
                  "Scenarios less the baseline", "What moves DEU", "shock",
                  "on record: nothing is known"):  # fmt: skip
        assert words in out
    assert "drawing futures" in err


def test_the_answer_in_json_holds_every_table_and_its_digest(run: Run, home: Path) -> None:
    file = scenario(run, home)
    asked = ("project", "tolls.yaml", "--scenario", file, "--draws", "50", "--until", "2021", "--json", "-q")
    code, out, err = run(*asked)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["draws"] == 50
    assert {"cohesion", "decisions", "crossings"} <= set(told["baseline"])
    assert {row["step"] for row in told["baseline"]["decisions"]} == {1, 2, 3, 4}
    differences = told["scenarios"][file]["differences"]["decisions"]
    assert differences[-1]["difference"] < 0
    assert run(*asked)[1] == out
    assert json.loads(run(*asked, "--seed", "1")[1])["digest"] != told["digest"]


def test_a_run_may_go_anywhere_and_takes_what_others_drew_into_its_folder(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "EXACT", 0)
    asked = ("project", "tolls.yaml", "--draws", "300", "--json", "-q")
    code, out, _ = run(*asked)
    assert code == 0
    there = ("--chunk", "64", "--resume", "kept")
    assert run(*asked, "--executor", "serial", *there)[1] == out
    assert len(list((home / "kept" / "baseline").glob("chunk-*"))) == 5
    shutil.rmtree(home / "kept")
    futures = load("tolls.yaml").project(draws=10).prepared.futures
    how = How("serial", folder=home / "kept" / "baseline", chunk=64)
    for worker in range(2):
        draw_share(futures, (worker, 2), draws=300, how=how)
    monkeypatch.setattr(Count, "__call__", lambda *_: pytest.fail("was drawn again"))
    assert run(*asked, *there)[1] == out


def test_an_executor_that_is_not_there_is_refused_with_what_to_type(run: Run) -> None:
    code, _, err = run("project", "tolls.yaml", "--executor", "lokey")
    assert code == 2 and "--executor: there is no 'lokey'" in err and "did you mean 'loky'?" in err


def test_every_table_is_written_as_csv(run: Run, home: Path) -> None:
    file = scenario(run, home)
    code, out, _ = run(
        "project", "tolls.yaml", "--scenario", file, "--draws", "50", "-o", "out", "--why", "THREE"
    )
    assert (code, out.strip()) == (0, "out")
    written = {str(path.relative_to(home / "out")) for path in (home / "out").rglob("*.csv")}
    assert {
        "baseline/cohesion.csv",
        "scenarios/turn/votes.csv",
        "scenarios/turn/differences/decisions.csv",
        "why.csv",
    } <= written
    assert (home / "out" / "why.csv").read_text(encoding="utf-8").startswith("kind,name,issue,driver,part")


def test_input_that_cannot_be_used_is_refused_at_once(run: Run, home: Path) -> None:
    late = scenario(run, home, "late.yaml", digest="0123456789abcdef")
    code, _, err = run("project", "tolls.yaml", "--scenario", late, "--scenario", "nobody")
    assert code == 2
    assert "was written for the baseline 0123456789abcdef" in err
    assert "there is none of this name" in err
    (home / "other").mkdir()
    same = scenario(run, home, "other/late.yaml")
    code, _, err = run("project", "tolls.yaml", "--scenario", late, "--scenario", same)
    assert "another that is asked for has the same name" in err
    assert run("project", "tolls.yaml", "--until", "soon")[0] == 2
    assert "choose a day up to 50 years later" in run("project", "tolls.yaml", "--until", "3020")[2]
    assert "choose a day up to 50 years later" in run("project", "tolls.yaml", "--until", "2020-01-01")[2]
    assert "nobody is called" in run("project", "tolls.yaml", "--draws", "10", "--why", "DUE")[2]


def test_a_brief_seals_what_it_says_unless_told_not_to(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = CASE.replace("2020-01-01", "2100-01-01").replace("2020-03-01", "2100-03-01")
    (home / "ahead.yaml").write_text(ahead, encoding="utf-8")
    record = Record(home / "record.jsonl")
    code, _, err = run("brief", "ahead.yaml", "-o", "unsealed", "--draws", "100", "--no-seal")
    assert code == 0, err
    assert not record.path.exists()
    code, out, err = run("brief", "ahead.yaml", "-o", "sealed", "--draws", "100")
    assert code == 0, err
    assert "forecasts are sealed in line 1 of" in err
    assert out.splitlines()[-1].endswith("brief.html")
    assert len(record.forecasts()) == 4 + 2 * 2 + 2
    one, two = ((home / name / "brief.html").read_bytes() for name in ("unsealed", "sealed"))
    assert one == two
    assert b'<section id="projection"' in one
    assert "forecasts are sealed in line 2 of" in run("project", "ahead.yaml", "--draws", "10", "--seal")[2]
    monkeypatch.setenv("DETENTE_RECORD", str(home / "tolls.yaml" / "record.jsonl"))
    code, out, err = run("project", "ahead.yaml", "--draws", "10", "--seal")
    assert code == 0
    assert "warning: no forecast was sealed" in err
    assert "10 futures of 'ahead'" in out
