"""Elections, and the shares of populist, extreme and Eurosceptic parties (PopuList, PPEG, ParlGov).

Shares by election are lower bounds: of 268 parties that the PopuList names, 60 have no id in the election
results. Elections are those of PPEG; ParlGov adds those that PPEG does not hold. The two date an election of
several days or rounds differently, so two dates of one country that lie within `SAME_ELECTION` are one
election, on PPEG's day.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.readers.frames import (
    csv,
    days,
    numbers,
    parquet,
    pooled,
    present,
    resolve,
    stamped,
    tally,
)
from detente.evidence.readers.shapes import blanks, percentages, typed, unpivot
from detente.evidence.tables import Tables

SHARES = "populist_share_by_election_derived.csv"
PPEG = "ppeg_parl_2025v1.parquet"
PARLGOV = "view_election.csv"
PARTIES = {"populist_3.csv": ";", "populist_4.csv": ";"}
IDS = ("populist_parlgov_id.csv", "ppeg_merge_ids.csv")
FAMILIES = ("populist", "farright", "farleft", "eurosceptic")
MEASURES = {
    f"{family}_{of}_share": (f"{family}_{of}_share", "percent")
    for family in FAMILIES
    for of in ("vote", "seat")
}
SAME_ELECTION = pd.Timedelta(days=31)
"""PPEG and ParlGov differ by at most 31 days on one election; PPEG holds no two of a country within 34."""

PARLIAMENT = "parliamentary_election"
KEYS = {"parliament": PARLIAMENT, "ep": "european_parliament_election"}


def read(folder: Path) -> Tables:
    """Return shares by election as indicators, and elections with their number of seats as facts.

    Raises `EvidenceError` where a file is missing or corrupt, lacks a column, or holds a share outside 0 to
    100.
    """
    present(*(folder / name for name in (SHARES, PPEG, PARLGOV, *PARTIES, *IDS)))
    shares, blank, lost = _shares(folder / SHARES)
    ppeg, results, unnamed = _ppeg(folder / PPEG)
    parlgov, unheld, unknown = _parlgov(folder / PARLGOV)
    repeated = _repeated(parlgov, ppeg)
    return Tables(
        indicators=typed("indicators", shares),
        facts=typed("facts", ppeg, parlgov[~repeated]),
        unresolved=pooled(lost, unnamed, unknown),
        set_aside=pooled(
            blank,
            results,
            unheld,
            tally((f"{PARLGOV}: elections", int(repeated.sum()), "PPEG holds the same election")),
            *(_parties(folder / name, sep=sep) for name, sep in PARTIES.items()),
            *(_ids(folder / name) for name in IDS),
        ),
    )


def _shares(path: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rows = percentages(csv(path, ("iso3", "election_date", *MEASURES)), list(MEASURES), path)
    rows = rows.assign(date=days(rows, "election_date", path))
    rows, unresolved = resolve(rows, "iso3", into="actor", dates="date")
    where = "derived from the PopuList and results in PPEG and ParlGov: a lower bound"
    named = stamped(unpivot(rows, MEASURES, into="name"), source="populism", locator=where)
    return named, tally(*blanks(rows, list(MEASURES), SHARES)), unresolved


def _ppeg(path: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rows = parquet(path, ("iso3c", "edate", "total_seats"))
    every = rows.drop_duplicates(["iso3c", "edate"])
    elections = every.dropna(subset="total_seats")
    elections = elections.assign(
        date=days(elections, "edate", path),
        key=PARLIAMENT,
        value=elections["total_seats"].map("{:.0f}".format),
    )
    facts, unresolved = resolve(elections, "iso3c", into="actor", dates="date")
    aside = pooled(_results(path, rows), tally(*blanks(every, ["total_seats"], path.name)))
    return _fact(facts, "PPEG parliaments 2025v1, edate"), aside, unresolved


def _parlgov(path: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    columns = ("country_name_short", "election_type", "election_date", "seats_total", "election_id")
    rows = csv(path, columns)
    every = numbers(rows.drop_duplicates("election_id"), ["seats_total"], path)
    elections = every.dropna(subset="seats_total")
    elections = elections.assign(
        date=days(elections, "election_date", path),
        key=elections["election_type"].map(KEYS),
        value=elections["seats_total"].map("{:.0f}".format),
    )
    other = elections["key"].isna()
    facts, unresolved = resolve(elections[~other], "country_name_short", into="actor", dates="date")
    unheld = tally(
        (f"{path.name}: elections of another type", int(other.sum()), f"types read: {', '.join(KEYS)}")
    )
    facts = _fact(facts, "ParlGov view_election, election " + facts["election_id"])
    aside = tally(*blanks(every, ["seats_total"], path.name))
    return facts, pooled(_results(path, rows), unheld, aside), unresolved


def _fact(elections: pd.DataFrame, where: str | pd.Series) -> pd.DataFrame:
    return stamped(elections.assign(topic="elections", unit="seats"), source="populism", locator=where)


def _repeated(parlgov: pd.DataFrame, ppeg: pd.DataFrame) -> pd.Series:
    """Return which elections of ParlGov are elections of PPEG: the same country, within `SAME_ELECTION`."""
    left, right = (
        rows.loc[rows["key"] == PARLIAMENT, ["actor", "date"]]
        .assign(date=rows["date"].dt.as_unit("us"))
        .sort_values("date")
        for rows in (parlgov, ppeg)
    )
    right = right.assign(held=True)
    near = pd.merge_asof(left, right, on="date", by="actor", direction="nearest", tolerance=SAME_ELECTION)
    held = left.index[near["held"].notna()]
    return pd.Series(parlgov.index.isin(held), index=parlgov.index)


def _results(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    reason = "no table holds results by party; they enter through the derived shares"
    return tally((f"{path.name}: results by party", len(rows), reason))


def _parties(path: Path, *, sep: str) -> pd.DataFrame:
    parties = csv(path, ("party_name", "country_name", *FAMILIES), sep=sep)
    reason = "no table holds parties; their classification enters through the derived shares"
    return tally((f"{path.name}: parties", len(parties), reason))


def _ids(path: Path) -> pd.DataFrame:
    return tally(
        (f"{path.name}: ids of parties", len(csv(path, ("Party", "parlgov_id"))), "no table holds parties")
    )
