"""From a case, its evidence and its measures to one page that others can use and check."""

from __future__ import annotations

from detente.briefing.material import Found
from detente.briefing.writing import Brief, write_brief

__all__ = ["Brief", "Found", "write_brief"]
