"""The typed tables of the evidence database: every column, its type, unit and meaning, in one place.

Readers return a `Tables`; the database is made from `SCHEMA`; the documentation lists it. To add a column,
add a `Column` here and fill it in the readers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, whether it may be empty, and what it means (with unit)."""

    name: str
    type: str
    meaning: str
    optional: bool = False


SOURCE = (
    Column("source", "VARCHAR", "id of the source in the registry"),
    Column("locator", "VARCHAR", "where in the source: record, table, page, URL", optional=True),
)

VOTES = ("yes", "abstain", "no", "absent")

SCHEMA: dict[str, tuple[Column, ...]] = {
    "memberships": (
        Column("actor", "VARCHAR", "member, by code"),
        Column("bloc", "VARCHAR", "bloc, by name"),
        Column("start", "DATE", "first day of membership"),
        Column("end", "DATE", "first day no longer a member; empty while it lasts", optional=True),
        *SOURCE,
    ),
    "roll_calls": (
        Column("roll_call", "VARCHAR", "id: body and the provider's number, as in 'unga:5309'"),
        Column("body", "VARCHAR", "where the vote was held, as in 'UNGA'"),
        Column("session", "INTEGER", "session of the body", optional=True),
        Column("date", "DATE", "day of the vote"),
        Column("resolution", "VARCHAR", "normalised symbol, as in 'A/RES/68/262'", optional=True),
        Column("title", "VARCHAR", "title or description", optional=True),
        Column("kind", "VARCHAR", "'resolution', 'amendment' or 'paragraph'"),
        Column(
            "important",
            "BOOLEAN",
            "marked as important by the United States Department of State",
            optional=True,
        ),
        *SOURCE,
    ),
    "roll_call_issues": (
        Column("roll_call", "VARCHAR", "id of the roll call"),
        Column("issue", "VARCHAR", "issue code (me, nu, di, hr, co, ec) or subject term"),
        *SOURCE,
    ),
    "votes": (
        Column("roll_call", "VARCHAR", "id of the roll call"),
        Column("actor", "VARCHAR", "who voted, by code"),
        Column("vote", "VARCHAR", "yes, abstain, no or absent"),
        *SOURCE,
    ),
    "indicators": (
        Column("actor", "VARCHAR", "whom it describes, by code"),
        Column("date", "DATE", "day, or the first day of the year or month it stands for"),
        Column("name", "VARCHAR", "what is measured"),
        Column("value", "DOUBLE", "the value, in `unit`"),
        Column("unit", "VARCHAR", "unit of the value"),
        *SOURCE,
    ),
    "ties": (
        Column("actor", "VARCHAR", "from whom: importer, respondent, donor, sender, by code"),
        Column("target", "VARCHAR", "to whom: supplier, the one judged, recipient, by code"),
        Column("date", "DATE", "day, or the first day of the year or month it stands for"),
        Column("kind", "VARCHAR", "what ties them"),
        Column("value", "DOUBLE", "the value, in `unit`"),
        Column("unit", "VARCHAR", "unit of the value"),
        *SOURCE,
    ),
    "events": (
        Column("date", "DATE", "day of the event"),
        Column("actor", "VARCHAR", "who acted, by code"),
        Column("target", "VARCHAR", "towards whom, by code"),
        Column("code", "VARCHAR", "CAMEO code", optional=True),
        Column("text", "VARCHAR", "what the coder called it", optional=True),
        Column("goldstein", "DOUBLE", "Goldstein score, -10 (conflict) to 10 (cooperation)", optional=True),
        *SOURCE,
    ),
    "event_counts": (
        Column("actor", "VARCHAR", "who acted, by code"),
        Column("target", "VARCHAR", "towards whom, by code"),
        Column("date", "DATE", "first day of the period"),
        Column("period", "VARCHAR", "day, week (from Monday) or month"),
        Column("events", "INTEGER", "number of events"),
        Column("verbal_cooperation", "INTEGER", "events of that quad class", optional=True),
        Column("material_cooperation", "INTEGER", "events of that quad class", optional=True),
        Column("verbal_conflict", "INTEGER", "events of that quad class", optional=True),
        Column("material_conflict", "INTEGER", "events of that quad class", optional=True),
        Column("scored", "INTEGER", "events with a Goldstein score", optional=True),
        Column("goldstein", "DOUBLE", "mean Goldstein score", optional=True),
        Column("goldstein_sd", "DOUBLE", "sample standard deviation of the scores", optional=True),
        Column("goldstein_weighted", "DOUBLE", "mean score, weighted by mentions", optional=True),
        Column("mentions", "INTEGER", "mentions in reports", optional=True),
        Column("tone", "DOUBLE", "mean tone of the reports", optional=True),
        *SOURCE,
    ),
    "facts": (
        Column("topic", "VARCHAR", "which fact table"),
        Column("actor", "VARCHAR", "whom it concerns, by code", optional=True),
        Column("date", "DATE", "day, or the first day of the year it stands for"),
        Column("key", "VARCHAR", "what is stated"),
        Column("value", "VARCHAR", "the statement, as text"),
        Column("unit", "VARCHAR", "unit, where the value is a number", optional=True),
        *SOURCE,
    ),
}
"""Tables that readers fill. The database itself makes `actors`, `sources`, `unresolved` and `set_aside`."""

KEYS: dict[str, tuple[str, ...]] = {
    "memberships": ("actor", "bloc", "start"),
    "roll_calls": ("roll_call",),
    "roll_call_issues": ("roll_call", "issue"),
    "votes": ("roll_call", "actor"),
    "indicators": ("actor", "date", "name"),
    "ties": ("actor", "target", "date", "kind"),
    "event_counts": ("actor", "target", "date", "period", "source"),
    "facts": ("topic", "actor", "date", "key"),
}
"""What makes a row unique. Of two rows with one key, an import beats a pulled file beats a shipped fact."""


def _no_labels() -> pd.DataFrame:
    return pd.DataFrame({"label": [], "rows": [], "reason": []})


@dataclass(frozen=True)
class Tables:
    """What one reader read: a frame for each table it fills, and what it could not use.

    `unresolved` has one row for each label that names no known actor: label, rows (how many), reason.
    `set_aside` has one row for each other kind of row that was not used: label (what), rows, reason.
    """

    memberships: pd.DataFrame | None = None
    roll_calls: pd.DataFrame | None = None
    roll_call_issues: pd.DataFrame | None = None
    votes: pd.DataFrame | None = None
    indicators: pd.DataFrame | None = None
    ties: pd.DataFrame | None = None
    events: pd.DataFrame | None = None
    event_counts: pd.DataFrame | None = None
    facts: pd.DataFrame | None = None
    unresolved: pd.DataFrame = field(default_factory=_no_labels)
    set_aside: pd.DataFrame = field(default_factory=_no_labels)

    def filled(self) -> dict[str, pd.DataFrame]:
        """Return the tables that hold rows, by name."""
        found = {part.name: getattr(self, part.name) for part in fields(self) if part.name in SCHEMA}
        return {name: frame for name, frame in found.items() if frame is not None and len(frame)}
