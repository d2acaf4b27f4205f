"""Military expenditure by state and year (SIPRI).

The file splices two releases at 2018. Where both state the same year, the later release is kept. SIPRI's
definition of military expenditure is not NATO's.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import csv, days, numbers, reject, resolve, stamped, tally
from detente.evidence.readers.shapes import blanks, typed, unpivot
from detente.evidence.tables import Tables

FILE = "sipri_milex.csv"
MEASURES = {
    "milex_share_gdp": ("military_expenditure_share_gdp", "share"),
    "milex_usd_m_current": ("military_expenditure_usd", "USD million"),
    "milex_usd_m_const2021": ("military_expenditure_usd_const2021", "USD million of 2021"),
}


def read(folder: Path) -> Tables:
    """Return military expenditure as a share of GDP, in current and in constant US dollars, as indicators.

    Raises `EvidenceError` where the file is missing or corrupt, lacks a column, holds a value that is no
    number, or a release that names no year.
    """
    path = folder / FILE
    rows = numbers(csv(path, ("Country", "year", *MEASURES, "release")), list(MEASURES), path)
    rows = rows.assign(date=days(rows, "year", path, form="%Y"), released=_released(rows, path))
    rows, unresolved = resolve(rows, "Country", into="actor", dates="date")
    latest = (
        rows.sort_values("released", kind="stable")
        .drop_duplicates(["actor", "date"], keep="last")
        .sort_index()
    )
    named = stamped(
        latest, source="military", locator="release " + latest["release"].str.removeprefix("SIPRI-")
    )
    return Tables(
        indicators=typed("indicators", unpivot(named, MEASURES, into="name")),
        unresolved=unresolved,
        set_aside=tally(
            ("country and year in two releases", len(rows) - len(latest), "the later release is kept"),
            *blanks(latest, list(MEASURES), FILE),
        ),
    )


def _released(rows: pd.DataFrame, path: Path) -> pd.Series:
    """Return the year of each row's release, as in 'SIPRI-2024(2018-2023)'."""
    year = pd.to_numeric(rows["release"].str.extract(r"SIPRI-(\d{4})")[0])
    reject(rows, "release", year.isna(), path, "names no release, as 'SIPRI-2024(2018-2023)' does")
    return year
