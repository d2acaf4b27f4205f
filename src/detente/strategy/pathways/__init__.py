"""Adaptive pathways: which signpost, seen when, should switch the portfolio, and what waiting is worth."""

from detente.strategy.pathways.adapting import Pathways, Rule, adapt
from detente.strategy.pathways.sellby import SellBy, sell_by
from detente.strategy.pathways.switching import Switching
from detente.strategy.pathways.waiting import Waiting, wait

__all__ = ["Pathways", "Rule", "SellBy", "Switching", "Waiting", "adapt", "sell_by", "wait"]
