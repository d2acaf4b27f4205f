"""The Munich Security Conference and the Munich Security Index, declared by hand, each row with a citation.

Not established, and therefore without a row:
- participation of Russia, Ukraine, China and Iran in the online edition of 2021;
- the highest representative of Russia in 2010 and 2011 (its delegation was led by the foreign minister, but
  whether a deputy prime minister also came is not settled), and of China in 2016 and 2018;
- Ukraine before 2015, China in 2007-2009 and 2011-2014, Iran in 2008, 2011 and 2012;
- ranks of China and of the United States in any edition of the index, all ranks of the editions of 2021 and
  2022, and the ranks of Russia in Brazil, China, India and South Africa other than two of 2023. For China
  there are scores of 2021.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from detente.evidence.compiling.writing import declaration

CONFERENCE = "munich_conference"
INDEX = "munich_security_index"
MEASURES = {"rank": ("risk_rank", "rank"), "score": ("risk_score", "index 0-100")}
STATED = ("took_part", "not_invited", "stayed_away")


def compile_conferences(_mirror: Path) -> pd.DataFrame:
    """Return each conference, dated on its first day: its name under `held`, its end under `last_day`."""
    rows = []
    for one in declaration("munich.yaml")["conferences"]:
        shared = {"topic": "munich_conferences", "date": one["first"], "source": CONFERENCE}
        cited = shared | {"locator": "Munich Security Conference, list of past conferences: " + one["title"]}
        rows += [
            cited | {"key": "held", "value": one["title"]},
            cited | {"key": "last_day", "value": str(one["last"])},
        ]
    return pd.DataFrame(rows)


def compile_participation(_mirror: Path) -> pd.DataFrame:
    """Return who took part, was not invited or stayed away, dated on the first day of the conference.

    A `highest_representative` always comes with `took_part`.
    """
    declared: dict[str, Any] = declaration("munich.yaml")
    first_days = {one["first"].year: one["first"] for one in declared["conferences"]}
    return pd.DataFrame(
        [
            {
                "topic": "munich_participation",
                "actor": actor,
                "date": first_days[entry["year"]],
                "key": key,
                "value": value,
                "source": CONFERENCE,
                "locator": entry["locator"],
            }
            for actor, entries in declared["participation"].items()
            for entry in entries
            for key, value in _statements(entry)
        ]
    )


def _statements(entry: dict[str, Any]) -> list[tuple[str, str]]:
    if "highest" in entry:
        return [("highest_representative", entry["highest"]), ("took_part", "yes")]
    return [(key, entry[key]) for key in STATED if key in entry]


def compile_risks(_mirror: Path) -> pd.DataFrame:
    """Return ranks and scores of other powers among the risks that a public sees, by year of the edition."""
    rows = []
    for entry in declaration("munich_index.yaml"):
        kind, unit = MEASURES[entry["measure"]]
        shared = {"target": entry["of"], "date": f"{entry['edition']}-01-01", "kind": kind, "unit": unit}
        cited = shared | {"source": INDEX, "locator": entry["locator"]}
        rows += [cited | {"actor": actor, "value": value} for actor, value in entry.get("values", {}).items()]
    return pd.DataFrame(rows)


def compile_index(_mirror: Path) -> pd.DataFrame:
    """Return what the index states of a whole bloc, which is no dyad of actors: key `risk_rank_of:CODE`."""
    return pd.DataFrame(
        [
            {
                "topic": "munich_security_index",
                "actor": entry["bloc"],
                "date": f"{entry['edition']}-01-01",
                "key": f"{MEASURES[entry['measure']][0]}_of:{entry['of']}",
                "value": str(entry["value"]),
                "unit": MEASURES[entry["measure"]][1],
                "source": INDEX,
                "locator": entry["locator"],
            }
            for entry in declaration("munich_index.yaml")
            if "bloc" in entry
        ]
    )
