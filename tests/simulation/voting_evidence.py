"""A small evidence whose states vote by a made-up law, year after year, for tests of what reads votes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.evidence.tables import SCHEMA
from detente.measurement.idealpoints import DEFAULT
from detente.measurement.idealpoints.simulate import Design, simulate
from tests.measurement.small_evidence import SmallEvidence

STATES = (
    "USA", "CAN", "GBR", "FRA", "DEU", "ITA", "ESP", "NLD", "BEL", "POL", "RUS", "BLR", "KAZ", "CHN", "IND",
    "BRA", "ARG", "MEX", "EGY", "NGA", "KEN", "IDN", "VNM", "JPN",
)  # fmt: skip
NORTH = STATES[:10]


class VotingEvidence(SmallEvidence):
    """The votes of 24 states from 1991 to `last`; kept results go to the folder of `path`."""

    def __init__(self, path: Path, *, last: int = 1999) -> None:
        super().__init__()
        self.path = path
        self.digest = f"votes until {last}"
        made = simulate(
            Design(actors=len(STATES), sessions=last - 1990, roll_calls=24), DEFAULT, np.random.default_rng(4)
        ).votes
        year = made["session"].to_numpy() - made["session"].min() + 1991
        codes = dict(zip(sorted(set(made["actor"])), STATES, strict=True))
        votes = made.assign(
            actor=made["actor"].map(codes), roll_call="r" + made["roll_call"].astype(str),
            date=pd.to_datetime(pd.Series(year).astype(str) + "-11-01"), session=year - 1945, body="UNGA",
            kind="resolution", source="test", origin="pulled",
        )  # fmt: skip
        self._fill("votes", votes)
        self._fill("roll_calls", votes.drop_duplicates("roll_call"))
        self.members("NATO", *NORTH)

    def _fill(self, table: str, rows: pd.DataFrame) -> None:
        names = [column.name for column in SCHEMA[table] if column.name in rows] + ["origin"]
        self._database.register("rows", rows[names])
        self._database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM rows")
        self._database.unregister("rows")
