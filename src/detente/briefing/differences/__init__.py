"""Two briefs compared: what changed, and whether data, case, code or luck changed it."""

from __future__ import annotations

from detente.briefing.differences.comparing import Difference, compare
from detente.briefing.differences.opening import Held, open_briefs

__all__ = ["Difference", "Held", "compare", "open_briefs"]
