"""The smallest change that breaks an alliance, and every separate route to it."""

from detente.strategy.tipping.plain import Plain, sample
from detente.strategy.tipping.results import Route, Tipping
from detente.strategy.tipping.searching import nearest
from detente.strategy.tipping.space import Effort, Limit, Space

__all__ = ["Effort", "Limit", "Plain", "Route", "Space", "Tipping", "nearest", "sample"]
