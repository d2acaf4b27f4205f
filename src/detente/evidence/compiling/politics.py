"""Elections and the parties that contest the alliance from within.

Shares are lower bounds: of 268 parties that the PopuList names, 60 cannot be matched to election results. No
shares are derived for Albania, Canada, Montenegro, North Macedonia, Türkiye or the United States, which the
PopuList does not cover. Election dates are those that PPEG records, to 29 October 2025; where a vote took
more than one day or round, its choice of day stands.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from detente.evidence.actors import Gazetteer
from detente.evidence.compiling.memberships import compile_memberships
from detente.evidence.compiling.writing import declaration, to_codes

SOURCE = "populism"
SHARES = ("populist_seat_share", "populist_vote_share", "farright_seat_share", "eurosceptic_seat_share")


def compile_populism(mirror: Path) -> pd.DataFrame:
    """Return seat and vote shares of populist, far-right and Eurosceptic parties by election, in percent.

    Elections of a republic before it was a state (in Czechoslovakia and Yugoslavia) are left out.
    """
    raw = pd.read_csv(mirror / "populism" / "populist_share_by_election_derived.csv")
    raw = raw.assign(actor=to_codes(raw["iso3"]))
    who = Gazetteer.load()
    days = zip(raw["actor"], raw["election_date"], strict=True)
    alive = [who.existed(actor, date.fromisoformat(day)) for actor, day in days]
    long = raw[alive].melt(["actor", "election_date"], list(SHARES), var_name="name").dropna(subset="value")
    return long.rename(columns={"election_date": "date"}).assign(
        unit="percent",
        source=SOURCE,
        locator="derived from the PopuList and results in PPEG and ParlGov: a lower bound",
    )


def compile_elections(mirror: Path) -> pd.DataFrame:
    """Return the days of parliamentary elections in members of the blocs that `politics.yaml` declares.

    The value is the number of seats contested, as PPEG states it for the first tier.
    """
    declared = declaration("politics.yaml")
    memberships = compile_memberships(mirror)
    members = sorted(set(memberships.loc[memberships["bloc"].isin(declared["blocs"]), "actor"]))
    with duckdb.connect() as connection:
        found = connection.execute(
            "select iso3c, edate, max(total_seats) from read_parquet(?)"
            " where edate >= ? and list_contains(?, iso3c) group by all",
            [str(mirror / "populism" / "ppeg_parl_2025v1.parquet"), str(declared["since"]), members],
        ).df()
    found.columns = pd.Index(["actor", "date", "value"])
    return found.assign(
        topic="elections",
        key="parliamentary_election",
        unit="seats",
        source=SOURCE,
        locator="PPEG parliaments 2025v1, edate",
    )
