"""The command line: whatever is typed, a command ends with 0, 1 or 2, and never with a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.commands import main
from tests.fuzzing.damage import odd_texts
from tests.fuzzing.outcomes import fuzzed, tried, written

FORMS = (
    ("brief", "FILE"), ("measure", "FILE"), ("check", "FILE"), ("project", "FILE"), ("advise", "FILE",
    "TEXT"),
    ("audit", "FILE"), ("backtest", "FILE"), ("new", "TEXT"), ("schema",), ("bargain", "FILE"), ("read",
    "FILE"),
    ("diff", "FILE", "FILE"), ("open", "FILE"), ("open", "FILE", "TEXT"), ("serve", "FILE", "--no-open"),
    ("data", "list"), ("data", "import", "FILE"), ("data", "import", "FILE", "--mapping", "FILE"),
    ("data", "import", "FILE", "--as", "TEXT"), ("data", "forget", "TEXT"), ("events", "audit", "FILE"),
    ("events", "count", "FILE", "--out", "FILE"), ("score",), ("TEXT",), ("TEXT", "FILE"), (),
)  # fmt: skip
"""Commands with what they take. None of them fetches anything, and no case here is whole."""
OPTIONS = (
    ("--json",), ("--quiet",), ("--help",), ("--version",), ("--seed", "TEXT"), ("--draws", "TEXT"),
    ("--draws", "100"),
    ("-o", "FILE"), ("--format", "TEXT"), ("--until", "TEXT"), ("--scenario", "TEXT"), ("--port", "TEXT"),
    ("--host", "TEXT"), ("--model", "TEXT"), ("--when", "TEXT"), ("--most", "TEXT"), ("--table", "TEXT"),
    ("--since", "TEXT"), ("--memory", "TEXT"), ("--mapping", "FILE"), ("TEXT",), ("--TEXT",), ("--no-TEXT",
    "FILE"),
)  # fmt: skip
FILES = (
    "broken.yaml",
    "broken.csv",
    "broken.md",
    "broken.parquet",
    "folder",
    "gone.yaml",
    "",
    ".",
    "~nobody/x",
    "a" * 300,
)


@st.composite
def typed(draw: st.DrawFn) -> list[str]:
    """Return what someone types: a command, what it takes or nearly, and options."""
    words = list(draw(st.sampled_from(FORMS)))
    for option in draw(st.lists(st.sampled_from(OPTIONS), max_size=2)):
        at = draw(st.integers(min(1, len(words)), len(words)))
        words[at:at] = option
    found = []
    for word in words:
        if word == "FILE":
            found.append(draw(st.one_of(st.sampled_from(FILES), odd_texts())))
        else:
            found.append(word.replace("TEXT", draw(odd_texts())) if "TEXT" in word else word)
    return [word.replace("\x00", "") for word in found]


@fuzzed(15)
@given(words=typed())
def test_whatever_is_typed_a_command_ends_well(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, held in (
        ("broken.yaml", b"detente: 1\ntitle: [\n"), ("broken.csv", b"a,b\n1\n"), ("broken.md", b"# \n"),
        ("broken.parquet", b"PAR1"),
    ):  # fmt: skip
        written(tmp_path, name, held)
    (tmp_path / "folder").mkdir(exist_ok=True)

    def run() -> int:
        with pytest.raises(SystemExit) as ended:
            main(words)
        return int(ended.value.code or 0)

    assert tried("commands", run) in (0, 1, 2), words
