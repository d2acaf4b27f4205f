"""Chunks of work on one core, on all, or on a cluster: same bytes everywhere, picked up after a kill."""

from detente.strategy.executors.running import run
from detente.strategy.executors.work import Progress

__all__ = ["Progress", "run"]
