"""How united, and where are the cracks: estimates with intervals, made from evidence."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.measurement.checks import preflight
    from detente.measurement.findings import Finding
    from detente.measurement.measures import Measures, measure

__all__ = ["Finding", "Measures", "measure", "preflight"]

_HOMES = {"Measures": "measures", "measure": "measures", "Finding": "findings", "preflight": "checks"}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for: the room itself imports light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
