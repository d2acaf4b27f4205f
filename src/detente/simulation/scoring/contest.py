"""Every model of bargaining on the same decisions: the scoreboard that ships, and how it is made anew.

`python -m detente.simulation.scoring.contest FILE` writes `scoreboard.csv` from the table of DEU III.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
import pandas as pd

from detente import files
from detente.errors import DetenteError
from detente.evidence import Evidence, open_evidence
from detente.simulation.bargaining.actors import Actors
from detente.simulation.bargaining.models import MODELS, Question
from detente.simulation.scoring.deu import Decided, members, read_deu
from detente.simulation.scoring.scoreboard import COLUMNS, YARDSTICK, Forecast, forecasts, scoreboard

SHIPPED = "scoreboard.csv"
POPULATIONS_OF = 2019
"""The year of the populations that weigh votes under the Treaty of Lisbon: the first that detente ships."""

LEFT_OUT = {"exchange": "it trades between issues, and each is scored alone"}
"""Models that are not scored, and why."""


def contestants() -> dict[str, Forecast]:
    """Return every model that forecasts one issue, and the plain mean and median beside them."""
    found: dict[str, Forecast] = {YARDSTICK: _of("compromise")}
    for name, model in MODELS.items():
        if name != "compromise" and name not in LEFT_OUT:
            found[model.title] = _of(name)
    return {**found, "plain mean": _mean, "plain median": _median}


def _of(name: str) -> Forecast:
    def forecast(each: Decided) -> float:
        actors = Actors(
            each.actors, ["issue"], capability=each.capability, position=each.position[:, None],
            salience=each.salience[:, None],
        )  # fmt: skip
        return float(MODELS[name].solve(actors, Question()).outcome[0])

    return forecast


def _mean(each: Decided) -> float:
    return float(each.position.mean())


def _median(each: Decided) -> float:
    return float(np.median(each.position))


def populations(evidence: Evidence) -> dict[str, float]:
    """Return the populations of the Council's members in `POPULATIONS_OF`."""
    codes = [each.actor for each in members().values()]
    rows = evidence.indicators("population", actors=codes)
    rows = rows[rows["date"].dt.year == POPULATIONS_OF]
    return dict(zip(rows["actor"], rows["value"].astype(float), strict=True))


def contest(
    path: Path, evidence: Evidence, *, models: Mapping[str, Forecast] | None = None, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scoreboard on the decisions in a file of DEU III, and what of it was set aside.

    Raises `EvidenceError` for a file that is not such a table.

    >>> board, set_aside = contest(Path("deu3.tsv"), open_evidence())  # doctest: +SKIP
    """
    decided, aside = read_deu(path, populations(evidence))
    told = forecasts(decided, models or contestants())
    return scoreboard(told, seed=seed), aside


def shipped() -> pd.DataFrame:
    """Return the scoreboard that ships with detente.

    >>> shipped()["model"].iloc[0]
    'weighted mean (capability and salience)'
    """
    with package_files(__package__).joinpath(SHIPPED).open(encoding="utf-8") as handle:
        return pd.read_csv(handle)[COLUMNS]


def main(path: Path) -> None:
    """Write the scoreboard that ships."""
    board, _ = contest(path, open_evidence())
    files.write_text(
        Path(__file__).with_name(SHIPPED), board.round(4).to_csv(index=False, lineterminator="\n")
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m detente.simulation.scoring.contest FILE")
    try:
        main(Path(sys.argv[1]))
    except DetenteError as error:
        sys.exit(str(error))
