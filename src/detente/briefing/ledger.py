"""The list of every number in the text: an id for each, and a row that says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from detente.briefing.prose import Cited
from detente.numbers import Mark

COLUMNS = (
    "id", "section", "what", "shown", "value", "low", "high", "unit", "mark", "source", "locator", "method",
)  # fmt: skip
LETTERS: dict[Mark, str] = {"sourced": "S", "estimated": "E", "assumed": "A"}


@dataclass(frozen=True)
class Entry:
    """One number of the text, with its id (`E12`: estimated, twelfth in the text) and where it stands."""

    id: str
    section: str
    cited: Cited

    def row(self) -> dict[str, object]:
        """Return the entry as a row of `numbers.json`."""
        number = self.cited.number
        return {
            "id": self.id,
            "section": self.section,
            "what": self.cited.what,
            "shown": number.shown(),
            "value": number.value,
            "low": number.low,
            "high": number.high,
            "unit": number.unit,
            "mark": number.mark,
            "source": number.source,
            "locator": number.locator,
            "method": number.method,
        }


@dataclass
class Ledger:
    """Collects numbers in the order of the text; the same number of the same thing enters once.

    >>> from detente.numbers import Number
    >>> ledger = Ledger()
    >>> members = Cited(Number(31, "count", "sourced", source="memberships"), "members of the bloc")
    >>> ledger.enter(members, section="1").id, ledger.enter(members, section="2").id
    ('S1', 'S1')
    """

    _entries: dict[tuple[object, str], Entry] = field(default_factory=dict)

    def enter(self, cited: Cited, *, section: str) -> Entry:
        """Return the entry of a cited number, made where it is new."""
        key = (cited.number, cited.what)
        if key not in self._entries:
            letter = LETTERS[cited.number.mark]
            self._entries[key] = Entry(f"{letter}{len(self._entries) + 1}", section, cited)
        return self._entries[key]

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries in the order of the text."""
        return tuple(self._entries.values())

    def frame(self) -> pd.DataFrame:
        """Return all entries as a table with `COLUMNS`."""
        return pd.DataFrame([entry.row() for entry in self.entries()], columns=list(COLUMNS))
