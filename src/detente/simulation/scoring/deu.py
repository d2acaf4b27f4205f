"""Decisions in the European Union (DEU III): who wanted what on an issue, how much each cared, what came out.

Reads the table of the third release (Arregui and Perarnau 2014, doi:10.34810/data53): one row for each issue,
columns p... with positions and s... with saliences from 0 to 100, `out` with the outcome, and a first row of
averages. Capabilities are the Council's voting weights at the time, with the largest as 100; Commission and
Parliament have 100 too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all

Floats = NDArray[np.float64]
FULL = 100.0
LEAST_ACTORS = 3
"""Issues with fewer actors are not scored: there is nothing to bargain."""

NICE, LISBON = date(2004, 5, 1), date(2014, 11, 1)
INSTITUTIONS = {"com": "COMMISSION", "ep": "PARLIAMENT"}


@dataclass(frozen=True)
class Member:
    """A member's code, and its votes in the Council before and under the Treaty of Nice; 0 if not in."""

    actor: str
    before: int
    under_nice: int


@cache
def members() -> dict[str, Member]:
    """Return the members by the table's label, from `deu_members.csv`."""
    with files(__package__).joinpath("deu_members.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return {
        row["label"]: Member(row["actor"], int(row["votes_to_2004"] or 0), int(row["votes_from_2004"]))
        for row in rows
    }


@dataclass(frozen=True)
class Decided:
    """One issue with a known outcome; positions, outcome and saliences on a scale of 0 to 1."""

    issue: str
    proposal: str
    """Issues of one proposal were bargained together."""
    rule: str
    when: date
    actors: tuple[str, ...]
    position: Floats
    salience: Floats
    capability: Floats
    outcome: float


def read_deu(path: Path, populations: Mapping[str, float]) -> tuple[list[Decided], pd.DataFrame]:
    """Return every issue that can be scored, and what was set aside: why, count, examples.

    `populations` are those of members, for weights since the Treaty of Lisbon. Raises `EvidenceError` for a
    file that cannot be read, and for columns that are missing.
    """
    table = _read(path)
    told: list[Decided] = []
    aside: dict[str, list[str]] = {}
    for row in table.to_dict("records"):
        found = _decided({str(key): value for key, value in row.items()}, populations)
        if isinstance(found, Decided):
            told.append(found)
        else:
            aside.setdefault(found, []).append(str(row["isnr"]))
    rows = [(why, len(issues), ", ".join(issues[:3])) for why, issues in aside.items()]
    return told, pd.DataFrame(rows, columns=["why", "count", "examples"])


def _read(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, sep="\t", dtype=str)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        hint = "give the tab-separated table of DEU III, as downloaded"
        raise EvidenceError(Problem(str(path), f"cannot be read ({error})", hint)) from error
    cells = [f"{kind}{label}" for kind in "ps" for label in (*INSTITUTIONS, *members())]
    wanted = ["isnr", "prnr", "counvte", "intro", "finact", "out", *cells]
    raise_all(EvidenceError, list(_missing(path, wanted, list(table.columns))))
    return table[table["isnr"].notna()]


def _missing(path: Path, wanted: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    for name in wanted:
        if name not in columns:
            hint = did_you_mean(name, columns) or "give the tab-separated table of DEU III, as downloaded"
            yield Problem(str(path), f"has no column {name!r}", hint)


def _decided(row: Mapping[str, object], populations: Mapping[str, float]) -> Decided | str:
    """Return an issue, or why it is not scored."""
    outcome = _number(row["out"])
    if outcome is None:
        return "no outcome"
    when = read_day(str(row["finact"])) or read_day(str(row["intro"]))
    if when is None:
        return "no date"
    given = [
        (label, _number(row[f"p{label}"]), _number(row[f"s{label}"])) for label in (*INSTITUTIONS, *members())
    ]
    held = [(label, place, care) for label, place, care in given if place is not None and care is not None]
    if len(held) < LEAST_ACTORS:
        return f"fewer than {LEAST_ACTORS} actors with position and salience"
    weights = capabilities([label for label, _, _ in held], when, populations)
    return Decided(
        issue=str(row["isnr"]),
        proposal=str(row["prnr"]),
        rule=str(row["counvte"]),
        when=when,
        actors=tuple(INSTITUTIONS.get(label) or members()[label].actor for label, _, _ in held),
        position=np.array([place for _, place, _ in held]) / FULL,
        salience=np.array([care for _, _, care in held]) / FULL,
        capability=weights,
        outcome=outcome / FULL,
    )


def capabilities(labels: Sequence[str], when: date, populations: Mapping[str, float]) -> Floats:
    """Return the weight of each actor on a day, from 0 to 100: votes in the Council, later population.

    A state that was no member yet has none.

    >>> capabilities(["com", "de", "lu"], date(2000, 1, 1), {}).tolist()
    [100.0, 100.0, 20.0]
    """
    if when < NICE:
        weights = {label: float(each.before) for label, each in members().items()}
    elif when < LISBON:
        weights = {label: float(each.under_nice) for label, each in members().items()}
    else:
        weights = {label: populations[each.actor] for label, each in members().items()}
    most = max(weights.values())
    return np.array([FULL if label in INSTITUTIONS else FULL * weights[label] / most for label in labels])


def _number(value: object) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if np.isfinite(found) and 0 <= found <= FULL else None


def read_day(text: str) -> date | None:
    """Return the day meant by the table: dd-mm-yy, or what a spreadsheet made of it, 20dd-mm-yy.

    >>> read_day("14-09-2016"), read_day("2017-04-19"), read_day("999")
    (datetime.date(2016, 9, 14), datetime.date(2019, 4, 17), None)
    """
    found = re.fullmatch(r"(\d{2}|\d{4})-(\d{2})-(\d{2}|\d{4})", text.strip())
    if not found:
        return None
    day, month, year = int(found[1]) % 100, int(found[2]), int(found[3])
    full = year if year > 99 else year + (1900 if year > 50 else 2000)
    try:
        return date(full, month, day)
    except ValueError:
        return None
