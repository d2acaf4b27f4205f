"""How many sanctions cases each sender had in force against each target in a year.

Counts only, as the terms of the Global Sanctions Data Base ask. The sender is kept as the database names it:
a case of the European Union counts for EU and not for each member, a case of the G7 for G7. Years before 2013
are left out, since the file holds only cases that were still active then. Targets are declared in
`sanctions.yaml`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.compiling.writing import declaration, to_codes

SOURCE = "sanctions_counts"
FIRST, LAST = 2013, 2022
"""Years that the file covers whole; a case still in force at the last revision ends in the last of them."""

BETWEEN = r",(?!\s*(?:North|South|The)\b)\s*"
"""The comma between two names of a list, not the one inside 'Gambia, The'."""


def compile_sanction_cases(mirror: Path) -> pd.DataFrame:
    """Return the number of cases in force by sender, target and year."""
    targets: dict[str, str] = declaration("sanctions.yaml")["targets"]
    raw = pd.read_csv(mirror / "sanctions" / "GSDB_V3.csv", encoding="utf-8-sig")
    cases = _dyads(raw)
    cases = cases[cases["receiver"].isin(targets)].merge(
        pd.DataFrame({"year": range(FIRST, LAST + 1)}), how="cross"
    )
    cases = cases[cases["year"].between(cases["begin"], cases["end"])]
    counts = cases.groupby(["sender", "receiver", "year"], as_index=False).agg(value=("case_id", "nunique"))
    year = counts["year"].astype(str)
    return pd.DataFrame(
        {
            "actor": to_codes(counts["sender"]),
            "target": counts["receiver"].map(targets),
            "date": year + "-01-01",
            "kind": "sanction_cases",
            "value": counts["value"],
            "unit": "count",
            "source": SOURCE,
            "locator": "release 3, cases of "
            + counts["sender"]
            + " on "
            + counts["receiver"]
            + " in force in "
            + year,
        }
    )


def _dyads(raw: pd.DataFrame) -> pd.DataFrame:
    """Return one row per case, sender and target: several of either are comma lists in the file."""
    split = raw.assign(
        sender=raw["sanctioning_state"].str.split(BETWEEN, regex=True),
        receiver=raw["sanctioned_state"].str.split(BETWEEN, regex=True),
    )
    return split.explode("sender").explode("receiver").reset_index(drop=True)
