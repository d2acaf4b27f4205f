"""For contributors: how far tests can be relied on, and what detente rests on. Never installed."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Write a line for whoever waits, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
