"""Counts by dyad and period, written once in Ibis for every engine that Ibis speaks to.

`counted` takes events as `read_events` gives them; `of_gdelt` makes these of GDELT's own table, wherever it
lies, so that the whole runs on BigQuery or ClickHouse without a file being moved. DuckDB, the default, needs
no Ibis: it runs `counts.sql`, which is what Ibis compiles `counted` to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

from detente.evidence.events.codes import QUADS

if TYPE_CHECKING:
    from ibis.expr.types import Table

Period = Literal["day", "week", "month"]
UNITS: Mapping[Period, Literal["D", "W", "M"]] = {"day": "D", "week": "W", "month": "M"}
EVENTS = {
    "date": "date",
    "source": "string",
    "target": "string",
    "quad": "int8",
    "goldstein": "float64",
    "mentions": "int64",
    "tone": "float64",
}
"""The columns of a table of events, with their types in Ibis."""
GDELT = {
    "SQLDATE": "int64",
    "Actor1CountryCode": "string",
    "Actor2CountryCode": "string",
    "QuadClass": "int64",
    "GoldsteinScale": "float64",
    "NumMentions": "int64",
    "AvgTone": "float64",
}
"""The columns of GDELT's table that are used."""


def counted(events: Table, period: Period) -> Table:
    """Return counts and means by source, target and period, of a table with the columns `EVENTS`.

    The weighted mean is Σ gₑmₑ / Σ mₑ over events e with a score gₑ and mₑ mentions.

    >>> import ibis
    >>> counted(ibis.table(EVENTS, name="events"), "week").columns[:4]
    ('source', 'target', 'period', 'events')
    """
    score, mentions = events.goldstein, events.mentions
    first = events.date.truncate(UNITS[period]).cast("date")
    return events.group_by(events.source, events.target, period=first).aggregate(
        events=events.count(),
        **{name: events.count(where=events.quad == place) for place, name in enumerate(QUADS, 1)},
        scored=score.count(),
        goldstein=score.mean(),
        goldstein_sd=score.std(how="sample"),
        goldstein_weighted=(score * mentions).sum() / mentions.sum(where=score.notnull()).nullif(0),
        mentions=mentions.sum(),
        tone=events.tone.mean(),
    )


def of_gdelt(
    table: Table, codes: Iterable[str], *, others: Mapping[str, str], since: date, until: date
) -> Table:
    """Return the events between `codes` from `since` to `until` in a table of GDELT, wherever it lies.

    `others` are labels that stand for a code.
    """
    import ibis

    number = table.SQLDATE
    chosen = table.filter(number.between(_number(since), _number(until)))
    rows = chosen.select(
        date=ibis.date(chosen.SQLDATE // 10000, chosen.SQLDATE // 100 % 100, chosen.SQLDATE % 100),
        source=chosen.Actor1CountryCode.substitute(dict(others)),
        target=chosen.Actor2CountryCode.substitute(dict(others)),
        quad=chosen.QuadClass.cast("int8"),
        goldstein=chosen.GoldsteinScale.cast("float64"),
        mentions=chosen.NumMentions.cast("int64"),
        tone=chosen.AvgTone.cast("float64"),
    )
    known = sorted({*codes})
    return rows.filter(rows.source.isin(known), rows.target.isin(known))


def _number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def compiled(period: Period, dialect: str = "duckdb") -> str:
    """Return the SQL of `counted` over a table `events` in a dialect of Ibis."""
    import ibis

    return str(ibis.to_sql(counted(ibis.table(EVENTS, name="events"), period), dialect=dialect)) + "\n"
