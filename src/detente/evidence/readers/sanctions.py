"""Sanctions in force by sender, target and year (Global Sanctions Data Base).

A case with several senders or targets lists them with commas, and counts once for each pair. Organisations
stay organisations: their cases do not count for their members. The file leaves out cases
that ended before its first year, so counts begin with the first year in which any case ended.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.readers.frames import (
    PULL,
    csv,
    numbers,
    pooled,
    resolve,
    stamped,
    tally,
    unfit,
    year_start,
)
from detente.evidence.readers.shapes import typed, unsaid
from detente.evidence.tables import Tables

FILE = "GSDB_V3.csv"
BETWEEN = r",(?!\s*(?:North|South|The)\s*(?:,|$))\s*"
"""The comma between two names of a list, as before 'South Korea', but not the one inside 'Korea, South'."""


def read(folder: Path) -> Tables:
    """Return the number of cases in force by sender, target and year, as ties; the locator lists the cases.

    Raises `EvidenceError` where the file is missing or corrupt, lacks a column, or holds a case without a
    year or one that ends before it begins.
    """
    pairs = cases(folder)
    if pairs.empty:
        raise EvidenceError(Problem(str(folder / FILE), "holds no cases", PULL))
    first = int(pairs["end"].min())
    years = _in_force(pairs, since=first)
    years, senders = _named(years, "sender", into="actor")
    years, targets = _named(years, "receiver", into="target")
    groups = years.groupby(["actor", "target", "date"])["case_id"]
    counts = groups.agg(value="nunique", locator=_listed).reset_index()
    counts = counts.assign(kind="sanction_cases", unit="count", value=counts["value"].astype("float64"))
    earlier = pairs["begin"].clip(upper=first).rsub(first).sum()
    return Tables(
        ties=typed("ties", stamped(counts, source="sanctions", locator=counts["locator"])),
        unresolved=pooled(senders, targets),
        set_aside=tally(
            (
                f"years of cases before {first}",
                int(earlier),
                "cases that ended before then are not in the file",
            ),
        ),
    )


def cases(folder: Path) -> pd.DataFrame:
    """Return one row for each case, sender and receiver (labels as in the file), with its years."""
    path = folder / FILE
    rows = csv(path, ("case_id", "sanctioned_state", "sanctioning_state", "begin", "end"))
    rows = numbers(rows, ["begin", "end"], path)
    undated = rows["begin"].isna() | rows["end"].isna()
    problems = unfit(rows, "case_id", undated, path, "has no first or no last year")
    backwards = rows["end"] < rows["begin"]
    problems += unfit(rows, "case_id", backwards, path, "ends before it begins")
    raise_all(EvidenceError, problems)
    split = rows.assign(
        sender=rows["sanctioning_state"].str.split(BETWEEN, regex=True),
        receiver=rows["sanctioned_state"].str.split(BETWEEN, regex=True),
        begin=rows["begin"].astype(int),
        end=rows["end"].astype(int),
    )
    pairs = split.explode("sender").explode("receiver")
    stripped = {name: pairs[name].str.strip() for name in ("sender", "receiver")}
    return pairs.assign(**stripped)[["case_id", "sender", "receiver", "begin", "end"]].drop_duplicates(
        ignore_index=True
    )


def _in_force(pairs: pd.DataFrame, *, since: int) -> pd.DataFrame:
    """Return one row for each pair of a case and each year in which it was in force."""
    begins = pairs["begin"].clip(lower=since)
    lengths = (pairs["end"] - begins + 1).to_numpy()
    long = pairs.loc[pairs.index.repeat(lengths)].reset_index(drop=True)
    offsets = np.arange(len(long)) - np.repeat(lengths.cumsum() - lengths, lengths)
    return long.assign(date=year_start(pd.Series(np.repeat(begins.to_numpy(), lengths) + offsets)))


def _named(years: pd.DataFrame, label: str, *, into: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `years` with the code of each label, and unknown labels with the number of their case-years."""
    own = unsaid(FILE)
    return resolve(years.assign(**{label: years[label].replace(own)}), label, into=into, dates="date")


def _listed(ids: pd.Series) -> str:
    return "cases " + ", ".join(sorted(ids.unique(), key=int))
