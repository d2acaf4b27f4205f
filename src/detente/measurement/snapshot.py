"""Writes the estimates that ship with detente: `python -m detente.measurement.snapshot FOLDER`.

FOLDER holds the providers' files, laid out as a mirror. The votes themselves are not shipped: only what
detente computes from them, rounded, with the digest of the files (see `detente.measurement.shipped`).
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from detente import files
from detente.cases import load_case, shipped_cases
from detente.errors import DetenteError
from detente.evidence import Evidence, open_evidence, pull
from detente.measurement import points_snapshot
from detente.measurement.blocs import groups, memberships
from detente.measurement.networks import camps_snapshot
from detente.measurement.sample import spans
from detente.measurement.shipped import FOLDER, LABELS, METHOD, SUBJECT, stored, subjects
from detente.measurement.unity import COLUMNS, Setting, measure_unity

SOURCE = "unga_votes"
DECIMALS = 4
DRAWS = 1000
SEED = 0


def computed(evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Return the tables of all shipped cases, each row filed under its key."""
    parts: dict[str, list[pd.DataFrame]] = {table: [] for table in COLUMNS}
    for name in shipped_cases():
        case = load_case(name)
        spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
        setting = Setting(case, spells, tuple(sorted(groups(case, spells))), DRAWS, SEED)
        general = {
            key: spans(case) for key, issue in case.issues.items() if issue.codes or not issue.resolutions
        }
        told = measure_unity(setting, evidence=evidence, issues=general)
        asked = list(subjects(setting, general))
        for table, rows in told.tables.items():
            filed = [
                (each.key, *each.about, each.issue, each.span.key) for each in asked if each.table == table
            ]
            keys = pd.DataFrame(filed, columns=["key", *SUBJECT[table], *LABELS[:2]])
            parts[table].append(rows.merge(keys, on=[*SUBJECT[table], *LABELS[:2]])[stored(table)])
    return {table: _tidy(pd.concat(found, ignore_index=True)) for table, found in parts.items()}


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows rounded, each once, in an order that does not depend on the cases."""
    figures = [str(name) for name in frame if pd.api.types.is_float_dtype(frame[name])]
    rounded = frame.assign(**{name: frame[name].round(DECIMALS) + 0.0 for name in figures})
    named = [name for name in ("key", "measure", "a", "actor", "part") if name in rounded]
    return rounded.drop_duplicates(named).sort_values(named, ignore_index=True)


def manifest(evidence: Evidence) -> dict[str, object]:
    """Return what the shipped estimates were computed from."""
    sources = evidence.sources()
    row = sources[(sources["id"] == SOURCE)].iloc[0]
    return {
        "method": METHOD,
        "source": SOURCE,
        "vintage": row["vintage"],
        "sha256": row["sha256"],
        "seed": SEED,
        "draws": DRAWS,
    }


def pulled_votes(mirror: Path, folder: Path) -> Evidence:
    """Return evidence in `folder` that holds the shipped facts and the roll calls of `mirror`."""
    pull([SOURCE], mirror=mirror, folder=folder)
    return open_evidence(folder / "evidence.duckdb")


def main(mirror: Path) -> None:
    """Compute the estimates from the files in `mirror` and write them into the package."""
    with tempfile.TemporaryDirectory() as folder, pulled_votes(mirror, Path(folder)) as evidence:
        for table, frame in computed(evidence).items():
            files.write_text(FOLDER / f"{table}.csv", frame.to_csv(index=False, lineterminator="\n"))
        files.write_text(FOLDER / "manifest.json", json.dumps(manifest(evidence), indent=2) + "\n")
        points_snapshot.computed(evidence).write()
        camps_snapshot.write(evidence, source=SOURCE)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m detente.measurement.snapshot FOLDER")
    try:
        main(Path(sys.argv[1]))
    except DetenteError as error:
        sys.exit(str(error))
