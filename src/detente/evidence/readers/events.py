"""Coded events: who did what to whom on which day.

Three formats are read, each by the names of its files: the four-column text of the ICEWS samples
(`icews_*.txt`: source, wording, target, day), ICEWS as its provider publishes it (`*.tab`) and GDELT 2.0
(`*.export.CSV`). Sources and targets are people and groups as well as states: the police of a country act for
it, a bare name for the actor that bears it, and a person or group without a country is listed as unresolved.
Events within one country are kept.

The ICEWS text is a sample, drawn apart for 2005–2015 and again for 2014: rates mean something, counts do not,
and 2014 is drawn more densely. The locator names the file, so that the samples can be told apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem
from detente.evidence.actors import Gazetteer
from detente.evidence.readers.cameo import coded
from detente.evidence.readers.frames import (
    PULL,
    SHOWN,
    corrupt,
    csv,
    days,
    numbers,
    pooled,
    present,
    stamped,
    tally,
)
from detente.evidence.readers.shapes import typed
from detente.evidence.tables import Tables

FOUR = ("who", "text", "whom", "day")
TAB = (
    "Event Date",
    "Source Name",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Country",
)
GDELT_COLUMNS = "gdelt2_event_columns.csv"
GDELT = ("SQLDATE", "Actor1CountryCode", "Actor2CountryCode", "EventCode", "GoldsteinScale")
GOLD = "plover_gold_standard.json"
ABSENT = frozenset({"", "NA", "N/A", "NULL", "None"})
COLUMNS = ["date", "who", "whom", "code", "text", "goldstein", "locator"]

Part = tuple[pd.DataFrame, pd.DataFrame]


def read(folder: Path) -> Tables:
    """Return events with both sides resolved; texts without a code and repeated events are counted.

    Raises `EvidenceError` where there is no file of events, or one is corrupt, lacks a column or holds a
    wrong date.
    """
    formats: dict[str, Callable[[Path, Path], Part]] = {
        "icews_*.txt": _four_columns,
        "*.tab": _published,
        "*.export.CSV": _gdelt,
    }
    parts = [reads(path, folder) for form, reads in formats.items() for path in sorted(folder.glob(form))]
    if not parts:
        raise EvidenceError(Problem(str(folder), f"holds no events: none of {', '.join(formats)}", PULL))
    rows = pd.concat([part[0] for part in parts], ignore_index=True)
    # ICEWS lists an event of the text samples once; what two samples share is one event.
    again = rows["locator"].str.endswith(".txt") & rows.duplicated(["date", "who", "whom", "text"])
    rows, unresolved = _resolved(rows[~again])
    return Tables(
        events=typed("events", stamped(rows, source="events", locator=rows["locator"])),
        unresolved=unresolved,
        set_aside=pooled(
            *(part[1] for part in parts),
            tally(("events in two samples", int(again.sum()), "the same event, kept once")),
            _gold(folder / GOLD),
        ),
    )


def _four_columns(path: Path, folder: Path) -> Part:
    """Read source, wording, target and day; the file has no header, so that record 0 is line 1."""
    present(path)
    try:
        rows = pd.read_csv(
            path,
            sep="\t",
            header=None,
            names=[*FOUR, "more"],
            index_col=False,
            dtype=str,
            quoting=3,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise corrupt(path, error) from error
    rows = rows.assign(
        date=pd.to_datetime(rows["day"], format="%Y-%m-%d", errors="coerce"), locator=path.name
    )
    wrong = rows.index[rows["date"].isna() | rows["more"].notna()] + 1
    if len(wrong):
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        lines = ", ".join(map(str, wrong[:SHOWN])) + more
        what = "is not source, wording, target and day (as in 2014-03-27), with tabs between them"
        raise EvidenceError(Problem(f"{path}:{lines}", what, PULL))
    texts = rows["text"].fillna("").drop_duplicates()
    table = coded(texts, folder).set_index(texts.to_numpy())
    found = table.loc[rows["text"].fillna("")]
    rows = rows.assign(code=found["code"].to_numpy(), goldstein=found["goldstein"].to_numpy())
    bare = rows.loc[rows["goldstein"].isna(), "text"].fillna("").value_counts()
    reason = "no Goldstein score in the code tables; the events are kept without one"
    return rows[COLUMNS], tally(*((f"wording {text!r}", int(count), reason) for text, count in bare.items()))


def _published(path: Path, folder: Path) -> Part:
    """Read ICEWS as published: tab-separated, with countries, codes and scores of its own."""
    rows = csv(path, TAB, sep="\t")
    rows = numbers(rows, ["Intensity"], path)
    made = pd.DataFrame(
        {
            "date": days(rows, "Event Date", path),
            "who": _country_or_name(rows, "Source"),
            "whom": _country_or_name(rows, "Target"),
            "code": rows["CAMEO Code"],
            "text": rows["Event Text"],
            "goldstein": rows["Intensity"],
            "locator": path.name,
        }
    )
    return made, tally()


def _country_or_name(rows: pd.DataFrame, side: str) -> pd.Series:
    country = rows[f"{side} Country"]
    return country.where(country.notna() & ~country.isin(ABSENT), rows[f"{side} Name"])


def _gdelt(path: Path, folder: Path) -> Part:
    """Read GDELT 2.0, which has no header: the names of its columns are in a file of their own."""
    present(path)
    names = csv(folder / GDELT_COLUMNS, ("tableId",))["tableId"].tolist()
    try:
        rows = pd.read_csv(
            path, sep="\t", header=None, names=names, usecols=list(GDELT), dtype=str, quoting=3
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise corrupt(path, error) from error
    rows = numbers(rows, ["GoldsteinScale"], path)
    made = pd.DataFrame(
        {
            "date": days(rows, "SQLDATE", path, form="%Y%m%d"),
            "who": rows["Actor1CountryCode"],
            "whom": rows["Actor2CountryCode"],
            "code": rows["EventCode"],
            "text": pd.Series([None] * len(rows), dtype=object),
            "goldstein": rows["GoldsteinScale"],
            "locator": path.name,
        }
    )
    return made, tally()


def _resolved(rows: pd.DataFrame) -> Part:
    """Return events with codes on both sides; one left out is counted once, under its first unknown label."""
    who = _codes(rows["who"])
    whom = _codes(rows["whom"])
    lost = rows["who"].where(who.isna(), rows["whom"])[who.isna() | whom.isna()]
    known = who.notna() & whom.notna()
    return rows[known].assign(actor=who[known], target=whom[known]), _people(lost)


def _codes(labels: pd.Series) -> pd.Series:
    """Return the code of what a label names in brackets at its end, or else of the label itself."""
    places, uniques = pd.factorize(labels.fillna(""))
    names = pd.Series(uniques, dtype=object)
    countries = names.str.extract(r"\(([^()]*)\)\s*$")[0].fillna(names)
    found = Gazetteer.load().resolve_many(countries.where(~countries.isin(ABSENT)))
    return pd.Series(found.to_numpy()[places], index=labels.index, dtype=object)


def _people(labels: pd.Series) -> pd.DataFrame:
    """Return the labels that name no state, with the number of their events."""
    counts = labels.fillna("").value_counts()
    inside, bare = "what stands in brackets names no actor", "a person, group or region, not an actor"
    reasons = np.where(counts.index.str.endswith(")"), inside, bare)
    reasons = np.where(counts.index.isin(ABSENT), "no label", reasons)
    return pd.DataFrame({"label": counts.index, "rows": counts.to_numpy(), "reason": reasons})


def _gold(path: Path) -> pd.DataFrame:
    """Count the hand-coded sentences, which serve tests of coding: their days are made up."""
    if not path.is_file():
        return tally()
    try:
        sentences = len(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, UnicodeDecodeError) as error:
        raise corrupt(path, error) from error
    return tally((path.name, sentences, "sentences coded by hand, with made-up days: they test coders"))
