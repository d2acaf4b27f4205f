"""Where two sources state the same thing, one is kept and the other counted.

1. Rows that lost earlier come back, so that removing a source gives its rivals their rows again.
2. Rows with the same key (`tables.KEYS`): an import beats a pulled file beats a shipped fact; among equals
   the source that stands first in the registry; within one source the first row.
3. Roll calls on one resolution from several sources, dated within a month, are one roll call. The source that
   stands first in the registry is kept, which puts those that record absences first; what others say of its
   issues and importance is adopted.
4. What is left of a session's roll calls on resolutions is set aside where a preferred source holds at least
   as many: older records number resolutions in ways that cannot be matched, and would count votes twice.
5. Losers are counted in `set_aside`.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from detente.evidence.tables import KEYS, SCHEMA

DAYS_APART = 31
"""One vote, dated by two sources: some date votes of whole sessions by the month only."""

FEWEST = 10
"""A source with fewer roll calls in a session than this does not cover it, however few the others hold."""

RANK = "CASE origin WHEN 'imported' THEN 0 WHEN 'pulled' THEN 1 ELSE 2 END"
SAME_KEY = "stated twice: an import is preferred, then a pulled file, then the order of the registry"
SAME_VOTE = "the same vote on a resolution is taken from a source that is preferred"
SAME_SESSION = "the session's roll calls on resolutions are taken from a source that is preferred"


def settle(connection: duckdb.DuckDBPyConnection, *, precedence: Sequence[str], changed: set[str]) -> None:
    """Settle what several sources state, in the tables that `changed` and those that hang on them."""
    if changed & {"roll_calls", "roll_call_issues", "votes"}:
        changed = changed | {"roll_calls", "roll_call_issues", "votes"}
    connection.execute("CREATE OR REPLACE TEMP TABLE precedence (source VARCHAR, place INTEGER)")
    if precedence:
        connection.executemany(
            "INSERT INTO precedence VALUES (?, ?)",
            list(map(list, zip(precedence, range(len(precedence)), strict=True))),
        )
    for table in [name for name in SCHEMA if name in changed]:
        _bring_back(connection, table)
    for table in [name for name in KEYS if name in changed]:
        _settle_keys(connection, table)
    if "roll_calls" in changed:
        _settle_roll_calls(connection)
        _settle_sessions(connection)
    connection.execute("DROP TABLE precedence")
    _count(connection)


def _bring_back(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    if table == "roll_calls":
        connection.execute(
            "UPDATE roll_calls SET important = NULL FROM beaten.adopted "
            "WHERE roll_call = keeper AND adopted.important IS NOT NULL"
        )
    if table == "roll_call_issues":
        connection.execute(
            "DELETE FROM roll_call_issues USING beaten.adopted WHERE roll_call = keeper AND locator = loser"
        )
    connection.execute(f"INSERT INTO {table} SELECT * EXCLUDE (cause) FROM beaten.{table}")
    connection.execute(f"DELETE FROM beaten.{table}")


def _settle_keys(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    keys = ", ".join(f'"{key}"' for key in KEYS[table])
    same = " AND ".join(f'stated."{key}" IS NOT DISTINCT FROM twice."{key}"' for key in KEYS[table])
    found = (
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {keys} FROM {table} GROUP BY ALL HAVING count(*) > 1"
    )
    connection.execute(found)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE losers AS
        WITH ranked AS (
            SELECT stated.rowid AS loser, row_number() OVER (
                PARTITION BY {", ".join(f'stated."{key}"' for key in KEYS[table])}
                ORDER BY {RANK}, coalesce(place, -1), stated.rowid
            ) AS standing
            FROM {table} AS stated JOIN twice ON {same}
                LEFT JOIN precedence ON precedence.source = stated.source
        )
        SELECT loser FROM ranked WHERE standing > 1
        """
    )
    _beat(connection, table, "rowid IN (SELECT loser FROM losers)", SAME_KEY)


def _beat(connection: duckdb.DuckDBPyConnection, table: str, which: str, cause: str) -> None:
    connection.execute(f"INSERT INTO beaten.{table} SELECT *, ? FROM {table} WHERE {which}", [cause])
    connection.execute(f"DELETE FROM {table} WHERE {which}")


def _settle_roll_calls(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE merged AS
        WITH ranked AS (
            SELECT roll_call, source, important,
                first_value(roll_call) OVER same AS keeper, first_value(source) OVER same AS kept_source,
                first_value(important) OVER same AS kept_important,
                datediff('day', date, first_value(date) OVER same) AS days_apart
            FROM roll_calls LEFT JOIN precedence USING (source)
            WHERE kind = 'resolution' AND resolution <> ''
            WINDOW same AS (
                PARTITION BY body, resolution ORDER BY coalesce(place, -1), {RANK}, roll_call
            )
        )
        SELECT keeper, roll_call AS loser, CASE WHEN kept_important IS NULL THEN important END AS important
        FROM ranked WHERE source <> kept_source AND abs(days_apart) <= {DAYS_APART}
        """
    )
    connection.execute("DELETE FROM beaten.adopted")
    connection.execute("INSERT INTO beaten.adopted SELECT * FROM merged")
    connection.execute(
        """
        UPDATE roll_calls SET important = taken.important
        FROM (SELECT keeper, bool_or(important) AS important FROM merged GROUP BY keeper) AS taken
        WHERE roll_call = keeper AND taken.important IS NOT NULL
        """
    )
    connection.execute(
        """
        INSERT INTO roll_call_issues
        SELECT DISTINCT ON (keeper, issue) keeper, issue, source, loser, origin
        FROM roll_call_issues JOIN merged ON roll_call = loser
        WHERE (keeper, issue) NOT IN (SELECT (roll_call, issue) FROM roll_call_issues)
        ORDER BY keeper, issue, loser
        """
    )
    for table in ("votes", "roll_call_issues", "roll_calls"):
        _beat(connection, table, "roll_call IN (SELECT loser FROM merged)", SAME_VOTE)


def _settle_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE covered AS
        WITH held AS (
            SELECT body, session, source, coalesce(place, -1) AS place, count(*) AS held
            FROM roll_calls LEFT JOIN precedence USING (source)
            WHERE kind = 'resolution' AND session IS NOT NULL GROUP BY ALL
        )
        SELECT roll_call FROM roll_calls JOIN held USING (body, session, source)
        WHERE kind = 'resolution' AND EXISTS (
            SELECT 1 FROM held AS other WHERE other.body = held.body AND other.session = held.session
            AND other.place < held.place AND other.held >= greatest(held.held, {FEWEST})
        )
        """
    )
    for table in ("votes", "roll_call_issues", "roll_calls"):
        _beat(connection, table, "roll_call IN (SELECT roll_call FROM covered)", SAME_SESSION)


def _count(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DELETE FROM set_aside WHERE stage = 'settling'")
    for table in SCHEMA:
        connection.execute(
            f"INSERT INTO set_aside SELECT source, origin, ?, count(*), cause, 'settling' "
            f"FROM beaten.{table} GROUP BY source, origin, cause ORDER BY ALL",
            [table],
        )
