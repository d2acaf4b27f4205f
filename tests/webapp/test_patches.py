"""What was explored, as a scenario: it runs, and gives the same numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from detente.cases.scenarios import baseline_digest, scenario_named
from detente.cases.writing import dumped
from detente.cases.yamltext import parse
from detente.commands import main
from detente.study import Study
from detente.webapp.patches import as_yaml, laid
from detente.webapp.sessions import Session
from tests.webapp.conftest import Ask
from tests.webapp.test_whatif import DRAWS, state

PAIRS = (
    ("scenario", "crisis"), ("scenario", "slow"), ("event.vote", "off"), ("event.newcomer", "on"),
    ("lever.pay", "0.7"), ("lever.majority", "1"),
    ("shift.tolls.POL", "0.125"), ("shift.tolls.THREE", "-0.1"),
)  # fmt: skip


def test_a_patch_is_run_by_project_and_gives_the_same_numbers(
    study: Study, session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    wanted = state(session, *PAIRS)
    path = tmp_path / "what-if.yaml"
    path.write_text(as_yaml(study.case, wanted, name="./tolls.yaml"), encoding="utf-8")
    assert study.case.file is not None
    monkeypatch.setenv("DETENTE_CACHE", str(study.evidence.path.parent))
    with pytest.raises(SystemExit) as ended:
        main(["project", str(study.case.file), "--scenario", str(path), "--draws", str(DRAWS),
              "--output", str(tmp_path / "out"), "-q"])  # fmt: skip
    assert ended.value.code == 0, capsys.readouterr().err
    spread, decided = (
        pd.read_csv(next((tmp_path / "out").rglob(f"what-if/{name}.csv")))
        for name in ("cohesion", "decisions")
    )
    told = session.answered(wanted)
    assert [row["p50"] for row in told["cohesion"]] == pytest.approx(list(spread["p50"]), rel=1e-5)
    assert [row["passes"] for row in told["decisions"]] == pytest.approx(list(decided["passes"]), rel=1e-5)


def test_a_patch_names_its_baseline_and_the_command_that_runs_it(session: Session) -> None:
    text = as_yaml(session.case, state(session, ("lever.pay", "1"), ("until", "2020")), name="./tolls.yaml")
    assert f'baseline: "{baseline_digest(session.case)}"' in text
    assert "detente project ./tolls.yaml --scenario ./what-if.yaml --draws 300 --seed 0 --until 2020" in text


def test_a_digest_that_looks_like_a_number_stays_text() -> None:
    assert parse(dumped({"baseline": "12e4567890123456"})).data == {"baseline": "12e4567890123456"}


def test_a_lever_keeps_its_reason_and_its_range(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(as_yaml(session.case, state(session, ("lever.pay", "0.5")), name="x"), encoding="utf-8")
    event = scenario_named(session.case, str(path)).patch["projection"]["events"]["pay_pulled"]
    assert event["pays"] == {"renewal": {"DEU": 0.05, "FRA": 0.05}}
    assert (event["reason"], event["kind"], event["date"]) == ("Invented.", "lever", "2020-02-01")


def test_patches_laid_over_one_another_do_what_both_do() -> None:
    first, second = {"a": {"b": 1, "c": {"d": 2}}}, {"a": {"b": None, "c": {"e": 3}}}
    assert laid(first, second) == {"a": {"b": None, "c": {"d": 2, "e": 3}}}
    assert first == {"a": {"b": 1, "c": {"d": 2}}}


def test_the_page_gives_the_patch_as_a_file(ask: Ask) -> None:
    answer = ask("GET", "/api/patch?scenario=crisis&lever.pay=2")
    assert answer.status_code == 200
    assert 'filename="what-if.yaml"' in answer.headers["content-disposition"]
    assert set(parse(answer.text).data["patch"]["projection"]["events"]) == {"shock", "pay_pulled"}


def test_there_is_no_patch_of_nothing(ask: Ask) -> None:
    answer = ask("GET", "/api/patch?draws=300")
    assert answer.status_code == 400
    assert json.loads(answer.text)["errors"][0]["hint"] == "move a control first"
