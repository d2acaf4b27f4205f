"""What tests share: a cache of their own, and the providers' files where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


def find_mirror() -> Path | None:
    """Return the folder with the providers' files: `DETENTE_MIRROR`, or `shared/data` beside the project."""
    named = os.environ.get("DETENTE_MIRROR")
    folder = Path(named) if named else BESIDE
    return folder if (folder / "unga_votes").is_dir() else None


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The providers' files, or a skip with the reason."""
    folder = find_mirror()
    if folder is None:
        pytest.skip(
            "the providers' files are not at hand: let DETENTE_MIRROR name the folder that holds them"
        )
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Reference inputs and expected outputs, or a skip with the reason."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference figures are not at hand: they lie in shared/reference beside the project")
    return REFERENCE


@pytest.fixture(scope="session", autouse=True)
def own_record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep forecasts that tests seal out of the user's record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_RECORD", str(tmp_path_factory.mktemp("record") / "forecasts.jsonl"))
        yield


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for one test, and no mirror unless the test names one."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DETENTE_CACHE", str(folder))
    monkeypatch.delenv("DETENTE_MIRROR", raising=False)
    return folder
