"""What evidence a result rests on, in a form that can be compared: its digest, and the hash of every file."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd


class Asked(Protocol):
    """Evidence as far as it is asked here."""

    @property
    def digest(self) -> str:
        """The digest of all of it."""

    def query(self, sql: str, /) -> pd.DataFrame:
        """Return the answer to a query."""


def inputs_of(evidence: Asked) -> dict[str, Any]:
    """Return the digest of evidence, and of each source that it holds the SHA-256 of its file."""
    rows = evidence.query("SELECT DISTINCT id, origin, sha256 FROM sources ORDER BY id, origin").astype(
        object
    )
    told = rows.where(rows.notna(), None).to_dict("records")
    return {
        "digest": evidence.digest,
        "files": {f"{row['id']} ({row['origin']})": row["sha256"] for row in told},
    }
