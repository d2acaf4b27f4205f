"""Results whose manifest was altered and sealed again: each misfit is named, and nothing is half opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import detente
from detente.errors import ResultError
from detente.folders import MANIFEST, seal

ROWS = pd.DataFrame(
    {"actor": ["A", "B"], "issue": "budget", "position": [0, 100], "salience": 50, "capability": [1, 2]}
)
Alter = Callable[[dict[str, Any]], object]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A small result, saved."""
    return detente.bargain(ROWS).save(tmp_path / "bargain")


def sealed(folder: Path, alter: Alter) -> Path:
    """Alter the manifest of a result, and seal it again."""
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    alter(told)
    told["seal"] = seal(told)
    (folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    return folder


def first(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of its first table."""
    table: dict[str, Any] = next(iter(told["tables"].values()))
    return table


@pytest.mark.parametrize(
    ("alter", "what"),
    [
        (lambda told: told.pop("tables"), "tables: field required"),
        (lambda told: told.update(files=[]), "files: input should be a valid dict"),
        (lambda told: told["made"].update(versions=None), "made.versions: input should be a valid dict"),
        (lambda told: told.update(tables={"x": "y"}), "tables.x: input should be a valid dict"),
        (lambda told: first(told)["columns"][0].update(kind="else"), "kind: input should be"),
        (lambda told: first(told).update(file="../else.csv"), "does not list the file"),
    ],
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused_with_the_part(saved: Path, alter: Alter, what: str) -> None:
    with pytest.raises(ResultError) as caught:
        detente.open(sealed(saved, alter))
    assert what in str(caught.value)
    assert all(problem.where and problem.hint for problem in caught.value.problems)


@pytest.mark.parametrize(
    "alter",
    [
        lambda told: first(told)["columns"][0].update(name="else"),
        lambda told: first(told)["columns"][0].update(kind="float", dtype="float64"),
        lambda told: first(told)["columns"][0].update(dtype="nothing"),
        lambda told: first(told).update(index=["else"]),
    ],
    ids=["another column", "another kind", "another type", "another index"],
)
def test_a_table_that_is_not_as_the_manifest_says_is_named(saved: Path, alter: Alter) -> None:
    opened = detente.open(sealed(saved, alter))
    with pytest.raises(ResultError, match="is not what the manifest says of it"):
        opened.frame(opened.tables[0])


def test_a_manifest_without_an_end_is_refused(saved: Path) -> None:
    (saved / MANIFEST).write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ResultError, match="cannot be read"):
        detente.open(saved)
