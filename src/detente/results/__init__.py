"""Results that last: a saved result opened again, made again, and what differs between the two."""

from __future__ import annotations

from detente.results.opening import Opened, open_result

__all__ = ["Opened", "open_result"]
