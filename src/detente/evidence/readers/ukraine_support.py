"""Aid by donor and month (Kiel Institute, Ukraine Support Tracker).

Lower bounds: the panel leaves out the institutions of the European Union, and rows without a date were
dropped before it was made. A zero says that nothing was dated to that month. The panel's own groups of donors
(`donor_group`, `frontline_flag`, `reluctant_flag`) are judgements and are not read.
"""

from __future__ import annotations

from pathlib import Path

from detente.evidence.readers.frames import csv, days, numbers, resolve, stamped, tally
from detente.evidence.readers.shapes import blanks, typed, unsaid
from detente.evidence.tables import Tables

FILE = "kiel_panel.csv"
KINDS = {
    "Military": "aid_eur_m_military",
    "Financial": "aid_eur_m_financial",
    "Humanitarian": "aid_eur_m_humanitarian",
}


def read(folder: Path) -> Tables:
    """Return allocations by donor, month and kind, in EUR million, as ties from donor to recipient.

    Raises `EvidenceError` where the file is missing or corrupt, lacks a column, or holds a value that is no
    number.
    """
    path = folder / FILE
    rows = csv(path, ("donor", "year_month", "aid_type_general", "aid_eur_m"))
    rows = numbers(rows, ["aid_eur_m"], path)
    rows = rows.assign(
        date=days(rows, "year_month", path, form="%Y-%m"), kind=rows["aid_type_general"].map(KINDS)
    )
    other = rows.loc[rows["kind"].isna(), "aid_type_general"].fillna("").value_counts()
    empty = blanks(rows, ["aid_eur_m"], FILE)
    rows = rows[rows["kind"].notna() & rows["aid_eur_m"].notna()]
    rows, unresolved = resolve(rows, "donor", into="actor", dates="date")
    rows = rows.rename(columns={"aid_eur_m": "value"}).assign(
        target=unsaid(FILE)["recipient"], unit="EUR million"
    )
    rows = stamped(rows, source="ukraine_support", locator="release 27, allocations of " + rows["year_month"])
    unknown = [
        (f"aid of type {name!r}", int(count), f"types read: {', '.join(KINDS)}")
        for name, count in other.items()
    ]
    return Tables(ties=typed("ties", rows), unresolved=unresolved, set_aside=tally(*unknown, *empty))
