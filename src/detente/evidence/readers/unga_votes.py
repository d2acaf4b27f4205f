"""Roll calls of the General Assembly, 1946 to January 2020: Voeten's data as packaged in `unvotes`.

Three traps of this release. Absences are not recorded. Before session 18, and in special sessions, the column
`unres` holds page numbers of the records, not numbers of resolutions. And up to roll call 4445 (in 2003), and
in special sessions, days run from 1 to 7 only and are not days of the month: such a roll call carries the
first of its month.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames
from detente.evidence.readers.ballots import Ballots, checked, normal_resolution
from detente.evidence.tables import Tables

SOURCE = "unga_votes"
WORDS = {"yes": "yes", "abstain": "abstain", "no": "no"}
NUMBERED_FROM = 18
"""First session for which `unres` holds numbers of resolutions."""
ROMAN_UNTIL = 30
"""Last session whose resolutions are numbered through and carry the session as a Roman numeral."""
DAYLESS = ((1, 4445), (9001, 9056))
"""Roll calls, by number, whose day is not the day of the month."""

_OLD = re.compile(r"R/(\d+)/(\d+)(?:/?([A-Z]+))?(?:/([IVX]+))?")


def read(folder: Path) -> Tables:
    """Return roll calls, their issues and the votes.

    Raises `EvidenceError` where a file is missing or corrupt, or votes are doubled, unknown or untimely.
    """
    frames.present(
        *(folder / name for name in ("votes.parquet", "roll_calls.parquet", "roll_call_issues.parquet"))
    )
    calls = _calls(folder / "roll_calls.parquet")
    votes, unresolved = _votes(folder / "votes.parquet", calls)
    symbols = calls["unres"].notna() & calls["resolution"].isna()
    early = calls["session"] < NUMBERED_FROM
    return Tables(
        roll_calls=_roll_calls(calls),
        roll_call_issues=_issues(folder / "roll_call_issues.parquet"),
        votes=votes,
        unresolved=unresolved,
        set_aside=frames.tally(
            (
                "symbols before session 18",
                int((symbols & early).sum()),
                "page numbers: kept without a resolution",
            ),
            (
                "symbols from session 18",
                int((symbols & ~early).sum()),
                "not understood: kept without a resolution",
            ),
            (
                "days of roll calls",
                int(calls["dayless"].sum()),
                "not days of the month: kept with the month only",
            ),
        ),
    )


def linked_resolutions(folder: Path) -> pd.DataFrame:
    """Return pairs of roll calls on resolutions that recur: columns earlier and later, as 'unga:299'.

    Bailey, Strezhnev and Voeten matched their texts (`bsv_matches.csv`); six of the roll calls are in another
    release only. Raises as `read` does.
    """
    path = folder / "bsv_matches.csv"
    pairs = frames.numbers(frames.csv(path, ["rcid1", "rcid2"]), ["rcid1", "rcid2"], path)
    return pd.DataFrame({"earlier": _ids(pairs["rcid1"]), "later": _ids(pairs["rcid2"])})


def _ids(rcids: pd.Series) -> pd.Series:
    return "unga:" + rcids.astype("int64").astype(str).astype(object)


def _calls(path: Path) -> pd.DataFrame:
    columns = ["rcid", "session", "importantvote", "date", "unres", "amend", "para", "short", "descr"]
    calls = frames.parquet(path, columns).sort_values("rcid", ignore_index=True)
    numbered = pd.concat([calls["rcid"].between(first, last) for first, last in DAYLESS], axis=1).any(axis=1)
    corrected = bool((calls.loc[numbered, "date"].dt.day > 7).any())
    dayless = numbered & (not corrected)
    month = calls["date"].dt.to_period("M").dt
    symbols = [
        _symbol(unres, session) for unres, session in zip(calls["unres"], calls["session"], strict=True)
    ]
    return calls.assign(
        roll_call=_ids(calls["rcid"]),
        unres=calls["unres"].replace("", None),
        resolution=pd.Series(symbols, dtype=object),
        dayless=dayless,
        date=calls["date"].where(~dayless, month.start_time),
        last_date=calls["date"].where(~dayless, month.end_time.dt.normalize()),
    )


def _symbol(unres: object, session: float) -> str | None:
    """Return the symbol of the resolution: 'R/28/3184A' in session 28 is 'A/RES/3184(XXVIII) A'."""
    text = str(unres).strip()
    if session < NUMBERED_FROM:
        return None
    old = _OLD.fullmatch(text)
    if not old:
        return normal_resolution(text)
    if int(old[1]) != session:
        return None
    number = f"{old[2]}({_roman(int(session))})" if session <= ROMAN_UNTIL else f"{old[1]}/{old[2]}"
    return " ".join(part for part in (f"A/RES/{number}", old[3], old[4]) if part)


def _roman(number: int) -> str:
    """Return a Roman numeral below 40.

    >>> _roman(18), _roman(29)
    ('XVIII', 'XXIX')
    """
    units = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + units[number % 10]


def _roll_calls(calls: pd.DataFrame) -> pd.DataFrame:
    kind = pd.Series("resolution", index=calls.index, dtype=object)
    for flag, word in (("para", "paragraph"), ("amend", "amendment")):
        kind = kind.mask(calls[flag].eq(1).fillna(False).astype(bool), word)  # an empty flag is no flag
    adopted = calls["short"].fillna("").str.contains("adopted by the General Assembly", regex=False)
    title = calls["descr"].mask(adopted | calls["descr"].isna() | (calls["descr"] == ""), calls["short"])
    named = title.str.replace(r"\s*:?\s*resolution\s*/\s*adopted by the General Assembly\s*$", "", regex=True)
    number = "rcid " + calls["rcid"].astype(str)
    important = calls["importantvote"].map({0: False, 1: True}).astype(object)
    frame = calls[["roll_call", "session", "date", "resolution"]].assign(
        body="UNGA",
        title=named.astype(object).where(named.notna(), None),
        kind=kind,
        important=important.where(important.notna(), None),
    )
    locator = number.where(calls["unres"].isna(), number + ", " + calls["unres"].fillna(""))
    return frames.stamped(frame, source=SOURCE, locator=locator.astype(object))


def _issues(path: Path) -> pd.DataFrame:
    issues = frames.parquet(path, ["rcid", "short_name"]).drop_duplicates()
    frame = pd.DataFrame({"roll_call": _ids(issues["rcid"]), "issue": issues["short_name"].astype(object)})
    return frames.stamped(frame, source=SOURCE)


def _votes(path: Path, calls: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    cast = frames.parquet(path, ["rcid", "country", "vote"])
    places = pd.Index(calls["rcid"]).get_indexer(cast["rcid"].astype("int64"))
    frames.reject(cast, "rcid", places < 0, path, "is in no row of roll_calls.parquet")
    rows = pd.DataFrame(
        {
            "roll_call": calls["roll_call"].to_numpy()[places],
            "label": cast["country"],
            "word": cast["vote"],
            "date": calls["date"].to_numpy()[places],
            "last_date": calls["last_date"].to_numpy()[places],
        }
    )
    votes, unresolved = checked(Ballots(rows, path, WORDS), Gazetteer.load(seats=True))
    return frames.stamped(votes, source=SOURCE), unresolved
