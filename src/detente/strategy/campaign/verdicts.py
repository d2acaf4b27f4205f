"""What shares of futures and of games are called, in the answer of a command and in a brief alike."""

from __future__ import annotations

FIRM = 0.9
"""An equilibrium that comes up in this share of resampled games is called firm."""
RISKS = ((0.1, "rarely a loss"), (0.25, "a risk"), (1.0, "a gamble"))
"""What it is called to do worse than doing nothing in at most this share of futures."""
EITHER = " / "
"""What stands between portfolios of which a side plays one or another."""


def firmness(share: float) -> str:
    """Return what an equilibrium is called that comes up in a share of resampled games.

    >>> firmness(0.95), firmness(0.6)
    ('firm', 'not firm')
    """
    return "firm" if share >= FIRM else "not firm"


def risk(share: float) -> str:
    """Return what a portfolio is called that does worse than nothing in a share of futures.

    >>> risk(0.05), risk(0.25), risk(0.5)
    ('rarely a loss', 'a risk', 'a gamble')
    """
    return next(word for most, word in RISKS if share <= most)
