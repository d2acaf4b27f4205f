"""What every compiled table has in common: its name, its checks, and the CSV text that ships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.tables import KEYS, SCHEMA


@dataclass(frozen=True)
class FactTable:
    """A shipped table: its path under `facts/` (the folder names the typed table), and what compiles it.

    `reads` are the files of the mirror that it needs; a table compiled by hand needs none.
    """

    path: str
    compile: Callable[[Path], pd.DataFrame]
    reads: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The typed table that the rows belong to.

        >>> FactTable("ties/aid.csv", pd.DataFrame).table
        'ties'
        """
        return self.path.partition("/")[0]


def declaration(name: str) -> Any:
    """Return the hand-compiled declaration `name` (a YAML file beside this module)."""
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def to_codes(labels: pd.Series[str], *, says: Mapping[str, str] | None = None) -> pd.Series[str]:
    """Return the actor code of each label; `says` overrules the gazetteer for one provider's own labels.

    Raises `EvidenceError` that names every label without an actor: a compiled table drops nothing unasked.
    """
    own = labels.map(dict(says or {}))
    codes = own.where(own.notna(), Gazetteer.load().resolve_many(labels))
    lost = sorted(set(labels[codes.isna()]))
    raise_all(EvidenceError, [Problem("", f"{label!r} names no known actor") for label in lost])
    return codes.astype(str)


def render(table: str, frame: pd.DataFrame) -> str:
    """Return `frame` as the CSV that ships: columns of the typed table, rows by key, shortest exact numbers.

    Raises `EvidenceError` where a required cell is empty, a locator is missing, or two rows share a key.

    >>> row = {"actor": "FRA", "date": "2021-01-01", "name": "population", "value": 67749632.0}
    >>> row |= {"unit": "persons", "source": "x", "locator": "p. 1"}
    >>> print(render("indicators", pd.DataFrame([row])))
    actor,date,name,value,unit,source,locator
    FRA,2021-01-01,population,67749632,persons,x,p. 1
    <BLANKLINE>
    """
    columns = [column.name for column in SCHEMA[table]]
    required = [column.name for column in SCHEMA[table] if not column.optional] + ["locator"]
    frame = frame.reindex(columns=columns)
    if "value" in columns:
        frame["value"] = frame["value"].map(_shortest)
    key = list(KEYS[table])
    problems = [
        Problem(table, f"{frame[name].isna().sum()} rows without {name}")
        for name in required
        if frame[name].isna().any()
    ]
    twice = frame.loc[frame.duplicated(key), key].to_records(index=False).tolist()
    problems += [Problem(table, f"more than one row for {row}") for row in twice]
    raise_all(EvidenceError, problems)
    text: str = frame.sort_values(key, na_position="first", kind="stable").to_csv(
        index=False, lineterminator="\n"
    )
    return text


def _shortest(value: object) -> str | None:
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]  # a cell of an object column: number or text
    if number != number:
        return None
    return str(int(number)) if number.is_integer() else repr(number)
