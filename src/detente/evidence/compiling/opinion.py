"""What publics think of other powers: favourable and unfavourable views by country and year (Pew)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from detente.evidence.compiling.writing import declaration, to_codes
from detente.evidence.readers.shapes import faults

SOURCE = "opinion"
MEASURES = {
    "pct_favourable": ("view_favourable", "percent"),
    "pct_unfavourable": ("view_unfavourable", "percent"),
    "n": ("view_sample_size", "persons"),
}


def compile_views(mirror: Path) -> pd.DataFrame:
    """Return shares with a favourable and an unfavourable view, and the sample size, by public and target.

    Those who do not know stay in the denominator, so the two shares do not sum to 100. Shares are weighted:
    the sample size gives the interval of simple random sampling, which is narrower than the survey's own.
    Years known to be wrong in the file are left out. Targets, and the codes that only this provider uses, are
    declared in `opinion.yaml`.
    """
    declared: dict[str, Any] = declaration("opinion.yaml")
    raw = pd.read_csv(mirror / "opinion" / "pew_favourability.csv")
    raw = raw[raw["target"].isin(declared["targets"])]
    asked = pd.MultiIndex.from_arrays([raw["year"].astype(str), raw["target"]])
    raw = raw[~asked.isin(list(faults("pew_favourability.csv")))]
    raw = raw.assign(actor=to_codes(raw["iso3"], says=declared["codes"]))
    return pd.concat([_one(raw, column, kind=kind, unit=unit) for column, (kind, unit) in MEASURES.items()])


def _one(raw: pd.DataFrame, column: str, *, kind: str, unit: str) -> pd.DataFrame:
    year = raw["year"].astype(str)
    return pd.DataFrame(
        {
            "actor": raw["actor"],
            "target": raw["target"],
            "date": year + "-01-01",
            "kind": kind,
            "value": raw[column],
            "unit": unit,
            "source": SOURCE,
            "locator": "Global Attitudes Survey " + year + ", n=" + raw["n"].round(0).astype(int).astype(str),
        }
    )
