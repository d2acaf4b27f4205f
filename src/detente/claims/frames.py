"""The tables of an audit, and their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from detente.claims.figures import ROW

FRAMES: Mapping[str, list[str]] = {
    "claims": [
        "claim", "statement", "who", "when", "made", "source", "verdict", "tests", "supported",
        "contradicted", "mixed", "untestable", "assumed", "postdates",
    ],
    "tests": [
        "claim", "test", "kind", "title", "asks", "verdict", "value", "low", "high", "unit", "mark",
        "method", "n", "of", "counted", "cost", "inner_word", "inner_at", "inner_unit", "supported_word",
        "supported_at", "contradicted_word", "contradicted_at",
        "supports_from", "denies_from", "floor", "ceiling", "supports", "contradicts", "latest",
        "postdates", "postdate_reason", "why", "needed", "note", "reason", "sources", "change",
    ],
    "rows": ["claim", "test", *ROW],
}  # fmt: skip
"""The tables and their columns.

`claims`: each claim (`made`: the last day on which it can have been published) with its verdict, how many
of its tests came out how, how many of them rest on assumptions, and how many on evidence from after the
claim. `tests`: each test with what it `asks`, its figure and interval (`low` and `high` are the value where
there is none), its mark, `n` observations of a kind (`counted`) of so many (`of`), what levers `cost`, the
line by which is counted or beyond which something stays (`inner_word`, `inner_at`), the lines of the case,
where the figure would have to be for another verdict (`supports_from`, `denies_from`: with an interval as
wide), the ends of its scale (`floor`, `ceiling`, where it has them), the last day of its evidence
(`latest`) and whether that `postdates` the claim; for what could not be tested, `why`, and what is
`needed`. `change` says in words what would change the verdict. `rows`: the evidence behind each figure,
with source and locator; `part` says to which side of a difference or correlation it belongs.
"""
FLOATS = (
    "value", "low", "high", "of", "cost", "inner_at", "supported_at", "contradicted_at", "supports_from",
    "denies_from", "floor", "ceiling",
)  # fmt: skip
COUNTS = ("n", "tests", "supported", "contradicted", "mixed", "untestable", "assumed")


def framed(table: str, rows: Iterable[Mapping[str, object]] = ()) -> pd.DataFrame:
    """Return rows as one of the tables of `FRAMES`, every column of one type.

    >>> framed("claims").columns.tolist()[:2]
    ['claim', 'statement']
    """
    frame = pd.DataFrame(list(rows), columns=FRAMES[table])
    kinds: dict[str, pd.Series] = {}
    for name in FRAMES[table]:
        if name in FLOATS:
            kinds[name] = pd.to_numeric(frame[name]).astype(float)
        elif name in ("date", "latest", "made"):
            kinds[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
        elif name in COUNTS:
            kinds[name] = pd.to_numeric(frame[name]).fillna(0).astype("int64")
        elif name == "postdates":
            kinds[name] = frame[name].fillna(0).astype("int64")
        else:
            kinds[name] = pd.Series(
                [each if isinstance(each, str) else "" for each in frame[name]], dtype=object
            )
    return frame.assign(**kinds)


def framed_again(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as one of the tables of `FRAMES`."""
    return framed(
        table, ({str(key): value for key, value in row.items()} for row in frame.to_dict("records"))
    )
