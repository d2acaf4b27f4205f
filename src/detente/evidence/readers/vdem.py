"""Varieties of Democracy: five indices of democracy, 0 to 1, with their standard deviations, since 1945.

Whose a row is follows from its Correlates of War number where it has one, so that Russia before 1992 is the
Soviet Union; else from V-Dem's own code. A row describes its calendar year.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames, shapes
from detente.evidence.tables import Tables

SOURCE = "vdem"
FILE = "vdem_simple.parquet"
INDICES = ("polyarchy", "libdem", "partipdem", "delibdem", "egaldem")
MEASURES = {
    f"v2x_{index}{part}": (f"{index}{part}", "index 0-1") for index in INDICES for part in ("", "_sd")
}


def read(folder: Path) -> Tables:
    """Return the indices as indicators, dated 1 January of the year.

    Raises `EvidenceError` where the file is missing or corrupt, or lacks a column.
    """
    path = folder / FILE
    rows = frames.parquet(path, ["country_text_id", "year", "vdem_cowcode", *MEASURES])
    number = "COW " + rows["vdem_cowcode"].fillna(0).astype("int64").astype(str).astype(object)
    rows = rows.assign(
        date=frames.year_start(rows["year"]),
        label=np.where(rows["vdem_cowcode"].notna(), number, rows["country_text_id"]),
    )
    named, unresolved = frames.resolve(rows, "label", dates="date", gazetteer=Gazetteer.load())
    long = shapes.unpivot(named[["actor", "date", *MEASURES]], MEASURES, into="name")
    once, doubles = frames.once(long, ["actor", "date", "name"], "two codes for one actor: the first is kept")
    return Tables(
        indicators=frames.stamped(once, source=SOURCE, locator="v2x indices, country-year"),
        unresolved=unresolved,
        set_aside=frames.tally(doubles, *shapes.blanks(named, list(MEASURES), path.name)),
    )
