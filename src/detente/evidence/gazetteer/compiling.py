"""Compile `actors.csv`: `seed.csv`, with the first day of each state that the seed leaves open.

The first day is that of the Correlates of War state system (2016 version) or the first of the month of the
state's first recorded roll call in the General Assembly (Voeten), where that whole month is earlier: the days
of early roll calls are not recorded. A gap of more than 25 years between two spells in the state system
starts anew, so that a restored state does not count as existing while annexed.

    python -m detente.evidence.gazetteer.compiling MIRROR
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from detente.errors import EvidenceError, Problem
from detente.files import write_text

HERE = Path(__file__).parent
RESTORED_AFTER = 25
SPELLS = """
SELECT ccode::INTEGER AS ccode,
       make_date(styear::INTEGER, stmonth::INTEGER, stday::INTEGER) AS first,
       make_date(endyear::INTEGER, endmonth::INTEGER, endday::INTEGER) AS last
FROM read_parquet(?) ORDER BY ccode, first
"""
FIRST_VOTES = """
SELECT country_code AS iso2, country AS name, date_trunc('month', min(date))::DATE AS first
FROM read_parquet(?) JOIN read_parquet(?) USING (rcid) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class _Start:
    day: date
    source: str
    locator: str


def _state_system(mirror: Path) -> dict[str, _Start]:
    """Return the first day of the last unbroken run of spells, by Correlates of War number."""
    starts: dict[str, _Start] = {}
    ends: dict[str, date] = {}
    with duckdb.connect() as connection:
        rows = connection.execute(SPELLS, [str(mirror / "cow_atop" / "cow_states.parquet")]).fetchall()
    for number, first, last in rows:
        key = str(number)
        if key not in starts or first.year - ends[key].year > RESTORED_AFTER:
            starts[key] = _Start(first, "cow_atop", f"state system 2016, ccode {number}")
        ends[key] = last
    return starts


def _first_votes(mirror: Path) -> dict[str, _Start]:
    """Return the month of the first recorded vote, by ISO alpha-2 code and by name."""
    folder = mirror / "unga_votes"
    paths = [str(folder / "votes.parquet"), str(folder / "roll_calls.parquet")]
    starts: dict[str, _Start] = {}
    with duckdb.connect() as connection:
        rows = connection.execute(FIRST_VOTES, paths).fetchall()
    for iso2, name, first in rows:
        start = _Start(first, "unga_votes", f"month of the first recorded vote of {name}")
        starts[name] = start
        if iso2:
            starts[iso2] = start
    return starts


def compile_actors(mirror: Path) -> pd.DataFrame:
    """Return the compiled table. Raises `EvidenceError` where the seed dates a state in no way."""
    seed = pd.read_csv(HERE / "seed.csv", dtype=str, keep_default_na=False)
    by_number, by_label = _state_system(mirror), _first_votes(mirror)
    undated = []
    for at, row in seed.iterrows():
        if row["start"] or row["kind"] != "state":
            continue
        found = [by_number[number] for number in row["cow"].split(";") if number in by_number]
        found += [by_label[label] for label in {row["iso2"], row["name"]} if label in by_label]
        if not found:
            undated.append(Problem("seed.csv", f"no first day for {row['actor']}", "write it into the seed"))
            continue
        first = min(found, key=lambda start: (start.day.replace(day=1), start.source == "unga_votes"))
        seed.loc[at, ["start", "source", "locator"]] = [first.day.isoformat(), first.source, first.locator]
    if undated:
        raise EvidenceError(*undated)
    seed.loc[seed["source"] == "", ["source", "locator"]] = ["gazetteer", "ISO 3166-1"]
    return seed


if __name__ == "__main__":
    compiled = compile_actors(Path(sys.argv[1]))
    write_text(HERE / "actors.csv", compiled.to_csv(index=False, lineterminator="\n"))
