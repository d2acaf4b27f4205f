"""The example notebooks run from top to bottom on what ships, and show what they promise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "docs" / "notebooks").glob("*.md"))
NEEDED = ("nbclient", "ipykernel", "myst_nb", "vl_convert", "matplotlib", "arviz")
PICTURES = {"image/svg+xml", "image/png"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to run in, with a cache of its own, and no way to a network or to the providers' files."""
    lacking = [module for module in NEEDED if find_spec(module) is None]
    if lacking:
        pytest.skip(f"what runs the notebooks is not installed, of the group `docs`: {', '.join(lacking)}")
    home = tmp_path_factory.mktemp("notebooks")
    nowhere = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    with pytest.MonkeyPatch.context() as where:
        for name, value in {**nowhere, "DETENTE_CACHE": str(home / "cache")}.items():
            where.setenv(name, value)
        for name in ("DETENTE_MIRROR", "no_proxy", "NO_PROXY", *map(str.upper, nowhere)):
            where.delenv(name, raising=False)
        yield home


def run(path: Path, home: Path) -> Any:
    """Return the notebook with its outputs; raises where a cell does."""
    from myst_nb.core.read import read_myst_markdown_notebook
    from nbclient import NotebookClient

    notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"))
    folder = home / path.stem
    folder.mkdir()
    client = NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(folder)}})
    return client.execute(env=dict(os.environ))


def outputs(notebook: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each output with its cell."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell, output


@pytest.mark.notebooks
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_what_ships(path: Path, home: Path) -> None:
    found = list(outputs(run(path, home)))
    said = [out.text for cell, out in found if out.get("name") == "stderr" and not _hidden(cell)]
    assert said == [], "a warning would stand in the page"
    shown = [set(out.data) for _, out in found if "data" in out]
    assert sum(bool(kinds & PICTURES) for kinds in shown) >= 2
    html = [out.data["text/html"] for _, out in found if "text/html" in out.get("data", {})]
    assert any(each.startswith("<div><p><b>") for each in html), "no result shows itself"
    assert not any("<script" in each for each in html)


def _hidden(cell: Any) -> bool:
    return "remove-stderr" in cell.metadata.get("tags", ())


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["how-united", "what-if"]
