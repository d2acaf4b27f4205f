"""Trade of the members of the European Union with a neighbour in the east, by month (Eurostat, Comext).

Labels of reporters and partners carry notes in brackets on what they once included; the notes are left off,
since none of them changes what a reporter is in the years of the file.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import csv, days, numbers, pooled, present, resolve, stamped, tally
from detente.evidence.readers.shapes import typed
from detente.evidence.tables import Tables

FILE = "eu_trade_russia_neighbours.csv"
MEMBERS = "eu_countries.csv"
MISSING = ":"
VALUE = "VALUE_IN_EUROS"
KINDS = {
    ("TOTAL", "IMPORT"): "imports_eur",
    ("TOTAL", "EXPORT"): "exports_eur",
    ("27", "IMPORT"): "imports_fuel_eur",
    ("27", "EXPORT"): "exports_fuel_eur",
}


def read(folder: Path) -> Tables:
    """Return imports and exports by reporter, partner and month in EUR: all goods, and fuels (HS 27), as
    ties.

    Raises `EvidenceError` where a file is missing or corrupt, lacks a column, or holds a value that is no
    number.
    """
    present(folder / FILE, folder / MEMBERS)
    path = folder / FILE
    rows = csv(path, ("reporter", "partner", "product", "flow", "indicator", "month", "value"))
    gone = rows["value"].isna() | (rows["value"].str.strip() == MISSING)
    rows = numbers(rows.assign(value=rows["value"].mask(gone)), ["value"], path)
    kinds = {f"{product} {flow}": kind for (product, flow), kind in KINDS.items()}
    rows = rows.assign(
        date=days(rows, "month", path, form="%Y-%m"),
        kind=(rows["product"] + " " + rows["flow"]).map(kinds).where(rows["indicator"] == VALUE),
        reporter=without_notes(rows["reporter"]),
        partner=without_notes(rows["partner"]),
        unit="EUR",
    )
    other = int((rows["kind"].isna() & ~gone).sum())
    used = rows[rows["kind"].notna() & ~gone]
    used, reporters = resolve(used, "reporter", into="actor", dates="date")
    used, partners = resolve(used, "partner", into="target", dates="date")
    used = stamped(used, source="trade_russia", locator="DS-045409, HS " + used["product"])
    return Tables(
        ties=typed("ties", used),
        unresolved=pooled(reporters, partners),
        set_aside=tally(
            (f"value {MISSING!r}", int(gone.sum()), "the provider marks it as missing"),
            (
                "another product, flow or indicator",
                other,
                "all goods and HS 27 are read, imports and exports in EUR",
            ),
            (
                MEMBERS,
                len(csv(folder / MEMBERS, ("reporter",))),
                "labels of reporters, resolved by name instead",
            ),
        ),
    )


def without_notes(labels: pd.Series) -> pd.Series:
    """Return labels without what follows in brackets.

    >>> without_notes(pd.Series(["Belgium (incl. Luxembourg 'LU' -> 1998)", "Ireland (Eire)"])).tolist()
    ['Belgium', 'Ireland']
    """
    return labels.str.replace(r"\s*\(.*$", "", regex=True)
