"""Futures of a case: what they are drawn from, scenarios, and what comes of them."""
