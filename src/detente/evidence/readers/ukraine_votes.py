"""All members' votes on A/RES/68/262 and A/RES/ES-11/1, with absences: UN Digital Library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames
from detente.evidence.readers.ballots import LETTERS, Ballots, checked, normal_resolution, session_of
from detente.evidence.tables import Tables

SOURCE = "ukraine_votes"
FILE = "unga_ukraine_68-262_ES-11-1_tidy.csv"


@dataclass(frozen=True)
class Record:
    """What the library's record says of a resolution in the file."""

    number: int
    title: str

    @property
    def locator(self) -> str:
        """Where the votes are."""
        return f"UN Digital Library, record {self.number}"


RECORDS = {
    "A/RES/68/262": Record(767565, "Territorial integrity of Ukraine"),
    "A/RES/ES-11/1": Record(3959039, "Aggression against Ukraine"),
}


def read(folder: Path) -> Tables:
    """Return the two roll calls and the votes.

    Raises `EvidenceError` where the file is missing, lacks a column, names another resolution, or holds votes
    that are doubled, unknown or untimely.
    """
    path = folder / FILE
    rows = frames.csv(path, ["resolution", "date", "name_source", "vote", "iso3"])
    symbols = ("A/RES/" + rows["resolution"]).map(normal_resolution, na_action="ignore")
    known = ", ".join(RECORDS)
    frames.reject(rows, "resolution", ~symbols.isin(list(RECORDS)), path, f"is none of {known}")
    cast = pd.DataFrame(
        {
            "roll_call": "undl:" + symbols.map({symbol: str(one.number) for symbol, one in RECORDS.items()}),
            "label": rows["iso3"].fillna(rows["name_source"]),
            "word": rows["vote"],
            "date": frames.days(rows, "date", path),
            "resolution": symbols,
        }
    )
    votes, unresolved = checked(Ballots(cast, path, LETTERS), Gazetteer.load(seats=True))
    locators = cast["resolution"].map({symbol: one.locator for symbol, one in RECORDS.items()})
    return Tables(
        roll_calls=_roll_calls(cast),
        votes=frames.stamped(votes, source=SOURCE, locator=locators[votes.index]),
        unresolved=unresolved,
    )


def _roll_calls(cast: pd.DataFrame) -> pd.DataFrame:
    calls = cast.groupby("roll_call", as_index=False, sort=False)[["date", "resolution"]].first()
    records = [RECORDS[symbol] for symbol in calls["resolution"]]
    return frames.stamped(
        calls.assign(
            body="UNGA",
            session=calls["date"].map(session_of),
            title=[one.title for one in records],
            kind="resolution",
            important=None,
        ),
        source=SOURCE,
        locator=pd.Series([one.locator for one in records], dtype=object),
    )
