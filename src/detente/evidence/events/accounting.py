"""What became of every row of events: used, or why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from detente.evidence.events.codes import LAST_ROOTS, PLOVER_TYPES, by_wording, cameo
from detente.evidence.events.loading import Loaded, name_of
from detente.evidence.events.resolving import meaning
from detente.evidence.readers.cameo import wording
from detente.evidence.readers.frames import SHOWN, pooled, tally

FIRST = date(1979, 1, 1)
PAIRS = "such an event counts once for each pair, and so do the rows of its file"
PASS = 8_000_000
"""How many events are looked through for repeats at a time."""


@dataclass(frozen=True)
class Account:
    """How many rows were read and used, and what became of the others; each is counted once.

    `files`: file, layout, rows. `unresolved`: label, rows, reason, by the first label of a row that names no
    known actor. `set_aside`: label, rows, reason. `noted`: what else is to be known of rows that are used.
    `days`: day, events, of all rows with a day in range.
    """

    read: int
    used: int
    files: pd.DataFrame
    unresolved: pd.DataFrame
    set_aside: pd.DataFrame
    noted: pd.DataFrame
    days: pd.DataFrame

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day of an event, or None where there is none."""
        if self.days.empty:
            return None
        return self.days["day"].min().date(), self.days["day"].max().date()


@dataclass(frozen=True)
class _Books:
    """What an account is drawn up from."""

    connection: duckdb.DuckDBPyConnection
    loaded: Loaded
    today: date

    @property
    def in_range(self) -> str:
        """The test of a row's day."""
        return f"day BETWEEN DATE '{FIRST}' AND DATE '{self.today}'"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the answer to a query."""
        return self.connection.execute(query).fetchall()

    def table(self, name: str, types: str, rows: Sequence[Sequence[Any]]) -> None:
        """Make a small table."""
        frame = pd.DataFrame(
            list(rows), columns=[part.split()[0] for part in types.split(", ")], dtype=object
        )
        self.connection.register("given", frame)
        casts = ", ".join(
            f"CAST({name_of(n)} AS {t}) AS {name_of(n)}" for n, t in map(str.split, types.split(", "))
        )
        self.connection.execute(f"CREATE TABLE {name} AS SELECT {casts} FROM given")
        self.connection.unregister("given")


def account_for(
    connection: duckdb.DuckDBPyConnection,
    loaded: Loaded,
    *,
    today: date,
    drop_repeats: bool,
    passed: Sequence[str],
) -> Account:
    """Make the view `used` of what can be used, and return the account of it all."""
    books = _Books(connection, loaded, today)
    unresolved = _labels(books)
    _codes(books)
    _view(books)
    days, wrong_days, noted = _days(books)
    again = _repeats(books) if drop_repeats else 0
    outside = _outside(books, wrong_days)
    ragged = Counter(kind for _, kind in loaded.ragged)
    aside = tally(
        *(
            (f"lines with {kind}", n, _where([w for w, k in loaded.ragged if k == kind]))
            for kind, n in ragged.items()
        ),
        *outside,
        ("events that come again", again, "the same event of the provider, kept once"),
    )
    read = int(books.rows("SELECT count(*) FROM raw")[0][0]) + len(loaded.ragged)
    return Account(
        read=read,
        used=read - int(aside["rows"].sum()) - int(unresolved["rows"].sum()),
        files=_files(books),
        unresolved=unresolved,
        set_aside=aside,
        noted=_noted(books, noted, passed),
        days=days,
    )


def _where(places: Sequence[str]) -> str:
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more


def _labels(books: _Books) -> pd.DataFrame:
    """Make the table `labels` (label, actor) of those that name an actor, and return what the others cost."""
    own = {label: code for layout in books.loaded.layouts.values() for label, code in layout.actors.items()}
    pairs = books.rows(f"SELECT who, whom, count(*) FROM raw WHERE {books.in_range} GROUP BY ALL")
    found = {label: meaning(label, own) for label in {label for pair in pairs for label in pair[:2]}}
    books.table(
        "labels",
        "label VARCHAR, actor VARCHAR",
        [(label, code) for label, (code, _) in found.items() if code],
    )
    lost: Counter[str | None] = Counter()
    for who, whom, rows in pairs:
        if found[who][0] is None or found[whom][0] is None:
            lost[who if found[who][0] is None else whom] += rows
    merged: Counter[tuple[str, str]] = Counter()
    for label, rows in lost.items():
        reason = found[label][1]
        merged["" if reason == "no label" else str(label), reason] += rows
    return tally(*((label, rows, reason) for (label, reason), rows in merged.most_common()))


def _codes(books: _Books) -> None:
    """Make the tables of classes and scores by code, and of codes by wording, where a layout needs them."""
    classes = {each.code: each.quad for each in cameo().values()}
    classes |= {
        f"{root:02d}": place for place, last in enumerate(LAST_ROOTS, 1) for root in _roots(place, last)
    }
    classes |= {kind: place for place, kinds in enumerate(PLOVER_TYPES, 1) for kind in kinds}
    scores = {each.code: (each.icews, each.gdelt) for each in cameo().values()}
    books.table(
        "codes",
        "number VARCHAR, class TINYINT, icews DOUBLE, gdelt DOUBLE",
        [(code, quad, *scores.get(code, (None, None))) for code, quad in classes.items()],
    )
    told = [row[0] for row in books.rows("SELECT DISTINCT text FROM raw WHERE text IS NOT NULL")]
    known = by_wording()
    books.table(
        "wordings", "words VARCHAR, meant VARCHAR", [(text, known.get(wording(text))) for text in told]
    )


def _roots(place: int, last: int) -> range:
    first = LAST_ROOTS[place - 2] + 1 if place > 1 else 1
    return range(first, last + 1)


def _coded(books: _Books) -> bool:
    """Return whether classes or scores of some layout follow from its codes."""
    layouts = books.loaded.layouts.values()
    return any(layout.scale != "gdelt" or not (layout.quad and layout.goldstein) for layout in layouts)


def _view(books: _Books) -> None:
    """Make the view `typed` of rows with a day in range and actors known on both sides, and `used` of it."""
    worded = any(layout.text and not layout.code for layout in books.loaded.layouts.values())
    number = "COALESCE(code, meant)" if worded else "code"
    joins = "JOIN labels AS a ON who = a.label JOIN labels AS b ON whom = b.label"
    joins += " LEFT JOIN wordings ON words = text" if worded else ""
    quad, score = "quad", "goldstein"
    if _coded(books):
        joins += f" LEFT JOIN codes ON number = {number}"
        quad = "COALESCE(quad, class)"
        score = "CASE scale WHEN 'icews' THEN icews WHEN 'gdelt' THEN gdelt ELSE goldstein END"
    books.connection.execute(
        f"""
        CREATE VIEW typed AS SELECT id, day AS date, a.actor AS source, b.actor AS target, {number} AS code,
            {quad} AS quad, {score} AS goldstein, mentions, tone
        FROM raw {joins} WHERE {books.in_range}
        """
    )
    books.connection.execute("CREATE VIEW used AS SELECT * EXCLUDE (id) FROM typed")


_Day = tuple[date | None, int, str | None, int, int]


def _days(books: _Books) -> tuple[pd.DataFrame, list[_Day], pd.DataFrame]:
    """Return events by day, the rows on days out of range, and how many in range lack a class or a score."""
    rows: list[_Day] = books.rows(
        """
        SELECT day, count(*), any_value(said), count(*) FILTER (quad IS NULL),
            count(*) FILTER (goldstein IS NULL)
        FROM raw GROUP BY day ORDER BY day
        """
    )
    inside = [row for row in rows if row[0] is not None and FIRST <= row[0] <= books.today]
    wrong = [row for row in rows if row[0] is None or not FIRST <= row[0] <= books.today]
    frame = pd.DataFrame({"day": [row[0] for row in inside], "events": [row[1] for row in inside]})
    bare = (sum(row[3] for row in inside), sum(row[4] for row in inside))
    if _coded(books):
        bare = books.rows(
            "SELECT count(*) FILTER (quad IS NULL), count(*) FILTER (goldstein IS NULL) FROM typed"
        )[0]
    noted = tally(
        ("events without a quad class", bare[0], "counted among the events, in no class"),
        ("events without a Goldstein score", bare[1], "counted among the events, in no mean"),
    )
    return frame.assign(day=pd.to_datetime(frame["day"])), wrong, noted


def _outside(books: _Books, rows: Sequence[_Day]) -> list[tuple[str, int, str]]:
    """Return lines for `tally` on days that are none, and days before or after what events can be of."""
    none = [row for row in rows if row[0] is None]
    early = [row for row in rows if row[0] is not None and row[0] < FIRST]
    late = [row for row in rows if row[0] is not None and row[0] > books.today]

    def line(what: str, held: Sequence[_Day]) -> tuple[str, int, str]:
        shown = [str(row[0] if row[0] is not None else row[2] or "nothing") for row in held]
        return what, sum(row[1] for row in held), f"as in {_where(shown)}"

    return [
        line("days that are none", none),
        line(f"days before {FIRST}", early),
        line(f"days after {books.today}", late),
    ]


def _repeats(books: _Books) -> int:
    """Take events that come again out of `used` but for the first of each, and return how many that were."""
    total = books.rows("SELECT count(*) FROM raw")[0][0]
    passes = max(1, -(-total // PASS))
    books.connection.execute("CREATE TABLE again (id UBIGINT)")
    for place in range(passes):
        some = f"WHERE id % {passes} = {place}" if passes > 1 else ""
        books.connection.execute(
            f"INSERT INTO again SELECT id FROM raw {some} GROUP BY id HAVING count(*) > 1 AND id IS NOT NULL"
        )
    if not books.rows("SELECT count(*) FROM again")[0][0]:
        return 0
    books.connection.execute(
        "CREATE TABLE twice AS SELECT * FROM typed SEMI JOIN again USING (id) ORDER BY ALL;"
        "CREATE TABLE kept AS SELECT DISTINCT ON (id) * FROM twice ORDER BY ALL;"
        "CREATE OR REPLACE VIEW used AS SELECT * EXCLUDE (id) FROM typed ANTI JOIN again USING (id) "
        "UNION ALL SELECT * EXCLUDE (id) FROM kept"
    )
    held = books.rows("SELECT (SELECT count(*) FROM twice) - (SELECT count(*) FROM kept)")
    return int(held[0][0])


def _files(books: _Books) -> pd.DataFrame:
    counts = dict(books.rows("SELECT file, count(*) FROM loaded GROUP BY file"))
    text = [
        (name, layout.name, counts.get(place, 0)) for place, (name, layout) in enumerate(books.loaded.files)
    ]
    held = [
        (each.name, layout.name, books.loaded.parquet_rows[each.name])
        for layout, group in books.loaded.parquet
        for each in group
    ]
    return pd.DataFrame([*text, *held], columns=["file", "layout", "rows"])


def _noted(books: _Books, bare: pd.DataFrame, passed: Sequence[str]) -> pd.DataFrame:
    """Return what else is to be known: lines mended, wordings without a code, files passed over."""
    unknown = books.rows(
        "SELECT text, count(*) FROM raw JOIN wordings ON words = text WHERE meant IS NULL "
        "GROUP BY text ORDER BY ALL"
    )
    several = [layout.name for layout in books.loaded.layouts.values() if layout.several]
    mended = books.loaded.mended
    return pooled(
        tally(("lines that are not UTF-8", len(mended), f"read as Windows-1252: {_where(mended)}")),
        tally(*((f"wording {text!r}", rows, "no CAMEO code is known for it") for text, rows in unknown)),
        bare,
        tally(("files passed over", len(passed), f"of no known layout: {_where(passed)}")),
        tally((f"layouts with several actors in a cell ({', '.join(several)})", len(several), PAIRS)),
    )
