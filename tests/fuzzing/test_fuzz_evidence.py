"""Evidence: providers' files, a user's own table with its mapping, and files of events."""

from __future__ import annotations

import dataclasses
import shutil
import zipfile
from collections.abc import Mapping as AnyMapping
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import EvidenceError
from detente.evidence.events.formats import LAYOUTS, Layout
from detente.evidence.events.reading import Options, read_events
from detente.evidence.ledger import Input, InputFile, Ledger
from detente.evidence.mapping import Mapping
from detente.evidence.reading import read
from detente.evidence.sources import Registry, Source
from detente.evidence.tables import Tables
from detente.evidence.tabular import read_table
from tests.evidence.made_events import ICEWS_HEADS, POLECAT_HEADS, headed, lines
from tests.fuzzing.damage import altered, as_json, damaged, odd_texts, odd_values
from tests.fuzzing.outcomes import fuzzed, tried, written

SOURCES = {source.id: source for source in Registry.load().sources if source.reader}
ROWS = 25
"""Rows that are kept of each provider's file: what a reader can stumble over is on the first."""


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Path:
    """Providers' files cut to their first rows, each source in a folder of its own."""
    home = tmp_path_factory.mktemp("cut")
    for name, source in SOURCES.items():
        (home / name).mkdir()
        for file in source.files:
            for path in mirror.glob(f"*/{file.name}"):
                first_rows(path, home / name / file.name)
    return home


def first_rows(path: Path, target: Path) -> None:
    """Write the first rows of a file."""
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_parquet('{path}') LIMIT {ROWS}) TO '{target}' (FORMAT parquet)"
            )
    elif path.suffix == ".dta":
        import pandas as pd

        with pd.read_stata(path, chunksize=ROWS, convert_categoricals=False) as held:
            frame = next(iter(held))
        frame.to_stata(target, write_index=False, version=118)
    elif path.suffix == ".json":
        shutil.copy(path, target)
    else:
        with path.open("rb") as handle:
            target.write_bytes(b"".join(handle.readline() for _ in range(ROWS)))


def item_of(source: Source) -> Input:
    """Return a source as the ledger has it."""
    files = tuple(InputFile(file.name, "", 0) for file in source.files)
    return Input(source.id, "pulled", source.reader or "", files)


def read_all(source: Source, folder: Path) -> Any:
    """Read the files of a source that lie in a folder."""
    item = item_of(source)
    where = item.folder(folder)
    if where.exists():
        shutil.rmtree(where)
    shutil.copytree(folder / "given", where)
    found = tried("providers' files", lambda: read(item, folder), kind=EvidenceError)
    assert isinstance(found, (Tables, EvidenceError))
    return found


@pytest.mark.mirror
def test_the_files_that_are_damaged_are_read_while_they_are_whole(tmp_path: Path, cut: Path) -> None:
    for name, source in SOURCES.items():
        shutil.copytree(cut / name, tmp_path / name / "given")
        if any((cut / name).iterdir()):
            assert isinstance(read_all(source, tmp_path / name), Tables), name


@pytest.mark.mirror
@fuzzed(16)
@given(data=st.data())
def test_a_damaged_file_of_a_provider_is_read_or_named(
    tmp_path: Path, cut: Path, data: st.DataObject
) -> None:
    source = SOURCES[data.draw(st.sampled_from(sorted(SOURCES)))]
    given_ = tmp_path / "given"
    shutil.rmtree(given_, ignore_errors=True)
    shutil.copytree(cut / source.id, given_)
    name = data.draw(st.sampled_from([file.name for file in source.files]))
    seed = (given_ / name).read_bytes() if (given_ / name).exists() else b"a,b\n1,2\n"
    written(given_, name, data.draw(damaged((seed,))))
    read_all(source, tmp_path)


@fuzzed(8)
@given(data=st.data())
def test_files_that_are_no_providers_at_all_are_named(tmp_path: Path, data: st.DataObject) -> None:
    source = SOURCES[data.draw(st.sampled_from(sorted(SOURCES)))]
    given_ = tmp_path / "given"
    given_.mkdir(exist_ok=True)
    for file in source.files:
        written(
            given_, file.name, data.draw(damaged((b"country,year,value\nFrance,2001,1.5\n", b"PAR1", b"{}")))
        )
    read_all(source, tmp_path)
    shutil.rmtree(given_)


TABLE = (
    b"country,partner,year,share\nFrance,Russia,2021,12.5\nDEU,Russian Federation,2021-01,\n"
    b"Spain,RUS,2020,3\n"
)
BALLOTS = b"state;vote;resolution;day\nFrance;Yes;A/RES/1;2001-02-03\nDEU;x;A/RES/1;2001-02-03\n"
ABOUT = {"title": "LNG imports", "citation": "Own count, 2026", "licence": "CC BY 4.0"}
LNG: dict[str, Any] = {
    "table": "ties",
    "columns": {"actor": "country", "target": "partner", "date": "year", "value": "share"},
    "constants": {"kind": "lng_share", "unit": "percent"},
    "missing": ["..", "-"],
    "ignore": ["World"],
    "actors": {"Spain": "ESP"},
    "source": {"id": "lng", **ABOUT},
}
BALLOT: dict[str, Any] = {
    "table": "votes",
    "columns": {"actor": "state", "vote": "vote", "resolution": "resolution", "date": "day"},
    "constants": {"body": "UNGA"},
    "votes": {"x": "absent"},
    "separator": ";",
    "source": {"id": "ballots", **ABOUT},
}
PAIRS = ((TABLE, LNG), (BALLOTS, BALLOT))


def imported(path: Path, mapping: AnyMapping[str, Any] | Path) -> Any:
    """Read a table by a mapping, as an import does, and keep the mapping as an import does."""
    told = Mapping.read(mapping, stem=path.stem)
    beside = path.with_name("mapping.json")
    told.save(beside)
    tables, rows = read_table(path, told)
    assert Mapping.load(beside) == told
    return tables, rows


@fuzzed(10)
@given(
    pair=st.sampled_from(PAIRS),
    data=st.data(),
    name=st.sampled_from(("a.csv", "a.csv", "a.tsv", "a.parquet")),
)
def test_a_damaged_table_of_ones_own_is_read_or_named(
    tmp_path: Path, pair: tuple[bytes, dict[str, Any]], data: st.DataObject, name: str
) -> None:
    path = written(tmp_path, name, data.draw(damaged((pair[0],))))
    tried("own tables", lambda: imported(path, pair[1]), kind=EvidenceError)


@fuzzed(12)
@given(pair=st.sampled_from(PAIRS), data=st.data(), as_file=st.booleans())
def test_an_altered_mapping_is_used_or_named(
    tmp_path: Path, pair: tuple[bytes, dict[str, Any]], data: st.DataObject, as_file: bool
) -> None:
    path, told = written(tmp_path, "a.csv", pair[0]), data.draw(altered(pair[1]))
    if as_file or not isinstance(told, dict):
        mapping: Any = written(tmp_path, "mapping.yaml", as_json(told))
    else:
        mapping = told
    tried("mappings", lambda: imported(path, mapping), kind=EvidenceError)


@fuzzed(20)
@given(held=damaged((yaml.safe_dump(LNG).encode(), yaml.safe_dump(BALLOT).encode())))
def test_a_damaged_file_of_a_mapping_is_used_or_named(tmp_path: Path, held: bytes) -> None:
    path, mapping = written(tmp_path, "a.csv", TABLE), written(tmp_path, "mapping.yaml", held)
    tried("mappings", lambda: imported(path, mapping), kind=EvidenceError)


LEDGER = {
    "inputs": [
        {
            "source": "lng", "origin": "imported", "reader": "",
            "files": [{"name": "a.csv", "sha256": "0" * 64, "bytes": 1, "taken_from": "", "taken_at": "",
            "etag": ""}],
        }
    ]
}  # fmt: skip


@fuzzed(15)
@given(data=altered(LEDGER))
def test_an_altered_ledger_is_used_or_named(tmp_path: Path, data: Any) -> None:
    written(tmp_path, "inputs.json", as_json(data))
    tried("ledgers", lambda: Ledger.load(tmp_path).sources, kind=EvidenceError)


ICEWS = headed(
    ICEWS_HEADS,
    (
        "1",
        "2014-03-27",
        "Police (Australia)",
        "Police",
        "Australia",
        "Consult",
        "040",
        "1.0",
        "France",
        "",
        "France",
    ),
    (
        "2",
        "2014-03-28",
        "Citizen (Russia)",
        "",
        "Russian Federation",
        "Threaten",
        "130",
        "-4",
        "Kiev",
        "",
        "Ukraine",
    ),
)
POLECAT = headed(
    POLECAT_HEADS,
    ("1", "2020-01-02", "CONSULT", "visit", "1", "V-COOP", "", "A", "France;Germany", "", "B", "Russia", ""),
)
OWN = "day,who,whom,score,kind\n2014-03-27,France,Russia,-3.5,130\n2014-03-28,DEU,FRA,2,040\n"
OWN_LAYOUT: dict[str, Any] = {
    "date": "day", "source": "who", "target": ["whom"], "goldstein": "score", "code": "kind",
    "date_form": "%Y-%m-%d", "separator": ",", "scale": "gdelt", "actors": {"France": "FRA"},
}  # fmt: skip
EVENTS = tuple(
    text.encode()
    for text in (
        lines({}, {"Actor1CountryCode": "FRA"}), lines({}, layout="gdelt1"), lines({},
        layout="gdelt1-backfile"),
        ICEWS, POLECAT, "Police (Australia)\tConsult\tFrance\t2005-10-11\n", OWN,
    )
)  # fmt: skip


def account(path: Path, layout: Layout | str | None) -> Any:
    """Read a file of events and count what it holds."""
    with read_events([path], options=Options(layout=layout, threads=1, folder=path.parent)) as events:
        return events.counts(), events.frame(), dataclasses.asdict(events.account)


@fuzzed(8)
@given(held=damaged(EVENTS), name=st.sampled_from(("e.csv", "e.txt", "e.tab", "e.parquet")), data=st.data())
def test_a_damaged_file_of_events_is_counted_or_named(
    tmp_path: Path, held: bytes, name: str, data: st.DataObject
) -> None:
    layout = data.draw(st.sampled_from((None, None, None, *LAYOUTS, Layout.of(OWN_LAYOUT))))
    path = written(tmp_path, name, held)
    tried("files of events", lambda: account(path, layout), kind=EvidenceError)


@fuzzed(5)
@given(held=damaged(EVENTS), more=odd_texts(), spoilt=st.booleans(), data=st.data())
def test_a_damaged_archive_of_events_is_counted_or_named(
    tmp_path: Path, held: bytes, more: str, spoilt: bool, data: st.DataObject
) -> None:
    packed = BytesIO()
    name = "".join(sign for sign in more if sign.isprintable() and sign.isascii())[:80] or "e.csv"
    with zipfile.ZipFile(
        packed, "w", data.draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    ) as zipped:
        zipped.writestr(name, held)
    content = data.draw(damaged((packed.getvalue(),))) if spoilt else packed.getvalue()
    path = written(tmp_path, "e.zip", content)
    tried("archives of events", lambda: account(path, None), kind=EvidenceError)


@fuzzed(10)
@given(told=altered(OWN_LAYOUT), data=st.data())
def test_an_altered_layout_of_events_is_used_or_named(tmp_path: Path, told: Any, data: st.DataObject) -> None:
    path = written(tmp_path, "e.csv", OWN.encode())
    layout = written(
        tmp_path, "layout.yaml", data.draw(st.one_of(st.just(as_json(told)), damaged((as_json(told),))))
    )
    tried("layouts of events", lambda: account(path, Layout.load(layout)), kind=EvidenceError)


@fuzzed(4)
@given(since=odd_values(), until=odd_texts())
def test_any_bound_of_days_is_a_day_or_named(tmp_path: Path, since: Any, until: str) -> None:
    path = written(tmp_path, "e.csv", EVENTS[0])

    def bounded() -> Any:
        with read_events([path], options=Options(threads=1)) as events:
            return events.counts(since=str(since)[:400], until=until)

    tried("bounds of events", bounded, kind=EvidenceError)
