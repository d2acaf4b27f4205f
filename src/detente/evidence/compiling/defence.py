"""Defence effort of NATO's members by NATO's own definition.

SIPRI's series may not be shipped, and ranks or classes made from it would be the same series in other words.

Established are 2014, 2023 and 2024, each from one edition as the press reported it; NATO revises, so years of
different editions do not form one series. Not established, and left out: 2015-2022; 2025 (only some members'
estimates could be confirmed); Sweden in 2023, when it was no member; Croatia in 2024, whose figure stands in
the report without its name. Iceland has no armed forces. States outside NATO have no row.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.evidence.compiling.writing import declaration

SOURCE = "nato_defence"


def compile_defence(_mirror: Path) -> pd.DataFrame:
    """Return defence expenditure in percent of gross domestic product, by NATO's definition."""
    return pd.DataFrame(
        [
            {
                "actor": actor,
                "date": f"{entry['year']}-01-01",
                "name": "defence_share_gdp_nato_definition",
                "value": value,
                "unit": "percent",
                "source": SOURCE,
                "locator": entry["locator"],
            }
            for entry in declaration("defence.yaml")
            for actor, value in entry["values"].items()
        ]
    )
