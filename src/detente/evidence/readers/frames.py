"""What readers share: files into frames, labels into codes, and a count of whatever is set aside.

A reader reads with `parquet` or `csv`, turns text into `numbers` and `days`, labels into codes with
`resolve`, and counts what it leaves out with `tally`. Errors name the file, the line and what to do about it.
"""

from __future__ import annotations

import csv as text_csv
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer

PULL = "pull it again: detente data pull"
GET = "check its path; a provider's files come with: detente data pull"
SHOWN = 5
LAST_YEAR = 9999


def present(path: Path, *others: Path) -> Path:
    """Return `path`. Raises `EvidenceError` with one problem for each path that is missing or empty."""
    problems = []
    for wanted in (path, *others):
        if not wanted.is_file():
            beside = [other.name for other in wanted.parent.glob("*")] if wanted.parent.is_dir() else []
            close = did_you_mean(wanted.name, beside)
            problems.append(
                Problem(
                    str(wanted),
                    "is not there",
                    close or GET,
                )
            )
        elif wanted.stat().st_size == 0:
            problems.append(Problem(str(wanted), "is empty", PULL))
    raise_all(EvidenceError, problems)
    return path


def parquet(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return `columns` of a Parquet file, read by DuckDB.

    Raises `EvidenceError` where the file is missing or corrupt, or lacks a column.
    """
    present(path)
    with duckdb.connect() as connection:
        try:
            source = connection.read_parquet(str(path))
            require(source.columns, columns, path)
            frame: pd.DataFrame = source.select(*(duckdb.ColumnExpression(name) for name in columns)).df()
            return frame
        except duckdb.Error as error:
            raise corrupt(path, error) from error


def csv(path: Path, columns: Sequence[str], *, sep: str = ",", encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Return `columns` of a delimited text file, all as text; an empty field is missing, and 'NA' is Namibia.

    A file that is not in `encoding` is read as Windows-1252, the other encoding that providers use.
    Raises `EvidenceError` where the file is missing or corrupt, or lacks a column.
    """
    present(path)
    try:
        try:
            return _text(path, columns, sep, encoding)
        except UnicodeDecodeError:
            return _text(path, columns, sep, "cp1252")
    except (pd.errors.ParserError, pd.errors.ParserWarning, UnicodeDecodeError) as error:
        raise corrupt(path, error) from error


def header(path: Path, *, sep: str = ",", encoding: str = "utf-8-sig") -> list[str]:
    """Return the names of the columns of a delimited text file."""
    with path.open(encoding=encoding, errors="replace", newline="") as handle:
        return next(text_csv.reader(handle, delimiter=sep), [])


def _text(path: Path, columns: Sequence[str], sep: str, encoding: str) -> pd.DataFrame:
    require(header(path, sep=sep, encoding=encoding), columns, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a row longer than the header
        frame = pd.read_csv(
            path,
            sep=sep,
            encoding=encoding,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
        )
    return frame[list(columns)]


def corrupt(path: Path, error: Exception) -> EvidenceError:
    """Return the error for a file that is not what its name says, with the first line of the cause."""
    cause = str(error).strip().splitlines()[0]
    return EvidenceError(Problem(str(path), f"cannot be read: {cause}", PULL))


def require(found: Sequence[str], wanted: Sequence[str], path: Path) -> None:
    """Raise `EvidenceError` with one problem for each of the columns `wanted` that is not among `found`."""
    listed = ", ".join(found[:30])
    raise_all(
        EvidenceError,
        [
            Problem(
                str(path),
                f"column {name!r} is missing",
                did_you_mean(name, found) or f"its columns are: {listed}",
            )
            for name in wanted
            if name not in found
        ],
    )


def place(path: Path, rows: Iterable[int]) -> str:
    """Return where rows are, as in 'votes.csv:3, 8 and 5 more'; the first record is row 0."""
    chosen = [int(row) for row in rows]
    more = f" and {len(chosen) - SHOWN} more" if len(chosen) > SHOWN else ""
    shown = sorted(chosen)[:SHOWN]
    if path.suffix not in (".csv", ".tsv", ".txt", ".tab"):
        return f"{path}, row {', '.join(str(row + 1) for row in shown)}{more}"
    return f"{path}:{', '.join(str(line) for line in _lines(path, shown))}{more}"


def _lines(path: Path, rows: Sequence[int]) -> list[int]:
    """Return the line on which each record begins; quoted fields may run over several lines."""
    with path.open(encoding="utf-8", errors="replace", newline="") as handle:
        separator = max(",;\t", key=handle.readline().count)
        reader = text_csv.reader(handle, delimiter=separator)
        begins, wanted = [], set(rows)
        before = 0
        for row, _ in enumerate(reader):
            if row in wanted:
                begins.append(before + 2)
            before = reader.line_num
            if row >= rows[-1]:
                break
    return begins


def unfit(frame: pd.DataFrame, column: str, wrong: pd.Series, path: Path, cause: str) -> list[Problem]:
    """Return one problem for each distinct value of `column` where `wrong` holds: its rows, and `cause`.

    The index of `frame` counts the records of the file from 0.
    """
    bad = frame.loc[wrong, column].astype(object)
    bad = bad.where(bad.notna(), "")
    return [
        Problem(place(path, group.index), f"{value!r} in column {column!r} {cause}", PULL)
        for value, group in bad.groupby(bad, sort=False)
    ]


def reject(frame: pd.DataFrame, column: str, wrong: pd.Series, path: Path, cause: str) -> None:
    """Raise `EvidenceError` with the problems that `unfit` finds, if any."""
    raise_all(EvidenceError, unfit(frame, column, wrong, path, cause))


def numbers(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> pd.DataFrame:
    """Return `frame` with `columns` as float64; missing stays missing.

    Raises `EvidenceError` with the lines where a value is no number.
    """
    made: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name in columns:
        made[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        problems += unfit(frame, name, made[name].isna() & frame[name].notna(), path, "is no number")
    raise_all(EvidenceError, problems)
    return frame.assign(**made)


def days(frame: pd.DataFrame, column: str, path: Path, *, form: str = "%Y-%m-%d") -> pd.Series:
    """Return a text column as datetime64, read by `form`.

    Raises `EvidenceError` with the lines where a value is no such date.
    """
    found = pd.to_datetime(frame[column], format=form, errors="coerce")
    reject(frame, column, found.isna(), path, f"is no date of the form {form}")
    return found


def year_start(years: pd.Series) -> pd.Series:
    """Return 1 January of each year as datetime64. Raises `ValueError` where a year is missing or is none.

    >>> str(year_start(pd.Series([2014.0]))[0].date())
    '2014-01-01'
    """
    if not years.between(1, LAST_YEAR).all():
        raise ValueError("a year is missing, or is none")
    counted = years.to_numpy().astype("int64") - 1970
    return pd.Series(counted.astype("datetime64[Y]").astype("datetime64[s]"), index=years.index)


def tally(*rows: tuple[str, int, str]) -> pd.DataFrame:
    """Return what was not used, as (label, rows, reason); nothing is listed for no rows.

    >>> tally(("duplicates", 2, "the later is kept"), ("never", 0, "none")).to_dict("records")
    [{'label': 'duplicates', 'rows': 2, 'reason': 'the later is kept'}]
    """
    return pd.DataFrame([row for row in rows if row[1]], columns=["label", "rows", "reason"])


def pooled(*tallies: pd.DataFrame) -> pd.DataFrame:
    """Return several tallies as one, with the rows of the same label and reason added up."""
    counts: dict[tuple[str, str], int] = {}
    for one in tallies:
        for label, rows, reason in one.itertuples(index=False):
            counts[label, reason] = counts.get((label, reason), 0) + int(rows)
    return tally(*((label, rows, reason) for (label, reason), rows in counts.items()))


def resolve(
    frame: pd.DataFrame,
    label: str,
    *,
    into: str = "actor",
    dates: str | None = None,
    gazetteer: Gazetteer | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `frame` with each label's code in column `into`, and a tally of the unresolved rows left out.

    `label` and `dates` name columns; `dates` (datetime64) lets a label mean who bore it on the day.
    Each distinct label is looked up once.
    """
    who = gazetteer or Gazetteer.load()
    codes = who.resolve_many(frame[label], frame[dates] if dates else None)
    known = codes.notna()
    counts = frame.loc[~known, label].fillna("").value_counts()
    unresolved = tally(
        *(
            (str(name), int(rows), who.reason(str(name)) if name else "no label")
            for name, rows in counts.items()
        )
    )
    return (frame if known.all() else frame[known]).assign(**{into: codes[known]}), unresolved


def once(frame: pd.DataFrame, keys: Sequence[str], reason: str) -> tuple[pd.DataFrame, tuple[str, int, str]]:
    """Return `frame` with the first row of each key, and a line for `tally` that counts the others.

    Compared on codes, since text is slow to compare.
    """
    pairs = np.zeros(len(frame), dtype="int64")
    for key in keys:
        places, uniques = pd.factorize(frame[key])
        pairs = pairs * (len(uniques) + 1) + places
    again = pd.Series(pairs).duplicated().to_numpy()
    return (frame[~again] if again.any() else frame), (
        "rows with the key of another",
        int(again.sum()),
        reason,
    )


def stamped(frame: pd.DataFrame, *, source: str, locator: str | pd.Series | None = None) -> pd.DataFrame:
    """Return `frame` with the id of its source and where in the source its rows are."""
    where = (
        np.full(len(frame), locator, dtype=object) if locator is None or isinstance(locator, str) else locator
    )
    return frame.assign(source=np.full(len(frame), source, dtype=object), locator=where)
