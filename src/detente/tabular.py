"""Tables that come in and go out: any frame as pandas, and a table as a file that gives it back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import EvidenceError, Problem

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 100_000
"""Tables up to so many cells are CSV, which anyone can open and compare line by line; larger ones Parquet,
a tenth of the size and read in a moment."""
Column = Mapping[str, str]
Cells = Any
"""A column of a frame, whatever its type."""


def as_pandas(table: Any) -> Any:
    """Return a frame of Polars, Arrow or any that narwhals knows as one of pandas; all else as it is.

    Raises `EvidenceError` for a frame that is not computed yet, and where the package that turns it is
    missing.

    >>> import polars
    >>> as_pandas(polars.DataFrame({"a": ["DEU"], "weight": [1]})).to_dict("records")
    [{'a': 'DEU', 'weight': 1}]
    """
    import narwhals as nw
    import pandas as pd

    if isinstance(table, (pd.DataFrame, str, Path)):
        return table
    held = nw.from_native(table, pass_through=True)
    if isinstance(held, nw.LazyFrame):
        raise EvidenceError(Problem("table", "is not computed yet", "give a frame: table.collect()"))
    if not isinstance(held, nw.DataFrame):
        return table
    try:
        return held.to_pandas()
    except ModuleNotFoundError as error:
        hint = f"pip install {error.name or 'pyarrow'}, or give a frame of pandas"
        raise EvidenceError(Problem("table", f"cannot be turned into pandas ({error})", hint)) from error


def write_table(frame: pd.DataFrame, stem: Path) -> tuple[Path, dict[str, Any]]:
    """Write a table beside `stem`, as CSV or Parquet, and return where and what is needed to read it back."""
    import pandas as pd

    index: list[str] = []
    if not isinstance(frame.index, pd.RangeIndex):
        index = [str(name or f"row_{place}") for place, name in enumerate(frame.index.names)]
        frame = frame.reset_index(names=index)
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    columns = [{"name": str(name), **_kind(frame[name])} for name in frame.columns]
    small = frame.size <= MOST_CELLS or not len(columns)
    plain = pd.DataFrame({each["name"]: _written(frame[each["name"]], each["kind"]) for each in columns})
    path = stem.with_name(f"{stem.name}.{'csv' if small else 'parquet'}")
    if small:
        text = plain.to_csv(index=False, lineterminator="\n") if columns else ""
        path.write_text(text, encoding="utf-8", newline="\n")
    else:
        _to_parquet(plain, path)
    return path, {"rows": len(frame), "columns": columns, "index": index}


def read_table(path: Path, *, columns: Sequence[Column], index: Sequence[str]) -> pd.DataFrame:
    """Return a table as it was when `write_table` wrote it; what was missing is missing."""
    import pandas as pd

    if not columns:
        return pd.DataFrame()
    if path.suffix == ".csv":
        plain = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        plain = plain.astype(object).where(plain != "", None)
    else:
        plain = _from_parquet(path)
    frame = pd.DataFrame({each["name"]: _read(plain[each["name"]], each) for each in columns})
    return frame.set_index(list(index)) if index else frame


def _kind(column: Cells) -> dict[str, str]:
    """Return how the cells of a column are written, and its type."""
    import pandas as pd
    from pandas.api import types

    dtype = column.dtype
    numbers = {"bool": types.is_bool_dtype, "int": types.is_integer_dtype, "float": types.is_float_dtype}
    for kind, fits in numbers.items():
        if fits(dtype):
            return {"kind": kind, "dtype": str(dtype)}
    if types.is_datetime64_dtype(dtype):
        return {"kind": "time", "dtype": str(dtype)}
    there = column.dropna()
    kind = "json"
    if all(type(cell) is str and (cell or not column.hasnans) for cell in there):
        kind = "words" if column.hasnans else "text"
    elif all(type(cell) is date for cell in there):
        kind = "date"
    elif all(type(cell) is pd.Timestamp for cell in there):
        kind = "moment"
    return {"kind": kind, "dtype": "str" if str(dtype) == "str" else "object"}


def _written(column: Cells, kind: str) -> Cells:
    import pandas as pd

    if kind in ("bool", "int", "float", "time"):
        return column
    turn = {"json": _as_json, "date": date.isoformat, "moment": pd.Timestamp.isoformat}.get(kind, str)
    gone = column.isna()
    return column.astype(object).map(turn, na_action="ignore").where(~gone, None).astype(object)


def _as_json(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False, default=_plain)


def _plain(cell: Any) -> Any:
    """Return what JSON has no word for as a number, a list or a text."""
    if hasattr(cell, "tolist"):
        return cell.tolist()
    if isinstance(cell, (set, frozenset)):
        return sorted(cell)
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _read(column: Cells, told: Column) -> Cells:
    import numpy as np
    import pandas as pd

    kind, dtype = told["kind"], told["dtype"]
    if kind == "time":
        moments: Cells = pd.to_datetime(column, format="ISO8601")
        return moments.astype(dtype)
    if kind == "bool":
        return column.map({"True": True, "False": False, True: True, False: False}).astype(dtype)
    if kind == "float":
        return column.astype(object).where(column.notna(), np.nan).astype(dtype)
    if kind == "int":
        return column.astype(dtype)
    turn = {"json": _from_json, "date": date.fromisoformat, "moment": pd.Timestamp}.get(kind, str)
    if kind == "text":
        return column.astype(object).where(column.notna(), "").astype(dtype)
    cells = [None if gone else turn(cell) for cell, gone in zip(column, column.isna(), strict=True)]
    found: Cells = pd.Series(cells, dtype=object)
    return found.astype(dtype)


def _from_json(text: str) -> Any:
    cell = json.loads(text)
    return tuple(cell) if isinstance(cell, list) else cell


def _to_parquet(plain: pd.DataFrame, path: Path) -> None:
    import duckdb

    with duckdb.connect(config={"threads": 1}) as database:  # one thread: the same rows in the same groups
        database.register("plain", plain)
        database.execute(f"COPY plain TO '{_quoted(path)}' (FORMAT parquet)")


def _from_parquet(path: Path) -> pd.DataFrame:
    import duckdb

    with duckdb.connect() as database:
        found: pd.DataFrame = database.execute(f"SELECT * FROM read_parquet('{_quoted(path)}')").df()
    return found


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
