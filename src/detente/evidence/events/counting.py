"""Counts of events by dyad and period: on DuckDB by shipped SQL, elsewhere by the same expression in Ibis."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import duckdb
import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean
from detente.evidence.actors import Gazetteer
from detente.evidence.events import engines
from detente.evidence.events.codes import LAST_ROOTS, QUADS
from detente.evidence.events.expression import Period
from detente.evidence.events.loading import quoted
from detente.evidence.events.resolving import others
from detente.files import replacing

if TYPE_CHECKING:
    from detente.evidence.evidence import Evidence

Day = date | str | None
FIRST = date(1979, 1, 1)

COUNTS = (
    "source", "target", "period", "events", *QUADS, "scored", "goldstein", "goldstein_sd",
    "goldstein_weighted", "mentions", "tone",
)  # fmt: skip
"""The columns of counted events, in order; the package says what each means."""
WHOLE = ("events", *QUADS, "scored", "mentions")
DECIMALS = 10
MEANS = ("goldstein", "goldstein_sd", "goldstein_weighted", "tone")

_ROOT = "TRY_CAST(substr(code, 1, 2) AS INTEGER)"
_QUAD = " ".join(f"WHEN root <= {last} THEN {place}" for place, last in enumerate(LAST_ROOTS, 1))
_HELD = f"""
    SELECT date, actor AS source, target, goldstein, 1 AS mentions, CAST(NULL AS DOUBLE) AS tone,
           CASE WHEN root BETWEEN 1 AND 20 THEN CASE {_QUAD} END END AS quad
    FROM (SELECT *, {_ROOT} AS root FROM evidence.main.events)
    WHERE source = $provider AND ($since IS NULL OR date >= CAST($since AS DATE))
        AND ($until IS NULL OR date <= CAST($until AS DATE))
"""
_COUNTED = """
    SELECT * EXCLUDE (source, period, date), actor AS source, date AS period FROM event_counts
    WHERE source = $provider AND period = $period AND ($since IS NULL OR date >= CAST($since AS DATE))
        AND ($until IS NULL OR date <= CAST($until AS DATE))
"""


def sql(period: Period) -> str:
    """Return the query that counts a table `events` by period on DuckDB: `counts.sql`, written for weeks.

    Raises `EvidenceError` for an unknown period.

    >>> "DATE_TRUNC('WEEK'" in sql("week")
    True
    """
    if period not in get_args(Period):
        hint = did_you_mean(str(period), get_args(Period)) or f"one of: {', '.join(get_args(Period))}"
        raise EvidenceError(Problem("period", f"unknown period {period!r}", hint))
    text = files("detente.evidence.events").joinpath("counts.sql").read_text(encoding="utf-8")
    return text.replace("'WEEK'", f"'{period.upper()}'")


def event_counts(
    evidence: Evidence,
    period: Period = "week",
    *,
    since: Day = None,
    until: Day = None,
    provider: str = "events",
) -> pd.DataFrame:
    """Return the counts of one source of events in the evidence, from `since` to `until`, both included.

    A source that came counted (in the table `event_counts`) is given as it is, in the period it has; its rows
    are those whose first day lies between the two. Events of different sources are never mixed. Raises
    `EvidenceError` for an unknown period, or one by which the source was not counted.
    """
    asked: dict[str, object] = {
        "provider": provider,
        "since": None if since is None else str(since),
        "until": None if until is None else str(until),
    }
    made = evidence.query(f"WITH events AS ({_HELD}) SELECT * FROM ({sql(period)})", asked)
    came = evidence.query(_COUNTED, {**asked, "period": period})
    if made.empty and came.empty:
        _check_period(evidence, provider, period)
    return tidy(came if made.empty else made)


def _check_period(evidence: Evidence, provider: str, period: Period) -> None:
    """Raise the error of a source that is counted by other periods than the one asked for."""
    held = evidence.query("SELECT DISTINCT period FROM event_counts WHERE source = ?", [provider])["period"]
    if len(held) and period not in set(held):
        what = f"is counted by {', '.join(sorted(held))}, not by {period}"
        raise EvidenceError(
            Problem(provider, what, f"ask for {held.iloc[0]}, or count it anew and import it")
        )


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return counts as every engine should give them: columns, types and order of `COUNTS`.

    Means are rounded to `DECIMALS`: the last digits of a sum depend on the order in which threads add.
    """
    made: dict[str, Any] = {name: frame[name].astype(object) for name in ("source", "target")}
    made["period"] = pd.to_datetime(frame["period"]).astype("datetime64[us]")
    made |= {name: frame[name].fillna(0).astype(np.int64) for name in WHOLE}
    made |= {name: pd.to_numeric(frame[name]).astype(np.float64).round(DECIMALS) for name in MEANS}
    rows = pd.DataFrame(made)[list(COUNTS)]
    return rows.sort_values(["source", "target", "period"], ignore_index=True)


def count_remote(
    engine: str, table: str, period: Period = "week", *, since: date = FIRST, until: date | None = None
) -> pd.DataFrame:
    """Return the counts of a table of GDELT on another engine, made there: no event is moved.

    Regions, cities and blanks are left out, without an account. An event whose day does not exist may stop
    the engine. Raises `EvidenceError` for an unknown period, an engine or a table that cannot be had.
    """
    sql(period)
    backend = engines.connect(engine)
    codes = [code for code, actor in Gazetteer.load().actors.items() if actor.kind != "organisation"]
    asked = engines.Asked(tuple(codes), others(), since, until or date.today())
    return tidy(engines.count_table(backend, table, period, asked=asked))


def write_counts(frame: pd.DataFrame, path: Path) -> None:
    """Write counts as CSV or Parquet, by the name of the file, whole or not at all.

    Raises `EvidenceError` for another kind of file, or where it cannot be written.
    """
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise EvidenceError(
            Problem(str(path), "is neither CSV nor Parquet by its name", "name it counts.csv")
        )
    told = frame.assign(period=frame["period"].dt.date)
    with replacing(path) as part:
        if path.suffix.lower() == ".csv":
            told.to_csv(part, index=False, lineterminator="\n")
        else:
            with duckdb.connect() as connection:
                connection.register("told", told)
                connection.execute(f"COPY told TO {quoted(str(part))} (FORMAT parquet)")
