"""An invented world for the brief: its case, its evidence, and how a brief on it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import pandas as pd

from detente.briefing import Brief, Found, write_brief
from detente.briefing.material import Material, material_of
from detente.cases import Case
from detente.claims.audit import Audit
from detente.evidence import Evidence
from detente.simulation.outcomes import Outcomes
from detente.simulation.projection.prospects import Prospects
from tests.briefing.ruritania_measures import (
    BESIDE,
    LEAGUE,
    MEASUREMENTS,
    MEMBERS,
    WINDOWS,
    YEARS,
    measures_of,
)
from tests.briefing.ruritania_points import points

NAMES = {
    "AAA": "Aldovia",
    "BBB": "Brontia",
    "CCC": "Carpania",
    "DDD": "Dravonia",
    "EEE": "Elbonia",
    "FFF": "Freedonia",
    "GGG": "Grandia",
    "HHH": "Hyrkania",
    "III": "Illyria",
    "JJJ": "Jotunland",
    "KKK": "Kravonia",
    "LLL": "Lutha",
    "MMM": "Moldania",
    "RRR": "Ruritania",
}
SOURCES = ("ballots", "surveys", "customs", "chronicle")


def case_of(**changes: Any) -> Case:
    """Return the case of the invented world."""
    content: dict[str, Any] = {
        "detente": 1,
        "title": "The Pact and Ruritania",
        "question": "How united is the Pact on Ruritania?",
        "as_of": date(2021, 6, 1),
        "rival": "RRR",
        "ally": "AAA",
        "blocs": {
            "PACT": {"title": "Pact", "members": list(MEMBERS), "reason": "invented"},
            "LEAGUE": {"title": "League", "members": list(LEAGUE), "reason": "invented"},
            "Rest": {"title": "the other members", "of": "PACT", "without": ["AAA"]},
        },
        "reference": {"title": "Neighbours", "actors": list(BESIDE), "reason": "invented"},
        "issues": {
            "all": {"title": "All votes"},
            "rivers": {"title": "Rivers", "resolutions": ["R/1", "R/2"]},
            "fish": {"title": "Fish", "codes": ["fi"]},
        },
        "windows": {
            key: {"title": f"Era {place}, {a}–{b}", "since": date(a, 1, 1), "until": date(b, 12, 31)}
            for place, (key, (a, b)) in enumerate(WINDOWS.items(), start=1)
        },
        "history": {"since": YEARS[0], "until": YEARS[-1]},
        "compare": {"pact": {"title": "Aldovia and the rest", "sides": ["Rest", "AAA"]}},
        "stance": {
            "title": "Stance on Ruritania",
            "blocs": ["PACT"],
            "positive": "AAA",
            "measurements": {
                "vote": {"title": "Vote on R/1", "by": "votes", "resolution": "R/1", "reason": "invented"},
                **{
                    key: {
                        "title": f"{key.capitalize()} with Ruritania",
                        "by": "ties",
                        "kinds": f"{key}_share",
                        "target": "RRR",
                        "reason": "invented",
                    }
                    for key in MEASUREMENTS[1:]
                },
            },
        },
        "dependence": {"grain": {"title": "Grain from Ruritania", "kinds": "grain_share", "target": "RRR"}},
        "threat": {
            "views": {"rival": {"title": "Unfavourable views of Ruritania", "target": "RRR"}},
            "ranks": {
                "risks": {"title": "Rank of Ruritania among risks", "topic": "risk_index", "target": "RRR"}
            },
        },
        "forum": {
            "name": "Spa Conference",
            "participation": "spa_participation",
            "occasions": "spa_meetings",
        },
        "notes": ["An invented note on dependence."],
    }
    return Case.model_validate({**content, **changes})


FACTS = pd.DataFrame(
    [
        ("risk_index", "AAA", "2020-01-01", "risk_rank", "3", "chronicle", "press"),
        ("spa_participation", "RRR", "2018-02-01", "took_part", "yes", "chronicle", "page 1"),
        ("spa_participation", "RRR", "2020-02-01", "not_invited", "yes", "chronicle", "page 2"),
        ("spa_participation", "AAA", "2020-02-01", "took_part", "yes", "chronicle", "page 2"),
        ("spa_meetings", None, "2020-02-01", "held", "12th Spa Conference", "chronicle", "page 2"),
    ],
    columns=["topic", "actor", "date", "key", "value", "source", "locator"],
)


@dataclass(frozen=True)
class World:
    """Names in the manner of the gazetteer."""

    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes."""
        return tuple(sorted(self.names))

    def name(self, code: str) -> str:
        """Return the name of an actor."""
        return self.names[code]

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return those that an actor continues; nobody here continues another."""
        return (code,)


@dataclass(frozen=True)
class Shelf:
    """Evidence in the manner of the real one: the tables that a brief asks for, in memory."""

    gazetteer: World = field(default_factory=World)
    facts: pd.DataFrame = field(default_factory=lambda: FACTS)
    digest: str = "0" * 64
    title: str = "An invented source"

    def query(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """Return the answer to a query over facts, roll calls and memberships."""
        with duckdb.connect() as connection:
            connection.register("held", self.facts.assign(date=pd.to_datetime(self.facts["date"])))
            connection.execute("CREATE TABLE facts AS SELECT * FROM held")
            connection.execute("CREATE TABLE memberships (actor VARCHAR, bloc VARCHAR, source VARCHAR)")
            connection.execute(
                "CREATE TABLE roll_calls AS SELECT DATE '2016-05-04' AS date, 'R/9' AS resolution"
            )
            frame = connection.execute(sql, params or None).df()
        return frame.astype({name: object for name in frame if isinstance(frame[name].dtype, pd.StringDtype)})

    def sources(self) -> pd.DataFrame:
        """Return the registry."""
        rows = [
            {
                "id": source,
                "title": self.title,
                "provider": "Nobody",
                "citation": f"{self.title}: {source}",
                "licence": "CC0",
                "licence_basis": "general knowledge",
                "url": "https://example.org/",
                "vintage": "2020",
                "sha256": "ab" * 32,
                "rows": 5,
                "origin": "shipped",
            }
            for source in SOURCES
        ]
        return pd.DataFrame(rows)

    def unresolved(self) -> pd.DataFrame:
        """Return labels that name nobody."""
        return pd.DataFrame(
            {"source": ["customs"], "label": ["Atlantis"], "rows": [4], "reason": ["unknown"]}
        )


def material(case: Case | None = None, shelf: Shelf | None = None, **changes: Any) -> Material:
    """Return the material of the invented world, with measures changed as given."""
    found = Found(measures_of(**{**points(), **changes}))
    return material_of(case or case_of(), cast(Evidence, shelf or Shelf()), found)


def write(
    folder: Path,
    *,
    case: Case | None = None,
    shelf: Shelf | None = None,
    outcomes: Outcomes | None = None,
    prospects: Prospects | None = None,
    audit: Audit | None = None,
    **changes: Any,
) -> Brief:
    """Write a brief on the invented world, with measures changed as given."""
    measures = measures_of(**{**points(), **changes})
    found = Found(measures, outcomes=outcomes, prospects=prospects, audit=audit)
    return write_brief(case or case_of(), cast(Evidence, shelf or Shelf()), found, folder, seed=0)
