"""The engines that can count events through Ibis: by name, or by a URL of Ibis."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.events.expression import EVENTS, GDELT, Period, counted, of_gdelt

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

EXTRAS: Mapping[str, str] = MappingProxyType(
    {"duckdb": "detente[scale]", "polars": "detente[scale]", "pyspark": "detente[spark]"}
)
"""The engines that detente installs, with the extra that brings each; Ibis's own extras bring others."""
ALIASES = MappingProxyType({"spark": "pyspark"})


def connect(engine: str) -> BaseBackend:
    """Return a connection to an engine: `polars`, `spark`, or a URL as in `clickhouse://user@host/database`.

    Raises `EvidenceError` where it is unknown, not installed (and says which extra to install), or does not
    answer.
    """
    name = ALIASES.get(engine, engine)
    kind = name.partition("://")[0]
    if "://" not in name and name not in EXTRAS:
        hint = (
            did_you_mean(name, (*EXTRAS, *ALIASES)) or "duckdb, polars, spark, or a URL: bigquery://PROJECT"
        )
        raise EvidenceError(Problem("engine", f"unknown engine {engine!r}", hint))
    try:
        import ibis
    except ImportError as error:
        raise _lacking(kind, "ibis") from error
    try:
        with _calm():
            backend: BaseBackend = ibis.connect(name if "://" in name else f"{name}://")
    except (ImportError, AttributeError, ibis.common.exceptions.IbisError) as error:
        raise _lacking(kind, kind) from error
    except Exception as error:  # every engine complains in its own way
        what = f"{kind} does not answer ({str(error).strip().splitlines()[0]})"
        raise EvidenceError(Problem("engine", what, "check the address and the right to read")) from error
    return backend


def _lacking(kind: str, module: str) -> EvidenceError:
    extra = EXTRAS.get(kind, f"ibis-framework[{kind}]")
    return EvidenceError(
        Problem("engine", f"{kind} needs {module}, which is not installed", f"type: pip install '{extra}'")
    )


def count_file(backend: BaseBackend, path: Path, period: Period) -> pd.DataFrame:
    """Return the counts of events in a Parquet file, as an engine gives them."""
    with _calm():
        table: Table = backend.read_parquet(path)
        return _run(counted(table.cast(EVENTS), period))


@dataclass(frozen=True)
class Asked:
    """Of which actors and days events are counted; `others` are labels that stand for one of `codes`."""

    codes: tuple[str, ...]
    others: Mapping[str, str]
    since: date
    until: date


def count_table(backend: BaseBackend, name: str, period: Period, *, asked: Asked) -> pd.DataFrame:
    """Return the counts of a table of GDELT where it lies, without moving it.

    Raises `EvidenceError` where there is no such table, or it lacks a column of GDELT.
    """
    import ibis

    try:
        with _calm():
            table: Table = backend.table(name)
    except (ibis.common.exceptions.IbisError, ibis.common.exceptions.TableNotFound) as error:
        hint = "check its name, and the database that the address names"
        raise EvidenceError(Problem("table", f"there is no table {name!r}", hint)) from error
    raise_all(
        EvidenceError,
        [
            Problem(name, f"column {each!r} is missing", did_you_mean(each, table.columns))
            for each in GDELT
            if each not in table.columns
        ],
    )
    events = of_gdelt(table, asked.codes, others=asked.others, since=asked.since, until=asked.until)
    with _calm():
        return _run(counted(events, period))


def _run(table: Any) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    """Keep back warnings: Ibis calls what its engines and pandas are about to drop, not the user's fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
