"""What the readers of roll calls share: symbols of resolutions in one form, and votes checked all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.actors import Actor, Gazetteer
from detente.evidence.readers import frames

_SYMBOL = re.compile(
    r"A/RES/(?P<base>(?:(?:ES|S)-)?\d+/\d+|\d+\s*\((?:(?:ES|S)-)?[IVXL]+\))(?P<parts>.*)", re.DOTALL
)
_PART = re.compile(r"[A-Z]+(?:-[A-Z]+)?")


LETTERS = {"Y": "yes", "N": "no", "A": "abstain", "X": "absent"}
"""How the United Nations Digital Library writes votes."""


def session_of(day: pd.Timestamp) -> int:
    """Return the General Assembly's regular session on a day; sessions open in the second week of September.

    >>> session_of(pd.Timestamp("2022-03-02")), session_of(pd.Timestamp("2022-10-12"))
    (76, 77)
    """
    return max(1, day.year - 1945 - ((day.month, day.day) < (9, 9)))


def normal_resolution(symbol: str) -> str | None:
    """Return a resolution's symbol in one form, parts set off by spaces; None where it is no symbol.

    >>> normal_resolution("A/RES/44/41C"), normal_resolution("a/res/3379 (XXX)[B]"), normal_resolution("-")
    ('A/RES/44/41 C', 'A/RES/3379(XXX) B', None)
    """
    found = _SYMBOL.fullmatch(symbol.strip().upper())
    if not found:
        return None
    parts = _PART.findall(found["parts"])
    if re.sub(r"[\s\[\]/()]", "", found["parts"]) != "".join(parts):
        return None
    return " ".join([f"A/RES/{found['base'].replace(' ', '')}", *parts])


@dataclass(frozen=True)
class Ballots:
    """Votes as a file states them: one row for each vote, with who, how, when and in which roll call.

    The columns of `rows` are roll_call, label, word and date (datetime64), and last_date where the day is not
    known but a last possible day is. The index counts the records of the file from 0.
    """

    rows: pd.DataFrame
    path: Path
    words: Mapping[str, str]


def checked(ballots: Ballots, gazetteer: Gazetteer) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return votes (roll_call, actor, vote) and a tally of unresolved labels.

    Raises `EvidenceError` with all votes by an unknown word, all that are cast twice, and all of actors that
    did not exist on the day.
    """
    rows = ballots.rows
    votes = rows["word"].map(ballots.words)
    resolved, unresolved = frames.resolve(rows, "label", dates="date", gazetteer=gazetteer)
    allowed = ", ".join(ballots.words)
    problems = [
        *frames.unfit(rows, "word", votes.isna(), ballots.path, f"is no vote: write one of {allowed}"),
        *_twice(resolved, ballots.path),
        *_untimely(resolved, ballots.path, gazetteer),
    ]
    raise_all(EvidenceError, problems)
    return resolved[["roll_call", "actor"]].assign(vote=votes[resolved.index]), unresolved


def _twice(rows: pd.DataFrame, path: Path) -> list[Problem]:
    again = rows[_repeated(rows["roll_call"], rows["actor"])]
    return [
        Problem(
            frames.place(path, group.index), f"{actor} votes {len(group)} times in {roll_call}", "keep one"
        )
        for (roll_call, actor), group in again.groupby(["roll_call", "actor"], sort=False)
    ]


def _repeated(first: pd.Series, second: pd.Series) -> np.ndarray:
    """Return which rows share their pair of values with another; on codes, since text is slow to compare."""
    one, _ = pd.factorize(first)
    two, names = pd.factorize(second)
    pairs = one.astype("int64") * (len(names) + 1) + two
    return pd.Series(pairs).duplicated(keep=False).to_numpy()


def _untimely(rows: pd.DataFrame, path: Path, gazetteer: Gazetteer) -> list[Problem]:
    existed = gazetteer.existed_many(rows["actor"], rows["date"])
    if "last_date" in rows:
        existed |= gazetteer.existed_many(rows["actor"], rows["last_date"])
    wrong = rows[~existed]
    return [
        Problem(
            frames.place(path, group.index),
            f"{label!r} is {_lifetime(gazetteer.actor(str(actor)))}, and votes on {day:%Y-%m-%d}",
            "correct the date or the name",
        )
        for (label, actor, day), group in wrong.groupby(["label", "actor", "date"], sort=False)
    ]


def _lifetime(actor: Actor) -> str:
    ended = f" to {actor.end - timedelta(days=1)}" if actor.end else ""
    return f"{actor.code} ({actor.name}), which existed from {actor.start}{ended}"
