"""The command on advice, as a user types it: players, sentences, tables, JSON, files, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.commands import main
from tests.test_commands_projection import CASE

STRATEGIES = """\
strategies:
  players:
    berlin:
      title: Berlin
      actors: [DEU]
      against: warsaw
      objectives:
        low:
          title: Low tolls
          want: less
          measure: {mean: THREE, item: tolls}
          unit: 0.05
          reason: Invented.
        calm: {title: Calm, want: more, weight: 0.5, reason: Invented.}
    warsaw:
      title: Warsaw
      actors: [POL]
      objectives:
        kept: {title: Tolls are kept, want: more, measure: {passes: renewal}, unit: 0.1, reason: Invented.}
  levers:
    talk:
      title: Talk to Paris
      owner: berlin
      kind: platform
      means: institution
      target: [FRA]
      date: 2020-06-01
      shift: {tolls: {FRA: -0.2}}
      low: 0.5
      high: 1.5
      cost: {value: 0.1, low: 0.0, high: 0.2, unit: points, reason: Invented.}
      reason: Invented.
    threat:
      title: Threaten
      owner: berlin
      kind: threat
      means: coercion
      date: 2020-06-01
      shift: {tolls: {POL: -0.1}}
      low: 0.0
      high: 2.0
      backlash: 0.3
      cost: {value: 0.3, low: 0.1, high: 0.5, unit: points, reason: Invented.}
      side: {calm: {value: -1.0, low: -2.0, high: 0.0, reason: Invented.}}
      reason: Invented.
    pay:
      title: Pay Berlin
      owner: warsaw
      kind: side_payment
      means: reward
      date: 2020-06-01
      pays: {renewal: {DEU: 0.2}}
      low: 0.5
      high: 1.5
      cost: {value: 0.2, low: 0.1, high: 0.3, unit: points, reason: Invented.}
      reason: Invented.
  reason: Invented.
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case that has strategies and one that has none, and a cache that these tests share."""
    home = tmp_path_factory.mktemp("advice")
    (home / "tolls.yaml").write_text(CASE + STRATEGIES, encoding="utf-8")
    (home / "bare.yaml").write_text(CASE, encoding="utf-8")
    return home


@pytest.fixture
def ask(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Ask for advice here, and return exit code, answer and messages."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DETENTE_MIRROR", raising=False)
    monkeypatch.setenv("DETENTE_CACHE", str(folder / "cache"))

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["advise", *arguments])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return command


def test_without_an_actor_the_players_are_listed_with_their_levers(ask: Run) -> None:
    code, out, _ = ask("tolls.yaml")
    assert code == 0
    for words in ("berlin", "DEU", "warsaw", "Talk to Paris; Threaten", "--actor berlin"):
        assert words in out
    told = json.loads(ask("tolls.yaml", "--json")[1])["players"]
    assert [row["against"] for row in told] == ["warsaw", "berlin"]
    assert told[0]["levers"] == {"talk": "Talk to Paris", "threat": "Threaten"}


def test_advice_is_sentences_then_portfolios_then_the_game(ask: Run) -> None:
    code, out, err = ask("tolls.yaml", "--actor", "DEU", "--draws", "100")
    assert code == 0, err
    heads = (
        "Berlin, 4 portfolios against 2 answers of Warsaw, over 100", "Portfolios of Berlin, against Warsaw",
        "Equilibria",
    )  # fmt: skip
    order = [out.index(words) for words in heads]
    assert order == sorted(order)
    assert "“Talk to Paris” loses least" in out
    table = out[order[1] : order[2]]
    assert table.count("loses least") == 1
    assert table.count("loses more") == 3
    assert "comparing portfolios" in err


def test_the_answer_in_json_is_the_same_bytes_wherever_it_runs(ask: Run, folder: Path) -> None:
    asked = ("tolls.yaml", "--actor", "berlin", "--draws", "100", "--json", "-q")
    code, out, err = ask(*asked)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["best"] == told["leader"] == "talk"
    assert told["together"] == ["talk"]
    assert {"regret", "matrix", "equilibria", "turning"} <= set(told["tables"])
    assert ask(*asked, "--resume", "kept")[1] == out
    assert any((folder / "kept").iterdir())
    assert ask(*asked, "--resume", "kept")[1] == out
    assert json.loads(ask(*asked, "--seed", "1")[1])["tables"]["regret"] != told["tables"]["regret"]


def test_deep_compares_every_set_of_levers_of_both_sides_and_every_table_is_written(
    ask: Run, folder: Path
) -> None:
    code, out, _ = ask("tolls.yaml", "--actor", "POL", "--against", "DEU", "--draws", "100", "--deep", "2",
                       "-o", "told")  # fmt: skip
    assert (code, out.strip()) == (0, "told")
    written = (folder / "told" / "portfolios.csv").read_text(encoding="utf-8")
    assert "talk + threat" in written
    assert (folder / "told" / "advice.txt").read_text(encoding="utf-8").startswith("Warsaw, 2 portfolios")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("tolls.yaml", "--actor", "DEX"), "did you mean 'DEU'?"),
        (("tolls.yaml", "--actor", "DEU", "--against", "warsav"), "did you mean 'warsaw'?"),
        (("tolls.yaml", "--actor", "DEU", "--against", "berlin"), "cannot be played against itself"),
        (("tolls.yaml", "--actor", "DEU", "--draws", "20"), "--draws"),
        (("tolls.yaml", "--actor", "DEU", "--executor", "cluster"), "--executor"),
        (("bare.yaml",), "add `projection:` and `strategies:`"),
        (("bare.yaml", "--actor", "DEU"), "has no strategies"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_to_type(
    ask: Run, asked: tuple[str, ...], words: str
) -> None:
    code, out, err = ask(*asked)
    assert code == 2
    assert words in out + err
    assert "Traceback" not in err
