"""Estimates that ship with detente, found by what they depend on.

Each is filed under a key: the digest of everything that it depends on besides the data (method, issue, days,
membership within those days, treatment of absence). A case of anyone's that asks the same question finds the
same estimate; one that asks another, or a changed membership, finds none. `snapshots/manifest.json` names the
data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement import changes, pairs
from detente.measurement.ballots import Evidence
from detente.measurement.sample import Span, windows_of
from detente.measurement.unity import COLUMNS, Setting, in_full

if TYPE_CHECKING:
    from detente.cases.schema import Case

FOLDER = Path(__file__).with_name("snapshots")
METHOD = 1
"""Version of the method: raise it whenever an estimate would come out otherwise on the same roll calls."""

LIVE = "roll calls in the evidence"
SHIPPED = "estimates shipped with detente"
LABELS = ["issue", "window", "start", "end"]
SUBJECT = {
    "cohesion": ["bloc"],
    "weakest": ["bloc"],
    "agreement": ["b", "minus"],
    "comparison": ["comparison"],
    "bloc_changes": ["bloc", "next_window"],
}
"""What, besides issue and span, an estimate in each table is about."""


def stored(table: str) -> list[str]:
    """Return the columns of a table of shipped estimates: the key, and what is not in the question."""
    known = {*LABELS, *SUBJECT[table], "mark"}
    return ["key", *(name for name in COLUMNS[table] if name not in known)]


@dataclass(frozen=True)
class Subject:
    """One thing that is asked of an issue in a span, in one table, and the key it is filed under."""

    table: str
    about: tuple[str, ...]
    issue: str
    span: Span
    key: str


def subjects(setting: Setting, issues: Mapping[str, Sequence[Span]]) -> Iterator[Subject]:
    """Yield what the case asks of each issue in each of its spans."""
    spells = {bloc: dated(rows) for bloc, rows in setting.spells.items()}
    within: dict[Span, dict[str, list[list[str]]]] = {}
    for issue, asked in issues.items():
        for span in asked:
            if span not in within:
                within[span] = {bloc: clipped(rows, span) for bloc, rows in spells.items()}
            yield from _of_span(setting.case, issue, span, within[span])
        yield from _of_stretches(setting.case, issue, within)


def _of_span(case: Case, issue: str, span: Span, spells: Mapping[str, list[list[str]]]) -> Iterator[Subject]:
    base = [*_about(case, issue), *_days(case, span), case.absent]
    full = in_full(case, issue, span)
    for bloc, held in spells.items():
        yield Subject("cohesion", (bloc,), issue, span, _key(*base, "cohesion", held, case.ally, full))
        if span.key in case.windows:
            yield Subject("weakest", (bloc,), issue, span, _key(*base, "weakest", held))
    for ask in pairs.asked(case):
        if (ask.issue, ask.window) == (issue, span.key):
            about = (ask.partner, ask.minus)
            yield Subject("agreement", about, issue, span, _key(*base, "agreement", *about))
    for name, each in case.compare.items():
        sides = [spells.get(side, side) for side in each.sides]
        yield Subject("comparison", (name,), issue, span, _key(*base, "comparison", *sides))


def _of_stretches(
    case: Case, issue: str, spells: Mapping[Span, Mapping[str, list[list[str]]]]
) -> Iterator[Subject]:
    """Yield the changes of cohesion from window to window."""
    for stretch in changes.stretches(windows_of(case)):
        for bloc in case.blocs if all(span in spells for span in stretch) else ():
            held = [[*_days(case, span), spells[span][bloc]] for span in stretch]
            key = _key(*_about(case, issue), case.absent, "bloc_changes", held)
            yield Subject("bloc_changes", (bloc, stretch[-1].key), issue, stretch[0], key)


def _about(case: Case, issue: str) -> list[object]:
    spec = case.issues[issue]
    return [METHOD, sorted(spec.codes), sorted(spec.resolutions)]


def _days(case: Case, span: Span) -> list[str]:
    return [str(span.start), str(min(span.end, case.as_of))]


def dated(spells: pd.DataFrame) -> list[tuple[str, date, date]]:
    """Return spells as plain days, a membership that lasts ending on the last day there is."""
    start, end = pd.to_datetime(spells["start"]).dt.date, pd.to_datetime(spells["end"]).dt.date
    return [
        (actor, since, date.max if pd.isna(until) else until)
        for actor, since, until in zip(spells["actor"], start, end, strict=True)
    ]


def clipped(spells: Sequence[tuple[str, date, date]], span: Span) -> list[list[str]]:
    """Return the spells of membership within a span, whatever lies outside it.

    >>> clipped([("A", date(1949, 4, 4), date.max)], Span("y", date(2000, 1, 1), date(2000, 12, 31)))
    [['A', '2000-01-01', '2001-01-01']]
    """
    after = span.end + timedelta(days=1)
    held = [(actor, max(since, span.start), min(until, after)) for actor, since, until in spells]
    return sorted([actor, str(since), str(until)] for actor, since, until in held if since < until)


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()[:10]


@cache
def read(table: str) -> pd.DataFrame:
    """Return one table of shipped estimates; without rows where none ships."""
    path = FOLDER / f"{table}.csv"
    if not path.exists():
        return pd.DataFrame(columns=stored(table))
    return pd.read_csv(path, dtype={"key": object}, keep_default_na=False, na_values=[""])


def same_votes(evidence: Evidence, about: Mapping[str, str]) -> bool:
    """Return whether the evidence has shipped roll calls alone, or just the file that `about` names by its
    `source` and `sha256`.
    """
    held = set(evidence.query("SELECT DISTINCT source FROM roll_calls WHERE origin <> 'shipped'")["source"])
    if not held:
        return True
    known = evidence.query("SELECT id, sha256 FROM sources WHERE id = ?", (about["source"],))
    return held == {about["source"]} and set(known["sha256"]) == {about["sha256"]}


def looked_up(asked: Iterable[Subject], *, setting: Setting) -> dict[str, pd.DataFrame]:
    """Return the shipped estimates of what is `asked`, as the tables of `COLUMNS`."""
    found = {}
    every = list(asked)
    for table, columns in COLUMNS.items():
        rows = [
            (
                each.key,
                *each.about,
                each.issue,
                each.span.key,
                pd.Timestamp(each.span.start),
                pd.Timestamp(each.span.end),
            )
            for each in every
            if each.table == table
        ]
        wanted = pd.DataFrame(rows, columns=["key", *SUBJECT[table], *LABELS])
        frame = wanted.merge(read(table), on="key").assign(mark="estimated")
        if table == "agreement":
            frame = frame[frame["a"].isin(setting.actors)]
        found[table] = frame[columns].reset_index(drop=True)
    return found
