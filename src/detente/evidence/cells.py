"""The cells of a user's table, made typed: each word once, every fault with the lines it stands on."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from detente.errors import Problem
from detente.evidence.actors import Gazetteer
from detente.evidence.mapping import WITH_VOTES, Mapping
from detente.evidence.tables import KEYS, SCHEMA, VOTES

VOTE_WORDS = {
    **{word: word for word in VOTES},
    **{"y": "yes", "in favour": "yes", "for": "yes"},
    **{"a": "abstain", "abstention": "abstain", "abstained": "abstain"},
    **{"n": "no", "against": "no"},
    **{"x": "absent", "non-voting": "absent", "not voting": "absent", "did not vote": "absent"},
}
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
ACTORS = ("actor", "target")


def read_day(word: str, form: str | None = None) -> date:
    """Return the day that a word names: its first day, where it names a month or a year. Raises `ValueError`.

    >>> read_day("2021"), read_day("2021-03"), read_day("31/12/2021", "%d/%m/%Y")
    (datetime.date(2021, 1, 1), datetime.date(2021, 3, 1), datetime.date(2021, 12, 31))
    """
    if form is not None:
        return datetime.strptime(word, form).date()
    day = word.removesuffix(".0").removesuffix(" 00:00:00").removesuffix("T00:00:00")
    padded = day + {4: "-01-01", 7: "-01"}.get(len(day), "")
    return datetime.strptime(padded, "%Y-%m-%d").date()


def read_number(word: str) -> float:
    """Return a finite number. Raises `ValueError` for anything else.

    >>> read_number("58.2")
    58.2
    """
    number = float(word)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _read_whole(word: str) -> int:
    number = read_number(word)
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


class Cells:
    """Makes the rows of one file typed; gathers `problems`, `unresolved` labels and rows `set_aside`."""

    def __init__(self, file: str, lines: np.ndarray, mapping: Mapping, gazetteer: Gazetteer) -> None:
        self.file = file
        self.lines = lines
        self.mapping = mapping
        self.gazetteer = gazetteer
        self._faults: list[tuple[int, Problem]] = []
        self._unresolved: list[tuple[str, int, str]] = []
        self._set_aside: list[tuple[str, int, str]] = []
        self._used = np.ones(len(lines), dtype=bool)

    @property
    def problems(self) -> list[Problem]:
        """All faults, in the order of the lines they stand on first."""
        return [problem for _, problem in sorted(self._faults, key=lambda fault: fault[0])]

    @property
    def unresolved(self) -> pd.DataFrame:
        """Labels that the mapping says to pass over: label, rows, reason."""
        return pd.DataFrame(self._unresolved, columns=["label", "rows", "reason"])

    @property
    def set_aside(self) -> pd.DataFrame:
        """Rows with nothing where something is needed: label, rows, reason."""
        return pd.DataFrame(self._set_aside, columns=["label", "rows", "reason"])

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows in use, typed; votes come with the columns of their roll calls."""
        types = {column.name: column.type for column in self._columns()}
        words = {target: self._words(frame, target) for target in types}
        for target in (*self.mapping.needed, *(target for target in ACTORS if target in types)):
            self._pass_over(target, words[target])
        found: dict[str, Any] = {}
        for target in sorted(types, key=lambda name: (name in ACTORS, name)):  # actors need the day
            found[target] = (
                self._actors(target, words[target], found.get("date"))
                if target in ACTORS and target in types
                else self._parsed(target, words[target], self._parser(target, types[target]))
            )
        if self.mapping.table == "votes":
            calls = found["roll_call"]
            found["roll_call"] = calls.where(
                calls.notna(), f"{self.mapping.id}:" + found["resolution"].astype(object)
            )
        found["source"] = self.mapping.id
        found["locator"] = self._locators(words.get("locator"))
        rows = pd.DataFrame(found)[self._used]
        self._check_keys(rows)
        return rows.reset_index(drop=True)

    def _columns(self) -> list[Any]:
        columns = [column for column in SCHEMA[self.mapping.table] if column.name != "source"]
        if self.mapping.table == "votes":
            columns += [column for column in SCHEMA["roll_calls"] if column.name in WITH_VOTES]
        return columns

    def _words(self, frame: pd.DataFrame, target: str) -> pd.Series:
        if target in self.mapping.columns:
            words = frame[self.mapping.columns[target]].str.strip()
            return words.mask(words.isin(["", *self.mapping.missing]))
        return pd.Series([self.mapping.constant(target)] * len(frame), dtype=object)

    def _pass_over(self, target: str, words: pd.Series) -> None:
        optional = target in ACTORS and target not in self.mapping.needed
        empty = words.isna().to_numpy() & self._used
        if empty.any() and not optional:
            self._set_aside.append((f"{target} is empty", int(empty.sum()), f"the table needs {target!r}"))
            self._used &= ~empty

    def _parser(self, target: str, kind: str) -> Callable[[str], Any]:
        if target == "vote":
            known = VOTE_WORDS | {word.casefold(): vote for word, vote in self.mapping.votes.items()}
            return lambda word: known[word.casefold()]
        parsers: dict[str, Callable[[str], Any]] = {
            "DATE": lambda word: read_day(word, self.mapping.date_format),
            "DOUBLE": read_number,
            "INTEGER": _read_whole,
            "BOOLEAN": lambda word: TRUTH[word.casefold()],
        }
        return parsers.get(kind, str)

    def _parsed(self, target: str, words: pd.Series, parse: Callable[[str], Any]) -> pd.Series:
        places, uniques = pd.factorize(words)
        values: list[Any] = []
        for place, word in enumerate(uniques):
            try:
                values.append(parse(word))
            except (ValueError, KeyError, OverflowError):
                values.append(None)
                self._fault(
                    places == place, f"{target}: {word!r} {self._wrong(target)}", self._hint(target, word)
                )
        column = np.empty(len(values) + 1, dtype=object)
        column[: len(values)] = values
        return pd.Series(column[places], dtype=object)

    def _wrong(self, target: str) -> str:
        kind = next(column.type for column in self._columns() if column.name == target)
        wrong = {"DATE": "is no date", "DOUBLE": "is not a finite number", "INTEGER": "is not a whole number"}
        return "is no vote" if target == "vote" else wrong.get(kind, "is neither true nor false")

    def _hint(self, target: str, word: str) -> str:
        if target == "vote":
            words = ", ".join(VOTES)
            return f"one of: {words}; or say what it means in the mapping, votes: {{{word!r}: absent}}"
        kind = next(column.type for column in self._columns() if column.name == target)
        if kind == "DATE":
            return (
                "write 2021, 2021-03 or 2021-03-31, or give the form in the mapping: date_format: '%d/%m/%Y'"
            )
        return f"if it stands for no value, say so in the mapping: missing: [{word!r}]"

    def _actors(self, target: str, labels: pd.Series, days: pd.Series | None) -> pd.Series:
        ignored = labels.isin(self.mapping.ignore).to_numpy() & self._used
        for label, rows in labels[ignored].value_counts().items():
            self._unresolved.append((str(label), int(rows), "the mapping says to ignore it"))
        self._used &= ~ignored
        on = None if days is None else pd.to_datetime(days)
        codes = self.gazetteer.resolve_many(labels.replace(self.mapping.actors), on)
        for label in labels[codes.isna().to_numpy() & labels.notna().to_numpy() & self._used].unique():
            hint = f"say in the mapping, actors: {{{label!r}: CODE}}, or pass it over, ignore: [{label!r}]"
            reason = self.gazetteer.reason(label)
            self._fault((labels == label).to_numpy(), f"{target}: unknown actor {label!r} ({reason})", hint)
        if on is not None:
            self._check_existence(target, codes, on)
        return codes

    def _check_existence(self, target: str, codes: pd.Series, on: pd.Series) -> None:
        gone = ~self.gazetteer.existed_many(codes, on).to_numpy() & codes.notna().to_numpy()
        for code in codes[gone].unique():
            actor = self.gazetteer.actor(code)
            span = f"from {actor.start or 'ever'} until {actor.end or 'today'}"
            rows = gone & (codes == code).to_numpy()
            first = on[rows].iloc[0].date()
            self._fault(
                rows, f"{target}: {actor.name} ({code}) did not exist on {first}", f"it existed {span}"
            )

    def _locators(self, words: pd.Series | None) -> pd.Series:
        lines = pd.Series([f"line {line}" for line in self.lines], dtype=object)
        return lines if words is None else words.astype(object).where(words.notna(), lines)

    def _check_keys(self, rows: pd.DataFrame) -> None:
        keys = list(KEYS.get(self.mapping.table, ()))
        if not keys:
            return
        told = rows.dropna(subset=keys) if self._faults else rows  # a cell that could not be read is no key
        twice = told[told.duplicated(keys, keep=False)]
        for key, same in twice.groupby(keys, sort=False, dropna=False):
            first, *others = self.lines[same.index.to_numpy()]
            stated = ", ".join(f"{name} {_plain(value)}" for name, value in zip(keys, key, strict=True))
            also = ", ".join(str(line) for line in others[:5]) + (" …" if len(others) > 5 else "")
            what = f"the same row comes again on line {also}: {stated}"
            self._faults.append((int(first), Problem(f"{self.file}:{first}", what, "keep one of them")))

    def _fault(self, rows: np.ndarray, what: str, hint: str) -> None:
        lines = self.lines[rows & self._used]
        if len(lines):
            more = f" (and on {len(lines) - 1} more lines)" if len(lines) > 1 else ""
            self._faults.append((int(lines[0]), Problem(f"{self.file}:{lines[0]}", what + more, hint)))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
