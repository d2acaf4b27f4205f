"""Writes fits and scoreboards that ship: `python -m detente.simulation.backtest.snapshot FOLDER`.

FOLDER holds the providers' files, laid out as a mirror. The votes themselves are not shipped: only what
detente computes from them, rounded, with the digest of the file (see `detente.simulation.backtest.shipped`).
It takes some twenty minutes.
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
from detente.evidence.progress import Event
from detente.simulation.backtest import shipped
from detente.simulation.backtest.in_case import backtest_case
from detente.simulation.panel.in_case import CasePanels
from detente.simulation.panel.vintages import Question, Vintages

VOTES = "unga_votes"
SOURCES = (VOTES, "populism", "vdem", "military", "arms", "energy", "opinion")
"""The votes, and what covariates are made of."""
DECIMALS = 5


def write(evidence: Evidence) -> None:
    """Write the fit and the backtest of every shipped case that asks for ideal points into the package."""
    vintages: dict[Question, Vintages] = {}
    made: dict[str, dict[str, pd.DataFrame]] = {}
    cases = [case for case in map(load_case, shipped_cases()) if case.ideal_points is not None]
    for case in cases:
        question = Question.of(case)
        shared = vintages.setdefault(question, Vintages(evidence, question))
        panels = CasePanels(case, evidence, shared=shared)
        tables = panels.fitted().tables() | backtest_case(panels, report=_say).tables()
        made[case.name] = tables
    last = max(each.last for each in vintages.values())
    keys = {case.name: shipped.key(case, evidence, until=last) for case in cases}
    for name in (*shipped.FIT, *shipped.SCORED):
        parts = [tables[name].assign(key=keys[case]) for case, tables in made.items()]
        frame = _tidy(pd.concat(parts, ignore_index=True))
        files.write_text(shipped.FOLDER / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    row = evidence.sources().set_index("id").loc[VOTES]
    about = {
        "method": shipped.METHOD, "source": VOTES, "vintage": row["vintage"], "sha256": row["sha256"],
        "until": str(last), "keys": sorted(keys.values()),
    }  # fmt: skip
    files.write_text(shipped.FOLDER / shipped.ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each key rounded, key first, in the order in which they were made."""
    figures = [str(name) for name in frame if pd.api.types.is_float_dtype(frame[name])]
    rounded = frame.assign(**{name: frame[name].round(DECIMALS) + 0.0 for name in figures})
    columns = ["key", *(name for name in rounded if name != "key")]
    return rounded[columns].sort_values("key", kind="stable", ignore_index=True)


def _say(event: Event) -> None:
    sys.stdout.write(f"{event.text}\n")
    sys.stdout.flush()


def main(mirror: Path) -> None:
    """Compute from the files in `mirror`, and write into the package."""
    with tempfile.TemporaryDirectory() as folder:
        pull(list(SOURCES), mirror=mirror, folder=Path(folder))
        with open_evidence(Path(folder) / "evidence.duckdb") as evidence:
            write(evidence)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m detente.simulation.backtest.snapshot FOLDER")
    try:
        main(Path(sys.argv[1]))
    except DetenteError as error:
        sys.exit(str(error))
