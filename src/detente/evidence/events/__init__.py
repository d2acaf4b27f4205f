"""Coded events at any size: providers' files to one shape, counted by dyad and period, with an account.

`read_events` reads files of GDELT, ICEWS, POLECAT or one's own; what it returns counts them (`counts`), shows
them (`frame`) and says what could not be used (`account`). `event_counts` counts the events of an evidence
database in the same way. Both give one row for each dyad and period in which an event is known:

| column | meaning |
|---|---|
| `source`, `target` | who acted, towards whom: codes of actors; directed, and within one country too |
| `period` | first day of the week (Monday), month or the day itself, datetime64 |
| `events` | number of events |
| `verbal_cooperation`, `material_cooperation`, `verbal_conflict`, `material_conflict` | by quad class |
| `scored` | events with a Goldstein score |
| `goldstein`, `goldstein_sd` | mean and sample standard deviation of scores; NaN where there are too few |
| `goldstein_weighted` | mean of the scores, weighted by `mentions`; NaN where nothing was mentioned |
| `mentions` | mentions in all; an event of a provider that counts none has one |
| `tone` | mean tone of the reports, NaN where the provider gives none |

A dyad and period without an event has no row: it is for the caller to tell nothing known from nothing done
(`account.days` says which days the files cover).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.evidence.events.accounting import Account
    from detente.evidence.events.auditing import Audit, audit
    from detente.evidence.events.codes import CameoCode, cameo
    from detente.evidence.events.counting import COUNTS, event_counts
    from detente.evidence.events.expression import Period
    from detente.evidence.events.formats import Layout
    from detente.evidence.events.reading import Events, Options, read_events

_HOMES = {
    "accounting": ("Account",),
    "auditing": ("Audit", "audit"),
    "codes": ("CameoCode", "cameo"),
    "counting": ("COUNTS", "event_counts"),
    "expression": ("Period",),
    "formats": ("Layout",),
    "reading": ("Events", "Options", "read_events"),
}

__all__ = [
    "COUNTS",
    "Account",
    "Audit",
    "CameoCode",
    "Events",
    "Layout",
    "Options",
    "Period",
    "audit",
    "cameo",
    "event_counts",
    "read_events",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
