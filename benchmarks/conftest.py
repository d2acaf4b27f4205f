"""What benchmarks share: the providers' files, the clock, and one table of all that ran, printed last."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks.figures.noting import marked
from benchmarks.figures.table import rows, write

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
RESULTS = Path(__file__).parent / "results"
CLOCK = "benchmarks.figures.clock.cpu_seconds"
MARKERS = (
    "asked(**figures): what is asked for, by the name of the figure",
    "peer(name, of): this is what another program takes for the work of other benchmarks of the file",
)


def pytest_configure(config: pytest.Config) -> None:
    """Time everything in CPU-seconds."""
    config.option.benchmark_timer = CLOCK
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The providers' files, or a skip with the reason."""
    folder = Path(os.environ.get("DETENTE_MIRROR", BESIDE))
    if not folder.is_dir():
        pytest.skip(
            "the providers' files are not at hand: let DETENTE_MIRROR name the folder that holds them"
        )
    return folder


@pytest.fixture(autouse=True)
def _marks(request: pytest.FixtureRequest) -> None:
    """Keep what a benchmark's marks say with its figures."""
    if "benchmark" in request.fixturenames:
        request.getfixturevalue("benchmark").extra_info.update(marked(request.node))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the table of what ran and what did not, and print it."""
    session: Any = getattr(config, "_benchmarksession", None)
    ran = [each.as_dict(include_data=False) for each in session.benchmarks] if session else []
    absent = {
        report.nodeid: _reason(report)
        for outcome in ("skipped", "failed", "error")
        for report in terminalreporter.stats.get(outcome, ())
    }
    if ran or absent:
        terminalreporter.write_line(write(rows(ran, absent), RESULTS))
        terminalreporter.write_line(f"written to {RESULTS}")


def _reason(report: Any) -> str:
    """Return why a benchmark did not run: the reason of a skip, or the last line of what failed."""
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return f"it failed: {str(report.longrepr).strip().splitlines()[-1]}"
