"""The two General Assembly votes on Ukraine that the flagship case turns on: A/RES/68/262 and A/RES/ES-11/1.

All 193 members appear in both, the absent among them, which the long series of roll calls leaves out. The
numbers of the records in the UN Digital Library and the totals that it states are declared in `votes.yaml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.compiling.writing import declaration
from detente.evidence.tables import VOTES

SOURCE = "ukraine_votes"
LETTERS = {"Y": "yes", "A": "abstain", "N": "no", "X": "absent"}


def compile_roll_calls(mirror: Path) -> pd.DataFrame:
    """Return the two roll calls, with the record that states each."""
    columns = ["roll_call", "body", "session", "date", "resolution", "title", "kind"]
    rows = [
        {name: declared[name] for name in columns} | _citation(declared) for declared in _declared(mirror)
    ]
    return pd.DataFrame(rows)


def compile_votes(mirror: Path) -> pd.DataFrame:
    """Return how each member voted on the two resolutions: yes, abstain, no or absent.

    Raises `EvidenceError` where the counts are not those of the record.
    """
    cast = _cast(mirror)
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    for declared in _declared(mirror):
        part = cast[cast["resolution"] == declared["resolution"]]
        counts = {vote: int((part["vote"] == vote).sum()) for vote in VOTES}
        if counts != declared["totals"]:
            problems.append(
                Problem(declared["resolution"], f"counted {counts}, the record says {declared['totals']}")
            )
        parts.append(part.assign(roll_call=declared["roll_call"], **_citation(declared)))
    raise_all(EvidenceError, problems)
    return pd.concat(parts)


def _cast(mirror: Path) -> pd.DataFrame:
    raw = pd.read_csv(mirror / "ukraine_votes" / "unga_ukraine_68-262_ES-11-1_tidy.csv")
    return pd.DataFrame(
        {
            "actor": raw["iso3"],
            "resolution": "A/RES/" + raw["resolution"],
            "date": raw["date"],
            "vote": raw["vote"].map(LETTERS),
        }
    )


def _declared(mirror: Path) -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = declaration("votes.yaml")
    dates = _cast(mirror).groupby("resolution")["date"].agg(set)
    raise_all(
        EvidenceError,
        [
            Problem(
                "votes.yaml",
                f"{one['resolution']} of {one['date']}: votes of {dates.get(one['resolution'])}",
            )
            for one in declared
            if dates.get(one["resolution"]) != {str(one["date"])}
        ],
    )
    return declared


def _citation(declared: dict[str, Any]) -> dict[str, str]:
    return {"source": SOURCE, "locator": f"UN Digital Library, record {declared['record']}"}
