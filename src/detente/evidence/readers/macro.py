"""Gross domestic product and population by year: World Bank.

The tables hold aggregates (World, Euro area) beside states; these are listed as unresolved. Taiwan is absent.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames, shapes
from detente.evidence.tables import Tables

SOURCE = "macro"
FILES = {
    "gdp.csv": ("gdp_usd", "USD", "NY.GDP.MKTP.CD"),
    "population.csv": ("population", "persons", "SP.POP.TOTL"),
}


def read(folder: Path) -> Tables:
    """Return both series as indicators, dated 1 January of the year.

    Raises `EvidenceError` where a file is missing or corrupt, or holds a value that is no number.
    """
    frames.present(*(folder / name for name in FILES))
    gazetteer = Gazetteer.load()
    parts = [_series(folder / name, gazetteer) for name in FILES]
    return Tables(
        indicators=shapes.typed("indicators", *(part for part, _, _ in parts)),
        unresolved=frames.pooled(*(unresolved for _, unresolved, _ in parts)),
        set_aside=frames.pooled(*(aside for _, _, aside in parts)),
    )


def _series(path: Path, gazetteer: Gazetteer) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    name, unit, series = FILES[path.name]
    columns = ["Country Name", "Country Code", "Year", "Value"]
    rows = frames.numbers(frames.csv(path, columns), ["Year", "Value"], path)
    frames.reject(rows, "Year", rows["Year"].isna(), path, "is no year")
    rows = rows.assign(date=frames.year_start(rows["Year"]))
    named, unresolved = frames.resolve(rows, "Country Code", gazetteer=gazetteer)
    spelt = dict(zip(rows["Country Code"], rows["Country Name"], strict=True))
    unresolved = unresolved.assign(label=unresolved["label"].map(lambda code: f"{spelt[code]} ({code})"))
    long = shapes.unpivot(named[["actor", "date", "Value"]], {"Value": (name, unit)}, into="name")
    once, doubles = frames.once(long, ["actor", "date", "name"], "stated twice: the first is kept")
    aside = frames.tally(doubles, *shapes.blanks(named, ["Value"], path.name))
    return frames.stamped(once, source=SOURCE, locator=series), unresolved, aside
