"""Saved results and briefs: altered folders are opened, or it is said what is wrong with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.briefing.differences.comparing import compare
from detente.briefing.differences.opening import open_briefs
from detente.errors import DetenteError, EvidenceError
from detente.folders import MANIFEST, seal
from tests.briefing.test_differences import folders  # noqa: F401  (the briefs of those tests)
from tests.fuzzing.damage import altered, as_json, damaged
from tests.fuzzing.outcomes import fuzzed, tried, written

ROWS = pd.DataFrame(
    {
        "actor": ["A", "B", "C"],
        "issue": "budget",
        "position": [0, 55, 100],
        "salience": 50,
        "capability": [1, 3, 2],
    }
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small result, saved."""
    return detente.bargain(ROWS).save(tmp_path_factory.mktemp("saved") / "bargain")


def copied(folder: Path, target: Path) -> Path:
    """Return a fresh copy of a folder."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(folder, target))


def used(folder: Path) -> Any:
    """Open a result and look at all of it."""
    found = detente.open(folder)
    frames = found.frames()
    arrays = [found.array(name) for name in found.arrays]
    return frames, arrays, repr(found), found._repr_html_(), found.case, found.made, found.about


@fuzzed(12)
@given(data=st.data(), sealed=st.booleans())
def test_a_result_with_an_altered_manifest_is_opened_or_named(
    tmp_path: Path, saved: Path, data: st.DataObject, sealed: bool
) -> None:
    folder = copied(saved, tmp_path / "bargain")
    told = data.draw(altered(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))))
    if sealed and isinstance(told, dict):
        told["seal"] = seal(json.loads(as_json(told)))
    written(folder, MANIFEST, as_json(told))
    tried("saved results", lambda: used(folder))


@fuzzed(8)
@given(data=st.data())
def test_a_result_with_a_damaged_file_is_opened_or_named(
    tmp_path: Path, saved: Path, data: st.DataObject
) -> None:
    folder = copied(saved, tmp_path / "bargain")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    path.write_bytes(data.draw(damaged((before,))))
    found = tried("saved results", lambda: used(folder))
    assert path.read_bytes() == before or path.name == MANIFEST or isinstance(found, DetenteError)


@pytest.mark.lengthy
@fuzzed(20)
@given(data=st.data())
def test_an_altered_brief_is_compared_or_named(
    tmp_path: Path,
    folders: tuple[Path, Path],  # noqa: F811
    data: st.DataObject,
) -> None:
    folder = copied(folders[1], tmp_path / "two")
    name = data.draw(st.sampled_from(("manifest.json", "numbers.json", "brief.json")))
    content = (folder / name).read_bytes() if (folder / name).exists() else b"{}"
    if data.draw(st.booleans()):
        held = as_json(data.draw(altered(json.loads(content))))
    else:
        held = data.draw(damaged((content,)))
    written(folder, name, held)
    which = folder / name if name == "brief.json" else folder
    tried("briefs", lambda: compare(*open_briefs((folders[0], which), across=True)), kind=EvidenceError)
