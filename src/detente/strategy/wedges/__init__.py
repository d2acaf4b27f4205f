"""Wedges: whom a divider can detach from a bloc, at what price, and what would bind each."""

from detente.strategy.wedges.analysing import Wedges, analyse
from detente.strategy.wedges.inputs import Defender, Divider, Targets

__all__ = ["Defender", "Divider", "Targets", "Wedges", "analyse"]
