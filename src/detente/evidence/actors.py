"""Who is who: the gazetteer of actors, and what each provider's label for them means on a given day.

Codes are ISO 3166-1 alpha-3 for states and territories, ISO 3166-3 alpha-3 for most former states, and
short names for organisations. The tables lie in `gazetteer/`: `actors.csv` (compiled), `aliases.csv`,
`aliases_un.csv` (what a label means as the name of a seat at the United Nations) and `not_actors.csv` (labels
that stand for no actor, with the reason).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Literal, cast

import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem, did_you_mean

Kind = Literal["state", "territory", "organisation"]

_SHORTENED = {"st": "saint", "rep": "republic", "dem": "democratic", "fed": "federal"}
_SILENT = frozenset({"the", "of"})
_CODE = re.compile(r"[A-Z]{2,3}|COW \d+")
_NOTE = re.compile(r"^([^(\[]+?)\s*[(\[](.*)[)\]]\W*$", re.DOTALL)


@dataclass(frozen=True)
class Actor:
    """A state, territory or organisation; `end` is the first day on which it no longer existed."""

    code: str
    name: str
    kind: Kind
    start: date | None
    end: date | None
    continues: str | None

    def existed(self, on: date) -> bool:
        """Whether it existed on that day; an open start or end is no bound."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


@dataclass(frozen=True)
class _Meaning:
    """What one label means: `usual`, unless one of the dated meanings holds on the day."""

    usual: str | None
    dated: tuple[tuple[date, date, str], ...] = ()

    def on(self, day: date | None) -> str | None:
        if day is not None:
            for start, end, code in self.dated:
                if start <= day < end:
                    return code
        return self.usual


def normalise(label: str) -> str:
    """Return a label without case, accents, punctuation, 'the' and 'of', its shortenings written out.

    >>> normalise("St. Vincent & the Grenadines")
    'saint vincent and grenadines'
    >>> normalise("CÔTE D’IVOIRE") == normalise("Cote d'Ivoire")
    True
    """
    folded = unicodedata.normalize("NFKD", label).casefold().replace("&", " and ").replace("ı", "i")
    plain = unicodedata.normalize("NFKD", folded)
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^\w]+", " ", re.sub(r"['’‘`´\x91\x92]", "", kept)).split()
    return " ".join(_SHORTENED.get(word, word) for word in words if word not in _SILENT)


def _key(label: str) -> str:
    """Return what a label is filed under: a code under itself ('us' and 'Rom' are none), else normalised."""
    return label if _CODE.fullmatch(label) else normalise(label)


def _rewordings(label: str) -> Iterator[str]:
    """Yield 'Korea (Republic of)' and 'Gambia, The' turned round, then the name before a note."""
    note = _NOTE.match(label)
    if note:
        yield normalise(f"{note[2]} {note[1]}")
    before, comma, after = label.partition(",")
    if comma:
        yield normalise(f"{after} {before}")
    if note:
        yield normalise(note[1])


def _rows(name: str) -> list[dict[str, str]]:
    text = files("detente.evidence.gazetteer").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _meanings(actors: list[dict[str, str]], aliases: list[dict[str, str]]) -> dict[str, _Meaning]:
    usual: dict[str, str] = {}
    dated: dict[str, list[tuple[date, date, str]]] = {}
    for row in actors:
        numbers = [f"COW {number}" for number in row["cow"].split(";") if number]
        for label in (row["actor"], row["iso2"], row["name"], *numbers):
            if label:
                usual.setdefault(_key(label), row["actor"])
    for row in aliases:
        key = _key(row["alias"])
        if row["start"] or row["end"]:
            period = (_day(row["start"]) or date.min, _day(row["end"]) or date.max, row["actor"])
            dated.setdefault(key, []).append(period)
        else:
            usual.setdefault(key, row["actor"])
    first = {key: periods[0][2] for key, periods in dated.items()}
    return {
        key: _Meaning(usual.get(key, first.get(key)), tuple(dated.get(key, ())))
        for key in usual.keys() | dated.keys()
    }


@dataclass(frozen=True)
class Gazetteer:
    """All actors by code, and the labels by which providers call them.

    >>> who = Gazetteer.load()
    >>> who.resolve("Côte d’Ivoire"), who.resolve("KOREA (REPUBLIC OF)"), who.resolve("Atlantis")
    ('CIV', 'KOR', None)
    >>> who.resolve("Russia", date(1980, 1, 1)), who.resolve("Russia", date(2020, 1, 1))
    ('SUN', 'RUS')
    """

    actors: Mapping[str, Actor]
    _labels: Mapping[str, _Meaning] = field(repr=False)
    _not_actors: Mapping[str, str] = field(repr=False)

    @classmethod
    def load(cls, *, seats: bool = False) -> Gazetteer:
        """Read the shipped tables; with `seats`, labels name seats at the United Nations."""
        rows = _rows("actors.csv")
        aliases = [*(_rows("aliases_un.csv") if seats else ()), *_rows("aliases.csv")]
        actors = {
            row["actor"]: Actor(
                row["actor"],
                row["name"],
                cast(Kind, row["kind"]),
                _day(row["start"]),
                _day(row["end"]),
                row["continues"] or None,
            )
            for row in rows
        }
        return cls(
            actors,
            _meanings(rows, aliases),
            {_key(row["label"]): row["reason"] for row in _rows("not_actors.csv")},
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in alphabetical order."""
        return tuple(sorted(self.actors))

    @property
    def labels(self) -> dict[str, str]:
        """What each label means on no day in particular: codes as they are, else normalised."""
        return {key: meaning.usual for key, meaning in self._labels.items() if meaning.usual}

    def actor(self, code: str) -> Actor:
        """Return the actor with this code. Raises `EvidenceError` where there is none."""
        if code not in self.actors:
            known = [*self.actors, *(actor.name for actor in self.actors.values())]
            raise EvidenceError(Problem("", f"unknown actor {code!r}", did_you_mean(code, known)))
        return self.actors[code]

    def name(self, code: str) -> str:
        """Return the short English name. Raises `EvidenceError` for an unknown code."""
        return self.actor(code).name

    def existed(self, code: str, on: date) -> bool:
        """Whether the actor existed on that day. Raises `EvidenceError` for an unknown code."""
        return self.actor(code).existed(on)

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return the actor and those that it continues, latest first, so that a series can be joined.

        >>> Gazetteer.load().lineage("SRB")
        ('SRB', 'SCG', 'YUG')
        """
        before = self.actor(code).continues
        return (code, *self.lineage(before)) if before else (code,)

    def _meaning(self, label: str) -> _Meaning | None:
        key = _key(label)
        if key in self._not_actors:
            return None
        for reading in (key, normalise(label), *_rewordings(label)):
            if reading in self._labels:
                return self._labels[reading]
        return None

    def resolve(self, label: str, on: date | None = None) -> str | None:
        """Return the code of the actor that a label means on a day, or None.

        Without a day, a label means the actor of that name: 'Russia' is the Russian Federation.
        """
        meaning = self._meaning(label.strip())
        return meaning.on(on) if meaning else None

    def resolve_many(self, labels: pd.Series, dates: pd.Series | None = None) -> pd.Series:
        """Return the code for each label, on its day where `dates` (datetime64) is given, or None."""
        places, uniques = pd.factorize(labels, use_na_sentinel=True)
        meanings = [self._meaning(str(label).strip()) for label in uniques]
        usual = np.array([meaning.usual if meaning else None for meaning in meanings] + [None], dtype=object)
        found = usual[places]
        if dates is not None:
            days = dates.to_numpy(dtype="datetime64[D]")
            for place, meaning in enumerate(meanings):
                if meaning and meaning.dated:
                    rows = np.flatnonzero(places == place)
                    found[rows] = _on_days(meaning, days[rows])
        return pd.Series(found, index=labels.index, dtype=object)

    def existed_many(self, codes: pd.Series, dates: pd.Series) -> pd.Series:
        """Return whether each actor existed on its day; a row without a code or a day counts as existing."""
        places, uniques = pd.factorize(codes, use_na_sentinel=True)
        known = [self.actor(code) for code in uniques]
        starts = np.array([actor.start or date.min for actor in known] + [date.min], dtype="datetime64[D]")
        ends = np.array([actor.end or date.max for actor in known] + [date.max], dtype="datetime64[D]")
        days = dates.to_numpy(dtype="datetime64[D]")
        inside = (starts[places] <= days) & (days < ends[places])
        return pd.Series(inside | np.isnat(days), index=codes.index)

    def reason(self, label: str) -> str:
        """Return why a label resolves to no actor: what it stands for, or that no actor bears the name."""
        return self._not_actors.get(_key(label.strip()), "no actor of this name")


def _on_days(meaning: _Meaning, days: np.ndarray) -> np.ndarray:
    """Return what one label means on each of `days`."""
    found = np.full(len(days), meaning.usual, dtype=object)
    for start, end, code in reversed(meaning.dated):
        inside = (np.datetime64(start, "D") <= days) & (days < np.datetime64(end, "D"))
        found[inside] = code
    return found
