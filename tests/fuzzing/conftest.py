"""`make fuzz`: each target again and again with other examples, until its share of the time is spent."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import leave_out
from tests.fuzzing.outcomes import MINUTES, TALLIES, share

FOLDER = Path(__file__).parent
LARGE = "ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning"
"""An example of a megabyte is meant."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let examples be large, and leave what takes long to `make fuzz`."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.filterwarnings(LARGE))
    if not MINUTES:
        leave_out(config, items, lambda item: item.get_closest_marker("lengthy") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Repeat a target; the short form runs as any test does."""
    if not MINUTES or not hasattr(pyfuncitem.obj, "hypothesis"):
        return None
    targets = sum(hasattr(getattr(each, "obj", None), "hypothesis") for each in pyfuncitem.session.items)
    end = time.monotonic() + share(targets)
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    while time.monotonic() < end:
        pyfuncitem.obj(**given)
    return True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show what came of the examples of each target."""
    if not MINUTES or not TALLIES:
        return
    terminalreporter.section("what was fuzzed")
    row = "{:<28} {:>9} {:>9} {:>9} {:>11} {:>9}".format
    heads = ("target", "examples", "used", "refused", "slowest, s", "grown, MB")
    terminalreporter.write_line(row(*heads))
    for name, each in sorted(TALLIES.items()):
        counts = f"{each.used + each.refused:,}", f"{each.used:,}", f"{each.refused:,}"
        terminalreporter.write_line(row(name, *counts, f"{each.slowest:.2f}", f"{each.grown / 1024:.0f}"))
