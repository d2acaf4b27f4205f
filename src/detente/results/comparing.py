"""What differs between two saved results: digests, tables, rows, and the largest difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from detente.results.opening import Opened


@dataclass(frozen=True)
class TableDifference:
    """How one table differs: rows that went and came, the largest difference, and where it is."""

    table: str
    gone: int = 0
    new: int = 0
    largest: float = 0.0
    where: str = ""
    words: int = 0
    """Cells that are no decimal numbers and differ."""
    columns: tuple[str, ...] = ()
    """Columns that went or came."""

    def __str__(self) -> str:
        parts = [
            f"rows gone: {self.gone:,}" if self.gone else "",
            f"rows new: {self.new:,}" if self.new else "",
            f"columns gone or new: {', '.join(self.columns)}" if self.columns else "",
            f"largest difference {self.largest:.3g} ({self.where})" if self.where else "",
            f"other cells that differ: {self.words:,}" if self.words else "",
        ]
        return f"{self.table}: {'; '.join(part for part in parts if part) or 'written otherwise'}"


def changed_digests(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what two results were made from otherwise, leaf by leaf.

    >>> list(changed_digests({"versions": {"numpy": "2.0"}}, {"versions": {"numpy": "2.1"}}))
    ['versions: numpy: 2.0, now 2.1']
    """
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from (f"{key}: {each}" for each in changed_digests(one, other))
        elif one != other:
            yield f"{key}: {_short(one)}, now {_short(other)}"


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return f"{text[:12]}…" if len(text) > 40 else text


def changed_tables(old: Opened, new: Opened) -> Iterator[TableDifference]:
    """Yield how tables differ, of those whose files are not the same bytes."""
    for name in dict.fromkeys([*old.tables, *new.tables]):
        if name not in new.tables:
            yield TableDifference(name, gone=len(old.frame(name)))
        elif name not in old.tables:
            yield TableDifference(name, new=len(new.frame(name)))
        elif digest_of(old, name) != digest_of(new, name):
            yield compared(name, old.frame(name), new.frame(name))


def digest_of(held: Opened, table: str) -> str:
    """Return the SHA-256 of a table's file."""
    return str(held.manifest["files"][held.manifest["tables"][table]["file"]])


def compared(name: str, old: pd.DataFrame, new: pd.DataFrame) -> TableDifference:
    """Return how two tables differ; rows belong together by all that is no decimal number, or by place.

    >>> old = pd.DataFrame({"actor": ["A", "B"], "mean": [0.25, 0.5]})
    >>> str(compared("positions", old, old.assign(mean=[0.25, 0.75])))
    'positions: largest difference 0.25 (mean of B)'
    """
    columns = tuple(sorted(set(old.columns) ^ set(new.columns)))
    both = [str(column) for column in old.columns if column in new.columns]
    one, other = old.reset_index(drop=True)[both], new.reset_index(drop=True)[both]
    names = [column for column in both if not all(_decimal(each[column]) for each in (one, other))]
    keys = [pd.Index(_keys(each, names)) for each in (one, other)]
    words = 0
    if keys[0].is_unique and keys[1].is_unique and (len(names) and set(keys[0]) & set(keys[1])):
        shared = [key for key in keys[0] if key in keys[1]]
        gone, came = len(one) - len(shared), len(other) - len(shared)
        one, other = one.set_axis(keys[0]).loc[shared], other.set_axis(keys[1]).loc[shared]
    else:
        gone, came = max(len(one) - len(other), 0), max(len(other) - len(one), 0)
        least = min(len(one), len(other))
        one, other = one.head(least).set_axis(keys[0][:least]), other.head(least).set_axis(keys[1][:least])
        words = sum(
            int((one[column].astype(str).to_numpy() != other[column].astype(str).to_numpy()).sum())
            for column in names
        )
    largest, where = _largest(one, other, [column for column in both if column not in names])
    return TableDifference(name, gone, came, largest, where, words, columns)


def _decimal(column: pd.Series) -> bool:
    return bool(pd.api.types.is_float_dtype(column.dtype))


def _keys(frame: pd.DataFrame, names: list[str]) -> list[str]:
    if not names:
        return [f"row {place}" for place in range(len(frame))]
    return [", ".join(str(cell) for cell in row) for row in frame[names].itertuples(index=False)]


def _largest(one: pd.DataFrame, other: pd.DataFrame, columns: list[str]) -> tuple[float, str]:
    """Return the largest difference of decimal numbers and where it is; a number that is missing on one side
    alone counts as infinitely far.
    """
    if not columns or one.empty:
        return 0.0, ""
    left, right = one[columns].to_numpy(dtype=float), other[columns].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        apart = np.abs(left - right)
    apart[left == right] = 0.0  # infinities on both sides
    apart[np.isnan(apart)] = np.inf
    apart[np.isnan(left) & np.isnan(right)] = 0.0
    row, column = divmod(int(apart.argmax()), len(columns))
    if apart[row, column] == 0.0:
        return 0.0, ""
    return float(apart[row, column]), f"{columns[column]} of {one.index[row]}"
