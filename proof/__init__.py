"""For contributors: how far the tests can be relied on. Not part of the package that is installed."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Write a line for whoever waits, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
