"""Claims on the invented world of the brief's tests, and what is heard of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import duckdb
import pandas as pd

from detente.cases import Case
from detente.claims.audit import Audit
from detente.claims.auditing import Bench, put_to_tests
from detente.evidence import Evidence
from tests.briefing.ruritania import FACTS, Shelf, case_of
from tests.briefing.ruritania_measures import MEMBERS, measures_of
from tests.briefing.ruritania_points import points

ALONE = "because"


@dataclass(frozen=True)
class Library(Shelf):
    """The invented evidence with indicators and ties of members beside its facts."""

    def query(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """Return the answer to a query over facts, indicators and ties."""
        frame = _connection().cursor().execute(sql, params or None).df()
        return frame.astype({name: object for name in frame if isinstance(frame[name].dtype, pd.StringDtype)})


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """Return the tables in memory; they are read and never written."""
    connection = duckdb.connect()
    connection.register("held", FACTS.assign(date=pd.to_datetime(FACTS["date"])))
    connection.execute("CREATE TABLE facts AS SELECT * FROM held")
    connection.register("numbers", _numbers())
    connection.execute("CREATE TABLE indicators AS SELECT * EXCLUDE (kind, target) FROM numbers")
    connection.execute("CREATE TABLE ties AS SELECT * EXCLUDE (name) FROM numbers")
    return connection


def _numbers() -> pd.DataFrame:
    """Return a figure of each member: the later in the alphabet, the more of it; and another of 2021."""
    rows = [
        {"actor": actor, "date": pd.Timestamp(year, 1, 1), "value": float(place + year - 2019),
         "unit": "percent", "source": "customs", "locator": f"row {actor}", "name": "seats", "kind": "gifts",
         "target": "KKK"}
        for place, actor in enumerate(MEMBERS)
        for year in (2019, 2021)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def claim(when: Any = 2020, **tests: dict[str, Any]) -> dict[str, Any]:
    """Return a claim with these tests; each has a reason."""
    given = {
        key: test if test["kind"] == "untestable" else {"reason": ALONE, **test}
        for key, test in tests.items()
    }
    return {
        "statement": "The Pact is united.", "who": "Somebody", "when": when, "source": "A paper",
        "tests": given,
    }  # fmt: skip


def case(when: Any = 2020, **tests: dict[str, Any]) -> Case:
    """Return the invented case with one claim that is put to these tests."""
    return case_of(claims={"union": claim(when, **tests)})


def hear(asked: Case, **changes: Any) -> Audit:
    """Return what is heard of the claims of a case, with measures changed as given."""
    bench = Bench(asked, evidence(), measures_of(**{**points(), **changes}), lambda: None, None, 0, 100)
    found = put_to_tests(bench)
    return Audit(claims=found["claims"], tests=found["tests"], rows=found["rows"])


def evidence() -> Evidence:
    """Return the invented evidence."""
    return cast(Evidence, Library())


def heard(when: Any = 2020, *, measures: dict[str, Any] | None = None, **test: Any) -> dict[str, Any]:
    """Return the row of one test."""
    found = hear(case(when, one=test), **(measures or {}))
    return {str(key): value for key, value in found.tests.to_dict("records")[0].items()}
