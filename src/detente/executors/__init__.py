"""Chunks of work on one core, on all, or on a cluster: same bytes everywhere, picked up after a kill."""

from detente.executors.calling import Result
from detente.executors.how import How
from detente.executors.running import fill, run
from detente.executors.work import Progress

__all__ = ["How", "Progress", "Result", "fill", "run"]
