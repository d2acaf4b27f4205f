"""What tests share: a cache of their own, and the providers' files where they are at hand."""

from __future__ import annotations

import doctest
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


def leave_out(config: pytest.Config, items: list[pytest.Item], which: Callable[[pytest.Item], bool]) -> None:
    """Take tests out of a run: they are counted as deselected, and not as skipped."""
    out = [item for item in items if which(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not which(item)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out examples in docstrings that are shown and not run, for want of the files that they name."""
    leave_out(config, items, _only_shown)


def _only_shown(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.DoctestItem):
        return False
    return all(example.options.get(doctest.SKIP, False) for example in item.dtest.examples)


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
