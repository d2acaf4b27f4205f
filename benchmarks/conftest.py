"""What benchmarks share: what they note beside the clock (CPU-seconds, memory, ratios) is printed last."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The providers' files, or a skip with the reason."""
    folder = Path(os.environ.get("DETENTE_MIRROR", BESIDE))
    if not folder.is_dir():
        pytest.skip(
            "the providers' files are not at hand: let DETENTE_MIRROR name the folder that holds them"
        )
    return folder


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what each benchmark noted beside its time."""
    session: Any = getattr(config, "_benchmarksession", None)
    for each in session.benchmarks if session else ():
        noted = ", ".join(
            f"{name.replace('_', ' ')} {_short(value)}" for name, value in each.extra_info.items()
        )
        if noted:
            terminalreporter.write_line(f"{each.name}: {noted}")


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
