"""Membership of blocs, declared by hand from treaties and official pages, checked where the mirror can.

The dates are those that the treaties and declarations cited are commonly known by; the texts were not
opened again, except that the return and second withdrawal of Uzbekistan were checked against TASS. Years in
the European Union are checked against PPEG here, and members of NATO against ATOP by a test.

Not established, and therefore left out: Saudi Arabia in BRICS (see the declaration). Only the year is
established for Canada (1949), Australia and New Zealand (1956) in the Five Eyes, whose agreements were
secret.
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

    Where a bloc is declared `years_as_in: ppeg`, the years of accession and exit must agree with those that
    PPEG records (`eu_since`, `eu_exit`); `EvidenceError` names each that does not.
    """
    blocs: dict[str, dict[str, Any]] = declaration("memberships.yaml")
    problems = [
        problem
        for bloc, declared in blocs.items()
        if declared.get("years_as_in") == "ppeg"
        for problem in _against_ppeg(bloc, declared["entries"], mirror=mirror)
    ]
    raise_all(EvidenceError, problems)
    return pd.DataFrame(
        [
            row
            for bloc, declared in blocs.items()
            for entry in declared["entries"]
            for row in _rows(bloc, declared["source"], entry)
        ]
    )


def _rows(bloc: str, source: str, entry: dict[str, Any]) -> list[dict[str, object]]:
    shared = {"bloc": bloc, "start": entry["start"], "end": entry.get("end"), "source": source}
    return [{"actor": actor, **shared, "locator": entry["locator"]} for actor in entry["actors"]]


def _against_ppeg(bloc: str, entries: list[dict[str, Any]], *, mirror: Path) -> list[Problem]:
    with duckdb.connect() as connection:
        recorded = connection.execute(
            "select distinct iso3c, eu_since::integer, eu_exit::integer from read_parquet(?)"
            " where eu_since is not null",
            [str(mirror / "populism" / "ppeg_parl_2025v1.parquet")],
        ).fetchall()
    declared = {
        actor: (entry["start"].year, entry["end"].year if "end" in entry else None)
        for entry in entries
        for actor in entry["actors"]
    }
    return [
        Problem(
            "memberships.yaml",
            f"{bloc} of {actor}: declared {declared.get(actor)}, PPEG records {tuple(years)}",
        )
        for actor, *years in recorded
        if declared.get(actor) != tuple(years)
    ]
