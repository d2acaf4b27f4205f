"""Numbers from the tables of a simulation: each with the mark and the reason that its own column gives."""

from __future__ import annotations

from detente.briefing.reading import Row, given, number, said
from detente.numbers import Number


def ranged(
    row: Row, field: str, *, own: bool = True, unit: str = "position", mark: str = ""
) -> Number | None:
    """Return a number of a row with its interval, or None where it cannot be vouched for.

    The ends of the interval are `<field>_low` and `<field>_high`, or `low` and `high` where they are not the
    field's `own`. Mark and source are those of the row, or of the column that `mark` names the kind of.

    >>> row = {"value": 0.4, "low": 0.2, "high": 0.6, "mark": "assumed", "source": "a guess"}
    >>> ranged(row, "value", own=False).shown()
    '0.40 (0.20 to 0.60)'
    """
    prefix, kind = f"{field}_" if own else "", f"{mark}_" if mark else ""
    marked, told = said(row, f"{kind}mark"), said(row, f"{kind}source")
    low, high = given(row.get(f"{prefix}low")), given(row.get(f"{prefix}high"))
    if low == high == given(row.get(field)) and marked != "estimated":
        low = high = None
    source = "" if marked == "assumed" else told
    found = {"value": row.get(field), "low": low, "high": high, "mark": marked, "source": source}
    return number(found, unit=unit, method=told)


def plain(row: Row, field: str, *, unit: str = "share", method: str) -> Number | None:
    """Return an assumed number of a row that has no interval of its own."""
    return number({"value": row.get(field), "mark": "assumed"}, unit=unit, method=method)
