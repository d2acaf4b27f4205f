"""What was set aside, or kept with a remark: counted, with examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

import pandas as pd

SHOWN = 5
"""How many examples a remark names."""


@dataclass(frozen=True)
class Remark:
    """One thing to say of some ties: what, of how many, and of which, for example."""

    what: str
    count: int
    examples: str = ""


def remark(what: str, examples: Iterable[str], *, count: int | None = None) -> tuple[Remark, ...]:
    """Return the remark on these examples, each named once, or none where there is nothing to say.

    >>> remark("ties of an actor to itself", ["A", "A", "B"])
    (Remark(what='ties of an actor to itself', count=3, examples='A, B'),)
    >>> remark("ties of an actor to itself", [])
    ()
    """
    listed = list(examples)
    number = len(listed) if count is None else count
    return (Remark(what, number, named(list(dict.fromkeys(listed)))),) if number else ()


def named(words: Sequence[str], *, most: int = SHOWN) -> str:
    """Return the first words with commas, and how many more there are.

    >>> named(["A", "B", "C"], most=2)
    'A, B and 1 more'
    """
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def pairs(rows: pd.DataFrame) -> list[str]:
    """Return the pairs of rows (a, b) as one reads them.

    >>> pairs(pd.DataFrame({"a": ["FRA"], "b": ["USA"]}))
    ['FRA–USA']
    """
    return [f"{a}–{b}" for a, b in zip(rows["a"], rows["b"], strict=True)]


def as_frame(remarks: Iterable[Remark]) -> pd.DataFrame:
    """Return the remarks as a table: what, count, examples."""
    columns = [each.name for each in fields(Remark)]
    return pd.DataFrame([asdict(each) for each in remarks], columns=columns)
