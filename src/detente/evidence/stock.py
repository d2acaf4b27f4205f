"""What there is: every source with its terms, and what the evidence database holds, from which files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from detente import files
from detente.evidence import database
from detente.evidence.evidence import Evidence, open_evidence
from detente.evidence.ledger import Ledger
from detente.evidence.progress import Report, silent
from detente.evidence.sources import Registry
from detente.evidence.tables import SCHEMA


@dataclass(frozen=True)
class Status:
    """What the database holds.

    `tables`: table, source, origin, rows. `inputs`: origin, source, path, sha256, bytes, reader, read_at.
    `unresolved` and `set_aside`: source, origin, label, rows, reason. `kept_bytes` counts all kept versions
    of files.
    """

    path: Path
    bytes: int
    digest: str
    made_at: str
    kept_bytes: int
    tables: pd.DataFrame
    inputs: pd.DataFrame
    unresolved: pd.DataFrame
    set_aside: pd.DataFrame


def status(*, report: Report = silent) -> Status:
    """Return what the evidence in the user's cache holds, building it on first use.

    >>> status()  # doctest: +SKIP
    """
    with open_evidence(report=report) as evidence:
        made_at = evidence.query("SELECT value FROM meta WHERE key = 'made_at'")["value"].iloc[0]
        return Status(
            path=evidence.path,
            bytes=evidence.path.stat().st_size,
            digest=evidence.digest,
            made_at=str(made_at),
            kept_bytes=_weight(evidence.path.parent / "files"),
            tables=_tables(evidence),
            inputs=evidence.query("SELECT * FROM inputs ORDER BY origin, source, path"),
            unresolved=evidence.unresolved(),
            set_aside=evidence.set_aside(),
        )


def _tables(evidence: Evidence) -> pd.DataFrame:
    each = " UNION ALL ".join(f"SELECT '{name}' AS \"table\", source, origin FROM {name}" for name in SCHEMA)
    return evidence.query(f"SELECT *, count(*) AS rows FROM ({each}) GROUP BY ALL ORDER BY ALL")


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def list_sources(*, report: Report = silent) -> pd.DataFrame:
    """Return every registered and imported source.

    Columns: id, title, provider, licence, licence_basis, vintage, url, files, bytes (of all files; empty
    where one is not known), state (shipped, pulled, shipped + pulled, imported, or not here), taken_at,
    rows.

    >>> list_sources().query("state == 'shipped'")[["id", "licence"]]  # doctest: +SKIP
    """
    with open_evidence(report=report) as evidence:
        held = evidence.sources()
    ledger = Ledger.load(files.cache_folder())
    about = {source.id: source for source in Registry.load().sources}
    rows = []
    for source in dict.fromkeys((*about, *held["id"])):
        here = held[held["id"] == source]
        known, taken = about.get(source), ledger.find(source)
        first = here.iloc[0] if len(here) else None
        rows.append(
            {
                "id": source,
                **{
                    name: getattr(known, name) if known else getattr(first, name)
                    for name in ("title", "provider", "licence", "licence_basis", "vintage", "url")
                },
                "files": len(taken.files) if taken else len(known.files) if known else 0,
                "bytes": sum(file.bytes for file in taken.files) if taken else known.size if known else None,
                "state": " + ".join(sorted(here["origin"], reverse=True)) or "not here",
                "taken_at": max((file.taken_at for file in taken.files), default="") if taken else "",
                "rows": int(here["rows"].sum()),
            }
        )
    return pd.DataFrame(rows).astype({"bytes": "Int64"})


def rebuild(*, report: Report = silent) -> Evidence:
    """Build the database anew from the shipped facts and the kept files, and open it.

    >>> with rebuild() as evidence:  # doctest: +SKIP
    ...     evidence.digest
    """
    database.refresh(files.cache_folder(), whole=True, report=report)
    return open_evidence(report=report)
