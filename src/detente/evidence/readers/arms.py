"""Transfers of major arms by supplier, recipient and year (SIPRI, trend-indicator values).

TIV measure military capability, not prices; 0 stands for less than half a million. SIPRI marks armed groups
with one asterisk and organisations with two: both are listed as unresolved, since the table is about states.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import parquet, pooled, resolve, stamped, tally, year_start
from detente.evidence.readers.shapes import blanks, typed
from detente.evidence.tables import Tables

FILE = "sipri_tiv.parquet"


def read(folder: Path) -> Tables:
    """Return arms transfers in TIV million as ties: `actor` is the recipient, who depends, and `target` the
    supplier.

    Raises `EvidenceError` where the file is missing or corrupt, or lacks a column.
    """
    stated = parquet(folder / FILE, ("supplier", "recipient", "year", "value"))
    rows = stated.dropna(subset=["year", "value"])
    rows = rows.assign(date=year_start(rows["year"]), value=rows["value"].astype("float64"))
    rows, receiving = _states(rows, "recipient", into="actor")
    rows, supplying = _states(rows, "supplier", into="target")
    sums = rows.groupby(["actor", "target", "date"], as_index=False)[
        "value"
    ].sum()  # one state under two names
    sums = sums.assign(kind="arms_tiv", unit="TIV million")
    return Tables(
        ties=typed("ties", stamped(sums, source="arms", locator="TIV by supplier, recipient and year")),
        unresolved=pooled(receiving, supplying),
        set_aside=tally(
            *blanks(stated, ["year", "value"], FILE),
            ("two names of one state", len(rows) - len(sums), "their values are added up"),
        ),
    )


def _states(rows: pd.DataFrame, label: str, *, into: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows whose `label` is a state, its code in column `into`, and the other labels counted."""
    marks = rows[label].str.extract(r"(\*+)$")[0].fillna("")
    counts = rows.loc[marks != "", label].value_counts()
    starred = [(str(name), int(count), _meaning(str(name))) for name, count in counts.items()]
    known, unresolved = resolve(rows[marks == ""], label, into=into, dates="date")
    return known, pooled(tally(*starred), unresolved)


def _meaning(label: str) -> str:
    return "an organisation (SIPRI's **)" if label.endswith("**") else "an armed group (SIPRI's *)"
