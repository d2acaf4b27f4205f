"""What publics think of other powers (Pew Research Center, Global Attitudes Survey).

Weighted shares of all who were asked: those who do not know or do not answer stay in the denominator, so that
the favourable and the unfavourable share do not sum to 100. A year that a country or an item was not surveyed
is absent. Years known to be wrong in the file (`faults.csv`) are set aside.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import csv, days, numbers, pooled, resolve, stamped, tally
from detente.evidence.readers.shapes import blanks, faults, percentages, typed, unpivot
from detente.evidence.tables import Tables

FILE = "pew_favourability.csv"
KINDS = {
    "pct_favourable": ("view_favourable", "percent"),
    "pct_unfavourable": ("view_unfavourable", "percent"),
    "pct_very_unfavourable": ("view_very_unfavourable", "percent"),
    "n": ("view_sample_size", "persons"),
}


def read(folder: Path) -> Tables:
    """Return views of each target by public and year, and the size of each sample, as ties.

    Raises `EvidenceError` where the file is missing or corrupt, lacks a column, or holds a share outside 0 to
    100.
    """
    path = folder / FILE
    shares = [name for name in KINDS if name.startswith("pct_")]
    rows = csv(path, ("year", "iso3", "target", *KINDS))
    rows = percentages(numbers(rows, ["n"], path), shares, path)
    rows = rows.assign(date=days(rows, "year", path, form="%Y"))
    asked = pd.MultiIndex.from_frame(rows[["year", "target"]])
    wrong = [
        (f"{FILE}, {target} {year}", int((asked == (year, target)).sum()), reason)
        for (year, target), reason in faults(FILE).items()
    ]
    rows = rows[~asked.isin(list(faults(FILE)))]
    rows, publics = resolve(rows, "iso3", into="actor", dates="date")
    rows, targets = resolve(rows, "target", into="target", dates="date")
    sample = rows["n"].map("{:.0f}".format, na_action="ignore").fillna("unknown")
    rows = stamped(
        rows, source="opinion", locator="Global Attitudes Survey " + rows["year"] + ", n=" + sample
    )
    return Tables(
        ties=typed("ties", unpivot(rows, KINDS, into="kind")),
        unresolved=pooled(publics, targets),
        set_aside=tally(*blanks(rows, list(KINDS), FILE), *wrong),
    )
