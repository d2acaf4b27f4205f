"""How results show themselves in a notebook: a title, a line on how sure it is, a small table; no script."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""Rows that a notebook shows."""


class Shown(ABC):
    """What shows itself at the end of a notebook's cell."""

    @abstractmethod
    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return a title, a line on what it is and how sure, and the table to show first."""

    def _repr_html_(self) -> str:
        return panel(*self.glance())


def panel(title: str, note: str, rows: pd.DataFrame) -> str:
    """Return HTML of a table's first rows with a title and a note; all text is escaped.

    >>> import pandas as pd
    >>> shown = panel("Two <b>", "How sure.", pd.DataFrame({"actor": ["A", "<script>"]}))
    >>> "Two <b>" in shown, "<script>" in shown
    (False, False)
    """
    import pandas as pd

    top = rows.head(MOST)
    with pd.option_context("display.max_colwidth", None):
        table = top.to_html(index=False, border=0, escape=True, na_rep="–", float_format="{:.3g}".format)
    left = f"<br>{MOST} of {len(rows):,} rows" if len(rows) > MOST else ""
    return f"<div><p><b>{escape(title)}</b><br>{escape(note)}{left}</p>{table}</div>"
