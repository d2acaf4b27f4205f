"""What tests of futures share: compiled code that is as new as its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.simulation import bargaining


@pytest.fixture(scope="session", autouse=True)
def fresh_kernels() -> None:
    """Drop kept machine code that is older than any compiled module of the package.

    numba keeps it by the date of a function's own file, and would not see that a function in another file,
    which it took in, has changed.
    """
    folder = Path(str(bargaining.__file__)).parent
    sources = [path for path in folder.glob("*.py") if "@njit" in path.read_text(encoding="utf-8")]
    newest = max(path.stat().st_mtime for path in sources)
    for kept in (folder / "__pycache__").glob("*.nb[ic]"):
        if kept.exists() and kept.stat().st_mtime < newest:
            kept.unlink(missing_ok=True)
