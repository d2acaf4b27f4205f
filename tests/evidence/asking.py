"""Questions that tests put to files by SQL, each on a connection of its own.

The connection that duckdb shares in a process keeps what one test left unread; the next test stumbles on it.
"""

from __future__ import annotations

from typing import Any

import duckdb


def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return every row of a query's answer."""
    with duckdb.connect() as connection:
        return connection.execute(query, list(values)).fetchall()
