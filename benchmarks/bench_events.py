"""Speed and memory of events: rows of the shape of GDELT 2.0 (61 columns), made here, by dyad and month.

Each figure is of a process of its own: CPU-seconds of all its threads and peak memory, start of Python and
the whole account included (days, labels, repeats). Asked for, of 10 million rows: Parquet in 5 CPU-seconds
and 512 MB, text in 25 and 1.2 GB; of 100 million rows in ten Parquet files, each with days and numbers of its
own, 60 CPU-seconds in bounded memory. DETENTE_BENCH_FULL=1 runs these sizes; without it a tenth, two files.
pandas does the plain part of the work, without the account, on the same rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

FULL = bool(os.environ.get("DETENTE_BENCH_FULL"))
ROWS = 10_000_000 if FULL else 1_000_000
FILES = 10 if FULL else 2


def asked(**figures: float) -> pytest.MarkDecorator:
    """Mark what is asked for at the full size; at another it says nothing."""
    return pytest.mark.asked(**figures if FULL else {})


MEASURED = """
import json, resource, sys
{body}
spent = resource.getrusage(resource.RUSAGE_SELF)
held = open("/proc/self/status").read().split("VmHWM:")[1]  # of this program alone, unlike ru_maxrss
told = {{"cpu_seconds": spent.ru_utime + spent.ru_stime, "megabytes": int(held.split()[0]) / 1024}}
print(json.dumps({{**told, "rows": rows, "events": events}}))
"""
OURS = """
from detente.evidence.events import Options, read_events
with read_events(sys.argv[2:], options=Options(memory=sys.argv[1])) as held:
    counts = held.counts("month")
    assert held.account.used == counts["events"].sum()
    rows, events = len(counts), int(counts["events"].sum())
"""
PANDAS = """
import pandas as pd
from detente.evidence.events.formats import LAYOUTS
columns = list(LAYOUTS["gdelt2"].columns)
used = ["SQLDATE", "Actor1CountryCode", "Actor2CountryCode", "QuadClass", "GoldsteinScale", "NumMentions"]
used.append("AvgTone")
path = sys.argv[2]
if path.endswith(".parquet"):
    frame = pd.read_parquet(path, columns=used)
else:
    frame = pd.read_csv(path, sep="\\t", names=columns, usecols=used, quoting=3)
frame = frame[frame["Actor1CountryCode"].notna() & frame["Actor2CountryCode"].notna()]
frame = frame[(frame["Actor1CountryCode"] != "") & (frame["Actor2CountryCode"] != "")]
frame["period"] = frame["SQLDATE"] // 100
frame["weighted"] = frame["GoldsteinScale"] * frame["NumMentions"]
for place in range(1, 5):
    frame[f"quad{place}"] = frame["QuadClass"] == place
kinds = {f"quad{place}": "sum" for place in range(1, 5)}
groups = frame.groupby(["Actor1CountryCode", "Actor2CountryCode", "period"])
counts = groups.agg({"GoldsteinScale": ["count", "mean", "std"], "weighted": "sum", "NumMentions": "sum",
                     "AvgTone": "mean", **kinds})
rows, events = len(counts), int(counts["GoldsteinScale"]["count"].sum())
"""
STATES = (
    "USA RUS DEU FRA GBR CHN UKR ROM POL HUN TUR IRN ISR SYR ITA ESP CAN AUS JPN KOR PRK IND PAK AFG IRQ SAU "
    "EGY ZAF NGA KEN BRA ARG MEX COL VEN CUB SWE NOR FIN DNK NLD BEL AUT CHE CZE SVK BGR GRC SRB LTU LVA EST "
    "BLR GEO ARM"
)


def make(path: Path, *, first: int, rows: int) -> None:
    """Write rows as they would come from GDELT; which file they are in sets their days and their numbers.

    Actors are drawn unevenly from 55 codes; a fifth have none, some are regions. All follows from the
    number of the row, so that every machine makes the same.
    """
    codes = ", ".join(f"'{code}'" for code in STATES.split())

    def drawn(salt: int, below: int) -> str:
        mixed = f"((i * 2654435761 + {salt} * 2246822519) % 2147483647)"
        return f"(({mixed} * {mixed} // 65536) % 2147483629 % {below})"

    def actor(salt: int) -> str:
        some = (
            f"list_extract([{codes}], CAST(1 + {drawn(salt, 55)} * {drawn(salt + 1, 55)} // 55 AS INTEGER))"
        )
        return f"CASE {drawn(salt + 2, 10)} WHEN 0 THEN '' WHEN 1 THEN '' WHEN 2 THEN 'EUR' ELSE {some} END"

    place = "1, 'Somewhere, Some State, Some Country', 'GM', 'GM16', '16538', 52.5167, 13.4, '-1746443'"
    day = f"(DATE '2015-02-18' + CAST({first} // {rows} * 300 + {drawn(7, 300)} AS INTEGER))"
    query = f"""
        SELECT i AS GLOBALEVENTID, CAST(strftime({day}, '%Y%m%d') AS INTEGER) AS SQLDATE,
            {actor(11)} AS Actor1CountryCode, {actor(23)} AS Actor2CountryCode,
            list_extract(['010', '042', '112', '173', '190'], CAST(1 + {drawn(31, 5)} AS INTEGER)) AS code,
            CAST(1 + {drawn(37, 4)} AS INTEGER) AS quad,
            CAST({drawn(41, 200)} / 10.0 - 10 AS DOUBLE) AS goldstein,
            CAST(1 + {drawn(43, 20)} AS INTEGER) AS mentions,
            CAST({drawn(47, 2000)} / 100.0 - 10 AS DOUBLE) AS tone
        FROM range({first}, {first + rows}) AS t(i)
    """
    from detente.evidence.events.formats import LAYOUTS

    plain = "'', '', '', '', 'GOV', '', ''"
    values = (
        "GLOBALEVENTID, SQLDATE, 201502, 2015, 2015.1342, Actor1CountryCode, 'SOMEBODY', Actor1CountryCode, "
        f"{plain}, Actor2CountryCode, 'SOMEBODY', Actor2CountryCode, {plain}, 1, code, code, code[:2], quad, "
        f"goldstein, mentions, 1, mentions, tone, {place}, {place}, {place}, 20150218230000, "
        "'https://news.example.org/story/' || GLOBALEVENTID || '/some-headline-of-the-day'"
    )
    names = ", ".join(f'"{name}"' for name in LAYOUTS["gdelt2"].columns)
    form = (
        "parquet" if path.suffix == ".parquet" else "csv, DELIMITER '\t', HEADER false, QUOTE '', ESCAPE ''"
    )
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute("SET preserve_insertion_order = false")
        rows_of = f"SELECT * FROM (SELECT {values} FROM ({query})) AS t({names})"
        connection.execute(f"COPY ({rows_of}) TO '{path}' (FORMAT {form})")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose files are removed at the end: the full ones take 10 GB."""
    made = tmp_path_factory.mktemp("events")
    yield made
    for path in made.iterdir():
        path.unlink()


def held(folder: Path, name: str, *, first: int = 0, rows: int = ROWS) -> str:
    """Return the path of made rows, made when first asked for."""
    path = folder / name
    if not path.exists():
        make(path, first=first, rows=rows)
    return str(path)


def measured(benchmark: Any, body: str, *words: str) -> dict[str, Any]:
    """Run a program in a process of its own once, and return what it spent and found."""

    def once() -> dict[str, Any]:
        program = MEASURED.format(body=body)
        told = subprocess.run(
            [sys.executable, "-c", program, *words], check=True, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(told.stdout)
        return found

    found: dict[str, Any] = benchmark.pedantic(once, rounds=1)
    return found


@asked(cpu_seconds=5, megabytes=512)
def test_parquet(benchmark: Any, folder: Path) -> None:
    found = measured(benchmark, OURS, "320MB", held(folder, "events.parquet"))
    benchmark.extra_info |= {"rows_read": ROWS, **found}


@asked(cpu_seconds=25, megabytes=1200)
def test_text(benchmark: Any, folder: Path) -> None:
    found = measured(benchmark, OURS, "800MB", held(folder, "events.export.CSV"))
    benchmark.extra_info |= {"rows_read": ROWS, **found}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("events.parquet", marks=pytest.mark.peer("pandas", of="test_parquet")),
        pytest.param("events.export.CSV", marks=pytest.mark.peer("pandas", of="test_text")),
    ],
)
def test_pandas(benchmark: Any, folder: Path, name: str) -> None:
    """The same rows; no days are read, no labels mapped, no repeats looked for, nothing accounted for."""
    found = measured(benchmark, PANDAS, "", held(folder, name))
    benchmark.extra_info |= {"rows_read": ROWS, **found}


@asked(cpu_seconds=60)
def test_many_files_of_parquet(benchmark: Any, folder: Path) -> None:
    """Files of ten million rows, with other days and numbers in each."""
    paths = [held(folder, f"part{place}.parquet", first=place * ROWS) for place in range(FILES)]
    found = measured(benchmark, OURS, "1GB", *paths)
    benchmark.extra_info |= {"rows_read": ROWS * FILES, **found}
