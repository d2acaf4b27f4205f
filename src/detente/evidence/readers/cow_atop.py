"""Capabilities, alliances, memberships, distances and trade by year: Correlates of War, and ATOP.

Both name states by the numbers of the state system. A row holds for its calendar year and means the actor
that bore the number on 1 January: 365 is the Soviet Union from 1923 to 1991. An obligation of an alliance is
written where it is held; no row means that it is not. A distance is written in the year from which it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames, shapes
from detente.evidence.tables import Tables

SOURCE = "cow_atop"
MONADS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "cow_nmc.parquet": {
        "cinc": ("cinc", "share"),
        "milper": ("military_personnel", "thousand persons"),
    },
    "cow_igo_sy.parquet": {"sum_igo_full": ("igo_memberships", "count")},
    "cow_trade_sy.parquet": {
        "imports": ("trade_imports_usd_m", "USD million"),
        "exports": ("trade_exports_usd_m", "USD million"),
    },
}
ALLIANCES = "atop_alliance.parquet"
OBLIGATIONS = {
    "atop_defense": ("alliance_defence", "0/1"),
    "atop_offense": ("alliance_offence", "0/1"),
    "atop_neutral": ("alliance_neutrality", "0/1"),
    "atop_nonagg": ("alliance_nonaggression", "0/1"),
    "atop_consul": ("alliance_consultation", "0/1"),
}
DISTANCES = "cow_mindist.parquet"
TWO_NUMBERS = "two numbers for one actor in that year: the first is kept"

Part = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def read(folder: Path) -> Tables:
    """Return capabilities, memberships and trade as indicators; alliances and distances as ties.

    Raises `EvidenceError` where a file is missing or corrupt, or lacks a column.
    """
    frames.present(*(folder / name for name in (*MONADS, ALLIANCES, DISTANCES)))
    gazetteer = Gazetteer.load()
    monads = [_monads(folder / name, gazetteer) for name in MONADS]
    dyads = [_alliances(folder / ALLIANCES, gazetteer), _distances(folder / DISTANCES, gazetteer)]
    return Tables(
        indicators=shapes.typed("indicators", *(rows for rows, _, _ in monads)),
        ties=shapes.typed("ties", *(rows for rows, _, _ in dyads)),
        unresolved=frames.pooled(*(unresolved for _, unresolved, _ in (*monads, *dyads))),
        set_aside=frames.pooled(*(aside for _, _, aside in (*monads, *dyads))),
    )


def _who(
    rows: pd.DataFrame, number: str, into: str, gazetteer: Gazetteer
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `rows` with the actor that bore each number in the year, and a tally of numbers that none bore.

    Each pair of number and year is looked up once: a million rows hold some twenty thousand.
    """
    pairs = (rows[number].to_numpy() * 10000 + rows["year"].to_numpy()).astype("int64")
    places, uniques = pd.factorize(pairs)
    labels = pd.Series([f"COW {pair // 10000}" for pair in uniques], dtype=object)
    codes = gazetteer.resolve_many(labels, frames.year_start(pd.Series(uniques % 10000)))
    found = rows.assign(**{into: codes.to_numpy()[places]})
    known = codes.notna().to_numpy()[places]
    if known.all():
        return found, frames.tally()
    lost = labels[places[~known]].value_counts()
    return found[known], frames.tally(
        *((str(label), int(count), gazetteer.reason(str(label))) for label, count in lost.items())
    )


def _monads(path: Path, gazetteer: Gazetteer) -> Part:
    measures = MONADS[path.name]
    rows, unresolved = _who(frames.parquet(path, ["ccode", "year", *measures]), "ccode", "actor", gazetteer)
    rows = rows.assign(date=frames.year_start(rows["year"]))
    long = shapes.unpivot(rows[["actor", "date", *measures]], measures, into="name")
    once, doubles = frames.once(long, ["actor", "date", "name"], f"{path.name}: {TWO_NUMBERS}")
    aside = frames.tally(doubles, *shapes.blanks(rows, list(measures), path.name))
    return frames.stamped(once, source=SOURCE, locator=path.stem), unresolved, aside


def _pairs(path: Path, columns: Sequence[str], gazetteer: Gazetteer) -> Part:
    """Return dyads with actor and target, each once a year, and none of an actor with itself."""
    rows = frames.parquet(path, ["ccode1", "ccode2", "year", *columns])
    rows, first = _who(rows, "ccode1", "actor", gazetteer)
    rows, second = _who(rows, "ccode2", "target", gazetteer)
    other = (rows["actor"] != rows["target"]).to_numpy()
    once, doubles = frames.once(rows[other], ["actor", "target", "year"], f"{path.name}: {TWO_NUMBERS}")
    itself = (f"{path.name}: an actor with itself", int((~other).sum()), "two numbers for one actor")
    return once, frames.pooled(first, second), frames.tally(doubles, itself)


def _alliances(path: Path, gazetteer: Gazetteer) -> Part:
    rows, unresolved, aside = _pairs(path, list(OBLIGATIONS), gazetteer)
    rows = rows.assign(date=frames.year_start(rows["year"]))
    held = rows[["actor", "target", "date"]].assign(
        **{column: rows[column].where(rows[column] == 1) for column in OBLIGATIONS}
    )
    ties = shapes.unpivot(held, OBLIGATIONS, into="kind")
    return frames.stamped(ties, source=SOURCE, locator=path.stem), unresolved, aside


def _distances(path: Path, gazetteer: Gazetteer) -> Part:
    """Return distances in both directions; the file holds each dyad once, in every year."""
    rows, unresolved, aside = _pairs(path, ["mindist"], gazetteer)
    rows = rows.sort_values(["actor", "target", "year"], ignore_index=True)
    unlike = [rows[column] != rows[column].shift() for column in ("actor", "target", "mindist")]
    start = np.logical_or.reduce(unlike)
    kept = rows[start]
    ahead = kept[["actor", "target"]].assign(
        date=frames.year_start(kept["year"]), kind="distance_km", value=kept["mindist"], unit="km"
    )
    back = ahead.rename(columns={"actor": "target", "target": "actor"})
    unchanged = (
        f"{path.name}: distances as in the year before",
        int((~start).sum()),
        "written once, when new",
    )
    ties = frames.stamped(pd.concat([ahead, back]), source=SOURCE, locator=path.stem)
    return ties, unresolved, frames.pooled(aside, frames.tally(unchanged))
