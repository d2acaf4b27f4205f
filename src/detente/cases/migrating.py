"""Case files of earlier versions, brought up to this one: a function on plain data from each to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import detente
from detente.cases.schema import VERSION

Data = dict[str, Any]
MIGRATIONS: dict[int, Callable[[Data], Data]] = {}
"""By version: what makes of a case of it one of the next. The version itself is raised for it."""


def version_of(data: Any) -> int | None:
    """Return the version that a case says it was written for; None where it says none."""
    found = data.get("detente") if isinstance(data, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def migrated(data: Any) -> tuple[Any, int | None]:
    """Return a case's data as of this version, and for which earlier one it was written, if so.

    What no migration is known for stays as it is.

    >>> migrated({"detente": 1, "title": "Tolls"})
    ({'detente': 1, 'title': 'Tolls'}, None)
    """
    first = version_of(data)
    if first is None or any(step not in MIGRATIONS for step in range(first, VERSION)):
        return data, None
    for step in range(first, VERSION):
        data = {**MIGRATIONS[step](dict(data)), "detente": step + 1}
    return data, first if first < VERSION else None


def newer(data: Any) -> tuple[str, str] | None:
    """Return what is wrong with a case of a later version, and what to do; None where it is not one.

    >>> newer({"detente": 1}) is None, newer({"detente": 99})[0].startswith("detente: 99 is a version")
    (True, True)
    """
    found = version_of(data)
    if found is None or found <= VERSION:
        return None
    own = detente.__version__
    what = f"detente: {found} is a version of case files later than detente {own} reads (up to {VERSION})"
    return what, f"it needs a detente after {own} that reads version {found}: pip install --upgrade detente"
