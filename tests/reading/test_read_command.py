"""The command on a document: a file to review, problems as they are told, and the key that is never told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from detente.commands import main
from tests.reading.documents import ARTICLE
from tests.reading.stub import Answer, recorded, serving

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


def run(*arguments: object) -> int:
    """Return the exit code of `detente read` with these arguments."""
    with pytest.raises(SystemExit) as left:
        main(["read", *(str(each) for each in arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_a_draft_is_shown_with_everything_left_out(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(article) == 0
    told = capsys.readouterr().out
    for words in ("Claims drafted: 8, by rules", "Slovakia", "Moscow, Russia, Russian", "Jane Example (1)",
                  "left out: a question (1)", "-o draft.yaml writes it"):  # fmt: skip
        assert words in told


def test_a_draft_is_written_once_and_never_over_a_reviewed_one(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.yaml"
    assert run(article, "-o", draft, "--who", "A. Author", "--when", "2024") == 0
    claims = yaml.safe_load(draft.read_text(encoding="utf-8"))["claims"]
    assert {each["when"] for each in claims.values()} == {2024}
    draft.write_text("reviewed", encoding="utf-8")
    assert run(article, "-o", draft) == 2
    assert "is there already" in capsys.readouterr().err
    assert draft.read_text(encoding="utf-8") == "reviewed"


def test_the_draft_comes_as_json_too(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(article, "--json", "--most", "2") == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["claims"]) == len(data["sentences"]) == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--model", "m"), "--endpoint"),
        (("--endpoint", "https://example.org/v1"), "--model"),
        (("--endpoint", "https://example.org/v1", "--model", "m", "--key-env", KEY), "not set"),
        (("--when", "soon"), "neither a day nor a year"),
        (("--when", "2024-02-31"), "neither a day nor a year"),
    ],
)
def test_half_of_what_is_needed_is_refused_and_told(
    article: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    assert run(article, *options) == 2
    said = capsys.readouterr().err
    assert told in said
    assert KEY not in said, "a key typed where its variable's name belongs is not repeated"


def test_a_model_helps_and_the_key_stays_in_the_environment(
    article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    draft = tmp_path / "draft.yaml"
    with serving(recorded("good.json")) as stub:
        options = ("--endpoint", stub.url, "--model", "small", "--key-env", "MY_KEY")
        assert run(article, "-o", draft, *options) == 0
    told = capsys.readouterr()
    assert stub.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert "small, checked against the text" in draft.read_text(encoding="utf-8")
    assert KEY not in told.out + told.err + draft.read_text(encoding="utf-8")


def test_a_server_that_repeats_the_key_is_not_repeated(
    article: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    with serving(Answer(f"unknown key {KEY}", 401)) as stub:
        assert run(article, "--endpoint", stub.url, "--model", "small", "--key-env", "MY_KEY") == 2
    told = capsys.readouterr().err
    assert "refused the key (401): unknown key [key]" in told
    assert KEY not in told
