"""Membership of blocs, declared by hand from treaties and official pages, checked where the mirror can check it.

Not established, and therefore left out: Saudi Arabia in BRICS (see the declaration). Only the year is established for
Canada (1949), Australia and New Zealand (1956) in the Five Eyes, whose agreements were secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.compiling.writing import declaration


def compile_memberships(mirror: Path) -> pd.DataFrame:
    """Return one row per actor, bloc and spell of membership.

    The years of accession to and exit from the European Union must agree with those that PPEG records
    (`eu_since`, `eu_exit`); `EvidenceError` names each that does not.
    """
    frame = pd.DataFrame(
        [
            row
            for bloc, declared in declaration("memberships.yaml").items()
            for entry in declared["entries"]
            for row in _rows(bloc, declared["source"], entry)
        ]
    )
    _check_against_ppeg(frame[frame["bloc"] == "EU"], mirror=mirror)
    return frame


def _rows(bloc: str, source: str, entry: dict[str, Any]) -> list[dict[str, object]]:
    shared = {"bloc": bloc, "start": entry["start"], "end": entry.get("end"), "source": source}
    return [{"actor": actor, **shared, "locator": entry["locator"]} for actor in entry["actors"]]


def _check_against_ppeg(union: pd.DataFrame, *, mirror: Path) -> None:
    recorded = duckdb.execute(
        "select distinct iso3c, eu_since::integer, coalesce(eu_exit::integer, 0) from read_parquet(?)"
        " where eu_since is not null",
        [str(mirror / "populism" / "ppeg_parl_2025v1.parquet")],
    ).fetchall()
    declared = {
        row.actor: (row.start.year, row.end.year if row.end else 0) for row in union.itertuples(index=False)
    }
    raise_all(
        EvidenceError,
        [
            Problem("memberships.yaml", f"EU membership of {actor} is {declared.get(actor)}, PPEG says {years}")
            for actor, *years in recorded
            if declared.get(actor) != tuple(years)
        ],
    )
