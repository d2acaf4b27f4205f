"""A study of a small case with a scenario, and with evidence of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import detente
from detente.cases import load_case
from detente.cases.scenarios import baseline_digest
from detente.study import Study

PATCH = "{projection: {moves: {value: 0.03, low: 0.02, high: 0.05, reason: Invented.}}}"


@contextmanager
def studied(text: str, home: Path) -> Iterator[Study]:
    """Yield the study of a case of this text, with a scenario `turn`; its cache is in `home`."""
    file = home / "tolls.yaml"
    file.write_text(text, encoding="utf-8")
    digest = baseline_digest(load_case(file))
    turn = f'{{title: Turn, baseline: "{digest}", patch: {PATCH}, reason: Invented.}}'
    file.write_text(f"{text}scenarios:\n  turn: {turn}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as where:
        where.setenv("DETENTE_CACHE", str(home / "cache"))
        where.delenv("DETENTE_MIRROR", raising=False)
        yield detente.load(file, draws=100)
