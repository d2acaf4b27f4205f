"""The command on claims: what it shows, what it writes, and what it says of input that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.claims.audit import Audit
from detente.commands import main
from detente.study import Study
from tests.cases.test_case_mistakes import GOOD
from tests.claims.invented import case, hear
from tests.claims.test_claim_files import CLAIMS
from tests.claims.test_claim_tests import ABOVE, INDEX, record


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case whose audit is the invented one."""
    asked = case(
        present=record(),
        level={"kind": "level", "read": {**INDEX, "span": "second"}, **ABOVE},
        hopes={"kind": "untestable", "title": "Hopes", "why": "No record.", "needed": "Diaries."},
    )
    found = hear(asked)

    def invented(_study: Study) -> Audit:
        return found

    monkeypatch.setattr(Study, "audit", invented)
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD + CLAIMS.replace("  unity:", "  union:"), encoding="utf-8")
    return path


def run(*words: str) -> int:
    """Run `detente audit` and return the code that it exits with."""
    with pytest.raises(SystemExit) as caught:
        main(["audit", *words])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_it_shows_verdicts_figures_and_what_would_change_them(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(path), "-q") == 0
    shown = capsys.readouterr().out
    assert "union: mixed" in shown and "Hopes: untestable" in shown
    assert "0.70 (0.68 to 0.72), over 80 roll calls" in shown
    assert "To test it would take: Diaries" in shown
    assert run(str(path), "--claim", "union", "-q") == 0
    assert "test: agreement index of Pact" in capsys.readouterr().out


def test_it_answers_in_json_and_writes_tables(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(path), "--json", "-q", "-o", str(tmp_path / "out")) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in told["tests"]] == ["mixed", "mixed", "untestable"]
    assert told["tests"][2]["value"] is None and told["rows"]
    assert (tmp_path / "out" / "tests.csv").read_text(encoding="utf-8").startswith("claim,test,kind")


def test_an_unknown_claim_is_named_with_what_was_meant(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(path), "--claim", "onion", "-q") == 2
    assert "did you mean 'union'? claims of this case: union" in capsys.readouterr().err


def test_a_case_without_claims_says_how_to_add_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert run(str(path), "-q") == 2
    assert "lists no claims" in capsys.readouterr().err
