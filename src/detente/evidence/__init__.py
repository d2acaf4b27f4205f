"""What do we know: files and compiled facts as typed tables in one DuckDB, each row with its source."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.evidence.actors import Actor, Gazetteer
    from detente.evidence.evidence import Evidence, open_evidence
    from detente.evidence.importing import Account, forget, import_as, import_file
    from detente.evidence.mapping import Mapping
    from detente.evidence.progress import Event
    from detente.evidence.pulling import Options, Plan, Pulled, plan, pull
    from detente.evidence.sources import Registry, Source
    from detente.evidence.stock import Status, list_sources, rebuild, status

_HOMES = {
    "actors": ("Actor", "Gazetteer"),
    "evidence": ("Evidence", "open_evidence"),
    "importing": ("Account", "forget", "import_as", "import_file"),
    "mapping": ("Mapping",),
    "progress": ("Event",),
    "pulling": ("Options", "Plan", "Pulled", "plan", "pull"),
    "sources": ("Registry", "Source"),
    "stock": ("Status", "list_sources", "rebuild", "status"),
}

__all__ = [
    "Account",
    "Actor",
    "Event",
    "Evidence",
    "Gazetteer",
    "Mapping",
    "Options",
    "Plan",
    "Pulled",
    "Registry",
    "Source",
    "Status",
    "forget",
    "import_as",
    "import_file",
    "list_sources",
    "open_evidence",
    "plan",
    "pull",
    "rebuild",
    "status",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for: the room itself imports light."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
