"""Files of events into one relation of DuckDB, `raw`: text is read once and kept on disk, Parquet as it lies.

Each row of `raw` has file (number, of text), id, day, said (what stood for a day that is none), who, whom,
code, text, quad, goldstein, scale (by which a code is scored, where the file gives no score), mentions and
tone; labels are as the provider gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from detente.errors import EvidenceError, Problem
from detente.evidence.events.formats import Layout
from detente.evidence.events.opening import Opened

BATCH, HEAVY = 256, 1 << 30
"""How many files, and about how many bytes of them, are read at a time."""
FAULTS = 100_000
"""How many faulty cells of a batch are told one from another; a file with more is of another layout."""
RAW = (
    "file UINTEGER, id UBIGINT, day DATE, said VARCHAR, who VARCHAR, whom VARCHAR, code VARCHAR, "
    "text VARCHAR, quad TINYINT, goldstein DOUBLE, scale VARCHAR, mentions BIGINT, tone DOUBLE"
)
ABSENT = "('', 'NA', 'N/A', 'NULL', 'None', 'nan')"
MIXED = "it may be two files of different layouts in one: take them apart"


@dataclass
class Loaded:
    """What was loaded: files with their layouts, lines that could not be read, and lines that were mended."""

    files: list[tuple[str, Layout]] = field(default_factory=list)
    ragged: list[tuple[str, str]] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    layouts: dict[str, Layout] = field(default_factory=dict)
    parquet: list[tuple[Layout, list[Opened]]] = field(default_factory=list)
    parquet_rows: dict[str, int] = field(default_factory=dict)


def load(connection: duckdb.DuckDBPyConnection, opened: Iterable[Opened], folder: Path) -> Loaded:
    """Load files and make the view `raw`. Raises `EvidenceError` where a file is not what its start says."""
    loaded = Loaded()
    connection.execute(f"CREATE TABLE loaded ({RAW})")
    for (layout, columns, header, parquet), group in groupby(opened, key=_kind):
        loaded.layouts[layout.name] = layout
        if parquet:
            loaded.parquet.append((layout, list(group)))
            continue
        for batch in _batches(group):
            _insert(connection, _Text(tuple(batch), layout, columns, header), loaded, folder)
    parts = ["SELECT * FROM loaded"] if loaded.files else []
    for layout, held in loaded.parquet:
        parts.append(_parquet(connection, layout, held))
        for each in held:
            found = connection.execute(
                "SELECT num_rows FROM parquet_file_metadata(?)", [str(each.path)]
            ).fetchone()
            loaded.parquet_rows[each.name] = int(found[0]) if found else 0
    connection.execute(f"CREATE VIEW raw AS {' UNION ALL '.join(parts)}")
    return loaded


def _kind(each: Opened) -> tuple[Layout, tuple[str, ...], bool, bool]:
    return each.layout, each.columns, each.header, each.is_parquet


def _batches(group: Iterable[Opened]) -> Iterable[list[Opened]]:
    """Yield files in lots, so that little is unpacked at a time."""
    batch: list[Opened] = []
    size = 0
    for each in group:
        batch.append(each)
        size += each.path.stat().st_size
        if len(batch) == BATCH or size >= HEAVY:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@dataclass(frozen=True)
class _Text:
    """Text files of one layout and the same columns."""

    files: tuple[Opened, ...]
    layout: Layout
    columns: tuple[str, ...]
    header: bool

    def scan(self, paths: Sequence[Path], *, header: bool) -> str:
        """Return the table function that reads them, every column as text."""
        told = ", ".join(f"{quoted(str(path))}" for path in paths)
        columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in self.columns)
        quote = quoted(self.layout.quote)
        return (
            f"read_csv([{told}], delim={quoted(self.layout.separator)}, quote={quote}, escape={quote}, "
            f"header={str(header).lower()}, columns={{{columns}}}, auto_detect=false, filename='file name', "
            f"store_rejects=true, rejects_table='faults', rejects_scan='scans', rejects_limit={FAULTS})"
        )


def _insert(connection: duckdb.DuckDBPyConnection, text: _Text, loaded: Loaded, folder: Path) -> None:
    """Read a batch into `loaded`; lines that are not UTF-8 are read again as Windows-1252."""
    numbers = {each.path: len(loaded.files) + place for place, each in enumerate(text.files)}
    names = {each.path: each.name for each in text.files}
    loaded.files += [(each.name, text.layout) for each in text.files]
    _take(connection, text, numbers, header=text.header)
    mended = _mend(_faulty(connection, text, loaded, names), loaded, folder, names)
    if mended:
        _take(connection, text, {copy: numbers[path] for path, copy in mended.items()}, header=False)
    for path in [*mended.values(), *(each.path for each in text.files if each.unpacked)]:
        path.unlink()


def _take(
    connection: duckdb.DuckDBPyConnection, text: _Text, numbers: Mapping[Path, int], *, header: bool
) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE numbers (path VARCHAR, number UINTEGER)")
    connection.executemany(
        "INSERT INTO numbers VALUES (?, ?)", [[str(path), number] for path, number in numbers.items()]
    )
    connection.execute("DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS scans")
    chosen = select(text.layout, dict.fromkeys(text.columns, "VARCHAR"), "number")
    scan = text.scan(list(numbers), header=header)
    query = f'SELECT {chosen} FROM {scan} JOIN numbers ON path = "file name"'
    connection.execute(f"INSERT INTO loaded {_pairs(text.layout, query)}")


def _faulty(
    connection: duckdb.DuckDBPyConnection, text: _Text, loaded: Loaded, names: Mapping[Path, str]
) -> list[tuple[Path, int, int]]:
    """Note lines with another number of columns; return those that are not UTF-8: file, line, first byte."""
    rows = connection.execute(
        """
        SELECT file_path, line, any_value(line_byte_position), bool_and(error_type = 'INVALID ENCODING'),
               any_value(error_type) FILTER (error_type <> 'INVALID ENCODING'), count(*)
        FROM faults JOIN scans USING (scan_id, file_id) GROUP BY file_path, line ORDER BY file_path, line
        """
    ).fetchall()
    if sum(row[-1] for row in rows) >= FAULTS:
        where = names[Path(rows[0][0])]
        what = f"has {len(rows):,} lines or more that are not of {len(text.columns)} columns"
        raise EvidenceError(Problem(where, what, MIXED))
    odd: list[tuple[Path, int, int]] = []
    for file, line, position, encoded, kind, _ in rows:
        if encoded:
            odd.append((Path(file), int(line), int(position) - 1))
        else:
            wrong = "another number of columns" if "COLUMNS" in kind else kind.lower()
            loaded.ragged.append((f"{names[Path(file)]}:{line}", wrong))
    return odd


def _mend(
    odd: Sequence[tuple[Path, int, int]], loaded: Loaded, folder: Path, names: Mapping[Path, str]
) -> dict[Path, Path]:
    """Write lines that are not UTF-8 anew, and return where, by file."""
    copies: dict[Path, Path] = {}
    for path, lines in groupby(odd, key=lambda each: each[0]):
        copies[path] = Path(mkdtemp(dir=folder)) / path.name
        with path.open("rb") as handle, copies[path].open("wb") as copy:
            for _, line, position in lines:
                handle.seek(position)
                copy.write(handle.readline().decode("cp1252", errors="replace").encode())
                loaded.mended.append(f"{names[path]}:{line}")
    return copies


def _parquet(connection: duckdb.DuckDBPyConnection, layout: Layout, group: Sequence[Opened]) -> str:
    """Return the query over Parquet files of one layout, which stay as they are."""
    paths = ", ".join(quoted(str(each.path)) for each in group)
    scan = f"read_parquet([{paths}], union_by_name=true)"
    told = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    return _pairs(layout, f"SELECT {select(layout, {row[0]: row[1] for row in told}, 'NULL')} FROM {scan}")


def select(layout: Layout, types: Mapping[str, str], number: str) -> str:
    """Return what to select from a file for a row of `raw`; `types` are those of its columns."""
    own = {name.casefold(): name for name in types}

    def column(name: str) -> str:
        return name_of(own[name.casefold()])

    def words(names: Sequence[str]) -> str:
        cells = [f"CAST({column(name)} AS VARCHAR)" for name in names]
        if len(cells) == 1:
            return cells[0]
        filled = [f"CASE WHEN {cell} NOT IN {ABSENT} THEN {cell} END" for cell in cells]
        return f"COALESCE({', '.join(filled)})"

    def value(name: str, kind: str) -> str:
        return f"TRY_CAST({column(name)} AS {kind})" if name else "NULL"

    day = _day(column(layout.date), types[own[layout.date.casefold()]], layout.date_form)
    who, whom = words(layout.source), words(layout.target)
    parts = {
        "file": number,
        "id": _identity(layout, column),
        "day": day,
        "said": f"CASE WHEN {day} IS NULL THEN left(CAST({column(layout.date)} AS VARCHAR), 40) END",
        "who": who,
        "whom": whom,
        "code": words((layout.code,)) if layout.code else "NULL",
        "text": words((layout.text,)) if layout.text and not layout.code else "NULL",
        "quad": _quad(column(layout.quad), numbers=layout.scale == "gdelt") if layout.quad else "NULL",
        "goldstein": f"NULLIF({value(layout.goldstein, 'DOUBLE')}, CAST('NaN' AS DOUBLE))",
        "scale": "NULL" if layout.goldstein else quoted(layout.scale),
        "mentions": value(layout.mentions, "BIGINT") if layout.mentions else "1",
        "tone": f"NULLIF({value(layout.tone, 'DOUBLE')}, CAST('NaN' AS DOUBLE))",
    }
    return ", ".join(f"{told} AS {name}" for name, told in parts.items())


def _pairs(layout: Layout, query: str) -> str:
    """Return a query over files with a row for each pair of several actors, each told from the others."""
    if not layout.several:
        return query
    for side in ("who", "whom"):
        split = f"UNNEST(string_split(COALESCE({side}, ''), {quoted(layout.several)}))"
        query = f"SELECT * REPLACE ({split} AS {side}) FROM ({query})"
    return f"SELECT * REPLACE (hash(id, who, whom) AS id) FROM ({query})"


def _day(column: str, kind: str, form: str) -> str:
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"CAST({column} AS DATE)"
    return f"CAST(TRY_STRPTIME(CAST({column} AS VARCHAR), {quoted(form)}) AS DATE)"


def _identity(layout: Layout, column: Callable[[str], str]) -> str:
    """Return what tells one event from another: GDELT's number, or a hash of what makes it one.

    The layout is in the hash: two providers may use one number for different events.
    """
    if not layout.id:
        return "NULL"
    if layout.name.startswith("gdelt"):
        return f"TRY_CAST({column(layout.id[0])} AS UBIGINT)"
    return f"hash({', '.join([quoted(layout.name), *(column(name) for name in layout.id)])})"


def _quad(column: str, *, numbers: bool) -> str:
    """Return the quad class as a number: GDELT's 1 to 4, or the words of PLOVER, which cost more to read."""
    number = f"TRY_CAST({column} AS TINYINT)"
    if numbers:
        return f"CASE WHEN {number} BETWEEN 1 AND 4 THEN {number} END"
    word = f"upper(CAST({column} AS VARCHAR))"
    kinds = (("V", "COOP"), ("M", "COOP"), ("V", "CONF"), ("M", "CONF"))
    told = " ".join(
        f"WHEN {word} IN ('{place}', '{place}.0') OR {word} LIKE '{first}%{second}%' THEN {place}"
        for place, (first, second) in enumerate(kinds, 1)
    )
    return f"CAST(CASE {told} END AS TINYINT)"


def quoted(text: str) -> str:
    """Return a text as SQL.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """Return the name of a column as SQL."""
    return '"' + column.replace('"', '""') + '"'
