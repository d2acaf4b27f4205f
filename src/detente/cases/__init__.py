"""What is asked: the case file, its schema, and how it is read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.cases.reading import case_digest, load_case, shipped_cases
    from detente.cases.schema import Case

__all__ = ["Case", "case_digest", "load_case", "shipped_cases"]

_HOMES = {
    "Case": "detente.cases.schema",
    "case_digest": "detente.cases.reading",
    "load_case": "detente.cases.reading",
    "shipped_cases": "detente.cases.reading",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that pydantic loads only when a case is read."""
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.cases' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
